//! The rules for policies: every problem with its location and suggestion, every warning, and a policy for
//! everything that a browser can send.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod builder;
mod constants;
mod credentials;
mod enforcement;
mod header_names;
mod methods;
mod order_and_text;
mod origins;
mod preflight_status_and_max_age;
mod same_origin;
mod several_items;

use cors_actix_core::{Checked, Location, PolicyKey, PolicySpec, Problem, ProblemKind, Warning};

const ORIGIN: &[&str] = &["https://a.example"];
const GOOD: PolicySpec<'static> = PolicySpec { allow_origins: ORIGIN, ..PolicySpec::EMPTY };

#[track_caller]
fn check(spec: &PolicySpec<'_>) -> Checked {
    spec.check().unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[track_caller]
fn problems(spec: &PolicySpec<'_>) -> Vec<Problem> {
    spec.check().map(|checked| checked.warnings).expect_err("the policy is faulty")
}

#[track_caller]
fn assert_problems(spec: &PolicySpec<'_>, expected: &[Problem]) {
    assert_eq!(problems(spec), expected);
}

#[track_caller]
fn assert_advisories(spec: &PolicySpec<'_>, expected: &[Warning]) {
    assert_eq!(check(spec).warnings, expected);
}

fn at(key: PolicyKey, index: usize, kind: ProblemKind) -> Problem {
    Problem::new(Location::item(key, index), None, kind)
}

fn beside_credentials(key: PolicyKey, index: usize, kind: ProblemKind) -> Problem {
    let also = Some(Location::key(PolicyKey::AllowCredentials));
    Problem::new(Location::item(key, index), also, kind)
}
