use super::pattern::{
    LONGEST_SCHEME, default_port, is_label_byte, is_nameless, is_port, split_port,
};

/// The longest host that a request's origin may have, in bytes: a DNS name with its trailing dot,
/// and room for any IP address.
const LONGEST_HOST: usize = 255;

/// A tuple origin as a request sends it (HTML, "serialization of an origin"): scheme, host and
/// perhaps a port. Reading one allocates nothing.
///
/// ```
/// use cors_actix_core::Origin;
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
    /// Reads the value of an `Origin` header; `None` for whatever no browser sends, and for `null`.
    ///
    /// ```
    /// assert!(cors_actix_core::Origin::parse(b"HTTPS://A.EXAMPLE").is_none());
    /// assert!(cors_actix_core::Origin::parse(b"\xff").is_none());
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

    /// The whole, as sent.
    ///
    /// ```
    /// use cors_actix_core::Origin;
    /// assert_eq!(Origin::parse(b"https://a.example").unwrap().as_str(), "https://a.example");
    /// ```
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// The scheme, without `://`.
    ///
    /// ```
    /// use cors_actix_core::Origin;
    /// assert_eq!(Origin::parse(b"https://a.example").unwrap().scheme(), "https");
    /// ```
    pub fn scheme(&self) -> &'a str {
        self.scheme
    }

    /// The host: a name in lower case, an IPv4 address, or an IPv6 address in brackets. Empty where a
    /// custom scheme has none.
    ///
    /// ```
    /// use cors_actix_core::Origin;
    /// assert_eq!(Origin::parse(b"http://[::1]:3000").unwrap().host(), "[::1]");
    /// assert_eq!(Origin::parse(b"file://").unwrap().host(), "");
    /// ```
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// The port; `None` where it is the scheme's default.
    ///
    /// ```
    /// use cors_actix_core::Origin;
    /// assert_eq!(Origin::parse(b"http://localhost:3000").unwrap().port(), Some(3000));
    /// ```
    pub fn port(&self) -> Option<u16> {
        self.port?.parse().ok()
    }

    pub(super) fn port_text(&self) -> Option<&'a str> {
        self.port
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
    let labels = host.strip_suffix('.').unwrap_or(host).as_bytes();
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
