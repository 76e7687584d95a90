//! The browser of `cors_actix_browser`, rule by rule of the Fetch standard, against services that answer
//! what a test says; then against `Cors`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{
    cell::RefCell,
    future::{Future, ready},
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt, test::init_service, web};
use cors_actix::{Any, Cors, Policy, cors};
use cors_actix_browser::{
    Blocked, Browser, CorsFault,
    Credentials::{self, Include, Omit, SameOrigin},
    Engine, Fetch, Invalid, Mode, Purpose, RedirectFault, Request, Response, ResponseType, Seen,
    SendError, Server, Target,
};

const PAGE: &str = "https://app.example.com";
const ALLOW: (&str, &str) = ("access-control-allow-origin", PAGE);
const ANY: (&str, &str) = ("access-control-allow-origin", "*");
const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");

type Lines<'a> = &'a [(&'a str, &'a str)];

/// A service that answers by a function, and remembers what it was asked.
struct Script<F> {
    answer: F,
    asked: RefCell<Vec<String>>,
}

fn script<F: Fn(&Request) -> Response>(answer: F) -> Script<F> {
    Script { answer, asked: RefCell::default() }
}

impl<F> Script<F> {
    /// The methods asked since the last time.
    fn asked(&self) -> Vec<String> {
        self.asked.take()
    }
}

impl<F: Fn(&Request) -> Response> Target for Script<F> {
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, SendError>> {
        self.asked.borrow_mut().push(request.method().to_owned());
        ready(Ok((self.answer)(request)))
    }
}

fn answer(status: u16, lines: Lines<'_>) -> Response {
    Response::new(status, lines.iter().copied(), "")
}

fn is_preflight(request: &Request) -> bool {
    request.header("access-control-request-method").is_some()
}

/// Answers every preflight with these lines, and all else with the grant that it needs.
fn preflights<'a>(
    status: u16,
    lines: Lines<'a>,
) -> Script<impl Fn(&Request) -> Response + use<'a>> {
    script(move |request| match is_preflight(request) {
        true => answer(status, lines),
        false => granting(request),
    })
}

/// Grants everything, credentials too.
fn granting(request: &Request) -> Response {
    let origin = request.header("origin").unwrap_or_default();
    let method = request.header("access-control-request-method").unwrap_or_default();
    let names = request.header("access-control-request-headers").unwrap_or_default();
    answer(
        200,
        &[
            ("access-control-allow-origin", &origin),
            CREDENTIALS,
            ("access-control-allow-methods", &method),
            ("access-control-allow-headers", &names),
            ("access-control-max-age", "0"),
        ],
    )
}

/// What a fetch sends to a service that grants everything.
async fn sent(fetch: Fetch) -> Seen {
    Browser::at(PAGE).cookie("session", "1").fetch(&script(granting), fetch).await
}

/// The header names that a preflight asks for; none if there is no preflight.
async fn asks_for(fetch: Fetch) -> Option<String> {
    let seen = sent(fetch).await;
    seen.assert_readable();
    let preflight = seen.exchanges().iter().find(|it| it.purpose() == Purpose::Preflight)?;
    Some(preflight.request().header("access-control-request-headers").unwrap_or_default())
}

async fn blocked(service: &impl Target, fetch: impl Into<Fetch>) -> Blocked {
    Browser::at(PAGE).fetch(service, fetch).await.assert_blocked().clone()
}

async fn readable(service: &impl Target, fetch: impl Into<Fetch>) -> bool {
    Browser::at(PAGE).fetch(service, fetch).await.is_readable()
}

// Methods.

#[actix_web::test]
async fn safelisted_methods_need_no_preflight() {
    for method in ["GET", "HEAD", "POST"] {
        assert_eq!(asks_for(Fetch::new(method, "/")).await, None, "{method}");
    }
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "QUERY"] {
        assert_eq!(asks_for(Fetch::new(method, "/")).await.as_deref(), Some(""), "{method}");
    }
}

#[actix_web::test]
async fn six_methods_are_made_upper_case_and_no_others() {
    for (written, method) in [
        ("delete", "DELETE"),
        ("gEt", "GET"),
        ("head", "HEAD"),
        ("options", "OPTIONS"),
        ("post", "POST"),
        ("put", "PUT"),
        ("patch", "patch"),
        ("Propfind", "Propfind"),
    ] {
        let seen = sent(Fetch::new(written, "/")).await;
        let actual = seen.exchanges().last().unwrap().request();
        assert_eq!(actual.method(), method);
        if seen.preflighted() {
            let asked = seen.exchanges()[0].request().header("access-control-request-method");
            assert_eq!(asked.as_deref(), Some(method));
        }
    }
}

#[actix_web::test]
async fn forbidden_and_malformed_methods_throw_before_anything_is_sent() {
    for method in ["CONNECT", "TRACE", "TRACK", "trace", "Track", "", "GE T", "GET\r\n", "é"] {
        let seen = sent(Fetch::new(method, "/")).await;
        let expected = Blocked::Invalid(Invalid::Method { method: method.to_owned() });
        assert_eq!(*seen.assert_blocked(), expected);
        assert!(seen.exchanges().is_empty());
    }
}

// Request headers.

#[actix_web::test]
async fn safelisted_headers_follow_the_rules_for_their_values() {
    let long = |length: usize| "a".repeat(length);
    for (name, value, safe) in [
        ("accept", "text/html, */*;q=0.8", true),
        ("accept", "text/html\t", true),
        ("accept", "a\tb", true),
        ("accept", "a:b", false),
        ("accept", "\"a\"", false),
        ("accept", "(a", false),
        ("accept", "a)", false),
        ("accept", "<a", false),
        ("accept", "a>", false),
        ("accept", "a?", false),
        ("accept", "a@b", false),
        ("accept", "[a", false),
        ("accept", "a\\b", false),
        ("accept", "a]", false),
        ("accept", "{a", false),
        ("accept", "a}", false),
        ("accept", "a\u{7f}", false),
        ("accept", "a\u{1}", false),
        ("accept", "é", true),
        ("accept", &long(128), true),
        ("accept", &long(129), false),
        ("ACCEPT", "a:b", false),
        ("accept-language", "de-CH, en;q=0.5, *", true),
        ("accept-language", "de_CH", false),
        ("accept-language", "de/CH", false),
        ("accept-language", "dé", false),
        ("accept-language", &long(129), false),
        ("content-language", "de-CH", true),
        ("content-language", "de\tCH", false),
        ("content-type", "text/plain", true),
        ("content-type", "Text/Plain;charset=utf-8", true),
        ("content-type", "text/plain ; charset=utf-8", true),
        ("content-type", "text/plain;", true),
        ("content-type", " text/plain ", true),
        ("content-type", "application/x-www-form-urlencoded", true),
        ("content-type", "multipart/form-data;boundary=1", true),
        ("content-type", "multipart/form-data;boundary=\"1\"", false),
        ("content-type", "application/json", false),
        ("content-type", "text/plain,application/json", false),
        ("content-type", "text/ plain", false),
        ("content-type", "text /plain", false),
        ("content-type", "text/plainer", false),
        ("content-type", "textplain", false),
        ("content-type", "text/", false),
        ("content-type", "/plain", false),
        ("content-type", "", false),
        ("range", "bytes=0-", true),
        ("range", "bytes=0-499", true),
        ("range", "bytes=9-10", true),
        ("range", "bytes=5-05", true),
        ("range", "bytes=00010-9", false),
        ("range", "bytes=99999999999999999999-99999999999999999998", false),
        ("range", "bytes=99999999999999999998-99999999999999999999", true),
        ("range", "bytes=-500", false),
        ("range", "bytes=-", false),
        ("range", "bytes=0-1,3-4", false),
        ("range", "bytes= 0-1", false),
        ("range", "bytes=0 -1", false),
        ("range", "bytes 0-1", false),
        ("range", "Bytes=0-1", false),
        ("range", "items=0-1", false),
        ("range", "bytes=0", false),
        ("x-request-id", "1", false),
        ("authorization", "Bearer 1", false),
        ("user-agent", "me", false),
        ("cache-control", "no-cache", false),
        ("last-event-id", "1", false),
    ] {
        let fetch = Fetch::post("/").header(name, value);
        let expected = (!safe).then(|| name.to_ascii_lowercase());
        assert_eq!(asks_for(fetch).await, expected, "{name}: {value:?}");
    }
}

#[actix_web::test]
async fn safelisted_headers_of_more_than_1024_bytes_together_are_unsafe() {
    let value = "a".repeat(128);
    // With the browser's own `Accept: */*`, eight values of 128 bytes are 1027 bytes.
    let seven = (0..7).fold(Fetch::get("/"), |it, _| it.header("accept-language", &value));
    let most = seven.clone().header("accept", "a".repeat(128));
    assert_eq!(asks_for(seven.clone().header("accept-language", "a".repeat(125))).await, None);
    assert_eq!(asks_for(most.clone()).await, None);
    let names = Some("accept,accept-language".to_owned());
    assert_eq!(asks_for(seven.header("accept-language", "a".repeat(126))).await, names);
    let names = Some("accept,accept-language,content-language".to_owned());
    assert_eq!(asks_for(most.header("content-language", "a")).await, names);
}

#[actix_web::test]
async fn a_preflight_names_the_unsafe_headers_in_lower_case_sorted_once_each() {
    let fetch = Fetch::put("/")
        .header("X-Zulu", "1")
        .header("x-b", "1")
        .header("X-A", "1")
        .header("x-b", "2")
        .header("accept", "text/html")
        .header("Content-Type", "application/json");
    assert_eq!(asks_for(fetch).await.as_deref(), Some("content-type,x-a,x-b,x-zulu"));
}

#[actix_web::test]
async fn headers_of_the_browser_are_dropped_in_silence() {
    for (name, value, dropped) in [
        ("Accept-Charset", "x", true),
        ("Accept-Encoding", "x", true),
        ("Access-Control-Request-Headers", "x", true),
        ("Access-Control-Request-Method", "x", true),
        ("Connection", "x", true),
        ("Content-Length", "3", true),
        ("Cookie", "x", true),
        ("Cookie2", "x", true),
        ("Date", "x", true),
        ("DNT", "x", true),
        ("Expect", "x", true),
        ("Host", "x", true),
        ("Keep-Alive", "x", true),
        ("Origin", "x", true),
        ("Referer", "x", true),
        ("Set-Cookie", "x", true),
        ("TE", "x", true),
        ("Trailer", "x", true),
        ("Transfer-Encoding", "x", true),
        ("Upgrade", "x", true),
        ("Via", "x", true),
        ("Proxy-Authorization", "x", true),
        ("proxy-", "x", true),
        ("Sec-Anything", "x", true),
        ("X-HTTP-Method", "TRACE", true),
        ("X-HTTP-Method-Override", "put, track ,delete", true),
        ("X-Method-Override", "connect", true),
        ("X-Method-Override", "\"TRACE\"", false),
        ("X-Method-Override", "\"a,TRACE,b\"", false),
        ("X-Method-Override", "\"a\\\",TRACE,b\"", false),
        ("X-Method-Override", "\"a\",TRACE,b", true),
        ("X-HTTP-Method", "PUT", false),
        ("X-HTTP-Method", "TRACED", false),
        ("X-Other-Method", "TRACE", false),
        ("Proxy", "x", false),
        ("Section", "x", false),
    ] {
        let expected = (!dropped).then(|| name.to_ascii_lowercase());
        assert_eq!(
            asks_for(Fetch::get("/").header(name, value)).await,
            expected,
            "{name}: {value}"
        );
    }
}

#[actix_web::test]
async fn malformed_headers_throw() {
    for (name, value) in [("x a", "1"), ("", "1"), ("é", "1"), ("x", "a\nb"), ("x", "a\0b")] {
        let seen = sent(Fetch::get("/").header(name, value)).await;
        let expected = Blocked::Invalid(Invalid::Header { name: name.to_owned() });
        assert_eq!(*seen.assert_blocked(), expected);
        assert!(seen.exchanges().is_empty());
    }
    // Whitespace around a value is taken away, line breaks too.
    let seen = sent(Fetch::get("/").header("accept", "\r\n text/html\t\n")).await;
    assert_eq!(seen.exchanges()[0].request().header("accept").unwrap(), "text/html");
}

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

// What is sent.

/// Every header line, sorted.
fn lines(request: &Request) -> Vec<String> {
    let mut lines: Vec<_> = request
        .headers()
        .map(|(name, value)| format!("{name}: {}", value.escape_ascii()))
        .collect();
    lines.sort();
    lines
}

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
async fn origin_is_sent_across_origins_and_with_methods_that_change_things() {
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
        ("data:text/html,", "/", Some("cross-site")),
        // Only potentially trustworthy URLs get to know.
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
        let browser = Browser::at(page).cookie("a", "1").cookie("b", "2");
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

// The CORS check.

#[actix_web::test]
async fn the_cors_check_compares_byte_for_byte() {
    let other = ("access-control-allow-origin", "https://evil.example");
    let rows: [(Credentials, Lines<'_>, bool); 24] = [
        (Omit, &[ALLOW], true),
        (SameOrigin, &[ALLOW], true),
        (Include, &[ALLOW], false),
        (Include, &[ALLOW, CREDENTIALS], true),
        (Omit, &[ANY], true),
        (SameOrigin, &[ANY], true),
        (Include, &[ANY], false),
        (Include, &[ANY, CREDENTIALS], false),
        (Omit, &[], false),
        (Omit, &[other], false),
        (Omit, &[ALLOW, ALLOW], false),
        (Omit, &[ANY, ANY], false),
        (Omit, &[ALLOW, ANY], false),
        (Omit, &[("access-control-allow-origin", "HTTPS://app.example.com")], false),
        (Omit, &[("access-control-allow-origin", "https://app.example.com/")], false),
        (Omit, &[("access-control-allow-origin", "https://app.example.com:443")], false),
        (Omit, &[("access-control-allow-origin", "https://app.example.com, *")], false),
        (Omit, &[("access-control-allow-origin", "null")], false),
        (Omit, &[("access-control-allow-origin", "")], false),
        (Omit, &[("access-control-allow-origin", " https://app.example.com ")], true),
        (Include, &[ALLOW, ("access-control-allow-credentials", "True")], false),
        (Include, &[ALLOW, ("access-control-allow-credentials", "1")], false),
        (Include, &[ALLOW, CREDENTIALS, CREDENTIALS], false),
        (Omit, &[ALLOW, ("access-control-allow-credentials", "nonsense")], true),
    ];
    for (credentials, lines, expected) in rows {
        for status in [200, 401, 404, 500] {
            let service = script(|_| answer(status, lines));
            let fetch = Fetch::get("/").credentials(credentials);
            let seen = Browser::at(PAGE).fetch(&service, fetch.clone()).await;
            assert_eq!(seen.is_readable(), expected, "{credentials:?} {lines:?}");
            if expected {
                assert_eq!(seen.status(), status);
            }
        }
        // The same check, in the request's credentials mode, is made on the preflight.
        let lines = [lines, &[("access-control-allow-methods", "PUT")]].concat();
        let service = preflights(204, &lines);
        let fetch = Fetch::put("/").credentials(credentials);
        assert_eq!(readable(&service, fetch).await, expected, "{credentials:?} {lines:?}");
        let asked = if expected { vec!["OPTIONS", "PUT"] } else { vec!["OPTIONS"] };
        assert_eq!(service.asked(), asked);
    }
}

#[actix_web::test]
async fn each_fault_of_the_cors_check_is_told_apart() {
    let origin = PAGE.to_owned();
    let include = Fetch::get("/").credentials(Include);
    let fault = async |fetch: &Fetch, lines: Lines<'_>| {
        let service = script(|_| answer(403, lines));
        match blocked(&service, fetch.clone()).await {
            Blocked::Cors { status: 403, fault } => fault,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        fault(&include, &[]).await,
        CorsFault::AllowOriginMissing { origin: origin.clone() }
    );
    assert_eq!(
        fault(&include, &[ALLOW, ANY]).await,
        CorsFault::AllowOriginRepeated { values: vec![origin.clone(), "*".to_owned()] }
    );
    let found = "https://other.example".to_owned();
    assert_eq!(
        fault(&include, &[("access-control-allow-origin", &found)]).await,
        CorsFault::AllowOriginDiffers { origin: origin.clone(), found }
    );
    assert_eq!(
        fault(&include, &[ANY]).await,
        CorsFault::WildcardWithCredentials { origin: origin.clone() }
    );
    assert_eq!(fault(&include, &[ALLOW]).await, CorsFault::AllowCredentials { found: None });
    let found = "yes".to_owned();
    assert_eq!(
        fault(&include, &[ALLOW, ("access-control-allow-credentials", &found)]).await,
        CorsFault::AllowCredentials { found: Some(found) }
    );
}

#[actix_web::test]
async fn an_opaque_origin_is_null_and_never_the_services_own() {
    let null = ("access-control-allow-origin", "null");
    for (lines, expected) in [([null], true), ([ANY], true), ([ALLOW], false)] {
        let service = script(|_| answer(200, &lines));
        let seen = Browser::sandboxed().fetch(&service, "/").await;
        assert_eq!(seen.is_readable(), expected);
        assert_eq!(seen.exchanges()[0].request().header("origin").unwrap(), "null");
    }
    assert!(!readable(&script(|_| answer(200, &[null])), "/").await);
}

#[actix_web::test]
async fn the_pages_own_origin_needs_no_cors() {
    let service = script(|_| answer(200, &[("x-anything", "1"), ("set-cookie", "a=1")]));
    let browser = Browser::at("https://api.test/page");
    let fetch = Fetch::delete("/").header("x-request-id", "1").credentials(Include);
    let seen = browser.fetch(&service, fetch).await;
    assert_eq!(service.asked(), ["DELETE"]);
    assert_eq!(seen.response_type(), ResponseType::Basic);
    assert_eq!(seen.header_names(), ["x-anything"]);
}

// The preflight.

#[actix_web::test]
async fn a_preflight_needs_a_status_of_2xx() {
    let lines = [ALLOW, ("access-control-allow-methods", "PUT"), ("location", "/there")];
    for (status, expected) in [
        (199, false),
        (200, true),
        (204, true),
        (299, true),
        (300, false),
        (301, false),
        (302, false),
        (303, false),
        (307, false),
        (308, false),
        (304, false),
        (401, false),
        (403, false),
        (404, false),
        (405, false),
        (500, false),
    ] {
        let service = preflights(status, &lines);
        let seen = Browser::at(PAGE).fetch(&service, Fetch::put("/")).await;
        assert_eq!(seen.is_readable(), expected, "{seen}");
        if !expected {
            assert_eq!(*seen.assert_blocked(), Blocked::PreflightStatus { status });
            assert_eq!(service.asked(), ["OPTIONS"]);
        }
    }
    assert!(matches!(
        blocked(&preflights(404, &[]), Fetch::put("/")).await,
        Blocked::PreflightCors { status: 404, fault: CorsFault::AllowOriginMissing { .. }, .. }
    ));
}

#[actix_web::test]
async fn the_methods_of_a_preflight_are_a_list_of_case_sensitive_names() {
    let granting = [ALLOW, CREDENTIALS];
    let rows: [(&str, Credentials, &[&str], bool); 19] = [
        ("PUT", Omit, &["PUT"], true),
        ("PUT", Omit, &["GET, PUT,DELETE"], true),
        ("PUT", Omit, &["GET", "PUT"], true),
        ("PUT", Omit, &[",, PUT\t,"], true),
        ("PUT", Omit, &[], false),
        ("PUT", Omit, &[""], false),
        ("PUT", Omit, &["put"], false),
        ("put", Omit, &["PUT"], true),
        ("patch", Omit, &["PATCH"], false),
        ("patch", Omit, &["patch"], true),
        ("PUT", Omit, &["*"], true),
        ("PUT", SameOrigin, &["*"], true),
        ("PUT", Include, &["*"], false),
        ("PUT", Include, &["*, PUT"], true),
        ("PUT", Include, &["PUT"], true),
        ("*", Include, &["*"], true),
        ("PUT", Omit, &["PUT DELETE"], false),
        ("PUT", Omit, &["PUT", "GET; POST"], false),
        ("PUT", Omit, &["PUTS"], false),
    ];
    for (method, credentials, values, expected) in rows {
        let allowed = values.iter().map(|value| ("access-control-allow-methods", *value));
        let lines: Vec<_> = granting.into_iter().chain(allowed).collect();
        let fetch = Fetch::new(method, "/").credentials(credentials);
        let seen = Browser::at(PAGE).fetch(&preflights(204, &lines), fetch).await;
        assert_eq!(seen.is_readable(), expected, "{seen}");
    }
    let lines = [ALLOW, ("access-control-allow-methods", "GET, DELETE")];
    assert_eq!(
        blocked(&preflights(204, &lines), Fetch::put("/")).await,
        Blocked::MethodNotAllowed {
            method: "PUT".into(),
            allowed: vec!["GET".into(), "DELETE".into()],
            credentials: false,
        }
    );
    let value = "PUT; DELETE".to_owned();
    let lines = [ALLOW, ("access-control-allow-methods", &*value)];
    let reason = blocked(&preflights(204, &lines), Fetch::put("/")).await;
    assert_eq!(reason, Blocked::AllowMethodsMalformed { value });
}

#[actix_web::test]
async fn safelisted_methods_pass_a_preflight_unlisted() {
    let lines = [ALLOW, ("access-control-allow-headers", "x-a")];
    for method in ["GET", "HEAD", "POST"] {
        let fetch = Fetch::new(method, "/").header("x-a", "1");
        assert!(readable(&preflights(204, &lines), fetch).await, "{method}");
    }
    // Even so, a list that is none fails.
    let lines =
        [ALLOW, ("access-control-allow-headers", "x-a"), ("access-control-allow-methods", "<")];
    assert!(!readable(&preflights(204, &lines), Fetch::get("/").header("x-a", "1")).await);
}

#[actix_web::test]
async fn the_headers_of_a_preflight_are_a_list_of_names_in_any_case() {
    let granting = [ALLOW, CREDENTIALS];
    let rows: [(&[&str], Credentials, &[&str], bool); 18] = [
        (&["x-a"], Omit, &["x-a"], true),
        (&["x-a"], Omit, &["X-A"], true),
        (&["x-a", "x-b"], Omit, &["x-b ,,\tX-a"], true),
        (&["x-a", "x-b"], Omit, &["x-a", "x-b"], true),
        (&["x-a", "x-b"], Omit, &["x-a"], false),
        (&["x-a"], Omit, &[], false),
        (&["x-a"], Omit, &[""], false),
        (&["x-a"], Omit, &["x-ab"], false),
        (&["x-a"], Omit, &["*"], true),
        (&["x-a"], SameOrigin, &["*"], true),
        (&["x-a"], Include, &["*"], false),
        (&["x-a"], Include, &["*, x-a"], true),
        (&["*"], Include, &["*"], true),
        (&["authorization"], Omit, &["*"], false),
        (&["authorization"], Omit, &["*, Authorization"], true),
        (&["authorization"], Include, &["authorization"], true),
        (&["authorization", "x-a"], Omit, &["*,authorization"], true),
        (&["x-a"], Omit, &["x-a; x-b"], false),
    ];
    for (names, credentials, values, expected) in rows {
        let allowed = values.iter().map(|value| ("access-control-allow-headers", *value));
        let lines: Vec<_> = granting.into_iter().chain(allowed).collect();
        let fetch = Fetch::get("/").credentials(credentials);
        let fetch = names.iter().fold(fetch, |fetch, name| fetch.header(*name, "1"));
        let seen = Browser::at(PAGE).fetch(&preflights(204, &lines), fetch).await;
        assert_eq!(seen.is_readable(), expected, "{seen}");
    }
    let fetch = Fetch::get("/").header("x-a", "1").header("X-B", "1");
    let lines = [ALLOW, ("access-control-allow-headers", "X-A")];
    assert_eq!(
        blocked(&preflights(204, &lines), fetch.clone()).await,
        Blocked::HeaderNotAllowed {
            name: "x-b".into(),
            allowed: vec!["X-A".into()],
            credentials: false,
        }
    );
    let value = "x-a: x-b".to_owned();
    let lines = [ALLOW, ("access-control-allow-headers", &*value)];
    let reason = blocked(&preflights(204, &lines), fetch).await;
    assert_eq!(reason, Blocked::AllowHeadersMalformed { value });
}

#[actix_web::test]
async fn a_granted_preflight_does_not_share_the_response() {
    let grant = [ALLOW, ("access-control-allow-methods", "PUT")];
    let service = script(|request| match is_preflight(request) {
        true => answer(204, &grant),
        false => answer(200, &[]),
    });
    let reason = blocked(&service, Fetch::put("/")).await;
    assert!(matches!(reason, Blocked::Cors { status: 200, .. }), "{reason}");
    assert_eq!(service.asked(), ["OPTIONS", "PUT"]);
}

// The preflight cache.

/// Grants these methods and headers for that long.
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

const SECOND: Duration = Duration::from_secs(1);

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
        // Some of these fail, and clear what they were granted.
        let browser = Browser::at(PAGE);
        browser.fetch(&service, Fetch::put("/1")).await.assert_readable();
        service.asked();
        let seen = browser.fetch(&service, fetch).await;
        assert_eq!(service.asked()[0] != "OPTIONS", cached, "{seen}");
    }
}

#[actix_web::test]
async fn the_cache_knows_credentials() {
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

    // A fetch that needs no preflight clears nothing.
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
    assert_eq!(service.asked(), ["PUT"], "another URL keeps its entries");
    browser.fetch(&service, include).await.assert_readable();
    assert_eq!(service.asked(), ["OPTIONS", "PUT"], "those with credentials are cleared too");
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

// Modes.

#[actix_web::test]
async fn no_cors_sends_what_is_safelisted_and_shows_nothing() {
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
    // Two lines of one name count together.
    let fetch = Fetch::get("/").mode(Mode::NoCors);
    let fetch = fetch.header("accept", "a".repeat(100)).header("accept", "b".repeat(27));
    let seen = Browser::at(PAGE).fetch(&service, fetch).await;
    assert_eq!(seen.exchanges()[0].request().header("accept").unwrap(), "a".repeat(100));
    // Within the page's origin the mode hides nothing.
    let own = Browser::at("https://api.test");
    own.fetch(&service, Fetch::get("/").mode(Mode::NoCors)).await.assert_readable();
}

#[actix_web::test]
async fn same_origin_never_leaves_the_origin() {
    let service = script(granting);
    let fetch = Fetch::get("/").mode(Mode::SameOrigin);
    let reason = blocked(&service, fetch.clone()).await;
    assert_eq!(reason, Blocked::NotSameOrigin { url: "https://api.test/".into() });
    assert!(service.asked().is_empty());
    Browser::at("https://api.test").fetch(&service, fetch).await.assert_readable();
}

// The response.

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
    let rows: [(Credentials, &[&str], &[&str]); 12] = [
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

// Redirects.

/// Redirects `/from` to the location, and grants everything.
fn redirecting<'a>(
    status: u16,
    location: &'a str,
) -> Script<impl Fn(&Request) -> Response + use<'a>> {
    script(move |request| {
        let granted = granting(request);
        if request.path_and_query() != "/from" || is_preflight(request) {
            return granted;
        }
        let lines = granted.headers().chain([("location", location.as_bytes())]);
        Response::new(status, lines, "")
    })
}

fn trail(seen: &Seen) -> Vec<String> {
    let line = |request: &Request| {
        let origin = request.header("origin").unwrap_or_else(|| "-".to_owned());
        format!("{} {} {origin}", request.method(), request.url())
    };
    seen.exchanges().iter().map(|exchange| line(exchange.request())).collect()
}

#[actix_web::test]
async fn an_origin_is_tainted_once_one_foreign_origin_leads_to_another() {
    for (page, location, origin) in [
        (PAGE, "/to", PAGE),
        (PAGE, "https://api.test/to", PAGE),
        (PAGE, "https://other.test/to", "null"),
        (PAGE, "http://api.test/to", "null"),
        (PAGE, "https://api.test:8443/to", "null"),
        // Back to the page: it is no longer the page's own.
        (PAGE, "https://app.example.com/to", "null"),
        ("https://api.test", "/to", "-"),
        ("https://api.test", "https://other.test/to", "https://api.test"),
    ] {
        let seen = Browser::at(page).fetch(&redirecting(302, location), "/from").await;
        seen.assert_readable();
        assert!(seen.redirected());
        assert_eq!(
            seen.exchanges()[1].request().header("origin").unwrap_or_else(|| "-".into()),
            origin,
            "{seen}"
        );
        let foreign = origin != "-";
        assert_eq!(seen.response_type() == ResponseType::Cors, foreign);
    }
}

#[actix_web::test]
async fn every_redirect_passes_the_cors_check() {
    // The redirect itself does not share.
    let service = script(|request| match request.path_and_query().as_str() {
        "/from" => answer(302, &[("location", "/to")]),
        _ => granting(request),
    });
    assert!(matches!(blocked(&service, "/from").await, Blocked::Cors { status: 302, .. }));
    // A tainted origin is not the one that is allowed.
    let service = script(|request| match request.path_and_query().as_str() {
        "/from" => answer(302, &[ALLOW, ("location", "https://other.test/to")]),
        _ => answer(200, &[ALLOW]),
    });
    let reason = blocked(&service, "/from").await;
    assert!(
        matches!(&reason, Blocked::Cors { status: 200, fault: CorsFault::AllowOriginDiffers { origin, .. } } if origin == "null"),
        "{reason}"
    );
    // Within the page's origin nothing is checked, until it is left.
    let own = Browser::at("https://api.test");
    let service = script(|request| match request.path_and_query().as_str() {
        "/from" => answer(302, &[("location", "https://other.test/to")]),
        _ => answer(200, &[]),
    });
    own.fetch(&service, "/from").await.assert_blocked();
}

#[actix_web::test]
async fn redirects_change_the_method_as_they_ever_did() {
    for (status, method, then) in [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (302, "DELETE", "DELETE"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (301, "HEAD", "HEAD"),
        (308, "PUT", "PUT"),
    ] {
        let mut fetch = Fetch::new(method, "/from").header("content-language", "de");
        if method != "HEAD" {
            fetch = fetch.body("tea");
        }
        let seen = Browser::at(PAGE).fetch(&redirecting(status, "/to"), fetch).await;
        seen.assert_readable();
        let last = seen.exchanges().last().unwrap().request();
        assert_eq!(last.method(), then, "{status} {method}");
        let kept = then == method;
        assert_eq!(last.body() == b"tea", kept && method != "HEAD", "{seen}");
        assert_eq!(last.header("content-language").is_some(), kept, "{seen}");
        assert_eq!(last.header("content-type").is_some(), kept && method != "HEAD", "{seen}");
    }
    // 300 and 304 are no redirects.
    for status in [300, 304] {
        let seen = Browser::at(PAGE).fetch(&redirecting(status, "/to"), "/from").await;
        assert_eq!(seen.status(), status);
    }
}

#[actix_web::test]
async fn authorization_stays_within_the_origin() {
    for (location, kept) in [("/to", true), ("https://other.test/to", false)] {
        let fetch = Fetch::get("/from").header("authorization", "Bearer 1").header("x-a", "1");
        let seen = Browser::at(PAGE).fetch(&redirecting(307, location), fetch).await;
        seen.assert_readable();
        let last = seen.exchanges().last().unwrap().request();
        assert_eq!(last.header("authorization").is_some(), kept);
        assert_eq!(last.header("x-a").unwrap(), "1");
    }
}

#[actix_web::test]
async fn a_redirect_gets_a_preflight_of_its_own() {
    let fetch = Fetch::put("/from");
    let seen = Browser::at(PAGE).fetch(&redirecting(307, "https://other.test/to"), fetch).await;
    assert_eq!(
        trail(&seen),
        [
            "OPTIONS https://api.test/from https://app.example.com",
            "PUT https://api.test/from https://app.example.com",
            "OPTIONS https://other.test/to null",
            "PUT https://other.test/to null",
        ]
    );
    let seen = Browser::at("https://api.test")
        .fetch(&redirecting(307, "https://other.test/to"), Fetch::put("/from"))
        .await;
    assert_eq!(
        trail(&seen),
        [
            "PUT https://api.test/from https://api.test",
            "OPTIONS https://other.test/to https://api.test",
            "PUT https://other.test/to https://api.test",
        ]
    );
}

#[actix_web::test]
async fn a_preflight_is_made_on_the_way_back_to_the_page_too() {
    let back = redirecting(307, "https://app.example.com/to");
    let seen = Browser::at(PAGE).fetch(&back, Fetch::put("/from")).await;
    assert_eq!(
        trail(&seen)[2..],
        ["OPTIONS https://app.example.com/to null", "PUT https://app.example.com/to null"]
    );
}

#[actix_web::test]
async fn a_tainted_origin_has_a_preflight_cache_of_its_own() {
    let service = script(|request| match request.path_and_query().as_str() {
        "/from" if !is_preflight(request) => {
            answer(307, &[ALLOW, ("location", "https://other.test/to")])
        }
        _ => {
            let origin = request.header("origin").unwrap();
            let grant = ("access-control-allow-methods", "PUT");
            let max_age = ("access-control-max-age", "60");
            answer(200, &[("access-control-allow-origin", &origin), grant, max_age])
        }
    });
    let browser = Browser::at(PAGE);
    browser.fetch(&service, Fetch::put("/from")).await.assert_readable();
    let seen = browser.fetch(&service, Fetch::put("https://other.test/to")).await;
    assert!(seen.preflighted(), "{seen}");
    let seen = browser.fetch(&service, Fetch::put("/from")).await;
    assert!(!seen.preflighted(), "{seen}");
}

#[actix_web::test]
async fn a_fragment_follows_a_redirect_that_has_none() {
    for (location, to) in [("/to", "/to#a"), ("/to#b", "/to#b")] {
        let service = script(|request| {
            let to = [ALLOW, ("location", location)];
            let grant = ("access-control-allow-methods", "PUT");
            match request.path_and_query() == "/from" && !is_preflight(request) {
                true => answer(307, &to),
                false => answer(200, &[ALLOW, grant, ("access-control-max-age", "60")]),
            }
        });
        let browser = Browser::at(PAGE);
        let seen = browser.fetch(&service, Fetch::put("/from#a")).await;
        assert_eq!(seen.url(), "https://api.test/to");
        // The preflight cache tells URLs apart by their fragments.
        assert!(!browser.fetch(&service, Fetch::put(to)).await.preflighted());
        assert!(browser.fetch(&service, Fetch::put("/to")).await.preflighted());
    }
}

#[actix_web::test]
async fn an_error_behind_a_redirect_clears_the_entries_of_its_last_url() {
    let service = script(|request| match (request.path_and_query().as_str(), request.method()) {
        ("/from", "PUT") => answer(303, &[ALLOW, ("location", "/to")]),
        (_, "GET") => answer(200, &[]),
        _ => answer(
            200,
            &[ALLOW, ("access-control-allow-methods", "PUT"), ("access-control-max-age", "60")],
        ),
    });
    let browser = Browser::at(PAGE);
    browser.fetch(&service, Fetch::put("/to")).await.assert_readable();
    browser.fetch(&service, Fetch::put("/from")).await.assert_blocked();
    assert_eq!(service.asked(), ["OPTIONS", "PUT", "OPTIONS", "PUT", "GET"]);
    browser.fetch(&service, Fetch::put("/to")).await.assert_readable();
    assert_eq!(service.asked(), ["OPTIONS", "PUT"]);
    // The first URL keeps its own.
    browser.fetch(&service, Fetch::put("/from")).await.assert_blocked();
    assert_eq!(service.asked(), ["PUT", "GET"]);
}

#[actix_web::test]
async fn sec_fetch_site_knows_the_way() {
    for (page, location, site) in [
        ("https://api.test", "/to", "same-origin"),
        ("https://api.test", "https://www.api.test/to", "same-site"),
        ("https://api.test", "https://other.test/to", "cross-site"),
        ("https://www.api.test", "https://other.test/to", "cross-site"),
        // The way led over another site.
        ("https://other.test", "https://other.test/to", "cross-site"),
        ("https://www.api.test", "https://www.api.test/to", "same-site"),
    ] {
        let seen = Browser::at(page).fetch(&redirecting(302, location), "/from").await;
        let last = seen.exchanges().last().unwrap().request();
        assert_eq!(last.header("sec-fetch-site").as_deref(), Some(site), "{page} {location}");
    }
}

#[actix_web::test]
async fn twenty_redirects_are_followed() {
    for (length, followed) in [(20, true), (21, false)] {
        let service = script(|request| {
            let count: usize = request.path_and_query()[1..].parse().unwrap();
            let location = format!("/{}", count + 1);
            match count < length {
                true => answer(302, &[ALLOW, ("location", &location)]),
                false => answer(200, &[ALLOW]),
            }
        });
        let seen = Browser::at(PAGE).fetch(&service, "/0").await;
        assert_eq!(seen.is_readable(), followed);
        if !followed {
            assert_eq!(*seen.assert_blocked(), Blocked::Redirect(RedirectFault::TooMany));
        }
    }
}

#[actix_web::test]
async fn redirects_to_nowhere_are_errors() {
    let fault = async |page: &str, location: &str| {
        let seen = Browser::at(page).fetch(&redirecting(302, location), "/from").await;
        seen.blocked().cloned()
    };
    let own = "https://api.test";
    for location in ["data:,tea", "file:///tea", "ftp://api.test/"] {
        let reason = fault(PAGE, location).await;
        let url = location.to_owned();
        assert_eq!(reason, Some(Blocked::Redirect(RedirectFault::NotHttp { url })));
    }
    let reason = fault(PAGE, "https://:80:80/").await;
    assert!(matches!(reason, Some(Blocked::Redirect(RedirectFault::Location { .. }))));
    let user = |reason: Option<Blocked>| {
        matches!(reason, Some(Blocked::Redirect(RedirectFault::Credentials { .. })))
    };
    assert!(user(fault(PAGE, "https://me:secret@api.test/to").await));
    assert!(user(fault(PAGE, "https://me@app.example.com/to").await));
    assert!(user(fault(own, "https://me@other.test/to").await));
    assert_eq!(fault(own, "https://me@api.test/to").await, None);

    // None at all is the response; two are none.
    let service = script(|_| answer(302, &[ALLOW]));
    assert_eq!(Browser::at(PAGE).fetch(&service, "/").await.status(), 302);
    let service = script(|_| answer(302, &[ALLOW, ("location", "/a"), ("location", "/b")]));
    let reason = blocked(&service, "/").await;
    assert!(matches!(reason, Blocked::Redirect(RedirectFault::Location { .. })));
}

#[actix_web::test]
async fn a_redirect_out_of_the_origin_ends_the_mode_same_origin() {
    let own = Browser::at("https://api.test");
    let fetch = Fetch::get("/from").mode(Mode::SameOrigin);
    let seen = own.fetch(&redirecting(302, "https://other.test/to"), fetch).await;
    assert!(matches!(seen.assert_blocked(), Blocked::NotSameOrigin { .. }));
}

// Reports.

#[actix_web::test]
async fn a_failed_assertion_tells_the_reason_and_both_exchanges() {
    let service = preflights(204, &[ALLOW, ("access-control-allow-methods", "DELETE")]);
    let seen = Browser::at(PAGE).fetch(&service, Fetch::put("/items/3")).await;
    assert_eq!(
        seen.to_string(),
        "a page of origin https://app.example.com can't read a response to PUT /items/3: the preflight: \
         the method PUT is not in the list of what is allowed: DELETE; add it to `allow_methods`, or give \
         the path such a route\n\
         > OPTIONS https://api.test/items/3 (preflight)\n    \
         accept: */*\n    \
         access-control-request-method: PUT\n    \
         origin: https://app.example.com\n    \
         sec-fetch-dest: empty\n    \
         sec-fetch-mode: cors\n    \
         sec-fetch-site: cross-site\n\
         < 204\n    \
         access-control-allow-origin: https://app.example.com\n    \
         access-control-allow-methods: DELETE"
    );
    let panic = std::panic::catch_unwind(|| seen.assert_readable().status()).unwrap_err();
    assert_eq!(panic.downcast_ref::<String>(), Some(&seen.to_string()));
}

#[actix_web::test]
async fn every_reason_says_what_to_do() {
    for (fetch, status, lines, advice) in [
        (Fetch::get("/"), 200, &[][..], "add https://app.example.com to `allow_origins`"),
        (Fetch::get("/"), 200, &[ALLOW, ALLOW], "let only one place add it"),
        (Fetch::put("/"), 401, &[], "wrap the CORS layer around the authentication"),
        (Fetch::put("/"), 403, &[], "and the method PUT (`allow_methods`"),
        (Fetch::get("/").header("x-a", "1"), 403, &[], "and the headers x-a (`allow_headers`)"),
        (Fetch::put("/").credentials(Include), 200, &[ANY], "with `allow_credentials`"),
        (Fetch::put("/"), 404, &[], "No CORS layer has answered it"),
        (Fetch::put("/"), 307, &[ALLOW], "let the page use the final URL"),
        (Fetch::put("/"), 200, &[ALLOW], "add it to `allow_methods`"),
        (Fetch::get("/").header("x-a", "1"), 200, &[ALLOW], "add it to `allow_headers`"),
        (Fetch::get("/").credentials(Include), 200, &[ANY], "list https://app.example.com in"),
        (Fetch::get("/").credentials(Include), 200, &[ALLOW], "add `allow_credentials`"),
    ] {
        let service = script(|_| answer(status, lines));
        let reason = blocked(&service, fetch).await.to_string();
        assert!(reason.contains(advice), "{reason}");
    }
}

#[actix_web::test]
#[should_panic(expected = "can read the response to GET /")]
async fn assert_blocked_panics_on_a_response_that_is_shared() {
    sent(Fetch::get("/")).await.assert_blocked();
}

#[test]
#[should_panic(expected = "\"app.example.com\" is no origin of a page")]
fn a_page_without_scheme_is_no_page() {
    Browser::at("app.example.com");
}

#[test]
#[should_panic(expected = "is no URL of a server")]
fn a_server_over_tls_is_none() {
    Server::at("https://127.0.0.1:8443");
}

// Services.

#[actix_web::test]
async fn a_service_in_the_test_gets_the_request_as_a_server_does() {
    async fn echo(request: HttpRequest, body: String) -> HttpResponse {
        let connection = request.connection_info().clone();
        let text = format!(
            "{} {}://{}{} {} {body}",
            request.method(),
            connection.scheme(),
            connection.host(),
            request.uri().path_and_query().unwrap(),
            connection.peer_addr().unwrap(),
        );
        HttpResponse::Ok().insert_header(ALLOW).body(text)
    }
    let app = init_service(App::new().default_service(web::to(echo))).await;
    let browser = Browser::at(PAGE);
    for (url, text) in [
        ("/a b?c=d", "POST https://api.test/a%20b?c=d 127.0.0.1 tea"),
        ("https://example.com:8443/", "POST https://example.com:8443/ 127.0.0.1 tea"),
        ("http://localhost/", "POST http://localhost/ 127.0.0.1 tea"),
    ] {
        let seen = browser.fetch(&app, Fetch::post(url).body("tea")).await;
        assert_eq!(seen.text(), text);
        assert_eq!(seen.header("content-length").unwrap(), text.len().to_string());
    }
}

#[actix_web::test]
async fn an_error_of_the_service_is_its_response() {
    async fn failing() -> Result<HttpResponse, actix_web::Error> {
        Err(actix_web::error::ErrorImATeapot("short and stout"))
    }
    let app = App::new()
        .wrap(Cors::new(cors_actix_tests::open()))
        .wrap_fn(|request, service| {
            use actix_web::dev::Service as _;
            let fails = request.path() == "/layer";
            let response = service.call(request);
            async move {
                if fails {
                    return Err(actix_web::error::ErrorBadGateway("outside"));
                }
                response.await
            }
        })
        .default_service(web::to(failing));
    let app = init_service(app).await;
    let seen = Browser::at(PAGE).fetch(&app, "/").await;
    assert_eq!((seen.status(), &*seen.text()), (418, "short and stout"));
    let reason = blocked(&app, "/layer").await;
    assert!(matches!(reason, Blocked::Cors { status: 502, .. }), "{reason}");
}

#[actix_web::test]
async fn a_real_server_answers_as_the_service_does() {
    let server = HttpServer::new(|| {
        App::new()
            .wrap(Cors::new(cors_actix_tests::example()).scope("/open", cors_actix_tests::open()))
            .service(web::redirect("/from", "/open/to").permanent())
            .default_service(web::to(|request: HttpRequest, body: String| async move {
                let host = request.connection_info().host().to_owned();
                HttpResponse::Ok().body(format!("{} {host} {body}", request.method()))
            }))
    });
    let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
    let base = format!("http://{}", server.addrs()[0]);
    rt::spawn(server.disable_signals().run());
    let server = Server::at(&base);
    let browser = Browser::at("https://example.com");
    let seen = browser.fetch(&server, Fetch::post("/").body("tea").credentials(Include)).await;
    assert_eq!(seen.text(), format!("POST {} tea", &base["http://".len()..]));
    assert_eq!(seen.url(), format!("{base}/"));
    let seen = browser.fetch(&server, Fetch::get("https://api.example.net/")).await;
    assert_eq!(seen.text(), "GET api.example.net ");
    let seen = browser.fetch(&server, "/from").await;
    assert_eq!(seen.url(), format!("{base}/open/to"));
    let seen = browser.fetch(&server, Fetch::put("/open")).await;
    assert!(matches!(seen.assert_blocked(), Blocked::PreflightCors { status: 403, .. }), "{seen}");
    Browser::at("https://evil.example").fetch(&server, "/").await.assert_blocked();
}

#[actix_web::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::at(&format!("http://{address}"));
    let seen = Browser::at(PAGE).fetch(&server, "/").await;
    assert!(matches!(seen.assert_blocked(), Blocked::Unreachable { .. }));
    assert!(seen.exchanges()[0].response().is_none());
}

// Cors.

#[cors(
    allow_origins = ["https://app.example.com"],
    allow_headers = ["x-request-id"],
    expose_headers = ["x-total"],
    allow_credentials,
    max_age = 600,
)]
#[actix_web::put("/items/{id}")]
async fn update_item() -> HttpResponse {
    HttpResponse::Ok().insert_header(("x-total", "1")).insert_header(("x-secret", "1")).finish()
}

#[actix_web::test]
async fn an_annotated_handler_is_read_by_its_pages() {
    let app = init_service(App::new().service(update_item)).await;
    let browser = Browser::at(PAGE);
    let update = Fetch::put("/items/3").header("x-request-id", "1").credentials(Include);
    let seen = browser.fetch(&app, update.clone()).await;
    seen.assert_readable();
    assert_eq!(seen.header("x-total").unwrap(), "1");
    assert_eq!(seen.header("x-secret"), None);
    browser.advance(SECOND * 599);
    assert!(!browser.fetch(&app, update.clone()).await.preflighted());
    browser.advance(SECOND);
    assert!(browser.fetch(&app, update.clone()).await.preflighted());

    let fetch = update.clone().header("x-other", "1");
    assert!(matches!(blocked(&app, fetch).await, Blocked::PreflightCors { status: 403, .. }));
    let seen = Browser::at("https://evil.example").fetch(&app, update.clone()).await;
    seen.assert_blocked();
    assert_eq!(seen.exchanges().len(), 1, "only the preflight");
    Browser::sandboxed().fetch(&app, update.clone()).await.assert_blocked();
    Browser::at("https://api.test").fetch(&app, update).await.assert_readable();
}

#[actix_web::test]
async fn enforcement_lets_the_services_own_pages_in() {
    let policy = Policy::builder().allow_origins([PAGE]).enforce(true).build().unwrap();
    let app = App::new().wrap(Cors::new(policy)).default_service(web::to(HttpResponse::Ok));
    let app = init_service(app).await;
    for (page, url, status) in [
        (PAGE, "/", 200),
        ("https://api.test", "/", 200),
        // Without `Sec-Fetch-Site`, by scheme and host.
        ("http://api.test", "http://api.test/", 200),
        ("https://evil.example", "/", 403),
        ("https://www.api.test", "/", 403),
    ] {
        let seen = Browser::at(page).fetch(&app, Fetch::post(url)).await;
        assert_eq!(seen.exchanges()[0].response().unwrap().status(), status, "{seen}");
    }
}

#[actix_web::test]
async fn a_wildcard_policy_serves_everyone_without_credentials() {
    let policy = Policy::builder()
        .allow_origins(Any)
        .allow_methods(Any)
        .allow_headers(Any)
        .expose_headers(Any)
        .build()
        .unwrap();
    let app = App::new().wrap(Cors::new(policy)).default_service(web::to(HttpResponse::Ok));
    let app = init_service(app).await;
    let fetch = Fetch::patch("/").header("x-anything", "1");
    for browser in [Browser::at(PAGE), Browser::sandboxed(), Browser::at("moz-extension://1")] {
        browser.fetch(&app, fetch.clone()).await.assert_readable();
        browser.fetch(&app, fetch.clone().credentials(Include)).await.assert_blocked();
        browser.fetch(&app, fetch.clone().header("authorization", "1")).await.assert_blocked();
    }
}
