//! The rules for names of request and response headers.

use cors_actix_core::{Location, PolicyKey, PolicySpec, ProblemKind, Warning, WarningKind};

use crate::{GOOD, check, problems};

fn wrong(key: PolicyKey, name: &str) -> ProblemKind {
    let listed = ["x-a", name];
    let spec = match key {
        PolicyKey::AllowHeaders => PolicySpec { allow_headers: &listed, ..GOOD },
        _ => PolicySpec { expose_headers: &listed, ..GOOD },
    };
    let [problem] = &problems(&spec)[..] else { panic!("{name}: one problem") };
    assert_eq!((problem.location, problem.also), (Location::item(key, 1), None));
    problem.kind.clone()
}

#[test]
fn request_headers_that_scripts_cannot_set_are_a_problem() {
    for name in [
        "accept-charset",
        "Accept-Encoding",
        "connection",
        "Content-Length",
        "Cookie",
        "cookie2",
        "date",
        "DNT",
        "expect",
        "Host",
        "keep-alive",
        "Origin",
        "Referer",
        "set-cookie",
        "TE",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "proxy-authorization",
        "Proxy-",
        "sec-fetch-site",
        "Sec-",
    ] {
        let kind = ProblemKind::ForbiddenRequestHeader { value: name.to_owned() };
        assert_eq!(wrong(PolicyKey::AllowHeaders, name), kind);
    }
}

#[test]
fn response_headers_that_scripts_cannot_read_are_a_problem() {
    for name in ["set-cookie", "Set-Cookie2"] {
        let kind = ProblemKind::ForbiddenResponseHeader { value: name.to_owned() };
        assert_eq!(wrong(PolicyKey::ExposeHeaders, name), kind);
    }
}

#[test]
fn headers_of_the_cors_protocol_are_a_problem() {
    for name in [
        "access-control-allow-origin",
        "Access-Control-Request-Headers",
        "access-control-",
        "access-control-x",
    ] {
        for key in [PolicyKey::AllowHeaders, PolicyKey::ExposeHeaders] {
            assert_eq!(wrong(key, name), ProblemKind::ProtocolHeader { value: name.to_owned() });
        }
    }
}

#[test]
fn a_text_that_is_not_a_token_is_a_problem() {
    for name in ["", "x:a", "x-\u{fc}", "x\n", "\"x\"", " x", "x,"] {
        for key in [PolicyKey::AllowHeaders, PolicyKey::ExposeHeaders] {
            assert_eq!(wrong(key, name), ProblemKind::InvalidHeaderName { value: name.to_owned() });
        }
    }
}

#[test]
fn request_names_are_compared_without_regard_to_case() {
    let listed = &["X-Request-Id", "authorization", "a", "b", "ab"];
    let names = check(&PolicySpec { allow_headers: listed, ..GOOD }).rules.headers;
    for name in ["x-request-id", "X-REQUEST-ID", "Authorization", "A", "b", "aB"] {
        assert!(names.allows(name.as_bytes()), "{name}");
    }
    for name in ["x-request-i", "x-request-idd", "x_request-id", "", "c", "ba", "*", "\u{e9}"] {
        assert!(!names.allows(name.as_bytes()), "{name}");
    }
    assert_eq!(
        names.listed().collect::<Vec<_>>(),
        ["x-request-id", "authorization", "a", "b", "ab"]
    );
}

#[test]
fn request_names_of_any_length_are_compared_without_regard_to_case() {
    for length in 1..=130 {
        let listed = "x".repeat(length);
        let names = check(&PolicySpec { allow_headers: &[&listed], ..GOOD }).rules.headers;
        let upper = listed.to_uppercase();
        assert!(names.allows(listed.as_bytes()) && names.allows(upper.as_bytes()), "{length}");
        let mut other = upper.into_bytes();
        other[length - 1] = b'Y';
        assert!(!names.allows(&other), "{length}");
    }
}

#[test]
fn any_covers_every_token_except_authorization() {
    let any = check(&PolicySpec { allow_headers: &["*"], ..GOOD }).rules.headers;
    assert!(any.allows(b"x-a") && any.allows(b"X!") && any.allows(b"authorizatio"));
    for name in [b"authorization".as_slice(), b"Authorization", b"", b"x a", b"\xff", b"x,y"] {
        assert!(!any.allows(name), "{}", name.escape_ascii());
    }
    for listed in [&["*", "Authorization"], &["authorization", "*"]] {
        let both = check(&PolicySpec { allow_headers: listed, ..GOOD });
        assert_eq!(both.warnings, []);
        assert!(both.rules.headers.allows(b"AUTHORIZATION") && both.rules.headers.allows(b"x-a"));
    }
}

#[test]
fn an_item_that_changes_nothing_gets_a_warning() {
    let advice = |key, index, also: Option<usize>, kind| {
        Warning::new(Location::item(key, index), also.map(|index| Location::item(key, index)), kind)
    };
    let owned = str::to_owned;
    let spec = PolicySpec {
        allow_headers: &["x-a", "X-A", "authorization", "*"],
        expose_headers: &["content-type", "x-b", "*", "X-B"],
        ..GOOD
    };
    let covered = |value| WarningKind::Covered { value: owned(value), by: owned("*") };
    let duplicate = |value| WarningKind::Duplicate { value: owned(value) };
    let safelisted = WarningKind::SafelistedResponseHeader { value: owned("content-type") };
    let mut found = check(&spec).warnings;
    let mut expected = vec![
        advice(PolicyKey::AllowHeaders, 1, Some(0), duplicate("X-A")),
        advice(PolicyKey::AllowHeaders, 0, Some(3), covered("x-a")),
        advice(PolicyKey::ExposeHeaders, 3, Some(1), duplicate("X-B")),
        advice(PolicyKey::ExposeHeaders, 0, None, safelisted),
        advice(PolicyKey::ExposeHeaders, 1, Some(2), covered("x-b")),
    ];
    found.sort_by_key(|warning| warning.location);
    expected.sort_by_key(|warning| warning.location);
    assert_eq!(found, expected);
}
