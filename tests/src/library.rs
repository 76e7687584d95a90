//! Asks the library in the types of the naive evaluator.

use actix_web::{
    dev::RequestHead,
    http::{
        Method, StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use cors_actix::{Decision, Denial, Policy, PolicyError, Problem};
use cors_actix_core::{PolicySpec, Rules};

use crate::naive::{Asking, Verdict, Why, Written};

/// Builds the policy.
///
/// # Errors
/// The problems that the library reports.
pub fn build(written: &Written) -> Result<Policy, PolicyError> {
    let mut builder = Policy::builder()
        .allow_origins(&written.origins)
        .allow_methods(&written.methods)
        .allow_headers(&written.headers)
        .expose_headers(&written.exposed)
        .allow_credentials(written.credentials)
        .danger_insecure_origins(written.credentials)
        .danger_public_suffixes(written.credentials)
        .enforce(written.enforce);
    if let Some(seconds) = written.max_age {
        builder = builder.max_age(seconds);
    }
    if let Some(status) = written.status.and_then(|status| StatusCode::from_u16(status).ok()) {
        builder = builder.preflight_status(status);
    }
    builder.build()
}

/// Returns the rules of the policy, which accept any bytes as an origin or a header.
///
/// # Errors
/// The problems that `cors-actix-core` reports.
pub fn rules(written: &Written) -> Result<Rules, Vec<Problem>> {
    let [origins, methods, headers, exposed] =
        [&written.origins, &written.methods, &written.headers, &written.exposed]
            .map(|items| items.iter().map(String::as_str).collect::<Vec<_>>());
    let spec = PolicySpec {
        allow_origins: &origins,
        allow_methods: &methods,
        allow_headers: &headers,
        expose_headers: &exposed,
        allow_credentials: written.credentials,
        danger_insecure_origins: written.credentials,
        danger_public_suffixes: written.credentials,
        ..PolicySpec::EMPTY
    };
    spec.check().map(|checked| checked.rules)
}

/// Returns the head of the request, or `None` if a line has bytes that no header line can have.
pub fn head(asking: &Asking) -> Option<RequestHead> {
    let mut head = RequestHead::default();
    head.method = Method::from_bytes(asking.method.as_bytes()).ok()?;
    for (name, value) in &asking.lines {
        let value = HeaderValue::from_bytes(value).ok()?;
        head.headers_mut().append(HeaderName::from_static(name), value);
    }
    Some(head)
}

/// Returns the decision of the library.
///
/// # Panics
/// If the decision contains a value that is not in the request.
pub fn decide(policy: &Policy, asking: &Asking, head: &RequestHead) -> Verdict {
    let origin = |value: &HeaderValue| assert_eq!(asking.all("origin"), [value.as_bytes()]);
    match policy.decide(head) {
        Decision::NotCors => Verdict::NotCors,
        Decision::Actual(outcome) => Verdict::Actual(outcome.map(origin).map_err(why)),
        Decision::Preflight(outcome) => Verdict::Preflight(outcome.map_err(why).map(|grant| {
            origin(grant.origin);
            assert_eq!(asking.all("access-control-request-method"), [grant.method.as_bytes()]);
            assert_eq!(grant.names_headers, asking.names_headers());
        })),
    }
}

fn why(denial: Denial<'_>) -> Why {
    match denial {
        Denial::OriginRepeated => Why::OriginRepeated,
        Denial::OriginMalformed(_) => Why::OriginMalformed,
        Denial::OriginNotAllowed(_) => Why::OriginNotAllowed,
        Denial::MethodMalformed(_) => Why::MethodMalformed,
        Denial::MethodNotAllowed(_) => Why::MethodNotAllowed,
        Denial::HeaderNotAllowed(name) => Why::HeaderNotAllowed(name.to_vec()),
        other => panic!("{other}, and there is no predicate"),
    }
}
