//! Checks the options of a builder, and builds the policy.

use std::{collections::HashSet, panic::Location};

use cors_actix_core::{PolicyKey, PolicySpec, Problem, ProblemKind};

use super::{builder::PolicyBuilder, compiled::CompiledPolicy, value::Policy};
use crate::{error::PolicyError, written_at::WrittenAt};

impl PolicyBuilder {
    /// Checks the options and returns the policy. Warnings are logged, and [`Policy::warnings`] returns
    /// them.
    ///
    /// # Errors
    /// [`PolicyError`] with every problem of the policy. An empty list of origins is a problem if there is
    /// no predicate either; [`build_lossy`](Self::build_lossy) accepts an empty list.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert!(Policy::builder().allow_origins(["https://a.example/"]).build().is_err());
    /// ```
    #[track_caller]
    pub fn build(&self) -> Result<Policy, PolicyError> {
        let written_at = self.location(Location::caller());
        self.compile(&written_at).map_err(|problems| PolicyError::new(problems, written_at))
    }

    /// Builds the policy without the items that have a problem, and returns their problems. Use this for
    /// lists from a database, if the service must start in spite of a bad row. A bad row that is repeated is
    /// reported once and left out everywhere. If no origin is left, the policy allows no other origin, and the
    /// problems contain [`NoOrigins`](crate::ProblemKind::NoOrigins).
    ///
    /// # Errors
    /// [`PolicyError`] with the problems that no item of a list has.
    ///
    /// ```
    /// use cors_actix::{Policy, ProblemKind};
    ///
    /// let rows = ["https://a.example", "b.example"];
    /// let (policy, problems) = Policy::builder().allow_origins(rows).build_lossy()?;
    /// assert_eq!(problems[0].location.to_string(), "allow_origins[1]");
    ///
    /// let no_rows: [&str; 0] = [];
    /// let (closed, problems) = Policy::builder().allow_origins(no_rows).build_lossy()?;
    /// assert!(matches!(problems[0].kind, ProblemKind::NoOrigins));
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    #[track_caller]
    pub fn build_lossy(&self) -> Result<(Policy, Vec<Problem>), PolicyError> {
        let written_at = self.location(Location::caller());
        let mut problems = match self.compile(&written_at) {
            Ok(policy) => return Ok((policy, Vec::new())),
            Err(problems) => problems,
        };
        let is_empty = |problem: &Problem| matches!(problem.kind, ProblemKind::NoOrigins);
        problems.retain(|problem| !is_empty(problem));
        if problems.iter().any(|problem| problem.location.item.is_none()) {
            problems.retain(|problem| problem.location.item.is_none());
            return Err(PolicyError::new(problems, written_at));
        }
        let mut builder = self.clone();
        builder.remove_items(&problems);
        match builder.compile(&written_at) {
            Ok(policy) => Ok((policy, problems)),
            // No origin is left.
            Err(left) => {
                problems.extend(left);
                let closed = PolicyBuilder { same_origin: true, ..PolicyBuilder::default() };
                let closed = closed.enforce(self.enforce).compile(&written_at);
                Ok((closed.map_err(|left| PolicyError::new(left, written_at))?, problems))
            }
        }
    }

    /// Removes the items that have a problem, also where they are repeated, because only the first place of an item
    /// is checked.
    fn remove_items(&mut self, problems: &[Problem]) {
        type Compared = fn(&str) -> String;
        let lists: [(_, _, Compared); 4] = [
            (PolicyKey::AllowOrigins, &mut self.allow_origins, str::to_owned),
            (PolicyKey::AllowMethods, &mut self.allow_methods, str::to_owned),
            (PolicyKey::AllowHeaders, &mut self.allow_headers, str::to_ascii_lowercase),
            (PolicyKey::ExposeHeaders, &mut self.expose_headers, str::to_ascii_lowercase),
        ];
        for (key, list, compared) in lists {
            let of_key = problems.iter().filter(|problem| problem.location.key == key);
            let bad = of_key.filter_map(|problem| list.get(problem.location.item?));
            let bad: HashSet<_> = bad.map(|item| compared(item)).collect();
            list.retain(|item| !bad.contains(&compared(item)));
        }
    }

    /// Returns the location where the policy is written.
    fn location(&self, caller: &'static Location<'static>) -> WrittenAt {
        let named = self.written_at.as_deref();
        named.map_or(WrittenAt::Code(caller), |name| WrittenAt::Named(name.into()))
    }

    fn compile(&self, written_at: &WrittenAt) -> Result<Policy, Vec<Problem>> {
        let [origins, methods, headers, exposed] =
            [&self.allow_origins, &self.allow_methods, &self.allow_headers, &self.expose_headers]
                .map(|items| items.iter().map(String::as_str).collect::<Vec<_>>());
        let spec = PolicySpec {
            allow_origins: &origins,
            allow_methods: &methods,
            allow_headers: &headers,
            allow_credentials: self.allow_credentials,
            expose_headers: &exposed,
            max_age: self.max_age,
            preflight_status: self.preflight_status,
            timing_allow_origin: self.timing_allow_origin,
            danger_insecure_origins: self.danger_insecure_origins,
            danger_public_suffixes: self.danger_public_suffixes,
            same_origin: self.same_origin,
            enforce: self.enforce,
            predicate: !self.predicates.is_empty(),
        };
        let checked = spec.check()?;
        let (predicates, written_at) = (self.predicates.clone(), written_at.clone());
        Ok(Policy::of_compiled(CompiledPolicy::new(checked, predicates, written_at)))
    }
}
