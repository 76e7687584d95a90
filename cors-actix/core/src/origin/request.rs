//! Parses the origin of a request, leniently.

use std::fmt;

use derive_more::{Display, Error};

use super::parts::{LONGEST_SCHEME, default_port, is_label_byte, is_nameless, is_port, split_port};

/// The longest host that the origin of a request may have, in bytes. A DNS name with its trailing dot has
/// at most 254 bytes.
pub(super) const LONGEST_HOST: usize = 255;

/// An origin of scheme, host and port, as a request sends it (HTML, "serialization of an origin").
/// Parsing does not allocate.
///
/// ```
/// use cors_actix::Origin;
///
/// let origin = Origin::parse(b"https://a.example:8443").unwrap();
/// assert_eq!((origin.scheme(), origin.host(), origin.port()), ("https", "a.example", Some(8443)));
/// assert!(Origin::parse(b"null").is_none());
/// assert!(Origin::parse(b"https://a.example/").is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin<'a> {
    text: &'a str,
    scheme: &'a str,
    host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Origin<'a> {
    /// Parses the value of an `Origin` header. Returns `None` for `null`, and for values that browsers
    /// never send.
    ///
    /// ```
    /// assert!(cors_actix::Origin::parse(b"HTTPS://A.EXAMPLE").is_none());
    /// assert!(cors_actix::Origin::parse(b"\xff").is_none());
    /// ```
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let colon = value.iter().position(|&byte| byte == b':')?;
        let (scheme, rest) = text.split_at_checked(colon)?;
        let authority = rest.strip_prefix("://")?;
        let (host, port) = split_port(authority);
        (is_scheme(scheme.as_bytes())
            && (is_host(host) || is_nameless(scheme, host, port))
            && port.is_none_or(|port| is_sent(scheme, port)))
        .then_some(Origin { text, scheme, host, port })
    }

    /// Returns the text of the origin.
    ///
    /// ```
    /// use cors_actix::Origin;
    /// assert_eq!(Origin::parse(b"https://a.example").unwrap().as_str(), "https://a.example");
    /// ```
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// Returns the scheme, without `://`.
    ///
    /// ```
    /// use cors_actix::Origin;
    /// assert_eq!(Origin::parse(b"https://a.example").unwrap().scheme(), "https");
    /// ```
    pub fn scheme(&self) -> &'a str {
        self.scheme
    }

    /// Returns the host: a name in lower case, an IPv4 address, or an IPv6 address in brackets. It is
    /// empty for custom schemes that have no host.
    ///
    /// ```
    /// use cors_actix::Origin;
    /// assert_eq!(Origin::parse(b"http://[::1]:3000").unwrap().host(), "[::1]");
    /// assert_eq!(Origin::parse(b"file://").unwrap().host(), "");
    /// ```
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// Returns the port, or `None` for the default port of the scheme.
    ///
    /// ```
    /// use cors_actix::Origin;
    /// assert_eq!(Origin::parse(b"http://localhost:3000").unwrap().port(), Some(3000));
    /// ```
    pub fn port(&self) -> Option<u16> {
        self.port?.parse().ok()
    }

    pub(super) fn port_text(&self) -> Option<&'a str> {
        self.port
    }
}

/// The error of a text that is not an origin of scheme, host and port as browsers send it.
///
/// ```
/// use cors_actix::{Origin, ParseOriginError};
///
/// let error: ParseOriginError = Origin::try_from("https://a.example/").unwrap_err();
/// assert_eq!(error.to_string(), "not an origin as browsers send it, such as \"https://a.example\"");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Display, Error)]
#[display("not an origin as browsers send it, such as \"https://a.example\"")]
#[non_exhaustive]
pub struct ParseOriginError;

impl<'a> TryFrom<&'a str> for Origin<'a> {
    type Error = ParseOriginError;

    fn try_from(value: &'a str) -> Result<Self, Self::Error> {
        Origin::parse(value.as_bytes()).ok_or(ParseOriginError)
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

fn is_scheme(scheme: &[u8]) -> bool {
    scheme.len() <= LONGEST_SCHEME
        && scheme.first().is_some_and(u8::is_ascii_lowercase)
        && scheme.iter().all(|&byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.'))
}

fn is_host(host: &str) -> bool {
    if host.is_empty() || host.len() > LONGEST_HOST {
        return false;
    }
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(is_ipv6_text);
    }
    are_labels(host.strip_suffix('.').unwrap_or(host).as_bytes())
}

/// Returns `true` for labels with dots between them, as browsers write them.
pub(super) fn are_labels(labels: &[u8]) -> bool {
    let mut label_is_empty = true;
    for &byte in labels {
        if byte == b'.' && label_is_empty || byte != b'.' && !is_label_byte(byte) {
            return false;
        }
        label_is_empty = byte == b'.';
    }
    !label_is_empty
}

fn is_ipv6_text(address: &str) -> bool {
    address.contains(':')
        && address.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b':'))
}

fn is_sent(scheme: &str, port: &str) -> bool {
    is_port(port.as_bytes()) && default_port(scheme) != Some(port)
}
