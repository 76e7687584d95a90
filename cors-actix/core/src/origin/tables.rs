//! The large tables that checking an origin needs: IDNA and the public suffixes.

use url::Url;

use super::{
    parts::{default_port, is_nameless, split_port},
    pattern::{HostTables, is_loopback, parse},
};
use crate::{diagnostics::is_separator, origin_fault::OriginFault};

/// All tables.
pub(crate) enum FullTables {}

impl HostTables for FullTables {
    const KNOWS_SUFFIXES: bool = cfg!(feature = "public-suffix");

    fn check_special_host(name: &str, wildcard: bool) -> Result<(), OriginFault> {
        let address = |canonical: String| match (wildcard, canonical == name) {
            (true, _) => Err(OriginFault::WildcardIp),
            (false, true) => Ok(()),
            (false, false) => Err(OriginFault::NonCanonicalIp),
        };
        match url::Host::parse(name) {
            Ok(url::Host::Domain(domain)) if domain == name => Ok(()),
            Ok(url::Host::Domain(_)) | Err(_) => Err(OriginFault::InvalidHost),
            Ok(url::Host::Ipv4(canonical)) => address(canonical.to_string()),
            Ok(ipv6 @ url::Host::Ipv6(_)) => address(ipv6.to_string()),
        }
    }

    /// Returns `base` if it is a public suffix. A top-level name that the list does not contain is a public
    /// suffix (publicsuffix.org, "the prevailing rule is `*`"), except `localhost`.
    #[cfg(feature = "public-suffix")]
    fn public_suffix(base: &str) -> Option<&str> {
        let name = base.strip_suffix('.').unwrap_or(base);
        (psl::suffix_str(name) == Some(name) && name != "localhost").then_some(name)
    }

    #[cfg(not(feature = "public-suffix"))]
    fn public_suffix(_base: &str) -> Option<&str> {
        None
    }

    fn repair(written: &str) -> Option<String> {
        let text = written.trim_matches(is_separator).to_lowercase();
        let (scheme, rest) = match text.split_once("://") {
            None => (None, &*text),
            Some(("ws", rest)) => (Some("http"), rest),
            Some(("wss", rest)) => (Some("https"), rest),
            Some((scheme, rest)) => (Some(scheme), rest),
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let authority = rest[..end].rsplit('@').next()?;
        let (host, port) = split_port(authority);
        let (wildcard, host) = match host.strip_prefix("*.") {
            Some(base) => ("*.", base),
            None => ("", host),
        };
        let canonical = match scheme {
            Some(scheme) if is_nameless(scheme, host, port) => host.to_owned(),
            Some(scheme) if default_port(scheme).is_none() => {
                Url::parse(&format!("{scheme}://{host}")).ok()?.host_str()?.to_owned()
            }
            _ => url::Host::parse(host).ok()?.to_string(),
        };
        let scheme = match scheme {
            Some(scheme) => scheme,
            None if !plausible(&canonical, port) => return None,
            None if is_loopback(&canonical) => "http",
            None => "https",
        };
        let port = match port {
            None | Some("") => String::new(),
            Some(port) if default_port(scheme) == Some(port) => String::new(),
            Some(port) => format!(":{port}"),
        };
        let repaired = format!("{scheme}://{wildcard}{canonical}{port}");
        (repaired != written && parse::<Self>(&repaired).is_ok()).then_some(repaired)
    }
}

/// No tables, for policies that the compiler has checked with [`FullTables`]. A program whose policies are
/// all written in its source does not contain the tables.
pub(crate) enum NoTables {}

impl HostTables for NoTables {
    const KNOWS_SUFFIXES: bool = false;

    fn check_special_host(_name: &str, _wildcard: bool) -> Result<(), OriginFault> {
        Ok(())
    }

    fn public_suffix(_base: &str) -> Option<&str> {
        None
    }

    fn repair(_text: &str) -> Option<String> {
        None
    }
}

/// Returns `true` if a text without scheme looks like a host: the text has a port or a dot, or is loopback.
fn plausible(host: &str, port: Option<&str>) -> bool {
    port.is_some_and(|port| !port.is_empty()) || host.contains('.') || is_loopback(host)
}
