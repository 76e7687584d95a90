//! The rules for methods.

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
fn methods_that_browsers_never_send_are_a_problem() {
    for method in ["CONNECT", "TRACE", "TRACK", "connect", "Trace", "tRACK"] {
        assert_eq!(wrong(method), ProblemKind::ForbiddenMethod { value: method.to_owned() });
    }
}

#[test]
fn a_text_that_is_not_a_token_is_a_problem() {
    for method in ["", "PUT/", "P\u{dc}T", "PUT\n", "(PUT)", " PUT", "PUT,"] {
        assert_eq!(wrong(method), ProblemKind::InvalidMethod { value: method.to_owned() });
    }
}

#[test]
fn a_spelling_that_browsers_normalize_is_a_problem_with_a_suggestion() {
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
fn methods_are_compared_with_regard_to_case() {
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
fn any_covers_every_token_and_no_other_text() {
    let methods = check(&PolicySpec { allow_methods: &["*"], ..GOOD }).rules.methods;
    assert!(methods.allows(b"PUT") && methods.allows(b"patch") && methods.allows(b"X-Y"));
    assert!(!methods.allows(b"") && !methods.allows(b"A B") && !methods.allows(b"A\xff"));
}

#[test]
fn an_item_that_changes_nothing_gets_a_warning() {
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
