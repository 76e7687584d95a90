//! The values of a policy can be read, compared and copied.

use actix_web::{
    App, HttpRequest,
    http::{Method, StatusCode, header},
    web,
};
use cors_actix::{Any, Cors, Policy, PolicyBuilder, PolicyHandle, policy, report};
use cors_actix_tests::{Request, Server};

use crate::{APP, OTHER};

fn full() -> PolicyBuilder {
    Policy::builder()
        .allow_origins([OTHER, APP, "https://*.example.org", "null"])
        .allow_methods(["PUT", "GET"])
        .allow_headers(["X-Acme-*", "Content-Type"])
        .expose_headers(["X-Total-Count"])
        .max_age(60)
        .timing_allow_origin(true)
        .enforce(true)
}

#[test]
fn a_copy_of_a_policy_is_equal_and_can_be_changed() {
    let policies = [
        full().build().unwrap(),
        Policy::permissive(),
        Policy::same_origin(),
        policy! { allow_origins = ["http://intranet.example"], allow_credentials, danger_insecure_origins },
    ];
    for policy in &policies {
        let copy = PolicyBuilder::from(policy).build().unwrap();
        assert!(copy == *policy, "{copy:?}");
        let changed = PolicyBuilder::from(policy).preflight_status(StatusCode::OK);
        if let Ok(changed) = changed.build() {
            assert!(changed != *policy);
        }
    }
    for (index, one) in policies.iter().enumerate() {
        for other in &policies[index + 1..] {
            assert!(one != other);
        }
    }
}

#[test]
fn the_values_are_readable() {
    let policy = full().build().unwrap();
    assert_eq!(policy.allow_origins(), ["https://*.example.org", APP, OTHER, "null"]);
    assert_eq!(policy.allow_methods(), ["PUT"]);
    assert_eq!(policy.allow_headers(), ["content-type", "x-acme-*"]);
    assert_eq!(policy.expose_headers(), ["x-total-count"]);
    assert_eq!((policy.max_age(), policy.enforce()), (Some(60), true));
    assert!(policy.timing_allow_origin() && !policy.allow_credentials());
    let policy = Policy::builder().allow_origins([APP]).build().unwrap();
    let lists = [policy.allow_methods(), policy.allow_headers(), policy.expose_headers()];
    assert_eq!((policy.allow_origins(), lists.concat()), (vec![APP.to_owned()], vec![]));
    assert_eq!((policy.max_age(), policy.preflight_status()), (None, StatusCode::NO_CONTENT));
    let flags = [policy.allow_credentials(), policy.timing_allow_origin(), policy.enforce()];
    assert_eq!(flags, [false; 3]);
}

#[test]
fn an_item_of_every_type_is_its_text() {
    let texts = Policy::builder().allow_methods(["PUT", "PATCH"]).allow_headers(["range", "x-a"]);
    let texts = texts.expose_headers(["etag"]).same_origin(true);
    let (methods, names) = ([Method::PUT, Method::PATCH], [header::RANGE, "x-a".parse().unwrap()]);
    let borrowed = Policy::builder().allow_methods(&methods).allow_headers(&names);
    assert_eq!(borrowed.expose_headers(&header::ETAG).same_origin(true), texts);
    let owned = Policy::builder().same_origin(true).allow_methods(methods).allow_headers(names);
    assert_eq!(owned.expose_headers(header::ETAG), texts);
}

fn predicate() -> Policy {
    Policy::builder().allow_origins_if(|_, _| true).build().unwrap()
}

#[test]
fn a_policy_without_origins_is_described_in_words() {
    let public = Policy::permissive();
    let by_origin = Policy::by_origin([full().enforce(false).build().unwrap(), public.clone()]);
    assert_eq!(
        format!("{:?}", by_origin.as_ref().unwrap()),
        format!("Policy(ByOrigin([{:?}, {public:?}]))", full().enforce(false).build().unwrap())
    );
    assert_eq!(
        format!("{:?}", Policy::by_request(|_| Policy::same_origin())),
        "Policy(ByRequest(..))"
    );
    let layer = move || {
        Cors::new(Policy::same_origin())
            .scope("/by-origin", by_origin.as_ref().unwrap())
            .scope("/by-request", Policy::by_request(|_| Policy::same_origin()))
            .scope("/predicate", predicate())
    };
    let server = Server::start(move || {
        let report = |request: HttpRequest| async move { report(&request).to_string() };
        App::new().wrap(layer()).default_service(web::to(report))
    });
    let expected = "\
place                   | origins         | methods       | headers | credentials
layer                   | no other origin | GET HEAD POST | none    | no
layer below /by-origin  | by origin       | GET HEAD POST | none    | no
layer below /by-request | by request      | GET HEAD POST | none    | no
layer below /predicate  | by predicate    | GET HEAD POST | none    | no
";
    assert_eq!(server.send(&Request::get("/")).text(), expected);
}

#[test]
fn predicates_are_equal_only_to_themselves() {
    let one = predicate();
    assert!(one == one.clone() && one != predicate());
    assert!(PolicyBuilder::from(&one).build().unwrap() == one);
}

#[test]
fn policies_are_equal_only_if_all_predicates_and_the_headers_that_they_read_are() {
    let with = |policy: &Policy, change: fn(PolicyBuilder) -> PolicyBuilder| {
        change(PolicyBuilder::from(policy)).build().unwrap()
    };
    let sync = |builder: PolicyBuilder| builder.allow_origins_if(|_, _| true);
    let later = |builder: PolicyBuilder| builder.allow_origins_if_async(|_, _| async { true });
    let reads = |builder: PolicyBuilder| builder.predicates_read([header::REFERER]);
    let listed = full().build().unwrap();
    let (one, other) = (with(&listed, sync), with(&listed, sync));
    let two = with(&one, sync);
    let policies = [
        with(&one, later),
        with(&one, later),
        with(&two, later),
        with(&one, reads),
        with(&with(&one, later), later),
        with(&listed, later),
        with(&listed, reads),
        listed,
        one,
        other,
        two,
    ];
    for (index, one) in policies.iter().enumerate() {
        for (other_index, other) in policies.iter().enumerate() {
            let copy = PolicyBuilder::from(other).build().unwrap();
            assert_eq!(*one == copy, index == other_index, "{index} and {other_index}");
        }
    }
}

#[test]
fn errors_are_compared_by_their_problems_and_print_them() {
    let error = |origins: &[&str], written_at: &str| {
        let policy = Policy::builder().allow_origins(origins).written_at(written_at);
        policy.build().unwrap_err()
    };
    let one = error(&["https://a.example/"], "api.rs:1");
    assert_eq!(one, error(&["https://a.example/"], "api.rs:2"));
    let two = error(&["https://a.example/", "b.example"], "api.rs:1");
    assert_ne!(one, two);
    let [first, second] = two.problems() else { panic!("{two}") };
    for (error, text) in [
        (one, format!("the CORS policy at api.rs:1 has 1 problem:\n  {first}")),
        (
            two.clone(),
            format!("the CORS policy at api.rs:1 has 2 problems:\n  {first}\n  {second}"),
        ),
    ] {
        assert_eq!(error.to_string(), text);
        assert_eq!(format!("{error:?}"), text);
    }
}

#[test]
fn policies_that_choose_are_compared_by_their_choices() {
    let any = || Policy::builder().allow_origins(Any).build().unwrap();
    let app = || Policy::builder().allow_origins([APP]).build().unwrap();
    let one = Policy::by_origin([app(), any()]).unwrap();
    assert!(one == Policy::by_origin([app(), any()]).unwrap());
    assert!(one != Policy::by_origin([app()]).unwrap() && one != any());
    let handle = PolicyHandle::new(app());
    assert!(handle.policy() == app());
}

#[test]
fn a_policy_knows_where_it_is_written() {
    static STATIC: Policy = policy! { allow_origins = any };
    let built = full().build().unwrap();
    let line = line!() - 1;
    assert_eq!(built.written_at(), format!("{}:{line}", file!()));
    assert_eq!(STATIC.written_at(), format!("{}:{}", file!(), line - 1));
    assert_eq!(
        full().written_at("cors.toml: admin").build().unwrap().written_at(),
        "cors.toml: admin"
    );
    let error = Policy::builder().build().unwrap_err().to_string();
    let line = line!() - 1;
    assert!(error.starts_with(&format!("the CORS policy at {}:{line} has", file!())), "{error}");
}
