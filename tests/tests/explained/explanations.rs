//! `Policy::explain` and `Policy::explain_async` tell every reason of a policy at once.

use actix_web::{http::Method, test::TestRequest};
use cors_actix::{Explanation, Policy};
use cors_actix_tests::calls::Calls;

use crate::{APP, EVIL};

const GET: (&str, &[(&str, &str)]) = ("GET", &[]);
const PUT_WITH_NAME: (&str, &[(&str, &str)]) =
    ("OPTIONS", &[("access-control-request-method", "PUT"), REQUEST_X_B]);
const REQUEST_X_B: (&str, &str) = ("access-control-request-headers", "x-b");

/// Makes a request for `/items` by a page of the origin, if there is one.
fn request(origin: &str, (method, headers): (&str, &[(&str, &str)])) -> TestRequest {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = TestRequest::with_uri("/items?page=1").method(method);
    let request = headers.iter().fold(request, |request, header| request.append_header(*header));
    if origin.is_empty() { request } else { request.append_header(("origin", origin)) }
}

fn explain(policy: &Policy, request: TestRequest) -> Explanation {
    policy.explain(request.to_srv_request().head())
}

/// Asserts the words of the reasons, and the text.
#[track_caller]
fn assert_explained(explanation: &Explanation, words: &[&str], text: &str) {
    let found: Vec<_> = explanation.reasons.iter().map(|reason| reason.word).collect();
    assert_eq!(found, words);
    assert_eq!(explanation.to_string(), text);
    assert_eq!(explanation.is_allowed(), words.is_empty());
}

#[test]
fn every_reason_is_told_at_once() {
    let policy = Policy::builder()
        .allow_origins([APP])
        .allow_methods(["PUT"])
        .allow_headers(["x-a", "x-acme-*"])
        .written_at("cors.toml: api")
        .build()
        .unwrap();
    let put = ("access-control-request-method", "PUT");
    let delete = ("access-control-request-method", "DELETE");
    let malformed = ("access-control-request-method", "P T");
    let names = ("access-control-request-headers", "x-a, X-ACME-1,");
    let other_names = ("access-control-request-headers", "x-b, x-a,\"C\"");
    for (origin, sent, words, text) in [
        ("", GET, &[][..], "the request has no Origin, so that CORS does not apply to GET /items"),
        (
            APP,
            GET,
            &[],
            "a page of https://app.example may read the response to GET /items: the policy at \
             cors.toml: api allows it",
        ),
        (
            EVIL,
            ("OPTIONS", &[][..]),
            &["origin-not-allowed"],
            "a page of https://evil.example may not read the response to OPTIONS /items:\n\
             - origin \"https://evil.example\" is not allowed by the policy at cors.toml: api; add it to \
             allow_origins (allowed: https://app.example)",
        ),
        (
            "https://app.example/",
            GET,
            &["origin-malformed"],
            "a page of https://app.example/ may not read the response to GET /items:\n\
             - origin \"https://app.example/\" is malformed",
        ),
        (
            APP,
            ("GET", &[("origin", APP)]),
            &["origin-repeated"],
            "GET /items:\n- more than one Origin header",
        ),
        (
            APP,
            ("OPTIONS", &[put, names]),
            &[],
            "a page of https://app.example may send PUT /items: the policy at cors.toml: api allows it",
        ),
        (
            EVIL,
            ("OPTIONS", &[delete, other_names]),
            &[
                "origin-not-allowed",
                "method-not-allowed",
                "header-not-allowed",
                "header-not-allowed",
            ],
            "a page of https://evil.example may not send DELETE /items:\n\
             - origin \"https://evil.example\" is not allowed by the policy at cors.toml: api; add it to \
             allow_origins (allowed: https://app.example)\n\
             - method \"DELETE\" is not allowed by the policy at cors.toml: api; add it to allow_methods \
             (allowed: GET, HEAD, POST, PUT)\n\
             - request header \"x-b\" is not allowed by the policy at cors.toml: api; add it to allow_headers \
             (allowed: x-a, x-acme-*)\n\
             - request header \"\\\"C\\\"\" is not allowed by the policy at cors.toml: api; add it to \
             allow_headers (allowed: x-a, x-acme-*)",
        ),
        (
            APP,
            ("OPTIONS", &[malformed]),
            &["method-malformed"],
            "a page of https://app.example may not send P T /items:\n\
             - requested method \"P T\" is malformed",
        ),
    ] {
        let explanation = explain(&policy, request(origin, sent));
        assert_explained(&explanation, words, text);
        assert_eq!(explanation.written_at, "cors.toml: api");
    }
}

#[test]
fn at_most_ten_allowed_items_are_shown() {
    for (count, shown) in [(9, ""), (10, ""), (11, ", …")] {
        let names: Vec<_> = (0..count).map(|number| format!("x-{number:02}")).collect();
        let policy = Policy::builder().allow_origins([APP]).allow_headers(&names);
        let explanation = explain(&policy.build().unwrap(), request(APP, PUT_WITH_NAME));
        let [method, header] = &explanation.reasons[..] else { panic!("{explanation:#?}") };
        assert_eq!(
            (&header.allowed, &method.allowed[..]),
            (&names, &["GET", "HEAD", "POST"].map(str::to_owned)[..])
        );
        let end = format!(" (allowed: {}{shown})", names[..count.min(10)].join(", "));
        assert!(explanation.to_string().ends_with(&end), "{explanation}");
    }
}

/// Returns the words and sentences of all reasons.
fn reasons(explanation: &Explanation) -> String {
    let lines =
        explanation.reasons.iter().map(|reason| format!("{}: {}", reason.word, reason.text));
    lines.collect::<Vec<_>>().join("\n")
}

#[actix_web::test]
async fn explain_asks_synchronous_predicates_once_and_explain_async_asks_all() {
    const NOT_ALLOWED: &str = "origin-not-allowed: origin \"https://evil.example\" is not allowed by the policy \
                               at api.rs:7; add it to allow_origins";
    const FAILED: &str = "predicate-failed: the predicate on origin \"https://down.example\" failed, in the \
                          policy at api.rs:7; the log has the error";
    const NOT_ASKED: &str =
        "predicate-not-asked: the asynchronous predicate was not asked about origin ";
    let (now, later) = (Calls::default(), Calls::default());
    let sync = || {
        let calls = now.clone();
        Policy::builder().written_at("api.rs:7").allow_origins_if(move |origin, _| {
            calls.add();
            match origin.host() {
                "down.example" => Err("down"),
                host => Ok(host == "app.example"),
            }
        })
    };
    let calls = later.clone();
    let both = sync().allow_origins_if_async(move |origin, _| {
        calls.add();
        let is_late = origin.host() == "late.example";
        async move { is_late }
    });
    let (sync, both) = (sync().build().unwrap(), both.build().unwrap());
    for (policy, origin, explained, awaited, asked_later) in [
        (&sync, APP, "", "", 0),
        (&sync, EVIL, NOT_ALLOWED, NOT_ALLOWED, 0),
        (&sync, "https://down.example", FAILED, FAILED, 0),
        (&both, APP, "", "", 0),
        (&both, EVIL, &format!("{NOT_ASKED}\"{EVIL}\""), NOT_ALLOWED, 1),
        (&both, "https://late.example", &format!("{NOT_ASKED}\"https://late.example\""), "", 1),
        (&both, "https://down.example", FAILED, FAILED, 1),
    ] {
        let request = request(origin, GET).to_srv_request();
        assert_eq!(reasons(&policy.explain(request.head())), explained);
        assert_eq!((now.take(), later.take()), (1, 0), "{origin}");
        assert_eq!(reasons(&policy.explain_async(request.head()).await), awaited);
        assert_eq!((now.take(), later.take()), (1, asked_later), "{origin}");
    }
}

/// The rules of a policy that chooses allow nothing, and say nothing about the methods and headers of its policies.
#[actix_web::test]
async fn a_policy_that_chooses_is_explained_by_the_policy_that_it_chooses() {
    let listed = || Policy::builder().allow_origins([APP]).written_at("listed").build().unwrap();
    let late = || {
        let late = Policy::builder().allow_origins_if_async(|origin, _| {
            let is_late = origin.host() == "late.example";
            async move { is_late }
        });
        late.allow_methods(["PUT"]).written_at("late").build().unwrap()
    };
    let by_origin = Policy::by_origin([listed(), late()]).unwrap();
    let at = by_origin.written_at();
    let of_listed = "method-not-allowed: method \"PUT\" is not allowed by the policy at listed; add it to allow_methods\n\
                     header-not-allowed: request header \"x-b\" is not allowed by the policy at listed; add it to allow_headers";
    let of_late = "header-not-allowed: request header \"x-b\" is not allowed by the policy at late; add it to allow_headers";
    let of_none = format!(
        "origin-not-allowed: origin \"{EVIL}\" is not allowed by the policy at {at}, none of whose policies allows it"
    );
    for (origin, awaited, written_at) in [
        (APP, of_listed, "listed"),
        ("https://late.example", of_late, "late"),
        (EVIL, &of_none, &at),
    ] {
        let request = request(origin, PUT_WITH_NAME).to_srv_request();
        let explanation = by_origin.explain_async(request.head()).await;
        assert_eq!(reasons(&explanation), awaited);
        assert_eq!(explanation.written_at, written_at);
        let explanation = by_origin.explain(request.head());
        let not_asked = format!(
            "predicate-not-asked: the asynchronous predicate was not asked about origin \"{origin}\""
        );
        assert_eq!(reasons(&explanation), not_asked);
        assert_eq!(explanation.written_at, at);
    }
    let by_request = Policy::by_request(move |_| listed());
    let explanation = explain(&by_request, request(APP, PUT_WITH_NAME));
    assert_eq!((reasons(&explanation).as_str(), &*explanation.written_at), (of_listed, "listed"));
}
