use actix_web::{
    dev::RequestHead,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName,
            HeaderValue, ORIGIN,
        },
    },
};
use cors_actix_core::{Origin, Requested, is_token};

use crate::{
    error::Refusal,
    policy::{AllowedMethods, ReadyPolicy},
    predicate::Asked,
};

/// What a policy makes of a request (Fetch, "CORS check" and "CORS-preflight fetch", seen from the
/// server). Made by [`Policy::decide`](crate::Policy::decide).
///
/// ```
/// use actix_web::{http::Method, test::TestRequest};
/// use cors_actix::{Decision, Policy, Refusal};
///
/// let policy = Policy::builder().allow_origins(["https://a.example"]).build()?;
/// let preflight = TestRequest::with_uri("/")
///     .method(Method::OPTIONS)
///     .insert_header(("origin", "https://a.example"))
///     .insert_header(("access-control-request-method", "DELETE"))
///     .to_srv_request();
/// let decision = policy.decide(preflight.head());
/// assert!(matches!(decision, Decision::Preflight(Err(Refusal::MethodNotAllowed(b"DELETE")))));
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'r> {
    /// The request has no `Origin`.
    NotCors,
    /// A request for the application; its origin, if that is allowed.
    Actual(Result<&'r HeaderValue, Refusal<'r>>),
    /// An OPTIONS with `Origin` and `Access-Control-Request-Method`.
    Preflight(Result<Grant<'r>, Refusal<'r>>),
}

/// What a preflight was granted.
///
/// ```
/// use actix_web::{http::Method, test::TestRequest};
/// use cors_actix::{Decision, Policy};
///
/// let policy = Policy::builder().allow_origins(["https://a.example"]).build()?;
/// let preflight = TestRequest::with_uri("/")
///     .method(Method::OPTIONS)
///     .insert_header(("origin", "https://a.example"))
///     .insert_header(("access-control-request-method", "POST"))
///     .to_srv_request();
/// let Decision::Preflight(Ok(grant)) = policy.decide(preflight.head()) else { unreachable!() };
/// assert_eq!(grant.origin, "https://a.example");
/// assert_eq!(grant.method, "POST");
/// assert!(!grant.names_headers);
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'r> {
    /// The origin that asks.
    pub origin: &'r HeaderValue,
    /// The method that it may use.
    pub method: &'r HeaderValue,
    /// Whether the preflight names request headers, all of which are allowed.
    pub names_headers: bool,
}

/// Decides, with what asynchronous predicates have answered if they were asked.
pub(crate) fn decide<'r>(
    policy: &ReadyPolicy,
    methods: &AllowedMethods,
    request: &'r RequestHead,
    asked: Option<Asked>,
) -> Decision<'r> {
    let headers = request.headers();
    let Some(origin) = headers.get(&ORIGIN) else { return Decision::NotCors };
    let checked = check_origin(policy, request, asked);
    match preflight_method(request) {
        None => Decision::Actual(checked.map(|()| origin)),
        Some(method) => Decision::Preflight(checked.and_then(|()| {
            check_method(methods, headers, method)?;
            let names_headers = check_headers(policy, headers)?;
            Ok(Grant { origin, method, names_headers })
        })),
    }
}

/// The origin that asynchronous predicates are to be asked about, if they are.
pub(crate) fn undecided<'r>(policy: &ReadyPolicy, request: &'r RequestHead) -> Option<Origin<'r>> {
    if !policy.predicates.is_async() || check_origin(policy, request, None).is_ok() {
        return None;
    }
    let mut origins = request.headers().get_all(&ORIGIN);
    let origin = origins.next().and_then(|origin| Origin::parse(origin.as_bytes()));
    origin.filter(|_| origins.len() == 0)
}

/// The method that a preflight asks for; `None` for whatever is no preflight but for its `Origin`.
pub(crate) fn preflight_method(request: &RequestHead) -> Option<&HeaderValue> {
    if request.method != Method::OPTIONS {
        return None;
    }
    request.headers().get(&ACCESS_CONTROL_REQUEST_METHOD)
}

/// Fetch, "CORS check": the origin is compared byte by byte with what the policy allows.
fn check_origin<'r>(
    policy: &ReadyPolicy,
    request: &'r RequestHead,
    asked: Option<Asked>,
) -> Result<(), Refusal<'r>> {
    let mut origins = request.headers().get_all(&ORIGIN);
    let value = origins.next().map(HeaderValue::as_bytes).unwrap_or_default();
    if origins.len() > 0 {
        return Err(Refusal::OriginRepeated);
    }
    if policy.rules.origins.allows(value) {
        return Ok(());
    }
    if value == b"null" {
        return Err(Refusal::OriginNotAllowed(value));
    }
    let Some(origin) = Origin::parse(value) else { return Err(Refusal::OriginMalformed(value)) };
    match asked.unwrap_or_else(|| policy.predicates.ask(&origin, request)) {
        Asked::Allowed => Ok(()),
        Asked::Refused => Err(Refusal::OriginNotAllowed(value)),
        Asked::Failed => Err(Refusal::PredicateFailed(value)),
    }
}

/// Fetch, "CORS-preflight fetch", step 7.5: the method must be listed or safelisted.
fn check_method<'r>(
    methods: &AllowedMethods,
    headers: &HeaderMap,
    method: &'r HeaderValue,
) -> Result<(), Refusal<'r>> {
    let value = method.as_bytes();
    if headers.get_all(&ACCESS_CONTROL_REQUEST_METHOD).len() > 1 || !is_token(value) {
        Err(Refusal::MethodMalformed(value))
    } else if methods.methods.allows(value) {
        Ok(())
    } else {
        Err(Refusal::MethodNotAllowed(value))
    }
}

/// Fetch, "CORS-preflight fetch", steps 7.6 and 7.7: every name must be listed.
fn check_headers<'r>(policy: &ReadyPolicy, headers: &'r HeaderMap) -> Result<bool, Refusal<'r>> {
    match policy.rules.headers.scan(lines(headers, &ACCESS_CONTROL_REQUEST_HEADERS)) {
        Requested::Nothing => Ok(false),
        Requested::Allowed => Ok(true),
        Requested::Refused(name) => Err(Refusal::HeaderNotAllowed(name)),
    }
}

fn lines<'r>(headers: &'r HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'r [u8]> {
    headers.get_all(name).map(HeaderValue::as_bytes)
}
