//! Policies that choose one of several others: by the origin, or by the request.

use std::{panic::Location, sync::Arc};

use actix_web::{
    dev::RequestHead,
    http::header::{HeaderName, HeaderValue},
};
use cors_actix_core::{Location as PolicyLocation, PolicyKey, Problem, ProblemKind, Rules};

use super::{
    compiled::{Choice, CompiledPolicy, CurrentPolicy},
    source::PolicySource,
    value::Policy,
};
use crate::{error::PolicyError, written_at::WrittenAt};

impl Policy {
    /// Returns a policy that gives origins different rights: the first of the policies that allows the
    /// request's origin decides as a whole. A front end may get credentials and further methods, for example,
    /// while every other origin may only read.
    ///
    /// Responses always vary by `Origin`. If no policy allows the origin, the request is denied; with status
    /// 403 if one of the policies has [`enforce`](crate::PolicyBuilder::enforce). Each of the policies may
    /// follow a [`PolicyHandle`](crate::PolicyHandle).
    ///
    /// ```
    /// use cors_actix::{Any, Cors, Policy};
    ///
    /// let front_end = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_methods(["PUT", "DELETE"])
    ///     .allow_credentials(true)
    ///     .build()?;
    /// let public = Policy::builder().allow_origins(Any).build()?;
    /// let layer = Cors::new(Policy::by_origin([front_end, public])?);
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    ///
    /// # Errors
    /// [`PolicyError`] if the list is empty, and for each policy that no request can reach because the
    /// policies in front of it allow all of its origins.
    #[track_caller]
    pub fn by_origin<S: PolicySource>(
        policies: impl IntoIterator<Item = S>,
    ) -> Result<Policy, PolicyError> {
        let written_at = WrittenAt::Code(Location::caller());
        let policies: Vec<_> = policies.into_iter().map(|policy| policy.policy()).collect();
        let problems = problems(&policies);
        if !problems.is_empty() {
            return Err(PolicyError::new(problems, written_at));
        }
        let choice = Choice::ByOrigin(policies.into_iter().map(current).collect());
        Ok(Policy::of_compiled(CompiledPolicy::choosing(choice, written_at)))
    }

    /// Returns a policy that a function chooses for each request, for rights that only a request can tell: those
    /// of a tenant, known by host or header. `choose` is called once per request and layer, and must not
    /// block. If `choose` panics, the request is denied and the panic is logged.
    ///
    /// A preflight has the URL, the `Origin` and the host of the actual request, and none of its other
    /// headers. Name the headers that `choose` reads with [`predicates_read`](Self::predicates_read).
    ///
    /// ```
    /// use std::{collections::HashMap, sync::Arc};
    /// use cors_actix::{Cors, Policy};
    ///
    /// let shop = Policy::builder().allow_origins(["https://shop.example"]).build()?;
    /// let tenants = Arc::new(HashMap::from([("shop.api.example".to_owned(), shop)]));
    /// let layer = Cors::new(Policy::by_request(move |head| {
    ///     let host = head.headers().get("host").and_then(|host| host.to_str().ok());
    ///     host.and_then(|host| tenants.get(host).cloned()).unwrap_or_else(Policy::same_origin)
    /// }));
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    #[track_caller]
    pub fn by_request<S: PolicySource>(
        choose: impl Fn(&RequestHead) -> S + Send + Sync + 'static,
    ) -> Policy {
        let written_at = WrittenAt::Code(Location::caller());
        let choose = move |head: &RequestHead| choose(head).policy().compiled();
        let choice = Choice::ByRequest(Box::new(choose));
        Policy::of_compiled(CompiledPolicy::choosing(choice, written_at))
    }

    /// Adds the request headers that the function of [`by_request`](Self::by_request) reads, except `Origin`
    /// and `Host`, to the `Vary` header of each response, so that no cache answers another request with the
    /// response (RFC 9110, section 12.5.5). Browsers then keep no preflights.
    ///
    /// ```
    /// use actix_web::http::header::HeaderName;
    /// use cors_actix::Policy;
    ///
    /// let policy = Policy::by_request(|head| match head.headers().get("x-tenant") {
    ///     Some(_) => Policy::permissive(),
    ///     None => Policy::same_origin(),
    /// })
    /// .predicates_read([HeaderName::from_static("x-tenant")]);
    /// ```
    #[must_use = "the policy is returned, not changed"]
    pub fn predicates_read(self, names: impl IntoIterator<Item = HeaderName>) -> Policy {
        let reads: Vec<_> = names.into_iter().map(HeaderValue::from).collect();
        Policy::of_compiled(self.compiled().with_reads(&reads))
    }
}

/// Returns a function that returns the policy as it is now.
fn current(policy: Policy) -> CurrentPolicy {
    match policy.constant() {
        Some(constant) => {
            let constant = constant.varying();
            Box::new(move || Arc::clone(&constant))
        }
        None => Box::new(move || policy.compiled()),
    }
}

/// Returns the problems of a list of policies of which the first that allows the origin decides.
fn problems(policies: &[Policy]) -> Vec<Problem> {
    if policies.is_empty() {
        let location = PolicyLocation::key(PolicyKey::ByOrigin);
        return vec![Problem::new(location, None, ProblemKind::NoPolicies)];
    }
    // Handles and functions may allow anything later.
    let mut problems = Vec::new();
    for (index, policy) in policies.iter().enumerate() {
        let before = policies.get(..index).unwrap_or_default();
        let is_closed = policy.fixed().is_some_and(|policy| policy.is_closed());
        if is_closed || are_covered(policy, before) {
            let location = PolicyLocation::item(PolicyKey::ByOrigin, index);
            problems.push(Problem::new(location, None, ProblemKind::UnreachablePolicy));
        }
    }
    problems
}

/// Returns `true` if the policies in front allow all origins of the policy.
fn are_covered(policy: &Policy, before: &[Policy]) -> bool {
    let before: Vec<_> = before.iter().filter_map(Policy::fixed).collect();
    if before.iter().any(|policy| policy.rules.origins.any()) {
        return true;
    }
    let Some(policy) = policy.fixed().filter(|policy| policy.predicates.is_empty()) else {
        return false;
    };
    let origins = policy.rules.origins.listed();
    let is_covered = |text: &str| before.iter().any(|policy| policy.rules.origins.covers(text));
    !origins.is_empty() && origins.iter().all(|origin| is_covered(origin))
}

impl CompiledPolicy {
    /// Returns `true` if the policy allows no origin.
    fn is_closed(&self) -> bool {
        self.predicates.is_empty() && self.rules.origins.is_empty()
    }

    /// Returns a policy that chooses between others. Its own rules allow nothing.
    fn choosing(choice: Choice, written_at: WrittenAt) -> Self {
        let mut policy = CompiledPolicy::closed(Rules::default(), written_at);
        policy.choice = Some(Arc::new(choice));
        policy
    }
}
