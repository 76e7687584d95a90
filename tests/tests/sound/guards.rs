//! A route whose guard may pass a request on grants no more than the policy of the code behind it.

use actix_web::{App, get, put, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    journal,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};
use log::Level;

use crate::{
    ALL_ALLOWED, assert_allowed, assert_denied, assert_friends_only, closed_item, friends,
    friends_item, never, open, open_item, open_upload, secret, wants_json,
};

#[cors(allow_origins = any)]
#[put("/item", guard = "never")]
async fn open_never() -> &'static str {
    "never"
}

#[cors(allow_origins = any)]
#[put("/item", guard = "wants_json")]
async fn open_json() -> &'static str {
    "json"
}

/// Asserts that pages can read the response of the guarded route if the guard accepts the request.
async fn assert_json_is_open(app: &Local) {
    let request = actual("PUT", "/item", Some(STRANGER));
    let response = app.send(request.insert_header(("accept", "application/json"))).await;
    assert_eq!(response.text(), "json");
    response.assert(200, [ALL_ALLOWED]);
}

const ROUTE: (&str, &str) = ("PUT", "/item");

mod below_a_layer {
    use super::*;

    #[actix_web::test]
    async fn an_unannotated_route_behind_has_the_layers_policy() {
        let app = App::new().wrap(friends()).service(open_never);
        let app = Local::start(app.route("/item", web::put().to(secret))).await;
        assert_friends_only(&app, ROUTE, "secret").await;
    }

    #[actix_web::test]
    async fn a_default_service_behind_has_the_layers_policy() {
        let app = App::new().wrap(friends()).service(open_never);
        let app = Local::start(app.default_service(web::to(secret))).await;
        assert_friends_only(&app, ROUTE, "secret").await;
    }

    #[actix_web::test]
    async fn an_unannotated_pattern_behind_has_the_layers_policy() {
        let app = App::new().wrap(friends()).service(open_never);
        let app = Local::start(app.route("/{tail:.*}", web::put().to(secret))).await;
        assert_friends_only(&app, ROUTE, "secret").await;
    }

    #[actix_web::test]
    async fn requests_that_a_guard_accepts_do_not_open_other_requests() {
        let app = App::new().wrap(friends()).service(open_json);
        let app = Local::start(app.route("/item", web::put().to(secret))).await;
        assert_friends_only(&app, ROUTE, "secret").await;
        assert_json_is_open(&app).await;
        assert_friends_only(&app, ROUTE, "secret").await;
    }

    #[actix_web::test]
    async fn a_closed_layer_grants_no_preflight_of_a_guarded_open_route() {
        let app = App::new().wrap(Cors::new(Policy::same_origin())).service(open_json);
        let app = Local::start(app.route("/item", web::put().to(secret))).await;
        assert_denied(&app, ROUTE, FRIEND, "secret").await;
        assert_json_is_open(&app).await;
    }

    #[actix_web::test]
    async fn an_open_layer_grants_preflights_of_a_guarded_open_route() {
        let app = App::new().wrap(open()).service(open_json);
        let app = Local::start(app.route("/item", web::put().to(secret))).await;
        assert_allowed(&app, ROUTE, STRANGER, "secret").await;
        assert_json_is_open(&app).await;
    }

    #[actix_web::test]
    async fn an_annotated_route_behind_must_grant_too() {
        for layer in [open(), friends()] {
            let app = App::new().wrap(layer).service(open_json).service(closed_item);
            let app = Local::start(app).await;
            assert_denied(&app, ROUTE, STRANGER, "closed").await;
            assert_denied(&app, ROUTE, FRIEND, "closed").await;
            assert_json_is_open(&app).await;
        }
    }

    #[actix_web::test]
    async fn an_annotated_pattern_behind_must_grant_too() {
        #[cors(same_origin)]
        #[put("/{tail:.*}")]
        async fn closed_upload() -> &'static str {
            "closed"
        }

        let app = App::new().wrap(open()).service(open_json).service(closed_upload);
        let app = Local::start(app).await;
        assert_denied(&app, ROUTE, STRANGER, "closed").await;
        assert_json_is_open(&app).await;
    }

    #[actix_web::test]
    async fn an_unannotated_route_between_two_annotated_routes_has_the_layers_policy() {
        let app = App::new().wrap(friends()).service(open_json);
        let app = app.route("/item", web::put().to(secret)).service(open_upload);
        let app = Local::start(app).await;
        assert_friends_only(&app, ROUTE, "secret").await;
    }
}

mod without_a_layer {
    use super::*;

    /// Asserts that the preflight is denied, and that the code with this body answers the request.
    async fn assert_preflight_denied(app: &Local, body: &str) {
        for origin in [STRANGER, FRIEND] {
            let response = app.send(actual("PUT", "/item", Some(origin))).await;
            assert_eq!(response.text(), body);
            app.send(preflight("/item", origin, "PUT")).await.assert_denied();
        }
    }

    #[actix_web::test]
    async fn the_preflight_is_denied_if_an_unannotated_route_is_behind() {
        let app = App::new().service(open_never).route("/item", web::to(secret));
        assert_preflight_denied(&Local::start(app).await, "secret").await;
        let app = App::new().service(open_json).route("/item", web::put().to(secret));
        assert_preflight_denied(&Local::start(app).await, "secret").await;
    }

    #[actix_web::test]
    async fn the_preflight_is_denied_if_a_default_service_is_behind() {
        let app = App::new().service(open_json).default_service(web::to(secret));
        assert_preflight_denied(&Local::start(app).await, "secret").await;
        let scope = web::scope("").service(open_json).default_service(web::to(secret));
        assert_preflight_denied(&Local::start(App::new().service(scope)).await, "secret").await;
    }

    /// The route cannot know that no code is behind it.
    #[actix_web::test]
    async fn the_preflight_is_denied_if_nothing_is_behind() {
        let app = Local::start(App::new().service(open_json)).await;
        assert_preflight_denied(&app, "").await;
        assert_json_is_open(&app).await;
    }

    #[actix_web::test]
    async fn the_preflight_is_granted_if_an_annotated_route_of_the_same_pattern_is_behind() {
        let app = App::new().service(open_json).service(open_item);
        let app = Local::start(app.default_service(web::to(secret))).await;
        assert_allowed(&app, ROUTE, STRANGER, "open").await;
        assert_json_is_open(&app).await;
        assert_allowed(&app, ROUTE, STRANGER, "open").await;
    }

    #[actix_web::test]
    async fn an_annotated_route_of_the_same_pattern_behind_must_grant_too() {
        let app = App::new().service(open_json).service(closed_item);
        let app = Local::start(app).await;
        assert_denied(&app, ROUTE, STRANGER, "closed").await;
        assert_denied(&app, ROUTE, FRIEND, "closed").await;
        let app = Local::start(App::new().service(open_json).service(friends_item)).await;
        assert_friends_only(&app, ROUTE, "friends").await;
        assert_json_is_open(&app).await;
    }

    #[actix_web::test]
    async fn the_preflight_is_denied_if_the_route_behind_has_a_guard_too() {
        let app = App::new().service(open_never).service(open_json);
        let app = Local::start(app.default_service(web::to(secret))).await;
        assert_preflight_denied(&app, "secret").await;
    }

    #[cors(allow_origins = any)]
    #[get("/guarded-and-told", guard = "wants_json")]
    async fn told() -> &'static str {
        "told"
    }

    #[actix_web::test]
    async fn the_reason_is_logged_once() {
        journal::open();
        let app = Local::start(App::new().service(told).default_service(web::to(secret))).await;
        for origin in [STRANGER, FRIEND, STRANGER] {
            app.send(preflight("/guarded-and-told", origin, "GET")).await.assert_denied();
        }
        let entries = journal::entries_with("/guarded-and-told");
        let seen = entries.iter().filter(|entry| entry.level < Level::Debug);
        let [entry] = &seen.collect::<Vec<_>>()[..] else { panic!("{entries:#?}") };
        assert!(entry.text.contains("guard"), "{}", entry.text);
    }
}
