//! Parses the origins and patterns of a policy, strictly.

use std::net::IpAddr;

use crate::problem::OriginFault;

/// The tables that hosts are checked with.
pub(crate) trait HostTables {
    /// `true` if public suffixes are known.
    const KNOWS_SUFFIXES: bool;

    /// Checks that the host of a special scheme is written as browsers write it in an origin (URL
    /// standard, "host parsing").
    fn check_special_host(name: &str, wildcard: bool) -> Result<(), OriginFault>;

    /// Returns `base` if all of it is a public suffix.
    fn public_suffix(base: &str) -> Option<&str>;

    /// Returns the origin or pattern that was probably meant, if there is one.
    fn repair(text: &str) -> Option<String>;
}

/// The longest host name that DNS can carry (RFC 1035, section 2.3.4), in bytes of text.
const LONGEST_HOST: usize = 253;

/// The longest scheme that an origin may have, in bytes. A limit of this library: no
/// standard has one, and registered schemes are shorter.
pub(super) const LONGEST_SCHEME: usize = 64;

/// An item of `allow_origins`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern<'a> {
    Any,
    Null,
    Tuple(Tuple<'a>),
}

/// A tuple origin (HTML, "origin"), or a pattern of tuple origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tuple<'a> {
    /// The text as written. Two different texts are never the same origin or pattern.
    pub(super) text: &'a str,
    pub(super) scheme: &'a str,
    pub(super) host: Host<'a>,
    pub(super) port: Port<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host<'a> {
    Exact(&'a str),
    /// The base of `*.base`.
    Subdomains(&'a str),
    /// `*`, for schemes other than the special ones.
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port<'a> {
    None,
    Exact(&'a str),
    Any,
}

impl Tuple<'_> {
    pub(super) fn is_exact(&self) -> bool {
        matches!(self.host, Host::Exact(_)) && self.port != Port::Any
    }

    /// Returns `true` if an attacker on the network can impersonate the origin: plain http, not loopback
    /// (Secure Contexts, "Is origin potentially trustworthy?").
    pub(super) fn is_insecure(&self) -> bool {
        self.scheme == "http"
            && match self.host {
                Host::Exact(host) => !is_loopback(host),
                Host::Subdomains(base) => !is_localhost(base),
                Host::Any => true,
            }
    }
}

pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    is_localhost(host) || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_localhost(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost" || host.ends_with(".localhost")
}

/// Returns the default port of a special scheme (URL standard, "special scheme") whose origins browsers
/// send.
pub(super) fn default_port(scheme: &str) -> Option<&'static str> {
    match scheme {
        "http" => Some("80"),
        "https" => Some("443"),
        "ftp" => Some("21"),
        _ => None,
    }
}

/// Returns `true` for an origin that names no host (`file://`, from web views of Electron, Android and
/// Cordova) or a host without a label (`app://.`, from Electron). Origins of special schemes always have a
/// host (URL standard, "host parsing"), and an origin without a host has no port (URL standard, "host
/// state").
pub(super) fn is_nameless(scheme: &str, host: &str, port: Option<&str>) -> bool {
    (host == "." || host.is_empty() && port.is_none())
        && !matches!(scheme, "http" | "https" | "ftp" | "ws" | "wss")
}

/// Returns `true` for schemes whose URLs have an opaque origin (URL standard, "origin").
fn is_opaque(scheme: &str) -> bool {
    ["data", "blob", "about", "javascript", "mailto", "filesystem", "view-source"]
        .iter()
        .any(|opaque| scheme.eq_ignore_ascii_case(opaque))
}

pub(super) fn parse<T: HostTables>(text: &str) -> Result<Pattern<'_>, OriginFault> {
    match text {
        "*" => Ok(Pattern::Any),
        "null" => Ok(Pattern::Null),
        _ => parse_tuple::<T>(text).map(Pattern::Tuple),
    }
}

fn parse_tuple<T: HostTables>(text: &str) -> Result<Tuple<'_>, OriginFault> {
    if text.is_empty() {
        return Err(OriginFault::Empty);
    }
    let (before, after) = text.split_once(':').unwrap_or_default();
    if is_opaque(before) {
        return Err(OriginFault::OpaqueScheme);
    }
    if before.eq_ignore_ascii_case("file") && after != "//" {
        return Err(OriginFault::File);
    }
    let (scheme, rest) = text.split_once("://").ok_or(OriginFault::MissingScheme)?;
    check_scheme(scheme)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at(end);
    if authority.contains('@') {
        return Err(OriginFault::UserInfo);
    }
    let (host, port) = split_port(authority);
    let host = if is_nameless(scheme, host, port) {
        Host::Exact(host)
    } else {
        parse_host::<T>(scheme, host)?
    };
    let port = parse_port(scheme, port)?;
    match after.as_bytes() {
        [] => Ok(Tuple { text, scheme, host, port }),
        [b'/'] => Err(OriginFault::TrailingSlash),
        [b'?', ..] => Err(OriginFault::Query),
        [b'#', ..] => Err(OriginFault::Fragment),
        _ => Err(OriginFault::Path),
    }
}

fn check_scheme(scheme: &str) -> Result<(), OriginFault> {
    let scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        || !scheme.bytes().all(scheme_byte)
        || scheme.len() > LONGEST_SCHEME
    {
        Err(OriginFault::Scheme)
    } else if scheme.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Err(OriginFault::UpperCase)
    } else if matches!(scheme, "ws" | "wss") {
        Err(OriginFault::WebSocketScheme)
    } else {
        Ok(())
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
pub fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn parse_port<'a>(scheme: &str, port: Option<&'a str>) -> Result<Port<'a>, OriginFault> {
    match port {
        None => Ok(Port::None),
        Some("*") => Ok(Port::Any),
        Some(port) if !is_port(port.as_bytes()) => Err(OriginFault::Port),
        Some(port) if default_port(scheme) == Some(port) => Err(OriginFault::DefaultPort),
        Some(port) => Ok(Port::Exact(port)),
    }
}

/// Returns `true` if the digits are a port as browsers write it: 1 to 65535, without leading zeros.
pub(super) fn is_port(digits: &[u8]) -> bool {
    let value = digits.iter().try_fold(0_u16, |value, &digit| {
        let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
        value.checked_mul(10)?.checked_add(digit.into())
    });
    matches!(value, Some(1..)) && digits.first() != Some(&b'0')
}

fn parse_host<'a, T: HostTables>(scheme: &str, host: &'a str) -> Result<Host<'a>, OriginFault> {
    let special = default_port(scheme).is_some();
    if host.is_empty() {
        return Err(OriginFault::MissingHost);
    }
    if host == "*" {
        return if special { Err(OriginFault::WildcardHost) } else { Ok(Host::Any) };
    }
    let (name, wildcard) = match host.strip_prefix("*.") {
        Some(base) => (base, true),
        None => (host, false),
    };
    check_name(name)?;
    if special || name.starts_with('[') {
        T::check_special_host(name, wildcard)?;
    }
    Ok(if wildcard { Host::Subdomains(name) } else { Host::Exact(name) })
}

fn check_name(name: &str) -> Result<(), OriginFault> {
    if name.contains('*') {
        return Err(OriginFault::Wildcard);
    }
    if !name.is_ascii() {
        return Err(OriginFault::NonAsciiHost);
    }
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(OriginFault::UpperCase);
    }
    if name.starts_with('[') {
        return Ok(());
    }
    // A host with a trailing dot is another origin than the host without the dot, and browsers send the dot.
    let labels = name.strip_suffix('.').unwrap_or(name);
    if labels.len() > LONGEST_HOST {
        return Err(OriginFault::HostTooLong);
    }
    if !labels.bytes().all(|byte| is_label_byte(byte) || byte == b'.') {
        return Err(OriginFault::HostCharacter);
    }
    if labels.split('.').any(str::is_empty) {
        return Err(OriginFault::EmptyLabel);
    }
    Ok(())
}

pub(super) fn is_label_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_')
}
