//! The policy `same_origin` takes no other key.

use cors_actix_core::{Location, PolicyKey, PolicySpec, Problem, ProblemKind};

use crate::{ORIGIN, assert_problems, check};

#[test]
fn same_origin_with_another_key_is_a_problem() {
    let closed = PolicySpec { same_origin: true, ..PolicySpec::EMPTY };
    let rules = check(&closed).rules;
    assert!(!rules.origins.allows(b"https://a.example") && !rules.origins.allows(b"null"));
    for (beside, spec) in [
        (PolicyKey::AllowOrigins, PolicySpec { allow_origins: ORIGIN, ..closed }),
        (PolicyKey::AllowMethods, PolicySpec { allow_methods: &["PUT"], ..closed }),
        (PolicyKey::AllowHeaders, PolicySpec { allow_headers: &["x-a"], ..closed }),
        (PolicyKey::AllowCredentials, PolicySpec { allow_credentials: true, ..closed }),
        (PolicyKey::ExposeHeaders, PolicySpec { expose_headers: &["x-a"], ..closed }),
        (PolicyKey::MaxAge, PolicySpec { max_age: Some(1), ..closed }),
        (PolicyKey::PreflightStatus, PolicySpec { preflight_status: Some(200), ..closed }),
        (PolicyKey::DangerInsecureOrigins, PolicySpec { danger_insecure_origins: true, ..closed }),
        (PolicyKey::DangerPublicSuffixes, PolicySpec { danger_public_suffixes: true, ..closed }),
    ] {
        let kind = ProblemKind::SameOriginWithOthers { other: beside };
        let location = Location::key(PolicyKey::SameOrigin);
        assert_problems(&spec, &[Problem::new(location, Some(Location::key(beside)), kind)]);
    }
}
