//! `Cors::scope` and `web::scope` with the same text apply to the same paths.

use actix_web::{App, web};
use cors_actix::{Cors, Policy};
use cors_actix_tests::{local::Local, sign::STRANGER};

use crate::{FRIENDS, OPEN, assert_allowed, assert_denied, open, secret};

/// Texts, with paths inside and outside of the scope.
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
async fn a_closed_path_is_closed_exactly_inside_of_the_scope() {
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

/// Percent-escapes and slashes at the end are left out, because the router reads them in another way.
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
async fn a_character_that_is_not_ascii_may_be_written_with_and_without_escapes() {
    for text in ["/\u{fc}ber", "/%C3%BCber", "/%c3%bcber"] {
        let layer = Cors::new(&FRIENDS).scope(text, &OPEN);
        let app = App::new().wrap(layer).default_service(web::to(secret));
        let app = Local::start(app).await;
        assert_allowed(&app, ("GET", "/%C3%BCber/x"), STRANGER, "secret").await;
        assert_denied(&app, ("GET", "/x"), STRANGER, "secret").await;
    }
}

#[actix_web::test]
async fn several_dynamic_paths_have_their_own_policies() {
    let layer =
        open().scope("/{tenant}/admin", &FRIENDS).scope("/{tenant}/x", Policy::same_origin());
    let app = App::new().wrap(layer).default_service(web::to(secret));
    let app = Local::start(app).await;
    crate::assert_friends_only(&app, ("PUT", "/t/admin"), "secret").await;
    assert_denied(&app, ("PUT", "/t/x"), STRANGER, "secret").await;
    assert_allowed(&app, ("PUT", "/t/y"), STRANGER, "secret").await;
}

#[actix_web::test]
async fn a_dynamic_path_does_not_open_a_static_path_in_any_order_of_calls() {
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
