//! Policies in configuration files and environment variables.
#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

use cors_actix::{Any, Policy, PolicyBuilder, ProblemKind};
use cors_actix_tests::{library, situations::Choices};
use serde::Deserialize;
use serde_json::{Value, json};

fn read(value: Value) -> Result<PolicyBuilder, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn policy(value: Value) -> Result<Policy, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn error(value: Value) -> String {
    read(value).unwrap_err()
}

#[test]
fn every_option_has_its_key() {
    let options = json!({
        "allow_origins": ["https://a.example", "null"],
        "allow_methods": ["PUT"],
        "allow_headers": ["x-acme-*", "authorization"],
        "expose_headers": ["x-total-count"],
        "max_age": 60,
        "preflight_status": 200,
        "timing_allow_origin": true,
        "enforce": true,
    });
    let expected = Policy::builder()
        .allow_origins(["https://a.example", "null"])
        .allow_methods(["PUT"])
        .allow_headers(["x-acme-*", "authorization"])
        .expose_headers(["x-total-count"])
        .max_age(60)
        .preflight_status(actix_web::http::StatusCode::OK)
        .timing_allow_origin(true)
        .enforce(true);
    assert_eq!(serde_json::to_value(&expected).unwrap(), options);
    assert_eq!(read(options).unwrap(), expected);
    let options = json!({
        "allow_origins": ["http://intranet.example", "https://*.internal"],
        "allow_credentials": true,
        "danger_insecure_origins": true,
        "danger_public_suffixes": true,
    });
    let dangerous = read(options.clone()).unwrap();
    assert_eq!(serde_json::to_value(&dangerous).unwrap(), options);
    assert!(dangerous.build().unwrap().allow_credentials());
    assert!(policy(json!({ "same_origin": true })).unwrap() == Policy::same_origin());
}

#[test]
fn a_string_is_a_list_with_commas_or_white_space() {
    let builder = read(json!({
        "allow_origins": "https://a.example, https://b.example\n  https://c.example,",
        "allow_headers": "*,authorization",
        "expose_headers": "",
    }));
    let expected = Policy::builder()
        .allow_origins(["https://a.example", "https://b.example", "https://c.example"])
        .allow_headers(["*", "authorization"]);
    assert_eq!(builder.unwrap(), expected);
}

#[test]
fn numbers_and_booleans_may_be_strings() {
    let builder = read(json!({
        "allow_origins": "*",
        "max_age": "3600",
        "preflight_status": " 200 ",
        "allow_credentials": "False",
        "timing_allow_origin": "true",
    }));
    let expected = read(json!({
        "allow_origins": "*",
        "max_age": 3600,
        "preflight_status": 200,
        "timing_allow_origin": true,
    }));
    assert_eq!(builder, expected);
}

#[test]
fn the_environment_and_files_are_read_alike() {
    #[derive(Deserialize)]
    struct Settings {
        cors: Policy,
    }
    let file = "[cors]\nallow_origins = [\"https://a.example\"]\nmax_age = 60\n";
    let from_file: Settings = toml::from_str(file).unwrap();
    let variables = [("allow_origins", "https://a.example"), ("max_age", "60")];
    let variables = variables.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned()));
    let variables = serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new(variables);
    let from_environment = PolicyBuilder::deserialize(variables).unwrap().build().unwrap();
    assert!(from_file.cors == from_environment);
}

#[test]
fn an_unknown_key_is_an_error_that_names_the_keys() {
    let typo = error(json!({ "allow_origin": "*" }));
    assert!(typo.contains("unknown key `allow_origin`; did you mean `allow_origins`?"), "{typo}");
    assert!(typo.contains("`allow_methods`") && typo.contains("`enforce`"), "{typo}");
    let other = error(json!({ "port": 80 }));
    assert!(other.contains("unknown key `port`; the keys are `allow_origins`"), "{other}");
    assert!(error(json!({ "by_origin": [] })).contains("unknown key"));
}

#[test]
fn a_value_of_a_wrong_shape_is_an_error_that_names_the_key() {
    let wrong = [
        ("allow_origins", json!(1)),
        ("allow_origins", json!(["https://a.example", 1])),
        ("allow_headers", json!({ "x": 1 })),
        ("max_age", json!("soon")),
        ("max_age", json!(-1)),
        ("max_age", json!(1.5)),
        ("max_age", json!(["1"])),
        ("preflight_status", json!(70_000)),
        ("allow_credentials", json!("yes")),
        ("enforce", json!(1)),
    ];
    for (key, value) in wrong {
        let error = error(json!({ key: value }));
        assert!(error.contains(&format!("`{key}`")), "{key} = {value}: {error}");
    }
    let twice = serde_json::from_str::<PolicyBuilder>(r#"{ "enforce": true, "enforce": true }"#);
    assert!(twice.unwrap_err().to_string().contains("`enforce` is written twice"));
    let no_policy = "invalid type: integer `1`, expected the options of a CORS policy";
    assert_eq!(error(json!(1)), no_policy);
    assert_eq!(policy(json!(1)).unwrap_err(), format!("{no_policy}, or a list of policies"));
}

#[test]
fn values_are_checked_when_the_policy_is_built() {
    let origins = json!({ "allow_origins": ["https://a.example", "any"], "allow_methods": "put" });
    let built = read(origins.clone()).unwrap().build().unwrap_err();
    let locations: Vec<_> = built.problems().iter().map(|one| one.location.to_string()).collect();
    assert_eq!(locations, ["allow_origins[1]", "allow_methods[0]"]);
    assert!(matches!(built.problems()[0].kind, ProblemKind::AnyInString { .. }));
    let error = policy(origins).unwrap_err();
    assert!(error.contains("has 2 problems") && error.contains("allow_origins[1]"), "{error}");
}

#[test]
fn a_list_of_tables_is_a_choice_by_origin() {
    let tables = json!([
        { "allow_origins": ["https://a.example"], "allow_credentials": true },
        { "allow_origins": "*" },
    ]);
    let expected = Policy::by_origin([
        Policy::builder()
            .allow_origins(["https://a.example"])
            .allow_credentials(true)
            .build()
            .unwrap(),
        Policy::builder().allow_origins(Any).build().unwrap(),
    ]);
    let read = policy(tables.clone()).unwrap();
    assert!(read == expected.unwrap());
    assert_eq!(serde_json::to_value(&read).unwrap(), tables);
    assert!(policy(json!([])).unwrap_err().contains("the list has no policy"));
}

#[test]
fn what_was_not_set_is_not_written() {
    let write = |policy: &Policy| serde_json::to_value(policy).unwrap();
    assert_eq!(write(&Policy::same_origin()), json!({ "same_origin": true }));
    assert_eq!(
        write(&Policy::permissive()),
        json!({
            "allow_origins": "*",
            "allow_methods": "*",
            "allow_headers": ["*", "authorization"],
            "expose_headers": "*",
        })
    );
}

#[test]
fn a_policy_with_code_cannot_be_written() {
    let predicate = Policy::builder().allow_origins_if(|_, _| true);
    let error = serde_json::to_value(&predicate).unwrap_err().to_string();
    assert!(error.contains("predicates cannot be serialized"), "{error}");
    let error = serde_json::to_value(predicate.build().unwrap()).unwrap_err().to_string();
    assert!(error.contains("predicates cannot be serialized"), "{error}");
    let error = serde_json::to_value(Policy::by_request(|_| Policy::same_origin())).unwrap_err();
    assert!(error.to_string().contains("cannot be serialized"), "{error}");
}

/// Returns `true` if the policy has no predicates.
fn is_without_code(policy: &Policy) -> bool {
    !format!("{policy:?}").contains("Predicates")
}

#[test]
fn a_generated_policy_is_equal_after_writing_and_reading() {
    let mut random = fastrand::Rng::with_seed(12);
    let mut built = 0;
    for _ in 0..2_000 {
        let written = Choices(&mut |count| random.usize(..count)).policy();
        let Some(policy) = library::build(&written).ok().filter(is_without_code) else { continue };
        built += 1;
        let text = serde_json::to_string(&policy).unwrap();
        let read: Policy = serde_json::from_str(&text).unwrap();
        assert!(read == policy, "{text}");
        let builder: PolicyBuilder = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&builder).unwrap(), text);
    }
    assert!(built > 500, "only {built} policies");
}
