//! The preflight cache.

use std::{cell::RefCell, time::Duration};

use cors_actix_browser::{
    Browser,
    Credentials::{Include, Omit, SameOrigin},
    Engine, Fetch, Purpose, Request, Response,
};

use crate::{ALLOW, CREDENTIALS, PAGE, SECOND, Script, answer, is_preflight, script};

/// Grants these methods and headers, and lets the browser keep the answer for `max_age`.
fn caching<'a>(
    methods: &'a str,
    names: &'a str,
    max_age: &'a [&'a str],
) -> Script<impl Fn(&Request) -> Response + use<'a>> {
    script(move |request| {
        let origin = request.header("origin").unwrap_or_default();
        let mut lines = vec![
            ("access-control-allow-origin", &*origin),
            CREDENTIALS,
            ("access-control-allow-methods", methods),
            ("access-control-allow-headers", names),
        ];
        lines.extend(max_age.iter().map(|value| ("access-control-max-age", *value)));
        answer(200, &lines)
    })
}

#[actix_web::test]
async fn a_preflight_is_kept_for_its_max_age() {
    for (max_age, seconds) in [
        (&[][..], 5),
        (&["10"], 10),
        (&["0"], 0),
        (&["0010"], 10),
        (&["-1"], 5),
        (&["10s"], 5),
        (&["1.5"], 5),
        (&[""], 5),
        (&["10", "10"], 5),
        (&["10, 10"], 5),
    ] {
        let service = caching("PUT", "", max_age);
        let browser = Browser::at(PAGE);
        browser.fetch(&service, Fetch::put("/")).await.assert_readable();
        assert_eq!(service.asked(), ["OPTIONS", "PUT"]);
        if seconds > 0 {
            browser.advance(SECOND * seconds - Duration::from_millis(1));
            let seen = browser.fetch(&service, Fetch::put("/")).await;
            assert_eq!(service.asked(), ["PUT"], "{max_age:?}");
            assert_eq!(seen.exchanges()[0].purpose(), Purpose::Cached);
            browser.advance(Duration::from_millis(1));
        }
        browser.fetch(&service, Fetch::put("/")).await.assert_readable();
        assert_eq!(service.asked(), ["OPTIONS", "PUT"], "{max_age:?}");
    }
}

#[actix_web::test]
async fn engines_limit_the_max_age() {
    for (engine, limit) in [
        (Engine::WebKit, 600),
        (Engine::Chromium, 7_200),
        (Engine::Firefox, 86_400),
        (Engine::Standard, 31_536_000),
    ] {
        let service = caching("PUT", "", &["31536000"]);
        let browser = Browser::at(PAGE).engine(engine);
        browser.fetch(&service, Fetch::put("/")).await.assert_readable();
        service.asked();
        browser.advance(SECOND * (limit - 1));
        browser.fetch(&service, Fetch::put("/")).await.assert_readable();
        assert_eq!(service.asked(), ["PUT"], "{engine:?}");
        browser.advance(SECOND);
        browser.fetch(&service, Fetch::put("/")).await.assert_readable();
        assert_eq!(service.asked(), ["OPTIONS", "PUT"], "{engine:?}");
    }
    let service = caching("PUT", "", &["99999999999999999999999"]);
    let browser = Browser::at(PAGE);
    browser.fetch(&service, Fetch::put("/")).await.assert_readable();
    browser.advance(SECOND * u32::MAX);
    service.asked();
    browser.fetch(&service, Fetch::put("/")).await.assert_readable();
    assert_eq!(service.asked(), ["PUT"]);
}

#[actix_web::test]
async fn the_cache_is_keyed_by_url_method_and_headers() {
    let service = caching("PUT, DELETE", "x-a, X-B", &["60"]);
    let browser = Browser::at(PAGE);
    browser.fetch(&service, Fetch::put("/1").header("x-a", "1")).await.assert_readable();
    service.asked();
    for (fetch, cached) in [
        (Fetch::put("/1").header("x-a", "2"), true),
        (Fetch::put("/1").header("X-b", "2").header("x-a", "2"), true),
        (Fetch::delete("/1"), true),
        (Fetch::get("/1").header("x-b", "1"), true),
        (Fetch::put("/1#fragment"), false),
        (Fetch::put("/2"), false),
        (Fetch::put("/1?a"), false),
        (Fetch::put("https://api.test:8443/1"), false),
        (Fetch::patch("/1"), false),
        (Fetch::put("/1").header("x-c", "1"), false),
    ] {
        // Some of these requests fail, and clear their entries.
        let browser = Browser::at(PAGE);
        browser.fetch(&service, Fetch::put("/1")).await.assert_readable();
        service.asked();
        let seen = browser.fetch(&service, fetch).await;
        assert_eq!(service.asked()[0] != "OPTIONS", cached, "{seen}");
    }
}

#[actix_web::test]
async fn a_preflight_without_credentials_is_not_used_for_requests_with_credentials() {
    for (first, second, cached) in [
        (Include, Include, true),
        (Include, Omit, true),
        (Include, SameOrigin, true),
        (Omit, SameOrigin, true),
        (Omit, Include, false),
        (SameOrigin, Include, false),
    ] {
        let service = caching("PUT", "", &["60"]);
        let browser = Browser::at(PAGE);
        browser.fetch(&service, Fetch::put("/").credentials(first)).await.assert_readable();
        service.asked();
        browser.fetch(&service, Fetch::put("/").credentials(second)).await.assert_readable();
        assert_eq!(service.asked()[0] != "OPTIONS", cached, "{first:?} {second:?}");
    }
}

#[actix_web::test]
async fn an_entry_that_has_expired_is_not_renewed() {
    let service = caching("PUT", "", &["60"]);
    let browser = Browser::at(PAGE);
    let put = |credentials| Fetch::put("/").credentials(credentials);
    browser.fetch(&service, put(Include)).await.assert_readable();
    browser.advance(SECOND * 60);
    browser.fetch(&service, put(Omit)).await.assert_readable();
    service.asked();
    // The new entry is of a request without credentials.
    browser.fetch(&service, put(Include)).await.assert_readable();
    assert_eq!(service.asked(), ["OPTIONS", "PUT"]);
}

#[actix_web::test]
async fn a_wildcard_is_kept_without_credentials_and_never_for_authorization() {
    let service = caching("*, PUT", "*, x-a", &["60"]);
    let browser = Browser::at(PAGE);
    browser.fetch(&service, Fetch::put("/").header("x-a", "1")).await.assert_readable();
    service.asked();
    browser.fetch(&service, Fetch::delete("/").header("x-b", "1")).await.assert_readable();
    assert_eq!(service.asked(), ["DELETE"]);
    let fetch = Fetch::delete("/").header("authorization", "1");
    browser.fetch(&service, fetch).await.assert_blocked();
    assert_eq!(service.asked(), ["OPTIONS"]);

    let browser = Browser::at(PAGE);
    let put = Fetch::put("/").header("x-a", "1").credentials(Include);
    browser.fetch(&service, put.clone()).await.assert_readable();
    service.asked();
    browser.fetch(&service, Fetch::delete("/").credentials(Include)).await.assert_blocked();
    assert_eq!(service.asked(), ["OPTIONS"]);
    browser.fetch(&service, put).await.assert_readable();
    service.asked();
    let fetch = Fetch::get("/").header("x-b", "1").credentials(Include);
    browser.fetch(&service, fetch).await.assert_blocked();
    assert_eq!(service.asked(), ["OPTIONS"]);
}

#[actix_web::test]
async fn a_network_error_clears_the_entries_of_origin_and_url() {
    let broken = RefCell::new(false);
    let service = script(|request| match (is_preflight(request), *broken.borrow()) {
        (false, true) => answer(500, &[]),
        _ => answer(
            200,
            &[
                ALLOW,
                CREDENTIALS,
                ("access-control-allow-methods", "PUT"),
                ("access-control-allow-headers", "x-a"),
                ("access-control-max-age", "60"),
            ],
        ),
    });
    let browser = Browser::at(PAGE);
    let include = Fetch::put("/1").credentials(Include);
    browser.fetch(&service, Fetch::put("/1")).await.assert_readable();
    browser.fetch(&service, Fetch::put("/2")).await.assert_readable();
    browser.fetch(&service, include.clone()).await.assert_readable();
    service.asked();

    // A failed fetch without a preflight does not clear entries.
    broken.replace(true);
    browser.fetch(&service, Fetch::get("/1")).await.assert_blocked();
    broken.replace(false);
    browser.fetch(&service, Fetch::put("/1")).await.assert_readable();
    assert_eq!(service.asked(), ["GET", "PUT"]);

    broken.replace(true);
    browser.fetch(&service, Fetch::put("/1")).await.assert_blocked();
    broken.replace(false);
    assert_eq!(service.asked(), ["PUT"]);
    browser.fetch(&service, Fetch::put("/2")).await.assert_readable();
    assert_eq!(service.asked(), ["PUT"], "the entries of another URL were cleared");
    browser.fetch(&service, include).await.assert_readable();
    assert_eq!(service.asked(), ["OPTIONS", "PUT"], "entries with credentials were not cleared");
}

#[actix_web::test]
async fn a_later_preflight_renews_every_entry_that_matches() {
    let names = RefCell::new("x-a");
    let service = script(|request| {
        let origin = request.header("origin").unwrap();
        answer(
            200,
            &[
                ("access-control-allow-origin", &origin),
                CREDENTIALS,
                ("access-control-allow-methods", "PUT"),
                ("access-control-allow-headers", *names.borrow()),
                ("access-control-max-age", "10"),
            ],
        )
    });
    let browser = Browser::at(PAGE);
    let put = |name| Fetch::put("/").header(name, "1");
    browser.fetch(&service, put("x-a")).await.assert_readable();
    browser.fetch(&service, put("x-a").credentials(Include)).await.assert_readable();
    assert_eq!(service.asked(), ["OPTIONS", "PUT", "OPTIONS", "PUT"]);
    browser.advance(SECOND * 9);
    names.replace("x-a, x-b");
    browser.fetch(&service, put("x-b")).await.assert_readable();
    assert_eq!(service.asked(), ["OPTIONS", "PUT"]);
    browser.advance(SECOND * 9);
    browser.fetch(&service, put("x-a")).await.assert_readable();
    browser.fetch(&service, put("x-a").credentials(Include)).await.assert_readable();
    assert_eq!(service.asked(), ["PUT", "PUT"]);
    browser.advance(SECOND);
    browser.fetch(&service, put("x-a")).await.assert_readable();
    assert_eq!(service.asked(), ["OPTIONS", "PUT"]);
}
