//! Decides on a request by a policy, without a response.

use std::sync::Arc;

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
use cors_actix_core::{Origin, RequestHeadersCheck, is_token};

use crate::{
    error::Denial,
    outcomes::Outcomes,
    policy::{AllowedMethods, CompiledPolicy, Policy},
    predicate::PredicateOutcome,
};

/// A policy's decision on a request: the "CORS check" and the "CORS-preflight fetch" of Fetch, seen
/// from the server. [`Policy::decide`] returns it.
///
/// ```
/// use actix_web::{http::Method, test::TestRequest};
/// use cors_actix::{Decision, Policy, Denial};
///
/// let policy = Policy::builder().allow_origins(["https://a.example"]).build()?;
/// let preflight = TestRequest::with_uri("/")
///     .method(Method::OPTIONS)
///     .insert_header(("origin", "https://a.example"))
///     .insert_header(("access-control-request-method", "DELETE"))
///     .to_srv_request();
/// let decision = policy.decide(preflight.head());
/// assert!(matches!(decision, Decision::Preflight(Err(Denial::MethodNotAllowed(b"DELETE")))));
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision<'r> {
    /// The request has no `Origin`.
    NotCors,
    /// A request that is not a preflight, with its origin if the policy allows the origin.
    Actual(Result<&'r HeaderValue, Denial<'r>>),
    /// A preflight: an OPTIONS request with `Origin` and `Access-Control-Request-Method`.
    Preflight(Result<Grant<'r>, Denial<'r>>),
}

/// A granted preflight.
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
#[non_exhaustive]
pub struct Grant<'r> {
    /// The origin of the page that asks.
    pub origin: &'r HeaderValue,
    /// The requested method.
    pub method: &'r HeaderValue,
    /// `true` if the preflight names request headers, all of which are allowed.
    pub names_headers: bool,
}

impl Policy {
    /// Decides on a request, without a response. A policy that has to ask an asynchronous predicate
    /// returns [`Denial::PredicateNotAsked`]; use [`decide_async`](Self::decide_async) then.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    /// use cors_actix::{Decision, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).build()?;
    /// let request = TestRequest::get().insert_header(("origin", "https://a.example")).to_srv_request();
    /// assert!(matches!(policy.decide(request.head()), Decision::Actual(Ok(_))));
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn decide<'r>(&self, request: &'r RequestHead) -> Decision<'r> {
        let (policy, outcomes) = (self.compiled(), Outcomes::default());
        let waits = policy.choice.is_some() && outcomes.has_to_wait(&policy, request);
        decide(&policy, request, &outcomes, waits)
    }

    /// Decides on a request, and awaits the asynchronous predicates of the policy if it has any.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    /// use cors_actix::{Decision, Policy};
    ///
    /// # actix_web::rt::System::new().block_on(async {
    /// let policy = Policy::builder().allow_origins_if_async(|_, _| async { true }).build()?;
    /// let request = TestRequest::get().insert_header(("origin", "https://a.example")).to_srv_request();
    /// assert!(matches!(policy.decide_async(request.head()).await, Decision::Actual(Ok(_))));
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// # }).unwrap();
    /// ```
    pub async fn decide_async<'r>(&self, request: &'r RequestHead) -> Decision<'r> {
        let policy = self.compiled();
        let outcomes = Outcomes::default();
        if let Some(answers) = outcomes.ask(std::iter::once(&policy), request) {
            outcomes.extend(answers.await);
        }
        decide(&policy, request, &outcomes, false)
    }
}

/// Decides on a request. `waits` is `true` if the choice of the policy depends on asynchronous predicates
/// that were not asked.
fn decide<'r>(
    policy: &Arc<CompiledPolicy>,
    request: &'r RequestHead,
    outcomes: &Outcomes,
    waits: bool,
) -> Decision<'r> {
    let policy = if waits { policy } else { &outcomes.resolve(policy, request) };
    let outcome = outcomes.known(policy);
    let precise = |denial: Denial<'r>| match denial {
        Denial::OriginNotAllowed(origin) if waits => Denial::PredicateNotAsked(origin),
        other => other.precise(),
    };
    if let Some(asked) = Preflight::of(request) {
        let granted = preflight(policy, &policy.methods, &asked, outcome);
        return Decision::Preflight(granted.map_err(precise));
    }
    match actual(policy, request, outcome) {
        Decision::Actual(allowed) => Decision::Actual(allowed.map_err(precise)),
        other => other,
    }
}

/// Decides on a request that is not a preflight. `outcome` is the answer of the asynchronous predicates,
/// if they were asked.
#[inline]
pub(crate) fn actual<'r>(
    policy: &CompiledPolicy,
    request: &'r RequestHead,
    outcome: Option<PredicateOutcome>,
) -> Decision<'r> {
    match request.headers().get_all(&ORIGIN).as_slice() {
        [] => Decision::NotCors,
        [origin, others @ ..] => {
            Decision::Actual(check_origin(policy, request, origin, others, outcome))
        }
    }
}

/// An OPTIONS request with `Origin` and `Access-Control-Request-Method`.
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

    /// Returns `true` if the preflight has a list of request headers.
    pub(crate) fn names_headers(&self) -> bool {
        self.head.headers().contains_key(&ACCESS_CONTROL_REQUEST_HEADERS)
    }
}

/// Decides on a preflight. `outcome` is the answer of the asynchronous predicates, if they were asked.
#[inline]
pub(crate) fn preflight<'r>(
    policy: &CompiledPolicy,
    methods: &AllowedMethods,
    request: &Preflight<'r>,
    outcome: Option<PredicateOutcome>,
) -> Result<Grant<'r>, Denial<'r>> {
    let origin =
        check_origin(policy, request.head, request.origin, request.other_origins, outcome)?;
    let method = check_method(methods, request)?;
    let names_headers = check_headers(policy, request.head.headers())?;
    Ok(Grant { origin, method, names_headers })
}

impl Denial<'_> {
    /// Returns the denial. A malformed origin that is "not allowed" becomes "malformed".
    pub(crate) fn precise(self) -> Self {
        match self {
            Denial::OriginNotAllowed(value)
                if value != b"null" && Origin::parse(value).is_none() =>
            {
                Denial::OriginMalformed(value)
            }
            other => other,
        }
    }
}

/// Checks the origin of a preflight, and nothing else.
pub(crate) fn origin<'r>(
    policy: &CompiledPolicy,
    request: &Preflight<'r>,
    outcome: Option<PredicateOutcome>,
) -> Result<(), Denial<'r>> {
    let Preflight { head, origin, other_origins, .. } = *request;
    check_origin(policy, head, origin, other_origins, outcome).map(|_| ())
}

/// Returns `true` if the policy allows the origin and the headers of a preflight without asking a
/// predicate.
pub(crate) fn allows_headers(policy: &CompiledPolicy, request: &Preflight<'_>) -> bool {
    policy.rules.origins.allows(request.origin.as_bytes())
        && check_headers(policy, request.head.headers()).is_ok()
}

/// Checks the origin (Fetch, "CORS check"). Listed origins are compared byte by byte; predicates decide on
/// other origins.
#[inline]
fn check_origin<'r>(
    policy: &CompiledPolicy,
    request: &RequestHead,
    origin: &'r HeaderValue,
    others: &[HeaderValue],
    outcome: Option<PredicateOutcome>,
) -> Result<&'r HeaderValue, Denial<'r>> {
    if others.is_empty() {
        if policy.rules.origins.allows(origin.as_bytes()) {
            return Ok(origin);
        }
        if policy.predicates.is_empty() {
            return Err(Denial::OriginNotAllowed(origin.as_bytes()));
        }
    }
    check_unlisted(policy, request, origin, others, outcome)
}

#[inline(never)]
fn check_unlisted<'r>(
    policy: &CompiledPolicy,
    request: &RequestHead,
    origin: &'r HeaderValue,
    others: &[HeaderValue],
    outcome: Option<PredicateOutcome>,
) -> Result<&'r HeaderValue, Denial<'r>> {
    let value = origin.as_bytes();
    if !others.is_empty() {
        return Err(Denial::OriginRepeated);
    }
    if value == b"null" {
        return Err(Denial::OriginNotAllowed(value));
    }
    let parsed = Origin::parse(value).ok_or(Denial::OriginMalformed(value))?;
    match outcome.unwrap_or_else(|| policy.predicates.ask(&parsed, request)) {
        PredicateOutcome::Deny if outcome.is_none() && policy.predicates.is_async() => {
            Err(Denial::PredicateNotAsked(value))
        }
        PredicateOutcome::Allow => Ok(origin),
        PredicateOutcome::Deny => Err(Denial::OriginNotAllowed(value)),
        PredicateOutcome::Failed => Err(Denial::PredicateFailed(value)),
    }
}

/// Checks that the method is listed or safelisted (Fetch, "CORS-preflight fetch", step 7.5).
#[inline]
pub(crate) fn check_method<'r>(
    methods: &AllowedMethods,
    request: &Preflight<'r>,
) -> Result<&'r HeaderValue, Denial<'r>> {
    let value = request.method.as_bytes();
    if !request.other_methods.is_empty() {
        Err(Denial::MethodMalformed(value))
    } else if methods.methods.allows(value) {
        Ok(request.method)
    } else if is_token(value) {
        Err(Denial::MethodNotAllowed(value))
    } else {
        Err(Denial::MethodMalformed(value))
    }
}

/// Checks that every header name is listed (Fetch, "CORS-preflight fetch", steps 7.6 and 7.7). Returns
/// `true` if there are names.
#[inline]
fn check_headers<'r>(policy: &CompiledPolicy, headers: &'r HeaderMap) -> Result<bool, Denial<'r>> {
    let lines = headers.get_all(&ACCESS_CONTROL_REQUEST_HEADERS).map(HeaderValue::as_bytes);
    match policy.rules.headers.check(lines) {
        RequestHeadersCheck::Nothing => Ok(false),
        RequestHeadersCheck::Allowed => Ok(true),
        RequestHeadersCheck::Denied(name) => Err(Denial::HeaderNotAllowed(name)),
    }
}
