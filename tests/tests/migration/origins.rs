//! The methods that set up origins and credentials.

use actix_cors::Cors as Before;
use actix_web::http::header::HeaderName;
use cors_actix::{Any, Policy, ProblemKind};
use cors_actix_browser::{Credentials::Include, Fetch};
use cors_actix_tests::{PREFLIGHT_VARY, Request, VARY};

use crate::{
    APP, BEFORE_VARY, OTHER, SANDBOX,
    pair::{Pair, allow_origin, problem, respond, starts},
};

/// A page of the service itself.
const OWN: &str = "https://api.test";

#[test]
fn default_is_same_origin() {
    let pair = Pair::with(Before::default, Policy::same_origin(), respond);
    for fetch in [Fetch::get("/"), Fetch::post("/"), Fetch::put("/")] {
        pair.both_block(APP, fetch.clone());
        pair.both_read(OWN, fetch);
    }
    let [before, after] = pair.send(&Request::get("/"));
    before.assert(200, [BEFORE_VARY]);
    after.assert(200, [VARY]);
    assert_eq!(problem(&Policy::builder()), ProblemKind::NoOrigins);
}

#[test]
fn permissive_is_any_without_credentials() {
    let after = Policy::builder()
        .allow_origins(Any)
        .allow_methods(Any)
        .allow_headers(["authorization"])
        .allow_headers(Any)
        .expose_headers(Any)
        .max_age(3600);
    let pair = Pair::new(Before::permissive, &after);
    for page in [APP, OTHER, SANDBOX, "http://localhost:3000"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let fetch = Fetch::new(method, "/").header("x-a", "1").header("authorization", "a b");
            pair.both_expose(page, fetch, &["x-total", "x-trace"]);
        }
        pair.only_before_reads(page, Fetch::get("/").credentials(Include));
    }
    pair.only_after_reads(APP, Fetch::new("PURGE", "/"));
    let [before, after] = pair.send(&Request::preflight("/", APP, "PUT"));
    for response in [&before, &after] {
        assert_eq!(response.values("access-control-max-age"), ["3600"]);
    }
}

#[test]
fn allow_any_origin_is_allow_origins_any() {
    let pair =
        Pair::new(|| Before::default().allow_any_origin(), &Policy::builder().allow_origins(Any));
    for page in [APP, OTHER, SANDBOX] {
        pair.both_read(page, Fetch::get("/"));
        pair.both_block(page, Fetch::get("/").credentials(Include));
    }
    let [before, after] = pair.send(&Request::get("/").origin(APP));
    before.assert(200, [&allow_origin(APP), BEFORE_VARY]);
    after.assert(200, [allow_origin("*")]);
    let [before, after] = pair.send(&Request::get("/"));
    before.assert(200, [BEFORE_VARY]);
    after.assert(200, [allow_origin("*")]);
}

#[test]
fn allow_any_origin_with_credentials_does_not_build() {
    let reflected = || Before::default().allow_any_origin().supports_credentials();
    let pair = Pair::new(reflected, &Policy::builder().allow_origins(Any));
    for page in [OTHER, SANDBOX] {
        pair.only_before_reads(page, Fetch::get("/").credentials(Include));
    }
    let after = Policy::builder().allow_origins(Any).allow_credentials(true);
    assert_eq!(problem(&after), ProblemKind::AnyOriginWithCredentials);
}

#[test]
fn allow_any_origin_with_listed_origins_does_not_build() {
    let narrowed = || Before::default().allow_any_origin().allowed_origin(APP);
    let pair = Pair::new(narrowed, &Policy::builder().allow_origins([APP]));
    pair.both_read(APP, Fetch::get("/"));
    pair.both_block(OTHER, Fetch::get("/"));
    let after = Policy::builder().allow_origins(Any).allow_origins([APP]);
    assert_eq!(problem(&after), ProblemKind::AnyOriginWithOthers);
}

#[test]
fn allowed_origin_is_allow_origins() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allowed_origin("http://localhost:3000"),
        &Policy::builder().allow_origins([APP, "http://localhost:3000"]),
    );
    pair.both_read(APP, Fetch::get("/"));
    pair.both_read("http://localhost:3000", Fetch::get("/"));
    for page in [
        OTHER,
        SANDBOX,
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://www.app.example.com",
        "http://localhost:3001",
    ] {
        pair.both_block(page, Fetch::get("/"));
    }
    let [before, after] = pair.send(&Request::get("/").origin(APP));
    before.assert(200, [&allow_origin(APP), BEFORE_VARY]);
    after.assert(200, [&allow_origin(APP), VARY]);
    let [before, after] = pair.send(&Request::preflight("/", OTHER, "GET"));
    before.assert_untouched(400);
    after.assert(403, [PREFLIGHT_VARY]);
}

#[test]
fn allowed_origin_takes_texts_that_never_match() {
    for (text, repaired) in [
        ("https://app.example.com/", APP),
        ("https://App.example.com", APP),
        ("https://app.example.com:443", APP),
        ("app.example.com", APP),
    ] {
        let pair = Pair::with(
            move || Before::default().allowed_origin(text),
            Policy::builder().allow_origins([repaired]).build().unwrap(),
            respond,
        );
        pair.only_after_reads(APP, Fetch::get("/"));
        let problem = problem(&Policy::builder().allow_origins([text]));
        assert_eq!(problem.repaired(), Some(repaired), "{problem}");
    }
    let literal = || Before::default().allowed_origin("https://*.example.com");
    let pair = Pair::new(literal, &Policy::builder().allow_origins(["https://*.example.com"]));
    pair.only_after_reads(APP, Fetch::get("/"));
    assert!(!starts(&Before::default().allowed_origin("*")));
    assert!(Policy::builder().allow_origins(["*"]).build().is_ok());
}

#[test]
fn allowed_origin_fn_is_a_pattern_or_allow_origins_if() {
    let by_suffix = || {
        Before::default()
            .allowed_origin_fn(|origin, _| origin.as_bytes().ends_with(b".example.com"))
    };
    let pattern = Policy::builder().allow_origins(["https://*.example.com"]);
    let predicate =
        Policy::builder().allow_origins_if(|origin, _| origin.host().ends_with(".example.com"));
    for after in [&pattern, &predicate] {
        let pair = Pair::new(by_suffix, after);
        for page in [APP, "https://a.b.example.com"] {
            pair.both_read(page, Fetch::get("/"));
        }
        for page in [OTHER, "https://example.com", "https://notexample.com", SANDBOX] {
            pair.both_block(page, Fetch::get("/"));
        }
    }
    Pair::new(by_suffix, &pattern).only_before_reads("http://app.example.com", Fetch::get("/"));
    Pair::new(by_suffix, &predicate).both_read("http://app.example.com", Fetch::get("/"));
    Pair::new(by_suffix, &pattern).both_block("https://app.example.com:8443", Fetch::get("/"));
    let any_port =
        Policy::builder().allow_origins_if(|origin, _| origin.host() == "app.example.com");
    Pair::new(by_suffix, &any_port)
        .only_after_reads("https://app.example.com:8443", Fetch::get("/"));
}

#[test]
fn allowed_origin_fn_is_also_called_with_null_and_malformed_origins() {
    let everyone = Policy::builder().allow_origins_if(|_, _| true);
    let pair = Pair::new(|| Before::default().allowed_origin_fn(|_, _| true), &everyone);
    pair.both_read(OTHER, Fetch::get("/"));
    pair.only_before_reads(SANDBOX, Fetch::get("/"));
    let [before, after] = pair.send(&Request::get("/").origin("no origin"));
    before.assert(200, [&allow_origin("no origin"), BEFORE_VARY]);
    after.assert(200, [VARY]);
    let pair = Pair::new(
        || Before::default().allowed_origin_fn(|_, _| true),
        &everyone.clone().allow_origins(["null"]),
    );
    pair.both_read(SANDBOX, Fetch::get("/"));
    assert_eq!(problem(&everyone.allow_origins(Any)), ProblemKind::AnyOriginWithOthers);
}

#[test]
fn allowed_origin_fn_overrides_any_origin() {
    let before =
        || Before::default().allow_any_origin().allowed_origin_fn(|origin, _| origin == APP);
    let pair = Pair::new(before, &Policy::builder().allow_origins([APP]));
    pair.both_read(APP, Fetch::get("/"));
    pair.both_block(OTHER, Fetch::get("/"));
}

#[test]
fn allowed_origin_fn_may_read_the_request() {
    const TENANT: HeaderName = HeaderName::from_static("x-tenant");
    let before = || {
        Before::default().allowed_origin_fn(|origin, head| {
            let tenant = head.headers().get(TENANT).and_then(|tenant| tenant.to_str().ok());
            tenant.is_some_and(|tenant| origin == format!("https://{tenant}").as_str())
        })
    };
    let after = Policy::builder()
        .allow_origins_if(|origin, head| {
            let tenant = head.headers().get(TENANT).and_then(|tenant| tenant.to_str().ok());
            tenant == Some(origin.host())
        })
        .predicates_read([TENANT]);
    let pair = Pair::new(before, &after);
    let request = |tenant| Request::get("/").origin(APP).line("X-Tenant", tenant);
    let [before, after] = pair.send(&request("app.example.com"));
    before.assert(200, [&allow_origin(APP), BEFORE_VARY]);
    after.assert(200, [&allow_origin(APP), VARY, "vary: x-tenant"]);
    let [before, after] = pair.send(&request("other.example"));
    before.assert(200, [BEFORE_VARY]);
    after.assert(200, [VARY, "vary: x-tenant"]);
}

#[test]
fn send_wildcard_is_what_any_origin_sends() {
    let before = || Before::default().allow_any_origin().send_wildcard();
    let pair = Pair::new(before, &Policy::builder().allow_origins(Any));
    for page in [APP, OTHER, SANDBOX] {
        pair.both_read(page, Fetch::get("/"));
        pair.both_block(page, Fetch::get("/").credentials(Include));
    }
    let [before, after] = pair.send(&Request::get("/").origin(APP));
    before.assert(200, [&allow_origin("*"), BEFORE_VARY]);
    after.assert(200, [allow_origin("*")]);
    let [before, after] = pair.send(&Request::get("/"));
    before.assert(200, [BEFORE_VARY]);
    after.assert(200, [allow_origin("*")]);

    let listed = || Before::default().allowed_origin(APP).send_wildcard();
    let pair = Pair::new(listed, &Policy::builder().allow_origins([APP]));
    let [before, after] = pair.send(&Request::get("/").origin(APP));
    before.assert(200, [&allow_origin(APP), BEFORE_VARY]);
    after.assert(200, [&allow_origin(APP), VARY]);

    assert!(!starts(&Before::default().allow_any_origin().send_wildcard().supports_credentials()));
    let after = Policy::builder().allow_origins(Any).allow_credentials(true);
    assert_eq!(problem(&after), ProblemKind::AnyOriginWithCredentials);
}

#[test]
fn supports_credentials_is_allow_credentials() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).supports_credentials(),
        &Policy::builder().allow_origins([APP]).allow_credentials(true),
    );
    pair.both_read(APP, Fetch::get("/").credentials(Include));
    pair.both_block(OTHER, Fetch::get("/").credentials(Include));
    const CREDENTIALS: &str = "access-control-allow-credentials: true";
    let [before, after] = pair.send(&Request::get("/").origin(APP));
    before.assert(200, [&allow_origin(APP), CREDENTIALS, BEFORE_VARY]);
    after.assert(200, [&allow_origin(APP), CREDENTIALS, VARY]);
    for request in [Request::get("/").origin(OTHER), Request::get("/")] {
        let [before, after] = pair.send(&request);
        before.assert(200, [CREDENTIALS, BEFORE_VARY]);
        after.assert(200, [VARY]);
    }
}

#[test]
fn supports_credentials_takes_origins_that_do_not_build() {
    for origin in ["null", "http://app.example.com", "https://*.co.uk"] {
        assert!(starts(&Before::default().allowed_origin(origin).supports_credentials()));
        let after = Policy::builder().allow_origins([origin]).allow_credentials(true);
        assert!(matches!(
            problem(&after),
            ProblemKind::NullWithCredentials
                | ProblemKind::InsecureOriginWithCredentials { .. }
                | ProblemKind::PublicSuffixWithCredentials { .. }
        ));
    }
    let pair = Pair::new(
        || Before::default().allowed_origin("http://app.example.com").supports_credentials(),
        &Policy::builder()
            .allow_origins(["http://app.example.com"])
            .allow_credentials(true)
            .danger_insecure_origins(true),
    );
    pair.both_read("http://app.example.com", Fetch::get("/").credentials(Include));
}
