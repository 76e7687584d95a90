//! Configurations of services, before and after. Their functions are those of `migration.md`.

use actix_cors::Cors as Before;
use cors_actix::{Policy, PolicyHandle, ProblemKind};
use cors_actix_browser::{Credentials::Include, Fetch};
use cors_actix_tests::Request;

use crate::{
    APP, OTHER, SANDBOX,
    pair::{Pair, respond},
};

fn pair(before: impl Fn() -> Before + Clone + Send + 'static, after: Policy) -> Pair {
    Pair::with(before, after, respond)
}

/// Development and production.
mod permissive {
    use actix_cors::Cors;
    use cors_actix::{Any, Policy, PolicyError};

    pub(super) fn cors(development: bool) -> Cors {
        if development {
            return Cors::permissive();
        }
        Cors::default()
            .allowed_origin("https://app.example.com")
            .allow_any_method()
            .allow_any_header()
            .supports_credentials()
    }

    pub(super) fn policy(development: bool) -> Result<Policy, PolicyError> {
        let origins: &[&str] = match development {
            true => &["http://localhost:*", "http://127.0.0.1:*"],
            false => &["https://app.example.com"],
        };
        Policy::builder()
            .allow_origins(origins)
            .allow_methods(Any)
            .allow_headers(Any)
            .allow_headers(["authorization"])
            .allow_credentials(true)
            .build()
    }
}

#[test]
fn permissive_development_is_any_port_of_this_machine() {
    let fetch = || Fetch::put("/").header("x-a", "1").header("authorization", "a b");
    let development = pair(|| permissive::cors(true), permissive::policy(true).unwrap());
    for page in ["http://localhost:5173", "http://localhost", "http://127.0.0.1:3000"] {
        for fetch in [fetch(), fetch().credentials(Include)] {
            development.both_expose(page, fetch, &[]);
        }
    }
    for page in [OTHER, SANDBOX, "http://localhost.example.com"] {
        development.only_before_reads(page, fetch());
        development.only_before_reads(page, fetch().credentials(Include));
    }
    let production = pair(|| permissive::cors(false), permissive::policy(false).unwrap());
    production.both_read(APP, fetch().credentials(Include));
    for page in [OTHER, SANDBOX, "http://localhost:5173"] {
        production.both_block(page, fetch());
    }
}

/// One front end with cookies.
mod cookies {
    use actix_cors::Cors;
    use actix_web::http::header::{ACCEPT, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE};
    use cors_actix::{Policy, PolicyError};

    pub(super) fn cors(front_end: &str) -> Cors {
        Cors::default()
            .allowed_origin(front_end)
            .allowed_methods(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
            .allowed_headers([AUTHORIZATION, ACCEPT, CONTENT_TYPE])
            .expose_headers([CONTENT_DISPOSITION])
            .supports_credentials()
            .max_age(3600)
    }

    pub(super) fn policy(front_end: &str) -> Result<Policy, PolicyError> {
        Policy::builder()
            .allow_origins([front_end])
            .allow_methods(["PUT", "DELETE", "PATCH"])
            .allow_headers([AUTHORIZATION, ACCEPT, CONTENT_TYPE])
            .expose_headers([CONTENT_DISPOSITION])
            .allow_credentials(true)
            .max_age(3600)
            .build()
    }
}

#[test]
fn one_front_end_uses_its_cookies() {
    let pair = pair(|| cookies::cors(APP), cookies::policy(APP).unwrap());
    for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"] {
        let fetch = Fetch::new(method, "/").header("authorization", "a b");
        let fetch = fetch.header("content-type", "application/json").credentials(Include);
        pair.both_read(APP, fetch.clone());
        pair.both_expose(APP, fetch.clone(), &["content-disposition"]);
        pair.both_block(OTHER, fetch.clone());
        pair.both_block(APP, fetch.header("x-a", "1"));
    }
    pair.only_before_reads(APP, Fetch::new("OPTIONS", "/"));
    let slash = cookies::policy("https://app.example.com/").unwrap_err();
    assert_eq!(slash.problems()[0].kind.repaired(), Some(APP));
    assert!(cookies::policy("http://app.example.com").is_err());
}

/// Origins from an environment variable.
mod environment {
    use actix_cors::Cors;
    use cors_actix::{Policy, PolicyError};

    fn items(list: &str) -> impl Iterator<Item = &str> {
        list.split(',').map(str::trim).filter(|item| !item.is_empty())
    }

    pub(super) fn cors(list: &str) -> Cors {
        items(list)
            .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin))
            .allowed_methods(["GET", "POST", "DELETE"])
            .allowed_header("content-type")
            .max_age(3600)
    }

    pub(super) fn policy(list: &str) -> Result<Policy, PolicyError> {
        Policy::builder()
            .allow_origins(items(list))
            .allow_methods(["DELETE"])
            .allow_headers(["content-type"])
            .max_age(3600)
            .build()
    }
}

#[test]
fn a_list_from_the_environment_is_checked() {
    const LIST: &str = "https://app.example.com, http://localhost:3000,";
    let pair = pair(|| environment::cors(LIST), environment::policy(LIST).unwrap());
    for page in [APP, "http://localhost:3000"] {
        pair.both_read(page, Fetch::delete("/").header("content-type", "application/json"));
        pair.both_block(page, Fetch::put("/"));
    }
    pair.both_block(OTHER, Fetch::get("/"));

    let wrong = environment::policy("https://app.example.com/,b.example").unwrap_err();
    let repaired = wrong.problems().iter().map(|problem| problem.kind.repaired());
    assert_eq!(repaired.collect::<Vec<_>>(), [Some(APP), Some("https://b.example")]);
    let empty = environment::policy("").unwrap_err();
    assert_eq!(empty.problems()[0].kind, ProblemKind::NoOrigins);
}

/// Origins from a database, which change while the service runs.
mod database {
    use std::sync::{Arc, RwLock};

    use actix_cors::Cors;
    use cors_actix::{Policy, PolicyError};

    pub(super) fn cors(rows: Arc<RwLock<Vec<String>>>) -> Cors {
        Cors::default()
            .allowed_origin_fn(move |origin, _| {
                rows.read().is_ok_and(|rows| rows.iter().any(|row| origin == row.as_str()))
            })
            .allowed_methods(["GET", "POST"])
            .supports_credentials()
    }

    pub(super) fn policy(rows: &[String]) -> Result<Policy, PolicyError> {
        let (policy, problems) =
            Policy::builder().allow_origins(rows).allow_credentials(true).build_lossy()?;
        for problem in problems {
            eprintln!("{problem}");
        }
        Ok(policy)
    }
}

#[test]
fn a_list_from_a_database_changes_while_the_service_runs() {
    use std::sync::{Arc, RwLock};

    let rows = Arc::new(RwLock::new(Vec::new()));
    let handle = PolicyHandle::new(database::policy(&rows.read().unwrap()).unwrap());
    let shared = Arc::clone(&rows);
    let pair = pair(move || database::cors(Arc::clone(&shared)), handle.policy());
    let fetch = || Fetch::get("/").credentials(Include);
    pair.both_block(APP, fetch());

    rows.write().unwrap().extend([APP.to_owned(), "null".to_owned(), "b.example".to_owned()]);
    handle.replace(database::policy(&rows.read().unwrap()).unwrap());
    pair.both_read(APP, fetch());
    pair.both_block(OTHER, fetch());
    pair.only_before_reads(SANDBOX, fetch());
}

/// `allowed_origin_fn` by suffix.
mod suffix {
    use actix_cors::Cors;
    use cors_actix::{Policy, PolicyError};

    pub(super) fn cors() -> Cors {
        Cors::default()
            .allowed_origin("https://app.example.com")
            .allowed_origin_fn(|origin, _| origin.as_bytes().ends_with(b".preview.example.com"))
            .allowed_origin_fn(|origin, _| origin.as_bytes().ends_with(b"localhost:3000"))
            .allowed_methods(["GET", "POST", "DELETE"])
            .allowed_headers(["authorization", "content-type"])
            .max_age(3600)
    }

    pub(super) fn policy() -> Result<Policy, PolicyError> {
        Policy::builder()
            .allow_origins([
                "https://app.example.com",
                "https://*.preview.example.com",
                "http://localhost:3000",
            ])
            .allow_methods(["DELETE"])
            .allow_headers(["authorization", "content-type"])
            .max_age(3600)
            .build()
    }

    pub(super) fn by_name() -> Result<Policy, PolicyError> {
        Policy::builder()
            .allow_origins_if(|origin, _head| {
                let name = origin.host().strip_suffix(".example.com");
                origin.as_str() == format!("https://{}", origin.host())
                    && name.is_some_and(|name| name.starts_with("pr-") && !name.contains('.'))
            })
            .build()
    }
}

#[test]
fn a_suffix_is_a_pattern_of_whole_labels() {
    let pair = pair(suffix::cors, suffix::policy().unwrap());
    let fetch = || Fetch::delete("/").header("authorization", "a b");
    for page in [
        APP,
        "https://a.preview.example.com",
        "https://a.b.preview.example.com",
        "http://localhost:3000",
    ] {
        pair.both_read(page, fetch());
    }
    for page in [
        OTHER,
        SANDBOX,
        "https://preview.example.com",
        "https://a.preview.example.com:8443",
        "https://preview.example.com.other.example",
    ] {
        pair.both_block(page, fetch());
    }
    for page in
        ["https://notlocalhost:3000", "http://a.preview.example.com", "https://localhost:3000"]
    {
        pair.only_before_reads(page, fetch());
    }
}

#[test]
fn a_predicate_compares_parts_of_the_origin() {
    let text = || {
        let of_name =
            |text: &str| text.starts_with("https://pr-") && text.ends_with(".example.com");
        Before::default().allowed_origin_fn(move |origin, _| origin.to_str().is_ok_and(of_name))
    };
    let pair = pair(text, suffix::by_name().unwrap());
    pair.both_read("https://pr-1.example.com", Fetch::get("/"));
    for page in [APP, OTHER, "http://pr-1.example.com", "https://pr-1.example.com:8443"] {
        pair.both_block(page, Fetch::get("/"));
    }
    pair.only_before_reads("https://pr-1.other.example.com", Fetch::get("/"));
}

/// Every response header.
mod exposed {
    use actix_cors::Cors;
    use cors_actix::{Any, Policy, PolicyError};

    pub(super) fn cors() -> Cors {
        Cors::default()
            .allowed_origin("https://app.example.com")
            .allow_any_method()
            .allow_any_header()
            .expose_any_header()
            .max_age(3600)
    }

    pub(super) fn policy() -> Result<Policy, PolicyError> {
        Policy::builder()
            .allow_origins(["https://app.example.com"])
            .allow_methods(Any)
            .allow_headers(Any)
            .allow_headers(["authorization"])
            .expose_headers(Any)
            .max_age(3600)
            .build()
    }
}

#[test]
fn every_response_header_is_exposed() {
    let pair = pair(exposed::cors, exposed::policy().unwrap());
    let fetch = Fetch::patch("/").header("x-a", "1").header("authorization", "a b");
    pair.both_expose(APP, fetch.clone(), &["x-total", "x-trace"]);
    pair.both_block(APP, fetch.clone().credentials(Include));
    pair.both_block(OTHER, fetch);
}

/// No time for the preflight cache.
mod no_max_age {
    use actix_cors::Cors;
    use actix_web::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RANGE};
    use cors_actix::{Any, Policy, PolicyError};

    pub(super) fn cors() -> Cors {
        Cors::default()
            .allow_any_origin()
            .allowed_methods(["GET", "POST", "HEAD", "OPTIONS"])
            .allowed_headers([AUTHORIZATION, ACCEPT, RANGE])
            .allowed_header(CONTENT_TYPE)
            .max_age(None)
    }

    pub(super) fn policy() -> Result<Policy, PolicyError> {
        Policy::builder()
            .allow_origins(Any)
            .allow_headers([AUTHORIZATION, ACCEPT, RANGE, CONTENT_TYPE])
            .build()
    }
}

#[test]
fn browsers_choose_how_long_they_keep_a_preflight() {
    let pair = pair(no_max_age::cors, no_max_age::policy().unwrap());
    for page in [APP, OTHER, SANDBOX] {
        for method in ["GET", "HEAD", "POST"] {
            let fetch = Fetch::new(method, "/").header("range", "bytes=1-2,4-5");
            pair.both_read(page, fetch.header("authorization", "a b"));
        }
        pair.both_block(page, Fetch::put("/"));
        pair.both_block(page, Fetch::get("/").header("x-a", "1"));
    }
    for response in pair.send(&Request::preflight("/", APP, "GET").asks_headers("range")) {
        assert_eq!(response.values("access-control-max-age"), [""; 0]);
    }
}

/// Requests of other origins stop in front of the handlers.
mod blocked {
    use actix_cors::Cors;
    use actix_web::http::{Method, header::CONTENT_TYPE};
    use cors_actix::{Policy, PolicyError};

    pub(super) fn cors(origin: &str) -> Cors {
        Cors::default()
            .allowed_origin(origin)
            .allowed_methods([Method::POST])
            .allowed_headers([CONTENT_TYPE])
            .max_age(3600)
            .block_on_origin_mismatch(true)
    }

    pub(super) fn policy(origin: &str) -> Result<Policy, PolicyError> {
        Policy::builder()
            .allow_origins([origin])
            .allow_headers([CONTENT_TYPE])
            .max_age(3600)
            .enforce(true)
            .build()
    }
}

#[test]
fn requests_of_other_origins_stop_in_front_of_the_handlers() {
    let pair = pair(|| blocked::cors(APP), blocked::policy(APP).unwrap());
    let json = || Fetch::post("/").header("content-type", "application/json");
    pair.both_read(APP, json());
    pair.both_block(OTHER, json());
    pair.both_block(APP, Fetch::put("/"));
    for request in [Request::new("POST", "/"), Request::get("/")] {
        for (origin, handled) in [(APP, true), (OTHER, false), (SANDBOX, false)] {
            for response in pair.send(&request.clone().origin(origin)) {
                assert_eq!(response.text() == "handled", handled, "{origin}: {response:?}");
            }
        }
    }
}

/// Every page, without credentials.
mod wildcard {
    use actix_cors::Cors;
    use cors_actix::{Any, Policy, PolicyError};

    pub(super) fn cors() -> Cors {
        Cors::default()
            .send_wildcard()
            .allow_any_header()
            .allow_any_origin()
            .allow_any_method()
            .max_age(86_400)
    }

    pub(super) fn policy() -> Result<Policy, PolicyError> {
        Policy::builder()
            .allow_origins(Any)
            .allow_methods(Any)
            .allow_headers(Any)
            .allow_headers(["authorization"])
            .max_age(86_400)
            .build()
    }
}

#[test]
fn every_page_uses_the_service_without_credentials() {
    let pair = pair(wildcard::cors, wildcard::policy().unwrap());
    for page in [APP, OTHER, SANDBOX, "http://localhost:3000"] {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let fetch = Fetch::new(method, "/").header("authorization", "Bearer a");
            let fetch = fetch.header("content-type", "application/json");
            pair.both_read(page, fetch.clone());
            pair.both_block(page, fetch.credentials(Include));
        }
    }
    for response in pair.send(&Request::preflight("/", APP, "PUT")) {
        assert_eq!(response.values("access-control-allow-origin"), ["*"]);
        assert_eq!(response.values("access-control-max-age"), ["86400"]);
    }
}
