//! Checks one item of `allow_origins`. Any text is either accepted, or denied with a repaired text that is
//! accepted. An accepted text matches as the naive evaluator and the `url` crate say.
#![no_main]

use cors_actix_core::PolicySpec;
use cors_actix_fuzz::{naive, origins};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|text: &str| {
    let spec = PolicySpec { allow_origins: &[text], ..PolicySpec::EMPTY };
    let with_credentials = PolicySpec { allow_credentials: true, ..spec };
    if let Err(problems) = spec.check() {
        assert!(with_credentials.check().is_err());
        let repaired = problems.iter().find_map(|problem| problem.kind.repaired());
        assert!(repaired.is_none_or(|repaired| origins(&[repaired]).is_some()), "{repaired:?}");
        return;
    }
    // With credentials fewer texts are accepted, and the `danger_…` options accept the others.
    let dangers = PolicySpec {
        danger_insecure_origins: true,
        danger_public_suffixes: true,
        ..with_credentials
    };
    let is_everyones = text == "*" || text == "null" || text.ends_with("://");
    assert_eq!(dangers.check().is_ok(), !is_everyones);
    let _ = with_credentials.check();

    let Some((rules, written)) = origins(&[text]) else { unreachable!("it was accepted before") };
    let is_exact = !text.contains('*');
    let is_special = ["https:", "http:", "ftp:"].iter().any(|scheme| text.starts_with(scheme));
    if is_exact && is_special {
        let url = Url::parse(text).expect("the URL of an origin");
        assert_eq!(url.origin().ascii_serialization(), text);
    }
    if is_exact {
        assert_eq!(naive::parts(text.as_bytes()).is_some(), text != "null");
    }
    // With a label in place of the wildcard, the host may be longer than the host of a request may be.
    let is_too_long = text.len() > 250;
    let mut matched = false;
    for labels in ["a", "a.b", "1-_", "", ".", "A", "a.", ".a", "*", "a:1", "[::1]"] {
        for port in ["", ":1", ":8443", ":443", ":80", ":65536", ":", ":*"] {
            let ported = text.strip_suffix(":*").map(|unported| format!("{unported}{port}"));
            let origin = ported.as_deref().unwrap_or(text).replacen('*', labels, 1);
            for origin in [format!("{origin}."), format!("x{origin}x"), origin] {
                let expected = written.allows_origin(origin.as_bytes());
                assert_eq!(rules.origins.allows(origin.as_bytes()), expected, "{origin:?}");
                matched |= expected;
            }
            if ported.is_none() {
                break;
            }
        }
        if is_exact {
            break;
        }
    }
    assert!(matched || is_too_long, "{text:?} matches nothing");
});
