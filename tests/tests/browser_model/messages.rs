//! Messages of failed assertions.

use cors_actix_browser::{Browser, Credentials::Include, Fetch, Server};

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
