//! Checks a policy of `policy!` or `#[cors]` when it is first used.

use std::panic::Location;

use cors_actix_core::{Checked, PolicySpec, Problem, Rules};

use super::compiled::CompiledPolicy;
use crate::{predicate::Predicates, written_at::WrittenAt};

/// The check of a policy when it is first used.
#[derive(Clone, Copy)]
pub(super) struct SpecCheck {
    /// A pointer, because a program contains the tables of [`PolicySpec::check`] only if some code names that
    /// function. Without constants in policies no code does.
    check: fn(&PolicySpec<'static>) -> Result<Checked, Vec<Problem>>,
    /// The position of the policy in the source.
    location: &'static Location<'static>,
}

impl SpecCheck {
    /// Returns the check of a policy that the macro has checked before.
    pub(super) const fn again(location: &'static Location<'static>) -> Self {
        SpecCheck { check: PolicySpec::check_without_tables, location }
    }

    /// Returns the check of a policy with constants, whose values the macro did not know.
    pub(super) const fn with_constants(location: &'static Location<'static>) -> Self {
        SpecCheck { check: PolicySpec::check, location }
    }

    /// Returns the policy. If it has problems, it denies every origin, and the problems are logged.
    pub(super) fn compile(self, spec: &PolicySpec<'static>) -> CompiledPolicy {
        let checked = (self.check)(spec);
        let is_rejected = checked.is_err();
        let checked = checked.unwrap_or_else(|problems| {
            self.log(&problems);
            let rules = Rules { enforce: spec.enforce, ..Rules::default() };
            Checked { rules, warnings: Vec::new() }
        });
        let written_at = WrittenAt::Code(self.location);
        let mut policy = CompiledPolicy::new(checked, Predicates::default(), written_at);
        policy.is_rejected = is_rejected;
        policy
    }

    fn log(self, problems: &[Problem]) {
        let at = WrittenAt::Code(self.location);
        let count = problems.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        let line = |problem: &Problem| {
            format!("\n  {}: {}", problem.location, problem.kind.in_words_of_attribute())
        };
        let lines: String = problems.iter().map(line).collect();
        tracing::error!(
            target: "cors_actix",
            "the CORS policy at {at} denies every origin, because it has {count} {noun}:{lines}"
        );
    }
}
