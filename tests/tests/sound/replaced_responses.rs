//! A response that an inner layer has denied stays denied if middleware replaces the response.

use actix_web::{
    App, Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    http::header::{HeaderName, HeaderValue, VARY as VARY_NAME},
    middleware::{ErrorHandlerResponse, ErrorHandlers, Next, from_fn},
    web,
};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    VARY,
    local::{Local, actual},
    sign::{FRIEND, STRANGER},
};

use crate::{friends, open};

async fn secret() -> &'static str {
    "secret"
}

async fn fails() -> Result<HttpResponse, Error> {
    Err(error::ErrorImATeapot("secret"))
}

#[cors(same_origin)]
#[get("/annotated")]
async fn annotated() -> &'static str {
    "secret"
}

#[cors(same_origin)]
#[get("/annotated-fails")]
async fn annotated_fails() -> Result<HttpResponse, Error> {
    Err(error::ErrorImATeapot("secret"))
}

/// Replaces every error and every response with an error.
async fn other_error(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match next.call(request).await {
        Ok(_) | Err(_) => Err(error::ErrorBadGateway("other")),
    }
}

/// Replaces a response with another response, and an error with another error.
async fn other_response(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match next.call(request).await {
        Ok(inner) => Ok(inner.into_response(HttpResponse::BadGateway().body("other"))),
        Err(_) => Err(error::ErrorBadGateway("other")),
    }
}

/// Replaces a response with a success, without the inner headers.
async fn other_success(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match next.call(request).await {
        Ok(inner) => Ok(inner.into_response(HttpResponse::Ok().body("other"))),
        Err(_) => {
            let page = HttpResponse::Ok().body("other");
            Err(error::InternalError::from_response("other", page).into())
        }
    }
}

/// Replaces the `Vary` header.
async fn other_vary(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let other = || HeaderValue::from_static("Accept-Encoding");
    match next.call(request).await {
        Ok(response) => {
            let mut response = response.map_into_boxed_body();
            response.headers_mut().insert(VARY_NAME, other());
            Ok(response)
        }
        Err(error) => {
            let mut response = error.error_response();
            response.headers_mut().insert(VARY_NAME, other());
            Err(error::InternalError::from_response("other", response).into())
        }
    }
}

async fn without_vary(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = next.call(request).await?.map_into_boxed_body();
    response.headers_mut().remove(HeaderName::from_static("vary"));
    Ok(response)
}

fn error_page<B>(response: ServiceResponse<B>) -> actix_web::Result<ErrorHandlerResponse<B>> {
    let (request, response) = response.into_parts();
    let page = HttpResponse::build(response.status()).body("other");
    let response = ServiceResponse::new(request, page).map_into_right_body();
    Ok(ErrorHandlerResponse::Response(response))
}

fn services(config: &mut web::ServiceConfig) {
    let own = Cors::new(Policy::same_origin());
    let scope = web::scope("/closed")
        .wrap(own)
        .route("/plain", web::get().to(secret))
        .route("/fails", web::get().to(fails));
    config.service(scope).service(annotated).service(annotated_fails);
    let own = Cors::new(Policy::same_origin());
    let scope = web::scope("/protected").wrap(from_fn(other_error)).wrap(own);
    config.service(scope.route("/plain", web::get().to(secret)));
}

const TARGETS: [&str; 6] = [
    "/closed/plain",
    "/closed/fails",
    "/closed/missing",
    "/protected/plain",
    "/annotated",
    "/annotated-fails",
];

/// Asserts that no page of another origin can read a response of the closed places, also through a shared cache.
async fn assert_closed(app: &Local) {
    for target in TARGETS {
        for origin in [Some(STRANGER), Some(FRIEND), None] {
            let response = app.send(actual("GET", target, origin)).await;
            let lines = response.cors_lines();
            let kept = response.values("vary").join(", ").contains("Origin");
            let opened = lines.iter().any(|line| line.starts_with("access-control-"));
            assert!(kept && !opened, "{}\n{lines:#?}", response.request);
        }
    }
}

/// Tests the middleware between the closed places and an open layer, around the app and around a scope.
macro_rules! assert_closed_below {
    ($middleware:expr) => {{
        let app = App::new().wrap($middleware).wrap(open()).configure(services);
        assert_closed(&Local::start(app).await).await;
        let scope = web::scope("").wrap($middleware).configure(services);
        assert_closed(&Local::start(App::new().wrap(open()).service(scope)).await).await;
    }};
}

#[actix_web::test]
async fn another_error_stays_denied() {
    assert_closed_below!(from_fn(other_error));
}

#[actix_web::test]
async fn another_response_stays_denied() {
    assert_closed_below!(from_fn(other_response));
}

#[actix_web::test]
async fn another_success_stays_denied() {
    assert_closed_below!(from_fn(other_success));
}

#[actix_web::test]
async fn a_page_for_errors_stays_denied() {
    assert_closed_below!(ErrorHandlers::new().default_handler(error_page));
}

#[actix_web::test]
async fn a_response_with_another_vary_stays_denied() {
    assert_closed_below!(from_fn(other_vary));
    assert_closed_below!(from_fn(without_vary));
}

#[actix_web::test]
async fn a_response_that_is_replaced_several_times_stays_denied() {
    let scope = web::scope("").wrap(from_fn(other_error)).wrap(open()).configure(services);
    let app = App::new().wrap(from_fn(other_response)).wrap(open()).service(scope);
    assert_closed(&Local::start(app).await).await;
}

/// The innermost of three layers has decided.
#[actix_web::test]
async fn a_layer_in_between_keeps_the_denial_of_the_innermost_layer() {
    let inner = web::scope("").wrap(from_fn(other_error)).configure(services);
    let middle = web::scope("").wrap(from_fn(other_error)).wrap(open()).service(inner);
    let app = App::new().wrap(from_fn(other_vary)).wrap(open()).service(middle);
    assert_closed(&Local::start(app).await).await;
}

#[actix_web::test]
async fn without_replacement_the_headers_are_exactly_those_of_the_inner_layer() {
    let app = Local::start(App::new().wrap(open()).configure(services)).await;
    for target in TARGETS {
        for origin in [Some(STRANGER), Some(FRIEND), None] {
            let response = app.send(actual("GET", target, origin)).await;
            response.assert(response.status, [VARY]);
        }
    }
}

/// If no inner layer has decided, the outer layer decides.
#[actix_web::test]
async fn the_outer_layer_decides_if_no_inner_layer_has_denied() {
    let own = web::scope("/friends").wrap(friends()).route("/plain", web::get().to(secret));
    let app = App::new().wrap(from_fn(other_response)).wrap(open()).service(own);
    let app = Local::start(app.route("/plain", web::get().to(secret))).await;
    let response = app.send(actual("GET", "/plain", Some(STRANGER))).await;
    response.assert(502, ["access-control-allow-origin: *"]);
    app.send(actual("GET", "/friends/plain", Some(STRANGER))).await.assert_closed(502);
    app.send(actual("GET", "/friends/plain", None)).await.assert_closed(502);
}

/// No response to another origin would be different.
#[actix_web::test]
async fn a_replaced_response_that_both_layers_open_does_not_vary() {
    let own = web::scope("/open").wrap(open()).route("/plain", web::get().to(secret));
    let app = App::new().wrap(from_fn(other_response)).wrap(open()).service(own);
    let app = Local::start(app).await;
    for origin in [None, Some(STRANGER)] {
        let response = app.send(actual("GET", "/open/plain", origin)).await;
        response.assert(502, ["access-control-allow-origin: *"]);
    }
}

#[actix_web::test]
async fn a_response_that_middleware_does_not_wait_for_stays_denied() {
    async fn impatient(
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        drop(next.call(request));
        Err(error::ErrorGatewayTimeout("too late"))
    }

    let app = App::new().wrap(from_fn(impatient)).wrap(open()).configure(services);
    let app = Local::start(app).await;
    for origin in [None, Some(STRANGER)] {
        app.send(actual("GET", "/closed/plain", origin)).await.assert_closed(504);
    }
}

/// The innermost layer allows the stranger, but the layer in the middle decides on what middleware has answered.
#[actix_web::test]
async fn a_layer_that_denies_the_response_in_place_of_an_allowed_one_is_heeded_by_outer_layers() {
    let resource = || web::resource("/secret").route(web::get().to(secret)).wrap(open());
    let response = web::scope("").service(resource()).wrap(from_fn(other_response));
    let error = web::scope("").service(resource()).wrap(from_fn(other_error));
    let response = Local::start(App::new().wrap(open()).service(response.wrap(friends()))).await;
    let error = Local::start(App::new().wrap(open()).service(error.wrap(friends()))).await;
    for app in [response, error] {
        for origin in [None, Some(STRANGER)] {
            app.send(actual("GET", "/secret", origin)).await.assert_closed(502);
        }
    }
}

/// Another origin gets another response, because the layer of friends denies it: a cache has to keep the two apart.
#[actix_web::test]
async fn a_response_that_is_replaced_twice_varies_if_one_of_three_layers_does() {
    let resource = || web::resource("/secret").route(web::get().to(secret));
    let varies_inside = web::scope("").service(resource().wrap(friends()));
    let varies_inside = varies_inside.wrap(from_fn(other_response)).wrap(open());
    let varies_between = web::scope("").service(resource().wrap(open()));
    let varies_between = varies_between.wrap(from_fn(other_response)).wrap(friends());
    let app = || App::new().wrap(from_fn(other_response)).wrap(open());
    let inside = Local::start(app().service(varies_inside)).await;
    let between = Local::start(app().service(varies_between)).await;
    for app in [inside, between] {
        let response = app.send(actual("GET", "/secret", Some(FRIEND))).await;
        response.assert(502, ["access-control-allow-origin: *", VARY]);
        app.send(actual("GET", "/secret", Some(STRANGER))).await.assert_closed(502);
    }
}
