//! The configuration of a layer.

use std::{panic::Location, sync::Arc};

use super::scope_path::{self, ScopePath, ScopeProblem};
use crate::policy::{CompiledPolicy, Policy};

/// The policies of a layer, with their paths.
#[derive(Debug, Clone)]
pub(crate) struct LayerConfig {
    pub(super) policy: Policy,
    /// The compiled policy, if no handle can replace the policy.
    pub(super) fixed: Option<Arc<CompiledPolicy>>,
    /// The policies of `Cors::scope`, in the order of the calls.
    pub(super) scopes: Vec<(ScopePath, Policy)>,
    pub(super) problems: Vec<(String, ScopeProblem)>,
    pub(super) authoritative: bool,
    /// The position of `Cors::new` in the source.
    pub(crate) location: &'static Location<'static>,
}

impl LayerConfig {
    pub(super) fn new(policy: Policy, location: &'static Location<'static>) -> Self {
        let fixed = policy.fixed();
        let (scopes, problems) = (Vec::new(), Vec::new());
        LayerConfig { policy, fixed, scopes, problems, authoritative: false, location }
    }

    pub(super) fn add_scope(&mut self, path: &str, policy: Policy) {
        match scope_path::parse(path) {
            Ok(pattern) if self.scopes.iter().any(|(other, _)| other.is_same(&pattern)) => {
                self.problems.push((path.to_owned(), ScopeProblem::Repeated));
            }
            Ok(pattern) => self.scopes.push((pattern, policy)),
            Err(problem) => self.problems.push((path.to_owned(), problem)),
        }
    }

    /// Returns `true` if a policy has problems that were found when it was first used.
    pub(super) fn has_rejected_policy(&self) -> bool {
        let of_scopes = self.scopes.iter().any(|(_, policy)| policy.is_rejected());
        self.policy.is_rejected() || of_scopes
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns the paths of `Cors::scope` with their policies, in the order of the calls.
    pub(crate) fn scopes(&self) -> impl Iterator<Item = (&str, &Policy)> {
        self.scopes.iter().map(|(path, policy)| (path.text(), policy))
    }

    /// Returns the layer's own policy for that path.
    pub(super) fn policy_at(&self, path: &str) -> &Policy {
        self.scope_of(path).unwrap_or(&self.policy)
    }

    /// Returns `true` if the path has a policy from `Cors::scope`.
    pub(super) fn overrides(&self, path: &str) -> bool {
        self.scope_of(path).is_some()
    }

    /// Returns the policy of the scope that fits the path. If several fit, the scope with the longest
    /// literal text counts, and among scopes of equal length the first.
    pub(super) fn scope_of(&self, path: &str) -> Option<&Policy> {
        let fitting = self.scopes.iter().filter(|(scope, _)| scope.fits(path));
        let longest = fitting.reduce(|longest, next| {
            if next.0.literal_length() > longest.0.literal_length() { next } else { longest }
        });
        longest.map(|(_, policy)| policy)
    }

    #[inline]
    pub(super) fn has_one_policy(&self) -> bool {
        self.scopes.is_empty()
    }

    /// Returns the policy if it is the same for all paths and at all times, and has no asynchronous predicate.
    #[inline]
    pub(super) fn constant(&self) -> Option<&CompiledPolicy> {
        let fixed = self.fixed.as_deref().filter(|_| self.has_one_policy());
        fixed.filter(|policy| !policy.predicates.is_async())
    }

    /// Returns `true` if no policy of the layer has `any` origin, so that no policy can allow a request
    /// without `Origin`.
    #[inline]
    pub(super) fn is_never_any(&self) -> bool {
        let is_any = |policy: &Policy| policy.compiled().may_allow_any();
        let is_own_any = match &self.fixed {
            Some(policy) => policy.may_allow_any(),
            None => is_any(&self.policy),
        };
        !is_own_any && !self.scopes.iter().any(|(_, policy)| is_any(policy))
    }

    /// Returns the layer's policy for paths without a policy of their own, as it is now.
    #[inline]
    pub(super) fn current(&self) -> Arc<CompiledPolicy> {
        self.fixed.clone().unwrap_or_else(|| self.policy.compiled())
    }
}
