use actix_web::{
    dev::RequestHead,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue,
            ORIGIN,
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

pub(crate) fn decide<'r>(policy: &ReadyPolicy, request: &'r RequestHead) -> Decision<'r> {
    if is_preflight(request) {
        Decision::Preflight(preflight(policy, &policy.methods, request, None))
    } else {
        actual(policy, request, None)
    }
}

/// Decides on a request that is no preflight, with what asynchronous predicates have answered if they
/// were asked.
#[inline]
pub(crate) fn actual<'r>(
    policy: &ReadyPolicy,
    request: &'r RequestHead,
    asked: Option<Asked>,
) -> Decision<'r> {
    let mut origins = request.headers().get_all(&ORIGIN);
    match origins.next() {
        None => Decision::NotCors,
        Some(origin) => {
            Decision::Actual(check_origin(policy, request, origin, origins.len(), asked))
        }
    }
}

/// Decides on a preflight.
pub(crate) fn preflight<'r>(
    policy: &ReadyPolicy,
    methods: &AllowedMethods,
    request: &'r RequestHead,
    asked: Option<Asked>,
) -> Result<Grant<'r>, Refusal<'r>> {
    let headers = request.headers();
    let mut origins = headers.get_all(&ORIGIN);
    let origin = origins.next().ok_or(Refusal::OriginMalformed(b""))?;
    let origin = check_origin(policy, request, origin, origins.len(), asked)?;
    let method = check_method(methods, headers)?;
    let names_headers = check_headers(policy, headers)?;
    Ok(Grant { origin, method, names_headers })
}

/// Whether the request is an OPTIONS with `Origin` and `Access-Control-Request-Method`.
#[inline]
pub(crate) fn is_preflight(request: &RequestHead) -> bool {
    preflight_method(request).is_some()
}

/// The origin that predicates are to be asked about beforehand, because asynchronous ones have a say.
pub(crate) fn undecided<'r>(policy: &ReadyPolicy, request: &'r RequestHead) -> Option<Origin<'r>> {
    if !policy.predicates.is_async() {
        return None;
    }
    let origin = sole_origin(request.headers())?.as_bytes();
    if policy.rules.origins.allows(origin) { None } else { Origin::parse(origin) }
}

/// The value of the one `Origin` line; `None` where there is none, or more than one.
pub(crate) fn sole_origin(headers: &HeaderMap) -> Option<&HeaderValue> {
    match headers.get_all(&ORIGIN).as_slice() {
        [origin] => Some(origin),
        _ => None,
    }
}

/// The method that a preflight asks for; `None` for whatever is no preflight.
#[inline]
pub(crate) fn preflight_method(request: &RequestHead) -> Option<&HeaderValue> {
    if request.method != Method::OPTIONS {
        return None;
    }
    let headers = request.headers();
    headers.get(&ACCESS_CONTROL_REQUEST_METHOD).filter(|_| headers.contains_key(&ORIGIN))
}

/// Fetch, "CORS check": the origin is compared byte by byte with what the policy allows.
#[inline]
fn check_origin<'r>(
    policy: &ReadyPolicy,
    request: &RequestHead,
    origin: &'r HeaderValue,
    others: usize,
    asked: Option<Asked>,
) -> Result<&'r HeaderValue, Refusal<'r>> {
    if others == 0 && policy.rules.origins.allows(origin.as_bytes()) {
        return Ok(origin);
    }
    check_unlisted(policy, request, origin, others, asked)
}

fn check_unlisted<'r>(
    policy: &ReadyPolicy,
    request: &RequestHead,
    origin: &'r HeaderValue,
    others: usize,
    asked: Option<Asked>,
) -> Result<&'r HeaderValue, Refusal<'r>> {
    let value = origin.as_bytes();
    if others > 0 {
        return Err(Refusal::OriginRepeated);
    }
    if value == b"null" {
        return Err(Refusal::OriginNotAllowed(value));
    }
    let parsed = Origin::parse(value).ok_or(Refusal::OriginMalformed(value))?;
    match asked.unwrap_or_else(|| policy.predicates.ask(&parsed, request)) {
        Asked::Allowed => Ok(origin),
        Asked::Refused => Err(Refusal::OriginNotAllowed(value)),
        Asked::Failed => Err(Refusal::PredicateFailed(value)),
    }
}

/// Fetch, "CORS-preflight fetch", step 7.5: the method must be listed or safelisted.
fn check_method<'r>(
    methods: &AllowedMethods,
    headers: &'r HeaderMap,
) -> Result<&'r HeaderValue, Refusal<'r>> {
    let mut requested = headers.get_all(&ACCESS_CONTROL_REQUEST_METHOD);
    let method = requested.next().ok_or(Refusal::MethodMalformed(b""))?;
    let value = method.as_bytes();
    if requested.len() > 0 {
        Err(Refusal::MethodMalformed(value))
    } else if methods.methods.allows(value) {
        Ok(method)
    } else if is_token(value) {
        Err(Refusal::MethodNotAllowed(value))
    } else {
        Err(Refusal::MethodMalformed(value))
    }
}

/// Fetch, "CORS-preflight fetch", steps 7.6 and 7.7: every name must be listed.
fn check_headers<'r>(policy: &ReadyPolicy, headers: &'r HeaderMap) -> Result<bool, Refusal<'r>> {
    let lines = headers.get_all(&ACCESS_CONTROL_REQUEST_HEADERS).map(HeaderValue::as_bytes);
    match policy.rules.headers.scan(lines) {
        Requested::Nothing => Ok(false),
        Requested::Allowed => Ok(true),
        Requested::Refused(name) => Err(Refusal::HeaderNotAllowed(name)),
    }
}
