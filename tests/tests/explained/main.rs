//! `explain_denials`: denied responses name the reason and grant nothing. One process, because the switch is
//! for the whole process. `Policy::explain` tells all reasons.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod explanations;

use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::{App, HttpResponse, web};
use cors_actix::{Any, Cors, Policy, explain_denials};
use cors_actix_browser::{Blocked, Browser, Fetch};
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server, VARY, journal, library, situations::Choices,
};

/// The comparison turns the switch off and on, so the tests run one after the other.
static SWITCH: Mutex<()> = Mutex::new(());

fn explain() -> MutexGuard<'static, ()> {
    let guard = SWITCH.lock().unwrap_or_else(PoisonError::into_inner);
    explain_denials(true);
    guard
}

const APP: &str = "https://app.example";
/// WebKit keeps an answer that denies its request.
const NOT_KEPT: &str = "access-control-max-age: 0";
const EVIL: &str = "https://evil.example";

fn policy() -> Policy {
    Policy::builder()
        .allow_origins([APP, "https://*.app.example"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .allow_credentials(true)
        .max_age(60)
        .written_at("api.rs:12")
        .build()
        .unwrap()
}

fn serve(policy: Policy) -> Server {
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).default_service(web::to(HttpResponse::Ok))
    })
}

fn reason(response: &cors_actix_tests::Response) -> String {
    response.values("cors-denied").join(" and ")
}

#[test]
fn a_denied_method_is_explained_by_the_list_that_lacks_it() {
    let _switch = explain();
    let response = serve(policy()).send(&Request::preflight("/", APP, "DELETE"));
    response.assert(
        204,
        [
            "access-control-allow-origin: https://app.example",
            "access-control-allow-credentials: true",
            "access-control-allow-methods: GET,HEAD,POST,PUT",
            NOT_KEPT,
            PREFLIGHT_VARY,
        ],
    );
    let expected =
        r#"method "DELETE" is not allowed by the policy at api.rs:12; add it to allow_methods"#;
    assert_eq!(reason(&response), expected);
}

#[test]
fn a_denied_header_is_explained_by_the_list_that_lacks_it() {
    let _switch = explain();
    let request = Request::preflight("/", APP, "PUT").asks_headers("content-type,x-trace");
    let response = serve(policy()).send(&request);
    response.assert(
        204,
        [
            "access-control-allow-origin: https://app.example",
            "access-control-allow-credentials: true",
            "access-control-allow-headers: content-type",
            "access-control-allow-methods: PUT",
            NOT_KEPT,
            PREFLIGHT_VARY,
        ],
    );
    let expected = r#"request header "x-trace" is not allowed by the policy at api.rs:12; add it to allow_headers"#;
    assert_eq!(reason(&response), expected);
}

#[test]
fn ten_denied_headers_are_named() {
    let _switch = explain();
    let server = serve(policy());
    for count in 9..=12 {
        let names: Vec<_> = (1..=count).map(|number| format!("x-{number}")).collect();
        let request = Request::preflight("/", APP, "PUT").asks_headers(names.join(","));
        let named: Vec<_> = names.iter().take(10).map(|name| format!("\"{name}\"")).collect();
        let expected = format!(
            "request headers {}{} are not allowed by the policy at api.rs:12; add them to allow_headers",
            named.join(", "),
            if count > 10 { " and more" } else { "" }
        );
        assert_eq!(reason(&server.send(&request)), expected);
    }
}

#[test]
fn the_reason_is_that_of_the_policy_of_the_path_as_it_is_written() {
    let _switch = explain();
    let admin = Policy::builder().allow_origins([APP]).written_at("admin.rs:1").build().unwrap();
    let server = Server::start(move || {
        let layer = Cors::new(policy()).scope("/admin", &admin);
        App::new().wrap(layer).default_service(web::to(HttpResponse::Ok))
    });
    for (target, at) in [("/x/../admin", "api.rs:12"), ("/admin/../x", "admin.rs:1")] {
        let expected = format!(
            "origin \"{EVIL}\" is not allowed by the policy at {at}; add it to allow_origins"
        );
        for request in [Request::preflight(target, EVIL, "GET"), Request::get(target).origin(EVIL)]
        {
            assert_eq!(reason(&server.send(&request)), expected);
        }
    }
}

/// In browsers, a `*` in the list would cover the header.
#[test]
fn authorization_that_any_does_not_cover_is_explained_without_the_list() {
    let _switch = explain();
    let any = Policy::builder().allow_origins(Any).allow_methods(Any).allow_headers(Any);
    let request = Request::preflight("/", APP, "PUT").asks_headers("authorization");
    let response = serve(any.build().unwrap()).send(&request);
    let origin = format!("access-control-allow-origin: {APP}");
    response.assert(
        204,
        [origin.as_str(), "access-control-allow-methods: PUT", NOT_KEPT, PREFLIGHT_VARY],
    );
    assert!(reason(&response).contains("add it to allow_headers"));
}

/// Browsers name the first header that the answer does not allow.
#[test]
fn a_denied_header_is_the_only_one_that_the_answer_lacks() {
    let _switch = explain();
    let any = Policy::builder().allow_origins([APP]).allow_headers(Any);
    let prefix = Policy::builder().allow_origins([APP]).allow_headers(["x-acme-*", "x-b"]);
    for (policy, asked, denied, allowed) in [
        (any.clone(), "a-custom,authorization,x-b", "authorization", "a-custom,x-b"),
        (prefix, "x-acme-id,x-b,x-trace", "x-trace", "x-acme-id,x-b"),
        // In browsers, `*` would cover the header.
        (any, "*,authorization,x-b", "authorization", "x-b"),
    ] {
        let request = Request::preflight("/", APP, "POST").asks_headers(asked);
        let response = serve(policy.build().unwrap()).send(&request);
        response.assert(
            204,
            [
                "access-control-allow-origin: https://app.example",
                &format!("access-control-allow-headers: {allowed}"),
                "access-control-allow-methods: POST",
                NOT_KEPT,
                PREFLIGHT_VARY,
            ],
        );
        let expected = format!("request header \"{denied}\" is not allowed");
        assert!(reason(&response).starts_with(&expected), "{}", reason(&response));
    }
}

#[actix_web::test]
#[allow(clippy::await_holding_lock, reason = "the other tests of the process wait")]
async fn the_browser_for_tests_names_the_denied_header() {
    let _switch = explain();
    let any = Policy::builder().allow_origins([APP]).allow_headers(Any).build().unwrap();
    let server = serve(any);
    let target = cors_actix_browser::Server::at(&server.url());
    let fetch = Fetch::new("POST", "/").header("a-custom", "1").header("authorization", "1");
    let seen = Browser::at(APP).fetch(&target, fetch).await;
    let blocked = seen.assert_blocked();
    let Blocked::HeaderNotAllowed { name, .. } = blocked else { panic!("{blocked:?}") };
    assert_eq!(name, "authorization");
}

/// Something between the browser and the service has repeated the line, so the browser may have sent what the policy
/// allows. Browsers look for a safelisted method in no list.
#[test]
fn a_repeated_line_is_explained_without_headers_that_would_grant() {
    let _switch = explain();
    let server = serve(policy());
    let preflight = || Request::preflight("/", APP, "POST");
    for (request, expected) in [
        (preflight().asks_method("POST"), "requested method \"POST\" is malformed"),
        (preflight().origin(APP), "more than one Origin header"),
    ] {
        let response = server.send(&request);
        response.assert(204, [NOT_KEPT, PREFLIGHT_VARY]);
        assert_eq!(reason(&response), expected);
    }
}

#[test]
fn a_denied_origin_is_explained_by_an_allowed_origin() {
    let _switch = explain();
    let server = serve(policy());
    let response = server.send(&Request::preflight("/", EVIL, "GET"));
    response.assert(
        204,
        ["access-control-allow-origin: https://app.example", NOT_KEPT, PREFLIGHT_VARY],
    );
    let expected = format!(
        "origin \"{EVIL}\" is not allowed by the policy at api.rs:12; add it to allow_origins"
    );
    assert_eq!(reason(&response), expected);
    let actual = server.send(&Request::get("/").origin(EVIL));
    actual.assert(200, [VARY]);
    assert_eq!(reason(&actual), expected);
    let closed = serve(Policy::same_origin()).send(&Request::preflight("/", EVIL, "GET"));
    closed.assert(204, [NOT_KEPT, PREFLIGHT_VARY]);
    assert!(reason(&closed).ends_with("which allows no other origin"));
}

#[test]
fn a_request_that_enforce_denies_is_explained() {
    let _switch = explain();
    let enforcing = Policy::builder().allow_origins([APP]).enforce(true).build().unwrap();
    let response = serve(enforcing).send(&Request::get("/").origin(EVIL));
    response.assert(403, [VARY]);
    assert!(reason(&response).contains("is not allowed by the policy at"));
}

/// A path with two readings has two policies.
#[test]
fn an_origin_that_two_policies_deny_is_explained_by_the_first() {
    let _switch = explain();
    let server = Server::start(|| {
        let layer = Cors::new(policy()).scope("/closed", Policy::same_origin());
        App::new().wrap(layer).default_service(web::to(HttpResponse::Ok))
    });
    let response = server.send(&Request::get("/x/../closed").origin(EVIL));
    response.assert(200, [VARY]);
    let expected = format!(
        "origin \"{EVIL}\" is not allowed by the policy at api.rs:12; add it to allow_origins"
    );
    assert_eq!(reason(&response), expected);
}

#[test]
fn turning_explanations_on_is_a_warning() {
    let _switch = explain();
    journal::open();
    explain_denials(false);
    for (on, expected) in [(false, 0), (true, 1), (true, 1), (false, 1), (true, 2), (false, 2)] {
        explain_denials(on);
        let warnings = journal::entries_with("`explain_denials` is on");
        assert_eq!(warnings.len(), expected);
        assert!(warnings.iter().all(|warning| warning.level == log::Level::Warn));
    }
}

#[test]
fn an_allowed_request_has_no_explanation() {
    let _switch = explain();
    let server = serve(policy());
    for request in [Request::preflight("/", APP, "PUT"), Request::get("/").origin(APP)] {
        assert_eq!(reason(&server.send(&request)), "");
    }
}

/// The same fetches, with explanations and without: a page can read exactly as much.
#[actix_web::test]
#[allow(clippy::await_holding_lock, reason = "the other tests of the process wait")]
async fn nothing_is_granted_that_was_not_granted_before() {
    let _switch = explain();
    let mut random = fastrand::Rng::with_seed(10);
    let (mut denied, mut allowed) = (0, 0);
    for _ in 0..1_500 {
        let written = Choices(&mut |count| random.usize(..count)).policy();
        let Ok(policy) = library::build(&written) else { continue };
        let app = App::new().wrap(Cors::new(&policy)).default_service(web::to(HttpResponse::Ok));
        let app = actix_web::test::init_service(app).await;
        let origins = policy.allow_origins();
        let exact =
            origins.iter().find(|origin| !origin.contains('*') && origin.starts_with("http"));
        let origin = exact.map_or(EVIL, String::as_str);
        let origin = if random.u8(..4) > 0 { origin } else { EVIL };
        let methods = ["GET", "GET", "POST", "PUT", "DELETE", "PATCH"];
        let method = methods[random.usize(..methods.len())];
        let mut fetch = Fetch::new(method, "https://own.test/x");
        for name in ["x-a", "x-b", "authorization", "content-type"] {
            if random.u8(..6) == 0 {
                fetch = fetch.header(name, "1");
            }
        }
        if random.u8(..4) == 0 {
            fetch = fetch.credentials(cors_actix_browser::Credentials::Include);
        }
        let mut readable = Vec::new();
        for on in [false, true] {
            explain_denials(on);
            let seen = Browser::at(origin).fetch(&app, fetch.clone()).await;
            readable.push(seen.is_readable());
        }
        assert_eq!(readable[0], readable[1], "{policy:?} {origin} {fetch:?}");
        if readable[0] { allowed += 1 } else { denied += 1 }
    }
    assert!(denied > 300 && allowed > 100, "{denied} denied, {allowed} allowed");
}

#[actix_web::test]
#[allow(clippy::await_holding_lock, reason = "the other tests of the process wait")]
async fn the_browser_for_tests_reads_the_reason_from_any_server() {
    let _switch = explain();
    let server = serve(Policy::same_origin());
    let target = cors_actix_browser::Server::at(&server.url());
    let seen = Browser::at(EVIL).fetch(&target, Fetch::put("/items/3")).await;
    let blocked = seen.assert_blocked().to_string();
    let reason = format!(
        "no Access-Control-Allow-Origin: origin \"{EVIL}\" is not allowed by the policy at"
    );
    assert!(blocked.contains(&reason), "{blocked}");
    explain_denials(false);
    let seen = Browser::at(EVIL).fetch(&target, Fetch::put("/items/3")).await;
    let blocked = seen.assert_blocked().to_string();
    assert!(
        blocked.contains("must allow the origin https://evil.example and the method PUT"),
        "{blocked}"
    );
}
