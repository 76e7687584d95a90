//! Words the faults of origins.

use std::fmt;

/// The reason why a text is not an origin that browsers send.
///
/// ```
/// assert_eq!(cors_actix::OriginFault::Path.to_string(), "has a path; origins have none");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OriginFault {
    /// An empty text.
    Empty,
    /// A text without `://`.
    MissingScheme,
    /// A scheme that is not `[a-z][a-z0-9+.-]*`.
    Scheme,
    /// A scheme whose URLs have an opaque origin, such as `data:` or `blob:`.
    OpaqueScheme,
    /// `file:`, followed by more than `//`.
    File,
    /// The scheme `ws` or `wss`.
    WebSocketScheme,
    /// A slash at the end.
    TrailingSlash,
    /// A path.
    Path,
    /// A query.
    Query,
    /// A fragment.
    Fragment,
    /// `user@` or `user:password@`.
    UserInfo,
    /// The scheme's default port.
    DefaultPort,
    /// A port that is not a number from 1 to 65535 without leading zeros.
    Port,
    /// An origin without host.
    MissingHost,
    /// A letter in upper case, which browsers send in lower case.
    UpperCase,
    /// A host with characters that are not ASCII.
    NonAsciiHost,
    /// An empty label in the host.
    EmptyLabel,
    /// A host of more than 253 bytes (RFC 1035, section 2.3.4).
    HostTooLong,
    /// A character that hosts cannot contain.
    HostCharacter,
    /// Another fault of the host, such as malformed punycode after `xn--`.
    InvalidHost,
    /// An IP address that is not in its canonical form.
    NonCanonicalIp,
    /// A wildcard in front of an IP address.
    WildcardIp,
    /// A misplaced `*`.
    Wildcard,
    /// `*` as the whole host of an http or https origin.
    WildcardHost,
}

impl OriginFault {
    /// Returns the words behind the text as written. `const`, for the constants in a policy.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            OriginFault::Empty => "is empty",
            OriginFault::MissingScheme => {
                "has no scheme; an origin is scheme, host and port, such as \"https://app.example.com\""
            }
            OriginFault::Scheme => "has a malformed scheme",
            OriginFault::OpaqueScheme => "has a scheme whose origin browsers send as `null`",
            OriginFault::File => {
                "is a file; browsers send `null` as its origin, and web views of apps send \"file://\""
            }
            OriginFault::WebSocketScheme => {
                "names a WebSocket; browsers send the origin of the page that opens it"
            }
            OriginFault::TrailingSlash => "ends in a slash; origins do not",
            OriginFault::Path => "has a path; origins have none",
            OriginFault::Query => "has a query; origins have none",
            OriginFault::Fragment => "has a fragment; origins have none",
            OriginFault::UserInfo => "has user information; origins have none",
            OriginFault::DefaultPort => "names its scheme's default port, which browsers leave out",
            OriginFault::Port => "has a malformed port; a port is a number from 1 to 65535, or `*`",
            OriginFault::MissingHost => "has no host",
            OriginFault::UpperCase => "has upper case; browsers send origins in lower case",
            OriginFault::NonAsciiHost => {
                "has a host that is not ASCII; browsers send it in its `xn--` form"
            }
            OriginFault::EmptyLabel => "has an empty label in its host",
            OriginFault::HostTooLong => "has a host of more than 253 bytes",
            OriginFault::HostCharacter => "has a character in its host other than `a-z 0-9 - _`",
            OriginFault::InvalidHost => "has a host that browsers reject",
            OriginFault::NonCanonicalIp => "has an IP address that browsers send in another form",
            OriginFault::WildcardIp => {
                "has a wildcard in front of an IP address, which has no subdomains"
            }
            OriginFault::Wildcard => {
                "has a misplaced `*`; it stands for whole labels at the start (`https://*.example.com`) or for the port (`http://localhost:*`); for other patterns, call `allow_origins_if` of the builder"
            }
            OriginFault::WildcardHost => {
                "has `*` for a whole host, which only schemes other than http and https allow; write `Any` to allow every origin"
            }
        }
    }
}

impl fmt::Display for OriginFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}
