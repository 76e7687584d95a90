//! The `Vary` header of responses.

use actix_web::{
    App, HttpResponse, ResponseError,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::{Next, from_fn},
    web,
};
use cors_actix::Cors;
use cors_actix_tests::{EXAMPLE, Request, Server, VARY, admitted, example, open};

use crate::{EVIL, from, get_with};

fn respond(vary: &'static [&'static str]) -> Server {
    get_with(move || {
        let mut response = HttpResponse::Ok();
        for line in vary {
            response.append_header((header::VARY, *line));
        }
        response.finish()
    })
}

#[track_caller]
fn assert_vary(inner: &'static [&'static str], expected: &[&str]) {
    let server = respond(inner);
    for request in [from(EXAMPLE), from(EVIL), Request::get("/")] {
        let response = server.send(&request);
        assert_eq!(response.values("vary"), expected);
    }
}

#[test]
fn vary_lines_of_the_handler_are_kept() {
    assert_vary(&[], &["Origin"]);
    assert_vary(&["Accept-Encoding"], &["Accept-Encoding", "Origin"]);
    assert_vary(&["Accept-Encoding", "Cookie"], &["Accept-Encoding", "Cookie", "Origin"]);
    assert_vary(&["Accept, Cookie", "X-A"], &["Accept, Cookie", "X-A", "Origin"]);
    assert_vary(&["X-Origin"], &["X-Origin", "Origin"]);
    assert_vary(&["Origin-X, XOrigin"], &["Origin-X, XOrigin", "Origin"]);
    assert_vary(&[""], &["", "Origin"]);
}

#[test]
fn no_name_is_in_vary_twice() {
    assert_vary(&["Origin"], &["Origin"]);
    assert_vary(&["origin"], &["origin"]);
    assert_vary(&["ORIGIN"], &["ORIGIN"]);
    assert_vary(&["Accept , Origin\t, Cookie"], &["Accept , Origin\t, Cookie"]);
    assert_vary(&["Accept", "Cookie,origin"], &["Accept", "Cookie,origin"]);
}

#[test]
fn vary_by_everything_is_kept() {
    assert_vary(&["*"], &["*"]);
    assert_vary(&["Accept", "*"], &["Accept", "*"]);
    assert_vary(&["Accept, *"], &["Accept, *"]);
}

#[test]
fn a_response_that_already_varies_by_origin_gets_the_other_headers() {
    for inner in [&["Origin"] as &[_], &["Accept", "origin"]] {
        let server = respond(inner);
        let lines = admitted(EXAMPLE).into_iter().filter(|line| line != VARY);
        let inner = inner.iter().map(|line| format!("vary: {line}"));
        server.send(&from(EXAMPLE)).assert(200, lines.chain(inner));
    }
}

/// This was a fault of another library (GHSA-q7jf-gf43-6x6p).
#[test]
fn vary_in_the_request_is_not_copied() {
    let server = respond(&["Accept"]);
    let request = from(EXAMPLE).line("Vary", "X-Poison, Origin");
    let lines = admitted(EXAMPLE).into_iter().chain(["vary: Accept".to_owned()]);
    let lines = lines.filter(|line| line != VARY).chain([VARY.to_owned()]);
    server.send(&request).assert(200, lines);
    let preflight = Request::preflight("/", EVIL, "GET").line("Vary", "X-Poison");
    server.send(&preflight).assert_denied();
}

#[test]
fn a_policy_for_any_origin_adds_no_vary() {
    let server = Server::start(|| {
        let get = web::get().to(async || {
            let mut response = HttpResponse::Ok();
            response.append_header((header::VARY, "Accept"));
            response.append_header((header::VARY, "Cookie"));
            response.finish()
        });
        App::new().wrap(Cors::new(open())).route("/", get)
    });
    let lines = ["access-control-allow-origin: *", "vary: Accept", "vary: Cookie"];
    server.send(&from(EVIL)).assert(200, lines);
}

#[test]
fn errors_keep_their_vary_lines() {
    #[derive(Debug, derive_more::Display)]
    struct Varied;

    impl ResponseError for Varied {
        fn error_response(&self) -> HttpResponse {
            let mut response = HttpResponse::BadGateway();
            response.append_header((header::VARY, "Accept"));
            response.append_header((header::VARY, "Cookie")).finish()
        }
    }

    let server = Server::start(|| {
        App::new()
            .wrap(from_fn(async |_: ServiceRequest, _: Next<actix_web::body::BoxBody>| {
                Err::<ServiceResponse, _>(Varied.into())
            }))
            .wrap(Cors::new(example()))
    });
    let response = server.send(&from(EXAMPLE));
    assert_eq!(response.status, 502);
    assert_eq!(response.values("vary"), ["Accept", "Cookie", "Origin"]);
    server.send(&from(EVIL)).assert(502, ["vary: Accept", "vary: Cookie", VARY]);
}
