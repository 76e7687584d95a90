//! The option `wrap` of route attributes.

use std::cell::Cell;

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error::ErrorUnauthorized,
    http::header::{HeaderName, HeaderValue},
    middleware::{DefaultHeaders, Next, from_fn},
    post, routes, web,
};
use cors_actix_tests::{
    EXAMPLE,
    local::{actual, preflight},
};

use crate::{STRANGER, admitted, assert_alike, every_method, granted, start};

thread_local! {
    static RUNS: Cell<usize> = const { Cell::new(0) };
}

twins! {
    pub(super) fn register(config: &mut web::ServiceConfig) {
        config.service(wrapped).service(routed).service(closed);
    }

    #[post(
        "/wrapped",
        wrap = "from_fn(inner)",
        wrap = r#"DefaultHeaders::new().add(("x-default", "1"))"#,
        wrap = "from_fn(super::outer)"
    )]
    pub(crate) async fn wrapped() -> &'static str {
        "wrapped"
    }

    #[routes]
    #[get("/routed/one", wrap = "from_fn(inner)")]
    #[get("/routed/two", wrap = "from_fn(outer)")]
    pub(crate) async fn routed() -> HttpResponse {
        HttpResponse::Accepted().finish()
    }

    #[actix_web::get("/closed", wrap = "from_fn(unauthorized)")]
    pub(crate) async fn closed() -> &'static str {
        "closed"
    }
}

async fn inner(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    named("inner", next.call(request).await?)
}

async fn outer(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    named("outer", next.call(request).await?)
}

/// Adds the middleware's name to the response, and asserts that the response has no CORS headers yet.
fn named<B>(
    name: &'static str,
    mut response: ServiceResponse<B>,
) -> Result<ServiceResponse<B>, Error> {
    RUNS.set(RUNS.get() + 1);
    let headers = response.headers_mut();
    assert!(!headers.contains_key("access-control-allow-origin"), "CORS ran before {name}");
    headers.append(HeaderName::from_static("x-wrap"), HeaderValue::from_static(name));
    Ok(response)
}

async fn unauthorized(
    _: ServiceRequest,
    _: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    RUNS.set(RUNS.get() + 1);
    Err::<ServiceResponse, _>(ErrorUnauthorized("who are you?"))
}

#[actix_web::test]
async fn middleware_in_wrap_runs_inside_of_the_policy_in_order() {
    let app = start(annotated::register).await;
    let response = app.send(actual("POST", "/wrapped", Some(EXAMPLE))).await;
    response.assert(200, admitted());
    assert_eq!(response.values("x-wrap"), ["inner", "outer"]);
    assert_eq!(response.values("x-default"), ["1"]);
}

#[actix_web::test]
async fn an_allowed_origin_can_read_errors_of_middleware_in_wrap() {
    let app = start(annotated::register).await;
    app.send(actual("GET", "/closed", Some(EXAMPLE))).await.assert(401, admitted());
    app.send(actual("GET", "/closed", Some(STRANGER))).await.assert_closed(401);
}

#[actix_web::test]
async fn middleware_in_wrap_does_not_run_on_preflights() {
    let app = start(annotated::register).await;
    app.send(preflight("/wrapped", EXAMPLE, "POST")).await.assert_granted(granted("POST"));
    app.send(preflight("/closed", EXAMPLE, "GET")).await.assert_granted(granted("GET"));
    app.send(preflight("/closed", STRANGER, "GET")).await.assert_denied();
    assert_eq!(RUNS.get(), 0);
}

#[actix_web::test]
async fn middleware_in_wrap_works_as_without_the_attribute() {
    let (annotated, bare) = (start(annotated::register).await, start(bare::register).await);
    let targets = ["/wrapped", "/routed/one", "/routed/two", "/closed"];
    assert_alike(&annotated, &bare, || every_method(&targets)).await;
}
