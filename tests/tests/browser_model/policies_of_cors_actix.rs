//! The policies of `cors-actix`, as pages see them.

use actix_web::{App, HttpResponse, test::init_service, web};
use cors_actix::{Any, Cors, Policy, cors};
use cors_actix_browser::{Blocked, Browser, Credentials::Include, Fetch};

use crate::{PAGE, SECOND, blocked};

#[cors(
    allow_origins = ["https://app.example.com"],
    allow_headers = ["x-request-id"],
    expose_headers = ["x-total"],
    allow_credentials,
    max_age = 600,
)]
#[actix_web::put("/items/{id}")]
async fn update_item() -> HttpResponse {
    HttpResponse::Ok().insert_header(("x-total", "1")).insert_header(("x-secret", "1")).finish()
}

#[actix_web::test]
async fn an_annotated_handler_is_readable_only_from_its_origins() {
    let app = init_service(App::new().service(update_item)).await;
    let browser = Browser::at(PAGE);
    let update = Fetch::put("/items/3").header("x-request-id", "1").credentials(Include);
    let seen = browser.fetch(&app, update.clone()).await;
    seen.assert_readable();
    assert_eq!(seen.header("x-total").unwrap(), "1");
    assert_eq!(seen.header("x-secret"), None);
    browser.advance(SECOND * 599);
    assert!(!browser.fetch(&app, update.clone()).await.preflighted());
    browser.advance(SECOND);
    assert!(browser.fetch(&app, update.clone()).await.preflighted());

    let fetch = update.clone().header("x-other", "1");
    assert!(matches!(blocked(&app, fetch).await, Blocked::PreflightCors { status: 403, .. }));
    let seen = Browser::at("https://evil.example").fetch(&app, update.clone()).await;
    seen.assert_blocked();
    assert_eq!(seen.exchanges().len(), 1, "more than the preflight was sent");
    Browser::sandboxed().fetch(&app, update.clone()).await.assert_blocked();
    Browser::at("https://api.test").fetch(&app, update).await.assert_readable();
}

#[actix_web::test]
async fn enforce_allows_the_pages_of_the_service_itself() {
    let policy = Policy::builder().allow_origins([PAGE]).enforce(true).build().unwrap();
    let app = App::new().wrap(Cors::new(policy)).default_service(web::to(HttpResponse::Ok));
    let app = init_service(app).await;
    for (page, url, status) in [
        (PAGE, "/", 200),
        ("https://api.test", "/", 200),
        // Without `Sec-Fetch-Site`, scheme and host decide.
        ("http://api.test", "http://api.test/", 200),
        ("https://evil.example", "/", 403),
        ("https://www.api.test", "/", 403),
    ] {
        let seen = Browser::at(page).fetch(&app, Fetch::post(url)).await;
        assert_eq!(seen.exchanges()[0].response().unwrap().status(), status, "{seen}");
    }
}

#[actix_web::test]
async fn a_wildcard_policy_allows_every_page_without_credentials() {
    let policy = Policy::builder()
        .allow_origins(Any)
        .allow_methods(Any)
        .allow_headers(Any)
        .expose_headers(Any)
        .build()
        .unwrap();
    let app = App::new().wrap(Cors::new(policy)).default_service(web::to(HttpResponse::Ok));
    let app = init_service(app).await;
    let fetch = Fetch::patch("/").header("x-anything", "1");
    for browser in [Browser::at(PAGE), Browser::sandboxed(), Browser::at("moz-extension://1")] {
        browser.fetch(&app, fetch.clone()).await.assert_readable();
        browser.fetch(&app, fetch.clone().credentials(Include)).await.assert_blocked();
        browser.fetch(&app, fetch.clone().header("authorization", "1")).await.assert_blocked();
    }
}

/// The service runs in the process of the test, and tells the test its reason, which is not sent.
#[actix_web::test]
async fn a_denied_preflight_is_blocked_for_the_reason_of_the_service() {
    let policy = Policy::builder()
        .allow_origins([PAGE])
        .allow_methods(["PUT"])
        .written_at("cors.toml: api")
        .build()
        .unwrap();
    let layer = App::new().wrap(Cors::new(policy)).default_service(web::to(HttpResponse::Ok));
    let layer = init_service(layer).await;
    let expected =
        "the response to the preflight has status 403 and no Access-Control-Allow-Origin: ";
    for (page, fetch, reason) in [
        (
            PAGE,
            Fetch::delete("/"),
            "method \"DELETE\" is not allowed by the policy at cors.toml: api; add it to allow_methods",
        ),
        (
            PAGE,
            Fetch::put("/").header("x-a", "1").header("x-b", "1"),
            "request headers \"x-a\", \"x-b\" are not allowed by the policy at cors.toml: api; add them to \
             allow_headers",
        ),
        (
            "https://evil.example",
            Fetch::put("/"),
            "origin \"https://evil.example\" is not allowed by the policy at cors.toml: api; add it to \
             allow_origins",
        ),
    ] {
        let seen = Browser::at(page).fetch(&layer, fetch).await;
        assert_eq!(seen.assert_blocked().to_string(), format!("{expected}{reason}"));
        assert_eq!(seen.exchanges()[0].response().unwrap().header("cors-denied"), None);
    }
    let route = init_service(App::new().service(update_item)).await;
    let fetch = Fetch::put("/items/3").header("x-other", "1");
    let blocked = blocked(&route, fetch).await.to_string();
    assert!(
        blocked.contains("request header \"x-other\" is not allowed by the policy at"),
        "{blocked}"
    );
}
