//! The outcomes of the user's code for one request: of predicates on the origin, and of the choice between
//! policies. Each predicate and each function is asked once.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use actix_web::{
    dev::RequestHead,
    http::header::{HeaderMap, HeaderValue, ORIGIN},
};
use cors_actix_core::Origin;
use futures_util::{FutureExt as _, future::LocalBoxFuture};

use crate::{
    policy::{Choice, CompiledPolicy},
    predicate::PredicateOutcome,
};

/// The outcomes of asynchronous predicates.
pub(crate) type Answers = Vec<(Arc<CompiledPolicy>, PredicateOutcome)>;

/// The deepest nesting of policies that choose. A handle can hold a policy that chooses the handle.
const DEEPEST: u8 = 8;

/// The outcomes for one request.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    known: RefCell<Answers>,
    /// In a box, because few policies choose.
    choices: RefCell<Option<Box<Choices>>>,
}

/// Policies in place of policies that choose.
#[derive(Debug, Default)]
struct Choices {
    /// The policies that functions have chosen.
    chosen: Replacements,
    /// The policies that apply.
    resolved: Replacements,
}

type Replacements = Vec<(Arc<CompiledPolicy>, Arc<CompiledPolicy>)>;

impl Outcomes {
    /// Returns the outcome of the predicates of the policy, if it has predicates and does not list the
    /// origin. Synchronous predicates are asked here.
    pub(crate) fn of(
        &self,
        policy: &Arc<CompiledPolicy>,
        head: &RequestHead,
    ) -> Option<PredicateOutcome> {
        if policy.predicates.is_empty() {
            return None;
        }
        if let Some(known) = self.known(policy) {
            return Some(known);
        }
        let origin = unlisted(policy, head)?;
        let outcome = policy.predicates.ask(&origin, head);
        self.add(policy, outcome);
        Some(outcome)
    }

    /// Returns the outcome of the predicates of the policy, if they were asked.
    pub(crate) fn known(&self, policy: &Arc<CompiledPolicy>) -> Option<PredicateOutcome> {
        let known = self.known.borrow();
        let known = known.iter().find(|(other, _)| other.is_same(policy));
        known.map(|(_, outcome)| *outcome)
    }

    fn add(&self, policy: &Arc<CompiledPolicy>, outcome: PredicateOutcome) {
        self.known.borrow_mut().push((Arc::clone(policy), outcome));
    }

    /// Returns a future that asks the asynchronous predicates of these policies that were not asked yet,
    /// or `None` if there are none.
    pub(crate) fn ask<'a>(
        &self,
        policies: impl Iterator<Item = &'a Arc<CompiledPolicy>>,
        head: &RequestHead,
    ) -> Option<LocalBoxFuture<'static, Answers>> {
        let mut asked: Vec<(Arc<CompiledPolicy>, _)> = Vec::new();
        let mut ask = |policy: &Arc<CompiledPolicy>| {
            if !policy.predicates.is_async()
                || self.known(policy).is_some()
                || asked.iter().any(|(other, _)| other.is_same(policy))
            {
                return;
            }
            if let Some(origin) = unlisted(policy, head) {
                asked.push((Arc::clone(policy), policy.predicates.ask_async(&origin, head)));
            }
        };
        for policy in policies {
            match &policy.choice {
                None => ask(policy),
                Some(_) => self.each_alternative(policy, head, DEEPEST, &mut ask),
            }
        }
        if asked.is_empty() {
            return None;
        }
        let answers = async move {
            let mut outcomes = Vec::with_capacity(asked.len());
            for (policy, outcome) in asked {
                outcomes.push((policy, outcome.await));
            }
            outcomes
        };
        Some(answers.boxed_local())
    }

    /// Returns `true` if an asynchronous predicate has to be asked for the request.
    pub(crate) fn has_to_wait(&self, policy: &Arc<CompiledPolicy>, head: &RequestHead) -> bool {
        let mut waits = false;
        self.each_alternative(policy, head, DEEPEST, &mut |policy| {
            waits |= policy.predicates.is_async() && unlisted(policy, head).is_some();
        });
        waits
    }

    pub(crate) fn extend(&self, answers: Answers) {
        for (policy, outcome) in answers {
            self.add(&policy, outcome);
        }
    }

    /// Calls `visit` with the policies that a policy may choose for the request.
    fn each_alternative(
        &self,
        policy: &Arc<CompiledPolicy>,
        head: &RequestHead,
        depth: u8,
        visit: &mut dyn FnMut(&Arc<CompiledPolicy>),
    ) {
        let Some(deeper) = depth.checked_sub(1) else { return };
        match policy.choice.as_deref() {
            None => visit(policy),
            Some(Choice::ByRequest(_)) => {
                if let Some(chosen) = self.choose(policy, head) {
                    self.each_alternative(&chosen, head, deeper, visit);
                }
            }
            Some(Choice::ByOrigin(policies)) => {
                for policy in policies {
                    self.each_alternative(&policy(), head, deeper, visit);
                }
            }
        }
    }

    /// Returns the policy that the function chooses, or `None` if the function panics.
    fn choose(
        &self,
        policy: &Arc<CompiledPolicy>,
        head: &RequestHead,
    ) -> Option<Arc<CompiledPolicy>> {
        let Some(Choice::ByRequest(choose)) = policy.choice.as_deref() else { return None };
        if let Some(chosen) = self.find(policy, |choices| &choices.chosen) {
            return Some(chosen);
        }
        let Ok(chosen) = catch_unwind(AssertUnwindSafe(|| choose(head))) else {
            tracing::error!(
                target: "cors_actix",
                policy = %policy.written_at,
                "the function of `Policy::by_request` at {} panicked, and the request is denied",
                policy.written_at
            );
            return None;
        };
        let mut choices = self.choices.borrow_mut();
        let choices = choices.get_or_insert_default();
        choices.chosen.push((Arc::clone(policy), Arc::clone(&chosen)));
        Some(chosen)
    }

    /// Returns the policy that applies in place of a policy that chooses, and every other policy itself. The
    /// asynchronous predicates must have been asked.
    #[inline]
    pub(crate) fn resolve(
        &self,
        policy: &Arc<CompiledPolicy>,
        head: &RequestHead,
    ) -> Arc<CompiledPolicy> {
        match &policy.choice {
            None => Arc::clone(policy),
            Some(_) => self.resolve_choice(policy, head, DEEPEST),
        }
    }

    #[cold]
    fn resolve_choice(
        &self,
        policy: &Arc<CompiledPolicy>,
        head: &RequestHead,
        depth: u8,
    ) -> Arc<CompiledPolicy> {
        let Some(choice) = policy.choice.as_deref() else { return Arc::clone(policy) };
        if let Some(resolved) = self.find(policy, |choices| &choices.resolved) {
            return resolved;
        }
        let Some(deeper) = depth.checked_sub(1) else {
            tracing::error!(
                target: "cors_actix",
                policy = %policy.written_at,
                "the policy at {} chooses a policy that chooses, more than {DEEPEST} times, and the \
                 request is denied",
                policy.written_at
            );
            return Arc::clone(policy);
        };
        let resolved = match choice {
            Choice::ByRequest(_) => match self.choose(policy, head) {
                Some(chosen) => self.resolve_choice(&chosen, head, deeper),
                None => Arc::clone(policy),
            },
            Choice::ByOrigin(policies) => self.resolve_by_origin(policy, policies, head, deeper),
        };
        let reads = &policy.predicates.reads;
        let resolved =
            if reads.is_empty() { resolved } else { Arc::new(resolved.with_reads(reads)) };
        let mut choices = self.choices.borrow_mut();
        let choices = choices.get_or_insert_default();
        choices.resolved.push((Arc::clone(policy), Arc::clone(&resolved)));
        resolved
    }

    fn resolve_by_origin(
        &self,
        itself: &Arc<CompiledPolicy>,
        policies: &[Box<dyn Fn() -> Arc<CompiledPolicy> + Send + Sync>],
        head: &RequestHead,
        depth: u8,
    ) -> Arc<CompiledPolicy> {
        let mut reads = Vec::new();
        let mut enforce = false;
        for policy in policies {
            let policy = self.resolve_choice(&policy(), head, depth);
            if self.allows(&policy, head) {
                let policy = policy.varying();
                let is_alone = reads.is_empty();
                return if is_alone { policy } else { Arc::new(policy.with_reads(&reads)) };
            }
            reads.extend_from_slice(&policy.predicates.reads);
            enforce |= policy.rules.enforce;
        }
        if reads.is_empty() && !enforce {
            return Arc::clone(itself);
        }
        let denying = itself.with_reads(&reads);
        Arc::new(if enforce { denying.with_enforce() } else { denying })
    }

    fn find(
        &self,
        policy: &Arc<CompiledPolicy>,
        list: impl FnOnce(&Choices) -> &Replacements,
    ) -> Option<Arc<CompiledPolicy>> {
        let choices = self.choices.borrow();
        let found = list(choices.as_deref()?).iter().find(|(other, _)| Arc::ptr_eq(other, policy));
        found.map(|(_, found)| Arc::clone(found))
    }

    /// Returns `true` if the policy allows the request's origin. A request without `Origin` is only allowed by
    /// a policy that allows every origin.
    fn allows(&self, policy: &Arc<CompiledPolicy>, head: &RequestHead) -> bool {
        let origins = &policy.rules.origins;
        let Some(origin) = sole_origin(head.headers()) else { return origins.any() };
        origins.allows(origin.as_bytes()) || self.of(policy, head) == Some(PredicateOutcome::Allow)
    }
}

/// Returns the origin that the predicates of the policy decide on: a well-formed origin that no listed
/// origin matches.
pub(crate) fn unlisted<'r>(
    policy: &CompiledPolicy,
    request: &'r RequestHead,
) -> Option<Origin<'r>> {
    let origin = sole_origin(request.headers())?.as_bytes();
    if policy.rules.origins.allows(origin) { None } else { Origin::parse(origin) }
}

/// Returns the value of the `Origin` line, or `None` if there is no line or more than one.
pub(crate) fn sole_origin(headers: &HeaderMap) -> Option<&HeaderValue> {
    match headers.get_all(&ORIGIN).as_slice() {
        [origin] => Some(origin),
        _ => None,
    }
}
