//! The problems that a policy can have, and their messages.

use derive_more::{Display, Error};

use crate::{
    origin_fault::OriginFault,
    spec::{Location, PolicyKey},
};

/// A problem of a policy. `Display` names the location, the fault, and the text to write instead.
///
/// ```
/// use cors_actix::Policy;
///
/// let error = Policy::builder().allow_origins(["https://Example.com:443/"]).build().unwrap_err();
/// let problem = &error.problems()[0];
/// assert_eq!(problem.location.to_string(), "allow_origins[0]");
/// assert_eq!(problem.kind.repaired(), Some("https://example.com"));
/// assert!(problem.to_string().starts_with("allow_origins[0]: \"https://Example.com:443/\""));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display, Error)]
#[display("{location}: {kind}")]
#[non_exhaustive]
pub struct Problem {
    /// The location of the problem.
    pub location: Location,
    /// The other location, if the options or items at two locations exclude each other.
    pub also: Option<Location>,
    /// The kind of problem.
    #[error(not(source))]
    pub kind: ProblemKind,
}

impl Problem {
    /// Returns the problem, for comparisons in tests.
    ///
    /// ```
    /// use cors_actix::{Location, Policy, PolicyKey, Problem, ProblemKind};
    ///
    /// let location = Location::key(PolicyKey::AllowOrigins);
    /// let expected = Problem::new(location, None, ProblemKind::NoOrigins);
    /// assert_eq!(Policy::builder().build().unwrap_err().problems(), [expected]);
    /// ```
    pub const fn new(location: Location, also: Option<Location>, kind: ProblemKind) -> Self {
        Problem { location, also, kind }
    }
}

/// The kinds of problems. `Display` tells what to write instead.
///
/// ```
/// use cors_actix::{Policy, ProblemKind};
///
/// let policy = Policy::builder().allow_origins(["null"]).allow_credentials(true);
/// let error = policy.build().unwrap_err();
/// assert_eq!(error.problems()[0].kind, ProblemKind::NullWithCredentials);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A text that is neither an origin as browsers send it, nor a pattern of such origins.
    #[display(
        "{value:?} {fault}{}",
        repaired.as_ref().map(|text| format!("; write {text:?}")).unwrap_or_default()
    )]
    InvalidOrigin {
        /// The text as written.
        value: String,
        /// The first fault in the text.
        fault: OriginFault,
        /// The origin that was probably meant.
        repaired: Option<String>,
    },
    /// A policy without origins and without predicates.
    #[display(
        "the policy allows no origin; list origins in `allow_origins`, write `Any` to allow every \
         origin, or use `Policy::same_origin()` to deny every other origin"
    )]
    NoOrigins,
    /// `Any` origin with credentials (Fetch, "CORS protocol and credentials").
    #[display(
        "`Any` origin with `allow_credentials` would let every site act as the user; list the origins, \
         or drop `allow_credentials`"
    )]
    AnyOriginWithCredentials,
    /// `Any` origin with other origins.
    #[display(
        "`Any` already allows every origin; keep `Any` alone, or drop it to allow only the listed origins"
    )]
    AnyOriginWithOthers,
    /// The `null` origin with credentials.
    #[display(
        "the `null` origin with `allow_credentials` would let every sandboxed frame act as the user; \
         drop `null`, or drop `allow_credentials`"
    )]
    NullWithCredentials,
    /// An origin without host with credentials.
    #[display(
        "{value:?} names no host and is the origin of every page with this scheme; with \
         `allow_credentials` each of these pages could act as the user; drop {value:?}, or drop \
         `allow_credentials`"
    )]
    HostlessWithCredentials {
        /// The origin as written.
        value: String,
    },
    /// A plain `http://` origin with credentials.
    #[display(
        "{value:?} with `allow_credentials` lets anyone who controls the network act as the user; write \
         {secure:?}, drop `allow_credentials`, or accept the risk with `danger_insecure_origins`"
    )]
    InsecureOriginWithCredentials {
        /// The origin as written.
        value: String,
        /// The same origin over TLS.
        secure: String,
    },
    /// A wildcard over a public suffix with credentials.
    #[display(
        "{value:?} with `allow_credentials` lets anyone who registers a name under the public suffix \
         {suffix:?} act as the user; name the site (`*.site.{suffix}`), drop `allow_credentials`, or \
         accept the risk with `danger_public_suffixes`"
    )]
    PublicSuffixWithCredentials {
        /// The pattern as written.
        value: String,
        /// The suffix that the wildcard covers.
        suffix: String,
    },
    /// The word `any` in a string, which has no meaning of its own there.
    #[display("{}{value:?}{}", words::ANY_IN_STRING[0], words::ANY_IN_STRING[1])]
    AnyInString {
        /// The text as written.
        value: String,
    },
    /// Several items in one string, with commas or spaces between them.
    #[display(
        "{}{value:?}{}{items:?}", words::SEVERAL_ITEMS[0], words::SEVERAL_ITEMS[1]
    )]
    SeveralItems {
        /// The text as written.
        value: String,
        /// The items in the text.
        items: Vec<String>,
    },
    /// A method that is not a token (RFC 9110, section 9.1).
    #[display("{}{value:?}{}", words::INVALID_METHOD[0], words::INVALID_METHOD[1])]
    InvalidMethod {
        /// The text as written.
        value: String,
    },
    /// A method that browsers never send (Fetch, "forbidden method").
    #[display("{}{value}{}", words::FORBIDDEN_METHOD[0], words::FORBIDDEN_METHOD[1])]
    ForbiddenMethod {
        /// The method as written.
        value: String,
    },
    /// A spelling that browsers normalize before they send it (Fetch, "normalize a method").
    #[display(
        "{}{value:?}{}{normalized:?}{}{normalized:?}",
        words::UNNORMALIZED_METHOD[0], words::UNNORMALIZED_METHOD[1], words::UNNORMALIZED_METHOD[2]
    )]
    UnnormalizedMethod {
        /// The method as written.
        value: String,
        /// The method as browsers send it.
        normalized: String,
    },
    /// A header name that is not a token (RFC 9110, section 5.1).
    #[display("{}{value:?}{}", words::INVALID_HEADER_NAME[0], words::INVALID_HEADER_NAME[1])]
    InvalidHeaderName {
        /// The text as written.
        value: String,
    },
    /// A `*` in a header name, elsewhere than at the end of a name in `allow_headers`.
    #[display("{}{value:?}{}", words::HEADER_WILDCARD[0], words::HEADER_WILDCARD[1])]
    HeaderWildcard {
        /// The text as written.
        value: String,
    },
    /// A request header that scripts cannot set (Fetch, "forbidden request-header").
    #[display(
        "{}{value:?}{}",
        words::FORBIDDEN_REQUEST_HEADER[0], words::FORBIDDEN_REQUEST_HEADER[1]
    )]
    ForbiddenRequestHeader {
        /// The name as written.
        value: String,
    },
    /// A response header that scripts cannot read (Fetch, "forbidden response-header name").
    #[display(
        "{}{value:?}{}",
        words::FORBIDDEN_RESPONSE_HEADER[0], words::FORBIDDEN_RESPONSE_HEADER[1]
    )]
    ForbiddenResponseHeader {
        /// The name as written.
        value: String,
    },
    /// A header of the CORS protocol itself.
    #[display("{}{value:?}{}", words::PROTOCOL_HEADER[0], words::PROTOCOL_HEADER[1])]
    ProtocolHeader {
        /// The name as written.
        value: String,
    },
    /// `Any` exposed header with credentials (Fetch, "CORS protocol and credentials").
    #[display(
        "with `allow_credentials`, browsers read `Any` in `expose_headers` as a header named `*`; list \
         the names, or drop `allow_credentials`"
    )]
    AnyExposedWithCredentials,
    /// A preflight status outside 200 to 299 (Fetch, "CORS-preflight fetch").
    #[display("{}{value}{}", words::PREFLIGHT_STATUS[0], words::PREFLIGHT_STATUS[1])]
    PreflightStatus {
        /// The status as written.
        value: u16,
    },
    /// `same_origin` with an option other than `enforce`.
    #[display(
        "`same_origin` denies every other origin, so that `{other}` has no effect; drop `same_origin`, \
         or drop `{other}`"
    )]
    SameOriginWithOthers {
        /// The first other option.
        other: PolicyKey,
    },
    /// An empty list of policies.
    #[display(
        "the list has no policy; list the policies, or use `Policy::same_origin()` to deny every other \
         origin"
    )]
    NoPolicies,
    /// A policy in a list of which the first policy that allows the origin decides.
    #[display(
        "no request can reach this policy, because the policies in front of it allow all of its origins; \
         move it to the front, or drop it"
    )]
    UnreachablePolicy,
    /// `enforce` with `Any` origin.
    #[display(
        "`enforce` denies requests from origins that are not allowed, and `Any` allows every origin; \
         list the origins, or drop `enforce`"
    )]
    EnforceWithAnyOrigin,
    /// A request header that tells `enforce` where the request was sent to, if proxies send it.
    #[display(
        "pages of other origins could send {value:?} to look like the service's own, because `enforce` \
         reads {value:?} if `Sec-Fetch-Site` is missing; drop {value:?}, or drop `enforce`"
    )]
    ForwardedHeaderWithEnforce {
        /// The name as written.
        value: String,
    },
}

impl ProblemKind {
    /// Returns the message in the words of `#[cors]` and `policy!`. `Display` uses the words of the builder.
    #[doc(hidden)]
    pub fn in_words_of_attribute(&self) -> String {
        self.to_string()
            .replace("`Any`", "`any`")
            .replace("`Policy::same_origin()`", "`same_origin`")
    }

    /// Returns the text that was probably meant, if there is one.
    ///
    /// ```
    /// use cors_actix::ProblemKind;
    ///
    /// let kind = ProblemKind::UnnormalizedMethod { value: "put".into(), normalized: "PUT".into() };
    /// assert_eq!(kind.repaired(), Some("PUT"));
    /// ```
    pub fn repaired(&self) -> Option<&str> {
        match self {
            ProblemKind::InvalidOrigin { repaired, .. } => repaired.as_deref(),
            ProblemKind::InsecureOriginWithCredentials { secure, .. } => Some(secure),
            ProblemKind::UnnormalizedMethod { normalized, .. } => Some(normalized),
            ProblemKind::AnyInString { .. } => Some("*"),
            _ => None,
        }
    }
}

/// The words around the values of problems that constants can have. The compiler says the same words when it
/// evaluates the constants.
pub(crate) mod words {
    pub(crate) const ANY_IN_STRING: [&str; 2] =
        ["", " in a string does not mean everything; write `Any` or \"*\""];
    pub(crate) const HEADER_WILDCARD: [&str; 2] = [
        "",
        " has a misplaced `*`; in `allow_headers`, `*` stands at the end of a name and allows every name \
         with that prefix, such as \"x-acme-*\"; elsewhere, list the names",
    ];
    pub(crate) const SEVERAL_ITEMS: [&str; 2] =
        ["", " looks like several items in one string; write one string for each item: "];
    pub(crate) const INVALID_METHOD: [&str; 2] =
        ["", " is not a method; a method is a token (RFC 9110), such as \"PUT\""];
    pub(crate) const FORBIDDEN_METHOD: [&str; 2] =
        ["browsers never send ", ", a forbidden method of the Fetch standard; drop it"];
    pub(crate) const UNNORMALIZED_METHOD: [&str; 3] =
        ["browsers send ", " as ", ", and methods are case-sensitive; write "];
    pub(crate) const INVALID_HEADER_NAME: [&str; 2] =
        ["", " is not a header name; a name is a token (RFC 9110), such as \"x-request-id\""];
    pub(crate) const FORBIDDEN_REQUEST_HEADER: [&str; 2] =
        ["scripts can't set ", ", a forbidden request header of the Fetch standard; drop it"];
    pub(crate) const FORBIDDEN_RESPONSE_HEADER: [&str; 2] =
        ["scripts can't read ", ", even if a policy exposes it; drop it"];
    pub(crate) const PROTOCOL_HEADER: [&str; 2] =
        ["", " is a header of the CORS protocol, which the policy sets; drop it"];
    pub(crate) const PREFLIGHT_STATUS: [&str; 2] =
        ["browsers accept a preflight only with a status from 200 to 299, not ", "; write 204"];
}
