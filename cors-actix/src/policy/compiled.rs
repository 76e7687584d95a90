//! A checked policy with the header values that responses get.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use actix_web::{
    dev::RequestHead,
    http::{StatusCode, header::HeaderValue},
};
use cors_actix_core::{Checked, Methods, Rules, Warning};

use crate::{predicate::Predicates, written_at::WrittenAt};

/// A checked policy with the header values that responses get.
#[derive(Clone)]
pub(crate) struct CompiledPolicy {
    pub(crate) rules: Arc<Rules>,
    pub(crate) methods: Arc<AllowedMethods>,
    pub(crate) headers: Option<HeaderValue>,
    pub(crate) exposed: Option<HeaderValue>,
    pub(crate) max_age: Option<HeaderValue>,
    pub(crate) status: StatusCode,
    pub(crate) predicates: Predicates,
    pub(crate) warnings: Vec<Warning>,
    /// `true` if responses vary by the origin although the policy allows every origin.
    pub(crate) varies: bool,
    /// The choice between other policies. A policy that chooses has rules that allow nothing.
    pub(crate) choice: Option<Arc<Choice>>,
    pub(crate) written_at: WrittenAt,
    /// The kinds of requests of which a denial was logged.
    logged: Arc<AtomicU8>,
    /// `true` for the policy that denies every origin in the place of one with problems.
    pub(crate) is_rejected: bool,
}

impl CompiledPolicy {
    /// Compiles a checked policy, and logs its warnings.
    pub(crate) fn new(
        Checked { rules, warnings }: Checked,
        predicates: Predicates,
        written_at: WrittenAt,
    ) -> Self {
        for warning in &warnings {
            tracing::warn!(target: "cors_actix", policy = %written_at, "{warning}");
        }
        let status = rules.preflight_status.and_then(|status| StatusCode::from_u16(status).ok());
        CompiledPolicy {
            methods: Arc::new(AllowedMethods::of_layer(rules.methods.clone())),
            headers: list(
                rules.headers.any().then_some("*").into_iter().chain(rules.headers.listed()),
            ),
            exposed: list(
                rules.exposed.any().then_some("*").into_iter().chain(rules.exposed.listed()),
            ),
            max_age: rules.max_age.map(HeaderValue::from),
            status: status.unwrap_or(StatusCode::NO_CONTENT),
            predicates,
            rules: Arc::new(rules),
            warnings,
            varies: false,
            choice: None,
            written_at,
            logged: Arc::default(),
            is_rejected: false,
        }
    }

    /// Compiles rules that nobody has written.
    pub(super) fn closed(rules: Rules, written_at: WrittenAt) -> Self {
        let checked = Checked { rules, warnings: Vec::new() };
        CompiledPolicy::new(checked, Predicates::default(), written_at)
    }

    /// Returns the policy with responses that vary by the origin, also if the policy allows every origin: for
    /// other origins another policy would have decided.
    pub(crate) fn varying(self: Arc<Self>) -> Arc<Self> {
        if self.varies || !self.rules.origins.any() {
            return self;
        }
        Arc::new(CompiledPolicy { varies: true, ..(*self).clone() })
    }

    /// Returns the policy, which denies, with `enforce`.
    pub(crate) fn with_enforce(&self) -> Self {
        let rules = Rules { enforce: true, ..(*self.rules).clone() };
        CompiledPolicy { rules: Arc::new(rules), ..self.clone() }
    }

    /// Returns the policy with responses that also vary by these request headers.
    pub(crate) fn with_reads(&self, reads: &[HeaderValue]) -> Self {
        let mut policy = self.clone();
        policy.predicates.reads.extend_from_slice(reads);
        policy
    }

    /// Returns `true` if responses to requests without `Origin` may allow every origin.
    #[inline]
    pub(crate) fn may_allow_any(&self) -> bool {
        self.rules.origins.any() || self.choice.is_some()
    }

    /// Returns `true` if both policies have the same rules and predicates, apart from what responses vary by.
    pub(crate) fn is_same(&self, other: &CompiledPolicy) -> bool {
        Arc::ptr_eq(&self.rules, &other.rules)
    }

    /// Returns `true` for the first denial of a kind of request. `kind` is a bit.
    pub(crate) fn is_first_denial(&self, kind: u8) -> bool {
        let is_logged = self.logged.load(Ordering::Relaxed) & kind != 0;
        !is_logged && self.logged.fetch_or(kind, Ordering::Relaxed) & kind == 0
    }
}

impl fmt::Debug for CompiledPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut policy = f.debug_tuple("Policy");
        if let Some(choice) = &self.choice {
            return policy.field(choice).finish();
        }
        policy.field(&self.rules);
        if !self.predicates.is_empty() {
            policy.field(&self.predicates);
        }
        policy.finish()
    }
}

/// The choice between policies.
pub(crate) enum Choice {
    /// The first policy that allows the request's origin.
    ByOrigin(Box<[CurrentPolicy]>),
    /// The policy that the function returns for the request.
    ByRequest(Box<ChoosePolicy>),
}

/// Returns a policy as it is now.
pub(crate) type CurrentPolicy = Box<dyn Fn() -> Arc<CompiledPolicy> + Send + Sync>;

/// Returns the policy for a request.
pub(crate) type ChoosePolicy = dyn Fn(&RequestHead) -> Arc<CompiledPolicy> + Send + Sync;

impl fmt::Debug for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Choice::ByOrigin(policies) => {
                let policies = policies.iter().map(|policy| policy());
                f.debug_tuple("ByOrigin").field(&policies.collect::<Vec<_>>()).finish()
            }
            Choice::ByRequest(_) => f.debug_tuple("ByRequest").finish_non_exhaustive(),
        }
    }
}

/// Methods, with the list that granted preflights get.
#[derive(Debug)]
pub(crate) struct AllowedMethods {
    pub(crate) methods: Methods,
    pub(crate) list: Option<HeaderValue>,
}

impl AllowedMethods {
    fn of_layer(methods: Methods) -> Self {
        let list = if methods.any() {
            list(["*"])
        } else {
            list(["GET", "HEAD", "POST"].into_iter().chain(methods.listed()))
        };
        AllowedMethods { methods, list }
    }

    pub(crate) fn of_route(methods: &[&str]) -> Self {
        let methods: Methods = methods.iter().copied().collect();
        AllowedMethods { list: list(methods.listed()), methods }
    }
}

/// Returns the items as one header value, `None` if there are no items. Checked names always make a
/// header value.
fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> Option<HeaderValue> {
    let items: Vec<_> = items.into_iter().collect();
    if items.is_empty() { None } else { HeaderValue::try_from(items.join(",")).ok() }
}
