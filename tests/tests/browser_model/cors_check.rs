//! The CORS check on a response.

use cors_actix_browser::{
    Blocked, Browser, CorsFault,
    Credentials::{self, Include, Omit, SameOrigin},
    Fetch, ResponseType,
};

use crate::{ALLOW, ANY, CREDENTIALS, Lines, PAGE, answer, blocked, preflights, readable, script};

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
        // The response to the preflight is checked in the same way, with the request's credentials mode.
        let lines = [lines, &[("access-control-allow-methods", "PUT")]].concat();
        let service = preflights(204, &lines);
        let fetch = Fetch::put("/").credentials(credentials);
        assert_eq!(readable(&service, fetch).await, expected, "{credentials:?} {lines:?}");
        let asked = if expected { vec!["OPTIONS", "PUT"] } else { vec!["OPTIONS"] };
        assert_eq!(service.asked(), asked);
    }
}

#[actix_web::test]
async fn each_fault_of_the_cors_check_has_its_own_reason() {
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
async fn an_opaque_origin_is_sent_as_null_and_allowed_only_as_null() {
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
