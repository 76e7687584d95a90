//! Tests the browser of `cors_actix_browser` by the rules of the Fetch standard, with services whose answers a
//! test chooses, and with `Cors`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for production code"
)]

mod bodies_and_urls;
mod cookies;
mod cors_check;
mod messages;
mod methods;
mod modes;
mod policies_of_cors_actix;
mod preflight_cache;
mod preflights;
mod redirects;
mod request_headers;
mod requests_sent;
mod responses;
mod targets;

use std::{
    cell::RefCell,
    future::{Future, ready},
    time::Duration,
};

use cors_actix_browser::{
    Blocked, Browser, Fetch, Purpose, Request, Response, Seen, SendError, Target,
};

const SECOND: Duration = Duration::from_secs(1);
const PAGE: &str = "https://app.example.com";
const API: &str = "https://api.test";
const ALLOW: (&str, &str) = ("access-control-allow-origin", PAGE);
const ANY: (&str, &str) = ("access-control-allow-origin", "*");
const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");

type Lines<'a> = &'a [(&'a str, &'a str)];

/// A service that answers with a function, and records the methods of its requests.
struct Script<F> {
    answer: F,
    asked: RefCell<Vec<String>>,
}

fn script<F: Fn(&Request) -> Response>(answer: F) -> Script<F> {
    Script { answer, asked: RefCell::default() }
}

impl<F> Script<F> {
    /// Returns the methods of the requests since the last call.
    fn asked(&self) -> Vec<String> {
        self.asked.take()
    }
}

impl<F: Fn(&Request) -> Response> Target for Script<F> {
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, SendError>> {
        self.asked.borrow_mut().push(request.method().to_owned());
        ready(Ok((self.answer)(request)))
    }
}

fn answer(status: u16, lines: Lines<'_>) -> Response {
    Response::new(status, lines.iter().copied(), "")
}

fn is_preflight(request: &Request) -> bool {
    request.header("access-control-request-method").is_some()
}

/// Answers every preflight with these lines, and grants all other requests.
fn preflights<'a>(
    status: u16,
    lines: Lines<'a>,
) -> Script<impl Fn(&Request) -> Response + use<'a>> {
    script(move |request| match is_preflight(request) {
        true => answer(status, lines),
        false => granting(request),
    })
}

/// Grants everything, with credentials.
fn granting(request: &Request) -> Response {
    let origin = request.header("origin").unwrap_or_default();
    let method = request.header("access-control-request-method").unwrap_or_default();
    let names = request.header("access-control-request-headers").unwrap_or_default();
    answer(
        200,
        &[
            ("access-control-allow-origin", &origin),
            CREDENTIALS,
            ("access-control-allow-methods", &method),
            ("access-control-allow-headers", &names),
            ("access-control-max-age", "0"),
        ],
    )
}

/// Fetches from a service that grants everything.
async fn sent(fetch: Fetch) -> Seen {
    Browser::at(PAGE)
        .cookie(API, "session=1; Secure; SameSite=None")
        .fetch(&script(granting), fetch)
        .await
}

/// Returns the header names that the preflight asks for, or `None` if there is no preflight.
async fn asks_for(fetch: Fetch) -> Option<String> {
    let seen = sent(fetch).await;
    seen.assert_readable();
    let preflight = seen.exchanges().iter().find(|it| it.purpose() == Purpose::Preflight)?;
    Some(preflight.request().header("access-control-request-headers").unwrap_or_default())
}

async fn blocked(service: &impl Target, fetch: impl Into<Fetch>) -> Blocked {
    Browser::at(PAGE).fetch(service, fetch).await.assert_blocked().clone()
}

async fn readable(service: &impl Target, fetch: impl Into<Fetch>) -> bool {
    Browser::at(PAGE).fetch(service, fetch).await.is_readable()
}

/// Returns every header line, sorted.
fn lines(request: &Request) -> Vec<String> {
    let mut lines: Vec<_> = request
        .headers()
        .map(|(name, value)| format!("{name}: {}", value.escape_ascii()))
        .collect();
    lines.sort();
    lines
}
