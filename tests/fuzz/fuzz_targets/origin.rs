//! Compares the parser and the matcher of origins with the naive evaluator and with the `url` crate. The
//! first line of the input is a list of patterns, and the rest is the value of `Origin`.
#![no_main]

use cors_actix_core::Origin;
use cors_actix_fuzz::{faultless, first_line, naive, origins};
use libfuzzer_sys::fuzz_target;
use url::{Host, Url};

fuzz_target!(|data: &[u8]| {
    let Some((list, value)) = first_line(data) else { return };
    let patterns = faultless(list, |items| origins(items).is_some());
    let patterns: Vec<_> = patterns.into_iter().filter(|pattern| *pattern != "*").collect();
    if let Some((rules, written)) = origins(&patterns) {
        let expected = written.allows_origin(value);
        assert_eq!(rules.origins.allows(value), expected, "{patterns:?} {}", value.escape_ascii());
    }

    let origin = Origin::parse(value);
    let port_of = |origin: &Origin<'_>| origin.port().map(|port| port.to_string());
    let parts = naive::parts(value);
    assert_eq!(
        origin.map(|origin| (origin.scheme(), origin.host(), port_of(&origin))),
        parts.map(|(scheme, host, port)| (scheme, host, port.map(str::to_owned)))
    );
    let Ok(text) = std::str::from_utf8(value) else { return };
    let Some(url) = Url::parse(text).ok().filter(|url| url.origin().is_tuple()) else { return };
    // URL standard, "host parsing": hosts of custom schemes may have other characters than domain names.
    let host = url.host_str().unwrap_or_default();
    let has_name = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
        && host
            .split('.')
            .rev()
            .skip(usize::from(host.ends_with('.')))
            .all(|label| !label.is_empty())
        && host.len() <= 255;
    let is_name = matches!(url.host(), Some(Host::Domain(_))) && has_name;
    let is_address = matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
    let is_sent = url.origin().ascii_serialization() == text && url.port() != Some(0);
    if is_sent && (is_name || is_address) {
        let origin = origin.expect("the reader takes what browsers send");
        assert_eq!((origin.scheme(), origin.host()), (url.scheme(), host));
        assert_eq!(origin.port(), url.port());
    } else if let Some(origin) = origin {
        assert_eq!((origin.scheme(), origin.port()), (url.scheme(), url.port()));
        assert!(is_address || origin.host() == host, "{origin:?} {url:?}");
    }
});
