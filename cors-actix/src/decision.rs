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
    if let Some(asked) = Preflight::of(request) {
        let outcome = preflight(policy, &policy.methods, &asked, None);
        return Decision::Preflight(outcome.map_err(Refusal::precise));
    }
    match actual(policy, request, None) {
        Decision::Actual(outcome) => Decision::Actual(outcome.map_err(Refusal::precise)),
        other => other,
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
    match request.headers().get_all(&ORIGIN).as_slice() {
        [] => Decision::NotCors,
        [origin, others @ ..] => {
            Decision::Actual(check_origin(policy, request, origin, others, asked))
        }
    }
}

/// An OPTIONS with `Origin` and `Access-Control-Request-Method`.
#[derive(Clone, Copy)]
pub(crate) struct Preflight<'r> {
    pub(crate) head: &'r RequestHead,
    origin: &'r HeaderValue,
    other_origins: &'r [HeaderValue],
    pub(crate) method: &'r HeaderValue,
    other_methods: &'r [HeaderValue],
}

impl<'r> Preflight<'r> {
    #[inline]
    pub(crate) fn of(head: &'r RequestHead) -> Option<Self> {
        if head.method == Method::OPTIONS { Preflight::of_options(head) } else { None }
    }

    fn of_options(head: &'r RequestHead) -> Option<Self> {
        let headers = head.headers();
        let methods = headers.get_all(&ACCESS_CONTROL_REQUEST_METHOD).as_slice();
        let (method, other_methods) = methods.split_first()?;
        let (origin, other_origins) = headers.get_all(&ORIGIN).as_slice().split_first()?;
        Some(Preflight { head, origin, other_origins, method, other_methods })
    }

    /// Returns whether it has a list of request headers.
    pub(crate) fn names_headers(&self) -> bool {
        self.head.headers().contains_key(&ACCESS_CONTROL_REQUEST_HEADERS)
    }
}

/// Decides on a preflight.
pub(crate) fn preflight<'r>(
    policy: &ReadyPolicy,
    methods: &AllowedMethods,
    request: &Preflight<'r>,
    asked: Option<Asked>,
) -> Result<Grant<'r>, Refusal<'r>> {
    let origin = check_origin(policy, request.head, request.origin, request.other_origins, asked)?;
    let method = check_method(methods, request)?;
    let names_headers = check_headers(policy, request.head.headers())?;
    Ok(Grant { origin, method, names_headers })
}

impl Refusal<'_> {
    /// Tells origins that are malformed from those that are just not allowed, for whoever reads it.
    pub(crate) fn precise(self) -> Self {
        match self {
            Refusal::OriginNotAllowed(value)
                if value != b"null" && Origin::parse(value).is_none() =>
            {
                Refusal::OriginMalformed(value)
            }
            other => other,
        }
    }
}

/// Returns the origin that the predicates of the policy decide on: a well-formed one that nothing
/// listed matches.
pub(crate) fn unlisted<'r>(policy: &ReadyPolicy, request: &'r RequestHead) -> Option<Origin<'r>> {
    let origin = sole_origin(request.headers())?.as_bytes();
    if policy.rules.origins.allows(origin) { None } else { Origin::parse(origin) }
}

/// Decides on the origin of a preflight alone.
pub(crate) fn origin<'r>(
    policy: &ReadyPolicy,
    request: &Preflight<'r>,
    asked: Option<Asked>,
) -> Result<(), Refusal<'r>> {
    let Preflight { head, origin, other_origins, .. } = *request;
    check_origin(policy, head, origin, other_origins, asked).map(|_| ())
}

/// Returns whether the policy allows the origin and the headers of a preflight, no predicate asked.
pub(crate) fn allows_headers(policy: &ReadyPolicy, request: &Preflight<'_>) -> bool {
    policy.rules.origins.allows(request.origin.as_bytes())
        && check_headers(policy, request.head.headers()).is_ok()
}

/// The value of the one `Origin` line; `None` where there is none, or more than one.
pub(crate) fn sole_origin(headers: &HeaderMap) -> Option<&HeaderValue> {
    match headers.get_all(&ORIGIN).as_slice() {
        [origin] => Some(origin),
        _ => None,
    }
}

/// Fetch, "CORS check": the origin is compared byte by byte with what the policy allows; one that is
/// not written there may be allowed by a predicate.
#[inline]
fn check_origin<'r>(
    policy: &ReadyPolicy,
    request: &RequestHead,
    origin: &'r HeaderValue,
    others: &[HeaderValue],
    asked: Option<Asked>,
) -> Result<&'r HeaderValue, Refusal<'r>> {
    if others.is_empty() && policy.rules.origins.allows(origin.as_bytes()) {
        return Ok(origin);
    }
    check_unlisted(policy, request, origin, others, asked)
}

#[inline(never)]
fn check_unlisted<'r>(
    policy: &ReadyPolicy,
    request: &RequestHead,
    origin: &'r HeaderValue,
    others: &[HeaderValue],
    asked: Option<Asked>,
) -> Result<&'r HeaderValue, Refusal<'r>> {
    let value = origin.as_bytes();
    if !others.is_empty() {
        return Err(Refusal::OriginRepeated);
    }
    if policy.predicates.is_empty() || value == b"null" {
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
    request: &Preflight<'r>,
) -> Result<&'r HeaderValue, Refusal<'r>> {
    let value = request.method.as_bytes();
    if !request.other_methods.is_empty() {
        Err(Refusal::MethodMalformed(value))
    } else if methods.methods.allows(value) {
        Ok(request.method)
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
