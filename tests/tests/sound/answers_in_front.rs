//! The policy of an annotated pattern does not apply to responses of middleware in front of another resource.

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error,
    http::StatusCode,
    middleware::{Next, from_fn},
    web,
};
use cors_actix_tests::{local::Local, sign::STRANGER};

use crate::{assert_allowed, assert_friends_only, friends, open_page, open_upload, secret};

async fn unauthorized(
    _: ServiceRequest,
    _: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<String>, Error> {
    Err(error::ErrorUnauthorized("secret"))
}

async fn cached(
    request: ServiceRequest,
    _: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<String>, Error> {
    Ok(request.into_response(HttpResponse::Ok().message_body("secret".to_owned())?))
}

async fn forbidden(
    request: ServiceRequest,
    _: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<String>, Error> {
    Ok(request.into_response(HttpResponse::Forbidden().message_body("secret".to_owned())?))
}

async fn failing() -> Result<HttpResponse, Error> {
    Err(error::ErrorImATeapot("secret"))
}

async fn missing() -> HttpResponse {
    HttpResponse::NotFound().body("secret")
}

async fn elsewhere() -> HttpResponse {
    HttpResponse::Found().insert_header(("location", "/login")).body("secret")
}

async fn with_status(status: web::Path<u16>) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(*status).unwrap()).body("secret")
}

/// Starts an app with a layer, and with the service in front of open patterns.
macro_rules! behind {
    ($service:expr) => {{
        let app = App::new().wrap(friends()).service($service);
        let app = Local::start(app.service(open_page).service(open_upload)).await;
        assert_allowed(&app, ("GET", "/x"), STRANGER, "page").await;
        assert_allowed(&app, ("PUT", "/x"), STRANGER, "upload").await;
        app
    }};
}

macro_rules! assert_scope_and_resource {
    ($middleware:expr) => {{
        let resource = web::resource("/me").wrap(from_fn($middleware)).to(secret);
        let app = behind!(resource);
        for method in ["GET", "PUT"] {
            assert_friends_only(&app, (method, "/me"), "secret").await;
        }
        let scope = web::scope("/scope").wrap(from_fn($middleware)).route("/me", web::to(secret));
        let app = behind!(scope);
        for (method, target) in [("GET", "/scope/me"), ("PUT", "/scope/me"), ("GET", "/scope/x")] {
            assert_friends_only(&app, (method, target), "secret").await;
        }
    }};
}

#[actix_web::test]
async fn an_error_of_authentication_has_the_policy_of_the_protected_resource() {
    assert_scope_and_resource!(unauthorized);
}

#[actix_web::test]
async fn a_403_of_authentication_has_the_policy_of_the_protected_resource() {
    assert_scope_and_resource!(forbidden);
}

#[actix_web::test]
async fn a_response_of_a_cache_has_the_policy_of_its_resource() {
    assert_scope_and_resource!(cached);
}

#[actix_web::test]
async fn a_scope_with_only_middleware_has_the_layers_policy() {
    let app = behind!(web::scope("/scope").wrap(from_fn(cached)));
    assert_friends_only(&app, ("GET", "/scope/x"), "secret").await;
    assert_friends_only(&app, ("GET", "/scope"), "secret").await;
}

#[actix_web::test]
async fn every_response_of_an_unannotated_handler_has_the_layers_policy() {
    let scope = web::scope("/scope")
        .route("/fails", web::to(failing))
        .route("/missing", web::to(missing))
        .route("/elsewhere", web::to(elsewhere))
        .route("/{status}", web::to(with_status));
    let app = behind!(scope);
    for target in ["/scope/fails", "/scope/missing", "/scope/elsewhere"] {
        assert_friends_only(&app, ("GET", target), "secret").await;
    }
    for status in [200, 201, 400, 401, 404, 405, 429, 500, 503] {
        assert_friends_only(&app, ("PUT", &format!("/scope/{status}")), "secret").await;
    }
}

/// A resource that takes one method answers 405 to the others, and does not pass the request on.
#[actix_web::test]
async fn a_405_of_an_unannotated_resource_has_the_layers_policy() {
    let app = behind!(web::resource("/me").route(web::post().to(secret)));
    for method in ["GET", "PUT"] {
        assert_friends_only(&app, (method, "/me"), "").await;
    }
}
