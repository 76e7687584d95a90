//! The rights that the selected policies grant together: only what all of them allow.

use std::sync::Arc;

use actix_web::{HttpResponse, dev::RequestHead, http::header::HeaderValue};

use super::{effective_policy::EffectivePolicy, selection::Selection};
use crate::{
    decision::{self, Decision, Preflight},
    headers::{self, ActualHeaders, AllowOrigin},
    outcomes::Outcomes,
    policy::CompiledPolicy,
    predicate::PredicateOutcome,
    preflight::{self, PreflightHeaders},
    reason::Reason,
};

impl Selection {
    /// Returns the response to the preflight.
    pub(crate) fn answer<'s>(
        &'s self,
        preflight: &Preflight<'s>,
        outcomes: &Outcomes,
        report: impl FnOnce(Reason<'_>),
    ) -> HttpResponse {
        let head = preflight.head;
        let decide = |effective: &'s EffectivePolicy| {
            let (policy, methods) = (&effective.policy, effective.methods());
            let granted =
                decision::preflight(policy, methods, preflight, outcomes.of(policy, head));
            granted.map_err(|denial| Reason::new(denial, policy, head))
        };
        let mut granted = decide(&self.first);
        for other in &self.others {
            granted = granted.and_then(|grant| decide(other).map(|_| grant));
        }
        for policy in &self.origins {
            granted = granted.and_then(|grant| {
                let allowed = decision::origin(policy, preflight, outcomes.of(policy, head));
                allowed.map(|()| grant).map_err(|denial| Reason::new(denial, policy, head))
            });
        }
        let mut response = match granted {
            Ok(grant) => self.preflight_headers(preflight).granted(&grant, head.headers()),
            Err(reason) => {
                report(reason);
                preflight::denied_because(&reason)
            }
        };
        for policy in self.all().map(|effective| &effective.policy).chain(&self.origins) {
            headers::vary_by_reads(policy, response.headers_mut());
        }
        response
    }

    fn preflight_headers(&self, preflight: &Preflight<'_>) -> PreflightHeaders<'_> {
        let mut headers = self.first.preflight_headers();
        for other in &self.others {
            headers = headers.and(&other.policy);
        }
        headers =
            headers.any_origin_if(self.origins.iter().all(|policy| policy.rules.origins.any()));
        if self.this_request_only {
            return headers.this_request_only();
        }
        // The browser's cache keeps header names for all methods of a URL, and routes without annotation
        // may take other methods.
        let neighbours = self.all_own().filter(|own| !Arc::ptr_eq(own, &self.first.policy));
        let mut neighbours = neighbours.peekable();
        if self.route.is_none() || !preflight.names_headers() || neighbours.peek().is_none() {
            return headers;
        }
        headers = headers.requested_headers_only();
        if neighbours.all(|own| decision::allows_headers(own, preflight)) {
            headers
        } else {
            headers.not_kept()
        }
    }

    /// Returns the headers for a response that the layer's own policy decides.
    pub(crate) fn own_headers(&self, head: &RequestHead, outcomes: &Outcomes) -> ActualHeaders {
        common(&self.own, self.other_own.iter(), head, outcomes)
    }

    /// Returns the headers for a response of middleware in front of the code that the request is for.
    pub(crate) fn headers(&self, head: &RequestHead, outcomes: &Outcomes) -> ActualHeaders {
        let others = self.others.iter().map(|effective| &effective.policy);
        let headers = common(&self.first.policy, others, head, outcomes);
        headers.only_if(&self.origins_allow(head, outcomes))
    }

    /// Returns the reason for which a page cannot read the response to an actual request.
    #[cfg(feature = "inspector")]
    pub(crate) fn denial(&self, head: &RequestHead, outcomes: &Outcomes) -> Option<String> {
        let effective = self.all().map(|effective| &effective.policy);
        let mut policies = effective.chain(&self.origins);
        policies.find_map(|policy| {
            let outcome = outcomes.of(policy, head);
            let reason = allow_origin(policy, head, outcome).err().flatten();
            reason.map(|reason| reason.to_string())
        })
    }

    /// Returns the origins that the policies allow which only have to allow the origin.
    fn origins_allow(&self, head: &RequestHead, outcomes: &Outcomes) -> AllowOrigin {
        self.origins.iter().fold(AllowOrigin::Any, |allowed, policy| {
            if allowed.is_allowed() {
                let outcome = outcomes.of(policy, head);
                allowed.and(&allow_origin(policy, head, outcome).unwrap_or(AllowOrigin::None))
            } else {
                allowed
            }
        })
    }
}

/// Returns the headers that all policies allow.
fn common<'a>(
    first: &'a Arc<CompiledPolicy>,
    others: impl Iterator<Item = &'a Arc<CompiledPolicy>>,
    head: &RequestHead,
    outcomes: &Outcomes,
) -> ActualHeaders {
    let headers = |policy| headers_of(policy, head, outcomes);
    others.fold(headers(first), |all, policy| all.and(&headers(policy)))
}

/// Returns the headers that one policy allows.
pub(super) fn headers_of(
    policy: &Arc<CompiledPolicy>,
    head: &RequestHead,
    outcomes: &Outcomes,
) -> ActualHeaders {
    let denied = |reason: Option<Reason<'_>>| {
        reason.map_or(AllowOrigin::None, |reason| AllowOrigin::denied(&reason))
    };
    let outcome = outcomes.of(policy, head);
    let allowed = allow_origin(policy, head, outcome).unwrap_or_else(denied);
    ActualHeaders::new(Arc::clone(policy), allowed)
}

/// Returns the value of `Access-Control-Allow-Origin` by the policy, or the reason for the denial. `outcome` is
/// the answer of the predicates, if they were asked.
#[inline]
pub(crate) fn allow_origin<'r>(
    policy: &'r CompiledPolicy,
    head: &'r RequestHead,
    outcome: Option<PredicateOutcome>,
) -> Result<AllowOrigin, Option<Reason<'r>>> {
    if policy.rules.origins.any() {
        return Ok(if policy.varies { AllowOrigin::AnyVarying } else { AllowOrigin::Any });
    }
    match decision::actual(policy, head, outcome) {
        Decision::Actual(Ok(origin)) => Ok(AllowOrigin::Exact(origin.clone())),
        Decision::Actual(Err(denial)) => Err(Some(Reason::new(denial, policy, head))),
        Decision::NotCors | Decision::Preflight(_) => Err(None),
    }
}

/// Returns the value of `Access-Control-Allow-Origin` by a policy without predicates.
pub(super) fn allow_listed(policy: &CompiledPolicy, origin: Option<&HeaderValue>) -> AllowOrigin {
    let rules = &policy.rules.origins;
    match origin {
        _ if rules.any() => AllowOrigin::Any,
        Some(origin) if rules.allows(origin.as_bytes()) => AllowOrigin::Exact(origin.clone()),
        _ => AllowOrigin::None,
    }
}

/// Returns the headers of a policy without predicates.
pub(super) fn listed_headers(
    policy: &Arc<CompiledPolicy>,
    origin: Option<&HeaderValue>,
) -> ActualHeaders {
    ActualHeaders::new(Arc::clone(policy), allow_listed(policy, origin))
}
