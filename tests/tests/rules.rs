//! What a policy may say: every fault with its place and repair, every warning, and that whatever
//! a browser can send can be configured. Cases O11 and C1 to C10, as the rule book sees them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use cors_actix_core::{
    Checked, Location, Origin, OriginFault, PolicyKey, PolicySpec, Problem, ProblemKind, Warning,
    WarningKind,
};

const ORIGIN: &[&str] = &["https://a.example"];
const GOOD: PolicySpec<'static> = PolicySpec { allow_origins: ORIGIN, ..PolicySpec::EMPTY };

#[track_caller]
fn check(spec: &PolicySpec<'_>) -> Checked {
    spec.check().unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[track_caller]
fn problems(spec: &PolicySpec<'_>) -> Vec<Problem> {
    spec.check().map(|checked| checked.warnings).expect_err("the policy is faulty")
}

#[track_caller]
fn assert_problems(spec: &PolicySpec<'_>, expected: &[Problem]) {
    assert_eq!(problems(spec), expected);
}

#[track_caller]
fn assert_advisories(spec: &PolicySpec<'_>, expected: &[Warning]) {
    assert_eq!(check(spec).warnings, expected);
}

fn at(key: PolicyKey, index: usize, kind: ProblemKind) -> Problem {
    Problem::new(Location::item(key, index), None, kind)
}

fn beside_credentials(key: PolicyKey, index: usize, kind: ProblemKind) -> Problem {
    let also = Some(Location::key(PolicyKey::AllowCredentials));
    Problem::new(Location::item(key, index), also, kind)
}

mod origins {
    use super::*;
    use cors_actix_core::OriginFault as Fault;

    const WRONG: &[(&str, Fault, Option<&str>)] = &[
        ("", Fault::Empty, None),
        ("example.com", Fault::MissingScheme, Some("https://example.com")),
        ("example.com:8443", Fault::MissingScheme, Some("https://example.com:8443")),
        ("localhost", Fault::MissingScheme, Some("http://localhost")),
        ("localhost:3000", Fault::MissingScheme, Some("http://localhost:3000")),
        ("localhost:80/", Fault::MissingScheme, Some("http://localhost")),
        ("*.localhost:*", Fault::MissingScheme, Some("http://*.localhost:*")),
        ("127.0.0.1:8080", Fault::MissingScheme, Some("http://127.0.0.1:8080")),
        ("[::1]:3000", Fault::MissingScheme, Some("http://[::1]:3000")),
        ("192.168.0.1:3000", Fault::MissingScheme, Some("https://192.168.0.1:3000")),
        ("backend:8080", Fault::MissingScheme, Some("https://backend:8080")),
        ("backend:", Fault::MissingScheme, None),
        ("any", Fault::MissingScheme, None),
        ("https:example.com", Fault::MissingScheme, None),
        ("//example.com", Fault::MissingScheme, None),
        ("://example.com", Fault::Scheme, None),
        ("1http://example.com", Fault::Scheme, None),
        ("ht\0tp://example.com", Fault::Scheme, None),
        ("h\u{e9}ttp://example.com", Fault::Scheme, None),
        (" https://example.com", Fault::Scheme, Some("https://example.com")),
        ("https://example.com ", Fault::HostCharacter, Some("https://example.com")),
        ("https://example.com,", Fault::HostCharacter, Some("https://example.com")),
        ("; https://example.com", Fault::Scheme, Some("https://example.com")),
        ("file:///tmp", Fault::File, None),
        ("file:///", Fault::File, None),
        ("file://x", Fault::File, None),
        ("file:", Fault::File, None),
        ("file://*", Fault::File, None),
        ("FILE://x", Fault::File, None),
        ("FILE://", Fault::UpperCase, Some("file://")),
        ("data:text/plain", Fault::OpaqueScheme, None),
        ("data:1", Fault::OpaqueScheme, None),
        ("about:blank", Fault::OpaqueScheme, None),
        ("blob:https://example.com/0", Fault::OpaqueScheme, None),
        ("ws://example.com", Fault::WebSocketScheme, Some("http://example.com")),
        ("wss://example.com", Fault::WebSocketScheme, Some("https://example.com")),
        ("https://example.com/", Fault::TrailingSlash, Some("https://example.com")),
        ("https://example.com:8443/", Fault::TrailingSlash, Some("https://example.com:8443")),
        ("https://*.example.com/", Fault::TrailingSlash, Some("https://*.example.com")),
        ("https://example.com/api", Fault::Path, Some("https://example.com")),
        ("https://example.com//", Fault::Path, Some("https://example.com")),
        ("https://example.com/?q", Fault::Path, Some("https://example.com")),
        ("https://example.com?q", Fault::Query, Some("https://example.com")),
        ("https://example.com#f", Fault::Fragment, Some("https://example.com")),
        ("https://user@example.com", Fault::UserInfo, Some("https://example.com")),
        ("https://user:pass@example.com", Fault::UserInfo, Some("https://example.com")),
        ("https://example.com:443", Fault::DefaultPort, Some("https://example.com")),
        ("http://example.com:80", Fault::DefaultPort, Some("http://example.com")),
        ("ftp://example.com:21", Fault::DefaultPort, Some("ftp://example.com")),
        ("https://*.example.com:443", Fault::DefaultPort, Some("https://*.example.com")),
        ("https://example.com:", Fault::Port, Some("https://example.com")),
        ("https://example.com:0", Fault::Port, None),
        ("https://example.com:65536", Fault::Port, None),
        ("https://example.com:99999999999999999999", Fault::Port, None),
        ("https://example.com:0443", Fault::Port, None),
        ("https://example.com:http", Fault::Port, None),
        ("https://example.com:80*", Fault::Port, None),
        ("https://example.com:-1", Fault::Port, None),
        ("https://", Fault::MissingHost, None),
        ("https://:8443", Fault::MissingHost, None),
        ("https:///", Fault::MissingHost, None),
        ("app://:8443", Fault::MissingHost, None),
        ("app://:*", Fault::MissingHost, None),
        ("app:///", Fault::TrailingSlash, Some("app://")),
        ("app:///index.html", Fault::Path, Some("app://")),
        ("app://./index.html", Fault::Path, Some("app://.")),
        ("APP://.", Fault::UpperCase, Some("app://.")),
        ("app://..", Fault::EmptyLabel, None),
        ("app://.a", Fault::EmptyLabel, None),
        ("app://*.", Fault::EmptyLabel, None),
        ("app://*..", Fault::EmptyLabel, None),
        ("https://Example.com", Fault::UpperCase, Some("https://example.com")),
        ("HTTPS://example.com", Fault::UpperCase, Some("https://example.com")),
        ("https://Example.com:443/", Fault::UpperCase, Some("https://example.com")),
        ("https://b\u{fc}cher.example", Fault::NonAsciiHost, Some("https://xn--bcher-kva.example")),
        (
            "https://*.b\u{fc}cher.example",
            Fault::NonAsciiHost,
            Some("https://*.xn--bcher-kva.example"),
        ),
        (
            "https://\u{65e5}\u{672c}.example",
            Fault::NonAsciiHost,
            Some("https://xn--wgv71a.example"),
        ),
        ("https://.example.com", Fault::EmptyLabel, None),
        ("https://a..example.com", Fault::EmptyLabel, None),
        ("https://example.com..", Fault::EmptyLabel, None),
        ("https://.", Fault::EmptyLabel, None),
        ("https://*..example.com", Fault::EmptyLabel, None),
        ("https://exa\0mple.com", Fault::HostCharacter, None),
        ("https://example%2ecom", Fault::HostCharacter, Some("https://example.com")),
        ("https://a~b.example", Fault::HostCharacter, None),
        ("https://xn--a.example", Fault::InvalidHost, None),
        ("https://127.1", Fault::NonCanonicalIp, Some("https://127.0.0.1")),
        ("https://0x7f.0.0.1", Fault::NonCanonicalIp, Some("https://127.0.0.1")),
        ("https://2130706433", Fault::NonCanonicalIp, Some("https://127.0.0.1")),
        ("https://127.0.0.01", Fault::NonCanonicalIp, Some("https://127.0.0.1")),
        ("https://1.2.3.4.5", Fault::InvalidHost, None),
        ("https://256.0.0.1", Fault::InvalidHost, None),
        ("https://[0:0:0:0:0:0:0:1]", Fault::NonCanonicalIp, Some("https://[::1]")),
        ("https://[2001:db8:0::1]", Fault::NonCanonicalIp, Some("https://[2001:db8::1]")),
        ("https://[::ffff:1.2.3.4]", Fault::NonCanonicalIp, Some("https://[::ffff:102:304]")),
        ("https://[2001:DB8::1]", Fault::UpperCase, Some("https://[2001:db8::1]")),
        ("https://[::1]:443", Fault::DefaultPort, Some("https://[::1]")),
        ("https://[::1", Fault::InvalidHost, None),
        ("https://[]", Fault::InvalidHost, None),
        ("https://[::g]", Fault::InvalidHost, None),
        ("https://[::1%25eth0]", Fault::InvalidHost, None),
        ("https://*.127.0.0.1", Fault::WildcardIp, None),
        ("https://*.1", Fault::WildcardIp, None),
        ("https://*.[::1]", Fault::WildcardIp, None),
        ("https://*example.com", Fault::Wildcard, None),
        ("https://a.*.example.com", Fault::Wildcard, None),
        ("https://*.*.example.com", Fault::Wildcard, None),
        ("https://example.*", Fault::Wildcard, None),
        ("https://a*.example.com", Fault::Wildcard, None),
        ("https://**.example.com", Fault::Wildcard, None),
        ("https://*", Fault::WildcardHost, None),
        ("http://*:8080", Fault::WildcardHost, None),
        ("*://example.com", Fault::Scheme, None),
        ("http*://example.com", Fault::Scheme, None),
        ("*.example.com", Fault::MissingScheme, Some("https://*.example.com")),
    ];

    #[test]
    fn o11_what_no_browser_sends_is_denied_with_its_repair() {
        let mut wrong = Vec::new();
        for &(value, fault, repaired) in WRONG {
            let listed = [ORIGIN[0], value];
            let kind = ProblemKind::InvalidOrigin {
                value: value.to_owned(),
                fault,
                repaired: repaired.map(str::to_owned),
            };
            let spec = PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY };
            let expected = [at(PolicyKey::AllowOrigins, 1, kind)];
            let found = spec.check().err().unwrap_or_default();
            if found != expected {
                wrong.push(format!("expected {expected:?}\n   found {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn o11_a_repair_is_part_of_the_message() {
        for &(value, fault, repaired) in WRONG {
            let kind = ProblemKind::InvalidOrigin {
                value: value.to_owned(),
                fault,
                repaired: repaired.map(str::to_owned),
            };
            assert_eq!(kind.repaired(), repaired);
            let end = repaired.map(|text| format!("; write {text:?}")).unwrap_or_default();
            assert_eq!(kind.to_string(), format!("{value:?} {fault}{end}"));
        }
    }

    #[test]
    fn o11_every_repair_is_accepted() {
        for (value, _, repaired) in WRONG {
            if let Some(repaired) = repaired {
                let spec = PolicySpec { allow_origins: &[repaired], ..PolicySpec::EMPTY };
                assert!(spec.check().is_ok(), "{value} was repaired to {repaired}");
            }
        }
    }

    #[test]
    fn a_wildcard_that_no_pattern_expresses_is_for_a_predicate() {
        for value in ["https://app-*.example.com", "https://app.*.example.com", "app://a*"] {
            let listed = [value];
            let [problem] =
                &problems(&PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY })[..]
            else {
                panic!("{value}: one problem")
            };
            assert!(problem.to_string().contains("`allow_origins_if`"), "{problem}");
        }
    }

    #[test]
    fn o11_a_host_longer_than_dns_allows_is_denied() {
        let host = |length: usize| {
            let mut host = ["a".repeat(63), "b".repeat(63), "c".repeat(63)].join(".");
            host = format!("{host}.{}", "d".repeat(length - host.len() - 1));
            assert_eq!(host.len(), length);
            format!("https://{host}")
        };
        // Labels of more than 63 bytes are not the rule book's affair: browsers send them.
        check(&PolicySpec { allow_origins: &[&host(253)], ..PolicySpec::EMPTY });
        check(&PolicySpec { allow_origins: &[&format!("{}.", host(253))], ..PolicySpec::EMPTY });
        let long = host(254);
        let fault = OriginFault::HostTooLong;
        let kind = ProblemKind::InvalidOrigin { value: long.clone(), fault, repaired: None };
        let spec = PolicySpec { allow_origins: &[&long], ..PolicySpec::EMPTY };
        assert_problems(&spec, &[at(PolicyKey::AllowOrigins, 0, kind)]);
    }

    #[test]
    fn any_bytes_in_a_policy_are_denied_without_a_panic() {
        let rng = &mut fastrand::Rng::with_seed(11);
        let parts = [
            "https", "://", "http", "*", ".", ":", "a", "[", "]", "::1", "443", "@", "/", "\u{fc}",
            "%", "xn--", "\0", " ", "1",
        ];
        for _ in 0..20_000 {
            let text: String =
                (0..rng.usize(..8)).map(|_| parts[rng.usize(..parts.len())]).collect();
            let spec = PolicySpec { allow_origins: &[&text], ..PolicySpec::EMPTY };
            let Err(problems) = spec.check() else { continue };
            for problem in problems {
                if let Some(repaired) = problem.kind.repaired() {
                    let spec = PolicySpec { allow_origins: &[repaired], ..PolicySpec::EMPTY };
                    assert!(spec.check().is_ok(), "{text:?} was repaired to {repaired:?}");
                }
            }
        }
    }

    #[test]
    fn every_origin_that_a_browser_can_send_can_be_configured_and_matched() {
        for origin in [
            "https://example.com",
            "https://example.com:1",
            "https://example.com:65535",
            "https://example.com:80",
            "http://example.com:443",
            "http://localhost",
            "http://localhost:3000",
            "https://a.b.c.d.e.f.example.com",
            "https://ab--cd.com",
            "https://a-b.example",
            "https://-a.example",
            "https://a-.example",
            "https://my_host.example.com",
            "https://_.example",
            "https://xn--bcher-kva.example",
            "https://xn--wgv71a.xn--p1ai",
            "https://example.com.",
            "http://localhost.:8080",
            "https://com",
            "https://x",
            "https://1a.example",
            "https://example.1a",
            "https://127.0.0.1",
            "https://192.168.0.1:8443",
            "https://255.255.255.255",
            "https://[::1]",
            "http://[::1]:3000",
            "https://[::]",
            "https://[2001:db8::1]:8443",
            "https://[::ffff:102:304]",
            "https://[1:2:3:4:5:6:7:8]",
            "https://[1:0:0:2::3]",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "moz-extension://3f1c6c4e-9d0b-4b6a-8b1f-0c1d2e3f4a5b",
            "safari-web-extension://dcea6524-ab56-4469-895f-d4f4e84f139e",
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "app://obsidian.md",
            "vscode-webview://0ls93d0n4g1ck1b2c3d4e5f6g7h8i9j0",
            "ms-browser-extension://abcdef",
            "a+b.c-d://host:1",
            "app://-",
            "ftp://example.com",
            "null",
        ] {
            let origins = check(&PolicySpec { allow_origins: &[origin], ..PolicySpec::EMPTY });
            let origins = origins.rules.origins;
            assert!(origins.allows(origin.as_bytes()), "{origin} is not matched");
            for other in [format!("{origin}x"), format!("{origin}."), format!("x{origin}")] {
                assert!(!origins.allows(other.as_bytes()), "{origin} admits {other}");
            }
            if let Some((scheme, host)) = origin.split_once("://") {
                let unported = host.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
                let host = unported.map_or(host, |(host, _)| host);
                let any_port = format!("{scheme}://{host}:*");
                let any_port =
                    check(&PolicySpec { allow_origins: &[&any_port], ..PolicySpec::EMPTY });
                assert!(
                    any_port.rules.origins.allows(origin.as_bytes()),
                    "{origin} under any port"
                );
            }
        }
    }

    #[test]
    fn what_is_no_origin_to_a_policy_is_none_to_a_request_and_the_other_way_round() {
        for (scheme, default) in [("http", 80), ("https", 443), ("ftp", 21)] {
            let any_port = [&*format!("{scheme}://a.example:*")];
            let spec = PolicySpec { allow_origins: &any_port, ..PolicySpec::EMPTY };
            let origins = check(&spec).rules.origins;
            for (port, allowed) in [(default, false), (8443, true)] {
                let origin = format!("{scheme}://a.example:{port}");
                assert_eq!(origins.allows(origin.as_bytes()), allowed, "{origin}");
                let listed = [&*origin];
                let spec = PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY };
                assert_eq!(spec.check().is_ok(), allowed, "{origin}");
            }
        }
        for (length, allowed) in [(64, true), (65, false)] {
            let scheme = "x".repeat(length);
            let any_host = [&*format!("{scheme}://*")];
            let spec = PolicySpec { allow_origins: &any_host, ..PolicySpec::EMPTY };
            assert_eq!(spec.check().is_ok(), allowed, "{length}");
            let origin = format!("{scheme}://a");
            assert_eq!(Origin::parse(origin.as_bytes()).is_some(), allowed, "{length}");
        }
    }

    #[test]
    fn a_custom_scheme_may_have_any_host() {
        let listed = &["moz-extension://*", "chrome-extension://*", "app://*:*"];
        let origins =
            check(&PolicySpec { allow_origins: listed, ..PolicySpec::EMPTY }).rules.origins;
        for origin in [
            "moz-extension://3f1c6c4e-9d0b-4b6a-8b1f-0c1d2e3f4a5b",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
            "app://a.b.c",
            "app://a:8080",
        ] {
            assert!(origins.allows(origin.as_bytes()), "{origin}");
        }
        for origin in [
            "moz-extension://",
            "moz-extension://a:1",
            "moz-extension://*",
            "https://a",
            "ap://a",
            "null",
        ] {
            assert!(!origins.allows(origin.as_bytes()), "{origin}");
        }
    }

    /// Electron and web views of Android send such origins.
    #[test]
    fn a_custom_scheme_may_have_no_host_or_a_dot_for_a_host() {
        let wildcards =
            check(&PolicySpec { allow_origins: WIDE, ..PolicySpec::EMPTY }).rules.origins;
        for origin in ["file://", "app://", "qrc://", "a+b.c-d://", "app://.", "app://.:8080"] {
            let (scheme, host) = origin.split_once("://").unwrap();
            let host = host.trim_end_matches(":8080");
            let parsed = Origin::parse(origin.as_bytes()).unwrap();
            assert_eq!((parsed.scheme(), parsed.host(), parsed.as_str()), (scheme, host, origin));
            let listed = [origin];
            let origins = check(&PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY });
            let origins = origins.rules.origins;
            assert!(origins.allows(origin.as_bytes()), "{origin} is not matched");
            for end in ["a", "/", ":", ":1", ".", "..", "*", " "] {
                let other = format!("{origin}{end}");
                assert!(!origins.allows(other.as_bytes()), "{origin} admits {other}");
            }
            // A wildcard stands for a host, which these have, or have not.
            let covered = scheme == "app" && host == ".";
            assert_eq!(wildcards.allows(origin.as_bytes()), covered, "{origin}");
        }
        let any_port = check(&PolicySpec { allow_origins: &["app://.:*"], ..PolicySpec::EMPTY });
        for (origin, allowed) in
            [("app://.", true), ("app://.:1", true), ("app://", false), ("app://:1", false)]
        {
            assert_eq!(any_port.rules.origins.allows(origin.as_bytes()), allowed, "{origin}");
        }
    }

    const WIDE: &[&str] = &["app://*", "app://*:*", "app://*.a", "file-x://*:*", "https://*.a:*"];

    #[test]
    fn other_hosts_without_a_name_are_none() {
        for scheme in ["http", "https", "ftp", "ws", "wss", "app", "file"] {
            for host in ["", ".", "..", ".a", "a..b", "a..", ":80", ":", ".:", ":*", "*.", "*.."] {
                let custom = matches!(scheme, "app" | "file");
                let origin = format!("{scheme}://{host}");
                let sent = custom && matches!(host, "" | ".");
                assert_eq!(Origin::parse(origin.as_bytes()).is_some(), sent, "{origin}");
                let listed = [&*origin];
                let spec = PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY };
                // All files have one and the same origin.
                let good = sent && origin != "file://.";
                assert_eq!(spec.check().is_ok(), good, "{origin}");
                let mut wide = WIDE.to_vec();
                wide.push("https://a.example");
                let wide = check(&PolicySpec { allow_origins: &wide, ..PolicySpec::EMPTY });
                let covered = origin == "app://.";
                assert_eq!(wide.rules.origins.allows(origin.as_bytes()), covered, "{origin}");
            }
        }
    }

    #[test]
    fn c4_a_policy_without_origins_is_denied() {
        let location = Location::key(PolicyKey::AllowOrigins);
        let none = Problem::new(location, None, ProblemKind::NoOrigins);
        assert_problems(&PolicySpec::EMPTY, std::slice::from_ref(&none));
        let busy = PolicySpec {
            allow_methods: &["PUT"],
            allow_headers: &["*"],
            allow_credentials: true,
            max_age: Some(1),
            ..PolicySpec::EMPTY
        };
        assert_problems(&busy, &[none]);
    }

    #[test]
    fn c7_any_origin_beside_listed_ones_is_denied() {
        let beside = |index| at(PolicyKey::AllowOrigins, index, ProblemKind::AnyOriginBesideOthers);
        let spec = |allow_origins| PolicySpec { allow_origins, ..PolicySpec::EMPTY };
        assert_problems(&spec(&["*", "https://a.example"]), &[beside(0)]);
        assert_problems(&spec(&["https://a.example", "*"]), &[beside(1)]);
        assert_problems(&spec(&["null", "https://a.example", "*", "*"]), &[beside(2)]);
    }
}

mod credentials {
    use super::*;

    fn spec<'a>(allow_origins: &'a [&'a str]) -> PolicySpec<'a> {
        PolicySpec { allow_origins, allow_credentials: true, ..PolicySpec::EMPTY }
    }

    #[test]
    fn c1_any_origin_is_denied() {
        let kind = ProblemKind::AnyOriginWithCredentials;
        assert_problems(&spec(&["*"]), &[beside_credentials(PolicyKey::AllowOrigins, 0, kind)]);
    }

    #[test]
    fn c2_any_exposed_is_denied() {
        let with = PolicySpec { expose_headers: &["x-a", "*"], ..spec(ORIGIN) };
        let kind = ProblemKind::AnyExposedWithCredentials;
        assert_problems(&with, &[beside_credentials(PolicyKey::ExposeHeaders, 1, kind)]);
        check(&PolicySpec { allow_credentials: false, ..with });
    }

    #[test]
    fn c3_the_opaque_origin_is_denied() {
        let kind = ProblemKind::NullWithCredentials;
        let listed = &["https://a.example", "null"];
        assert_problems(&spec(listed), &[beside_credentials(PolicyKey::AllowOrigins, 1, kind)]);
        check(&PolicySpec { allow_credentials: false, ..spec(listed) });
        check(&PolicySpec { allow_credentials: false, ..spec(&["null"]) });
    }

    #[test]
    fn an_origin_without_host_is_denied() {
        for value in ["file://", "app://"] {
            let kind = ProblemKind::HostlessWithCredentials { value: value.to_owned() };
            let listed = ["https://a.example", value];
            let hostless = spec(&listed);
            let dangers = PolicySpec {
                danger_insecure_origins: true,
                danger_public_suffixes: true,
                ..hostless
            };
            for spec in [hostless, dangers] {
                let expected = beside_credentials(PolicyKey::AllowOrigins, 1, kind.clone());
                assert_problems(&spec, &[expected]);
            }
            check(&PolicySpec { allow_credentials: false, ..hostless });
        }
        // Nor is there a pattern that covers one.
        let wide = check(&spec(&["app://*", "app://.:*"])).rules.origins;
        assert!(wide.allows(b"app://a") && wide.allows(b"app://.") && !wide.allows(b"app://"));
    }

    #[test]
    fn any_method_and_any_header_are_accepted() {
        check(&PolicySpec { allow_methods: &["*"], allow_headers: &["*"], ..spec(ORIGIN) });
    }

    #[test]
    fn c9_plain_http_is_denied_but_for_loopback() {
        for (value, secure) in [
            ("http://a.example", "https://a.example"),
            ("http://a.example:8080", "https://a.example:8080"),
            ("http://a.example:*", "https://a.example:*"),
            ("http://*.a.example", "https://*.a.example"),
            ("http://192.168.0.1", "https://192.168.0.1"),
            ("http://128.0.0.1", "https://128.0.0.1"),
            ("http://[::2]", "https://[::2]"),
            ("http://[::ffff:7f00:1]", "https://[::ffff:7f00:1]"),
            ("http://localhost.example", "https://localhost.example"),
            ("http://notlocalhost", "https://notlocalhost"),
            ("http://127.0.0.1.example", "https://127.0.0.1.example"),
        ] {
            let kind = ProblemKind::InsecureOriginWithCredentials {
                value: value.to_owned(),
                secure: secure.to_owned(),
            };
            assert_eq!(kind.repaired(), Some(secure));
            let listed = [value];
            let insecure = spec(&listed);
            assert_problems(&insecure, &[beside_credentials(PolicyKey::AllowOrigins, 0, kind)]);
            assert_advisories(&PolicySpec { danger_insecure_origins: true, ..insecure }, &[]);
            assert_advisories(&PolicySpec { allow_credentials: false, ..insecure }, &[]);
        }
        for loopback in [
            "http://localhost",
            "http://localhost:3000",
            "http://localhost:*",
            "http://localhost.",
            "http://a.b.localhost",
            "http://*.localhost",
            "http://*.a.localhost:*",
            "http://127.0.0.1",
            "http://127.0.0.1:*",
            "http://127.255.255.254:8080",
            "http://[::1]",
            "http://[::1]:3000",
        ] {
            assert_advisories(&spec(&[loopback]), &[]);
        }
    }

    #[test]
    fn c8_a_wildcard_over_a_public_suffix_is_denied() {
        for (value, suffix) in [
            ("https://*.com", "com"),
            ("https://*.com:8443", "com"),
            ("https://*.com:*", "com"),
            ("https://*.com.", "com"),
            ("https://*.co.uk", "co.uk"),
            ("https://*.github.io", "github.io"),
            ("https://*.vercel.app", "vercel.app"),
            ("https://*.s3.amazonaws.com", "s3.amazonaws.com"),
            // `*.ck` and its exception `!www.ck`.
            ("https://*.ck", "ck"),
            ("https://*.foo.ck", "foo.ck"),
            // Not on the list: the prevailing rule is `*`.
            ("https://*.internal", "internal"),
            ("https://*.xn--p1ai", "xn--p1ai"),
            ("https://*.xn--55qx5d.cn", "xn--55qx5d.cn"),
            ("https://*.xn--85x722f.xn--55qx5d.cn", ""),
        ] {
            let listed = [value];
            let wild = spec(&listed);
            if suffix.is_empty() {
                assert_advisories(&wild, &[]);
                continue;
            }
            let kind = ProblemKind::PublicSuffixWithCredentials {
                value: value.to_owned(),
                suffix: suffix.to_owned(),
            };
            assert_problems(&wild, &[beside_credentials(PolicyKey::AllowOrigins, 0, kind)]);
            assert_advisories(&PolicySpec { danger_public_suffixes: true, ..wild }, &[]);
            assert_advisories(&PolicySpec { allow_credentials: false, ..wild }, &[]);
        }
        for (site, rule) in [
            ("https://*.example.com", "com"),
            ("https://*.example.co.uk", "co.uk"),
            ("https://*.user.github.io", "github.io"),
            ("https://*.www.ck", "!www.ck"),
            ("https://*.a.foo.ck", "*.ck"),
            ("https://*.localhost", "localhost"),
            ("https://com", "no wildcard"),
            ("https://github.io:*", "no wildcard"),
        ] {
            assert!(spec(&[site]).check().is_ok(), "{site} ({rule})");
        }
    }

    #[test]
    fn c8_the_wildcard_of_a_custom_scheme_is_accepted() {
        assert_advisories(&spec(&["moz-extension://*", "chrome-extension://*"]), &[]);
    }

    #[test]
    fn c9_both_dangers_of_one_origin_are_named() {
        let insecure = ProblemKind::InsecureOriginWithCredentials {
            value: "http://*.com".to_owned(),
            secure: "https://*.com".to_owned(),
        };
        let wide = ProblemKind::PublicSuffixWithCredentials {
            value: "http://*.com".to_owned(),
            suffix: "com".to_owned(),
        };
        let insecure = beside_credentials(PolicyKey::AllowOrigins, 0, insecure);
        let wide = beside_credentials(PolicyKey::AllowOrigins, 0, wide);
        let both = spec(&["http://*.com"]);
        assert_problems(&both, &[insecure.clone(), wide.clone()]);
        assert_problems(&PolicySpec { danger_insecure_origins: true, ..both }, &[wide]);
        assert_problems(&PolicySpec { danger_public_suffixes: true, ..both }, &[insecure]);
        let accepted =
            PolicySpec { danger_insecure_origins: true, danger_public_suffixes: true, ..both };
        assert_advisories(&accepted, &[]);
    }
}

mod methods {
    use super::*;

    fn wrong(method: &str) -> ProblemKind {
        let listed = ["PUT", method];
        let spec = PolicySpec { allow_methods: &listed, ..GOOD };
        let [problem] = &problems(&spec)[..] else { panic!("{method}: one problem") };
        assert_eq!(
            (problem.location, problem.also),
            (Location::item(PolicyKey::AllowMethods, 1), None)
        );
        problem.kind.clone()
    }

    #[test]
    fn c5_what_browsers_never_send_is_denied() {
        for method in ["CONNECT", "TRACE", "TRACK", "connect", "Trace", "tRACK"] {
            assert_eq!(wrong(method), ProblemKind::ForbiddenMethod { value: method.to_owned() });
        }
    }

    #[test]
    fn what_is_no_token_is_denied() {
        for method in ["", "PUT/", "P\u{dc}T", "PUT\n", "(PUT)", " PUT", "PUT,"] {
            assert_eq!(wrong(method), ProblemKind::InvalidMethod { value: method.to_owned() });
        }
    }

    #[test]
    fn a_spelling_that_browsers_normalize_is_denied_with_its_repair() {
        for (method, normalized) in [
            ("get", "GET"),
            ("head", "HEAD"),
            ("Post", "POST"),
            ("delete", "DELETE"),
            ("put", "PUT"),
            ("Options", "OPTIONS"),
        ] {
            let kind = wrong(method);
            assert_eq!(kind.repaired(), Some(normalized));
            let (value, normalized) = (method.to_owned(), normalized.to_owned());
            assert_eq!(kind, ProblemKind::UnnormalizedMethod { value, normalized });
        }
    }

    #[test]
    fn f4_methods_are_told_apart_by_case() {
        let listed = &["PATCH", "PROPFIND", "M!#$%&'*+-.^_`|~9"];
        let methods = check(&PolicySpec { allow_methods: listed, ..GOOD }).rules.methods;
        for method in ["GET", "HEAD", "POST", "PATCH", "PROPFIND", "M!#$%&'*+-.^_`|~9"] {
            assert!(methods.allows(method.as_bytes()), "{method}");
        }
        for method in ["patch", "Patch", "get", "PUT", "OPTIONS", "PATC", "PATCHH", "", "*", "GET "]
        {
            assert!(!methods.allows(method.as_bytes()), "{method}");
        }
    }

    #[test]
    fn any_covers_every_token_and_nothing_else() {
        let methods = check(&PolicySpec { allow_methods: &["*"], ..GOOD }).rules.methods;
        assert!(methods.allows(b"PUT") && methods.allows(b"patch") && methods.allows(b"X-Y"));
        assert!(!methods.allows(b"") && !methods.allows(b"A B") && !methods.allows(b"A\xff"));
    }

    #[test]
    fn what_changes_nothing_is_advised() {
        let advice = |index, also: Option<usize>, kind| {
            Warning::new(
                Location::item(PolicyKey::AllowMethods, index),
                also.map(|index| Location::item(PolicyKey::AllowMethods, index)),
                kind,
            )
        };
        let value = |text: &str| text.to_owned();
        let spec = PolicySpec { allow_methods: &["GET", "PUT", "PUT", "patch"], ..GOOD };
        assert_advisories(
            &spec,
            &[
                advice(0, None, WarningKind::SafelistedMethod { value: value("GET") }),
                advice(2, Some(1), WarningKind::Duplicate { value: value("PUT") }),
                advice(
                    3,
                    None,
                    WarningKind::LowerCaseMethod { value: value("patch"), upper: value("PATCH") },
                ),
            ],
        );
        let covered = WarningKind::Covered { value: value("PUT"), by: value("*") };
        let spec = PolicySpec { allow_methods: &["PUT", "*"], ..GOOD };
        assert_advisories(&spec, &[advice(0, Some(1), covered)]);
    }
}

mod header_names {
    use super::*;

    fn wrong(key: PolicyKey, name: &str) -> ProblemKind {
        let listed = ["x-a", name];
        let spec = match key {
            PolicyKey::AllowHeaders => PolicySpec { allow_headers: &listed, ..GOOD },
            _ => PolicySpec { expose_headers: &listed, ..GOOD },
        };
        let [problem] = &problems(&spec)[..] else { panic!("{name}: one problem") };
        assert_eq!((problem.location, problem.also), (Location::item(key, 1), None));
        problem.kind.clone()
    }

    #[test]
    fn c6_request_headers_that_scripts_cannot_set_are_denied() {
        for name in [
            "accept-charset",
            "Accept-Encoding",
            "connection",
            "Content-Length",
            "Cookie",
            "cookie2",
            "date",
            "DNT",
            "expect",
            "Host",
            "keep-alive",
            "Origin",
            "Referer",
            "set-cookie",
            "TE",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "proxy-authorization",
            "Proxy-",
            "sec-fetch-site",
            "Sec-",
        ] {
            let kind = ProblemKind::ForbiddenRequestHeader { value: name.to_owned() };
            assert_eq!(wrong(PolicyKey::AllowHeaders, name), kind);
        }
    }

    #[test]
    fn c6_response_headers_that_scripts_cannot_read_are_denied() {
        for name in ["set-cookie", "Set-Cookie2"] {
            let kind = ProblemKind::ForbiddenResponseHeader { value: name.to_owned() };
            assert_eq!(wrong(PolicyKey::ExposeHeaders, name), kind);
        }
    }

    #[test]
    fn c6_headers_of_the_protocol_itself_are_denied() {
        for name in [
            "access-control-allow-origin",
            "Access-Control-Request-Headers",
            "access-control-",
            "access-control-x",
        ] {
            for key in [PolicyKey::AllowHeaders, PolicyKey::ExposeHeaders] {
                assert_eq!(
                    wrong(key, name),
                    ProblemKind::ProtocolHeader { value: name.to_owned() }
                );
            }
        }
    }

    #[test]
    fn what_is_no_token_is_denied() {
        for name in ["", "x:a", "x-\u{fc}", "x\n", "\"x\"", " x", "x,"] {
            for key in [PolicyKey::AllowHeaders, PolicyKey::ExposeHeaders] {
                assert_eq!(
                    wrong(key, name),
                    ProblemKind::InvalidHeaderName { value: name.to_owned() }
                );
            }
        }
    }

    #[test]
    fn request_names_are_compared_without_regard_to_case() {
        let listed = &["X-Request-Id", "authorization", "a", "b", "ab"];
        let names = check(&PolicySpec { allow_headers: listed, ..GOOD }).rules.headers;
        for name in ["x-request-id", "X-REQUEST-ID", "Authorization", "A", "b", "aB"] {
            assert!(names.allows(name.as_bytes()), "{name}");
        }
        for name in ["x-request-i", "x-request-idd", "x_request-id", "", "c", "ba", "*", "\u{e9}"] {
            assert!(!names.allows(name.as_bytes()), "{name}");
        }
        assert_eq!(
            names.listed().collect::<Vec<_>>(),
            ["x-request-id", "authorization", "a", "b", "ab"]
        );
    }

    #[test]
    fn request_names_of_any_length_are_compared_without_regard_to_case() {
        for length in 1..=130 {
            let listed = "x".repeat(length);
            let names = check(&PolicySpec { allow_headers: &[&listed], ..GOOD }).rules.headers;
            let upper = listed.to_uppercase();
            assert!(names.allows(listed.as_bytes()) && names.allows(upper.as_bytes()), "{length}");
            let mut other = upper.into_bytes();
            other[length - 1] = b'Y';
            assert!(!names.allows(&other), "{length}");
        }
    }

    #[test]
    fn any_covers_every_token_but_authorization() {
        let any = check(&PolicySpec { allow_headers: &["*"], ..GOOD }).rules.headers;
        assert!(any.allows(b"x-a") && any.allows(b"X!") && any.allows(b"authorizatio"));
        for name in [b"authorization".as_slice(), b"Authorization", b"", b"x a", b"\xff", b"x,y"] {
            assert!(!any.allows(name), "{}", name.escape_ascii());
        }
        for listed in [&["*", "Authorization"], &["authorization", "*"]] {
            let both = check(&PolicySpec { allow_headers: listed, ..GOOD });
            assert_eq!(both.warnings, []);
            assert!(
                both.rules.headers.allows(b"AUTHORIZATION") && both.rules.headers.allows(b"x-a")
            );
        }
    }

    #[test]
    fn what_changes_nothing_is_advised() {
        let advice = |key, index, also: Option<usize>, kind| {
            Warning::new(
                Location::item(key, index),
                also.map(|index| Location::item(key, index)),
                kind,
            )
        };
        let owned = str::to_owned;
        let spec = PolicySpec {
            allow_headers: &["x-a", "X-A", "authorization", "*"],
            expose_headers: &["content-type", "x-b", "*", "X-B"],
            ..GOOD
        };
        let covered = |value| WarningKind::Covered { value: owned(value), by: owned("*") };
        let duplicate = |value| WarningKind::Duplicate { value: owned(value) };
        let safelisted = WarningKind::SafelistedResponseHeader { value: owned("content-type") };
        let mut found = check(&spec).warnings;
        let mut expected = vec![
            advice(PolicyKey::AllowHeaders, 1, Some(0), duplicate("X-A")),
            advice(PolicyKey::AllowHeaders, 0, Some(3), covered("x-a")),
            advice(PolicyKey::ExposeHeaders, 3, Some(1), duplicate("X-B")),
            advice(PolicyKey::ExposeHeaders, 0, None, safelisted),
            advice(PolicyKey::ExposeHeaders, 1, Some(2), covered("x-b")),
        ];
        found.sort_by_key(|warning| warning.location);
        expected.sort_by_key(|warning| warning.location);
        assert_eq!(found, expected);
    }
}

mod the_rest {
    use super::*;

    #[test]
    fn a_preflight_status_that_browsers_deny_is_denied() {
        for value in [0, 100, 199, 300, 304, 404, 600, u16::MAX] {
            let location = Location::key(PolicyKey::PreflightStatus);
            let kind = ProblemKind::PreflightStatus { value };
            let spec = PolicySpec { preflight_status: Some(value), ..GOOD };
            assert_problems(&spec, &[Problem::new(location, None, kind)]);
        }
        for value in [200, 204, 299] {
            check(&PolicySpec { preflight_status: Some(value), ..GOOD });
        }
    }

    #[test]
    fn a_lifetime_that_browsers_cut_is_accepted_and_advised() {
        for seconds in [86_401, u64::MAX] {
            let location = Location::key(PolicyKey::MaxAge);
            let kind = WarningKind::MaxAgeAboveCaps { seconds };
            let spec = PolicySpec { max_age: Some(seconds), ..GOOD };
            assert_advisories(&spec, &[Warning::new(location, None, kind)]);
            assert_eq!(check(&spec).rules.max_age, Some(seconds));
        }
        for seconds in [0, 86_400] {
            assert_advisories(&PolicySpec { max_age: Some(seconds), ..GOOD }, &[]);
        }
    }

    #[test]
    fn an_origin_that_another_covers_is_advised() {
        let location = |index| Location::item(PolicyKey::AllowOrigins, index);
        let covered = |index, value: &str, also, by: &str| {
            Warning::new(
                location(index),
                Some(location(also)),
                WarningKind::Covered { value: value.to_owned(), by: by.to_owned() },
            )
        };
        let spec = PolicySpec {
            allow_origins: &[
                "https://a.example.com",
                "https://*.example.com",
                "https://example.com",
                "http://localhost:3000",
                "http://localhost:*",
                "moz-extension://*",
                "moz-extension://a-b",
            ],
            ..PolicySpec::EMPTY
        };
        assert_advisories(
            &spec,
            &[
                covered(0, "https://a.example.com", 1, "https://*.example.com"),
                covered(3, "http://localhost:3000", 4, "http://localhost:*"),
                covered(6, "moz-extension://a-b", 5, "moz-extension://*"),
            ],
        );
        let duplicate = WarningKind::Duplicate { value: ORIGIN[0].to_owned() };
        let duplicate = Warning::new(location(1), Some(location(0)), duplicate);
        let twice = PolicySpec { allow_origins: &[ORIGIN[0], ORIGIN[0]], ..PolicySpec::EMPTY };
        assert_advisories(&twice, &[duplicate]);
    }

    #[test]
    fn a_danger_that_is_not_there_is_advised() {
        let needless =
            |key| Warning::new(Location::key(key), None, WarningKind::NeedlessDanger { key });
        let both = PolicySpec {
            danger_insecure_origins: true,
            danger_public_suffixes: true,
            allow_credentials: true,
            ..GOOD
        };
        let needless =
            [needless(PolicyKey::DangerInsecureOrigins), needless(PolicyKey::DangerPublicSuffixes)];
        assert_advisories(&both, &needless);
        let dangerous = PolicySpec { allow_origins: &["http://*.com"], ..both };
        assert_advisories(&dangerous, &[]);
        assert_advisories(&PolicySpec { allow_credentials: false, ..dangerous }, &needless);
    }

    #[test]
    fn same_origin_stands_alone() {
        let closed = PolicySpec { same_origin: true, ..PolicySpec::EMPTY };
        let rules = check(&closed).rules;
        assert!(!rules.origins.allows(b"https://a.example") && !rules.origins.allows(b"null"));
        for (beside, spec) in [
            (PolicyKey::AllowOrigins, PolicySpec { allow_origins: ORIGIN, ..closed }),
            (PolicyKey::AllowMethods, PolicySpec { allow_methods: &["PUT"], ..closed }),
            (PolicyKey::AllowHeaders, PolicySpec { allow_headers: &["x-a"], ..closed }),
            (PolicyKey::AllowCredentials, PolicySpec { allow_credentials: true, ..closed }),
            (PolicyKey::ExposeHeaders, PolicySpec { expose_headers: &["x-a"], ..closed }),
            (PolicyKey::MaxAge, PolicySpec { max_age: Some(1), ..closed }),
            (PolicyKey::PreflightStatus, PolicySpec { preflight_status: Some(200), ..closed }),
            (
                PolicyKey::DangerInsecureOrigins,
                PolicySpec { danger_insecure_origins: true, ..closed },
            ),
            (
                PolicyKey::DangerPublicSuffixes,
                PolicySpec { danger_public_suffixes: true, ..closed },
            ),
        ] {
            let kind = ProblemKind::SameOriginBesideOthers { beside };
            let location = Location::key(PolicyKey::SameOrigin);
            assert_problems(&spec, &[Problem::new(location, Some(Location::key(beside)), kind)]);
        }
    }

    #[test]
    fn c10_all_faults_are_found_at_once_in_the_order_of_the_keys() {
        let spec = PolicySpec {
            allow_origins: &[
                "null",
                "https://A.example",
                "http://b.example",
                "*",
                "https://*.co.uk",
            ],
            allow_methods: &["TRACE", "put", "a b"],
            allow_headers: &["cookie", "access-control-x", "a b"],
            allow_credentials: true,
            expose_headers: &["*", "set-cookie"],
            preflight_status: Some(500),
            ..PolicySpec::EMPTY
        };
        let found: Vec<_> = problems(&spec)
            .into_iter()
            .map(|problem| (problem.location.to_string(), variant(&problem.kind)))
            .collect();
        let expected = [
            ("allow_origins[0]", "NullWithCredentials"),
            ("allow_origins[1]", "InvalidOrigin"),
            ("allow_origins[2]", "InsecureOriginWithCredentials"),
            ("allow_origins[3]", "AnyOriginBesideOthers"),
            ("allow_origins[3]", "AnyOriginWithCredentials"),
            ("allow_origins[4]", "PublicSuffixWithCredentials"),
            ("allow_methods[0]", "ForbiddenMethod"),
            ("allow_methods[1]", "UnnormalizedMethod"),
            ("allow_methods[2]", "SeveralItems"),
            ("allow_headers[0]", "ForbiddenRequestHeader"),
            ("allow_headers[1]", "ProtocolHeader"),
            ("allow_headers[2]", "SeveralItems"),
            ("expose_headers[0]", "AnyExposedWithCredentials"),
            ("expose_headers[1]", "ForbiddenResponseHeader"),
            ("preflight_status", "PreflightStatus"),
        ];
        assert_eq!(found, expected.map(|(location, kind)| (location.to_owned(), kind.to_owned())));
    }

    #[test]
    fn faults_beside_same_origin_are_in_the_order_of_the_keys() {
        let spec = PolicySpec {
            same_origin: true,
            allow_methods: &["TRACE"],
            preflight_status: Some(500),
            ..PolicySpec::EMPTY
        };
        let keys: Vec<_> = problems(&spec).iter().map(|problem| problem.location.key).collect();
        assert_eq!(
            keys,
            [PolicyKey::AllowMethods, PolicyKey::PreflightStatus, PolicyKey::SameOrigin]
        );
    }

    #[test]
    fn advisories_are_in_the_order_of_the_keys() {
        let spec = PolicySpec {
            allow_origins: &["https://a.example", "https://a.example"],
            allow_methods: &["GET"],
            allow_headers: &["x-a", "x-a"],
            expose_headers: &["expires"],
            max_age: Some(1_000_000),
            danger_insecure_origins: true,
            danger_public_suffixes: true,
            ..PolicySpec::EMPTY
        };
        let keys: Vec<_> = check(&spec).warnings.iter().map(|advice| advice.location.key).collect();
        let expected = [
            PolicyKey::AllowOrigins,
            PolicyKey::AllowMethods,
            PolicyKey::AllowHeaders,
            PolicyKey::ExposeHeaders,
            PolicyKey::MaxAge,
            PolicyKey::DangerInsecureOrigins,
            PolicyKey::DangerPublicSuffixes,
        ];
        assert_eq!(keys, expected);
    }

    fn variant(kind: &ProblemKind) -> String {
        let debug = format!("{kind:?}");
        debug.split(' ').next().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_fault_is_told_in_one_line_that_ends_without_a_full_stop() {
        let spec = PolicySpec {
            allow_origins: &["x\ny", "null", "*", "http://a.example", "https://*.com"],
            allow_methods: &["a\nb", "TRACE", "put"],
            allow_headers: &["a\nb", "cookie", "access-control-x"],
            allow_credentials: true,
            expose_headers: &["*", "set-cookie"],
            preflight_status: Some(500),
            ..PolicySpec::EMPTY
        };
        let mut all = problems(&spec);
        all.extend(problems(&PolicySpec::EMPTY));
        for problem in all {
            let text = problem.to_string();
            assert!(!text.contains('\n') && !text.ends_with('.'), "{text}");
        }
    }
}

/// A text from the environment that nobody has split.
mod several_items {
    use super::*;

    #[test]
    fn commas_spaces_and_semicolons_in_an_item_are_told_apart_from_wrong_characters() {
        for (value, items) in [
            ("https://a.example,https://b.example", ["https://a.example", "https://b.example"]),
            ("https://a.example, https://b.example", ["https://a.example", "https://b.example"]),
            (" a.example ; b.example,", ["a.example", "b.example"]),
            ("*\t\nnull", ["*", "null"]),
            ("PUT DELETE", ["PUT", "DELETE"]),
            ("x-a,x-b", ["x-a", "x-b"]),
        ] {
            let listed = [value];
            let items = items.map(str::to_owned).to_vec();
            let kind = ProblemKind::SeveralItems { value: value.to_owned(), items };
            assert_eq!(kind.repaired(), None);
            for (key, spec) in [
                (
                    PolicyKey::AllowOrigins,
                    PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY },
                ),
                (PolicyKey::AllowMethods, PolicySpec { allow_methods: &listed, ..GOOD }),
                (PolicyKey::AllowHeaders, PolicySpec { allow_headers: &listed, ..GOOD }),
                (PolicyKey::ExposeHeaders, PolicySpec { expose_headers: &listed, ..GOOD }),
            ] {
                assert_problems(&spec, &[at(key, 0, kind.clone())]);
            }
        }
    }

    #[test]
    fn the_message_shows_the_list_to_write() {
        let spec = PolicySpec { allow_headers: &["x-a, x-b"], ..GOOD };
        let [problem] = &problems(&spec)[..] else { panic!("one problem") };
        assert!(problem.to_string().ends_with(r#": ["x-a", "x-b"]"#), "{problem}");
    }
}

mod enforcement {
    use super::*;

    const ENFORCED: PolicySpec<'static> =
        PolicySpec { allow_origins: ORIGIN, enforce: true, ..PolicySpec::EMPTY };

    #[test]
    fn any_origin_leaves_nothing_to_enforce() {
        let clash = |index| {
            Problem::new(
                Location::key(PolicyKey::Enforce),
                Some(Location::item(PolicyKey::AllowOrigins, index)),
                ProblemKind::EnforceWithAnyOrigin,
            )
        };
        assert_problems(&PolicySpec { allow_origins: &["*"], ..ENFORCED }, &[clash(0)]);
        let beside = at(PolicyKey::AllowOrigins, 1, ProblemKind::AnyOriginBesideOthers);
        let listed = &["https://a.example", "*"];
        assert_problems(&PolicySpec { allow_origins: listed, ..ENFORCED }, &[beside, clash(1)]);
        check(&ENFORCED);
        check(&PolicySpec { allow_origins: &["*"], enforce: false, ..ENFORCED });
        check(&PolicySpec { same_origin: true, enforce: true, ..PolicySpec::EMPTY });
    }

    #[test]
    fn pages_may_not_send_what_enforcement_reads() {
        for name in
            ["forwarded", "X-Forwarded-Host", "x-forwarded-port", "x-forwarded-proto", "FORWARDED"]
        {
            for any in [&[][..], &["*"]] {
                let listed = [any, &["x-a", name]].concat();
                let spec = PolicySpec { allow_headers: &listed, ..ENFORCED };
                let kind = ProblemKind::ForwardedHeaderWithEnforce { value: name.to_owned() };
                let location = Location::item(PolicyKey::AllowHeaders, listed.len() - 1);
                let also = Some(Location::key(PolicyKey::Enforce));
                assert_problems(&spec, &[Problem::new(location, also, kind)]);
                check(&PolicySpec { enforce: false, ..spec });
            }
        }
        let others = &["*", "x-forwarded-for", "x-forwarded", "x-forwarded-hosts", "authorization"];
        check(&PolicySpec { allow_headers: others, ..ENFORCED });
    }
}

mod builder {
    use super::*;
    use actix_web::http::{Method, StatusCode, header};
    use cors_actix::{Any, Policy, PolicyBuilder};
    use std::time::Duration;

    type Call = fn(PolicyBuilder) -> PolicyBuilder;

    fn permutations(calls: &[Call]) -> Vec<Vec<Call>> {
        let Some((first, rest)) = calls.split_first() else { return vec![Vec::new()] };
        let mut all = Vec::new();
        for shorter in permutations(rest) {
            for at in 0..=shorter.len() {
                let mut longer = shorter.clone();
                longer.insert(at, *first);
                all.push(longer);
            }
        }
        all
    }

    fn built(calls: &[Call]) -> PolicyBuilder {
        calls.iter().fold(Policy::builder(), |builder, call| call(builder))
    }

    #[test]
    fn the_order_of_calls_never_matters_to_a_good_policy() {
        let calls: [Call; 6] = [
            |builder| builder.allow_origins(["http://a.example", "https://*.com"]),
            |builder| builder.allow_methods([Method::PUT]).preflight_status(StatusCode::OK),
            |builder| builder.allow_headers(Any).max_age(Duration::from_secs(7)),
            |builder| builder.allow_credentials(true),
            |builder| builder.expose_headers(["x-a"]),
            |builder| builder.danger_insecure_origins(true).danger_public_suffixes(true),
        ];
        let expected = told(&built(&calls));
        for order in permutations(&calls) {
            assert_eq!(told(&built(&order)), expected);
        }
    }

    #[test]
    fn the_order_of_calls_never_matters_to_a_faulty_policy() {
        let calls: [Call; 5] = [
            |builder| builder.allow_origins(Any),
            |builder| builder.allow_methods(["TRACE", "put"]),
            |builder| builder.allow_headers(["cookie"]),
            |builder| builder.allow_credentials(true),
            |builder| builder.expose_headers(Any).preflight_status(StatusCode::FOUND),
        ];
        let expected = built(&calls).build().unwrap_err();
        assert_eq!(expected.problems().len(), 6);
        for order in permutations(&calls) {
            assert_eq!(built(&order).build().unwrap_err(), expected);
        }
    }

    #[test]
    fn the_order_of_calls_for_one_key_never_matters() {
        let calls: [Call; 6] = [
            |builder| builder.allow_origins(["https://a.example"]).allow_credentials(false),
            |builder| builder.allow_origins("https://b.example").allow_credentials(true),
            |builder| builder.allow_headers([header::AUTHORIZATION]).max_age(5),
            |builder| builder.allow_headers(Any).max_age(7),
            |builder| builder.preflight_status(StatusCode::ACCEPTED),
            |builder| builder.preflight_status(StatusCode::OK).max_age(6),
        ];
        let order_of_origins = |builder: &PolicyBuilder| {
            let [status, lines] = told(builder).try_into().unwrap();
            (status, lines)
        };
        let expected = order_of_origins(&built(&calls));
        for order in permutations(&calls) {
            assert_eq!(order_of_origins(&built(&order)), expected);
        }
    }

    #[test]
    fn any_and_a_listed_origin_clash_in_either_order() {
        let before = Policy::builder().allow_origins(Any).allow_origins(ORIGIN).build();
        let after = Policy::builder().allow_origins(ORIGIN).allow_origins(Any).build();
        for (result, index) in [(before, 0), (after, 1)] {
            let problems = result.unwrap_err();
            let expected = at(PolicyKey::AllowOrigins, index, ProblemKind::AnyOriginBesideOthers);
            assert_eq!(problems.problems(), [expected]);
        }
    }

    #[test]
    fn places_count_over_all_calls_for_a_key() {
        let error = Policy::builder()
            .allow_origins(["https://a.example", "https://b.example"])
            .allow_origins(["https://c.example/"])
            .build()
            .unwrap_err();
        assert_eq!(error.problems()[0].location, Location::item(PolicyKey::AllowOrigins, 2));
        assert_eq!(
            error.to_string(),
            "the CORS policy has 1 problem:\n  allow_origins[2]: \"https://c.example/\" ends in a slash; \
             origins don't; write \"https://c.example\""
        );
    }

    #[test]
    fn every_fault_is_in_the_text_of_the_error() {
        let error = Policy::builder()
            .allow_origins(["null", "http://a.example", "https://B.example"])
            .allow_methods(["TRACE"])
            .allow_headers(["cookie"])
            .allow_credentials(true)
            .expose_headers(["set-cookie"])
            .build()
            .unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("the CORS policy has 6 problems:\n"), "{text}");
        assert_eq!(text.lines().count(), 7, "{text}");
        for (problem, line) in error.problems().iter().zip(text.lines().skip(1)) {
            assert_eq!(line, format!("  {}: {}", problem.location, problem.kind));
        }
    }

    /// The same fault is found however the value came in.
    #[test]
    fn values_of_every_type_are_checked() {
        let faults = |builder: PolicyBuilder| builder.build().unwrap_err().problems().len();
        let good = || Policy::builder().allow_origins(ORIGIN);
        assert_eq!(faults(good().allow_methods(Method::TRACE)), 1);
        assert_eq!(faults(good().allow_methods(vec![Method::TRACE, Method::CONNECT])), 2);
        assert_eq!(faults(good().allow_headers([header::COOKIE])), 1);
        assert_eq!(faults(good().allow_headers(header::HOST)), 1);
        assert_eq!(faults(good().expose_headers(&["set-cookie".to_owned()])), 1);
        assert_eq!(faults(good().allow_origins(vec!["x".to_owned()])), 1);
        assert_eq!(faults(good().allow_origins(String::from("https://a.example/"))), 1);
        assert_eq!(faults(good().allow_origins("https://b.example,c".split(','))), 1);
    }

    /// What a policy makes of a preflight and of its request, as text: status and header lines.
    fn told(builder: &PolicyBuilder) -> Vec<String> {
        use actix_web::{App, HttpResponse, test};
        use cors_actix::Cors;

        let policy = builder.build().unwrap();
        actix_web::rt::System::new().block_on(async {
            let app = App::new()
                .wrap(Cors::new(policy))
                .default_service(actix_web::web::to(HttpResponse::Ok));
            let app = test::init_service(app).await;
            let mut told = Vec::new();
            for method in [Method::OPTIONS, Method::GET] {
                let request = test::TestRequest::default()
                    .method(method)
                    .insert_header(("origin", "http://a.example"))
                    .insert_header(("access-control-request-method", "PUT"))
                    .insert_header(("access-control-request-headers", "x-b"))
                    .to_request();
                let response = test::call_service(&app, request).await;
                let mut lines: Vec<_> = response
                    .headers()
                    .iter()
                    .map(|(name, value)| format!("{name}: {value:?}"))
                    .collect();
                lines.sort();
                told.push(format!("{} {lines:?}", response.status()));
            }
            told
        })
    }
}
