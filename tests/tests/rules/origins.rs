//! The rules for origins and patterns of origins.

use cors_actix_core::{
    Location, Origin, OriginFault, OriginFault as Fault, PolicyKey, PolicySpec, Problem,
    ProblemKind, Warning, WarningKind,
};

use crate::{ORIGIN, assert_advisories, assert_problems, at, check, problems};

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
    ("https://*.b\u{fc}cher.example", Fault::NonAsciiHost, Some("https://*.xn--bcher-kva.example")),
    ("https://\u{65e5}\u{672c}.example", Fault::NonAsciiHost, Some("https://xn--wgv71a.example")),
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
    ("https://a.example:80:90", Fault::HostCharacter, None),
    ("X-App://1.2", Fault::UpperCase, Some("x-app://1.2")),
    ("*://example.com", Fault::Scheme, None),
    ("http*://example.com", Fault::Scheme, None),
    ("*.example.com", Fault::MissingScheme, Some("https://*.example.com")),
];

#[test]
fn an_origin_that_no_browser_sends_is_a_problem_with_a_suggestion() {
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
fn the_suggestion_is_part_of_the_message() {
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
fn every_suggestion_is_accepted() {
    for (value, _, repaired) in WRONG {
        if let Some(repaired) = repaired {
            let spec = PolicySpec { allow_origins: &[repaired], ..PolicySpec::EMPTY };
            assert!(spec.check().is_ok(), "{value} was repaired to {repaired}");
        }
    }
}

#[test]
fn a_wildcard_that_no_pattern_can_express_is_a_problem_that_names_predicates() {
    for value in ["https://app-*.example.com", "https://app.*.example.com", "app://a*"] {
        let listed = [value];
        let [problem] = &problems(&PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY })[..]
        else {
            panic!("{value}: one problem")
        };
        assert!(problem.to_string().contains("`allow_origins_if`"), "{problem}");
    }
}

#[test]
fn a_host_longer_than_dns_allows_is_a_problem() {
    let host = |length: usize| {
        let mut host = ["a".repeat(63), "b".repeat(63), "c".repeat(63)].join(".");
        host = format!("{host}.{}", "d".repeat(length - host.len() - 1));
        assert_eq!(host.len(), length);
        format!("https://{host}")
    };
    // Browsers send labels of more than 63 bytes, so the library accepts them.
    check(&PolicySpec { allow_origins: &[&host(253)], ..PolicySpec::EMPTY });
    check(&PolicySpec { allow_origins: &[&format!("{}.", host(253))], ..PolicySpec::EMPTY });
    let long = host(254);
    let fault = OriginFault::HostTooLong;
    let kind = ProblemKind::InvalidOrigin { value: long.clone(), fault, repaired: None };
    let spec = PolicySpec { allow_origins: &[&long], ..PolicySpec::EMPTY };
    assert_problems(&spec, &[at(PolicyKey::AllowOrigins, 0, kind)]);
}

#[test]
fn any_bytes_in_a_policy_are_a_problem_and_not_a_panic() {
    let rng = &mut fastrand::Rng::with_seed(11);
    let parts = [
        "https", "://", "http", "*", ".", ":", "a", "[", "]", "::1", "443", "@", "/", "\u{fc}",
        "%", "xn--", "\0", " ", "1",
    ];
    for _ in 0..20_000 {
        let text: String = (0..rng.usize(..8)).map(|_| parts[rng.usize(..parts.len())]).collect();
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
            let any_port = check(&PolicySpec { allow_origins: &[&any_port], ..PolicySpec::EMPTY });
            assert!(any_port.rules.origins.allows(origin.as_bytes()), "{origin} under any port");
        }
    }
}

#[test]
fn a_policy_and_a_request_agree_on_which_texts_are_origins() {
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
    let origins = check(&PolicySpec { allow_origins: listed, ..PolicySpec::EMPTY }).rules.origins;
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

/// Electron, and web views of Android, send such origins.
#[test]
fn a_custom_scheme_may_have_no_host_or_a_dot_for_a_host() {
    let wildcards = check(&PolicySpec { allow_origins: WIDE, ..PolicySpec::EMPTY }).rules.origins;
    for origin in ["file://", "app://", "qrc://", "a+b.c-d://", "app://.", "app://.:8080"] {
        let (scheme, host) = origin.split_once("://").unwrap();
        let host = host.trim_end_matches(":8080");
        let parsed = Origin::parse(origin.as_bytes()).unwrap();
        assert_eq!((parsed.scheme(), parsed.host(), parsed.as_str()), (scheme, host, origin));
        assert_eq!(parsed.to_string(), origin);
        let listed = [origin];
        let origins = check(&PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY });
        let origins = origins.rules.origins;
        assert!(origins.allows(origin.as_bytes()), "{origin} is not matched");
        for end in ["a", "/", ":", ":1", ".", "..", "*", " "] {
            let other = format!("{origin}{end}");
            assert!(!origins.allows(other.as_bytes()), "{origin} admits {other}");
        }
        // A wildcard matches a host, and only some of these origins have a host.
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
fn other_hosts_without_a_name_are_a_problem() {
    for scheme in ["http", "https", "ftp", "ws", "wss", "app", "file"] {
        for host in ["", ".", "..", ".a", "a..b", "a..", ":80", ":", ".:", ":*", "*.", "*.."] {
            let custom = matches!(scheme, "app" | "file");
            let origin = format!("{scheme}://{host}");
            let sent = custom && matches!(host, "" | ".");
            assert_eq!(Origin::parse(origin.as_bytes()).is_some(), sent, "{origin}");
            let listed = [&*origin];
            let spec = PolicySpec { allow_origins: &listed, ..PolicySpec::EMPTY };
            // All files have the same origin.
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

/// URL standard, "special scheme".
#[test]
fn an_origin_with_the_default_port_of_its_scheme_is_none() {
    for (scheme, port) in
        [("http", "80"), ("https", "443"), ("ftp", "21"), ("ws", "80"), ("wss", "443")]
    {
        let origin = |port: &str| format!("{scheme}://a.example:{port}");
        assert!(Origin::parse(origin(port).as_bytes()).is_none(), "{}", origin(port));
        assert!(Origin::parse(origin("81").as_bytes()).is_some(), "{}", origin("81"));
    }
}

#[test]
fn a_policy_without_origins_is_a_problem() {
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
fn any_origin_with_listed_origins_is_a_problem() {
    let beside = |index| at(PolicyKey::AllowOrigins, index, ProblemKind::AnyOriginWithOthers);
    let spec = |allow_origins| PolicySpec { allow_origins, ..PolicySpec::EMPTY };
    assert_problems(&spec(&["*", "https://a.example"]), &[beside(0)]);
    assert_problems(&spec(&["https://a.example", "*"]), &[beside(1)]);
    assert_problems(&spec(&["null", "https://a.example", "*", "*"]), &[beside(2)]);
}

#[test]
fn an_origin_that_another_item_covers_gets_a_warning() {
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
