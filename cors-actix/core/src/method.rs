//! Checks and matches methods.

use crate::{
    diagnostics::{Diagnostics, is_word_any, location_of_any, usual_mistake},
    problem::ProblemKind,
    spec::PolicyKey,
    token::is_token,
    warning::WarningKind,
};

/// The methods that a policy allows. GET, HEAD and POST are always allowed (Fetch, "CORS-safelisted
/// method"). Methods are case-sensitive (RFC 9110, section 9.1): `patch` is not `PATCH`.
///
/// ```
/// use cors_actix_core::PolicySpec;
///
/// let spec = PolicySpec { allow_origins: &["*"], allow_methods: &["PUT"], ..PolicySpec::EMPTY };
/// let methods = spec.check().unwrap().rules.methods;
/// assert!(methods.allows(b"PUT") && methods.allows(b"GET"));
/// assert!(!methods.allows(b"put") && !methods.allows(b"DELETE"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Methods {
    any: bool,
    listed: Box<[Box<str>]>,
}

impl Methods {
    /// Returns `true` if every method is allowed.
    ///
    /// ```
    /// assert!(!cors_actix_core::Methods::default().any());
    /// ```
    #[inline]
    pub fn any(&self) -> bool {
        self.any
    }

    /// Returns the listed methods, without methods that are always allowed.
    ///
    /// ```
    /// assert_eq!(cors_actix_core::Methods::default().listed().count(), 0);
    /// ```
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(AsRef::as_ref)
    }

    /// Returns `true` if `method`, the value of `Access-Control-Request-Method`, is allowed.
    ///
    /// ```
    /// assert!(cors_actix_core::Methods::default().allows(b"POST"));
    /// ```
    pub fn allows(&self, method: &[u8]) -> bool {
        is_safelisted(method)
            || self.listed.iter().any(|listed| listed.as_bytes() == method)
            || self.any && is_token(method) && !is_forbidden(method)
    }
}

/// Returns the methods of one route, without methods that browsers never send.
///
/// ```
/// use cors_actix_core::Methods;
///
/// let methods: Methods = ["DELETE", "TRACE"].into_iter().collect();
/// assert_eq!(methods.listed().collect::<Vec<_>>(), ["DELETE"]);
/// ```
impl<'a> FromIterator<&'a str> for Methods {
    fn from_iter<I: IntoIterator<Item = &'a str>>(methods: I) -> Self {
        let sent = methods.into_iter().filter(|method| !is_forbidden(method.as_bytes()));
        Methods { any: false, listed: sent.map(Into::into).collect() }
    }
}

fn is_safelisted(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// Returns `true` for a forbidden method (Fetch). `any` does not allow it, because browsers never send it.
pub(crate) const fn is_forbidden(method: &[u8]) -> bool {
    method.eq_ignore_ascii_case(b"CONNECT")
        || method.eq_ignore_ascii_case(b"TRACE")
        || method.eq_ignore_ascii_case(b"TRACK")
}

/// Returns the method in upper case, if it is written otherwise, and browsers send it so (Fetch,
/// "normalize a method").
pub const fn normalized(method: &str) -> Option<&'static str> {
    const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    let mut has_lower_case = false;
    let mut at = 0;
    while at < method.len() {
        has_lower_case |= method.as_bytes()[at].is_ascii_lowercase();
        at += 1;
    }
    let mut one = 0;
    while has_lower_case && one < NORMALIZED.len() {
        if method.eq_ignore_ascii_case(NORMALIZED[one]) {
            return Some(NORMALIZED[one]);
        }
        one += 1;
    }
    None
}

pub(crate) fn check(written: &[&str], diagnostics: &mut Diagnostics) -> Methods {
    let any = location_of_any(PolicyKey::AllowMethods, written);
    let mut listed = Vec::new();
    for (location, method) in diagnostics.distinct(PolicyKey::AllowMethods, written, |text| text) {
        let value = || method.to_owned();
        if method == "*" {
            continue;
        }
        if !is_token(method.as_bytes()) || is_word_any(method) {
            let invalid = || ProblemKind::InvalidMethod { value: value() };
            diagnostics.fault(location, usual_mistake(method).unwrap_or_else(invalid));
        } else if is_forbidden(method.as_bytes()) {
            diagnostics.fault(location, ProblemKind::ForbiddenMethod { value: value() });
        } else if let Some(normal) = normalized(method) {
            let normalized = normal.to_owned();
            diagnostics
                .fault(location, ProblemKind::UnnormalizedMethod { value: value(), normalized });
        } else if is_safelisted(method.as_bytes()) {
            diagnostics.warn(location, None, WarningKind::SafelistedMethod { value: value() });
        } else if any.is_some() {
            diagnostics.covered(location, method, "*", any);
        } else {
            if method.bytes().all(|byte| byte.is_ascii_lowercase()) {
                let upper = method.to_ascii_uppercase();
                diagnostics.warn(
                    location,
                    None,
                    WarningKind::LowerCaseMethod { value: value(), upper },
                );
            }
            listed.push(method.into());
        }
    }
    Methods { any: any.is_some(), listed: listed.into() }
}
