//! Explains all that a policy says about a request, where a decision stops at the first reason.

use std::{fmt, sync::Arc};

use actix_web::{
    dev::RequestHead,
    http::header::{ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue},
};

use crate::{
    decision::{self, Decision, Preflight},
    error::{Denial, Excerpt},
    outcomes::{Outcomes, sole_origin},
    policy::{CompiledPolicy, Policy},
    reason::{HeadersNotAllowed, Reason},
};

/// All that a policy says about a request. [`Policy::explain`] returns it. `Display` reads like an answer to a
/// colleague.
///
/// ```
/// use actix_web::{http::Method, test::TestRequest};
/// use cors_actix::Policy;
///
/// let policy = Policy::builder().allow_origins(["https://a.example"]).written_at("cors.toml: api").build()?;
/// let preflight = TestRequest::with_uri("/items")
///     .method(Method::OPTIONS)
///     .insert_header(("origin", "https://b.example"))
///     .insert_header(("access-control-request-method", "PUT"))
///     .to_srv_request();
/// let explanation = policy.explain(preflight.head());
/// assert_eq!(
///     explanation.to_string(),
///     "a page of https://b.example may not send PUT /items:\n\
///      - origin \"https://b.example\" is not allowed by the policy at cors.toml: api; add it to allow_origins \
///      (allowed: https://a.example)\n\
///      - method \"PUT\" is not allowed by the policy at cors.toml: api; add it to allow_methods \
///      (allowed: GET, HEAD, POST)"
/// );
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// Every reason for a denial, in the order of the checks: origin, method, each header name. No reason means
    /// that the policy allows the request. If a policy that chooses between others has chosen none, the origin is
    /// the only reason.
    pub reasons: Vec<DenialReason>,
    /// The location where the policy is written that applies to the request.
    pub written_at: String,
    request: String,
    is_cors: bool,
}

/// One of the reasons for a denial.
///
/// ```
/// use actix_web::test::TestRequest;
/// use cors_actix::Policy;
///
/// let request = TestRequest::get().insert_header(("origin", "https://b.example")).to_srv_request();
/// let explanation = Policy::same_origin().explain(request.head());
/// assert_eq!(explanation.reasons[0].word, "origin-not-allowed");
/// assert!(explanation.reasons[0].allowed.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DenialReason {
    /// The reason as a word for programs, as [`Denial::as_word`] returns it.
    pub word: &'static str,
    /// The reason as a sentence that ends with the fix.
    pub text: String,
    /// The origins, methods or header names that the policy allows instead.
    pub allowed: Vec<String>,
}

impl Explanation {
    /// Returns `true` if the policy allows the request, or if CORS does not apply to the request.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    ///
    /// let request = TestRequest::get().to_srv_request();
    /// assert!(cors_actix::Policy::same_origin().explain(request.head()).is_allowed());
    /// ```
    pub fn is_allowed(&self) -> bool {
        self.reasons.is_empty()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// More items would hide the answer.
        const MOST: usize = 10;
        let Explanation { reasons, written_at, request, is_cors } = self;
        if !is_cors {
            return write!(
                f,
                "the request has no Origin, so that CORS does not apply to {request}"
            );
        }
        if reasons.is_empty() {
            return write!(f, "{request}: the policy at {written_at} allows it");
        }
        write!(f, "{request}:")?;
        for DenialReason { text, allowed, .. } in reasons {
            write!(f, "\n- {text}")?;
            if !allowed.is_empty() {
                let shown = allowed.get(..MOST).unwrap_or(allowed).join(", ");
                let more = if allowed.len() > MOST { ", …" } else { "" };
                write!(f, " (allowed: {shown}{more})")?;
            }
        }
        Ok(())
    }
}

impl Policy {
    /// Explains the decision on a request, with every reason at once. Asynchronous predicates are not asked; use
    /// [`explain_async`](Self::explain_async) for policies that have one.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    /// use cors_actix::Policy;
    ///
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).build()?;
    /// let request = TestRequest::get().insert_header(("origin", "https://a.example")).to_srv_request();
    /// assert!(policy.explain(request.head()).is_allowed());
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn explain(&self, request: &RequestHead) -> Explanation {
        let (policy, outcomes) = (self.compiled(), Outcomes::default());
        let waits = outcomes.has_to_wait(&policy, request);
        explain(&policy, request, &outcomes, waits)
    }

    /// Explains the decision on a request, and awaits the asynchronous predicates of the policy.
    ///
    /// ```
    /// use actix_web::test::TestRequest;
    /// use cors_actix::Policy;
    ///
    /// # actix_web::rt::System::new().block_on(async {
    /// let policy = Policy::builder().allow_origins_if_async(|_, _| async { false }).build()?;
    /// let request = TestRequest::get().insert_header(("origin", "https://a.example")).to_srv_request();
    /// assert!(!policy.explain_async(request.head()).await.is_allowed());
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// # }).unwrap();
    /// ```
    pub async fn explain_async(&self, request: &RequestHead) -> Explanation {
        let (policy, outcomes) = (self.compiled(), Outcomes::default());
        if let Some(answers) = outcomes.ask(std::iter::once(&policy), request) {
            outcomes.extend(answers.await);
        }
        explain(&policy, request, &outcomes, false)
    }
}

/// Explains the decision on a request. `waits` is `true` if asynchronous predicates that were not asked have a part
/// in the decision.
fn explain(
    policy: &Arc<CompiledPolicy>,
    head: &RequestHead,
    outcomes: &Outcomes,
    waits: bool,
) -> Explanation {
    let policy = if waits { policy } else { &outcomes.resolve(policy, head) };
    let preflight = Preflight::of(head);
    let mut denials = Vec::new();
    match decision::actual(policy, head, outcomes.known(policy)) {
        Decision::Actual(Err(Denial::OriginNotAllowed(origin))) if waits => {
            denials.push(Denial::PredicateNotAsked(origin));
        }
        Decision::Actual(Err(denial)) => denials.push(denial.precise()),
        _ => {}
    }
    // The rules of a policy that chooses say nothing about methods and headers.
    if let Some(preflight) = preflight.as_ref().filter(|_| policy.choice.is_none()) {
        denials.extend(decision::check_method(&policy.methods, preflight).err());
        let lines = head.headers().get_all(&ACCESS_CONTROL_REQUEST_HEADERS);
        let names = policy.rules.headers.denied(lines.map(HeaderValue::as_bytes), usize::MAX);
        denials.extend(names.into_iter().map(Denial::HeaderNotAllowed));
    }
    let reason = |denial| DenialReason::new(&Reason::new(denial, policy, head));
    let reasons: Vec<_> = denials.into_iter().map(reason).collect();
    let sent = sole_origin(head.headers());
    Explanation {
        request: describe(head, preflight.as_ref(), reasons.is_empty()),
        is_cors: sent.is_some() || !reasons.is_empty(),
        written_at: policy.written_at.to_string(),
        reasons,
    }
}

/// Describes what the request is for.
fn describe(head: &RequestHead, preflight: Option<&Preflight<'_>>, is_allowed: bool) -> String {
    let origin = sole_origin(head.headers()).map(HeaderValue::as_bytes);
    let path = Excerpt(head.uri.path().as_bytes());
    let Some(origin) = origin.map(Excerpt) else {
        return format!("{} {path}", head.method);
    };
    let may = if is_allowed { "may" } else { "may not" };
    match preflight {
        Some(preflight) => {
            let method = Excerpt(preflight.method.as_bytes());
            format!("a page of {origin} {may} send {method} {path}")
        }
        None => format!("a page of {origin} {may} read the response to {} {path}", head.method),
    }
}

impl DenialReason {
    fn new(reason: &Reason<'_>) -> Self {
        let Reason { denial, policy, .. } = *reason;
        let text = match denial {
            // One name, because each has a reason of its own.
            Denial::HeaderNotAllowed(name) => {
                HeadersNotAllowed { names: &[name], policy }.to_string()
            }
            _ => reason.to_string(),
        };
        DenialReason { word: denial.as_word(), text, allowed: allowed(denial, policy) }
    }
}

/// Returns what the policy allows instead.
fn allowed(denial: Denial<'_>, policy: &CompiledPolicy) -> Vec<String> {
    match denial {
        Denial::OriginNotAllowed(_) => {
            policy.rules.origins.listed().into_iter().map(Into::into).collect()
        }
        Denial::MethodNotAllowed(_) => {
            let list = policy.methods.list.as_ref().and_then(|list| list.to_str().ok());
            list.into_iter().flat_map(|list| list.split(',')).map(str::to_owned).collect()
        }
        Denial::HeaderNotAllowed(_) => policy.allowed_headers(),
        _ => Vec::new(),
    }
}
