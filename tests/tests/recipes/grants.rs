//! Roles by `actix-web-grants`: preflights pass, and pages read why a request is denied.

use actix_web::{App, test};
use cors_actix_browser::{Blocked, Browser, CorsFault, Fetch};
use cors_actix_examples::recipes::grants;

use crate::{ADMIN, EVIL};

fn remove(token: &str) -> Fetch {
    Fetch::delete("/users/7").header("authorization", format!("Bearer {token}"))
}

#[actix_web::test]
async fn the_admin_page_reads_every_answer() {
    let app = App::new().wrap(grants::layer()).configure(grants::configure);
    let api = test::init_service(app).await;
    let browser = Browser::at(ADMIN);
    browser.fetch(&api, remove("for-admins")).await.assert_status(200);
    browser.fetch(&api, remove("for-guests")).await.assert_status(403);
    let seen = browser.fetch(&api, remove("forged")).await;
    seen.assert_status(401);
    assert_eq!(seen.text(), "a token is missing");
    let reports = |token| Fetch::get("/reports").header("authorization", token);
    browser.fetch(&api, reports("Bearer for-admins")).await.assert_status(200);
    browser.fetch(&api, reports("Bearer for-guests")).await.assert_status(403);
}

#[actix_web::test]
async fn other_pages_read_nothing_even_with_a_token() {
    let app = App::new().wrap(grants::layer()).configure(grants::configure);
    let api = test::init_service(app).await;
    let seen = Browser::at(EVIL).fetch(&api, remove("for-admins")).await;
    seen.assert_blocked();
    assert_eq!(seen.exchanges().len(), 1, "{seen}");
    // The route without `#[cors]` has the policy of the layer.
    let status = Fetch::get("/status").header("authorization", "Bearer for-admins");
    Browser::at(ADMIN).fetch(&api, status).await.assert_blocked();
}

#[actix_web::test]
async fn without_a_layer_around_the_roles_the_preflight_is_a_401() {
    let api = test::init_service(App::new().configure(grants::configure)).await;
    let seen = Browser::at(ADMIN).fetch(&api, remove("for-admins")).await;
    let Blocked::PreflightCors { status: 401, fault, .. } = seen.assert_blocked() else {
        panic!("{seen}")
    };
    assert_eq!(*fault, CorsFault::AllowOriginMissing { origin: ADMIN.to_owned() });
}
