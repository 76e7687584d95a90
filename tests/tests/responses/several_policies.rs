//! The headers of a response to which the policies of two readings of the path apply: only what both allow.

use actix_web::{
    App, HttpResponse,
    http::header::{HeaderName, HeaderValue},
    web,
};
use cors_actix::{Cors, Policy, PolicyBuilder};
use cors_actix_tests::{
    EXAMPLE, Response, VARY,
    local::{Local, actual},
};

const ALLOWED: &str = "access-control-allow-origin: https://example.com";

/// Sends a request for a path that a gateway may read as another path. Each reading has a policy.
async fn send(
    one: PolicyBuilder,
    other: PolicyBuilder,
    own: &'static [(&'static str, &'static str)],
) -> Response {
    let layer = Cors::new(one.build().unwrap()).scope("/admin", other.build().unwrap());
    let handler = web::to(move || async move {
        let mut response = HttpResponse::Ok().finish();
        for (name, value) in own {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    });
    let app = Local::start(App::new().wrap(layer).default_service(handler)).await;
    app.send(actual("GET", "/x/../admin", Some(EXAMPLE))).await
}

fn listed() -> PolicyBuilder {
    Policy::builder().allow_origins([EXAMPLE])
}

#[actix_web::test]
async fn only_headers_that_both_policies_expose_are_exposed() {
    let cases: [(&[&str], &[&str], Option<&str>); 9] = [
        (&["x-a", "x-b"], &["X-B", "x-c"], Some("x-b")),
        (&["x-a", "x-b"], &["x-c", "x-b", "x-a"], Some("x-a,x-b")),
        (&["x-a"], &["x-b"], None),
        (&["x-a"], &[], None),
        (&[], &["x-a"], None),
        (&["*"], &["x-a"], Some("x-a")),
        (&["x-a"], &["*"], Some("x-a")),
        (&["*"], &["*"], Some("*")),
        (&["*"], &[], None),
    ];
    for (one, other, expected) in cases {
        let response =
            send(listed().expose_headers(one), listed().expose_headers(other), &[]).await;
        let exposed = expected.map(|names| format!("access-control-expose-headers: {names}"));
        let lines = [ALLOWED.to_owned(), VARY.to_owned()].into_iter().chain(exposed);
        response.assert(200, lines);
    }
}

#[actix_web::test]
async fn timing_is_allowed_if_both_policies_allow_it_or_the_handler_does() {
    const OWN: &[(&str, &str)] = &[("timing-allow-origin", "https://own.example")];
    for (one, other, own, expected) in [
        (true, true, &[][..], Some(EXAMPLE)),
        (true, false, &[], None),
        (false, true, &[], None),
        (true, false, OWN, None),
        (false, true, OWN, Some("https://own.example")),
        (false, false, OWN, Some("https://own.example")),
    ] {
        let (one, other) = (listed().timing_allow_origin(one), listed().timing_allow_origin(other));
        let response = send(one, other, own).await;
        assert_eq!(response.values("timing-allow-origin"), Vec::from_iter(expected));
        response.assert(200, [ALLOWED, VARY]);
    }
}

#[actix_web::test]
async fn credentials_are_allowed_if_both_policies_allow_them() {
    for (one, other) in [(true, true), (true, false), (false, true)] {
        let both = (one && other).then_some("access-control-allow-credentials: true");
        let (one, other) = (listed().allow_credentials(one), listed().allow_credentials(other));
        send(one, other, &[]).await.assert(200, [ALLOWED, VARY].into_iter().chain(both));
    }
}

#[actix_web::test]
async fn a_handler_that_allows_an_origin_itself_keeps_its_headers() {
    const OWN: &[(&str, &str)] = &[
        ("access-control-allow-origin", "https://own.example"),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "x-own"),
        ("timing-allow-origin", "*"),
    ];
    for other in [listed(), Policy::builder().allow_origins(["https://other.example"])] {
        let response = send(listed().timing_allow_origin(true), other, OWN).await;
        response.assert(
            200,
            [
                "access-control-allow-origin: https://own.example",
                "access-control-allow-credentials: true",
                "access-control-expose-headers: x-own",
            ],
        );
        assert_eq!(response.values("timing-allow-origin"), ["*"]);
    }
}
