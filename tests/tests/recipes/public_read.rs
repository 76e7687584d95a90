//! A public API with a private administration.

use actix_web::{App, test};
use cors_actix_browser::{Blocked, Browser, CorsFault, Credentials::Include, Fetch, Mode};
use cors_actix_examples::recipes::public_read;

use crate::{ADMIN, EVIL, sent_status};

/// Starts the app.
macro_rules! start {
    () => {
        test::init_service(App::new().wrap(public_read::layer()).configure(public_read::configure))
            .await
    };
}

#[actix_web::test]
async fn every_page_reads_the_items_without_credentials() {
    let app = start!();
    for browser in [Browser::at(EVIL), Browser::at(ADMIN), Browser::sandboxed()] {
        let seen = browser.fetch(&app, "/items").await;
        seen.assert_status(200);
        assert_eq!(seen.header("x-total-count").as_deref(), Some("2"));
        browser.fetch(&app, "/items/3").await.assert_status(200);
        let seen = browser.fetch(&app, Fetch::get("/items").credentials(Include)).await;
        let origin = browser.origin().to_owned();
        let fault = CorsFault::WildcardWithCredentials { origin };
        assert_eq!(*seen.assert_blocked(), Blocked::Cors { status: 200, fault });
    }
}

#[actix_web::test]
async fn only_the_admin_page_writes() {
    let app = start!();
    for (url, method) in [("/items/3", "PUT"), ("/admin/users", "DELETE")] {
        let write = || Fetch::new(method, url).json("tea").credentials(Include);
        Browser::at(ADMIN).fetch(&app, write()).await.assert_readable();
        let seen = Browser::at(EVIL).fetch(&app, write()).await;
        seen.assert_blocked();
        assert_eq!(seen.exchanges().len(), 1, "{seen}");
    }
}

#[actix_web::test]
async fn only_the_admin_page_reads_below_admin() {
    let app = start!();
    let users = || Fetch::get("/admin/users").credentials(Include);
    Browser::at(ADMIN).fetch(&app, users()).await.assert_status(200);
    Browser::at(EVIL).fetch(&app, users()).await.assert_blocked();
    Browser::at(EVIL).fetch(&app, "/admin/users").await.assert_blocked();
}

/// A form of another page sends its POST without a preflight, with the cookies of the administrator.
#[actix_web::test]
async fn requests_of_other_pages_without_a_preflight_end_at_the_layer() {
    let app = start!();
    let form = || Fetch::post("/admin/users").mode(Mode::NoCors).credentials(Include);
    assert_eq!(sent_status(&Browser::at(EVIL).fetch(&app, form()).await), 403);
    assert_eq!(sent_status(&Browser::at(ADMIN).fetch(&app, form()).await), 204);
}
