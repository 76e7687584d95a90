//! The header names that a preflight asks for.

use actix_web::{App, HttpResponse, patch};
use cors_actix::{Any, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, granted};

use crate::{listed, preflight, server};

#[test]
fn safelisted_methods_are_always_allowed() {
    let server = server(listed().allow_credentials(true));
    for method in ["GET", "HEAD", "POST"] {
        server.send(&preflight(method)).assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
    }
    for method in ["get", "Head", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"] {
        server.send(&preflight(method)).assert_denied();
    }
}

#[test]
fn patch_in_lower_case_is_another_method() {
    let upper = server(listed().allow_methods(["PATCH"]).allow_credentials(true));
    upper.send(&preflight("PATCH")).assert_granted(granted(EXAMPLE, "GET,HEAD,POST,PATCH"));
    upper.send(&preflight("patch")).assert_denied();
    let lower = server(listed().allow_methods(["patch"]).allow_credentials(true));
    lower.send(&preflight("patch")).assert_granted(granted(EXAMPLE, "GET,HEAD,POST,patch"));
    lower.send(&preflight("PATCH")).assert_denied();
}

#[test]
fn a_text_that_is_not_a_method_is_denied() {
    let restricted = server(listed());
    let any = server(listed().allow_methods(Any));
    let any_with_credentials = server(listed().allow_methods(Any).allow_credentials(true));
    for server in [restricted, any, any_with_credentials] {
        for method in [
            b"".as_slice(),
            b"GE T",
            b"GET,PUT",
            b"GET/",
            b"G\xffT",
            "G\u{cb}T".as_bytes(),
            b"\"GET\"",
        ] {
            server.send(&Request::preflight("/", EXAMPLE, method)).assert_denied();
        }
        let twice = preflight("GET").asks_method("GET");
        server.send(&twice).assert_denied();
        let long = "A".repeat(60_000) + " ";
        server.send(&preflight(&(long + "B"))).assert_denied();
    }
}

#[test]
fn header_names_are_read_as_an_http_list() {
    let policy = listed().allow_headers(["x-a", "X-B", "content-type"]).allow_credentials(true);
    let server = server(policy);
    let lines = || granted(EXAMPLE, "GET,HEAD,POST").into_iter();
    let names = || ["access-control-allow-headers: x-a,x-b,content-type".to_owned()];
    for list in [
        "x-a",
        "x-a,x-b",
        "x-a, x-b",
        "x-a ,x-b",
        "  x-a\t,\t x-b  ",
        "x-b,x-a",
        "X-A,X-B",
        "x-a,x-a,X-a",
        ",x-a",
        "x-a,",
        ",,x-a,, ,x-b,,",
        "content-type,x-b,x-a",
    ] {
        let request = preflight("GET").asks_headers(list);
        server.send(&request).assert_granted(lines().chain(names()));
    }
    for list in [
        "x-c",
        "x-a,x-c",
        "x-c,x-a",
        "x-a;x-b",
        "x-a x-b",
        "x-a, x-b x-b",
        "x-",
        "x-aa",
        "-a",
        "x_a",
        "*",
        "authorization",
        "x-a,\"x-b\"",
    ] {
        server.send(&preflight("GET").asks_headers(list)).assert_denied();
    }
    server.send(&preflight("GET").asks_headers(b"x-a,\xc3\xa4")).assert_denied();
}

/// API gateways split the list into several lines (rs/cors#184).
#[test]
fn all_lines_of_header_names_are_read() {
    let server = server(listed().allow_headers(["x-a", "x-b"]).allow_credentials(true));
    let names = ["access-control-allow-headers: x-a,x-b".to_owned()];
    let split = preflight("GET").asks_headers("x-a").asks_headers("x-b");
    let lines = granted(EXAMPLE, "GET,HEAD,POST");
    server.send(&split).assert_granted(lines.clone().into_iter().chain(names.clone()));
    let holed = preflight("GET").asks_headers("").asks_headers(",").asks_headers("x-b");
    server.send(&holed).assert_granted(lines.clone().into_iter().chain(names));
    let empty = preflight("GET").asks_headers("").asks_headers(",,");
    server.send(&empty).assert_granted(lines);
    server.send(&preflight("GET").asks_headers("x-a").asks_headers("x-c")).assert_denied();
    server.send(&preflight("GET").asks_headers("x-c").asks_headers("x-a")).assert_denied();
    let late = preflight("GET").asks_headers("").asks_headers("x-a").asks_headers("x-b,x-c");
    server.send(&late).assert_denied();
}

#[test]
fn a_policy_without_header_names_grants_only_a_preflight_without_header_names() {
    let server = server(listed().allow_credentials(true));
    let nothing = preflight("GET").asks_headers(" , ");
    server.send(&nothing).assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
    for list in ["x-a", "*", "content-type", "accept"] {
        server.send(&preflight("GET").asks_headers(list)).assert_denied();
    }
}

#[cors(allow_origins = ["https://example.com"], allow_headers = ["x-a", "X-B"], allow_credentials)]
#[patch("/")]
async fn handler() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn an_annotated_handler_reads_methods_and_header_names_like_a_layer() {
    let server = Server::start(|| App::new().service(handler));
    let lines = || granted(EXAMPLE, "PATCH").into_iter();
    let names = || ["access-control-allow-headers: x-a,x-b".to_owned()];
    server.send(&preflight("PATCH")).assert_granted(lines());
    server.send(&preflight("patch")).assert_untouched(404);
    server.send(&preflight("PATCH").asks_headers(",,")).assert_granted(lines());
    let split = preflight("PATCH").asks_headers(" X-B,,").asks_headers("x-a,x-a");
    server.send(&split).assert_granted(lines().chain(names()));
    server.send(&split.asks_headers("x-c")).assert_denied();
    server.send(&preflight("PATCH").asks_headers("x a")).assert_denied();
    server.send(&preflight("PATCH").asks_method("PATCH")).assert_denied();
}
