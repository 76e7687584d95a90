//! An OpenAPI document of handlers with policies.

use actix_web::{App, test};
use cors_actix_browser::{Browser, Credentials::Include, Fetch};
use cors_actix_examples::recipes::openapi;
use serde_json::{Value, json};

use crate::{APP, EVIL};

const PARTNER: &str = "https://partner.example";

#[actix_web::test]
async fn the_document_has_the_handlers_and_every_page_can_read_it() {
    let api = test::init_service(App::new().configure(openapi::configure)).await;
    let seen = Browser::at("https://editor.example").fetch(&api, "/openapi.json").await;
    seen.assert_status(200);
    let document: Value = serde_json::from_slice(seen.body()).unwrap();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(paths, ["/me", "/orders/{id}"]);
    assert_eq!(document["paths"]["/me"]["get"]["summary"], "Returns the name of the user.");
    let order = &document["paths"]["/orders/{id}"]["get"];
    assert_eq!(order["operationId"], "order");
    assert_eq!(order["parameters"][0]["name"], json!("id"));
}

#[actix_web::test]
async fn documented_handlers_have_their_policies() {
    let api = test::init_service(App::new().configure(openapi::configure)).await;
    for (page, path, readable) in [
        (APP, "/me", true),
        (PARTNER, "/me", false),
        (APP, "/orders/3", false),
        (PARTNER, "/orders/3", true),
        (EVIL, "/me", false),
        (EVIL, "/orders/3", false),
    ] {
        let seen = Browser::at(page).fetch(&api, path).await;
        assert_eq!(seen.is_readable(), readable, "{seen}");
    }
    let me = Fetch::get("/me").credentials(Include);
    Browser::at(APP).fetch(&api, me).await.assert_status(200);
}
