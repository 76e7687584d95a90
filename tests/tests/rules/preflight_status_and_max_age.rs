//! The rules for the status of preflights and for `max_age`.

use cors_actix_core::{
    Location, PolicyKey, PolicySpec, Problem, ProblemKind, Warning, WarningKind,
};

use crate::{GOOD, assert_advisories, assert_problems, check};

#[test]
fn a_preflight_status_that_browsers_reject_is_a_problem() {
    for value in [0, 100, 199, 300, 304, 404, 600, u16::MAX] {
        let location = Location::key(PolicyKey::PreflightStatus);
        let kind = ProblemKind::PreflightStatus { value };
        let spec = PolicySpec { preflight_status: Some(value), ..GOOD };
        assert_problems(&spec, &[Problem::new(location, None, kind)]);
    }
    for value in [200, 204, 299] {
        check(&PolicySpec { preflight_status: Some(value), ..GOOD });
    }
}

#[test]
fn a_max_age_above_the_limits_of_browsers_gets_a_warning() {
    for seconds in [86_401, u64::MAX] {
        let location = Location::key(PolicyKey::MaxAge);
        let kind = WarningKind::MaxAgeAboveCaps { seconds };
        let spec = PolicySpec { max_age: Some(seconds), ..GOOD };
        assert_advisories(&spec, &[Warning::new(location, None, kind)]);
        assert_eq!(check(&spec).rules.max_age, Some(seconds));
    }
    for seconds in [0, 86_400] {
        assert_advisories(&PolicySpec { max_age: Some(seconds), ..GOOD }, &[]);
    }
}
