//! Routes that differ only in the regular expression of a dynamic segment have their own policies.

use std::{cell::Cell, panic};

use actix_web::{App, get, put, web};
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

/// Returns `true` if a preflight of the origin is granted.
async fn is_granted(app: &Local, target: &str, origin: &str) -> bool {
    app.send(preflight(target, origin, "PUT")).await.status == 204
}

/// Two scopes could have groups of the same name, so the library does not join such patterns.
#[actix_web::test]
async fn a_scope_with_a_named_group_counts_as_matching_every_path_that_ends_like_its_routes() {
    for expression in ["(?P<digits>[0-9]+)", "(?<digits>[0-9]+)"] {
        let scope = web::scope(&format!("/{{n:{expression}}}")).service(closed::me);
        let app = App::new().wrap(friends()).service(scope).default_service(web::to(secret));
        let app = Local::start(app).await;
        assert_denied(&app, ("PUT", "/5/me"), FRIEND, "closed").await;
        assert!(!is_granted(&app, "/b/me", FRIEND).await);
        assert_friends_only(&app, ("PUT", "/b/other"), "secret").await;
    }
}

/// Returns a path with a number of slashes.
fn path(start: &str, slashes: usize) -> String {
    format!("{start}{}", "/x".repeat(slashes - start.matches('/').count()))
}

/// The end of a scope is looked for at no more than 64 positions of a path.
#[actix_web::test]
async fn no_more_is_granted_for_a_path_of_many_segments() {
    #[cors(allow_origins = any)]
    #[get("/x/{tail:.*}")]
    async fn download() -> &'static str {
        "open"
    }

    #[cors(allow_origins = any)]
    #[put("/x/{tail:.*}")]
    async fn upload() -> &'static str {
        "open"
    }

    let scope = web::scope("/s").service(download).service(upload);
    let app = Local::start(App::new().wrap(friends()).service(scope)).await;
    for (target, is_open) in [
        (path("/s", 63), true),
        (path("/s", 64), false),
        (format!("/s/x/{}", "x".repeat(200)), true),
    ] {
        assert_eq!(is_granted(&app, &target, STRANGER).await, is_open, "{target}");
        assert!(is_granted(&app, &target, FRIEND).await, "{target}");
    }

    // The scope's pattern cannot be joined with others.
    let scope = web::scope("/{n:(?P<digits>[0-9]+)}").service(closed_upload);
    let app = Local::start(App::new().wrap(open()).service(scope)).await;
    for slashes in [2, 63, 64, 100] {
        assert_denied(&app, ("PUT", &path("/5", slashes)), STRANGER, "closed").await;
    }
}

#[actix_web::test]
async fn a_route_with_a_tail_in_a_scope_decides_only_on_its_own_paths() {
    #[cors(same_origin)]
    #[put("/{tail}*")]
    async fn closed_tail() -> &'static str {
        "closed"
    }

    let scope = web::scope("/{n:[0-9]+}").service(closed_tail);
    let app = App::new().wrap(friends()).service(scope).default_service(web::to(secret));
    let app = Local::start(app).await;
    for slashes in [2, 63, 64, 100] {
        assert_denied(&app, ("PUT", &path("/5", slashes)), FRIEND, "closed").await;
        assert_friends_only(&app, ("PUT", &path("/b", slashes)), "secret").await;
    }
}

/// actix-web ignores a tail without a name, and the text in front of the tail: the first route is at the path of its
/// scope, and the second scope has all paths.
#[actix_web::test]
async fn a_tail_without_a_name_opens_no_closed_route() {
    #[cors(same_origin)]
    #[put("/files*")]
    async fn closed_files() -> &'static str {
        "closed"
    }

    for (service, target) in [
        (web::scope("/s").service(closed_files), "/s"),
        (web::scope("/s*").service(closed::me), "/me"),
    ] {
        let app = Local::start(App::new().wrap(open()).service(service)).await;
        assert_denied(&app, ("PUT", target), STRANGER, "closed").await;
    }
}

/// A service may be compiled so that every panic ends the process.
#[actix_web::test]
async fn scopes_that_have_more_segments_together_than_a_pattern_may_have_cause_no_panic() {
    thread_local! {
        static PANICS: Cell<usize> = const { Cell::new(0) };
    }
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PANICS.set(PANICS.get() + 1);
        hook(info);
    }));
    let segments = |name: &str| (0..9).map(|n| format!("/{{{name}{n}}}")).collect::<String>();
    let inner = web::scope(&segments("a")).service(closed::me);
    let scope = web::scope(&segments("b")).service(inner);
    let app = Local::start(App::new().wrap(open()).service(scope)).await;
    let target = format!("{}/me", "/x".repeat(18));
    assert_denied(&app, ("PUT", &target), STRANGER, "closed").await;
    assert_eq!(PANICS.get(), 0);
}
