//! `Cors::scope` names the paths that `web::scope` of the same text does.

use actix_web::{App, web};
use cors_actix::{Cors, Policy};
use cors_actix_tests::{local::Local, sign::STRANGER};

use crate::{FRIENDS, OPEN, assert_allowed, assert_denied, open, secret};

/// Texts, with requests below and beside the scope.
const TEXTS: [(&str, &[&str], &[&str]); 13] = [
    ("/admin", &["/admin", "/admin/x"], &["/", "/administration", "/x/admin"]),
    ("/admin/", &["/admin/x"], &["/", "/administration"]),
    ("admin", &["/admin", "/admin/x"], &["/", "/administration"]),
    ("/a/b", &["/a/b", "/a/b/c"], &["/a", "/a/c", "/b"]),
    ("/{tenant}/admin", &["/t/admin", "/t/admin/x"], &["/admin", "/t", "/t/x", "/t/u/admin"]),
    ("/{tenant}/x/{user}", &["/t/x/u", "/t/x/u/y"], &["/t/x", "/t/y/u"]),
    ("/{number:[0-9]+}", &["/1", "/23/x"], &["/a", "/1a", "/"]),
    ("/v{number}/admin", &["/v1/admin", "/v22/admin/x"], &["/v/admin", "/w1/admin"]),
    ("/files/{tail:.*}", &["/files/a", "/files/a/b"], &["/file", "/x/files/a"]),
    ("/{path:[a-z/]+}/admin", &["/a/admin", "/a/b/admin"], &["/1/admin", "/a"]),
    ("/\u{fc}ber", &["/%C3%BCber", "/%C3%BCber/x"], &["/uber", "/%FCber"]),
    ("/%C3%BCber", &["/%C3%BCber", "/%c3%bcber/x"], &["/uber", "/%C3%BC"]),
    ("/service%20path", &["/service%20path", "/service%20path/x"], &["/service", "/servicepath"]),
];

#[actix_web::test]
async fn a_closed_path_is_closed_where_the_scope_is_and_nowhere_else() {
    for (text, below, beside) in TEXTS {
        let app = App::new().wrap(open().scope(text, Policy::same_origin()));
        let app = Local::start(app.default_service(web::to(secret))).await;
        for target in below {
            assert_denied(&app, ("PUT", target), STRANGER, "secret").await;
        }
        for target in beside {
            assert_allowed(&app, ("PUT", target), STRANGER, "secret").await;
        }
    }
}

/// The router itself does not read escapes and slashes at the end in this way.
#[actix_web::test]
async fn a_path_is_closed_exactly_where_the_router_enters_a_scope_of_the_same_text() {
    let as_written = |text: &str| !text.contains('%') && !text.ends_with('/');
    for (text, below, beside) in TEXTS.into_iter().filter(|(text, ..)| as_written(text)) {
        let scope = web::scope(text).default_service(web::to(|| async { "scope" }));
        let layer = open().scope(text, &FRIENDS);
        let app = App::new().wrap(layer).service(scope).default_service(web::to(secret));
        let app = Local::start(app).await;
        for target in below {
            assert_denied(&app, ("PUT", target), STRANGER, "scope").await;
        }
        for target in beside {
            assert_allowed(&app, ("PUT", target), STRANGER, "secret").await;
        }
    }
}

#[actix_web::test]
async fn a_character_that_is_not_ascii_may_be_written_either_way() {
    for text in ["/\u{fc}ber", "/%C3%BCber", "/%c3%bcber"] {
        let layer = Cors::new(&FRIENDS).scope(text, &OPEN);
        let app = App::new().wrap(layer).default_service(web::to(secret));
        let app = Local::start(app).await;
        assert_allowed(&app, ("GET", "/%C3%BCber/x"), STRANGER, "secret").await;
        assert_denied(&app, ("GET", "/x"), STRANGER, "secret").await;
    }
}

#[actix_web::test]
async fn several_dynamic_paths_have_policies_of_their_own() {
    let layer =
        open().scope("/{tenant}/admin", &FRIENDS).scope("/{tenant}/x", Policy::same_origin());
    let app = App::new().wrap(layer).default_service(web::to(secret));
    let app = Local::start(app).await;
    crate::assert_friends_only(&app, ("PUT", "/t/admin"), "secret").await;
    assert_denied(&app, ("PUT", "/t/x"), STRANGER, "secret").await;
    assert_allowed(&app, ("PUT", "/t/y"), STRANGER, "secret").await;
}

/// The text says nothing of which is meant: only what both allow.
#[actix_web::test]
async fn of_a_static_and_a_dynamic_path_neither_opens_the_other() {
    for swapped in [false, true] {
        let layer = match swapped {
            false => open().scope("/{tenant}/admin", &OPEN).scope("/t/admin", &FRIENDS),
            true => open().scope("/t/admin", &FRIENDS).scope("/{tenant}/admin", &OPEN),
        };
        let app = App::new().wrap(layer).default_service(web::to(secret));
        let app = Local::start(app).await;
        assert_denied(&app, ("PUT", "/t/admin"), STRANGER, "secret").await;
        assert_allowed(&app, ("PUT", "/u/admin"), STRANGER, "secret").await;
    }
}
