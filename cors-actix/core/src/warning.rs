//! The warnings about policies that build, and their messages.

use derive_more::Display;

use crate::spec::{Location, PolicyKey};

/// A warning about an option or an item that is valid, but probably not intended.
///
/// ```
/// use cors_actix::{Any, Policy, WarningKind};
///
/// let policy = Policy::builder().allow_origins(Any).max_age(1_000_000).build()?;
/// let warnings = policy.warnings();
/// assert_eq!(warnings[0].kind, WarningKind::MaxAgeAboveCaps { seconds: 1_000_000 });
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display)]
#[display("{location}: {kind}")]
#[non_exhaustive]
pub struct Warning {
    /// The location of the warning.
    pub location: Location,
    /// The other location, if the warning is about two locations.
    pub also: Option<Location>,
    /// The kind of warning.
    pub kind: WarningKind,
}

impl Warning {
    /// Returns the warning, for comparisons in tests.
    ///
    /// ```
    /// use cors_actix::{Location, PolicyKey, Warning, WarningKind};
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
/// use cors_actix::WarningKind;
///
/// assert!(WarningKind::SafelistedMethod { value: "GET".into() }.to_string().contains("always"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display)]
#[non_exhaustive]
pub enum WarningKind {
    /// An item that the list contains twice.
    #[display("{value:?} is listed twice")]
    Duplicate {
        /// The item as written.
        value: String,
    },
    /// An item that `Any` or a pattern covers.
    #[display("{value:?} is already covered by {by:?}")]
    Covered {
        /// The item as written.
        value: String,
        /// The pattern that covers the item, `*` for `Any`.
        by: String,
    },
    /// A CORS-safelisted method, which is always allowed.
    #[display("{value} is always allowed (a CORS-safelisted method); listing it changes nothing")]
    SafelistedMethod {
        /// The method as written.
        value: String,
    },
    /// A method in lower case that browsers do not normalize.
    #[display(
        "methods are case-sensitive, and browsers send {value:?} as it is written; write {upper:?} if you mean the method in upper case"
    )]
    LowerCaseMethod {
        /// The method as written.
        value: String,
        /// The method in upper case.
        upper: String,
    },
    /// A CORS-safelisted response header, which is always readable.
    #[display(
        "{value:?} is always readable (a CORS-safelisted response header); listing it changes nothing"
    )]
    SafelistedResponseHeader {
        /// The name as written.
        value: String,
    },
    /// A `max_age` above the limits of browsers.
    #[display(
        "browsers cache the response to a preflight for at most 86400 s (Firefox) or 7200 s (Chromium), not {seconds} s"
    )]
    MaxAgeAboveCaps {
        /// The time as written, in seconds.
        seconds: u64,
    },
    /// A predicate with credentials.
    #[display(
        "each origin that the predicate allows can act as the user, because of `allow_credentials`; \
         compare scheme, host and port of the origin, never a part of its text"
    )]
    PredicateWithCredentials,
    /// A `danger_…` option without the risk that it accepts.
    #[display("`{key}` accepts a risk that this policy does not take; drop it")]
    NeedlessDanger {
        /// The option.
        key: PolicyKey,
    },
}
