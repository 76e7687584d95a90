//! Messages of failed assertions.

use cors_actix_browser::{
    Blocked, Browser, CorsFault, Credentials::Include, Fetch, Invalid, RedirectFault, Server,
};

use crate::{ALLOW, ANY, PAGE, answer, blocked, preflights, script, sent};

#[actix_web::test]
async fn a_failed_assertion_shows_the_reason_and_both_exchanges() {
    let service = preflights(204, &[ALLOW, ("access-control-allow-methods", "DELETE")]);
    let seen = Browser::at(PAGE).fetch(&service, Fetch::put("/items/3")).await;
    assert_eq!(
        seen.to_string(),
        "a page of origin https://app.example.com can't read a response to PUT /items/3: the preflight: \
         the method PUT is not in the allowed list: DELETE; allow the method (in cors-actix: \
         `allow_methods`, or a route of the method)\n\
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
async fn every_reason_names_a_remedy() {
    for (fetch, status, lines, advice) in [
        (
            Fetch::get("/"),
            200,
            &[][..],
            "allow the origin https://app.example.com (in cors-actix: `allow_origins`)",
        ),
        (Fetch::get("/"), 200, &[ALLOW, ALLOW], "let only one place add the header"),
        (Fetch::put("/"), 401, &[], "wrap the CORS middleware around the authentication"),
        (Fetch::put("/"), 403, &[], "allow the origin https://app.example.com and the method PUT"),
        (Fetch::get("/").header("x-a", "1"), 403, &[], "and the headers x-a (in cors-actix"),
        (
            Fetch::put("/").credentials(Include),
            200,
            &[ANY],
            "with credentials (in cors-actix: `allow_origins`, `allow_credentials`)",
        ),
        (Fetch::put("/"), 404, &[], "is CORS middleware around the route?"),
        (Fetch::put("/"), 307, &[ALLOW], "let the page use the final URL"),
        (Fetch::put("/"), 200, &[ALLOW], "allow the method (in cors-actix: `allow_methods`"),
        (
            Fetch::get("/").header("x-a", "1"),
            200,
            &[ALLOW],
            "allow the header (in cors-actix: `allow_headers`)",
        ),
        (
            Fetch::get("/").credentials(Include),
            200,
            &[ANY],
            "allow the origin https://app.example.com by name",
        ),
        (
            Fetch::get("/").credentials(Include),
            200,
            &[ALLOW],
            "allow credentials (in cors-actix: `allow_credentials`)",
        ),
    ] {
        let service = script(|_| answer(status, lines));
        let reason = blocked(&service, fetch).await.to_string();
        assert!(reason.contains(advice), "{reason}");
    }
}

#[test]
fn every_reason_of_a_preflight_has_its_text() {
    const AUTHENTICATION: &str =
        "A preflight carries no credentials: wrap the CORS middleware around the authentication";
    const REDIRECT: &str = "Browsers do not follow redirects of preflights: let the page use the final URL, or wrap the \
                            CORS middleware around the middleware that redirects";
    const OTHER: &str = "Other middleware has answered before the CORS middleware";
    const NOTHING: &str = "Nothing answers preflights here: is CORS middleware around the route?";
    const DENIED: &str = "The service must allow the origin https://app.example.com and the method PUT (in cors-actix: \
                          `allow_origins`, `allow_methods` or a route of the method)";
    for (status, granted, denied) in [
        (300, OTHER, DENIED),
        (301, REDIRECT, REDIRECT),
        (399, REDIRECT, REDIRECT),
        (400, OTHER, DENIED),
        (401, AUTHENTICATION, AUTHENTICATION),
        (403, OTHER, DENIED),
        (404, OTHER, NOTHING),
        (405, OTHER, NOTHING),
        (407, AUTHENTICATION, AUTHENTICATION),
    ] {
        assert_eq!(
            Blocked::PreflightStatus { status }.to_string(),
            format!("the response to the preflight has status {status} instead of 2xx. {granted}")
        );
        let fault = CorsFault::AllowOriginMissing { origin: PAGE.into() };
        let (method, headers, reason) = ("PUT".into(), Vec::new(), None);
        assert_eq!(
            Blocked::PreflightCors { status, fault, method, headers, reason }.to_string(),
            format!(
                "the response to the preflight has status {status} and no Access-Control-Allow-Origin. {denied}"
            )
        );
    }
    const METHOD: &str =
        "allow the method (in cors-actix: `allow_methods`, or a route of the method)";
    const HEADER: &str = "allow the header (in cors-actix: `allow_headers`)";
    let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect();
    for (method, allowed, credentials, text) in [
        ("PUT", &[][..], false, format!("the allowed list, which is empty; {METHOD}")),
        ("PUT", &["GET", "DELETE"], true, format!("the allowed list: GET, DELETE; {METHOD}")),
        (
            "PUT",
            &["*"],
            true,
            format!("the allowed list: * (with credentials, * is an ordinary name); {METHOD}"),
        ),
        (
            "patch",
            &["PATCH"],
            false,
            "the allowed list: PATCH; methods are case-sensitive: the page must say PATCH".into(),
        ),
    ] {
        let allowed = owned(allowed);
        let reason = Blocked::MethodNotAllowed { method: method.into(), allowed, credentials };
        assert_eq!(
            reason.to_string(),
            format!("the preflight: the method {method} is not in {text}")
        );
    }
    for (name, allowed, credentials, text) in [
        ("x-a", &[][..], false, format!("the allowed list, which is empty; {HEADER}")),
        ("authorization", &["x-a"], false, format!("the allowed list: x-a; {HEADER}")),
        (
            "authorization",
            &["x-a", "*"],
            false,
            format!("the allowed list: x-a, *; * never covers authorization; {HEADER}"),
        ),
        (
            "x-a",
            &["*"],
            true,
            format!("the allowed list: * (with credentials, * is an ordinary name); {HEADER}"),
        ),
    ] {
        let allowed = owned(allowed);
        let reason = Blocked::HeaderNotAllowed { name: name.into(), allowed, credentials };
        assert_eq!(
            reason.to_string(),
            format!("the preflight: the header {name} is not in {text}")
        );
    }
}

#[test]
fn every_reason_not_to_fetch_and_not_to_redirect_has_its_text() {
    let url = || "ftp://api.test/".to_owned();
    let method = || "TRACE".to_owned();
    for (invalid, text) in [
        (Invalid::Url { url: url() }, "\"ftp://api.test/\" is not a URL"),
        (Invalid::UrlWithCredentials { url: url() }, "\"ftp://api.test/\" names a user"),
        (Invalid::UrlNotHttp { url: url() }, "\"ftp://api.test/\" is neither http nor https"),
        (Invalid::Method { method: method() }, "\"TRACE\" is not a method that scripts can send"),
        (
            Invalid::MethodWithNoCors { method: method() },
            "the mode \"no-cors\" does not allow the method TRACE",
        ),
        (Invalid::Header { name: "x a".into() }, "the header \"x a\" is malformed"),
        (Invalid::Body { method: "GET".into() }, "GET cannot have a body"),
        (
            Invalid::Json { error: "key must be a string".into() },
            "the body can't be serialized: key must be a string",
        ),
    ] {
        let reason = Blocked::from(invalid).to_string();
        assert_eq!(reason, format!("fetch() throws a TypeError: {text}"));
    }
    for (fault, text) in [
        (RedirectFault::TooMany, "20 redirects have been followed before"),
        (RedirectFault::Location { location: "//".into() }, "Location is not one URL: \"//\""),
        (RedirectFault::NotHttp { url: url() }, "ftp://api.test/ is neither http nor https"),
        (
            RedirectFault::Credentials { url: url() },
            "ftp://api.test/ names a user; leave the user out of Location",
        ),
    ] {
        let reason = Blocked::from(fault).to_string();
        assert_eq!(reason, format!("the redirect is not followed: {text}"));
    }
}

#[actix_web::test]
#[should_panic(expected = "can read the response to GET /")]
async fn assert_blocked_panics_on_a_response_that_is_shared() {
    sent(Fetch::get("/")).await.assert_blocked();
}

#[test]
#[should_panic(expected = "\"app.example.com\" is not the origin of a page")]
fn a_page_without_a_scheme_is_rejected() {
    let _ = Browser::at("app.example.com");
}

#[test]
#[should_panic(expected = "is not the URL of a server")]
fn a_server_over_tls_is_rejected() {
    let _ = Server::at("https://127.0.0.1:8443");
}
