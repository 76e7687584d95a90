//! Redirects.

use cors_actix_browser::{
    Blocked, Browser, CorsFault, Fetch, Mode, RedirectFault, Request, Response, ResponseType, Seen,
};

use crate::{ALLOW, PAGE, Script, answer, blocked, granting, is_preflight, script};

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
async fn an_origin_becomes_null_after_a_redirect_from_one_foreign_origin_to_another() {
    for (page, location, origin) in [
        (PAGE, "/to", PAGE),
        (PAGE, "https://api.test/to", PAGE),
        (PAGE, "https://other.test/to", "null"),
        (PAGE, "http://api.test/to", "null"),
        (PAGE, "https://api.test:8443/to", "null"),
        // A redirect back to the page's origin does not make the request same-origin again.
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
    // The redirect itself has no CORS headers.
    let service = script(|request| match request.path_and_query().as_str() {
        "/from" => answer(302, &[("location", "/to")]),
        _ => granting(request),
    });
    assert!(matches!(blocked(&service, "/from").await, Blocked::Cors { status: 302, .. }));
    // After the redirect the origin is `null`, which is not allowed.
    let service = script(|request| match request.path_and_query().as_str() {
        "/from" => answer(302, &[ALLOW, ("location", "https://other.test/to")]),
        _ => answer(200, &[ALLOW]),
    });
    let reason = blocked(&service, "/from").await;
    assert!(
        matches!(&reason, Blocked::Cors { status: 200, fault: CorsFault::AllowOriginDiffers { origin, .. } } if origin == "null"),
        "{reason}"
    );
    // Redirects within the page's origin are not checked; the first redirect to another origin is.
    let own = Browser::at("https://api.test");
    let service = script(|request| match request.path_and_query().as_str() {
        "/from" => answer(302, &[("location", "https://other.test/to")]),
        _ => answer(200, &[]),
    });
    own.fetch(&service, "/from").await.assert_blocked();
}

#[actix_web::test]
async fn redirects_change_the_method_by_status() {
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
    // 300 and 304 are not redirects.
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
async fn a_redirected_request_has_its_own_preflight() {
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
async fn a_redirect_back_to_the_page_also_needs_a_preflight() {
    let back = redirecting(307, "https://app.example.com/to");
    let seen = Browser::at(PAGE).fetch(&back, Fetch::put("/from")).await;
    assert_eq!(
        trail(&seen)[2..],
        ["OPTIONS https://app.example.com/to null", "PUT https://app.example.com/to null"]
    );
}

#[actix_web::test]
async fn preflights_with_the_origin_null_have_their_own_cache_entries() {
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
async fn a_redirect_without_a_fragment_keeps_the_fragment() {
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
        // The preflight cache compares URLs with their fragments.
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
    // The entries of the first URL stay.
    browser.fetch(&service, Fetch::put("/from")).await.assert_blocked();
    assert_eq!(service.asked(), ["PUT", "GET"]);
}

#[actix_web::test]
async fn sec_fetch_site_covers_every_url_of_a_redirect_chain() {
    for (page, location, site) in [
        ("https://api.test", "/to", "same-origin"),
        ("https://api.test", "https://www.api.test/to", "same-site"),
        ("https://api.test", "https://other.test/to", "cross-site"),
        ("https://www.api.test", "https://other.test/to", "cross-site"),
        // One URL of the chain is on another site.
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
async fn bytes_of_a_location_outside_of_ascii_are_escaped() {
    for (location, url) in [
        (b"/to?\xe2\x98\x83%e2%98%83".as_slice(), "https://api.test/to?%E2%98%83%e2%98%83"),
        (b"/t\xffo", "https://api.test/t%FFo"),
        (b"//b\xc3\xbccher.test/to", "https://xn--bcher-kva.test/to"),
    ] {
        let service = script(move |request| match request.path_and_query().as_str() {
            "/from" => Response::new(302, [("location", location), (ALLOW.0, b"*")], ""),
            _ => granting(request),
        });
        let seen = Browser::at(PAGE).fetch(&service, "/from").await;
        assert_eq!(seen.assert_readable().url(), url);
    }
}

#[actix_web::test]
async fn redirects_without_one_http_location_are_errors() {
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

    // A response without `Location` is an ordinary response, and two `Location` lines are an error.
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
