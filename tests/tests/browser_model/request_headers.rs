//! Safelisted, forbidden and malformed request headers.

use cors_actix_browser::{Blocked, Fetch, Invalid};

use crate::{asks_for, sent};

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
async fn headers_that_scripts_may_not_set_are_dropped() {
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
        // Outside of quotes, a backslash does not escape the quote.
        ("X-Method-Override", "\\\",TRACE", false),
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
    // Whitespace around a value is removed, including line breaks.
    let seen = sent(Fetch::get("/").header("accept", "\r\n text/html\t\n")).await;
    assert_eq!(seen.exchanges()[0].request().header("accept").unwrap(), "text/html");
}
