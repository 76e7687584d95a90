use std::fmt;

/// A policy as written: plain data, not checked.
///
/// In every list `"*"` stands for `any`; in `allow_origins`, `"null"` for the opaque origin.
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
    /// Methods beside the safelisted GET, HEAD and POST.
    pub allow_methods: &'a [&'a str],
    /// Request header names.
    pub allow_headers: &'a [&'a str],
    /// Whether requests may carry cookies, TLS client certificates and HTTP authentication.
    pub allow_credentials: bool,
    /// Response header names that scripts may read.
    pub expose_headers: &'a [&'a str],
    /// How long browsers may cache a preflight's answer, in seconds.
    pub max_age: Option<u64>,
    /// Status of a granted preflight; 204 when not given.
    pub preflight_status: Option<u16>,
    /// Accepts `http://` origins other than loopback beside credentials.
    pub danger_insecure_origins: bool,
    /// Accepts wildcards over public suffixes beside credentials.
    pub danger_public_suffixes: bool,
    /// Closes the place to every other origin. Stands alone, or beside `enforce`.
    pub same_origin: bool,
    /// Whether requests from origins that are not allowed are refused before they reach a handler.
    pub enforce: bool,
    /// Whether a predicate decides on origins that no pattern matches, so that none need be listed.
    pub predicate: bool,
}

impl PolicySpec<'_> {
    /// A policy that says nothing; [`check`](PolicySpec::check) refuses it for want of origins.
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
        danger_insecure_origins: false,
        danger_public_suffixes: false,
        same_origin: false,
        enforce: false,
        predicate: false,
    };
}

/// One word of the policy vocabulary: attribute key, builder method and config key alike.
///
/// ```
/// assert_eq!(cors_actix_core::Key::AllowOrigins.to_string(), "allow_origins");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
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
    /// `danger_insecure_origins`
    DangerInsecureOrigins,
    /// `danger_public_suffixes`
    DangerPublicSuffixes,
    /// `same_origin`
    SameOrigin,
    /// `enforce`
    Enforce,
}

impl Key {
    /// Every key, in the order in which documentation lists them.
    pub const ALL: [Key; 11] = [
        Key::AllowOrigins,
        Key::AllowMethods,
        Key::AllowHeaders,
        Key::AllowCredentials,
        Key::ExposeHeaders,
        Key::MaxAge,
        Key::PreflightStatus,
        Key::DangerInsecureOrigins,
        Key::DangerPublicSuffixes,
        Key::SameOrigin,
        Key::Enforce,
    ];

    /// The key as it is written.
    ///
    /// ```
    /// assert_eq!(cors_actix_core::Key::MaxAge.as_str(), "max_age");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Key::AllowOrigins => "allow_origins",
            Key::AllowMethods => "allow_methods",
            Key::AllowHeaders => "allow_headers",
            Key::AllowCredentials => "allow_credentials",
            Key::ExposeHeaders => "expose_headers",
            Key::MaxAge => "max_age",
            Key::PreflightStatus => "preflight_status",
            Key::DangerInsecureOrigins => "danger_insecure_origins",
            Key::DangerPublicSuffixes => "danger_public_suffixes",
            Key::SameOrigin => "same_origin",
            Key::Enforce => "enforce",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An address in a policy: a key, or one item of its list.
///
/// ```
/// use cors_actix_core::{Key, Place};
///
/// assert_eq!(Place::item(Key::AllowHeaders, 2).to_string(), "allow_headers[2]");
/// assert_eq!(Place::key(Key::MaxAge).to_string(), "max_age");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The key.
    pub key: Key,
    /// The item of its list, counted from 0 over all that was written for the key.
    pub item: Option<usize>,
}

impl Place {
    /// The key as a whole.
    ///
    /// ```
    /// use cors_actix_core::{Key, Place};
    /// assert_eq!(Place::key(Key::AllowOrigins).item, None);
    /// ```
    pub const fn key(key: Key) -> Self {
        Place { key, item: None }
    }

    /// One item of the key's list.
    ///
    /// ```
    /// use cors_actix_core::{Key, Place};
    /// assert_eq!(Place::item(Key::AllowOrigins, 1).item, Some(1));
    /// ```
    pub const fn item(key: Key, index: usize) -> Self {
        Place { key, item: Some(index) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.item {
            Some(index) => write!(f, "{}[{index}]", self.key),
            None => self.key.fmt(f),
        }
    }
}
