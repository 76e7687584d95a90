//! `Policy::by_request`: a function chooses the policy for each request.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{App, HttpResponse, dev::RequestHead, http::header::HeaderName, web};
use cors_actix::{Cors, Policy, PolicyHandle};
use cors_actix_tests::{PREFLIGHT_VARY, Request, Server, VARY};

use crate::{APP, OTHER, origin_line};

fn for_origin(origin: &str) -> Policy {
    Policy::builder().allow_origins([origin]).max_age(60).build().unwrap()
}

fn tenant(head: &RequestHead) -> Option<&str> {
    head.headers().get("x-tenant").and_then(|tenant| tenant.to_str().ok())
}

fn serve(policy: Policy) -> Server {
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).route("/items", web::to(HttpResponse::Ok))
    })
}

#[test]
fn the_function_chooses_by_host_and_browsers_keep_preflights() {
    let (one, two) = (for_origin(APP), for_origin(OTHER));
    let server = serve(Policy::by_request(move |head| {
        let host = head.headers().get("host").map(|host| host.as_bytes().to_vec());
        if host.as_deref() == Some(b"one.example") { one.clone() } else { two.clone() }
    }));
    let get = |host: &str| Request::bare("GET", "/items").line("Host", host).origin(APP);
    let ask = |host: &str| {
        Request::bare("OPTIONS", "/items").line("Host", host).origin(OTHER).asks_method("GET")
    };
    server.send(&get("one.example")).assert(200, [origin_line(APP).as_str(), VARY]);
    server.send(&get("two.example")).assert_closed(200);
    server.send(&ask("two.example")).assert(
        204,
        [
            origin_line(OTHER).as_str(),
            "access-control-allow-methods: GET,HEAD,POST",
            "access-control-max-age: 60",
            PREFLIGHT_VARY,
        ],
    );
    server.send(&ask("one.example")).assert_denied();
}

#[test]
fn headers_that_the_function_reads_are_in_vary_and_keep_browsers_from_caching() {
    let (one, two) = (for_origin(APP), for_origin(OTHER));
    let policy = Policy::by_request(move |head| match tenant(head) {
        Some("one") => one.clone(),
        _ => two.clone(),
    })
    .predicates_read([HeaderName::from_static("x-tenant")]);
    let server = serve(policy);
    server
        .send(&Request::get("/items").origin(APP).line("x-tenant", "one"))
        .assert(200, [origin_line(APP).as_str(), VARY, "vary: x-tenant"]);
    server
        .send(&Request::get("/items").origin(APP).line("x-tenant", "two"))
        .assert(200, [VARY, "vary: x-tenant"]);
    server.send(&Request::preflight("/items", OTHER, "GET")).assert(
        204,
        [
            origin_line(OTHER).as_str(),
            "access-control-allow-methods: GET",
            "access-control-max-age: 0",
            PREFLIGHT_VARY,
            "vary: x-tenant",
        ],
    );
}

#[test]
fn the_function_is_called_once_for_each_request() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let policy = for_origin(APP);
    let server = serve(Policy::by_request(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        policy.clone()
    }));
    server.send(&Request::get("/items").origin(APP)).assert(200, [origin_line(APP).as_str(), VARY]);
    server.send(&Request::get("/items").origin(OTHER)).assert_closed(200);
    server.send(&Request::preflight("/items", OTHER, "GET")).assert_denied();
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[test]
fn the_function_may_return_a_handle() {
    let handle = PolicyHandle::new(for_origin(APP));
    let chosen = handle.clone();
    let server = serve(Policy::by_request(move |_| chosen.clone()));
    server.send(&Request::get("/items").origin(OTHER)).assert_closed(200);
    handle.replace(for_origin(OTHER));
    server
        .send(&Request::get("/items").origin(OTHER))
        .assert(200, [origin_line(OTHER).as_str(), VARY]);
}

#[test]
fn a_function_that_panics_denies() {
    let server = serve(Policy::by_request(|head| {
        assert!(tenant(head).is_some(), "no tenant");
        for_origin(APP)
    }));
    server.send(&Request::get("/items").origin(APP)).assert_closed(200);
    server.send(&Request::preflight("/items", APP, "GET")).assert_denied();
    let named = Request::get("/items").origin(APP).line("x-tenant", "one");
    server.send(&named).assert(200, [origin_line(APP).as_str(), VARY]);
}
