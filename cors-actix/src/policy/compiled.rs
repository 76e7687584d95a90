//! A checked policy with the header values that responses get.

use std::fmt;

use actix_web::http::{StatusCode, header::HeaderValue};
use cors_actix_core::{Checked, Methods, Rules, Warning};

use crate::predicate::Predicates;

/// A checked policy with the header values that responses get.
pub(crate) struct CompiledPolicy {
    pub(crate) rules: Rules,
    pub(crate) methods: AllowedMethods,
    pub(crate) headers: Option<HeaderValue>,
    pub(crate) exposed: Option<HeaderValue>,
    pub(crate) max_age: Option<HeaderValue>,
    pub(crate) status: StatusCode,
    pub(crate) predicates: Predicates,
    pub(crate) warnings: Vec<Warning>,
    /// `true` for the policy that denies every origin in the place of one with problems.
    pub(crate) is_rejected: bool,
}

impl CompiledPolicy {
    /// Compiles a checked policy, and logs its warnings.
    pub(crate) fn new(Checked { rules, warnings }: Checked, predicates: Predicates) -> Self {
        for warning in &warnings {
            log::warn!(target: "cors_actix", "{warning}");
        }
        let status = rules.preflight_status.and_then(|status| StatusCode::from_u16(status).ok());
        CompiledPolicy {
            methods: AllowedMethods::of_layer(rules.methods.clone()),
            headers: list(
                rules.headers.any().then_some("*").into_iter().chain(rules.headers.listed()),
            ),
            exposed: list(
                rules.exposed.any().then_some("*").into_iter().chain(rules.exposed.listed()),
            ),
            max_age: rules.max_age.map(HeaderValue::from),
            status: status.unwrap_or(StatusCode::NO_CONTENT),
            predicates,
            rules,
            warnings,
            is_rejected: false,
        }
    }
}

impl fmt::Debug for CompiledPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut policy = f.debug_tuple("Policy");
        policy.field(&self.rules);
        if !self.predicates.is_empty() {
            policy.field(&self.predicates);
        }
        policy.finish()
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
