//! Predicates: when they are asked, how their failures are handled, and which headers they read.

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

/// An origin that a pattern matches.
const LISTED: &str = "https://listed.example";
/// An origin that the predicate allows.
const TENANT: &str = "https://tenant.example";
/// An origin that is not allowed.
const STRANGER: &str = "https://stranger.example";

/// The time that an asynchronous predicate waits, long enough that its task is suspended.
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
