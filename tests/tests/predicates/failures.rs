//! A predicate that fails denies the origin.

use std::io;

use actix_web::rt::time::sleep;
use cors_actix::Policy;
use cors_actix_tests::{Request, journal};
use log::Level;

use crate::{LAYER_METHODS, LISTED, STRANGER, TENANT, WAIT, assert_decided, builder, lines, start};

/// Returns a policy whose predicate fails in the way that the origin's first label names.
fn policy() -> Policy {
    fn fail(host: &str) -> Result<bool, io::Error> {
        if host.starts_with("sync-panics") {
            panic!("as told");
        }
        if host.starts_with("sync-errs") {
            return Err(io::Error::other("told\r\nforged"));
        }
        Ok(false)
    }
    builder()
        .allow_origins_if(|origin, _| fail(origin.host()))
        .allow_origins_if_async(|origin, _| {
            let host = origin.host().to_owned();
            assert!(!host.starts_with("early-panics"), "as told");
            async move {
                sleep(WAIT).await;
                assert!(!host.starts_with("late-panics"), "as told");
                if host.starts_with("late-errs") {
                    return Err("told\r\nforged");
                }
                Ok(host == "tenant.example")
            }
        })
        .build()
        .unwrap()
}

const WAYS: [&str; 5] = ["sync-panics", "sync-errs", "early-panics", "late-panics", "late-errs"];

#[test]
fn a_predicate_that_fails_denies_and_the_service_keeps_running() {
    journal::open();
    let server = start(policy());
    let mut client = server.connect();
    for way in WAYS {
        let origin = format!("https://{way}.example");
        for _ in 0..3 {
            client.send(&Request::get("/").origin(&origin)).assert_closed(200);
            client.send(&Request::preflight("/", &origin, "GET")).assert_denied();
            client.send(&Request::get("/").origin(TENANT)).assert(200, lines(TENANT));
            client.send(&Request::get("/").origin(LISTED)).assert(200, lines(LISTED));
            client.send(&Request::get("/").origin(STRANGER)).assert_closed(200);
        }
        let logged = journal::entries_with(&format!("{way}.example"));
        let errors: Vec<_> = logged.iter().filter(|entry| entry.level == Level::Error).collect();
        assert_eq!(errors.len(), 6, "{way}: {logged:#?}");
        assert!(errors.iter().all(|entry| !entry.text.contains(['\r', '\n'])), "{errors:#?}");
        let what = if way.ends_with("errs") { "told" } else { "panicked" };
        assert!(errors.iter().all(|entry| entry.text.contains(what)), "{errors:#?}");
    }
    assert_decided(&server, "/", "GET", LAYER_METHODS, 200);
}

#[test]
fn a_predicate_that_denies_logs_no_error() {
    journal::open();
    let server = start(policy());
    let origin = "https://simply-denied.example";
    server.send(&Request::get("/").origin(origin)).assert_closed(200);
    let logged = journal::entries_with(origin);
    assert!(logged.iter().all(|entry| entry.level == Level::Info), "{logged:#?}");
    assert_eq!(logged.len(), 1);
}

#[test]
fn an_origin_is_allowed_if_one_predicate_allows_and_another_fails() {
    let (failing, allowing) = (|| -> bool { panic!("as told") }, || true);
    let policies = [
        Policy::builder()
            .allow_origins_if(move |_, _| failing())
            .allow_origins_if(move |_, _| allowing()),
        Policy::builder()
            .allow_origins_if(move |_, _| failing())
            .allow_origins_if_async(move |_, _| async move { allowing() }),
        Policy::builder()
            .allow_origins_if_async(move |_, _| async move { failing() })
            .allow_origins_if_async(move |_, _| async move { allowing() }),
    ];
    for policy in policies {
        let server = start(policy.build().unwrap());
        let response = server.send(&Request::get("/").origin(TENANT));
        assert_eq!(response.values("access-control-allow-origin"), [TENANT]);
    }
}

#[test]
fn an_enforcing_policy_denies_if_its_predicate_fails() {
    let policy = builder()
        .allow_origins_if(|origin, _| -> bool {
            assert_eq!(origin.as_str(), TENANT, "as told");
            true
        })
        .enforce(true);
    let server = start(policy.build().unwrap());
    server.send(&Request::get("/").origin(STRANGER)).assert_closed(403);
    server.send(&Request::get("/").origin(TENANT)).assert(200, lines(TENANT));
}
