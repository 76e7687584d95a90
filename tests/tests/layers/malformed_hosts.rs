//! The first request of an app must not change the response to the next request.

use actix_web::{App, http::header, middleware::from_fn, test::TestRequest, web};
use cors_actix_tests::{
    local::{Local, actual, preflight},
    proxied,
    sign::{FRIEND, STRANGER, Sign},
};

use crate::{APP, HANDLER, ORIGINS, app_layer, strict_item, strict_static};

const HOSTS: [&str; 18] = [
    "a b",
    "",
    "[",
    "a:b",
    "a:99999",
    "%",
    "<",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "\u{fc}",
    "*",
    "::1",
    "web.1",
    "a, a",
    "[fe80::1%25eth0]",
    "256.256.256.256",
];

async fn app() -> Local {
    let api = web::scope("/api").service(strict_item).service(strict_static);
    let tenants = web::scope("/{tenant}/v{n}").service(strict_item).service(strict_static);
    Local::start(App::new().wrap(app_layer()).service(api).service(tenants)).await
}

/// Returns headers that change the URL of a request, but must not change the known routes.
fn spoilt() -> Vec<(&'static str, String)> {
    let forwarded = HOSTS.map(|host| ("forwarded", format!("host=\"{host}\"")));
    let schemes = ["", "a b", "file", "mailto", "mailto:x", "data:,", "javascript", "http:x?", "1"];
    let mut all: Vec<_> = HOSTS.map(|host| ("host", host.to_owned())).into();
    all.extend(HOSTS.map(|host| ("x-forwarded-host", host.to_owned())));
    all.extend(forwarded);
    all.extend(schemes.map(|scheme| ("x-forwarded-proto", scheme.to_owned())));
    all.extend(schemes.map(|scheme| ("forwarded", format!("proto=\"{scheme}\""))));
    all
}

const ROUTES: [(&str, &str); 4] = [
    ("PUT", "/api/items/7"),
    ("GET", "/api/static"),
    ("PUT", "/t/v1/items/7"),
    ("GET", "/t/v1/static"),
];

async fn assert_sound(app: &Local) {
    for (method, target) in ROUTES {
        for origin in [FRIEND, STRANGER] {
            let response = app.send(preflight(target, origin, method)).await;
            response.assert_preflight_signed(&HANDLER, origin, method);
        }
        for origin in ORIGINS {
            let response = app.send(actual(method, target, origin)).await;
            response.assert_signed(200, Some(&HANDLER), origin);
        }
    }
    for (method, target) in [("GET", "/api/items/7"), ("GET", "/items/7"), ("GET", "/static")] {
        let response = app.send(preflight(target, STRANGER, method)).await;
        response.assert_preflight_signed(&APP, STRANGER, Sign::LAYER_METHODS);
    }
}

#[actix_web::test]
async fn routes_are_known_whatever_host_the_first_request_has() {
    for (name, value) in spoilt() {
        for (method, target) in ROUTES {
            let app = app().await;
            let spoil = |request: TestRequest| {
                let value = header::HeaderValue::from_bytes(value.as_bytes()).unwrap();
                request.insert_header((header::HeaderName::from_static(name), value))
            };
            for origin in [FRIEND, STRANGER] {
                let first = app.send(spoil(preflight(target, origin, method))).await;
                first.assert_preflight_signed(&HANDLER, origin, method);
            }
            let response = app.send(spoil(actual(method, target, Some(STRANGER)))).await;
            response.assert_closed(200);
            assert_sound(&app).await;
        }
    }
}

/// Inner middleware may change the client's address.
#[actix_web::test]
async fn learning_the_routes_leaves_no_connection_info_in_the_request() {
    let app = App::new().wrap(from_fn(proxied::correct)).wrap(app_layer()).service(strict_item);
    let app = Local::start(app.default_service(web::to(proxied::address))).await;
    let forged = actual("GET", "/", None).insert_header(("x-forwarded-for", "6.6.6.6"));
    let response = app.send(forged).await;
    assert_eq!(response.text(), proxied::ADDRESS);
}

#[actix_web::test]
async fn a_malformed_host_of_the_first_actual_request_changes_nothing() {
    for (name, value) in spoilt() {
        let app = app().await;
        let value = header::HeaderValue::from_bytes(value.as_bytes()).unwrap();
        let name = header::HeaderName::from_static(name);
        let request = actual("GET", "/none", Some(STRANGER)).insert_header((name, value));
        app.send(request).await.assert_signed(404, Some(&APP), Some(STRANGER));
        assert_sound(&app).await;
    }
}

#[actix_web::test]
async fn a_missing_host_changes_nothing() {
    let app = app().await;
    assert_sound(&app).await;
}

#[actix_web::test]
async fn a_malformed_host_changes_nothing_without_annotated_routes() {
    let app = Local::start(App::new().wrap(app_layer())).await;
    let request = preflight("/", STRANGER, "GET").insert_header(("host", "a b"));
    let response = app.send(request).await;
    response.assert_preflight_signed(&APP, STRANGER, Sign::LAYER_METHODS);
}
