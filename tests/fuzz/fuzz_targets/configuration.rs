//! Reads the input as a file of TOML and of JSON. Every text is an error or a policy, and the policy is the one that
//! the builder builds from the same values, which are read by hand here.
#![no_main]

use std::fmt::Debug;

use actix_web::http::StatusCode;
use cors_actix::{Policy, PolicyBuilder};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|text: &str| {
    if let Ok(value) = toml::from_str::<Value>(text) {
        check(toml::from_str(text), toml::from_str(text), &value);
    }
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        check(serde_json::from_str(text), serde_json::from_str(text), &value);
    }
});

fn check<E: Debug>(read: Result<PolicyBuilder, E>, policy: Result<Policy, E>, value: &Value) {
    match value {
        Value::Object(table) => check_table(read, policy, table),
        Value::Array(list) => {
            assert!(read.is_err(), "a list is not the options of one policy");
            check_list(policy, list);
        }
        _ => assert!(read.is_err() && policy.is_err(), "{value} is neither a table nor a list"),
    }
}

fn check_table<E: Debug>(
    read: Result<PolicyBuilder, E>,
    policy: Result<Policy, E>,
    table: &Map<String, Value>,
) {
    let Ok(read) = read else {
        return assert!(policy.is_err(), "a policy of {table:?}, whose options cannot be read");
    };
    let built = read.build();
    assert_eq!(built.is_ok(), policy.is_ok(), "{built:?} {policy:?}");
    let by_hand = by_hand(table).expect("the values have the shape of options");
    let Some(by_hand) = by_hand else {
        return assert!(built.is_err(), "the status is none: {table:?}");
    };
    assert_eq!(read, by_hand);
    if let (Ok(built), Ok(policy)) = (built, policy) {
        assert!(built == policy, "{built:?} {policy:?}");
        let written = serde_json::to_string(&policy).expect("it has no predicates");
        let again: Policy = serde_json::from_str(&written).expect("what is written can be read");
        assert!(again == policy, "{written}");
    }
}

/// Checks a list of policies, the first of which that allows the origin decides.
fn check_list<E: Debug>(policy: Result<Policy, E>, list: &[Value]) {
    let policies: Result<Vec<Policy>, _> = list.iter().map(policy_of).collect();
    let expected = policies.ok().and_then(|policies| Policy::by_origin(policies).ok());
    match (policy, expected) {
        (Ok(policy), Some(expected)) => assert!(policy == expected, "{policy:?} {expected:?}"),
        (Err(_), None) => {}
        // A key that is there twice is an error, and `Value` has it once.
        (Err(_), Some(_)) => {}
        (Ok(policy), None) => panic!("{policy:?} of {list:?}"),
    }
}

fn policy_of(value: &Value) -> Result<Policy, serde_json::Error> {
    serde_json::from_value(value.clone())
}

/// Makes the builder from the values of a table: `Some(None)` if the status is not a status. Returns `None` if a value
/// has the wrong shape.
fn by_hand(table: &Map<String, Value>) -> Option<Option<PolicyBuilder>> {
    let mut builder = Policy::builder();
    for (key, value) in table.iter().filter(|(_, value)| !value.is_null()) {
        builder = match key.as_str() {
            "allow_origins" => builder.allow_origins(items(value)?),
            "allow_methods" => builder.allow_methods(items(value)?),
            "allow_headers" => builder.allow_headers(items(value)?),
            "expose_headers" => builder.expose_headers(items(value)?),
            "allow_credentials" => builder.allow_credentials(flag(value)?),
            "max_age" => builder.max_age(number(value)?),
            "preflight_status" => {
                let number = u16::try_from(number(value)?).ok()?;
                let Ok(status) = StatusCode::from_u16(number) else { return Some(None) };
                builder.preflight_status(status)
            }
            "timing_allow_origin" => builder.timing_allow_origin(flag(value)?),
            "danger_insecure_origins" => builder.danger_insecure_origins(flag(value)?),
            "danger_public_suffixes" => builder.danger_public_suffixes(flag(value)?),
            "same_origin" => builder.same_origin(flag(value)?),
            "enforce" => builder.enforce(flag(value)?),
            _ => return None,
        };
    }
    Some(Some(builder))
}

fn items(value: &Value) -> Option<Vec<String>> {
    if let Some(text) = value.as_str() {
        let spaced = text.replace(',', " ");
        return Some(spaced.split_whitespace().map(str::to_owned).collect());
    }
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn flag(value: &Value) -> Option<bool> {
    match value.as_str().map(|text| text.trim().to_ascii_lowercase()).as_deref() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        Some(_) => None,
        None => value.as_bool(),
    }
}

fn number(value: &Value) -> Option<u64> {
    match value.as_str() {
        Some(text) => text.trim().parse().ok(),
        None => value.as_u64(),
    }
}
