//! Differences that do not depend on the methods that were called.

use actix_cors::Cors as Before;
use actix_web::{
    App, HttpResponse, get,
    http::{StatusCode, header},
    put, web,
};
use cors_actix::{Cors, Policy, PolicyKey, cors};
use cors_actix_browser::Fetch;
use cors_actix_tests::{PREFLIGHT_VARY, Request, Server, VARY};

use crate::{
    APP, BEFORE_VARY, OTHER,
    pair::{Pair, allow_origin, starts},
};

fn before() -> Before {
    Before::default().allowed_origin(APP).allowed_methods(["GET", "PUT"])
}

fn after() -> Policy {
    Policy::builder().allow_origins([APP]).allow_methods(["PUT"]).build().unwrap()
}

fn pair() -> Pair {
    Pair::with(before, after(), crate::pair::respond)
}

#[test]
fn a_granted_preflight_is_204_and_a_denied_one_403_without_a_body() {
    let pair = pair();
    let [before, after] = pair.send(&Request::preflight("/", APP, "PUT"));
    assert_eq!([before.status, after.status], [200, 204]);
    for (request, reason) in [
        (Request::preflight("/", OTHER, "PUT"), "Origin is not allowed to make this request"),
        (Request::preflight("/", APP, "DELETE"), "Requested method is not allowed"),
        (
            Request::preflight("/", APP, "PUT").asks_headers("x-a"),
            "One or more request headers are not allowed",
        ),
    ] {
        let [before, after] = pair.send(&request);
        before.assert_untouched(400);
        assert_eq!(before.text(), reason);
        after.assert(403, [PREFLIGHT_VARY]);
        assert_eq!(after.text(), "");
    }
    let ok = Policy::builder().allow_origins([APP]).preflight_status(StatusCode::OK);
    let pair = Pair::new(|| Before::default().allowed_origin(APP).allowed_methods(["GET"]), &ok);
    let [before, after] = pair.send(&Request::preflight("/", APP, "GET"));
    assert_eq!([before.status, after.status], [200, 200]);
}

#[test]
fn options_that_is_no_preflight_reaches_the_handler() {
    let without_origin = Request::new("OPTIONS", "/").asks_method("PUT");
    let [before, after] = pair().send(&without_origin);
    before.assert_untouched(400);
    after.assert(200, [VARY]);
    assert_eq!(after.text(), "handled");
}

#[test]
fn a_malformed_requested_method_does_not_reach_the_handler() {
    let [before, after] = pair().send(&Request::preflight("/", APP, "P T"));
    before.assert(200, [&allow_origin(APP), BEFORE_VARY]);
    assert_eq!(before.text(), "handled");
    after.assert(403, [PREFLIGHT_VARY]);
}

#[test]
fn vary_names_origin_once_and_keeps_the_lines_of_the_handler() {
    let respond = || {
        let mut response = HttpResponse::Ok();
        response.append_header((header::VARY, "Accept, Origin"));
        response.append_header((header::VARY, "Cookie"));
        response.finish()
    };
    let pair = Pair::with(before, after(), respond);
    let [before, after] = pair.send(&Request::get("/").origin(APP));
    let (_, names) = BEFORE_VARY.split_once(' ').unwrap();
    assert_eq!(before.values("vary"), [format!("Accept, Origin, {names}")]);
    assert_eq!(after.values("vary"), ["Accept, Origin", "Cookie"]);
}

#[test]
fn lists_are_sent_in_the_order_in_which_they_are_written() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allowed_methods(["PUT", "DELETE", "PATCH"]),
        &Policy::builder().allow_origins([APP]).allow_methods(["PUT", "DELETE", "PATCH"]),
    );
    let [before, after] = pair.send(&Request::preflight("/", APP, "PUT"));
    let name = "access-control-allow-methods";
    assert_eq!(crate::pair::items(&before, name), ["DELETE", "PATCH", "PUT"]);
    assert_eq!(after.values(name), ["GET,HEAD,POST,PUT,DELETE,PATCH"]);
}

#[test]
fn a_wrong_configuration_is_an_error_with_every_problem() {
    assert!(!starts(&Before::default().allowed_origin("http://a b").allowed_methods(["P T"])));
    let wrong = Policy::builder()
        .allow_origins(["http://a b", "https://b.example/"])
        .allow_methods(["P T"])
        .build()
        .unwrap_err();
    let keys: Vec<_> = wrong.problems().iter().map(|problem| problem.location.key).collect();
    use PolicyKey::{AllowMethods, AllowOrigins};
    assert_eq!(keys, [AllowOrigins, AllowOrigins, AllowMethods]);
}

#[put("/handler", wrap = "before()")]
async fn wrapped() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = ["https://app.example.com"])]
#[put("/handler")]
async fn annotated() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn a_handler_of_its_own_policy_answers_its_preflights() {
    let preflight = Request::preflight("/handler", APP, "PUT");
    let server = Server::start(|| App::new().service(wrapped));
    server.send(&preflight).assert_untouched(404);
    let server = Server::start(|| App::new().service(annotated));
    let methods = "access-control-allow-methods: PUT";
    server.send(&preflight).assert_granted([&allow_origin(APP), methods, PREFLIGHT_VARY]);
}

#[get("/closed")]
async fn closed() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn the_innermost_policy_decides_on_the_response() {
    let request = Request::get("/closed").origin(APP);
    let server = Server::start(|| {
        let scope = web::scope("").wrap(Before::default()).service(closed);
        App::new().wrap(before()).service(scope)
    });
    assert_eq!(server.send(&request).values("access-control-allow-origin"), [APP]);
    let server = Server::start(|| {
        let scope = web::scope("").wrap(Cors::new(Policy::same_origin())).service(closed);
        App::new().wrap(Cors::new(after())).service(scope)
    });
    server.send(&request).assert_closed(200);
}

#[test]
fn pages_of_denied_origins_see_nothing_below_both() {
    let pair = pair();
    for fetch in [Fetch::get("/"), Fetch::put("/"), Fetch::delete("/")] {
        pair.both_block(OTHER, fetch);
    }
    pair.both_read(APP, Fetch::put("/"));
    pair.both_block(APP, Fetch::delete("/"));
}
