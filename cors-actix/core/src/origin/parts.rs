//! Splits an origin or a pattern into its parts, and finds the faults for which no table is needed. All
//! functions are `const`, so that the compiler can check the constants in a policy.

use crate::origin_fault::OriginFault;

/// The longest host name that DNS can carry (RFC 1035, section 2.3.4), in bytes of text.
const LONGEST_HOST: usize = 253;

/// The longest scheme that an origin may have, in bytes. A limit of this library: no
/// standard has one, and registered schemes are shorter.
pub(super) const LONGEST_SCHEME: usize = 64;

/// The host of an origin or a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host<'a> {
    Exact(&'a str),
    /// The base of `*.base`.
    Subdomains(&'a str),
    /// `*`, for schemes other than the special ones.
    Any,
}

/// The port of an origin or a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port<'a> {
    None,
    Exact(&'a str),
    Any,
}

/// Returns the first fault of an origin or a pattern that is found without tables.
pub(crate) const fn fault(text: &str) -> Option<OriginFault> {
    if matches!(text.as_bytes(), b"*" | b"null") {
        return None;
    }
    let parts = match Parts::of(text) {
        Ok(parts) => parts,
        Err(fault) => return Some(fault),
    };
    match (parts.host(), parts.port(), parts.check_end()) {
        (Err(fault), _, _) | (_, Err(fault), _) | (_, _, Err(fault)) => Some(fault),
        (Ok(_), Ok(_), Ok(())) => None,
    }
}

/// The parts of an origin or a pattern.
pub(super) struct Parts<'a> {
    pub(super) scheme: &'a str,
    host: &'a str,
    port: Option<&'a str>,
    /// The text from the first `/`, `?` or `#` behind the scheme.
    end: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) const fn of(text: &'a str) -> Result<Self, OriginFault> {
        if text.is_empty() {
            return Err(OriginFault::Empty);
        }
        let (before, after) = match find(text, b":") {
            Some(colon) => (text.split_at(colon).0, text.split_at(colon + 1).1),
            None => ("", ""),
        };
        if is_opaque(before) {
            return Err(OriginFault::OpaqueScheme);
        }
        if before.eq_ignore_ascii_case("file") && !matches!(after.as_bytes(), b"//") {
            return Err(OriginFault::File);
        }
        let Some((scheme, rest)) = split_scheme(text) else {
            return Err(OriginFault::MissingScheme);
        };
        if let Err(fault) = check_scheme(scheme) {
            return Err(fault);
        }
        let (authority, end) = match find(rest, b"/?#") {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        if find(authority, b"@").is_some() {
            return Err(OriginFault::UserInfo);
        }
        let (host, port) = split_port(authority);
        Ok(Parts { scheme, host, port, end })
    }

    pub(super) const fn host(&self) -> Result<Host<'a>, OriginFault> {
        let Parts { scheme, host, port, .. } = *self;
        if is_nameless(scheme, host, port) {
            return Ok(Host::Exact(host));
        }
        let (name, wildcard) = match host.as_bytes() {
            b"" => return Err(OriginFault::MissingHost),
            b"*" if default_port(scheme).is_some() => return Err(OriginFault::WildcardHost),
            b"*" => return Ok(Host::Any),
            [b'*', b'.', ..] => (host.split_at(2).1, true),
            _ => (host, false),
        };
        match check_name(name) {
            Err(fault) => Err(fault),
            Ok(()) if wildcard => Ok(Host::Subdomains(name)),
            Ok(()) => Ok(Host::Exact(name)),
        }
    }

    pub(super) const fn port(&self) -> Result<Port<'a>, OriginFault> {
        let Some(port) = self.port else { return Ok(Port::None) };
        match port.as_bytes() {
            b"*" => Ok(Port::Any),
            digits if !is_port(digits) => Err(OriginFault::Port),
            _ => match default_port(self.scheme) {
                // Digits have no case, and `==` is not `const`.
                Some(default) if default.eq_ignore_ascii_case(port) => {
                    Err(OriginFault::DefaultPort)
                }
                _ => Ok(Port::Exact(port)),
            },
        }
    }

    pub(super) const fn check_end(&self) -> Result<(), OriginFault> {
        match self.end.as_bytes() {
            [] => Ok(()),
            [b'/'] => Err(OriginFault::TrailingSlash),
            [b'?', ..] => Err(OriginFault::Query),
            [b'#', ..] => Err(OriginFault::Fragment),
            _ => Err(OriginFault::Path),
        }
    }
}

/// Returns the default port of a special scheme (URL standard, "special scheme"). Origins are sent without it.
pub(super) const fn default_port(scheme: &str) -> Option<&'static str> {
    match scheme.as_bytes() {
        b"http" | b"ws" => Some("80"),
        b"https" | b"wss" => Some("443"),
        b"ftp" => Some("21"),
        _ => None,
    }
}

/// Returns `true` for an origin that names no host (`file://`, from web views of Electron, Android and
/// Cordova) or a host without a label (`app://.`, from Electron). Special schemes have none (URL
/// standard, "host parsing"), and no host means no port (URL standard, "host state").
pub(super) const fn is_nameless(scheme: &str, host: &str, port: Option<&str>) -> bool {
    (matches!(host.as_bytes(), b".") || host.is_empty() && port.is_none())
        && !matches!(scheme.as_bytes(), b"http" | b"https" | b"ftp" | b"ws" | b"wss")
}

/// Returns the index of the first byte that is one of `bytes`, which are ASCII.
const fn find(text: &str, bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let mut one = 0;
        while one < bytes.len() {
            if text.as_bytes()[at] == bytes[one] {
                return Some(at);
            }
            one += 1;
        }
        at += 1;
    }
    None
}

/// Splits the text at its first `://`.
const fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let mut colon = 0;
    while colon < text.len() {
        if let [b':', b'/', b'/', ..] = text.as_bytes().split_at(colon).1 {
            return Some((text.split_at(colon).0, text.split_at(colon + 3).1));
        }
        colon += 1;
    }
    None
}

/// Returns `true` for schemes whose URLs have an opaque origin (URL standard, "origin").
const fn is_opaque(scheme: &str) -> bool {
    const OPAQUE: [&str; 7] =
        ["data", "blob", "about", "javascript", "mailto", "filesystem", "view-source"];
    let mut one = 0;
    while one < OPAQUE.len() {
        if scheme.eq_ignore_ascii_case(OPAQUE[one]) {
            return true;
        }
        one += 1;
    }
    false
}

const fn check_scheme(scheme: &str) -> Result<(), OriginFault> {
    let bytes = scheme.as_bytes();
    let starts_with_letter = matches!(bytes, [first, ..] if first.is_ascii_alphabetic());
    if !starts_with_letter || bytes.len() > LONGEST_SCHEME {
        return Err(OriginFault::Scheme);
    }
    let mut has_upper_case = false;
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'.' | b'-') {
            return Err(OriginFault::Scheme);
        }
        has_upper_case |= byte.is_ascii_uppercase();
        at += 1;
    }
    match bytes {
        _ if has_upper_case => Err(OriginFault::UpperCase),
        b"ws" | b"wss" => Err(OriginFault::WebSocketScheme),
        _ => Ok(()),
    }
}

/// Splits `host:port` into host and port. The colons of an IPv6 address stay with the host.
///
/// ```
/// use cors_actix_core::split_port;
///
/// assert_eq!(split_port("a.example:8443"), ("a.example", Some("8443")));
/// assert_eq!(split_port("[::1]"), ("[::1]", None));
/// ```
pub const fn split_port(authority: &str) -> (&str, Option<&str>) {
    let mut colon = authority.len();
    while colon > 0 {
        colon -= 1;
        match authority.as_bytes()[colon] {
            b':' => return (authority.split_at(colon).0, Some(authority.split_at(colon + 1).1)),
            b']' => break,
            _ => {}
        }
    }
    (authority, None)
}

/// Returns `true` if the digits are a port as browsers write it: 1 to 65535, without leading zeros.
pub(super) const fn is_port(digits: &[u8]) -> bool {
    const LONGEST: usize = 5;
    if digits.is_empty() || digits.len() > LONGEST || digits[0] == b'0' {
        return false;
    }
    let mut value = 0;
    let mut at = 0;
    while at < digits.len() {
        if !digits[at].is_ascii_digit() {
            return false;
        }
        value = value * 10 + (digits[at] - b'0') as u32;
        at += 1;
    }
    value <= u16::MAX as u32
}

const fn check_name(name: &str) -> Result<(), OriginFault> {
    if find(name, b"*").is_some() {
        return Err(OriginFault::Wildcard);
    }
    if !name.is_ascii() {
        return Err(OriginFault::NonAsciiHost);
    }
    if find(name, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ").is_some() {
        return Err(OriginFault::UpperCase);
    }
    // A trailing dot makes another origin, which browsers send as it is.
    let labels = match name.as_bytes() {
        [b'[', ..] => return Ok(()),
        [labels @ .., b'.'] => labels,
        labels => labels,
    };
    if labels.len() > LONGEST_HOST {
        return Err(OriginFault::HostTooLong);
    }
    let mut is_empty = true;
    let mut has_empty = false;
    let mut at = 0;
    while at < labels.len() {
        match labels[at] {
            b'.' => {
                has_empty |= is_empty;
                is_empty = true;
            }
            byte if is_label_byte(byte) => is_empty = false,
            _ => return Err(OriginFault::HostCharacter),
        }
        at += 1;
    }
    if has_empty || is_empty { Err(OriginFault::EmptyLabel) } else { Ok(()) }
}

pub(super) const fn is_label_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')
}
