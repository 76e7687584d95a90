//! The CORS headers of an actual response (Fetch, "HTTP responses" of the CORS protocol).

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, VARY,
        },
    },
};

use crate::{
    explain_denials,
    policy::CompiledPolicy,
    reason::{CORS_DENIED, Reason},
};

// Each call evaluates a constant expression, because a clone of a static value costs more.

/// Resource Timing, "Timing-Allow-Origin response header".
const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");

#[inline]
pub(crate) fn any() -> HeaderValue {
    const { HeaderValue::from_static("*") }
}

#[inline]
pub(crate) fn yes() -> HeaderValue {
    const { HeaderValue::from_static("true") }
}

#[inline]
fn vary_origin() -> HeaderValue {
    const { HeaderValue::from_static("Origin") }
}

/// The origins that may read an actual response.
#[derive(Debug, Clone)]
pub(crate) enum AllowOrigin {
    Any,
    /// Every origin. Responses to other origins may have another policy, or get one later.
    AnyVarying,
    Exact(HeaderValue),
    None,
    /// No origin, with the reason for the header `cors-denied`.
    Explained(HeaderValue),
}

impl AllowOrigin {
    pub(crate) fn is_allowed(&self) -> bool {
        !matches!(self, AllowOrigin::None | AllowOrigin::Explained(_))
    }

    /// Denies, with the reason if explanations are on.
    #[inline]
    pub(crate) fn denied(reason: &Reason<'_>) -> Self {
        let explanation = if explain_denials::is_on() { reason.header_value() } else { None };
        explanation.map_or(AllowOrigin::None, AllowOrigin::Explained)
    }

    /// Returns the same origins for a response that says `Vary: Origin`.
    fn varying(self) -> Self {
        if matches!(self, AllowOrigin::Any) { AllowOrigin::AnyVarying } else { self }
    }

    /// Returns the origins that both allow. If one side allows any origin and the other an exact origin, the
    /// result is the exact origin, and the response varies by origin.
    pub(crate) fn and(self, other: &AllowOrigin) -> Self {
        match (self, other) {
            (denied, _) if !denied.is_allowed() => denied,
            (_, denied) if !denied.is_allowed() => denied.clone(),
            (AllowOrigin::Any, other) => other.clone(),
            (AllowOrigin::AnyVarying, AllowOrigin::Exact(_)) => other.clone(),
            (narrower, _) => narrower,
        }
    }
}

/// The CORS headers of an actual response, kept until the response is there.
#[derive(Debug, Clone)]
pub(crate) struct ActualHeaders {
    pub(crate) allow_origin: AllowOrigin,
    policy: Arc<CompiledPolicy>,
    /// Policies that have to allow the response as well.
    others: Vec<Arc<CompiledPolicy>>,
}

impl ActualHeaders {
    pub(crate) fn new(policy: Arc<CompiledPolicy>, allow_origin: AllowOrigin) -> Self {
        ActualHeaders { allow_origin, policy, others: Vec::new() }
    }

    /// Returns the headers that both allow.
    pub(crate) fn and(mut self, other: &ActualHeaders) -> Self {
        self.allow_origin = self.allow_origin.and(&other.allow_origin);
        for policy in std::iter::once(&other.policy).chain(&other.others) {
            if !Arc::ptr_eq(policy, &self.policy) {
                self.others.push(Arc::clone(policy));
            }
        }
        self
    }

    /// Returns the same headers for a response that says `Vary: Origin`.
    pub(crate) fn varying(mut self) -> Self {
        self.allow_origin = self.allow_origin.varying();
        self
    }

    /// Returns the headers, with the origin allowed only if `also` allows the origin.
    pub(crate) fn only_if(mut self, also: &AllowOrigin) -> Self {
        self.allow_origin = self.allow_origin.and(also);
        self
    }

    pub(crate) fn write<B>(&self, response: &mut HttpResponse<B>) -> Written {
        let written = write(&self.policy, &self.allow_origin, response);
        if written == Written::Done && !self.others.is_empty() {
            restrict(&self.policy, &self.others, response.headers_mut());
        }
        written
    }
}

/// The result of writing the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Written {
    Done,
    /// The response has an `Access-Control-Allow-Origin`, and stays as it is: a second line would make
    /// browsers deny both.
    Left,
}

/// The headers that a response has before the layer writes.
struct ExistingHeaders {
    allow_origin: bool,
    /// Other headers of the CORS protocol.
    others: bool,
    vary: bool,
}

impl ExistingHeaders {
    #[inline(always)]
    fn of(headers: &HeaderMap) -> Self {
        let mut existing = ExistingHeaders { allow_origin: false, others: false, vary: false };
        for name in headers.keys() {
            // Most responses have this header alone, and comparing text costs more.
            if *name == CONTENT_TYPE {
                continue;
            }
            if *name == VARY {
                existing.vary = true;
            } else if is_of_cors(name.as_str()) {
                let is_origin = *name == ACCESS_CONTROL_ALLOW_ORIGIN;
                existing.allow_origin |= is_origin;
                existing.others |= !is_origin;
            }
        }
        existing
    }
}

#[inline]
fn is_of_cors(name: &str) -> bool {
    name.starts_with("access-control-")
}

/// Removes all headers of the CORS protocol.
pub(crate) fn remove(headers: &mut HeaderMap) {
    headers.retain(|name, _| !is_of_cors(name.as_str()));
}

/// Writes the headers of one policy, and removes other `Access-Control-*` headers from the response.
#[inline(always)]
pub(crate) fn write<B>(
    policy: &CompiledPolicy,
    allow_origin: &AllowOrigin,
    response: &mut HttpResponse<B>,
) -> Written {
    let headers = response.headers_mut();
    let existing = ExistingHeaders::of(headers);
    if existing.allow_origin {
        return Written::Left;
    }
    if existing.others {
        remove(headers);
    }
    let origin = match allow_origin {
        AllowOrigin::Any | AllowOrigin::AnyVarying => any(),
        AllowOrigin::Exact(origin) => origin.clone(),
        AllowOrigin::Explained(reason) => {
            headers.insert(CORS_DENIED, reason.clone());
            vary(existing.vary, &policy.predicates.reads, headers);
            return Written::Done;
        }
        AllowOrigin::None => {
            vary(existing.vary, &policy.predicates.reads, headers);
            return Written::Done;
        }
    };
    // The header is not there, and then `append` costs less than `insert`.
    if policy.rules.timing_allow_origin {
        headers.insert(TIMING_ALLOW_ORIGIN, origin.clone());
    }
    headers.append(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if policy.rules.credentials {
        headers.append(ACCESS_CONTROL_ALLOW_CREDENTIALS, yes());
    }
    if let Some(exposed) = &policy.exposed {
        headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, exposed.clone());
    }
    if !matches!(allow_origin, AllowOrigin::Any) || !policy.predicates.reads.is_empty() {
        vary(existing.vary, &policy.predicates.reads, headers);
    }
    Written::Done
}

/// Removes from the headers everything that one of these policies does not allow.
fn restrict(first: &CompiledPolicy, policies: &[Arc<CompiledPolicy>], headers: &mut HeaderMap) {
    let is_timed = |policy: &CompiledPolicy| policy.rules.timing_allow_origin;
    if is_timed(first) && !policies.iter().all(|policy| is_timed(policy)) {
        headers.remove(TIMING_ALLOW_ORIGIN);
    }
    if !policies.iter().all(|policy| policy.rules.credentials) {
        headers.remove(ACCESS_CONTROL_ALLOW_CREDENTIALS);
    }
    if let Some(exposed) = headers.remove(ACCESS_CONTROL_EXPOSE_HEADERS).next() {
        let exposed = policies.iter().try_fold(exposed, |exposed, policy| common(&exposed, policy));
        if let Some(exposed) = exposed {
            headers.append(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }
    for policy in policies {
        vary_by_reads(policy, headers);
    }
}

/// Returns the names that the policy exposes as well, or `None` if there are no such names.
fn common(exposed: &HeaderValue, policy: &CompiledPolicy) -> Option<HeaderValue> {
    let rules = &policy.rules.exposed;
    let own = policy.exposed.as_ref()?;
    if rules.any() {
        return Some(exposed.clone());
    }
    let exposed = exposed.to_str().ok()?;
    if exposed.split(',').any(|name| name == "*") {
        return Some(own.clone());
    }
    let is_own = |name: &&str| rules.listed().any(|own| own.eq_ignore_ascii_case(name));
    let common: Vec<_> = exposed.split(',').filter(is_own).collect();
    if common.is_empty() { None } else { HeaderValue::try_from(common.join(",")).ok() }
}

/// Removes all headers of the CORS protocol, so that no other origin can read the response.
pub(crate) fn deny<B>(response: &mut HttpResponse<B>) {
    let headers = response.headers_mut();
    remove(headers);
    headers.remove(TIMING_ALLOW_ORIGIN);
    vary_by_origin(headers);
}

/// Adds `Origin`, and the headers that predicates read, to `Vary` (RFC 9110, section 12.5.5). Names that are
/// in `Vary` already are not added again.
#[inline(always)]
fn vary(has_vary: bool, reads: &[HeaderValue], headers: &mut HeaderMap) {
    if has_vary || !reads.is_empty() {
        vary_by_origin(headers);
        reads.iter().for_each(|name| vary_by(name, headers));
    } else {
        headers.append(VARY, vary_origin());
    }
}

/// Adds the headers that the policy's predicates read to `Vary`.
#[inline]
pub(crate) fn vary_by_reads(policy: &CompiledPolicy, headers: &mut HeaderMap) {
    for name in &policy.predicates.reads {
        vary_by(name, headers);
    }
}

/// Adds `Vary: Origin`.
pub(crate) fn vary_by_origin(headers: &mut HeaderMap) {
    vary_by(&vary_origin(), headers);
}

fn vary_by(name: &HeaderValue, headers: &mut HeaderMap) {
    if !headers.get_all(&VARY).any(|line| names(line, name.as_bytes())) {
        headers.append(VARY, name.clone());
    }
}

/// Returns `true` if a line of `Vary` contains the name or `*`.
fn names(line: &HeaderValue, name: &[u8]) -> bool {
    let mut names = line.as_bytes().split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
    names.any(|other| other == b"*" || other.eq_ignore_ascii_case(name))
}

/// Makes the response to a request that `enforce` denies.
pub(crate) fn forbidden(policy: &CompiledPolicy, allow_origin: &AllowOrigin) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
    vary(false, &policy.predicates.reads, response.headers_mut());
    if let AllowOrigin::Explained(reason) = allow_origin {
        response.headers_mut().insert(CORS_DENIED, reason.clone());
    }
    response
}
