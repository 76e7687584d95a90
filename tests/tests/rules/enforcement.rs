//! Options that cannot be combined with `enforce`.

use cors_actix_core::{Location, PolicyKey, PolicySpec, Problem, ProblemKind};

use crate::{ORIGIN, assert_problems, at, check};

const ENFORCED: PolicySpec<'static> =
    PolicySpec { allow_origins: ORIGIN, enforce: true, ..PolicySpec::EMPTY };

#[test]
fn enforcing_any_origin_is_a_problem() {
    let clash = |index| {
        Problem::new(
            Location::key(PolicyKey::Enforce),
            Some(Location::item(PolicyKey::AllowOrigins, index)),
            ProblemKind::EnforceWithAnyOrigin,
        )
    };
    assert_problems(&PolicySpec { allow_origins: &["*"], ..ENFORCED }, &[clash(0)]);
    let beside = at(PolicyKey::AllowOrigins, 1, ProblemKind::AnyOriginWithOthers);
    let listed = &["https://a.example", "*"];
    assert_problems(&PolicySpec { allow_origins: listed, ..ENFORCED }, &[beside, clash(1)]);
    check(&ENFORCED);
    check(&PolicySpec { allow_origins: &["*"], enforce: false, ..ENFORCED });
    check(&PolicySpec { same_origin: true, enforce: true, ..PolicySpec::EMPTY });
}

#[test]
fn allowing_headers_that_enforcement_reads_is_a_problem() {
    for name in
        ["forwarded", "X-Forwarded-Host", "x-forwarded-port", "x-forwarded-proto", "FORWARDED"]
    {
        for any in [&[][..], &["*"]] {
            let listed = [any, &["x-a", name]].concat();
            let spec = PolicySpec { allow_headers: &listed, ..ENFORCED };
            let kind = ProblemKind::ForwardedHeaderWithEnforce { value: name.to_owned() };
            let location = Location::item(PolicyKey::AllowHeaders, listed.len() - 1);
            let also = Some(Location::key(PolicyKey::Enforce));
            assert_problems(&spec, &[Problem::new(location, also, kind)]);
            check(&PolicySpec { enforce: false, ..spec });
        }
    }
    let others = &["*", "x-forwarded-for", "x-forwarded", "x-forwarded-hosts", "authorization"];
    check(&PolicySpec { allow_headers: others, ..ENFORCED });
}
