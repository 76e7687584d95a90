//! `Cors::scope` rejects texts that no request could match or that could mean several paths.

use actix_web::{App, HttpServer, web};
use cors_actix::{Cors, Policy};
use cors_actix_tests::{journal, local::Local};
use log::Level;

use crate::{FRIENDS, open, secret};

const ACCEPTED: [&str; 15] = [
    "",
    "/",
    "/admin",
    "/admin/",
    "admin",
    "/a/b",
    "/{tenant}/admin",
    "/{tenant}/x/{user}",
    "/{number:[0-9]+}",
    "/v{number}/admin",
    "/{tail:.*}",
    "/files/{tail:.*}",
    "/\u{fc}ber",
    "/%C3%BCber",
    "/service%20path",
];

const REJECTED: [&str; 28] = [
    "/admin/*",
    "/admin/**",
    "/*",
    "*",
    "^/admin",
    "/admin?x",
    "/admin?",
    "/admin#x",
    " /admin",
    "/admin ",
    "\t/admin",
    "/admin\n",
    "/api//admin",
    "//admin",
    "/admin//",
    "/api/../admin",
    "/api/./admin",
    "/..",
    "../admin",
    "/api/%2e%2e/admin",
    "/api/%2E/admin",
    "/api%2Fadmin",
    "/api\\admin",
    "https://api.example/admin",
    "//api.example/admin",
    "/{tenant",
    "/{}/admin",
    "/{x:[}/admin",
];

#[test]
fn texts_of_scopes_are_accepted() {
    for text in ACCEPTED {
        let checked = open().scope(text, &FRIENDS).check();
        assert!(checked.is_ok(), "{text:?}: {}", checked.unwrap_err());
    }
}

#[test]
fn other_texts_are_rejected_and_named() {
    for text in REJECTED {
        let checked = open().scope(text, &FRIENDS).check();
        assert!(checked.is_err(), "{text:?} is accepted");
        let message = checked.unwrap_err().to_string();
        assert!(message.contains(&text.escape_debug().to_string()), "{text:?}: {message}");
    }
}

#[test]
fn a_message_contains_the_text_to_write() {
    for (text, fix) in [
        ("/admin/*", "/admin"),
        ("/admin/**", "/admin"),
        (" /admin", "/admin"),
        ("/api//admin", "/api/admin"),
        ("/api/../admin", "/admin"),
        ("https://api.example/admin", "/admin"),
    ] {
        let message = open().scope(text, &FRIENDS).check().unwrap_err().to_string();
        assert!(message.replace(text, "").contains(fix), "{text:?}: {message}");
    }
}

#[test]
fn two_policies_for_one_path_are_rejected() {
    for [one, other] in [
        ["/a", "/a"],
        ["/a", "/a/"],
        ["/a", "a"],
        ["/", ""],
        ["/\u{fc}", "/%C3%BC"],
        ["/%c3%bc", "/%C3%BC"],
        ["/{x}/a", "/{y}/a"],
    ] {
        let layer = open().scope(one, &FRIENDS).scope(other, Policy::same_origin());
        let checked = layer.check();
        assert!(checked.is_err(), "{one:?} and {other:?}");
        let message = checked.unwrap_err().to_string();
        assert!(message.contains(other), "{one:?} and {other:?}: {message}");
    }
    let apart = open().scope("/a", &FRIENDS).scope("/a/b", &FRIENDS).scope("/{x}", &FRIENDS);
    assert!(apart.check().is_ok());
}

#[test]
fn every_mistake_is_named() {
    let layer = open().scope("/one/*", &FRIENDS).scope("/two?", &FRIENDS).scope("/ok", &FRIENDS);
    let message = layer.check().unwrap_err().to_string();
    assert!(message.contains("/one/*") && message.contains("/two?"), "{message}");
    assert!(!message.contains("/ok"), "{message}");
}

/// Returns the errors in the log about the text.
fn errors(text: &str) -> Vec<String> {
    let entries = journal::entries_with(text).into_iter();
    entries.filter(|entry| entry.level == Level::Error).map(|entry| entry.text).collect()
}

#[actix_web::test]
async fn an_app_with_a_mistake_does_not_start_and_logs_the_reason() {
    journal::open();
    let layer = open().scope("/not-started/*", &FRIENDS);
    let app = App::new().wrap(layer.clone()).default_service(web::to(secret));
    assert!(Local::try_start(app).await.is_none());
    let [line] = &errors("/not-started/*")[..] else { panic!("one line") };
    assert!(line.contains(&layer.check().unwrap_err().to_string()), "{line}");
}

#[actix_web::test]
async fn an_app_does_not_start_with_a_mistake_on_a_scope_or_a_resource() {
    journal::open();
    let scope = web::scope("/x").wrap(open().scope("/on-scope/*", &FRIENDS));
    assert!(Local::try_start(App::new().service(scope)).await.is_none());
    assert_eq!(errors("/on-scope/*").len(), 1);
    let layer = open().scope("/on-resource/*", &FRIENDS);
    let resource = web::resource("/x").wrap(layer).to(secret);
    assert!(Local::try_start(App::new().service(resource)).await.is_none());
    assert_eq!(errors("/on-resource/*").len(), 1);
}

#[actix_web::test]
async fn a_server_with_a_mistake_does_not_start() {
    journal::open();
    let app = || {
        let layer = open().scope("/no-server/*", &FRIENDS);
        App::new().wrap(layer).default_service(web::to(secret))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    assert!(server.run().await.is_err());
    assert_eq!(errors("/no-server/*").len(), 1);
}

#[actix_web::test]
async fn an_app_without_a_mistake_starts() {
    for text in ACCEPTED {
        let layer = Cors::new(&FRIENDS).scope(text, Policy::same_origin());
        let app = App::new().wrap(layer).default_service(web::to(secret));
        assert!(Local::try_start(app).await.is_some(), "{text:?}");
    }
}
