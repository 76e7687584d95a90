//! Routes with guards.

use std::cell::Cell;

use actix_web::{App, guard::GuardContext, route, routes, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    EXAMPLE,
    local::{Local, actual, preflight},
    open,
};

use crate::{EXAMPLE_ONLY, STRANGER, admitted, assert_alike, granted, start};

/// The routes behind a guarded route may take one of its methods and not the others, so the browser must not
/// keep the answer.
const NOT_KEPT: &str = "access-control-max-age: 0";

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

twins! {
    pub(super) fn register(config: &mut web::ServiceConfig) {
        config.service(guarded).service(routed).service(fallback);
        config.service(passing).service(behind);
    }

    fn has_token(context: &GuardContext<'_>) -> bool {
        ASKED.set(ASKED.get() + 1);
        context.head().headers().contains_key("x-token")
    }

    #[actix_web::put("/guarded", guard = "has_token", guard = "crate::guards::accepts_json")]
    pub(crate) async fn guarded() -> &'static str {
        "guarded"
    }

    #[routes]
    #[get("/routed", guard = "has_token")]
    #[options("/routed", guard = "has_token")]
    #[post("/routed", guard = "header_is::<7>")]
    pub(crate) async fn routed() -> &'static str {
        "routed"
    }

    #[route("/guarded", method = "PUT", method = "GET")]
    pub(crate) async fn fallback() -> &'static str {
        "fallback"
    }

    #[routes]
    #[get("/passing", guard = "has_token")]
    #[post("/passing", guard = "header_is::<7>")]
    pub(crate) async fn passing() -> &'static str {
        "passing"
    }

    #[routes]
    #[get("/passing")]
    #[post("/passing")]
    pub(crate) async fn behind() -> &'static str {
        "behind"
    }
}

fn accepts_json(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key("accept")
}

fn header_is<const N: u8>(context: &GuardContext<'_>) -> bool {
    context.head().headers().get("x-number").is_some_and(|value| value.as_bytes() == [b'0' + N])
}

/// Guards look at headers that preflights lack. So a preflight is for every route that may get the request, and
/// is granted only if all of these routes are annotated and have the same pattern.
#[actix_web::test]
async fn guards_are_not_asked_on_preflights() {
    let app = start(annotated::register).await;
    for (target, method, listed) in
        [("/guarded", "PUT", "PUT"), ("/passing", "GET", "GET"), ("/passing", "POST", "POST")]
    {
        let lines = granted(listed).into_iter().chain([NOT_KEPT.to_owned()]);
        app.send(preflight(target, EXAMPLE, method)).await.assert_granted(lines);
        app.send(preflight(target, STRANGER, method)).await.assert_denied();
    }
    assert_eq!(ASKED.get(), 0);

    let request = actual("PUT", "/guarded", Some(EXAMPLE));
    let request = request.insert_header(("x-token", "1")).insert_header(("accept", "*"));
    assert_eq!(app.send(request).await.assert(200, admitted()).text(), "guarded");
    assert_eq!(ASKED.get(), 1);
    for (request, text) in [
        (actual("GET", "/passing", Some(EXAMPLE)).insert_header(("x-token", "1")), "passing"),
        (actual("GET", "/passing", Some(EXAMPLE)), "behind"),
    ] {
        assert_eq!(app.send(request).await.assert(200, admitted()).text(), text);
    }
}

/// A guard can pass the request on to code without a policy, so preflights are denied.
#[actix_web::test]
async fn a_guarded_route_denies_preflights_if_no_annotated_route_without_guards_is_behind_it() {
    let app = start(annotated::register).await;
    for method in ["GET", "POST"] {
        for origin in [EXAMPLE, STRANGER] {
            app.send(preflight("/routed", origin, method)).await.assert_denied();
        }
    }
    assert_eq!(ASKED.get(), 0);
    let request = actual("GET", "/routed", Some(EXAMPLE)).insert_header(("x-token", "1"));
    assert_eq!(app.send(request).await.assert(200, admitted()).text(), "routed");
}

/// Behind a guarded route for two methods is an annotated route for only one of them.
#[actix_web::test]
async fn a_guarded_route_grants_only_the_requested_method() {
    #[cors(policy = EXAMPLE_ONLY)]
    #[route("/two", method = "GET", method = "PUT", guard = "accepts_json")]
    async fn two() -> &'static str {
        "two"
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[actix_web::get("/two")]
    async fn behind() -> &'static str {
        "behind"
    }

    fn register(config: &mut web::ServiceConfig) {
        let plain = web::put().to(|| async { "plain" });
        config.service(two).service(behind).route("/two", plain);
    }

    for app in [
        Local::start(App::new().configure(register)).await,
        Local::start(App::new().wrap(Cors::new(Policy::same_origin())).configure(register)).await,
    ] {
        let lines = granted("GET").into_iter().chain([NOT_KEPT.to_owned()]);
        app.send(preflight("/two", EXAMPLE, "GET")).await.assert_granted(lines);
        app.send(preflight("/two", EXAMPLE, "PUT")).await.assert_denied();
        let response = app.send(actual("PUT", "/two", Some(EXAMPLE))).await;
        assert!(response.values("access-control-allow-origin").is_empty(), "{response:#?}");
        assert_eq!(response.text(), "plain");
    }
}

/// The code behind the guarded route has the layer's own policy, so both policies have to grant.
#[actix_web::test]
async fn below_a_layer_a_guarded_route_grants_preflights_that_the_layer_grants_too() {
    for (policy, is_granted) in
        [(EXAMPLE_ONLY.clone(), true), (open(), true), (Policy::same_origin(), false)]
    {
        let app =
            Local::start(App::new().wrap(Cors::new(policy)).configure(annotated::register)).await;
        for method in ["GET", "POST"] {
            let response = app.send(preflight("/routed", EXAMPLE, method)).await;
            if is_granted {
                response.assert_granted(granted(method).into_iter().chain([NOT_KEPT.to_owned()]));
            } else {
                response.assert_denied();
            }
            app.send(preflight("/routed", STRANGER, method)).await.assert_denied();
        }
    }
}

#[actix_web::test]
async fn guards_choose_between_handlers_as_without_the_attribute() {
    let (annotated, bare) = (start(annotated::register).await, start(bare::register).await);
    let requests = || {
        let mut requests = Vec::new();
        for method in ["GET", "PUT", "POST", "OPTIONS", "PATCH"] {
            for target in ["/guarded", "/routed", "/passing"] {
                for headers in [&[][..], &["x-token"], &["accept"], &["x-token", "accept"]] {
                    let request = actual(method, target, None).insert_header(("x-number", "7"));
                    requests.push(
                        headers
                            .iter()
                            .fold(request, |request, name| request.insert_header((*name, "1"))),
                    );
                }
                requests.push(actual(method, target, None).insert_header(("x-number", "8")));
            }
        }
        requests
    };
    assert_alike(&annotated, &bare, requests).await;
}
