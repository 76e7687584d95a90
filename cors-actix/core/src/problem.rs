//! The words of every fault that a policy can have.

use derive_more::{Display, Error};

use crate::spec::{Location, PolicyKey};

/// A problem of a policy, with its location.
///
/// ```
/// use cors_actix_core::{PolicySpec, ProblemKind};
///
/// let spec = PolicySpec {
///     allow_origins: &["https://Example.com:443/"],
///     ..PolicySpec::EMPTY
/// };
/// let problems = spec.check().unwrap_err();
/// assert_eq!(problems[0].location.to_string(), "allow_origins[0]");
/// assert_eq!(problems[0].kind.repaired(), Some("https://example.com"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display, Error)]
#[display("{kind}")]
#[non_exhaustive]
pub struct Problem {
    /// The location of the problem.
    pub location: Location,
    /// The other location, if two exclude each other.
    pub also: Option<Location>,
    /// The kind of problem.
    #[error(not(source))]
    pub kind: ProblemKind,
}

/// The form in which a policy is written. Messages use its words.
///
/// ```
/// use cors_actix_core::{Dialect, PolicySpec};
///
/// let problems = PolicySpec::EMPTY.check().unwrap_err();
/// assert!(problems[0].message(Dialect::Attribute).contains("write `any` for all"));
/// assert!(problems[0].message(Dialect::Builder).contains("write `Any` for all"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// `#[cors]` and `policy!`.
    Attribute,
    /// The builder.
    Builder,
}

impl Problem {
    /// Returns the problem.
    ///
    /// ```
    /// use cors_actix_core::{Location, PolicyKey, PolicySpec, Problem, ProblemKind};
    ///
    /// let location = Location::key(PolicyKey::AllowOrigins);
    /// let expected = Problem::new(location, None, ProblemKind::NoOrigins);
    /// assert_eq!(PolicySpec::EMPTY.check().unwrap_err(), [expected]);
    /// ```
    pub const fn new(location: Location, also: Option<Location>, kind: ProblemKind) -> Self {
        Problem { location, also, kind }
    }

    /// Returns the message in the words of a dialect. `Display` uses those of the attribute.
    ///
    /// ```
    /// use cors_actix_core::{Dialect, PolicySpec};
    ///
    /// let problems = PolicySpec::EMPTY.check().unwrap_err();
    /// assert!(problems[0].message(Dialect::Builder).contains("`Policy::same_origin()`"));
    /// ```
    pub fn message(&self, dialect: Dialect) -> String {
        let message = self.kind.to_string();
        match dialect {
            Dialect::Attribute => message,
            Dialect::Builder => message
                .replace("`any`", "`Any`")
                .replace("`same_origin`", "`Policy::same_origin()`"),
        }
    }
}

/// The kinds of problems. `Display` tells what to write instead.
///
/// ```
/// use cors_actix_core::ProblemKind;
///
/// assert!(ProblemKind::NullWithCredentials.to_string().contains("sandboxed"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Not an origin as browsers serialize it, nor a pattern over such origins.
    #[display(
        "{value:?} {fault}{}",
        repaired.as_ref().map(|text| format!("; write {text:?}")).unwrap_or_default()
    )]
    InvalidOrigin {
        /// The text as written.
        value: String,
        /// The first fault in it.
        fault: OriginFault,
        /// The origin that was probably meant.
        repaired: Option<String>,
    },
    /// No origin at all.
    #[display(
        "the policy allows no origin; list the origins in `allow_origins`, write `any` for all of \
         them, or `same_origin` to close the place to other origins"
    )]
    NoOrigins,
    /// `any` beside credentials (Fetch, "CORS protocol and credentials").
    #[display(
        "`any` origin together with `allow_credentials` would let every site act as the user; list \
         the origins, or drop `allow_credentials`"
    )]
    AnyOriginWithCredentials,
    /// `any` beside other origins.
    #[display(
        "`any` already allows every origin; keep `any` alone, or drop it to allow only those listed"
    )]
    AnyOriginBesideOthers,
    /// `null` beside credentials.
    #[display(
        "the `null` origin together with `allow_credentials` would let every sandboxed frame act as \
         the user; drop `null`, or drop `allow_credentials`"
    )]
    NullWithCredentials,
    /// An origin without host beside credentials.
    #[display(
        "{value:?} names no host, so that it is the origin of every page with this scheme: together \
         with `allow_credentials` each of them could act as the user; drop {value:?}, or drop \
         `allow_credentials`"
    )]
    HostlessWithCredentials {
        /// The origin as written.
        value: String,
    },
    /// A plain `http://` origin beside credentials.
    #[display(
        "{value:?} together with `allow_credentials` lets whoever controls the network act as the \
         user; write {secure:?}, drop `allow_credentials`, or accept the risk with \
         `danger_insecure_origins`"
    )]
    InsecureOriginWithCredentials {
        /// The origin as written.
        value: String,
        /// The same origin over TLS.
        secure: String,
    },
    /// A wildcard over a public suffix beside credentials.
    #[display(
        "{value:?} together with `allow_credentials` lets anyone who registers a name under the \
         public suffix {suffix:?} act as the user; name the site (`*.site.{suffix}`), drop \
         `allow_credentials`, or accept the risk with `danger_public_suffixes`"
    )]
    PublicSuffixWithCredentials {
        /// The pattern as written.
        value: String,
        /// The suffix that the wildcard covers.
        suffix: String,
    },
    /// An item of a list that holds several, with commas or spaces between.
    #[display(
        "{value:?} looks like several items in one string; write each as a string of its own: {items:?}"
    )]
    SeveralItems {
        /// The text as written.
        value: String,
        /// The items in it.
        items: Vec<String>,
    },
    /// Not an HTTP token.
    #[display("{value:?} is not a method: a method is a token (RFC 9110), such as \"PUT\"")]
    InvalidMethod {
        /// The text as written.
        value: String,
    },
    /// A method that browsers never send (Fetch, "forbidden method").
    #[display("browsers never send {value}, a forbidden method of the Fetch standard; drop it")]
    ForbiddenMethod {
        /// The method as written.
        value: String,
    },
    /// A spelling that browsers normalize before they send it (Fetch, "normalize a method").
    #[display(
        "browsers send {value:?} as {normalized:?}, and methods are case-sensitive; write {normalized:?}"
    )]
    UnnormalizedMethod {
        /// The method as written.
        value: String,
        /// The method as browsers send it.
        normalized: String,
    },
    /// Not an HTTP token.
    #[display(
        "{value:?} is not a header name: a name is a token (RFC 9110), such as \"x-request-id\""
    )]
    InvalidHeaderName {
        /// The text as written.
        value: String,
    },
    /// A request header that scripts cannot set (Fetch, "forbidden request-header").
    #[display(
        "scripts can't set {value:?}, a forbidden request header of the Fetch standard; drop it"
    )]
    ForbiddenRequestHeader {
        /// The name as written.
        value: String,
    },
    /// A response header that scripts cannot read (Fetch, "forbidden response-header name").
    #[display("scripts can't read {value:?}, whatever is exposed; drop it")]
    ForbiddenResponseHeader {
        /// The name as written.
        value: String,
    },
    /// A header of the CORS protocol itself.
    #[display("{value:?} belongs to the CORS protocol itself, which this policy writes; drop it")]
    ProtocolHeader {
        /// The name as written.
        value: String,
    },
    /// `any` exposed beside credentials (Fetch, "CORS protocol and credentials").
    #[display(
        "browsers take `any` in `expose_headers` literally together with `allow_credentials`; list the \
         names, or drop `allow_credentials`"
    )]
    AnyExposedWithCredentials,
    /// A preflight status outside 200 to 299 (Fetch, "CORS-preflight fetch").
    #[display(
        "browsers accept a preflight only with a status from 200 to 299, not {value}; write 204"
    )]
    PreflightStatus {
        /// The status as written.
        value: u16,
    },
    /// `same_origin` beside words that open the location.
    #[display(
        "`same_origin` closes the place to other origins and stands alone; drop it, or drop `{beside}`"
    )]
    SameOriginBesideOthers {
        /// The first other key.
        beside: PolicyKey,
    },
    /// `enforce` beside `any` origin.
    #[display(
        "`enforce` denies requests from origins that are not allowed, and `any` allows every origin; \
         list the origins, or drop `enforce`"
    )]
    EnforceWithAnyOrigin,
    /// A request header that tells `enforce` where the request was sent to, if proxies send it.
    #[display(
        "pages of other origins could send {value:?} to look like the service's own, because `enforce` \
         reads it where `Sec-Fetch-Site` is missing; drop {value:?}, or drop `enforce`"
    )]
    ForwardedHeaderWithEnforce {
        /// The name as written.
        value: String,
    },
}

impl ProblemKind {
    /// The text that was probably meant, where a repair exists.
    ///
    /// ```
    /// use cors_actix_core::ProblemKind;
    ///
    /// let kind = ProblemKind::UnnormalizedMethod { value: "put".into(), normalized: "PUT".into() };
    /// assert_eq!(kind.repaired(), Some("PUT"));
    /// ```
    pub fn repaired(&self) -> Option<&str> {
        match self {
            ProblemKind::InvalidOrigin { repaired, .. } => repaired.as_deref(),
            ProblemKind::InsecureOriginWithCredentials { secure, .. } => Some(secure),
            ProblemKind::UnnormalizedMethod { normalized, .. } => Some(normalized),
            _ => None,
        }
    }
}

/// Why a text is not an origin that a browser could send.
///
/// ```
/// assert_eq!(cors_actix_core::OriginFault::Path.to_string(), "has a path; origins have none");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
#[non_exhaustive]
pub enum OriginFault {
    /// Nothing there.
    #[display("is empty")]
    Empty,
    /// No `://`.
    #[display(
        "has no scheme; an origin is scheme, host and port, such as \"https://app.example.com\""
    )]
    MissingScheme,
    /// Not `[a-z][a-z0-9+.-]*`.
    #[display("has a malformed scheme")]
    Scheme,
    /// `data:`, `blob:` and the like.
    #[display("has a scheme whose origin browsers send as `null`")]
    OpaqueScheme,
    /// `file:` with anything but `//` behind it.
    #[display(
        "is a file; browsers send `null` as its origin, and web views of apps send \"file://\""
    )]
    File,
    /// `ws:` and `wss:`.
    #[display("names a WebSocket; browsers send the origin of the page that opens it")]
    WebSocketScheme,
    /// A host, then nothing but `/`.
    #[display("ends in a slash; origins don't")]
    TrailingSlash,
    /// A path.
    #[display("has a path; origins have none")]
    Path,
    /// A query.
    #[display("has a query; origins have none")]
    Query,
    /// A fragment.
    #[display("has a fragment; origins have none")]
    Fragment,
    /// `user@` or `user:password@`.
    #[display("has user information; origins have none")]
    UserInfo,
    /// The scheme's default port.
    #[display("names its scheme's default port, which browsers leave out")]
    DefaultPort,
    /// Not a number from 1 to 65535 without leading zeros.
    #[display("has a malformed port; a port is a number from 1 to 65535, or `*`")]
    Port,
    /// No host.
    #[display("has no host")]
    MissingHost,
    /// Upper case where browsers send lower case.
    #[display("has upper case; browsers send origins in lower case")]
    UpperCase,
    /// A Unicode host.
    #[display("has a host that is not ASCII; browsers send it in its `xn--` form")]
    NonAsciiHost,
    /// A label is empty.
    #[display("has an empty label in its host")]
    EmptyLabel,
    /// More than 253 bytes of host.
    #[display("has a host of more than 253 bytes")]
    HostTooLong,
    /// A character that hosts don't have.
    #[display("has a character in its host other than `a-z 0-9 - _`")]
    HostCharacter,
    /// Another fault of the host, such as `xn--` that is no punycode.
    #[display("has a host that browsers reject")]
    InvalidHost,
    /// An IP address in another spelling than the canonical one.
    #[display("has an IP address in another form than the one browsers send")]
    NonCanonicalIp,
    /// `*.` in front of an IP address.
    #[display("has a wildcard in front of an IP address, which has no subdomains")]
    WildcardIp,
    /// `*` where only `*.` may stand.
    #[display(
        "has a misplaced `*`; it stands for whole labels at the start (`https://*.example.com`) or for the port (`http://localhost:*`); for other patterns, call `allow_origins_if` of the builder"
    )]
    Wildcard,
    /// `https://*`.
    #[display(
        "has `*` for a whole host, which only schemes other than http and https allow; use `any` for every origin"
    )]
    WildcardHost,
}
