//! The words of what a good policy is warned of.

use derive_more::Display;

use crate::spec::{Location, PolicyKey};

/// A warning about a policy that builds: something in it is probably not meant.
///
/// ```
/// use cors_actix_core::{WarningKind, PolicySpec};
///
/// let spec = PolicySpec {
///     allow_origins: &["*"],
///     max_age: Some(1_000_000),
///     ..PolicySpec::EMPTY
/// };
/// let warnings = spec.check().unwrap().warnings;
/// assert_eq!(warnings[0].kind, WarningKind::MaxAgeAboveCaps { seconds: 1_000_000 });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display)]
#[display("{location}: {kind}")]
#[non_exhaustive]
pub struct Warning {
    /// The location of the warning.
    pub location: Location,
    /// The other location, if two belong together.
    pub also: Option<Location>,
    /// The kind of warning.
    pub kind: WarningKind,
}

impl Warning {
    /// Returns the warning.
    ///
    /// ```
    /// use cors_actix_core::{Location, PolicyKey, Warning, WarningKind};
    ///
    /// let kind = WarningKind::Duplicate { value: "PUT".into() };
    /// let warning = Warning::new(Location::item(PolicyKey::AllowMethods, 1), None, kind);
    /// assert_eq!(warning.to_string(), r#"allow_methods[1]: "PUT" is listed twice"#);
    /// ```
    pub const fn new(location: Location, also: Option<Location>, kind: WarningKind) -> Self {
        Warning { location, also, kind }
    }
}

/// The kinds of warnings.
///
/// ```
/// use cors_actix_core::WarningKind;
///
/// assert!(WarningKind::SafelistedMethod { value: "GET".into() }.to_string().contains("always"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display)]
#[non_exhaustive]
pub enum WarningKind {
    /// The same item is there already.
    #[display("{value:?} is listed twice")]
    Duplicate {
        /// The item as written.
        value: String,
    },
    /// `any` or a pattern covers the item.
    #[display("{value:?} is already covered by {by:?}")]
    Covered {
        /// The item as written.
        value: String,
        /// What covers it.
        by: String,
    },
    /// A CORS-safelisted method, which needs no listing.
    #[display("{value} is always allowed (a CORS-safelisted method); listing it changes nothing")]
    SafelistedMethod {
        /// The method as written.
        value: String,
    },
    /// A method in lower case that browsers do not normalize.
    #[display(
        "methods are case-sensitive and browsers send {value:?} as it is written; if {upper:?} is meant, write it so"
    )]
    LowerCaseMethod {
        /// The method as written.
        value: String,
        /// The method in upper case.
        upper: String,
    },
    /// A CORS-safelisted response header, which needs no listing.
    #[display(
        "{value:?} is always readable (a CORS-safelisted response header); listing it changes nothing"
    )]
    SafelistedResponseHeader {
        /// The name as written.
        value: String,
    },
    /// A lifetime that browsers cut short.
    #[display(
        "browsers keep a preflight's answer no longer than 86400 s (Firefox) or 7200 s (Chromium), whatever {seconds} says"
    )]
    MaxAgeAboveCaps {
        /// The lifetime as written, in seconds.
        seconds: u64,
    },
    /// A predicate with credentials.
    #[display(
        "each origin that the predicate allows can act as the user, because of `allow_credentials`; \
         compare scheme, host and port of the origin, never a part of its text"
    )]
    PredicateWithCredentials,
    /// `danger_…` where there is no danger to accept.
    #[display("`{key}` accepts a risk that this policy does not take; drop it")]
    NeedlessDanger {
        /// The key.
        key: PolicyKey,
    },
}
