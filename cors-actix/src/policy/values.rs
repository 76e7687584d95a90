//! The values of a policy, to read, to compare, and to copy into a builder.

use std::sync::Arc;

use actix_web::http::StatusCode;

use super::{
    builder::PolicyBuilder,
    compiled::{Choice, CompiledPolicy},
    value::Policy,
};

/// Copies the options of a policy, so that a similar policy can be built. Items that have no effect, such as
/// `GET` in `allow_methods`, are left out. A policy that chooses between others ([`Policy::by_origin`],
/// [`Policy::by_request`]) has no options of its own and becomes a builder of [`Policy::same_origin`].
///
/// ```
/// use cors_actix::{Policy, PolicyBuilder};
///
/// let policy = Policy::builder().allow_origins(["https://a.example"]).max_age(60).build()?;
/// let wider = PolicyBuilder::from(&policy).allow_origins(["https://b.example"]).build()?;
/// assert_eq!(wider.allow_origins(), ["https://a.example", "https://b.example"]);
/// assert_eq!(wider.max_age(), Some(60));
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
impl From<&Policy> for PolicyBuilder {
    fn from(policy: &Policy) -> Self {
        options(&policy.compiled())
    }
}

/// Compares what the policies allow. Predicates are equal only if they are the same closure; the order of
/// lists and the location where a policy is written do not count.
///
/// ```
/// use cors_actix::{Policy, policy};
///
/// let built = Policy::builder().allow_origins(["https://b.example", "https://a.example"]).build()?;
/// assert!(built == policy! { allow_origins = ["https://a.example", "https://b.example"] });
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        are_equal(&self.compiled(), &other.compiled())
    }
}

fn are_equal(one: &Arc<CompiledPolicy>, other: &Arc<CompiledPolicy>) -> bool {
    if one.is_same(other) {
        return true;
    }
    match (one.choice.as_deref(), other.choice.as_deref()) {
        (None, None) => options(one) == options(other),
        (Some(Choice::ByOrigin(ones)), Some(Choice::ByOrigin(others))) => {
            let mut pairs = ones.iter().zip(others);
            ones.len() == others.len() && pairs.all(|(one, other)| are_equal(&one(), &other()))
        }
        _ => false,
    }
}

pub(super) fn options(policy: &CompiledPolicy) -> PolicyBuilder {
    let rules = &policy.rules;
    PolicyBuilder {
        allow_origins: policy.allowed_origins(),
        allow_methods: policy.allowed_methods(),
        allow_headers: policy.allowed_headers(),
        allow_credentials: rules.credentials,
        expose_headers: policy.exposed_headers(),
        max_age: rules.max_age,
        preflight_status: rules.preflight_status,
        timing_allow_origin: rules.timing_allow_origin,
        danger_insecure_origins: rules.danger_insecure_origins,
        danger_public_suffixes: rules.danger_public_suffixes,
        same_origin: rules.same_origin || policy.choice.is_some(),
        enforce: rules.enforce,
        predicates: policy.predicates.clone(),
        written_at: None,
    }
}

/// Returns the sorted items of an option, as a builder takes them.
fn items<'a>(is_any: bool, listed: impl Iterator<Item = &'a str>) -> Vec<String> {
    let any = is_any.then_some("*").into_iter();
    let mut items: Vec<_> = any.chain(listed).map(str::to_owned).collect();
    items.sort_unstable();
    items
}

/// The values of the options. They do not say what a policy with [`Choice`] allows.
impl CompiledPolicy {
    fn allowed_origins(&self) -> Vec<String> {
        self.rules.origins.listed().into_iter().map(Into::into).collect()
    }

    fn allowed_methods(&self) -> Vec<String> {
        items(self.rules.methods.any(), self.rules.methods.listed())
    }

    pub(crate) fn allowed_headers(&self) -> Vec<String> {
        let headers = &self.rules.headers;
        let prefixes: Vec<_> = headers.prefixes().map(|prefix| format!("{prefix}*")).collect();
        items(headers.any(), headers.listed().chain(prefixes.iter().map(String::as_str)))
    }

    fn exposed_headers(&self) -> Vec<String> {
        items(self.rules.exposed.any(), self.rules.exposed.listed())
    }
}

impl Policy {
    /// Describes the origins of a policy that lists none.
    pub(crate) fn origins_in_words(&self) -> &'static str {
        let policy = self.compiled();
        match policy.choice.as_deref() {
            Some(Choice::ByOrigin(_)) => "by origin",
            Some(Choice::ByRequest(_)) => "by request",
            None if policy.predicates.is_empty() => "no other origin",
            None => "by predicate",
        }
    }

    /// Returns the allowed origins and patterns, sorted: `"*"` for every origin, and none for a policy that
    /// allows no other origin or decides by predicates alone.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert_eq!(Policy::permissive().allow_origins(), ["*"]);
    /// ```
    pub fn allow_origins(&self) -> Vec<String> {
        self.compiled().allowed_origins()
    }

    /// Returns the allowed methods without GET, HEAD and POST, which are always allowed; `"*"` for every
    /// method.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert!(Policy::same_origin().allow_methods().is_empty());
    /// ```
    pub fn allow_methods(&self) -> Vec<String> {
        self.compiled().allowed_methods()
    }

    /// Returns the allowed request header names in lower case; `"*"` for every name except `authorization`.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert_eq!(Policy::permissive().allow_headers(), ["*", "authorization"]);
    /// ```
    pub fn allow_headers(&self) -> Vec<String> {
        self.compiled().allowed_headers()
    }

    /// Returns `true` if requests may carry credentials.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert!(!Policy::permissive().allow_credentials());
    /// ```
    pub fn allow_credentials(&self) -> bool {
        self.compiled().rules.credentials
    }

    /// Returns the response header names that scripts may read, in lower case; `"*"` for every name.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert_eq!(Policy::permissive().expose_headers(), ["*"]);
    /// ```
    pub fn expose_headers(&self) -> Vec<String> {
        self.compiled().exposed_headers()
    }

    /// Returns the time for which browsers may cache the response to a preflight, in seconds.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert_eq!(Policy::same_origin().max_age(), None);
    /// ```
    pub fn max_age(&self) -> Option<u64> {
        self.compiled().rules.max_age
    }

    /// Returns the status of a granted preflight.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert_eq!(Policy::permissive().preflight_status(), 204);
    /// ```
    pub fn preflight_status(&self) -> StatusCode {
        self.compiled().status
    }

    /// Returns `true` if pages of allowed origins may read the timing of responses.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert!(!Policy::permissive().timing_allow_origin());
    /// ```
    pub fn timing_allow_origin(&self) -> bool {
        self.compiled().rules.timing_allow_origin
    }

    /// Returns `true` if the policy denies requests from origins that are not allowed before they reach a
    /// handler.
    ///
    /// ```
    /// # use cors_actix::Policy;
    /// assert!(!Policy::same_origin().enforce());
    /// ```
    pub fn enforce(&self) -> bool {
        self.compiled().rules.enforce
    }
}
