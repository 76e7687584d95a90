//! The bodies and URLs that `fetch()` accepts.

use std::collections::HashMap;

use cors_actix_browser::{Blocked, Fetch, Invalid, Mode, Seen};

use crate::{asks_for, blocked, granting, script, sent};

#[actix_web::test]
async fn a_text_has_a_type_and_bytes_have_none() {
    let typed = |seen: Seen| seen.exchanges()[0].request().header("content-type");
    let text = sent(Fetch::post("/").body("tea")).await;
    assert_eq!(text.exchanges()[0].request().body(), b"tea");
    assert_eq!(text.exchanges()[0].request().header("content-length").unwrap(), "3");
    assert!(!text.preflighted());
    assert_eq!(typed(text).unwrap(), "text/plain;charset=UTF-8");
    assert_eq!(typed(sent(Fetch::post("/").bytes(*b"tea")).await), None);
    let json = Fetch::post("/").header("Content-Type", "application/json").body("{}");
    assert_eq!(asks_for(json.clone()).await.unwrap(), "content-type");
    let actual = sent(json).await.exchanges()[1].request().header("content-type");
    assert_eq!(actual.unwrap(), "application/json");
    for (method, length) in
        [("POST", Some("0")), ("PUT", Some("0")), ("DELETE", None), ("GET", None)]
    {
        let seen = sent(Fetch::new(method, "/")).await;
        let actual = seen.exchanges().last().unwrap().request();
        assert_eq!(actual.header("content-length").as_deref(), length, "{method}");
    }
    for fetch in [Fetch::get("/").body(""), Fetch::head("/").body("tea")] {
        let seen = sent(fetch).await;
        assert!(matches!(seen.assert_blocked(), Blocked::Invalid(Invalid::Body { .. })));
    }
}

#[actix_web::test]
async fn only_http_urls_without_a_user_are_fetched() {
    let service = script(granting);
    assert!(matches!(
        blocked(&service, "https://:80:80/").await,
        Blocked::Invalid(Invalid::Url { .. })
    ));
    for url in ["https://me@api.test/", "https://:secret@api.test/"] {
        let reason = blocked(&service, url).await;
        assert!(matches!(reason, Blocked::Invalid(Invalid::UrlWithCredentials { .. })), "{url}");
    }
    for url in ["ftp://api.test/", "data:,tea", "file:///tea", "about:blank"] {
        let reason = blocked(&service, url).await;
        assert!(matches!(reason, Blocked::Invalid(Invalid::UrlNotHttp { .. })), "{url}");
    }
    assert!(service.asked().is_empty());
}

#[actix_web::test]
async fn json_has_its_type_and_needs_a_preflight() {
    let seen = sent(Fetch::post("/orders").json([("tea", 1)])).await;
    let [preflight, actual] = seen.exchanges() else { panic!("{seen}") };
    let asked = preflight.request().header("access-control-request-headers");
    assert_eq!(asked.as_deref(), Some("content-type"));
    assert_eq!(actual.request().header("content-type").unwrap(), "application/json");
    assert_eq!(actual.request().body(), br#"[["tea",1]]"#);

    let merge = Fetch::patch("/").header("Content-Type", "application/merge-patch+json").json(());
    let seen = sent(merge).await;
    let actual = seen.exchanges()[1].request();
    assert_eq!(actual.header("content-type").unwrap(), "application/merge-patch+json");
    assert_eq!(actual.body(), b"null");
    // The mode "no-cors" drops the type, and the body gets the type of a text.
    let seen = sent(Fetch::post("/").json(1).mode(Mode::NoCors)).await;
    let actual = seen.exchanges()[0].request();
    assert_eq!(actual.header("content-type").unwrap(), "text/plain;charset=UTF-8");

    // Keys in JSON are texts or numbers.
    let seen = sent(Fetch::post("/").json(HashMap::from([([1, 2], 3)]))).await;
    let reason = seen.assert_blocked();
    assert!(matches!(reason, Blocked::Invalid(Invalid::Json { .. })), "{reason}");
    assert!(seen.exchanges().is_empty());
    let seen = sent(Fetch::get("/").json(1)).await;
    assert!(matches!(seen.assert_blocked(), Blocked::Invalid(Invalid::Body { .. })));
}
