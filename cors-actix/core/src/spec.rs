//! A policy as written, and the locations in it.

use std::fmt;

/// A policy as written, not checked.
///
/// In every list `"*"` means `any`. In `allow_origins`, `"null"` means the opaque origin.
///
/// ```
/// use cors_actix_core::PolicySpec;
///
/// const SPEC: PolicySpec<'static> = PolicySpec {
///     allow_origins: &["https://app.example.com"],
///     allow_credentials: true,
///     ..PolicySpec::EMPTY
/// };
/// assert!(SPEC.check().is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicySpec<'a> {
    /// Origins and origin patterns.
    pub allow_origins: &'a [&'a str],
    /// Methods, in addition to GET, HEAD and POST.
    pub allow_methods: &'a [&'a str],
    /// Request header names.
    pub allow_headers: &'a [&'a str],
    /// Allows requests with cookies, TLS client certificates or HTTP authentication.
    pub allow_credentials: bool,
    /// Response header names that scripts may read.
    pub expose_headers: &'a [&'a str],
    /// The time for which browsers may cache the response to a preflight, in seconds.
    pub max_age: Option<u64>,
    /// The status of a granted preflight; 204 by default.
    pub preflight_status: Option<u16>,
    /// Lets pages of allowed origins read the timing of responses (Resource Timing, "timing allow check").
    pub timing_allow_origin: bool,
    /// Accepts `http://` origins other than loopback with credentials.
    pub danger_insecure_origins: bool,
    /// Accepts wildcards over public suffixes with credentials.
    pub danger_public_suffixes: bool,
    /// Allows no other origin. Only `enforce` can be combined with this option.
    pub same_origin: bool,
    /// Denies requests from origins that are not allowed before they reach a handler.
    pub enforce: bool,
    /// `true` if a predicate decides on origins that are not listed. With a predicate, the list of origins may
    /// be empty.
    pub predicate: bool,
}

impl PolicySpec<'_> {
    /// The policy without any option. [`check`](PolicySpec::check) rejects it because it allows no
    /// origins.
    ///
    /// ```
    /// assert!(cors_actix_core::PolicySpec::EMPTY.check().is_err());
    /// ```
    pub const EMPTY: PolicySpec<'static> = PolicySpec {
        allow_origins: &[],
        allow_methods: &[],
        allow_headers: &[],
        allow_credentials: false,
        expose_headers: &[],
        max_age: None,
        preflight_status: None,
        timing_allow_origin: false,
        danger_insecure_origins: false,
        danger_public_suffixes: false,
        same_origin: false,
        enforce: false,
        predicate: false,
    };
}

/// The name of an option: the key in the attribute and in files, and the method of the builder.
///
/// ```
/// assert_eq!(cors_actix::PolicyKey::AllowOrigins.to_string(), "allow_origins");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum PolicyKey {
    /// `allow_origins`
    AllowOrigins,
    /// `allow_methods`
    AllowMethods,
    /// `allow_headers`
    AllowHeaders,
    /// `allow_credentials`
    AllowCredentials,
    /// `expose_headers`
    ExposeHeaders,
    /// `max_age`
    MaxAge,
    /// `preflight_status`
    PreflightStatus,
    /// `timing_allow_origin`
    TimingAllowOrigin,
    /// `danger_insecure_origins`
    DangerInsecureOrigins,
    /// `danger_public_suffixes`
    DangerPublicSuffixes,
    /// `same_origin`
    SameOrigin,
    /// `enforce`
    Enforce,
    /// `by_origin`, the list of `Policy::by_origin`. It is not an option of a policy.
    ByOrigin,
}

impl PolicyKey {
    /// Every option of a policy, in the order of the documentation.
    pub const ALL: &[PolicyKey] = &[
        PolicyKey::AllowOrigins,
        PolicyKey::AllowMethods,
        PolicyKey::AllowHeaders,
        PolicyKey::AllowCredentials,
        PolicyKey::ExposeHeaders,
        PolicyKey::MaxAge,
        PolicyKey::PreflightStatus,
        PolicyKey::TimingAllowOrigin,
        PolicyKey::DangerInsecureOrigins,
        PolicyKey::DangerPublicSuffixes,
        PolicyKey::SameOrigin,
        PolicyKey::Enforce,
    ];

    /// Returns the name as it is written.
    ///
    /// ```
    /// assert_eq!(cors_actix::PolicyKey::MaxAge.as_str(), "max_age");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            PolicyKey::AllowOrigins => "allow_origins",
            PolicyKey::AllowMethods => "allow_methods",
            PolicyKey::AllowHeaders => "allow_headers",
            PolicyKey::AllowCredentials => "allow_credentials",
            PolicyKey::ExposeHeaders => "expose_headers",
            PolicyKey::MaxAge => "max_age",
            PolicyKey::PreflightStatus => "preflight_status",
            PolicyKey::TimingAllowOrigin => "timing_allow_origin",
            PolicyKey::DangerInsecureOrigins => "danger_insecure_origins",
            PolicyKey::DangerPublicSuffixes => "danger_public_suffixes",
            PolicyKey::SameOrigin => "same_origin",
            PolicyKey::Enforce => "enforce",
            PolicyKey::ByOrigin => "by_origin",
        }
    }
}

impl fmt::Display for PolicyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A location in a policy: an option, or one item of its list.
///
/// ```
/// use cors_actix::{Location, PolicyKey};
///
/// assert_eq!(Location::item(PolicyKey::AllowHeaders, 2).to_string(), "allow_headers[2]");
/// assert_eq!(Location::key(PolicyKey::MaxAge).to_string(), "max_age");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Location {
    /// The option.
    pub key: PolicyKey,
    /// The index of the item in the list of the option, from 0.
    pub item: Option<usize>,
}

impl Location {
    /// Returns the location of an option as a whole.
    ///
    /// ```
    /// use cors_actix::{Location, PolicyKey};
    /// assert_eq!(Location::key(PolicyKey::AllowOrigins).item, None);
    /// ```
    pub const fn key(key: PolicyKey) -> Self {
        Location { key, item: None }
    }

    /// Returns the location of one item in the list of an option.
    ///
    /// ```
    /// use cors_actix::{Location, PolicyKey};
    /// assert_eq!(Location::item(PolicyKey::AllowOrigins, 1).item, Some(1));
    /// ```
    pub const fn item(key: PolicyKey, index: usize) -> Self {
        Location { key, item: Some(index) }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.item {
            Some(index) => write!(f, "{}[{index}]", self.key),
            None => self.key.fmt(f),
        }
    }
}
