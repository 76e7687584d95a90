//! Each header of the answer to a granted preflight.

use std::time::Duration;

use actix_web::{
    App, HttpResponse, delete,
    http::{Method, StatusCode, header},
    post, route, web,
};
use cors_actix::{Any, Cors, Policy, cors};
use cors_actix_tests::{EXAMPLE, PREFLIGHT_VARY, Request, Server, granted};

use crate::{EVIL, listed, preflight, server};

#[test]
fn a_grant_names_the_origin_and_says_if_credentials_are_allowed() {
    let response = server(listed()).send(&preflight("GET"));
    response.assert_granted([
        "access-control-allow-origin: https://example.com",
        "access-control-allow-methods: GET,HEAD,POST",
        PREFLIGHT_VARY,
    ]);
    let response = server(listed().allow_credentials(true)).send(&preflight("GET"));
    response.assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
    let response = server(Policy::builder().allow_origins(Any)).send(&preflight("GET"));
    response.assert_granted([
        "access-control-allow-origin: *",
        "access-control-allow-methods: GET,HEAD,POST",
        PREFLIGHT_VARY,
    ]);
}

#[test]
fn a_denied_preflight_gets_no_headers() {
    let policy = listed()
        .allow_methods([Method::PUT])
        .allow_headers(["x-a"])
        .expose_headers(["x-b"])
        .max_age(60)
        .preflight_status(StatusCode::OK)
        .allow_credentials(true);
    let server = server(policy);
    for request in [
        Request::preflight("/", EVIL, "PUT"),
        Request::preflight("/", "null", "PUT"),
        Request::preflight("/", EXAMPLE, "DELETE"),
        Request::preflight("/", EXAMPLE, "put"),
        Request::preflight("/", EXAMPLE, "PUT").asks_headers("x-b"),
        Request::preflight("/", EXAMPLE, "PUT").asks_headers("x-a,x-b"),
        Request::preflight("/", EVIL, "DELETE").asks_headers("x-b"),
    ] {
        server.send(&request).assert_denied();
    }
}

#[test]
fn all_listed_methods_and_header_names_are_granted() {
    let policy = listed()
        .allow_methods([Method::PUT, Method::DELETE])
        .allow_methods(["PURGE"])
        .allow_headers([header::AUTHORIZATION])
        .allow_headers(["X-Request-Id", "x-a"]);
    let server = server(policy);
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PURGE"] {
        server.send(&preflight(method).asks_headers("x-a")).assert_granted([
            "access-control-allow-origin: https://example.com",
            "access-control-allow-methods: GET,HEAD,POST,PUT,DELETE,PURGE",
            "access-control-allow-headers: authorization,x-request-id,x-a",
            PREFLIGHT_VARY,
        ]);
    }
}

#[test]
fn header_names_are_granted_only_when_some_are_requested() {
    let server = server(listed().allow_headers(["x-a"]));
    let without = [
        "access-control-allow-origin: https://example.com",
        "access-control-allow-methods: GET,HEAD,POST",
        PREFLIGHT_VARY,
    ];
    server.send(&preflight("GET")).assert_granted(without);
    for nothing in ["", ",", ",,", " , ,\t,"] {
        server.send(&preflight("GET").asks_headers(nothing)).assert_granted(without);
    }
}

#[test]
fn any_method_is_a_wildcard_without_credentials() {
    let server = server(listed().allow_methods(Any));
    for method in ["GET", "PUT", "PURGE", "patch", "X!"] {
        server.send(&preflight(method)).assert_granted([
            "access-control-allow-origin: https://example.com",
            "access-control-allow-methods: *",
            PREFLIGHT_VARY,
        ]);
    }
}

#[test]
fn any_method_is_the_requested_method_with_credentials() {
    let server = server(listed().allow_methods(Any).allow_credentials(true));
    for method in ["GET", "PUT", "PURGE", "patch", "X!"] {
        server.send(&preflight(method)).assert_granted(granted(EXAMPLE, method));
    }
}

#[test]
fn any_method_does_not_cover_forbidden_methods() {
    for credentials in [false, true] {
        let server = server(listed().allow_methods(Any).allow_credentials(credentials));
        for method in ["TRACE", "trace", "TRACK", "CONNECT"] {
            server.send(&preflight(method)).assert_denied();
        }
    }
}

#[test]
fn any_header_is_a_wildcard_without_credentials() {
    let server = server(listed().allow_headers(Any));
    for names in ["x-a", "x-a,x-b", "content-type", "X!"] {
        server.send(&preflight("GET").asks_headers(names)).assert_granted([
            "access-control-allow-origin: https://example.com",
            "access-control-allow-methods: GET,HEAD,POST",
            "access-control-allow-headers: *",
            PREFLIGHT_VARY,
        ]);
    }
}

#[test]
fn any_header_is_the_requested_list_with_credentials() {
    let server = server(listed().allow_headers(Any).allow_credentials(true));
    for names in ["x-a", "x-a,x-b", "X-A , x-b"] {
        let lines = granted(EXAMPLE, "GET,HEAD,POST");
        let names_line = format!("access-control-allow-headers: {names}");
        let request = preflight("GET").asks_headers(names);
        server.send(&request).assert_granted(lines.into_iter().chain([names_line]));
    }
    let two_lines = preflight("GET").asks_headers("x-a").asks_headers("x-b,x-c");
    let lines = granted(EXAMPLE, "GET,HEAD,POST");
    let names_lines =
        ["access-control-allow-headers: x-a", "access-control-allow-headers: x-b,x-c"];
    let names_lines = names_lines.map(str::to_owned);
    server.send(&two_lines).assert_granted(lines.into_iter().chain(names_lines));
}

#[test]
fn any_header_does_not_echo_a_text_that_is_not_a_name() {
    for credentials in [false, true] {
        let server = server(listed().allow_headers(Any).allow_credentials(credentials));
        for names in ["x a", "x:a", "x-a,x=b", "\"x\"", "x-a;x-b", "<script>", "x-a,(b)"] {
            server.send(&preflight("GET").asks_headers(names)).assert_denied();
        }
        let bytes = preflight("GET").asks_headers(b"x-a,\xff");
        server.send(&bytes).assert_denied();
        let second = preflight("GET").asks_headers("x-a").asks_headers("x b");
        server.send(&second).assert_denied();
    }
}

#[test]
fn any_header_does_not_cover_authorization() {
    for credentials in [false, true] {
        let server = server(listed().allow_headers(Any).allow_credentials(credentials));
        for names in ["authorization", "Authorization", "x-a,authorization", "AUTHORIZATION,x-a"] {
            server.send(&preflight("GET").asks_headers(names)).assert_denied();
        }
    }
}

#[test]
fn authorization_can_be_listed_with_any() {
    let names = ["authorization", "Authorization", "x-a,authorization", "x-a"];
    let listed = listed().allow_headers(Any).allow_headers(["Authorization"]);
    let plain = server(listed.clone());
    for names in names {
        plain.send(&preflight("GET").asks_headers(names)).assert_granted([
            "access-control-allow-origin: https://example.com",
            "access-control-allow-methods: GET,HEAD,POST",
            "access-control-allow-headers: *,authorization",
            PREFLIGHT_VARY,
        ]);
    }
    let with_credentials = server(listed.allow_credentials(true));
    for names in names {
        let lines = granted(EXAMPLE, "GET,HEAD,POST");
        let names_line = format!("access-control-allow-headers: {names}");
        let request = preflight("GET").asks_headers(names);
        with_credentials.send(&request).assert_granted(lines.into_iter().chain([names_line]));
    }
}

#[test]
fn max_age_is_sent_when_it_is_set() {
    for (policy, seconds) in [
        (listed().max_age(3600), "3600"),
        (listed().max_age(0), "0"),
        (listed().max_age(100_000), "100000"),
        (listed().max_age(Duration::from_millis(2_999)), "2"),
        (listed().max_age(60).max_age(30).max_age(Some(90)), "90"),
    ] {
        server(policy).send(&preflight("GET")).assert_granted([
            "access-control-allow-origin: https://example.com",
            "access-control-allow-methods: GET,HEAD,POST",
            &format!("access-control-max-age: {seconds}"),
            PREFLIGHT_VARY,
        ]);
    }
}

#[test]
fn exposed_headers_are_not_in_a_preflights_response() {
    let server = server(listed().expose_headers(["x-a"]).allow_credentials(true));
    server.send(&preflight("GET")).assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
}

#[test]
fn a_grant_has_the_status_of_the_policy_and_no_body() {
    for status in [StatusCode::OK, StatusCode::ACCEPTED, StatusCode::NO_CONTENT] {
        let server = server(listed().allow_credentials(true).preflight_status(status));
        let response = server.send(&preflight("GET"));
        response.assert(status.as_u16(), granted(EXAMPLE, "GET,HEAD,POST"));
        assert_eq!(response.text(), "");
        server.send(&Request::preflight("/", EVIL, "GET")).assert_denied();
    }
}

#[test]
fn a_policy_that_allows_no_other_origin_denies_every_preflight() {
    let server = Server::start(|| {
        let closed = Cors::new(Policy::same_origin());
        App::new().wrap(closed).default_service(web::to(HttpResponse::Ok))
    });
    for origin in [EXAMPLE, EVIL, "null", "http://api.example"] {
        server.send(&Request::preflight("/", origin, "GET")).assert_denied();
        server.send(&Request::get("/").origin(origin)).assert_closed(200);
    }
    server.send(&Request::get("/")).assert_closed(200);
}

#[cors(
    allow_origins = any,
    allow_headers = [any, "authorization"],
    expose_headers = ["x-a"],
    max_age = 60,
    preflight_status = 200,
)]
#[delete("/open")]
async fn open_handler() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

#[cors(
    allow_origins = ["https://example.com"],
    allow_headers = any,
    allow_credentials,
    max_age = 0,
)]
#[route("/many", method = "PUT", method = "PURGE", method = "GET")]
async fn many() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

#[cors(same_origin)]
#[post("/closed")]
async fn closed_handler() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

fn handlers() -> Server {
    Server::start(|| App::new().service(open_handler).service(many).service(closed_handler))
}

#[test]
fn an_annotated_handler_answers_like_a_layer_except_for_its_methods() {
    let server = handlers();
    let lines = [
        "access-control-allow-origin: *",
        "access-control-allow-methods: DELETE",
        "access-control-max-age: 60",
        PREFLIGHT_VARY,
    ];
    let request = Request::preflight("/open", EVIL, "DELETE");
    server.send(&request).assert(200, lines);
    let names = ["access-control-allow-headers: *,authorization"];
    let request = request.asks_headers("authorization,x-a");
    server.send(&request).assert(200, lines.into_iter().chain(names));
    server.send(&request.asks_headers("x a")).assert_denied();
}

#[test]
fn an_annotated_handler_grants_all_its_methods() {
    let server = handlers();
    for method in ["PUT", "PURGE", "GET"] {
        let lines = granted(EXAMPLE, "PUT,PURGE,GET").into_iter();
        let max_age = "access-control-max-age: 0".to_owned();
        let request = Request::preflight("/many", EXAMPLE, method);
        server.send(&request).assert_granted(lines.clone().chain([max_age.clone()]));
        let names = "access-control-allow-headers: x-b, x-a".to_owned();
        let request = request.asks_headers("x-b, x-a");
        server.send(&request).assert_granted(lines.chain([max_age, names]));
        server.send(&Request::preflight("/many", EVIL, method)).assert_denied();
    }
    // The route does not have these methods. Safelisted methods are not added to a route.
    for method in ["POST", "HEAD", "put", "OPTIONS", "*"] {
        server.send(&Request::preflight("/many", EXAMPLE, method)).assert_untouched(404);
    }
}

#[test]
fn a_same_origin_handler_denies_all_preflights() {
    let server = handlers();
    server.send(&Request::preflight("/closed", EXAMPLE, "POST")).assert_denied();
    server.send(&Request::new("POST", "/closed").origin(EXAMPLE)).assert_closed(204);
    server.send(&Request::new("POST", "/closed")).assert_closed(204);
}
