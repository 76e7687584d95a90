//! Only preflights are answered by a layer. Other requests reach the handler.

use actix_web::{App, get, options};
use cors_actix::{Cors, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, admitted, example};

use crate::{EVIL, preflight};

#[cors(allow_origins = ["https://example.com"], allow_credentials)]
#[get("/")]
async fn read() -> &'static str {
    "read"
}

#[options("/")]
async fn own_options() -> &'static str {
    "own"
}

fn around_own_options() -> Server {
    Server::start(|| App::new().wrap(Cors::new(example())).service(own_options))
}

fn beside_own_options() -> Server {
    Server::start(|| App::new().service(read).service(own_options))
}

#[test]
fn options_without_a_requested_method_reaches_the_app() {
    let request = Request::new("OPTIONS", "/").origin(EXAMPLE);
    let response = around_own_options().send(&request);
    assert_eq!(response.assert(200, admitted(EXAMPLE)).text(), "own");
    let response = beside_own_options().send(&request);
    assert_eq!(response.assert_untouched(200).text(), "own");

    let denied = Request::new("OPTIONS", "/").origin(EVIL);
    let response = around_own_options().send(&denied);
    assert_eq!(response.assert_closed(200).text(), "own");
}

#[test]
fn options_without_an_origin_reaches_the_app() {
    let request = Request::new("OPTIONS", "/").asks_method("GET").asks_headers("x-a");
    let response = around_own_options().send(&request);
    assert_eq!(response.assert_closed(200).text(), "own");
    let response = beside_own_options().send(&request);
    assert_eq!(response.assert_untouched(200).text(), "own");
}

#[test]
fn options_without_any_header_reaches_the_app() {
    let request = Request::new("OPTIONS", "/");
    assert_eq!(around_own_options().send(&request).assert_closed(200).text(), "own");
    assert_eq!(beside_own_options().send(&request).assert_untouched(200).text(), "own");
}

#[test]
fn options_for_the_whole_server_is_not_a_preflight() {
    let request = Request::new("OPTIONS", "*").origin(EXAMPLE);
    around_own_options().send(&request).assert(404, admitted(EXAMPLE));
}

#[test]
fn a_requested_method_is_ignored_unless_the_method_is_options() {
    let server = Server::start(|| App::new().wrap(Cors::new(example())).service(read));
    let request = Request::get("/").origin(EXAMPLE).asks_method("PUT").asks_headers("x-a");
    assert_eq!(server.send(&request).assert(200, admitted(EXAMPLE)).text(), "read");
    let server = Server::start(|| App::new().service(read));
    assert_eq!(server.send(&request).assert(200, admitted(EXAMPLE)).text(), "read");
}

#[test]
fn an_unannotated_method_of_an_annotated_path_is_not_found() {
    let server = Server::start(|| App::new().service(read));
    server.send(&preflight("PUT")).assert_untouched(404);
    server.send(&preflight("HEAD")).assert_untouched(404);
    server.send(&Request::preflight("/other", EXAMPLE, "GET")).assert_untouched(404);
}
