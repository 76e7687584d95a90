//! A cookie session between two sites, and within one site.

use actix_web::{
    App,
    cookie::{Key, SameSite},
    test,
};
use cors_actix::{Cors, Policy};
use cors_actix_browser::{
    BlockedCookie, Browser, CookieFault, Credentials::Include, Fetch, Mode, Seen, Target,
};
use cors_actix_examples::recipes::session;

use crate::{APP, EVIL, sent_status};

/// A URL of another site than the app.
const OTHER_SITE: &str = "https://api.test/session";

/// A URL of the site of the app.
const SAME_SITE: &str = "https://api.example.com/session";

/// Starts the API with the cookies of one `SameSite`, and with the layer of the recipe or another.
macro_rules! start {
    ($same_site:expr) => {{
        let (sessions, cors) = session::layers(Key::generate(), $same_site);
        start!(sessions, cors)
    }};
    ($sessions:expr, $cors:expr) => {
        test::init_service(App::new().wrap($sessions).wrap($cors).configure(session::configure))
            .await
    };
}

/// The request of a form, which needs no preflight, and whose response no page reads.
fn form() -> Fetch {
    Fetch::post("/orders").body("tea").mode(Mode::NoCors).credentials(Include)
}

async fn sign_in(browser: &Browser, api: &impl Target, url: &str) -> Seen {
    browser.fetch(api, Fetch::post(url).json("Ada").credentials(Include)).await
}

async fn who(browser: &Browser, api: &impl Target, url: &str) -> Seen {
    browser.fetch(api, Fetch::get(url).credentials(Include)).await
}

/// Returns the `Set-Cookie` line of the session.
async fn session_of_a_user(api: &impl Target) -> String {
    let seen = sign_in(&Browser::at(APP), api, OTHER_SITE).await;
    seen.exchanges()[1].response().unwrap().header("set-cookie").unwrap()
}

fn lost(seen: &Seen) -> &BlockedCookie {
    seen.blocked_cookies().next().expect("a cookie is lost")
}

#[actix_web::test]
async fn a_session_of_another_site_needs_same_site_none() {
    let api = start!(SameSite::None);
    let browser = Browser::at(APP);
    sign_in(&browser, &api, OTHER_SITE).await.assert_status(204);
    let seen = who(&browser, &api, OTHER_SITE).await;
    seen.assert_status(200);
    assert_eq!(seen.text(), "Ada");

    let sign_out = Fetch::delete(OTHER_SITE).credentials(Include);
    browser.fetch(&api, sign_out).await.assert_status(204);
    who(&browser, &api, OTHER_SITE).await.assert_status(401);
}

#[actix_web::test]
async fn a_session_of_another_site_with_same_site_lax_is_lost() {
    let api = start!(SameSite::Lax);
    let browser = Browser::at(APP);
    let seen = sign_in(&browser, &api, OTHER_SITE).await;
    seen.assert_status(204);
    let fault = CookieFault::SameSite {
        same_site: Some("Lax"),
        page_site: "https://example.com".to_owned(),
        site: "https://api.test".to_owned(),
    };
    assert_eq!(*lost(&seen), BlockedCookie::NotStored { name: "session".to_owned(), fault });
    let seen = who(&browser, &api, OTHER_SITE).await;
    seen.assert_status(401);
    assert!(seen.to_string().contains("set `SameSite=None; Secure`"), "{seen}");
}

#[actix_web::test]
async fn a_session_of_the_same_site_needs_only_same_site_lax() {
    let api = start!(SameSite::Lax);
    let browser = Browser::at(APP);
    sign_in(&browser, &api, SAME_SITE).await.assert_status(204);
    who(&browser, &api, SAME_SITE).await.assert_status(200);
}

#[actix_web::test]
async fn a_page_that_does_not_include_credentials_stays_signed_out() {
    let api = start!(SameSite::None);
    let browser = Browser::at(APP);
    let seen = browser.fetch(&api, Fetch::post(OTHER_SITE).json("Ada")).await;
    seen.assert_status(204);
    assert!(lost(&seen).to_string().contains("`credentials: \"include\"`"), "{seen}");
    who(&browser, &api, OTHER_SITE).await.assert_status(401);
}

#[actix_web::test]
async fn other_pages_neither_read_nor_use_the_session() {
    let api = start!(SameSite::None);
    let evil = Browser::at(EVIL).cookie(OTHER_SITE, &session_of_a_user(&api).await);
    let seen = who(&evil, &api, OTHER_SITE).await;
    seen.assert_blocked();
    assert!(seen.exchanges()[0].request().header("cookie").is_some(), "{seen}");
    let sign_out = Fetch::delete(OTHER_SITE).credentials(Include);
    evil.fetch(&api, sign_out).await.assert_blocked();
    // The form is sent with the cookie, and does not reach the handler.
    assert_eq!(sent_status(&evil.fetch(&api, form()).await), 403);
}

#[actix_web::test]
async fn without_enforce_a_form_on_another_page_acts_as_the_user() {
    let policy = Policy::builder().allow_origins([APP]).allow_headers(["content-type"]);
    let policy = policy.allow_credentials(true).build().unwrap();
    let (sessions, _) = session::layers(Key::generate(), SameSite::None);
    let api = start!(sessions, Cors::new(policy));
    let evil = Browser::at(EVIL).cookie(OTHER_SITE, &session_of_a_user(&api).await);
    let seen = evil.fetch(&api, form()).await;
    let response = seen.exchanges()[0].response().unwrap();
    assert_eq!(response.body(), b"Ada has ordered tea");
}
