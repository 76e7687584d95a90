//! The response to a preflight, and the code that does not run on a preflight.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod authentication;
mod requested_names;
mod routes_below_a_layer;
mod routes_on_one_path;
mod user_code_is_not_run;
mod what_a_preflight_is_granted;
mod which_requests_are_preflights;

use actix_web::{App, HttpResponse, web};
use cors_actix::{Cors, Policy, PolicyBuilder};
use cors_actix_tests::{EXAMPLE, PREFLIGHT_VARY, Request, Server, VARY, open};

const EVIL: &str = "https://evil.com";

fn preflight(method: &str) -> Request {
    Request::preflight("/", EXAMPLE, method)
}

/// Starts a server with a handler for every request, and a layer with the policy around the app.
fn server(policy: PolicyBuilder) -> Server {
    let policy = policy.build().unwrap();
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).default_service(web::to(HttpResponse::Ok))
    })
}

fn listed() -> PolicyBuilder {
    Policy::builder().allow_origins([EXAMPLE])
}

#[test]
fn a_policy_for_any_origin_grants_every_origin_the_safelisted_methods() {
    let server = Server::start(|| {
        App::new().wrap(Cors::new(open())).default_service(web::to(HttpResponse::Ok))
    });
    let lines = [
        "access-control-allow-origin: *",
        "access-control-allow-methods: GET,HEAD,POST",
        PREFLIGHT_VARY,
    ];
    for origin in [EXAMPLE, EVIL, "null", "chrome-extension://a"] {
        server.send(&Request::preflight("/", origin, "GET")).assert_granted(lines);
        server.send(&Request::preflight("/", origin, "PUT")).assert_denied();
    }
    assert_ne!(VARY, PREFLIGHT_VARY);
}
