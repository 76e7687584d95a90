//! The part of a response that a page can read.

use cors_actix_browser::{
    Browser,
    Credentials::{self, Include, Omit, SameOrigin},
    Fetch, Response, ResponseType,
};

use crate::{ALLOW, CREDENTIALS, PAGE, answer, script};

#[actix_web::test]
async fn a_page_reads_safelisted_and_exposed_headers() {
    const SAFELISTED: [&str; 7] = [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ];
    const OTHERS: [&str; 5] = ["etag", "set-cookie", "set-cookie2", "x-a", "x-b"];
    let always = ["access-control-allow-credentials", "access-control-allow-origin"];
    let rows: [(Credentials, &[&str], &[&str]); 16] = [
        (Omit, &[], &[]),
        (Omit, &["x-a"], &["x-a"]),
        (Omit, &["X-A, x-b"], &["x-a", "x-b"]),
        (Omit, &["x-a", ",x-b,"], &["x-a", "x-b"]),
        (Omit, &["set-cookie, Set-Cookie2, etag"], &["etag"]),
        (Omit, &["*"], &["*"]),
        (SameOrigin, &["*"], &["*"]),
        (Include, &["*"], &[]),
        (Include, &["*, etag"], &["etag"]),
        (Omit, &["x-a; x-b"], &[]),
        (Omit, &["x-a", "x b"], &[]),
        (Omit, &["x-c"], &[]),
        // Only spaces and tabs are whitespace around the names.
        (Omit, &["x-a\t, \tx-b"], &["x-a", "x-b"]),
        (Omit, &["x-a\u{c}"], &[]),
        (Omit, &["x-a,\u{c}x-b"], &[]),
        (Omit, &["x-a,\u{b}x-b"], &[]),
    ];
    for (credentials, values, exposed) in rows {
        let mut lines = vec![ALLOW, CREDENTIALS];
        lines.extend(SAFELISTED.iter().chain(&OTHERS).map(|name| (*name, "1")));
        lines.extend(values.iter().map(|value| ("access-control-expose-headers", *value)));
        let service = script(|_| answer(200, &lines));
        let fetch = Fetch::get("/").credentials(credentials);
        let seen = Browser::at(PAGE).fetch(&service, fetch).await;
        let mut expected: Vec<_> = SAFELISTED.to_vec();
        if exposed == ["*"] {
            expected.extend(always);
            expected.extend(["access-control-expose-headers", "etag", "x-a", "x-b"]);
        } else {
            expected.extend(exposed);
        }
        expected.sort_unstable();
        assert_eq!(seen.header_names(), expected, "{credentials:?} {values:?}");
        assert_eq!(seen.response_type(), ResponseType::Cors);
        assert_eq!(seen.header("set-cookie"), None);
    }
}

#[actix_web::test]
async fn a_page_reads_status_url_headers_and_body() {
    let lines = [ALLOW, ("Content-Language", "de"), ("content-language", "en")];
    let service = script(|_| Response::new(418, lines, "short and stout"));
    let seen = Browser::at(PAGE).fetch(&service, "/pot?of=tea#lid").await;
    assert_eq!(seen.status(), 418);
    assert_eq!(seen.url(), "https://api.test/pot?of=tea");
    assert_eq!(seen.header("Content-Language").unwrap(), "de, en");
    assert_eq!(seen.header_names(), ["content-language"]);
    assert_eq!(seen.body(), b"short and stout");
    assert_eq!(seen.text(), "short and stout");
    assert!(!seen.redirected());
    let seen = Browser::at(PAGE).fetch(&service, Fetch::head("/")).await;
    assert_eq!(seen.body(), b"");
}
