//! `#[cors]` on handlers and on modules of handlers. The handlers answer their preflights, their responses get
//! headers, and nothing else differs from handlers without the attribute.
#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

/// Makes the same handlers in two modules, one of them under the attribute.
macro_rules! twins {
    ($($handlers:tt)*) => {
        #[cors_actix::cors(policy = crate::EXAMPLE_ONLY)]
        mod annotated {
            use super::*;
            $($handlers)*
        }
        mod bare {
            use super::*;
            $($handlers)*
        }
    };
}

mod attributes;
mod constants;
mod each_method;
mod extractors;
mod generated;
mod guards;
mod module_contents;
mod modules;
mod names;
mod places;
mod policies;
mod several_methods;
mod wraps;

use actix_web::{App, test::TestRequest, web};
use cors_actix::{Policy, policy};
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY, VARY,
    local::{Local, actual},
};

static EXAMPLE_ONLY: Policy = policy! { allow_origins = ["https://example.com"] };

const STRANGER: &str = "https://evil.example";

const METHODS: [&str; 11] = [
    "GET", "POST", "PUT", "DELETE", "HEAD", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
    "PURGE",
];

/// Returns the lines of the answer to a granted preflight.
fn granted(methods: &str) -> [String; 3] {
    [
        format!("access-control-allow-origin: {EXAMPLE}"),
        format!("access-control-allow-methods: {methods}"),
        PREFLIGHT_VARY.to_owned(),
    ]
}

/// Returns the lines of the response to an allowed origin.
fn admitted() -> [String; 2] {
    [format!("access-control-allow-origin: {EXAMPLE}"), VARY.to_owned()]
}

async fn start(register: fn(&mut web::ServiceConfig)) -> Local {
    Local::start(App::new().configure(register)).await
}

/// Asserts that the responses of two apps differ only in CORS lines.
async fn assert_alike(annotated: &Local, bare: &Local, requests: impl Fn() -> Vec<TestRequest>) {
    for (one, other) in requests().into_iter().zip(requests()) {
        let (one, mut other) = (annotated.send(one).await, bare.send(other).await);
        let of_cors = one.cors_lines();
        other.lines.sort_by(|a, b| a.name.cmp(&b.name));
        let mut lines = one.lines.clone();
        lines.retain(|line| !of_cors.contains(&line.to_string()));
        lines.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(
            (one.status, one.text(), lines),
            (other.status, other.text(), other.lines.clone()),
            "{}",
            one.request
        );
    }
}

/// Returns requests with every method to every target, with and without the origin of a stranger.
fn every_method(targets: &[&str]) -> Vec<TestRequest> {
    let origins = [None, Some(STRANGER)];
    let mut requests = Vec::new();
    for target in targets {
        for method in METHODS {
            requests.extend(origins.map(|origin| actual(method, target, origin)));
        }
    }
    requests
}
