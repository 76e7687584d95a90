//! Routes that differ only in the regular expression of a dynamic segment have their own policies.

use std::{cell::Cell, panic};

use actix_web::{App, Scope, get, put, web};
use cors_actix::cors;
use cors_actix_tests::{
    local::{Local, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{
    assert_allowed, assert_denied, assert_friends_only, friends, open, open_upload, secret,
};

#[cors(allow_origins = any)]
#[put("/me")]
async fn open_me() -> &'static str {
    "open"
}

#[cors(same_origin)]
#[put("/{tail:.*}")]
async fn closed_upload() -> &'static str {
    "closed"
}

mod opened {
    use super::*;

    #[cors(allow_origins = any)]
    #[put("/me")]
    pub(super) async fn me() -> &'static str {
        "open"
    }
}

mod closed {
    use super::*;

    #[cors(same_origin)]
    #[put("/me")]
    pub(super) async fn me() -> &'static str {
        "closed"
    }
}

/// Starts the services without a layer, below an open layer, and below a layer that allows friends.
macro_rules! with_and_without_layers {
    ($($service:expr),+) => {
        [
            Local::start(App::new()$(.service($service))+).await,
            Local::start(App::new().wrap(open())$(.service($service))+).await,
            Local::start(App::new().wrap(friends())$(.service($service))+).await,
        ]
    };
}

#[actix_web::test]
async fn a_scope_whose_expression_does_not_match_the_path_does_not_decide_on_it() {
    for app in with_and_without_layers!(web::scope("/{n:[0-9]+}").service(open_me), closed_upload) {
        assert_denied(&app, ("PUT", "/b/me"), STRANGER, "closed").await;
        assert_denied(&app, ("PUT", "/5b/me"), FRIEND, "closed").await;
        assert_allowed(&app, ("PUT", "/5/me"), STRANGER, "open").await;
    }
}

#[actix_web::test]
async fn scopes_with_different_expressions_may_have_handlers_of_one_name() {
    let digits = "/{n:[0-9]+}";
    let letters = "/{t:[a-z]+}";
    for (of_open, of_closed, target_open, target_closed) in
        [(digits, letters, "/5/me", "/b/me"), (letters, digits, "/b/me", "/5/me")]
    {
        for app in with_and_without_layers!(
            web::scope(of_open).service(opened::me),
            web::scope(of_closed).service(closed::me)
        ) {
            assert_allowed(&app, ("PUT", target_open), STRANGER, "open").await;
            assert_denied(&app, ("PUT", target_closed), STRANGER, "closed").await;
        }
        for app in with_and_without_layers!(
            web::scope(of_closed).service(closed::me),
            web::scope(of_open).service(opened::me)
        ) {
            assert_allowed(&app, ("PUT", target_open), STRANGER, "open").await;
            assert_denied(&app, ("PUT", target_closed), STRANGER, "closed").await;
        }
    }
}

/// The first scope takes every path that both expressions match, and does not pass the request on.
#[actix_web::test]
async fn the_first_scope_decides_if_the_expressions_of_two_scopes_overlap() {
    for app in with_and_without_layers!(
        web::scope("/{a:[0-9a-f]+}").service(closed::me),
        web::scope("/{b:[0-9]+}").service(opened::me),
        web::scope("/{c}").service(open_upload)
    ) {
        assert_denied(&app, ("PUT", "/5/me"), STRANGER, "closed").await;
        assert_denied(&app, ("PUT", "/5a/me"), STRANGER, "closed").await;
        assert_allowed(&app, ("PUT", "/x/me"), STRANGER, "upload").await;
    }
}

#[actix_web::test]
async fn a_scope_whose_dynamic_segment_spans_several_segments_decides_only_on_its_own_paths() {
    for app in with_and_without_layers!(
        web::scope("/{path:[a-z/]+}-s").service(open_me),
        web::scope("/{other}").service(closed::me)
    ) {
        assert_allowed(&app, ("PUT", "/a/b-s/me"), STRANGER, "open").await;
        assert_denied(&app, ("PUT", "/5/me"), STRANGER, "closed").await;
    }
}

#[actix_web::test]
async fn inner_scopes_with_different_expressions_have_their_own_policies() {
    for app in with_and_without_layers!(
        web::scope("/{a}")
            .service(web::scope("/{n:[0-9]+}").service(opened::me))
            .service(web::scope("/{t:[a-z]+}").service(closed::me))
    ) {
        assert_allowed(&app, ("PUT", "/a/5/me"), STRANGER, "open").await;
        assert_denied(&app, ("PUT", "/a/b/me"), STRANGER, "closed").await;
    }
}

#[cors(allow_origins = any)]
#[put("/{id:[0-9]{1,3}}")]
async fn open_number() -> &'static str {
    "open"
}

#[cors(same_origin)]
#[put("/{name:[a-z0-9]+}")]
async fn closed_name() -> &'static str {
    "closed"
}

#[actix_web::test]
async fn routes_with_different_expressions_have_their_own_policies() {
    for app in with_and_without_layers!(open_number, closed_name) {
        assert_allowed(&app, ("PUT", "/123"), STRANGER, "open").await;
        assert_denied(&app, ("PUT", "/1234"), STRANGER, "closed").await;
        assert_denied(&app, ("PUT", "/a"), STRANGER, "closed").await;
    }
    for app in with_and_without_layers!(closed_name, open_number) {
        assert_denied(&app, ("PUT", "/123"), STRANGER, "closed").await;
    }
}

#[cors(allow_origins = any)]
#[get("/{tail:.*}")]
async fn open_rest() -> &'static str {
    "rest"
}

#[actix_web::test]
async fn the_expression_of_an_unannotated_resource_is_not_that_of_an_annotated_route() {
    let app = App::new()
        .wrap(friends())
        .route("/{id:[0-9]+}", web::get().to(secret))
        .service(web::scope("/{name:[a-z]+}").route("/{id:[0-9]+}", web::get().to(secret)))
        .service(open_rest);
    let app = Local::start(app).await;
    assert_friends_only(&app, ("GET", "/5"), "secret").await;
    assert_friends_only(&app, ("GET", "/b/5"), "secret").await;
    assert_allowed(&app, ("GET", "/5b"), STRANGER, "rest").await;
    assert_allowed(&app, ("GET", "/5/5"), STRANGER, "rest").await;
}

/// Expressions may contain braces.
#[actix_web::test]
async fn patterns_that_differ_in_the_braces_of_an_expression_are_not_alike() {
    #[cors(allow_origins = any)]
    #[put("/{b:x{2,3}}")]
    async fn open_behind() -> &'static str {
        "open"
    }

    let app = App::new().wrap(friends()).route("/{a:x{1,2}}", web::put().to(secret));
    let app = Local::start(app.service(open_behind)).await;
    assert_friends_only(&app, ("PUT", "/xx"), "secret").await;
    assert_friends_only(&app, ("PUT", "/x"), "secret").await;
    assert_allowed(&app, ("PUT", "/xxx"), STRANGER, "open").await;
}

thread_local! {
    static PANICS: Cell<usize> = const { Cell::new(0) };
}

/// Returns nested scopes around a closed route.
fn scopes(patterns: &[&str]) -> Scope {
    let closed = web::scope("").service(closed::me);
    patterns.iter().rev().fold(closed, |inner, pattern| web::scope(pattern).service(inner))
}

/// Patterns that can only be read alone: two groups of one name, and more segments than one pattern may have.
#[actix_web::test]
async fn a_route_in_scopes_whose_patterns_cannot_be_joined_is_found_and_closes_no_other_path() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PANICS.set(PANICS.get() + 1);
        hook(info);
    }));
    let segments: Vec<_> = (0..17).map(|number| format!("/{{s{number}}}")).collect();
    let segments: Vec<_> = segments.iter().map(String::as_str).collect();
    for (patterns, target) in [
        (&["/{a:(?P<x>[a-z]+)}", "/{b:(?P<x>[a-z]+)}"][..], "/a/b/me"),
        (&["/{a:(?<x>[a-z]+)}", "/{b:(?<x>[a-z]+)}"], "/a/b/me"),
        (&segments, "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/me"),
        (&["/a*b"], "/a*b/me"),
        (&["/{a}*b"], "/a*b/me"),
    ] {
        let app = App::new().wrap(open()).service(scopes(patterns));
        let app = Local::start(app.default_service(web::to(secret))).await;
        assert_denied(&app, ("PUT", target), STRANGER, "closed").await;
        assert_denied(&app, ("PUT", target), FRIEND, "closed").await;
        assert_allowed(&app, ("PUT", &format!("{target}/x")), STRANGER, "secret").await;
    }
    assert_eq!(PANICS.get(), 0);
}

#[cors(allow_origins = any)]
#[put("/{tail:.*}")]
async fn open_tail() -> &'static str {
    "open"
}

/// Whether the map comes to the scope is asked for each place where the scope could end.
#[actix_web::test]
async fn a_twin_is_found_in_a_long_path_and_not_in_one_with_too_many_segments() {
    let scope = web::scope("/s").route("/{tail:.*}", web::get().to(secret)).service(open_tail);
    let app = Local::start(App::new().wrap(friends()).service(scope)).await;
    for tail in ["/x".repeat(62), format!("/{}", "x".repeat(500))] {
        assert_allowed(&app, ("PUT", &format!("/s{tail}")), STRANGER, "open").await;
    }
    let target = format!("/s{}", "/x".repeat(63));
    app.send(preflight(&target, STRANGER, "PUT")).await.assert_denied();
    assert_eq!(app.send(preflight(&target, FRIEND, "PUT")).await.status, 204);
}

#[actix_web::test]
async fn the_layer_of_a_scope_finds_a_closed_route_of_a_path_with_too_many_segments() {
    let scope = web::scope("/s").wrap(open()).service(closed_upload);
    let app = Local::start(App::new().service(scope)).await;
    for count in [1, 63, 64, 200] {
        let target = format!("/s{}", "/x".repeat(count));
        assert_denied(&app, ("PUT", &target), STRANGER, "closed").await;
    }
}
