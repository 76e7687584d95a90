//! The modes `no-cors` and `same-origin`.

use cors_actix_browser::{Blocked, Browser, Fetch, Invalid, Mode};

use crate::{PAGE, blocked, granting, lines, script};

#[actix_web::test]
async fn no_cors_sends_safelisted_requests_and_hides_their_responses() {
    let service = script(granting);
    let fetch = Fetch::post("/")
        .mode(Mode::NoCors)
        .header("x-a", "1")
        .header("authorization", "1")
        .header("range", "bytes=0-")
        .header("content-type", "application/json")
        .header("accept-language", "de")
        .body("tea");
    let seen = Browser::at(PAGE).fetch(&service, fetch).await;
    assert_eq!(*seen.assert_blocked(), Blocked::Opaque);
    assert_eq!(
        lines(seen.exchanges()[0].request()),
        [
            "accept-language: de",
            "accept: */*",
            "content-length: 3",
            "content-type: text/plain;charset=UTF-8",
            "origin: https://app.example.com",
            "sec-fetch-dest: empty",
            "sec-fetch-mode: no-cors",
            "sec-fetch-site: cross-site",
        ]
    );
    let reason = blocked(&service, Fetch::put("/").mode(Mode::NoCors)).await;
    assert!(matches!(reason, Blocked::Invalid(Invalid::MethodWithNoCors { .. })));
    // Two lines of the same name count as one value.
    let fetch = Fetch::get("/").mode(Mode::NoCors);
    let fetch = fetch.header("accept", "a".repeat(100)).header("accept", "b".repeat(27));
    let seen = Browser::at(PAGE).fetch(&service, fetch).await;
    assert_eq!(seen.exchanges()[0].request().header("accept").unwrap(), "a".repeat(100));
    // Within the page's origin, the mode does not hide responses.
    let own = Browser::at("https://api.test");
    own.fetch(&service, Fetch::get("/").mode(Mode::NoCors)).await.assert_readable();
}

#[actix_web::test]
async fn same_origin_denies_requests_to_other_origins() {
    let service = script(granting);
    let fetch = Fetch::get("/").mode(Mode::SameOrigin);
    let reason = blocked(&service, fetch.clone()).await;
    assert_eq!(reason, Blocked::NotSameOrigin { url: "https://api.test/".into() });
    assert!(service.asked().is_empty());
    Browser::at("https://api.test").fetch(&service, fetch).await.assert_readable();
}
