//! The headers of responses to actual requests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod decided_by_inner_layers;
mod headers_by_policy;
mod in_front_of_annotated_handlers;
mod kinds_of_responses;
mod log_lines;
mod places_of_middleware;
mod readiness;
mod several_policies;
mod vary;

use actix_web::{App, HttpResponse, web};
use cors_actix::Cors;
use cors_actix_tests::{Request, Server, example};

const EVIL: &str = "https://evil.com";

fn from(origin: &str) -> Request {
    Request::get("/").origin(origin)
}

fn get_with(response: impl Fn() -> HttpResponse + Clone + Send + 'static) -> Server {
    Server::start(move || {
        let response = response.clone();
        let get = web::get().to(move || {
            let response = response();
            async { response }
        });
        App::new().wrap(Cors::new(example())).route("/", get)
    })
}
