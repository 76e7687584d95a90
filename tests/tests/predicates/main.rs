//! Origins that code decides on: when it is asked, what comes of its failures, and what it reads.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod failures;
mod predicates_of_annotated_handlers;
mod what_predicates_read;
mod when_predicates_are_asked;

use std::time::Duration;

use actix_web::{App, HttpResponse, rt::time::sleep, web};
use cors_actix::{Cors, Policy, PolicyBuilder};
use cors_actix_tests::{Request, Server, calls::Calls};

/// A pattern matches it.
const LISTED: &str = "https://listed.example";
/// The predicate allows it.
const TENANT: &str = "https://tenant.example";
/// Nobody allows it.
const STRANGER: &str = "https://stranger.example";

/// How long an asynchronous predicate waits; long enough to be put aside.
const WAIT: Duration = Duration::from_millis(3);

fn builder() -> PolicyBuilder {
    Policy::builder()
        .allow_origins([LISTED, "https://*.listed.example", "http://localhost:*"])
        .allow_credentials(true)
}

fn sync_policy(calls: &Calls) -> Policy {
    let calls = calls.clone();
    let policy = builder().allow_origins_if(move |origin, _| {
        calls.add();
        origin.as_str() == TENANT
    });
    policy.build().unwrap()
}

fn async_policy(calls: &Calls) -> Policy {
    let calls = calls.clone();
    let policy = builder().allow_origins_if_async(move |origin, _| {
        calls.add();
        let origin = origin.as_str().to_owned();
        async move {
            sleep(WAIT).await;
            origin == TENANT
        }
    });
    policy.build().unwrap()
}

fn start(policy: Policy) -> Server {
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).default_service(web::to(HttpResponse::Ok))
    })
}

fn lines(origin: &str) -> [String; 3] {
    cors_actix_tests::admitted(origin)
}

#[track_caller]
fn assert_decided(server: &Server, target: &str, method: &str, methods: &str, status: u16) {
    for origin in [LISTED, TENANT] {
        let response = server.send(&Request::new(method, target).origin(origin));
        response.assert(status, lines(origin));
        let response = server.send(&Request::preflight(target, origin, method));
        response.assert_granted(cors_actix_tests::granted(origin, methods));
    }
    server.send(&Request::new(method, target).origin(STRANGER)).assert_closed(status);
    server.send(&Request::preflight(target, STRANGER, method)).assert_denied();
    server.send(&Request::new(method, target)).assert_closed(status);
}

const LAYER_METHODS: &str = "GET,HEAD,POST";
