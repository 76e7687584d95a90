//! Preflights have no credentials, so a layer outside of authentication answers them.

use actix_web::{
    App, Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::{Next, from_fn},
    put, web,
};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, admitted, granted};

use crate::{EVIL, preflight};

async fn authenticate<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    let response = HttpResponse::Unauthorized().finish();
    Ok(request.into_response(response).map_into_right_body())
}

async fn authenticate_or_fail<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        return next.call(request).await;
    }
    Err(actix_web::error::ErrorUnauthorized("who are you?"))
}

fn policy() -> Policy {
    Policy::builder()
        .allow_origins([EXAMPLE])
        .allow_methods([Method::PUT])
        .allow_headers(["authorization"])
        .allow_credentials(true)
        .build()
        .unwrap()
}

#[cors(
    allow_origins = ["https://example.com"],
    allow_headers = ["authorization"],
    allow_credentials,
)]
#[put("/", wrap = "from_fn(authenticate_or_fail)")]
async fn guarded() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(
    allow_origins = ["https://example.com"],
    allow_headers = ["authorization"],
    allow_credentials,
)]
#[put("/")]
async fn handler() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[track_caller]
fn assert_open_to_preflights(server: &Server, methods: &str) {
    let names = ["access-control-allow-headers: authorization".to_owned()];
    let request = preflight("PUT").asks_headers("authorization");
    let lines = granted(EXAMPLE, methods);
    server.send(&request).assert_granted(lines.into_iter().chain(names));
    server.send(&Request::preflight("/", EVIL, "PUT")).assert_denied();

    let put = |origin| Request::new("PUT", "/").origin(origin);
    server.send(&put(EXAMPLE)).assert(401, admitted(EXAMPLE));
    server.send(&put(EVIL)).assert_closed(401);
    server.send(&Request::new("PUT", "/")).assert_closed(401);
    let known = put(EXAMPLE).line("Authorization", "Bearer x");
    server.send(&known).assert(200, admitted(EXAMPLE));
}

#[test]
fn authentication_inside_a_layer_does_not_see_preflights() {
    let app = Server::start(|| {
        App::new()
            .wrap(from_fn(authenticate))
            .wrap(Cors::new(policy()))
            .route("/", web::put().to(HttpResponse::Ok))
    });
    assert_open_to_preflights(&app, "GET,HEAD,POST,PUT");
    let failing = Server::start(|| {
        App::new()
            .wrap(from_fn(authenticate_or_fail))
            .wrap(Cors::new(policy()))
            .route("/", web::put().to(HttpResponse::Ok))
    });
    assert_open_to_preflights(&failing, "GET,HEAD,POST,PUT");
    let scope = Server::start(|| {
        let scope = web::scope("").wrap(from_fn(authenticate)).wrap(Cors::new(policy()));
        App::new().service(scope.route("/", web::put().to(HttpResponse::Ok)))
    });
    assert_open_to_preflights(&scope, "GET,HEAD,POST,PUT");
}

#[test]
fn authentication_of_an_annotated_handler_does_not_see_preflights() {
    let server = Server::start(|| App::new().service(guarded));
    assert_open_to_preflights(&server, "PUT");
}

/// The layer around the authentication grants what the policy of the route grants.
#[test]
fn authentication_between_a_layer_and_an_annotated_handler_does_not_see_preflights() {
    let server = Server::start(|| {
        let scope = web::scope("").wrap(from_fn(authenticate)).service(handler);
        App::new().wrap(Cors::new(policy())).service(scope)
    });
    let request = preflight("PUT").asks_headers("authorization");
    let response = server.send(&request);
    assert_eq!(response.status, 204);
    assert_eq!(response.values("access-control-allow-origin"), [EXAMPLE]);
    assert_eq!(response.values("access-control-allow-headers"), ["authorization"]);
    server.send(&Request::preflight("/", EVIL, "PUT")).assert_denied();

    let put = Request::new("PUT", "/").origin(EXAMPLE);
    server.send(&put).assert(401, admitted(EXAMPLE));
    server.send(&put.line("Authorization", "x")).assert(200, admitted(EXAMPLE));
}

/// No layer gets the preflight before authentication.
#[test]
fn authentication_outside_every_layer_answers_preflights_without_headers() {
    let layered = Server::start(|| {
        App::new()
            .wrap(Cors::new(policy()))
            .wrap(from_fn(authenticate))
            .route("/", web::put().to(HttpResponse::Ok))
    });
    let annotated = Server::start(|| App::new().wrap(from_fn(authenticate)).service(handler));
    for server in [layered, annotated] {
        server.send(&preflight("PUT")).assert_untouched(401);
        server.send(&Request::new("PUT", "/").origin(EXAMPLE)).assert_untouched(401);
        let known = Request::new("PUT", "/").origin(EXAMPLE).line("Authorization", "x");
        server.send(&known).assert(200, admitted(EXAMPLE));
    }
}
