//! The requests as they go over the wire: header lines, `Origin`, `Sec-Fetch-Site` and cookies.

use cors_actix_browser::{
    Browser,
    Credentials::{Include, Omit, SameOrigin},
    Fetch, Mode, Purpose,
};

use crate::{API, PAGE, granting, lines, script, sent};

#[actix_web::test]
async fn the_preflight_and_its_request_are_sent_as_browsers_send_them() {
    let fetch =
        Fetch::put("/items/3?a=b#c").header("X-Request-Id", "1").body("tea").credentials(Include);
    let seen = sent(fetch).await;
    let [preflight, actual] = seen.exchanges() else { panic!("{seen}") };
    assert_eq!(preflight.purpose(), Purpose::Preflight);
    assert_eq!(preflight.request().method(), "OPTIONS");
    assert_eq!(preflight.request().url(), "https://api.test/items/3?a=b");
    assert_eq!(
        lines(preflight.request()),
        [
            "accept: */*",
            "access-control-request-headers: x-request-id",
            "access-control-request-method: PUT",
            "origin: https://app.example.com",
            "sec-fetch-dest: empty",
            "sec-fetch-mode: cors",
            "sec-fetch-site: cross-site",
        ]
    );
    assert_eq!(preflight.request().body(), b"");
    assert_eq!(actual.purpose(), Purpose::Preflighted);
    assert_eq!(actual.request().method(), "PUT");
    assert_eq!(actual.request().url(), "https://api.test/items/3?a=b");
    assert_eq!(
        lines(actual.request()),
        [
            "accept: */*",
            "content-length: 3",
            "content-type: text/plain;charset=UTF-8",
            "cookie: session=1",
            "origin: https://app.example.com",
            "sec-fetch-dest: empty",
            "sec-fetch-mode: cors",
            "sec-fetch-site: cross-site",
            "x-request-id: 1",
        ]
    );
}

#[actix_web::test]
async fn origin_is_sent_to_other_origins_and_with_unsafe_methods() {
    for (page, fetch, origin) in [
        (PAGE, Fetch::get("/"), Some(PAGE)),
        (PAGE, Fetch::head("/"), Some(PAGE)),
        (PAGE, Fetch::post("/"), Some(PAGE)),
        ("https://api.test", Fetch::get("/"), None),
        ("https://api.test", Fetch::head("/"), None),
        ("https://api.test", Fetch::post("/"), Some("https://api.test")),
        ("https://api.test", Fetch::delete("/"), Some("https://api.test")),
        ("https://api.test", Fetch::options("/"), Some("https://api.test")),
        (PAGE, Fetch::get("/").mode(Mode::NoCors), None),
        (PAGE, Fetch::post("/").mode(Mode::NoCors), Some(PAGE)),
        (PAGE, Fetch::post("http://api.test/").mode(Mode::NoCors), Some("null")),
        (PAGE, Fetch::post("http://api.test/"), Some(PAGE)),
        ("http://api.test:8080", Fetch::get("/"), Some("http://api.test:8080")),
        ("https://api.test:8443", Fetch::get("/"), Some("https://api.test:8443")),
        ("file:///page.html", Fetch::get("/"), Some("null")),
        ("file://share/page.html", Fetch::get("/"), Some("null")),
        ("chrome-extension://abc/popup.html", Fetch::get("/"), Some("chrome-extension://abc")),
        ("blob:https://app.example.com/1", Fetch::get("/"), Some(PAGE)),
        ("blob:capacitor://localhost/1", Fetch::get("/"), Some("capacitor://localhost")),
        ("blob:null/1", Fetch::get("/"), Some("null")),
    ] {
        let seen = Browser::at(page).fetch(&script(granting), fetch).await;
        let sent = seen.exchanges().last().unwrap().request().header("origin");
        assert_eq!(sent.as_deref(), origin, "{page}\n{seen}");
    }
}

#[actix_web::test]
async fn sec_fetch_site_relates_origin_and_site() {
    for (page, url, site) in [
        ("https://api.test/page", "/", Some("same-origin")),
        ("https://api.test:8443", "/", Some("same-site")),
        ("https://www.api.test", "/", Some("same-site")),
        ("http://api.test", "/", Some("cross-site")),
        ("https://a.co.uk", "https://b.co.uk/", Some("cross-site")),
        ("https://a.shop.co.uk", "https://b.shop.co.uk/", Some("same-site")),
        ("https://me.github.io", "https://you.github.io/", Some("cross-site")),
        ("http://127.0.0.1:1", "http://127.0.0.1:2/", Some("same-site")),
        ("http://localhost:1", "http://localhost:2/", Some("same-site")),
        ("http://localhost:1", "http://127.0.0.1:2/", Some("cross-site")),
        ("chrome-extension://abc", "/", Some("cross-site")),
        ("blob:https://www.api.test/1", "/", Some("same-site")),
        ("data:text/html,", "/", Some("cross-site")),
        // Only potentially trustworthy URLs get the header.
        ("http://api.test", "http://api.test/", None),
        ("http://[::1]", "http://[::1]/", Some("same-origin")),
    ] {
        let seen = Browser::at(page).fetch(&script(granting), url).await;
        let request = seen.exchanges()[0].request();
        assert_eq!(request.header("sec-fetch-site").as_deref(), site, "{page} {url}");
        assert_eq!(request.header("sec-fetch-mode").is_some(), site.is_some());
    }
}

#[actix_web::test]
async fn cookies_follow_the_credentials_mode() {
    for (page, mode, credentials, sent) in [
        (PAGE, Mode::Cors, Omit, false),
        (PAGE, Mode::Cors, SameOrigin, false),
        (PAGE, Mode::Cors, Include, true),
        (PAGE, Mode::NoCors, SameOrigin, false),
        (PAGE, Mode::NoCors, Include, true),
        ("https://api.test", Mode::Cors, Omit, false),
        ("https://api.test", Mode::Cors, SameOrigin, true),
        ("https://api.test", Mode::Cors, Include, true),
        ("https://api.test", Mode::SameOrigin, SameOrigin, true),
    ] {
        let browser = Browser::at(page)
            .cookie(API, "a=1; Secure; SameSite=None")
            .cookie(API, "b=2; Secure; SameSite=None");
        let fetch = Fetch::get("/").mode(mode).credentials(credentials);
        let seen = browser.fetch(&script(granting), fetch).await;
        let cookie = seen.exchanges()[0].request().header("cookie");
        assert_eq!(
            cookie.as_deref(),
            sent.then_some("a=1; b=2"),
            "{page} {mode:?} {credentials:?}"
        );
    }
}
