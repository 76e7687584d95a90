//! `Cors::scope` rejects texts that no request could match or that could mean several paths.

use actix_web::{App, HttpServer, web};
use cors_actix::{Cors, Policy};
use cors_actix_tests::{journal, local::Local};
use log::Level;

use crate::{FRIENDS, open, secret};

const ACCEPTED: [&str; 19] = [
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
    "/{_user_id2}",
    "/{url:https?://[a-z]+}",
    "/{code:[0-9]{2}}/x",
    "/50%25",
];

/// Texts with their fault.
const REJECTED: [(&str, &str); 49] = [
    (
        "/admin/*",
        "`*` is not a wildcard here, and a scope has all paths below it; write \"/admin\"",
    ),
    (
        "/admin/**",
        "`*` is not a wildcard here, and a scope has all paths below it; write \"/admin\"",
    ),
    ("/*", "`*` is not a wildcard here, and a scope has all paths below it; write \"/\""),
    ("*", "`*` is not a wildcard here, and a scope has all paths below it; write \"/\""),
    (
        "^/admin",
        "the path of a request never contains `^`; remove the character, or write its percent-escape",
    ),
    (
        "/admin?x",
        "the path of a request never contains `?`; remove the character, or write its percent-escape",
    ),
    (
        "/admin?",
        "the path of a request never contains `?`; remove the character, or write its percent-escape",
    ),
    (
        "/admin#x",
        "the path of a request never contains `#`; remove the character, or write its percent-escape",
    ),
    (
        "/a<b",
        "the path of a request never contains `<`; remove the character, or write its percent-escape",
    ),
    (
        "/a>b",
        "the path of a request never contains `>`; remove the character, or write its percent-escape",
    ),
    (
        "/a\"b",
        "the path of a request never contains `\\\"`; remove the character, or write its percent-escape",
    ),
    (
        "/a`b",
        "the path of a request never contains ```; remove the character, or write its percent-escape",
    ),
    (
        "/a|b",
        "the path of a request never contains `|`; remove the character, or write its percent-escape",
    ),
    (
        "/a\tb",
        "the path of a request never contains `\\t`; remove the character, or write its percent-escape",
    ),
    (" /admin", "white space at the start or at the end; write \"/admin\""),
    ("/admin ", "white space at the start or at the end; write \"/admin\""),
    ("\t/admin", "white space at the start or at the end; write \"/admin\""),
    ("/admin\n", "white space at the start or at the end; write \"/admin\""),
    ("/api//admin", "the path has empty segments, `.` or `..`; write \"/api/admin\""),
    ("//admin", "the path has empty segments, `.` or `..`; write \"/admin\""),
    ("/admin//", "the path has empty segments, `.` or `..`; write \"/admin\""),
    ("//", "the path has empty segments, `.` or `..`; write \"/\""),
    ("/api/../admin", "the path has empty segments, `.` or `..`; write \"/admin\""),
    ("/api/./admin", "the path has empty segments, `.` or `..`; write \"/api/admin\""),
    ("/..", "the path has empty segments, `.` or `..`; write \"/\""),
    ("../admin", "the path has empty segments, `.` or `..`; write \"/admin\""),
    ("/api/%2e%2e/admin", "the path has empty segments, `.` or `..`; write \"/api/%2e%2e/admin\""),
    ("/api/%2E/admin", "the path has empty segments, `.` or `..`; write \"/api/%2E/admin\""),
    (
        "/api%2Fadmin",
        "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode `%2F` and `%2B`; write the character itself",
    ),
    (
        "/api%2badmin",
        "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode `%2F` and `%2B`; write the character itself",
    ),
    (
        "/api%2",
        "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode `%2F` and `%2B`; write the character itself",
    ),
    (
        "/api%zz",
        "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode `%2F` and `%2B`; write the character itself",
    ),
    (
        "/api%E9",
        "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode `%2F` and `%2B`; write the character itself",
    ),
    (
        "/api%00",
        "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode `%2F` and `%2B`; write the character itself",
    ),
    (
        "/api%7f",
        "a percent-escape has two hex digits and stands for UTF-8, and the router does not decode `%2F` and `%2B`; write the character itself",
    ),
    (
        "/api\\admin",
        "the path of a request never contains `\\\\`; remove the character, or write its percent-escape",
    ),
    ("https://api.example/admin", "this is a URL, but a path is expected; write \"/admin\""),
    ("https://api.example", "this is a URL, but a path is expected; write \"/\""),
    (
        "//api.example/admin",
        "the path has empty segments, `.` or `..`; write \"/api.example/admin\"",
    ),
    (
        "/to/https://api.example/admin",
        "the path has empty segments, `.` or `..`; write \"/to/https:/api.example/admin\"",
    ),
    ("/{tenant", "every `{` needs a `}`; write `{name}`"),
    ("/tenant}", "every `{` needs a `}`; write `{name}`"),
    (
        "/{}/admin",
        "the name of the segment `{}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    (
        "/{1x}",
        "the name of the segment `{1x}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    (
        "/{a-b}",
        "the name of the segment `{a-b}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    (
        "/{x}/{x}",
        "the name of the segment `{x}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    (
        "/{x:}",
        "the name of the segment `{x}` is not made of letters, digits and `_`, or is used twice; write another name",
    ),
    (
        "/{x:[}/admin",
        "actix-web can't read a regular expression in it; write a path for `web::scope`",
    ),
    ("/:id/admin", "`:id` is not a dynamic segment; write `{id}`"),
];

#[test]
fn texts_of_scopes_are_accepted() {
    for text in ACCEPTED {
        let checked = open().scope(text, &FRIENDS).check();
        assert!(checked.is_ok(), "{text:?}: {}", checked.unwrap_err());
    }
}

#[test]
fn other_texts_are_rejected_with_their_fault_and_the_text_to_write() {
    for (text, fault) in REJECTED {
        let error = open().scope(text, &FRIENDS).check().map_err(|error| error.to_string());
        let named = text.escape_debug();
        let message =
            format!("1 path of `Cors::scope` has a fault:\n  Cors::scope(\"{named}\"): {fault}");
        assert_eq!(error, Err(message));
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
    let apart = ["/a", "/a/b", "/{x}", "/{x:[0-9]{2}}", "/{x:[0-9]{3}}"];
    let apart = apart.into_iter().fold(open(), |layer, path| layer.scope(path, &FRIENDS));
    assert_eq!(apart.check(), Ok(()));
}

#[test]
fn every_mistake_is_named() {
    let layer = open().scope("/one/*", &FRIENDS).scope("/two?", &FRIENDS).scope("/ok", &FRIENDS);
    assert_eq!(
        layer.check().unwrap_err().to_string(),
        "2 paths of `Cors::scope` have a fault:\n  \
         Cors::scope(\"/one/*\"): `*` is not a wildcard here, and a scope has all paths below it; write \"/one\"\n  \
         Cors::scope(\"/two?\"): the path of a request never contains `?`; remove the character, or write its \
         percent-escape"
    );
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
