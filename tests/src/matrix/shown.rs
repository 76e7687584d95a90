//! What the answers to the preflights of a situation show.

use super::{
    feature::Feature,
    plan::{self, Plan},
    situation::{Place, Situation},
};

impl Situation {
    /// Returns the policy, unless the place is that of a feature.
    pub fn policy(&self) -> Option<&'static Plan> {
        plan::all().get(self.plan?)
    }

    /// Returns `true` if answers to preflights have `*` for methods.
    pub fn shows_any_method(&self) -> bool {
        self.policy().is_some_and(|plan| !plan.credentials && plan.methods.contains(&"*"))
    }

    /// Returns `true` if answers to preflights have `*` for header names.
    pub fn shows_any_header(&self) -> bool {
        let is_shown = |plan: &Plan| !plan.credentials && plan.headers.contains(&"*");
        self.place == Place::Feature(Feature::AnyHeader) || self.policy().is_some_and(is_shown)
    }
}
