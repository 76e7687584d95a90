//! The methods that set up request methods, request headers and response headers.

use actix_cors::Cors as Before;
use actix_web::http::{Method, header};
use cors_actix::{Any, Policy, ProblemKind, WarningKind};
use cors_actix_browser::{Credentials::Include, Fetch};
use cors_actix_tests::{Request, VARY};

use crate::{
    APP, BEFORE_VARY, OTHER,
    pair::{Pair, allow_origin, items, problem},
};

const ALLOW_METHODS: &str = "access-control-allow-methods";
const ALLOW_HEADERS: &str = "access-control-allow-headers";

#[test]
fn allow_any_method_is_allow_methods_any() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allow_any_method(),
        &Policy::builder().allow_origins([APP]).allow_methods(Any),
    );
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        pair.both_read(APP, Fetch::new(method, "/"));
    }
    for method in ["PURGE", "PROPFIND", "patch"] {
        pair.only_after_reads(APP, Fetch::new(method, "/"));
    }
    let [before, after] = pair.send(&Request::preflight("/", APP, "PUT"));
    let nine = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];
    assert_eq!(items(&before, ALLOW_METHODS), nine);
    assert_eq!(items(&after, ALLOW_METHODS), ["*"]);
    for method in ["CONNECT", "TRACE"] {
        let [before, after] = pair.send(&Request::preflight("/", APP, method));
        assert_eq!([before.status, after.status], [200, 403]);
    }
}

#[test]
fn allow_any_method_with_credentials_names_the_requested_method() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allow_any_method().supports_credentials(),
        &Policy::builder().allow_origins([APP]).allow_methods(Any).allow_credentials(true),
    );
    pair.both_read(APP, Fetch::put("/").credentials(Include));
    let [before, after] = pair.send(&Request::preflight("/", APP, "PUT"));
    assert_eq!(items(&before, ALLOW_METHODS).len(), 9);
    assert_eq!(items(&after, ALLOW_METHODS), ["PUT"]);
}

#[test]
fn allowed_methods_is_allow_methods() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allowed_methods(["GET", "PUT"]),
        &Policy::builder().allow_origins([APP]).allow_methods([Method::PUT]),
    );
    pair.both_read(APP, Fetch::put("/"));
    for method in ["GET", "HEAD", "POST"] {
        pair.both_read(APP, Fetch::new(method, "/"));
    }
    for method in ["DELETE", "PATCH"] {
        pair.both_block(APP, Fetch::new(method, "/"));
    }
    let [before, after] = pair.send(&Request::preflight("/", APP, "PUT"));
    assert_eq!(items(&before, ALLOW_METHODS), ["GET", "PUT"]);
    assert_eq!(items(&after, ALLOW_METHODS), ["GET", "HEAD", "POST", "PUT"]);
}

#[test]
fn allowed_methods_without_get_head_and_post_denies_their_preflights() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allowed_methods(["PUT"]).allowed_header("x-a"),
        &Policy::builder().allow_origins([APP]).allow_methods(["PUT"]).allow_headers(["x-a"]),
    );
    for method in ["GET", "HEAD", "POST"] {
        pair.both_read(APP, Fetch::new(method, "/"));
        pair.only_after_reads(APP, Fetch::new(method, "/").header("x-a", "1"));
    }
    let after = Policy::builder().allow_origins([APP]).allow_methods(["GET", "PUT"]).build();
    let warnings = after.unwrap().warnings();
    assert_eq!(warnings[0].kind, WarningKind::SafelistedMethod { value: "GET".into() });
}

#[test]
fn allowed_methods_takes_methods_that_browsers_never_send() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allowed_methods(["put", "*"]),
        &Policy::builder().allow_origins([APP]).allow_methods(["*"]),
    );
    pair.only_after_reads(APP, Fetch::put("/"));
    let after = |method| problem(&Policy::builder().allow_origins([APP]).allow_methods([method]));
    let expected =
        ProblemKind::UnnormalizedMethod { value: "put".into(), normalized: "PUT".into() };
    assert_eq!(after("put"), expected);
    assert_eq!(after("TRACE"), ProblemKind::ForbiddenMethod { value: "TRACE".into() });
}

#[test]
fn allow_any_header_is_allow_headers_any_and_authorization() {
    let before = || Before::default().allowed_origin(APP).allow_any_header().allow_any_method();
    let after = Policy::builder().allow_origins([APP]).allow_headers(Any);
    let fetch = |name| Fetch::get("/").header(name, "a b");
    let pair = Pair::new(before, &after);
    pair.both_read(APP, fetch("x-a"));
    pair.only_before_reads(APP, fetch("authorization"));
    let pair = Pair::new(before, &after.allow_headers(["authorization"]));
    pair.both_read(APP, fetch("x-a"));
    pair.both_read(APP, fetch("authorization"));
    let [before, after] = pair.send(&Request::preflight("/", APP, "GET").asks_headers("x-a,x-b"));
    assert_eq!(items(&before, ALLOW_HEADERS), ["x-a", "x-b"]);
    assert_eq!(items(&after, ALLOW_HEADERS), ["*", "authorization"]);
}

#[test]
fn allow_any_header_ends_with_the_next_listed_header() {
    let pair = Pair::new(
        || {
            let any = Before::default().allowed_origin(APP).allow_any_method().allow_any_header();
            any.allowed_header("x-a")
        },
        &Policy::builder().allow_origins([APP]).allow_headers(Any).allow_headers(["x-a"]),
    );
    pair.both_read(APP, Fetch::get("/").header("x-a", "1"));
    pair.only_after_reads(APP, Fetch::get("/").header("x-b", "1"));
}

#[test]
fn allowed_header_is_an_item_of_allow_headers() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allow_any_method().allowed_header("X-A"),
        &Policy::builder().allow_origins([APP]).allow_headers(["X-A"]),
    );
    pair.both_read(APP, Fetch::get("/").header("x-a", "1"));
    pair.both_read(APP, Fetch::get("/").header("accept", "text/plain"));
    pair.both_block(APP, Fetch::get("/").header("x-b", "1"));
    pair.both_block(APP, Fetch::get("/").header("x-a", "1").header("x-b", "1"));
    let preflight = Request::preflight("/", APP, "GET");
    let [before, after] = pair.send(&preflight.clone().asks_headers("x-a"));
    assert_eq!([before.status, after.status], [200, 204]);
    for response in [&before, &after] {
        assert_eq!(response.values(ALLOW_HEADERS), ["x-a"]);
    }
    // RFC 9110, section 5.6.1.2: a recipient accepts empty elements.
    let [before, after] = pair.send(&preflight.clone().asks_headers("x-a,,"));
    assert_eq!([before.status, after.status], [400, 204]);
    let [before, after] = pair.send(&preflight.clone().asks_headers("x-a").asks_headers("x-b"));
    assert_eq!([before.status, after.status], [200, 403]);
    let [before, after] = pair.send(&preflight);
    assert_eq!(before.values(ALLOW_HEADERS), ["x-a"]);
    assert_eq!(after.values(ALLOW_HEADERS), [""; 0]);
}

#[test]
fn allowed_headers_is_allow_headers() {
    let names = [header::CONTENT_TYPE, header::AUTHORIZATION];
    let listed = names.clone();
    let before = move || {
        Before::default().allowed_origin(APP).allow_any_method().allowed_headers(listed.clone())
    };
    let after = Policy::builder().allow_origins([APP]).allow_headers(names).build().unwrap();
    let pair = Pair::with(before, after, crate::pair::respond);
    let json = Fetch::post("/").header("content-type", "application/json");
    pair.both_read(APP, json.clone());
    pair.both_read(APP, json.clone().header("authorization", "a b"));
    pair.both_block(APP, json.header("x-a", "1"));
    pair.both_block(OTHER, Fetch::post("/").header("content-type", "application/json"));
}

#[test]
fn allowed_headers_takes_names_that_scripts_cannot_send() {
    let pair = Pair::new(
        || {
            let cors = Before::default().allowed_origin(APP).allow_any_method();
            cors.allowed_headers(["*", "cookie", "access-control-allow-origin"])
        },
        &Policy::builder().allow_origins([APP]).allow_headers(["*"]),
    );
    pair.only_after_reads(APP, Fetch::get("/").header("x-a", "1"));
    let after = |name| problem(&Policy::builder().allow_origins([APP]).allow_headers([name]));
    assert_eq!(after("cookie"), ProblemKind::ForbiddenRequestHeader { value: "cookie".into() });
    let value = "access-control-allow-origin".to_owned();
    assert_eq!(after(&value), ProblemKind::ProtocolHeader { value });
}

#[test]
fn expose_any_header_is_expose_headers_any() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).expose_any_header(),
        &Policy::builder().allow_origins([APP]).expose_headers(Any),
    );
    let [before, after] = pair.fetch(APP, Fetch::get("/"));
    for seen in [&before, &after] {
        assert_eq!(seen.header("x-total").unwrap(), "3");
        assert_eq!(seen.header("x-trace").unwrap(), "7");
        assert_eq!(seen.header("set-cookie"), None);
    }
    // The server adds it when the middleware has made its list.
    assert_eq!(before.header("date"), None);
    assert!(after.header("date").is_some());
    pair.both_block(OTHER, Fetch::get("/"));

    let [before, after] = pair.send(&Request::get("/").origin(APP));
    let listed =
        ["access-control-allow-origin", "content-disposition", "set-cookie", "x-total", "x-trace"];
    assert_eq!(items(&before, "access-control-expose-headers"), listed);
    let exposed = "access-control-expose-headers: *";
    after.assert(200, [&allow_origin(APP), exposed, VARY]);
}

#[test]
fn expose_any_header_with_credentials_becomes_a_list() {
    let before =
        || Before::default().allowed_origin(APP).expose_any_header().supports_credentials();
    let after = Policy::builder().allow_origins([APP]).allow_credentials(true);
    let any = after.clone().expose_headers(Any);
    assert_eq!(problem(&any), ProblemKind::AnyExposedWithCredentials);
    let pair = Pair::new(before, &after.expose_headers(["x-total", "x-trace"]));
    pair.both_expose(APP, Fetch::get("/").credentials(Include), &["x-total", "x-trace"]);
}

#[test]
fn expose_headers_is_expose_headers() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).expose_headers(["x-total"]),
        &Policy::builder().allow_origins([APP]).expose_headers(["x-total"]),
    );
    pair.both_read(APP, Fetch::get("/"));
    pair.both_block(OTHER, Fetch::get("/"));
    let [seen, _] = pair.fetch(APP, Fetch::get("/"));
    assert_eq!([seen.header("x-total"), seen.header("x-trace")], [Some("3".into()), None]);
    const EXPOSED: &str = "access-control-expose-headers: x-total";
    let [before, after] = pair.send(&Request::get("/").origin(APP));
    before.assert(200, [&allow_origin(APP), EXPOSED, BEFORE_VARY]);
    after.assert(200, [&allow_origin(APP), EXPOSED, VARY]);
    for request in [Request::get("/").origin(OTHER), Request::get("/")] {
        let [before, after] = pair.send(&request);
        before.assert(200, [EXPOSED, BEFORE_VARY]);
        after.assert(200, [VARY]);
    }
    let after = Policy::builder().allow_origins([APP]).expose_headers(["set-cookie"]);
    let value = "set-cookie".to_owned();
    assert_eq!(problem(&after), ProblemKind::ForbiddenResponseHeader { value });
}
