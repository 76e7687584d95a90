//! The library never grants more than the policy of the code that answers the actual request.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod answers_in_front;
mod default_services;
mod enforcement;
mod grammars;
mod guards;
mod hosts;
mod learnt;
mod leftover_headers;
mod limits;
mod lives_of_apps;
mod log_lines;
mod nested_in_router;
mod paths;
mod predicates_once;
mod preflight_cache;
mod replaced_responses;
mod requests_left_as_they_were;
mod rewritten;
mod scope_names;
mod scope_overrides;
mod scope_paths;
mod virtual_hosts;

use std::{fs, path::PathBuf, sync::LazyLock};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    guard::GuardContext,
    middleware::Next,
    put,
    test::TestRequest,
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    PREFLIGHT_VARY, Response,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

/// Allows only [`FRIEND`].
static FRIENDS: Policy =
    policy! { allow_origins = ["https://friend.example"], allow_methods = ["PUT", "DELETE"] };

/// Allows every origin.
static OPEN: Policy = policy! { allow_origins = any, allow_methods = ["PUT", "DELETE"] };

const FRIEND_ALLOWED: &str = "access-control-allow-origin: https://friend.example";
const ALL_ALLOWED: &str = "access-control-allow-origin: *";

fn friends() -> Cors {
    Cors::new(&FRIENDS)
}

fn open() -> Cors {
    Cors::new(&OPEN)
}

/// An unannotated handler.
async fn secret() -> &'static str {
    "secret"
}

/// Middleware that denies every request with an error, like authentication.
async fn unauthorized(
    _: ServiceRequest,
    _: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<String>, Error> {
    Err(error::ErrorUnauthorized("no"))
}

/// The page of an app that routes in the browser.
#[cors(allow_origins = any)]
#[get("/{tail:.*}")]
async fn open_page() -> &'static str {
    "page"
}

#[cors(allow_origins = any)]
#[put("/{tail:.*}")]
async fn open_upload() -> &'static str {
    "upload"
}

#[cors(allow_origins = any)]
#[put("/item")]
async fn open_item() -> &'static str {
    "open"
}

#[cors(same_origin)]
#[put("/item")]
async fn closed_item() -> &'static str {
    "closed"
}

#[cors(allow_origins = ["https://friend.example"])]
#[put("/item")]
async fn friends_item() -> &'static str {
    "friends"
}

fn never(_: &GuardContext<'_>) -> bool {
    false
}

fn wants_json(context: &GuardContext<'_>) -> bool {
    let accept = context.head().headers.get("accept");
    accept.is_some_and(|accept| accept == "application/json")
}

/// Sets the `Host` of a request.
fn to_host(request: TestRequest, host: &str) -> TestRequest {
    request.insert_header(("host", host))
}

/// Sends a preflight, the request itself, and the preflight again, because an app may learn from the request.
/// `body` is the body of the handler that the request must reach.
async fn ask_both(
    app: &Local,
    host: &str,
    (method, target): (&str, &str),
    origin: &str,
    body: &str,
) -> (Response, [Response; 2]) {
    let ask = || to_host(preflight(target, origin, method), host);
    let first = app.send(ask()).await;
    let response = app.send(to_host(actual(method, target, Some(origin)), host)).await;
    assert_eq!(response.text(), body, "{}", response.request);
    let second = app.send(ask()).await;
    (response, [first, second])
}

/// Asserts that pages of the origin cannot read the response, and that their preflights are denied.
async fn assert_denied_at(app: &Local, host: &str, route: (&str, &str), origin: &str, body: &str) {
    let (response, preflights) = ask_both(app, host, route, origin, body).await;
    response.assert_closed(response.status);
    for preflight in preflights {
        preflight.assert_denied();
    }
}

/// Asserts that pages of the origin can read the response, and that their preflights are granted.
async fn assert_allowed_at(app: &Local, host: &str, route: (&str, &str), origin: &str, body: &str) {
    let (response, preflights) = ask_both(app, host, route, origin, body).await;
    for response in [&response, &preflights[0], &preflights[1]] {
        let allowed = response.values("access-control-allow-origin");
        assert!(allowed == ["*"] || allowed == [origin], "{}\n{allowed:?}", response.request);
    }
    let (method, _) = route;
    for preflight in preflights {
        assert_eq!(preflight.status, 204, "{}", preflight.request);
        let methods = preflight.values("access-control-allow-methods").join(",");
        let named = methods.split(',').any(|name| name == "*" || name == method);
        assert!(named, "{}\n{methods}", preflight.request);
    }
}

async fn assert_denied(app: &Local, route: (&str, &str), origin: &str, body: &str) {
    assert_denied_at(app, "api.example", route, origin, body).await;
}

async fn assert_allowed(app: &Local, route: (&str, &str), origin: &str, body: &str) {
    assert_allowed_at(app, "api.example", route, origin, body).await;
}

/// Asserts that the policy of [`FRIENDS`] decides.
async fn assert_friends_only(app: &Local, route: (&str, &str), body: &str) {
    assert_denied(app, route, STRANGER, body).await;
    assert_allowed(app, route, FRIEND, body).await;
}

/// Asserts that the answer to a preflight names only the requested method and headers, and is not kept.
#[track_caller]
fn assert_granted_once(response: &Response, allow_origin: &str, method: &str, headers: &[&str]) {
    let mut lines = vec![
        allow_origin.to_owned(),
        format!("access-control-allow-methods: {method}"),
        "access-control-max-age: 0".to_owned(),
        PREFLIGHT_VARY.to_owned(),
    ];
    if !headers.is_empty() {
        lines.push(format!("access-control-allow-headers: {}", headers.join(",")));
    }
    response.assert_granted(lines);
}

/// Returns a folder with files for `actix_files`. The files are written once, because tests run in parallel.
fn folder() -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sound");
        for (path, text) in
            [("secret.txt", "secret"), ("admin/secret.txt", "secret"), ("public/page.txt", "page")]
        {
            let file = folder.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    });
    FOLDER.clone()
}
