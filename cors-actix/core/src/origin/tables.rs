//! What checking an origin takes of large tables: IDNA, the public suffixes.

use url::Url;

use super::pattern::{default_port, parse, split_port};
use crate::problem::OriginFault;

/// The tables at hand.
pub(crate) trait Tables {
    /// Whether public suffixes are among them.
    const KNOWS_SUFFIXES: bool;

    /// URL standard, "host parsing": whether a special scheme's host stays as it is on its way into an
    /// origin.
    fn check_special_host(name: &str, wildcard: bool) -> Result<(), OriginFault>;

    /// Returns `base` if all of it is a public suffix.
    fn public_suffix(base: &str) -> Option<&str>;

    /// The origin or pattern that `text` was probably meant to be, if there is one.
    fn repair(text: &str) -> Option<String>;
}

/// All of them.
pub(crate) enum Whole {}

impl Tables for Whole {
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

    /// A top-level name that the list does not know counts as one (publicsuffix.org, "the prevailing
    /// rule is `*`"), but for `localhost`.
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
        let text = written.trim();
        let lower = text.to_lowercase();
        let with_scheme = if lower.contains("://") { lower } else { format!("https://{lower}") };
        let (scheme, rest) = with_scheme.split_once("://")?;
        let scheme = match scheme {
            "ws" => "http",
            "wss" => "https",
            other => other,
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let authority = rest[..end].rsplit('@').next()?;
        let (host, port) = split_port(authority);
        let (wildcard, host) = match host.strip_prefix("*.") {
            Some(base) => ("*.", base),
            None => ("", host),
        };
        let canonical = match default_port(scheme) {
            Some(_) => url::Host::parse(host).ok()?.to_string(),
            None => Url::parse(&format!("{scheme}://{host}")).ok()?.host_str()?.to_owned(),
        };
        let port = match port {
            None | Some("") => String::new(),
            Some(port) if default_port(scheme) == Some(port) => String::new(),
            Some(port) => format!(":{port}"),
        };
        let repaired = format!("{scheme}://{wildcard}{canonical}{port}");
        (repaired != written && plausible(text, &canonical) && parse::<Self>(&repaired).is_ok())
            .then_some(repaired)
    }
}

/// None of them: for what the compiler has checked with all of them, so that programs whose policies
/// are all written in their source do not carry them.
pub(crate) enum Nothing {}

impl Tables for Nothing {
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

/// A text without scheme is taken for a host only if it looks like one.
fn plausible(text: &str, host: &str) -> bool {
    text.contains("://") || host.contains('.') || host == "localhost"
}
