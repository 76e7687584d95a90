#![deny(warnings)]
#![deny(clippy::pedantic)]
//! `#[cors]` above every kind of route attribute.

use actix_web::{App, HttpResponse, Responder, get, http::Method, put, routes, test, web};
use cors_actix::{Policy, cors, policy};

static PARTNERS: Policy = policy! { allow_origins = ["https://partner.example"], max_age = 60 };

/// Documented.
#[cors(
    allow_origins = ["https://app.example.com", "https://*.example.com", "http://localhost:*"],
    allow_headers = ["content-type", "x-request-id"],
    expose_headers = ["x-total-count"],
    allow_credentials,
    max_age = 3600,
)]
#[put("/items/{id}")]
async fn update_item(id: web::Path<u32>) -> impl Responder {
    HttpResponse::Ok().body(id.to_string())
}

#[cors(policy = PARTNERS)]
#[get("/report")]
async fn report() -> &'static str {
    "report"
}

#[cors(policy = &PARTNERS)]
#[routes]
#[get("/a")]
#[post("/a")]
#[delete("/b")]
async fn several() -> &'static str {
    "several"
}

#[actix_web::test]
async fn works() {
    let app =
        test::init_service(App::new().service(update_item).service(report).service(several)).await;
    for (uri, method, origin) in [
        ("/items/3", "PUT", "https://app.example.com"),
        ("/report", "GET", "https://partner.example"),
        ("/a", "POST", "https://partner.example"),
        ("/b", "DELETE", "https://partner.example"),
    ] {
        let preflight = test::TestRequest::with_uri(uri)
            .method(Method::OPTIONS)
            .insert_header(("origin", origin))
            .insert_header(("access-control-request-method", method))
            .to_request();
        let response = test::call_service(&app, preflight).await;
        println!("{uri} {:?}", response.response());
        let req = test::TestRequest::with_uri(uri)
            .method(method.parse().unwrap())
            .insert_header(("origin", origin))
            .to_request();
        let response = test::call_service(&app, req).await;
        println!("{uri} {:?}", response.response());
    }
}
