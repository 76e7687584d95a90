//! The headers that Traefik and API gateways send, as their documentation says, and the policy of the service
//! behind them.

use actix_web::{
    App, HttpResponse,
    http::header::HeaderName,
    test::{self, TestRequest},
    web,
};
use cors_actix::{Cors, Policy};
use cors_actix_browser::{Blocked, Browser, CorsFault};
use cors_actix_examples::recipes::proxied;
use cors_actix_tests::local::{Local, actual};

use crate::{APP, EVIL};

/// The origin of the service as browsers see it.
const ITSELF: &str = "https://shop.example";

/// Traefik keeps `Host`, and sends these headers.
const TRAEFIK: &[(&str, &str)] = &[
    ("host", "shop.example"),
    ("x-forwarded-for", "203.0.113.9"),
    ("x-forwarded-host", "shop.example"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-server", "traefik-1"),
    ("x-real-ip", "203.0.113.9"),
];

/// Amazon API Gateway, HTTP API: `Host` is that of the integration.
const HTTP_API: &[(&str, &str)] = &[
    ("host", "10.0.0.7:8081"),
    ("forwarded", "by=198.51.100.7;for=203.0.113.9;host=shop.example;proto=https"),
    ("x-forwarded-for", "203.0.113.9"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-proto", "https"),
];

/// Amazon API Gateway, REST API: nothing names the host.
const REST_API: &[(&str, &str)] = &[
    ("host", "10.0.0.7:8081"),
    ("x-forwarded-for", "203.0.113.9"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-proto", "https"),
];

/// Returns the status of a POST from a page through the proxy, by a browser that sends no `Sec-Fetch-Site`.
async fn post(page: &str, proxy: &[(&str, &str)]) -> u16 {
    send(actual("POST", "/orders", Some(page)), proxy).await
}

async fn send(request: TestRequest, proxy: &[(&str, &str)]) -> u16 {
    let app = Local::start(App::new().wrap(proxied::layer()).configure(proxied::configure)).await;
    let request = proxy.iter().fold(request, |request, (name, value)| {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        TestRequest::append_header(request, (name, *value))
    });
    app.send(request).await.status
}

#[actix_web::test]
async fn pages_of_the_service_itself_pass_behind_traefik_and_an_http_api() {
    for proxy in [TRAEFIK, HTTP_API] {
        assert_eq!(post(ITSELF, proxy).await, 204);
        assert_eq!(post(APP, proxy).await, 204);
        assert_eq!(post(EVIL, proxy).await, 403);
        assert_eq!(post("http://shop.example", proxy).await, 403);
    }
}

/// For a WebSocket, Traefik sends the scheme of the socket.
#[actix_web::test]
async fn traefik_may_say_wss() {
    let wss = TRAEFIK.iter().map(|&(name, value)| match name {
        "x-forwarded-proto" => (name, "wss"),
        _ => (name, value),
    });
    let wss: Vec<_> = wss.collect();
    assert_eq!(post(ITSELF, &wss).await, 204);
    assert_eq!(post(EVIL, &wss).await, 403);
}

#[actix_web::test]
async fn a_rest_api_has_to_map_the_host() {
    assert_eq!(post(ITSELF, REST_API).await, 403);
    let mapped = [REST_API, &[("x-forwarded-host", "shop.example")]].concat();
    assert_eq!(post(ITSELF, &mapped).await, 204);
    assert_eq!(post(EVIL, &mapped).await, 403);
    // Browsers of today send this header, which is enough.
    let sent =
        actual("POST", "/orders", Some(ITSELF)).insert_header(("sec-fetch-site", "same-origin"));
    assert_eq!(send(sent, REST_API).await, 204);
}

/// An API gateway in actix-web, in front of a service that writes headers of its own.
#[actix_web::test]
async fn an_authoritative_layer_replaces_the_headers_of_services_behind_a_gateway() {
    let service = || async {
        HttpResponse::Ok().insert_header(("access-control-allow-origin", "*")).body("one order")
    };
    let policy = Policy::builder().allow_origins([APP]).build().unwrap();
    let routes = || App::new().route("/orders", web::get().to(service));

    let gateway = test::init_service(routes().wrap(Cors::new(&policy).authoritative())).await;
    Browser::at(APP).fetch(&gateway, "/orders").await.assert_status(200);
    let seen = Browser::at(EVIL).fetch(&gateway, "/orders").await;
    let fault = CorsFault::AllowOriginMissing { origin: EVIL.to_owned() };
    assert_eq!(*seen.assert_blocked(), Blocked::Cors { status: 200, fault });

    let gateway = test::init_service(routes().wrap(Cors::new(&policy))).await;
    Browser::at(EVIL).fetch(&gateway, "/orders").await.assert_status(200);
}
