//! Methods.

use cors_actix_core::{Location, PolicyKey, PolicySpec, ProblemKind, Warning, WarningKind};

use crate::{GOOD, assert_advisories, check, problems};

fn wrong(method: &str) -> ProblemKind {
    let listed = ["PUT", method];
    let spec = PolicySpec { allow_methods: &listed, ..GOOD };
    let [problem] = &problems(&spec)[..] else { panic!("{method}: one problem") };
    assert_eq!(
        (problem.location, problem.also),
        (Location::item(PolicyKey::AllowMethods, 1), None)
    );
    problem.kind.clone()
}

#[test]
fn c5_what_browsers_never_send_is_denied() {
    for method in ["CONNECT", "TRACE", "TRACK", "connect", "Trace", "tRACK"] {
        assert_eq!(wrong(method), ProblemKind::ForbiddenMethod { value: method.to_owned() });
    }
}

#[test]
fn what_is_no_token_is_denied() {
    for method in ["", "PUT/", "P\u{dc}T", "PUT\n", "(PUT)", " PUT", "PUT,"] {
        assert_eq!(wrong(method), ProblemKind::InvalidMethod { value: method.to_owned() });
    }
}

#[test]
fn a_spelling_that_browsers_normalize_is_denied_with_its_repair() {
    for (method, normalized) in [
        ("get", "GET"),
        ("head", "HEAD"),
        ("Post", "POST"),
        ("delete", "DELETE"),
        ("put", "PUT"),
        ("Options", "OPTIONS"),
    ] {
        let kind = wrong(method);
        assert_eq!(kind.repaired(), Some(normalized));
        let (value, normalized) = (method.to_owned(), normalized.to_owned());
        assert_eq!(kind, ProblemKind::UnnormalizedMethod { value, normalized });
    }
}

#[test]
fn f4_methods_are_told_apart_by_case() {
    let listed = &["PATCH", "PROPFIND", "M!#$%&'*+-.^_`|~9"];
    let methods = check(&PolicySpec { allow_methods: listed, ..GOOD }).rules.methods;
    for method in ["GET", "HEAD", "POST", "PATCH", "PROPFIND", "M!#$%&'*+-.^_`|~9"] {
        assert!(methods.allows(method.as_bytes()), "{method}");
    }
    for method in ["patch", "Patch", "get", "PUT", "OPTIONS", "PATC", "PATCHH", "", "*", "GET "] {
        assert!(!methods.allows(method.as_bytes()), "{method}");
    }
}

#[test]
fn any_covers_every_token_and_nothing_else() {
    let methods = check(&PolicySpec { allow_methods: &["*"], ..GOOD }).rules.methods;
    assert!(methods.allows(b"PUT") && methods.allows(b"patch") && methods.allows(b"X-Y"));
    assert!(!methods.allows(b"") && !methods.allows(b"A B") && !methods.allows(b"A\xff"));
}

#[test]
fn what_changes_nothing_is_advised() {
    let advice = |index, also: Option<usize>, kind| {
        Warning::new(
            Location::item(PolicyKey::AllowMethods, index),
            also.map(|index| Location::item(PolicyKey::AllowMethods, index)),
            kind,
        )
    };
    let value = |text: &str| text.to_owned();
    let spec = PolicySpec { allow_methods: &["GET", "PUT", "PUT", "patch"], ..GOOD };
    assert_advisories(
        &spec,
        &[
            advice(0, None, WarningKind::SafelistedMethod { value: value("GET") }),
            advice(2, Some(1), WarningKind::Duplicate { value: value("PUT") }),
            advice(
                3,
                None,
                WarningKind::LowerCaseMethod { value: value("patch"), upper: value("PATCH") },
            ),
        ],
    );
    let covered = WarningKind::Covered { value: value("PUT"), by: value("*") };
    let spec = PolicySpec { allow_methods: &["PUT", "*"], ..GOOD };
    assert_advisories(&spec, &[advice(0, Some(1), covered)]);
}
