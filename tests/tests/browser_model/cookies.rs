//! The cookies that are stored and sent, and the messages about other cookies.

use std::time::Duration;

use cors_actix_browser::{
    BlockedCookie, Browser, CookieFault,
    Credentials::{self, Include, Omit, SameOrigin},
    Fetch, Request, Response, Seen,
};

use crate::{API, PAGE, SECOND, granting, script};

/// A page of the same site as [`API`].
const SIBLING: &str = "https://www.api.test";

/// Grants everything, and sets the cookies in the request's header `x-set`.
fn setting(request: &Request) -> Response {
    let granted = granting(request);
    let lines = request.header("x-set").unwrap_or_default();
    let cookies = lines.split(", ").filter(|line| !line.is_empty());
    let cookies = cookies.map(|line| ("set-cookie", line.as_bytes()));
    Response::new(200, granted.headers().chain(cookies), "")
}

/// Sets a cookie by a fetch of the page.
async fn set(browser: &Browser, url: &str, line: &str) -> Seen {
    let fetch = Fetch::get(url).header("x-set", line).credentials(Include);
    browser.fetch(&script(setting), fetch).await
}

/// Returns the cookies that a fetch of the page carries.
async fn cookies(browser: &Browser, url: &str) -> String {
    let seen = browser.fetch(&script(granting), Fetch::get(url).credentials(Include)).await;
    seen.exchanges()[0].request().header("cookie").unwrap_or_default()
}

fn fault(seen: &Seen) -> Option<CookieFault> {
    match seen.blocked_cookies().next()? {
        BlockedCookie::NotStored { fault, .. } | BlockedCookie::NotSent { fault, .. } => {
            Some(fault.clone())
        }
        _ => None,
    }
}

#[actix_web::test]
async fn same_site_decides_between_sites() {
    for (page, attributes, kept) in [
        (SIBLING, "", true),
        (SIBLING, "; SameSite=Lax", true),
        (SIBLING, "; SameSite=Strict", true),
        (SIBLING, "; SameSite=None; Secure", true),
        (SIBLING, "; SameSite=None", false),
        (PAGE, "", false),
        (PAGE, "; SameSite=Lax; Secure", false),
        (PAGE, "; SameSite=Strict; Secure", false),
        (PAGE, "; SameSite=None; Secure", true),
        (PAGE, "; SameSite=None", false),
        (PAGE, "; SameSite=Sometimes; Secure", false),
        // Another scheme is another site.
        ("http://www.api.test", "; Secure", false),
        ("http://www.api.test", "; SameSite=None; Secure", true),
        ("chrome-extension://abc", "; Secure", false),
        ("blob:https://www.api.test/1", "; Secure", true),
        ("file:///page.html", "; Secure", false),
        ("file:///page.html", "; SameSite=None; Secure", true),
    ] {
        let browser = Browser::at(page);
        let seen = set(&browser, API, &format!("a=1{attributes}")).await;
        assert_eq!(seen.blocked_cookies().next().is_none(), kept, "{page}{attributes}\n{seen}");
        let expected = if kept { "a=1" } else { "" };
        assert_eq!(cookies(&browser, API).await, expected, "{page}{attributes}");
    }
}

#[actix_web::test]
async fn a_cookie_of_a_visit_stays_within_its_site() {
    for (page, attributes, sent) in [
        (SIBLING, "", true),
        (SIBLING, "; SameSite=Strict", true),
        (PAGE, "", false),
        (PAGE, "; SameSite=Strict", false),
        (PAGE, "; SameSite=None; Secure", true),
    ] {
        let browser = Browser::at(page).cookie(API, &format!("a=1{attributes}"));
        assert_eq!(cookies(&browser, API).await == "a=1", sent, "{page}{attributes}");
    }
}

#[actix_web::test]
async fn ports_share_a_site_and_its_cookies() {
    let browser = Browser::at("http://localhost:3000");
    set(&browser, "http://localhost:8080", "session=1; HttpOnly").await.assert_status(200);
    assert_eq!(cookies(&browser, "http://localhost:8081").await, "session=1");
    assert_eq!(cookies(&browser, "http://127.0.0.1:8080").await, "");
    let seen = set(&browser, "http://127.0.0.1:8080", "session=1").await;
    assert!(matches!(fault(&seen), Some(CookieFault::SameSite { .. })), "{seen}");
}

#[actix_web::test]
async fn secure_cookies_need_https_or_this_machine() {
    for (url, kept) in [
        ("https://www.api.test", true),
        ("http://localhost:8080", true),
        ("http://127.0.0.1", true),
        ("http://api.test", false),
    ] {
        let seen = set(&Browser::at(url), url, "a=1; Secure").await;
        assert_eq!(fault(&seen).is_none(), kept, "{seen}");
    }
    let browser = Browser::at("http://api.test").cookie(API, "a=1; Secure; SameSite=None");
    assert_eq!(cookies(&browser, "http://api.test").await, "");
    // Plain HTTP cannot replace a Secure cookie.
    let seen = set(&browser, "http://api.test/", "a=2").await;
    assert_eq!(seen.blocked_cookies().count(), 2, "{seen}");
    assert!(seen.to_string().contains("plain HTTP cannot replace"), "{seen}");
}

#[actix_web::test]
async fn plain_http_cannot_replace_a_secure_cookie_that_covers_the_same_hosts_and_paths() {
    const B: &str = "http://b.api.test";
    for (secure_at, secure, url, line, replaced) in [
        (API, "a=1", "http://api.test", "a=2", false),
        (API, "a=1", "http://api.test", "b=2", true),
        // The domain of one cookie covers the domain of the other.
        (API, "a=1", B, "a=2", false),
        ("https://b.api.test", "a=1", B, "a=2; Domain=api.test", false),
        ("https://a.api.test", "a=1", B, "a=2", true),
        (API, "a=1; Path=/x", "http://api.test", "a=2; Path=/x/y", false),
        (API, "a=1; Path=/x/y", "http://api.test", "a=2; Path=/x", true),
    ] {
        let secure = format!("{secure}; Secure; SameSite=None");
        let seen = set(&Browser::at(url).cookie(secure_at, &secure), url, line).await;
        let is_overwrite = |blocked: &BlockedCookie| {
            matches!(blocked, BlockedCookie::NotStored { fault: CookieFault::Overwrite, .. })
        };
        assert_eq!(
            !seen.blocked_cookies().any(is_overwrite),
            replaced,
            "{secure} {url} {line}\n{seen}"
        );
    }
}

#[actix_web::test]
async fn only_fetches_with_credentials_store_and_send_cookies() {
    let fetched = async |page: &str, credentials: Credentials| {
        let browser = Browser::at(page).cookie(API, "a=1; SameSite=None; Secure");
        let fetch = Fetch::get("/").header("x-set", "b=2; SameSite=None; Secure");
        let seen = browser.fetch(&script(setting), fetch.credentials(credentials)).await;
        let sent = seen.exchanges().last().unwrap().request().header("cookie");
        let faults: Vec<_> = seen.blocked_cookies().cloned().collect();
        (sent.is_some(), cookies(&browser, API).await, faults)
    };
    let denied = (false, "a=1".to_owned(), {
        let fault = CookieFault::Credentials;
        let sent = BlockedCookie::NotSent { name: "a".into(), fault: fault.clone() };
        vec![sent, BlockedCookie::NotStored { name: "b".into(), fault }]
    });
    let allowed = (true, "a=1; b=2".to_owned(), Vec::new());
    assert_eq!(fetched(PAGE, Omit).await, denied);
    assert_eq!(fetched(PAGE, SameOrigin).await, denied);
    assert_eq!(fetched(PAGE, Include).await, allowed);
    assert_eq!(fetched(API, Omit).await, denied);
    assert_eq!(fetched(API, SameOrigin).await, allowed);
}

#[actix_web::test]
async fn domain_and_path_decide_where_a_cookie_is_sent() {
    let hosts =
        ["https://api.test", "https://a.api.test", "https://b.a.api.test", "https://b.test"];
    for (line, at) in [
        ("x=1; Secure; SameSite=None", vec!["https://a.api.test"]),
        ("x=1; Secure; SameSite=None; Domain=a.api.test", vec![hosts[1], hosts[2]]),
        ("x=1; Secure; SameSite=None; Domain=.API.test", vec![hosts[0], hosts[1], hosts[2]]),
        ("x=1; Secure; SameSite=None; Domain=", vec![hosts[1]]),
        ("x=1; Secure; SameSite=None; Domain=b.a.api.test", vec![]),
        ("x=1; Secure; SameSite=None; Domain=b.test", vec![]),
        ("x=1; Secure; SameSite=None; Domain=test", vec![]),
        ("x=1; Secure; SameSite=None; Path=/a", vec![]),
    ] {
        let browser = Browser::at(PAGE);
        set(&browser, "https://a.api.test/", line).await.assert_readable();
        for host in hosts {
            assert_eq!(
                !cookies(&browser, host).await.is_empty(),
                at.contains(&host),
                "{line} {host}"
            );
        }
    }
    // The `Domain` of a host without a registrable domain has no effect.
    for (url, domain) in [("http://localhost", "localhost"), ("http://127.0.0.1", "127.0.0.1")] {
        let browser = Browser::at(PAGE);
        let line = format!("x=1; Secure; SameSite=None; Domain={domain}");
        set(&browser, url, &line).await.assert_readable();
        assert_eq!(cookies(&browser, url).await, "x=1");
        assert_eq!(cookies(&browser, "http://a.localhost").await, "");
    }
    for (set_at, path, url, sent) in [
        ("/a/b", "", "/a", true),
        ("/a/b", "", "/a/c", true),
        ("/a/b", "", "/", false),
        ("/a/b", "", "/ab", false),
        ("/", "", "/a", true),
        ("/", "; Path=/a/", "/a/b", true),
        ("/", "; Path=/a/", "/a", false),
        ("/", "; Path=a", "/b", true),
    ] {
        let browser = Browser::at(API).cookie(&format!("{API}{set_at}"), &format!("x=1{path}"));
        let here = cookies(&browser, &format!("{API}{url}")).await;
        assert_eq!(!here.is_empty(), sent, "{set_at} {path} {url}");
    }
    // Cookies with longer paths come first, then older cookies.
    let browser = Browser::at(API)
        .cookie(API, "a=1")
        .cookie(API, "b=2; Path=/x")
        .cookie(API, "c=3")
        .cookie(API, "a=1")
        .cookie(API, "c=4; Path=/x/y");
    assert_eq!(cookies(&browser, "https://api.test/x/y").await, "c=4; b=2; a=1; c=3");
    // A cookie with another value is a new one, and a cookie without `Path` can have the path `/`.
    let browser = Browser::at(API).cookie(API, "a=1").cookie(API, "b=2").cookie(API, "a=3; Path=/");
    assert_eq!(cookies(&browser, API).await, "b=2; a=3");
}

#[actix_web::test]
async fn cookies_expire() {
    for (line, seconds) in [
        ("a=1; Max-Age=10", Some(10)),
        ("a=1; Max-Age=0", Some(0)),
        ("a=1; Max-Age=-1", Some(0)),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
        ("a=1; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT", Some(10)),
        ("a=1", None),
        ("a=1; Max-Age=99999999999", Some(400 * 86_400)),
    ] {
        let browser = Browser::at(API).cookie(API, "a=0").cookie(API, line);
        if let Some(seconds @ 1..) = seconds {
            browser.advance(SECOND * seconds - Duration::from_millis(1));
            assert_eq!(cookies(&browser, API).await, "a=1", "{line}");
            browser.advance(Duration::from_millis(1));
        } else if seconds.is_none() {
            browser.advance(SECOND * u32::MAX);
        }
        assert_eq!(cookies(&browser, API).await.is_empty(), seconds.is_some(), "{line}");
    }
}

#[actix_web::test]
async fn prefixes_and_malformed_lines_are_checked() {
    for (line, kept) in [
        ("__Secure-a=1; Secure", true),
        ("__Secure-a=1", false),
        ("__SECURE-a=1", false),
        ("__Host-a=1; Secure; Path=/", true),
        ("__Host-a=1; Secure", false),
        ("__host-a=1; Secure; Path=/x", false),
        ("__Host-a=1; Secure; Path=/; Domain=api.test", false),
        ("=1", false),
        ("a", false),
        ("a=\u{1}", false),
        ("a=\"1\"", true),
    ] {
        let browser = Browser::at(API);
        let seen = set(&browser, API, line).await;
        assert_eq!(fault(&seen).is_none(), kept, "{line}\n{seen}");
        assert_eq!(!cookies(&browser, API).await.is_empty(), kept, "{line}");
    }
    let seen = set(&Browser::at(API), API, "=1").await;
    assert_eq!(
        seen.blocked_cookies().map(BlockedCookie::to_string).collect::<Vec<_>>(),
        ["a cookie is not stored: the line is malformed: \"=1\""]
    );
    let long = |length: usize| format!("a={}", "1".repeat(length));
    assert_eq!(fault(&set(&Browser::at(API), API, &long(4095)).await), None);
    assert!(fault(&set(&Browser::at(API), API, &long(4096)).await).is_some());
    // Bytes are kept unchanged.
    let service = script(|request| match request.header("cookie") {
        None => Response::new(200, [("set-cookie", b"a=\xe4\xff".as_slice())], ""),
        Some(_) => Response::new(200, [("x-a", "1")], ""),
    });
    let browser = Browser::at(API);
    browser.fetch(&service, "/").await.assert_readable();
    let seen = browser.fetch(&service, "/").await;
    let sent = seen.exchanges()[0].request();
    let cookie = sent.headers().find(|(name, _)| *name == "cookie");
    assert_eq!(cookie.unwrap().1, b"a=\xe4\xff");
}

#[actix_web::test]
async fn a_redirect_and_a_denied_response_store_cookies_and_a_preflight_does_not() {
    const COOKIE: (&str, &str) = ("set-cookie", "a=1; SameSite=None; Secure");
    let granted = |request: &Request, status, lines: &[(&'static str, &'static str)]| {
        let granted = granting(request);
        let lines = lines.iter().map(|(name, value)| (*name, value.as_bytes()));
        Response::new(status, granted.headers().chain(lines), "")
    };
    let include = |fetch: Fetch| fetch.credentials(Include);
    let stored = async |service: &dyn Fn(&Request) -> Response, fetch: Fetch| {
        let browser = Browser::at(PAGE);
        let seen = browser.fetch(&script(service), include(fetch)).await;
        (seen.is_readable(), cookies(&browser, API).await)
    };
    let redirect = |request: &Request| match request.path_and_query().as_str() {
        "/from" => granted(request, 302, &[("location", "/to"), COOKIE]),
        _ => granted(request, 200, &[]),
    };
    assert_eq!(stored(&redirect, Fetch::get("/from")).await, (true, "a=1".into()));
    let denied = |_: &Request| Response::new(200, [COOKIE], "");
    assert_eq!(stored(&denied, Fetch::get("/")).await, (false, "a=1".into()));
    let preflight = |request: &Request| match request.method() {
        "OPTIONS" => granted(request, 200, &[COOKIE]),
        _ => granted(request, 200, &[]),
    };
    assert_eq!(stored(&preflight, Fetch::put("/")).await, (true, String::new()));
}

#[actix_web::test]
async fn a_session_lost_between_sites_fails_with_the_reason() {
    let service = script(|request| match request.path_and_query().as_str() {
        "/login" => {
            let granted = granting(request);
            let cookie = ("set-cookie", b"session=1; HttpOnly; Secure".as_slice());
            Response::new(204, granted.headers().chain([cookie]), "")
        }
        _ => {
            let status = if request.header("cookie").is_some() { 200 } else { 401 };
            Response::new(status, granting(request).headers(), "")
        }
    });
    let session = async |page: &str| {
        let browser = Browser::at(page);
        let login = Fetch::post("/login").credentials(Include);
        browser.fetch(&service, login).await.assert_status(204);
        browser.fetch(&service, Fetch::get("/me").credentials(Include)).await
    };
    session(SIBLING).await.assert_status(200);
    let seen = session(PAGE).await;
    let panic = std::panic::catch_unwind(|| {
        seen.assert_status(200);
    });
    let panic = panic.unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    assert!(message.starts_with("the status is 401 instead of 200; "), "{message}");
    assert!(
        message.ends_with(
            "\n! the cookie session is not sent: it was not stored before: without SameSite, which \
             means SameSite=Lax, a cookie stays within its site, which is https://api.test, and the page \
             is of https://example.com: serve both from one registrable domain with one scheme, or set \
             `SameSite=None; Secure`"
        ),
        "{message}"
    );
}

#[actix_web::test]
async fn a_cookie_that_was_not_stored_is_reported_until_a_cookie_of_its_name_is_stored() {
    let browser = Browser::at(PAGE);
    let missed = async || {
        let fetch = Fetch::get("/").credentials(Include);
        let seen = browser.fetch(&script(granting), fetch).await;
        let missed = seen.blocked_cookies().map(|blocked| match blocked {
            BlockedCookie::NotSent { name, fault: CookieFault::NeverStored(fault) } => {
                format!("{name}: {fault}")
            }
            other => other.to_string(),
        });
        missed.collect::<Vec<_>>()
    };
    for line in ["a=1; Domain=test", "b=1; SameSite=None", "a=1; SameSite=None"] {
        set(&browser, API, line).await.assert_readable();
    }
    let fault = "SameSite=None needs Secure";
    assert_eq!(missed().await, [format!("b: {fault}"), format!("a: {fault}")]);
    set(&browser, API, "a=1; SameSite=None; Secure").await.assert_readable();
    assert_eq!(missed().await, [format!("b: {fault}")]);
}

#[test]
#[should_panic(expected = "the cookie a is not stored: SameSite=None needs Secure")]
fn a_cookie_that_browsers_do_not_store_is_rejected() {
    let _ = Browser::at(PAGE).cookie(API, "a=1; SameSite=None");
}

#[test]
#[should_panic(expected = "\"api.test\" is not the URL of a service")]
fn a_cookie_needs_an_absolute_url() {
    let _ = Browser::at(PAGE).cookie("api.test", "a=1");
}

#[test]
#[should_panic(expected = "\"ftp://api.test\" is not the URL of a service")]
fn a_cookie_needs_a_url_of_http() {
    let _ = Browser::at(PAGE).cookie("ftp://api.test", "a=1");
}
