//! Handlers on one path have their own policies, in every order of registration.

use actix_web::{App, HttpResponse, get, http::Method, post, put, routes, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{Request, Server, admitted, granted, granted_once};

use crate::EVIL;

const ONE: &str = "https://one.example";
const TWO: &str = "https://two.example";

#[cors(allow_origins = ["https://one.example"], allow_credentials)]
#[get("/x")]
async fn get_one() -> &'static str {
    "one"
}

#[cors(allow_origins = ["https://two.example"], allow_credentials)]
#[post("/x")]
async fn post_two() -> &'static str {
    "two"
}

#[get("/x")]
async fn get_plain() -> &'static str {
    "plain"
}

#[post("/x")]
async fn post_plain() -> &'static str {
    "plain"
}

#[cors(allow_origins = ["https://one.example"], allow_credentials)]
#[get("/u/{id}")]
async fn user(id: web::Path<String>) -> String {
    format!("user {id}")
}

#[cors(allow_origins = ["https://two.example"], allow_credentials)]
#[get("/u/me")]
async fn me() -> &'static str {
    "me"
}

#[cors(allow_origins = ["https://one.example"], allow_credentials)]
#[put("/u/{id}")]
async fn put_user(id: web::Path<String>) -> String {
    format!("user {id}")
}

/// Makes apps with the two services, registered in both orders.
macro_rules! in_both_orders {
    ($first:ident, $second:ident) => {
        [
            Server::start(|| App::new().service($first).service($second)),
            Server::start(|| App::new().service($second).service($first)),
        ]
    };
}

/// Asserts that only one origin is allowed, and that the browser may keep the answer to the preflight.
#[track_caller]
fn assert_only(server: &Server, method: &str, target: &str, origin: &str, body: &str) {
    let lines = granted(origin, method).to_vec();
    assert_only_with(server, method, target, origin, body, &lines);
}

/// Asserts that only one origin is allowed, and that the browser does not keep the answer to the preflight,
/// because the URL has other policies.
#[track_caller]
fn assert_only_once(server: &Server, method: &str, target: &str, origin: &str, body: &str) {
    assert_only_with(server, method, target, origin, body, &granted_once(origin, method));
}

#[track_caller]
fn assert_only_with(
    server: &Server,
    method: &str,
    target: &str,
    origin: &str,
    body: &str,
    lines: &[String],
) {
    let preflight = |origin| Request::preflight(target, origin, method);
    let actual = |origin| Request::new(method, target).origin(origin);
    for stranger in [ONE, TWO, EVIL].into_iter().filter(|stranger| *stranger != origin) {
        server.send(&preflight(stranger)).assert_denied();
        assert_eq!(server.send(&actual(stranger)).assert_closed(200).text(), body);
    }
    server.send(&preflight(origin)).assert_granted(lines);
    assert_eq!(server.send(&actual(origin)).assert(200, admitted(origin)).text(), body);
}

#[test]
fn two_methods_of_one_path_have_their_own_policies() {
    for server in in_both_orders!(get_one, post_two) {
        assert_only_once(&server, "GET", "/x", ONE, "one");
        assert_only_once(&server, "POST", "/x", TWO, "two");
        for origin in [ONE, TWO] {
            server.send(&Request::preflight("/x", origin, "PUT")).assert_untouched(404);
        }
    }
}

#[test]
fn an_unannotated_route_has_no_policy_though_an_annotated_route_is_on_its_path() {
    for server in in_both_orders!(get_one, post_plain) {
        assert_only(&server, "GET", "/x", ONE, "one");
        server.send(&Request::preflight("/x", ONE, "POST")).assert_untouched(404);
        let response = server.send(&Request::new("POST", "/x").origin(ONE));
        assert_eq!(response.assert_untouched(200).text(), "plain");
    }
    for server in in_both_orders!(get_plain, post_two) {
        assert_only(&server, "POST", "/x", TWO, "two");
        server.send(&Request::preflight("/x", TWO, "GET")).assert_untouched(404);
        let response = server.send(&Request::get("/x").origin(TWO));
        assert_eq!(response.assert_untouched(200).text(), "plain");
    }
}

#[test]
fn a_preflight_for_an_annotated_route_does_not_run_another_route_of_any_method() {
    let server = Server::start(|| {
        App::new().service(get_one).service(web::resource("/x").to(HttpResponse::Ok))
    });
    assert_only(&server, "GET", "/x", ONE, "one");
}

#[test]
fn if_patterns_overlap_the_policy_of_the_route_that_gets_the_request_counts() {
    let [pattern_first, static_first] = in_both_orders!(user, me);
    assert_only(&pattern_first, "GET", "/u/7", ONE, "user 7");
    assert_only_once(&pattern_first, "GET", "/u/me", ONE, "user me");
    assert_only(&static_first, "GET", "/u/7", ONE, "user 7");
    assert_only_once(&static_first, "GET", "/u/me", TWO, "me");
}

/// The map names the first pattern that matches, whatever its methods. The routes in front of a route with
/// another pattern are not known, so its preflights are denied. Its responses still have its own policy.
#[test]
fn a_route_behind_an_overlapping_pattern_denies_preflights_and_decides_on_responses() {
    let [pattern_first, static_first] = in_both_orders!(put_user, me);
    let is_denied = |server: &Server, method: &str, origin: &str, body: &str| {
        for origin in [ONE, TWO, EVIL] {
            server.send(&Request::preflight("/u/me", origin, method)).assert_denied();
        }
        for other in [ONE, TWO, EVIL].into_iter().filter(|other| *other != origin) {
            server.send(&Request::new(method, "/u/me").origin(other)).assert_closed(200);
        }
        let response = server.send(&Request::new(method, "/u/me").origin(origin));
        assert_eq!(response.assert(200, admitted(origin)).text(), body);
    };
    assert_only_once(&pattern_first, "PUT", "/u/me", ONE, "user me");
    is_denied(&pattern_first, "GET", TWO, "me");
    assert_only_once(&static_first, "GET", "/u/me", TWO, "me");
    is_denied(&static_first, "PUT", ONE, "user me");
    for server in [pattern_first, static_first] {
        assert_only(&server, "PUT", "/u/7", ONE, "user 7");
        server.send(&Request::preflight("/u/7", TWO, "GET")).assert_untouched(404);
    }
}

/// The layer's policy applies to code that may be in front of the route.
#[test]
fn overlapping_patterns_are_distinguished_by_method_below_a_layer_that_allows_both() {
    fn layer() -> Cors {
        let policy = Policy::builder()
            .allow_origins([ONE, TWO])
            .allow_methods([Method::PUT])
            .allow_credentials(true)
            .build();
        Cors::new(policy.unwrap())
    }
    for server in [
        Server::start(|| App::new().wrap(layer()).service(put_user).service(me)),
        Server::start(|| App::new().wrap(layer()).service(me).service(put_user)),
    ] {
        assert_only_once(&server, "PUT", "/u/me", ONE, "user me");
        assert_only_once(&server, "GET", "/u/me", TWO, "me");
        assert_only(&server, "PUT", "/u/7", ONE, "user 7");
    }
}

/// The browser's cache finds entries by URL, and does not know scopes.
#[test]
fn a_layer_on_a_scope_grants_nothing_to_a_route_outside_the_scope() {
    let server = Server::start(|| {
        let policy = Policy::builder().allow_origins([TWO]).allow_methods([Method::PUT]);
        let layer = Cors::new(policy.allow_credentials(true).max_age(600).build().unwrap());
        let read = web::get().to(|| async { "read" });
        App::new().service(put_user).service(web::scope("/u").wrap(layer).route("/{id}", read))
    });
    assert_only(&server, "PUT", "/u/7", ONE, "user 7");
    assert_only_once(&server, "GET", "/u/7", TWO, "read");
}

#[cors(allow_origins = ["https://one.example"], allow_credentials)]
#[routes]
#[get("/x")]
#[put("/x")]
#[get("/y")]
async fn several() -> &'static str {
    "several"
}

#[test]
fn a_handler_of_several_routes_answers_for_each_path() {
    for server in in_both_orders!(several, post_two) {
        assert_only_once(&server, "GET", "/x", ONE, "several");
        assert_only_once(&server, "PUT", "/x", ONE, "several");
        assert_only(&server, "GET", "/y", ONE, "several");
        assert_only_once(&server, "POST", "/x", TWO, "two");
        server.send(&Request::preflight("/y", ONE, "PUT")).assert_untouched(404);
    }
}
