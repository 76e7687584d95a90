//! The builder reports the problems of all calls, in any order of the calls.

use std::time::Duration;

use actix_web::http::{Method, StatusCode, header};
use cors_actix::{Any, Policy, PolicyBuilder};
use cors_actix_core::{Location, PolicyKey, Problem, ProblemKind};

use crate::{ORIGIN, at};

type Call = fn(PolicyBuilder) -> PolicyBuilder;

fn permutations(calls: &[Call]) -> Vec<Vec<Call>> {
    let Some((first, rest)) = calls.split_first() else { return vec![Vec::new()] };
    let mut all = Vec::new();
    for shorter in permutations(rest) {
        for at in 0..=shorter.len() {
            let mut longer = shorter.clone();
            longer.insert(at, *first);
            all.push(longer);
        }
    }
    all
}

fn built(calls: &[Call]) -> PolicyBuilder {
    calls.iter().fold(Policy::builder(), |builder, call| call(builder))
}

#[test]
fn the_order_of_calls_never_matters_to_a_good_policy() {
    let calls: [Call; 6] = [
        |builder| builder.allow_origins(["http://a.example", "https://*.com"]),
        |builder| builder.allow_methods([Method::PUT]).preflight_status(StatusCode::OK),
        |builder| builder.allow_headers(Any).max_age(Duration::from_secs(7)),
        |builder| builder.allow_credentials(true),
        |builder| builder.expose_headers(["x-a"]),
        |builder| builder.danger_insecure_origins(true).danger_public_suffixes(true),
    ];
    let expected = told(&built(&calls));
    for order in permutations(&calls) {
        assert_eq!(told(&built(&order)), expected);
    }
}

#[test]
fn the_order_of_calls_never_matters_to_a_policy_with_problems() {
    let calls: [Call; 5] = [
        |builder| builder.allow_origins(Any),
        |builder| builder.allow_methods(["TRACE", "put"]),
        |builder| builder.allow_headers(["cookie"]),
        |builder| builder.allow_credentials(true),
        |builder| builder.expose_headers(Any).preflight_status(StatusCode::FOUND),
    ];
    let expected = built(&calls).build().unwrap_err();
    assert_eq!(expected.problems().len(), 6);
    for order in permutations(&calls) {
        assert_eq!(built(&order).build().unwrap_err(), expected);
    }
}

#[test]
fn the_order_of_calls_for_one_key_never_matters() {
    let calls: [Call; 6] = [
        |builder| builder.allow_origins(["https://a.example"]).allow_credentials(false),
        |builder| builder.allow_origins("https://b.example").allow_credentials(true),
        |builder| builder.allow_headers([header::AUTHORIZATION]).max_age(5),
        |builder| builder.allow_headers(Any).max_age(7),
        |builder| builder.preflight_status(StatusCode::ACCEPTED),
        |builder| builder.preflight_status(StatusCode::OK).max_age(6),
    ];
    let order_of_origins = |builder: &PolicyBuilder| {
        let [status, lines] = told(builder).try_into().unwrap();
        (status, lines)
    };
    let expected = order_of_origins(&built(&calls));
    for order in permutations(&calls) {
        assert_eq!(order_of_origins(&built(&order)), expected);
    }
}

#[test]
fn any_and_a_listed_origin_are_a_problem_in_either_order() {
    let before = Policy::builder().allow_origins(Any).allow_origins(ORIGIN).build();
    let after = Policy::builder().allow_origins(ORIGIN).allow_origins(Any).build();
    for (result, index) in [(before, 0), (after, 1)] {
        let problems = result.unwrap_err();
        let expected = at(PolicyKey::AllowOrigins, index, ProblemKind::AnyOriginWithOthers);
        assert_eq!(problems.problems(), [expected]);
    }
}

#[test]
fn locations_count_over_all_calls_for_a_key() {
    let error = Policy::builder()
        .allow_origins(["https://a.example", "https://b.example"])
        .allow_origins(["https://c.example/"])
        .written_at("here")
        .build()
        .unwrap_err();
    assert_eq!(error.problems()[0].location, Location::item(PolicyKey::AllowOrigins, 2));
    assert_eq!(
        error.to_string(),
        "the CORS policy at here has 1 problem:\n  allow_origins[2]: \"https://c.example/\" ends in a slash; \
         origins do not; write \"https://c.example\""
    );
}

#[test]
fn every_problem_is_in_the_text_of_the_error() {
    let error = Policy::builder()
        .allow_origins(["null", "http://a.example", "https://B.example"])
        .allow_methods(["TRACE"])
        .allow_headers(["cookie"])
        .allow_credentials(true)
        .expose_headers(["set-cookie"])
        .written_at("here")
        .build()
        .unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("the CORS policy at here has 6 problems:\n"), "{text}");
    assert_eq!(text.lines().count(), 7, "{text}");
    for (problem, line) in error.problems().iter().zip(text.lines().skip(1)) {
        assert_eq!(line, format!("  {problem}"));
    }
}

#[test]
fn a_bad_item_is_left_out_wherever_it_is_repeated() {
    let rows = ["https://a.example/", "https://a.example", "https://a.example/"];
    let names = ["Cookie", "x-a", "cookie"];
    let builder = Policy::builder()
        .allow_origins(rows)
        .allow_methods(["put", "PUT", "put"])
        .allow_headers(names)
        .expose_headers(["*", "x-a", "*"])
        .allow_credentials(true);
    let (policy, problems) = builder.build_lossy().unwrap();
    assert_eq!(policy.allow_origins(), ["https://a.example"]);
    assert_eq!(policy.allow_methods(), ["PUT"]);
    assert_eq!(
        (policy.allow_headers(), policy.expose_headers()),
        (vec!["x-a".to_owned()], vec!["x-a".to_owned()])
    );
    let places: Vec<_> = problems.iter().map(|problem| problem.location.to_string()).collect();
    assert_eq!(
        places,
        ["allow_origins[0]", "allow_methods[0]", "allow_headers[0]", "expose_headers[0]"]
    );

    let (closed, problems) = Policy::builder().allow_origins([rows[0]; 2]).build_lossy().unwrap();
    assert!(closed == Policy::same_origin());
    let no_origins =
        Problem::new(Location::key(PolicyKey::AllowOrigins), None, ProblemKind::NoOrigins);
    assert_eq!((problems.len(), &problems[1]), (2, &no_origins));
}

/// The same problem is found for values of every type.
#[test]
fn values_of_every_type_are_checked() {
    let faults = |builder: PolicyBuilder| builder.build().unwrap_err().problems().len();
    let good = || Policy::builder().allow_origins(ORIGIN);
    assert_eq!(faults(good().allow_methods(Method::TRACE)), 1);
    assert_eq!(faults(good().allow_methods(vec![Method::TRACE, Method::CONNECT])), 2);
    assert_eq!(faults(good().allow_headers([header::COOKIE])), 1);
    assert_eq!(faults(good().allow_headers(header::HOST)), 1);
    assert_eq!(faults(good().expose_headers(&["set-cookie".to_owned()])), 1);
    assert_eq!(faults(good().allow_origins(vec!["x".to_owned()])), 1);
    assert_eq!(faults(good().allow_origins(String::from("https://a.example/"))), 1);
    assert_eq!(faults(good().allow_origins("https://b.example,c".split(','))), 1);
}

/// Returns the status and the header lines of the responses to a preflight and to its request.
fn told(builder: &PolicyBuilder) -> Vec<String> {
    use actix_web::{App, HttpResponse, test};
    use cors_actix::Cors;

    let policy = builder.build().unwrap();
    actix_web::rt::System::new().block_on(async {
        let app = App::new()
            .wrap(Cors::new(policy))
            .default_service(actix_web::web::to(HttpResponse::Ok));
        let app = test::init_service(app).await;
        let mut told = Vec::new();
        for method in [Method::OPTIONS, Method::GET] {
            let request = test::TestRequest::default()
                .method(method)
                .insert_header(("origin", "http://a.example"))
                .insert_header(("access-control-request-method", "PUT"))
                .insert_header(("access-control-request-headers", "x-b"))
                .to_request();
            let response = test::call_service(&app, request).await;
            let mut lines: Vec<_> = response
                .headers()
                .iter()
                .map(|(name, value)| format!("{name}: {value:?}"))
                .collect();
            lines.sort();
            told.push(format!("{} {lines:?}", response.status()));
        }
        told
    })
}
