//! `#[route]` with several methods, and `#[routes]`.

use actix_web::{HttpRequest, route, routes, web};
use cors_actix_tests::{
    EXAMPLE,
    local::{actual, preflight},
};

use crate::{STRANGER, admitted, assert_alike, every_method, granted, start};

twins! {
    pub(super) fn register(config: &mut web::ServiceConfig) {
        config.service(several).service(with_options);
        config.service(routed).service(same_path).service(own_options);
    }

    #[route("/several", method = "GET", method = "PUT", method = "PURGE")]
    pub(crate) async fn several(request: HttpRequest) -> String {
        request.method().to_string()
    }

    #[actix_web::route("/with-options", method = "OPTIONS", method = "DELETE")]
    pub(crate) async fn with_options(request: HttpRequest) -> String {
        request.method().to_string()
    }

    #[routes]
    #[get("/one")]
    #[put("/two/{id}")]
    #[delete("/three")]
    pub(crate) async fn routed(request: HttpRequest) -> String {
        request.uri().to_string()
    }

    #[actix_web::routes]
    #[get("/same")]
    #[post("/same")]
    pub(crate) async fn same_path(request: HttpRequest) -> String {
        request.method().to_string()
    }

    #[routes]
    #[patch("/own")]
    #[options("/own")]
    pub(crate) async fn own_options(request: HttpRequest) -> String {
        request.method().to_string()
    }
}

const TARGETS: &[&str] =
    &["/several", "/with-options", "/one", "/two/2", "/three", "/same", "/own"];

#[actix_web::test]
async fn preflights_are_granted_for_each_method_of_each_path() {
    let app = start(annotated::register).await;
    for (target, method, listed) in [
        ("/several", "GET", "GET,PUT,PURGE"),
        ("/several", "PUT", "GET,PUT,PURGE"),
        ("/several", "PURGE", "GET,PUT,PURGE"),
        ("/with-options", "OPTIONS", "OPTIONS,DELETE"),
        ("/with-options", "DELETE", "OPTIONS,DELETE"),
        ("/one", "GET", "GET"),
        ("/two/2", "PUT", "PUT"),
        ("/three", "DELETE", "DELETE"),
        ("/same", "GET", "GET"),
        ("/same", "POST", "POST"),
        ("/own", "PATCH", "PATCH"),
        ("/own", "OPTIONS", "OPTIONS"),
    ] {
        app.send(preflight(target, EXAMPLE, method)).await.assert_granted(granted(listed));
        app.send(preflight(target, STRANGER, method)).await.assert_denied();
        app.send(actual(method, target, Some(EXAMPLE))).await.assert(200, admitted());
    }
    for (target, method) in
        [("/several", "POST"), ("/one", "PUT"), ("/same", "PUT"), ("/own", "GET")]
    {
        app.send(preflight(target, EXAMPLE, method)).await.assert_untouched(404);
    }
}

#[actix_web::test]
async fn an_options_request_that_is_not_a_preflight_reaches_the_users_handler() {
    let app = start(annotated::register).await;
    for target in ["/with-options", "/own"] {
        let response = app.send(actual("OPTIONS", target, Some(EXAMPLE))).await;
        assert_eq!(response.assert(200, admitted()).text(), "OPTIONS");
        let of_nobody = actual("OPTIONS", target, None);
        let of_nobody = of_nobody.insert_header(("access-control-request-method", "PATCH"));
        assert_eq!(app.send(of_nobody).await.assert_closed(200).text(), "OPTIONS");
    }
}

#[actix_web::test]
async fn several_routes_differ_only_in_cors_from_routes_without_the_attribute() {
    let annotated = start(annotated::register).await;
    let bare = start(bare::register).await;
    assert_alike(&annotated, &bare, || every_method(TARGETS)).await;
}
