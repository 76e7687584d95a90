//! All problems and warnings of a policy are reported at once, in the order of the keys, one line each.

use cors_actix_core::{PolicyKey, PolicySpec, ProblemKind};

use crate::{check, problems};

#[test]
fn all_problems_are_reported_at_once_in_the_order_of_the_keys() {
    let spec = PolicySpec {
        allow_origins: &["null", "https://A.example", "http://b.example", "*", "https://*.co.uk"],
        allow_methods: &["TRACE", "put", "a b"],
        allow_headers: &["cookie", "access-control-x", "a b"],
        allow_credentials: true,
        expose_headers: &["*", "set-cookie"],
        preflight_status: Some(500),
        ..PolicySpec::EMPTY
    };
    let found: Vec<_> = problems(&spec)
        .into_iter()
        .map(|problem| (problem.location.to_string(), variant(&problem.kind)))
        .collect();
    let expected = [
        ("allow_origins[0]", "NullWithCredentials"),
        ("allow_origins[1]", "InvalidOrigin"),
        ("allow_origins[2]", "InsecureOriginWithCredentials"),
        ("allow_origins[3]", "AnyOriginWithOthers"),
        ("allow_origins[3]", "AnyOriginWithCredentials"),
        ("allow_origins[4]", "PublicSuffixWithCredentials"),
        ("allow_methods[0]", "ForbiddenMethod"),
        ("allow_methods[1]", "UnnormalizedMethod"),
        ("allow_methods[2]", "SeveralItems"),
        ("allow_headers[0]", "ForbiddenRequestHeader"),
        ("allow_headers[1]", "ProtocolHeader"),
        ("allow_headers[2]", "SeveralItems"),
        ("expose_headers[0]", "AnyExposedWithCredentials"),
        ("expose_headers[1]", "ForbiddenResponseHeader"),
        ("preflight_status", "PreflightStatus"),
    ];
    assert_eq!(found, expected.map(|(location, kind)| (location.to_owned(), kind.to_owned())));
}

#[test]
fn problems_of_same_origin_are_in_the_order_of_the_keys() {
    let spec = PolicySpec {
        same_origin: true,
        allow_methods: &["TRACE"],
        preflight_status: Some(500),
        ..PolicySpec::EMPTY
    };
    let keys: Vec<_> = problems(&spec).iter().map(|problem| problem.location.key).collect();
    assert_eq!(keys, [PolicyKey::AllowMethods, PolicyKey::PreflightStatus, PolicyKey::SameOrigin]);
}

#[test]
fn warnings_are_in_the_order_of_the_keys() {
    let spec = PolicySpec {
        allow_origins: &["https://a.example", "https://a.example"],
        allow_methods: &["GET"],
        allow_headers: &["x-a", "x-a"],
        expose_headers: &["expires"],
        max_age: Some(1_000_000),
        danger_insecure_origins: true,
        danger_public_suffixes: true,
        ..PolicySpec::EMPTY
    };
    let keys: Vec<_> = check(&spec).warnings.iter().map(|advice| advice.location.key).collect();
    let expected = [
        PolicyKey::AllowOrigins,
        PolicyKey::AllowMethods,
        PolicyKey::AllowHeaders,
        PolicyKey::ExposeHeaders,
        PolicyKey::MaxAge,
        PolicyKey::DangerInsecureOrigins,
        PolicyKey::DangerPublicSuffixes,
    ];
    assert_eq!(keys, expected);
}

fn variant(kind: &ProblemKind) -> String {
    let debug = format!("{kind:?}");
    debug.split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn a_problem_is_one_line_of_text_without_a_full_stop() {
    let spec = PolicySpec {
        allow_origins: &["x\ny", "null", "*", "http://a.example", "https://*.com"],
        allow_methods: &["a\nb", "TRACE", "put"],
        allow_headers: &["a\nb", "cookie", "access-control-x"],
        allow_credentials: true,
        expose_headers: &["*", "set-cookie"],
        preflight_status: Some(500),
        ..PolicySpec::EMPTY
    };
    let mut all = problems(&spec);
    all.extend(problems(&PolicySpec::EMPTY));
    for problem in all {
        let text = problem.to_string();
        assert!(!text.contains('\n') && !text.ends_with('.'), "{text}");
    }
}
