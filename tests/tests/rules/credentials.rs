//! Options that cannot be combined with credentials.

use cors_actix_core::{Location, PolicyKey, PolicySpec, ProblemKind, Warning, WarningKind};

use crate::{GOOD, ORIGIN, assert_advisories, assert_problems, beside_credentials, check};

fn spec<'a>(allow_origins: &'a [&'a str]) -> PolicySpec<'a> {
    PolicySpec { allow_origins, allow_credentials: true, ..PolicySpec::EMPTY }
}

#[test]
fn any_origin_with_credentials_is_a_problem() {
    let kind = ProblemKind::AnyOriginWithCredentials;
    assert_problems(&spec(&["*"]), &[beside_credentials(PolicyKey::AllowOrigins, 0, kind)]);
}

#[test]
fn any_exposed_header_with_credentials_is_a_problem() {
    let with = PolicySpec { expose_headers: &["x-a", "*"], ..spec(ORIGIN) };
    let kind = ProblemKind::AnyExposedWithCredentials;
    assert_problems(&with, &[beside_credentials(PolicyKey::ExposeHeaders, 1, kind)]);
    check(&PolicySpec { allow_credentials: false, ..with });
}

#[test]
fn the_opaque_origin_with_credentials_is_a_problem() {
    let kind = ProblemKind::NullWithCredentials;
    let listed = &["https://a.example", "null"];
    assert_problems(&spec(listed), &[beside_credentials(PolicyKey::AllowOrigins, 1, kind)]);
    check(&PolicySpec { allow_credentials: false, ..spec(listed) });
    check(&PolicySpec { allow_credentials: false, ..spec(&["null"]) });
}

#[test]
fn an_origin_without_host_with_credentials_is_a_problem() {
    for value in ["file://", "app://"] {
        let kind = ProblemKind::HostlessWithCredentials { value: value.to_owned() };
        let listed = ["https://a.example", value];
        let hostless = spec(&listed);
        let dangers =
            PolicySpec { danger_insecure_origins: true, danger_public_suffixes: true, ..hostless };
        for spec in [hostless, dangers] {
            let expected = beside_credentials(PolicyKey::AllowOrigins, 1, kind.clone());
            assert_problems(&spec, &[expected]);
        }
        check(&PolicySpec { allow_credentials: false, ..hostless });
    }
    // No pattern matches such an origin.
    let wide = check(&spec(&["app://*", "app://.:*"])).rules.origins;
    assert!(wide.allows(b"app://a") && wide.allows(b"app://.") && !wide.allows(b"app://"));
}

#[test]
fn any_method_and_any_header_are_accepted() {
    check(&PolicySpec { allow_methods: &["*"], allow_headers: &["*"], ..spec(ORIGIN) });
}

#[test]
fn plain_http_with_credentials_is_a_problem_except_on_loopback() {
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
fn a_wildcard_over_a_public_suffix_with_credentials_is_a_problem() {
    for (value, suffix) in [
        ("https://*.com", "com"),
        ("https://*.com:8443", "com"),
        ("https://*.com:*", "com"),
        ("https://*.com.", "com"),
        ("https://*.co.uk", "co.uk"),
        ("https://*.github.io", "github.io"),
        ("https://*.vercel.app", "vercel.app"),
        ("https://*.s3.amazonaws.com", "s3.amazonaws.com"),
        // The list contains `*.ck` and the exception `!www.ck`.
        ("https://*.ck", "ck"),
        ("https://*.foo.ck", "foo.ck"),
        // A name that is not on the list is a public suffix ("the prevailing rule is `*`").
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
fn the_wildcard_of_a_custom_scheme_is_accepted() {
    assert_advisories(&spec(&["moz-extension://*", "chrome-extension://*"]), &[]);
}

#[test]
fn both_dangers_of_one_origin_are_reported() {
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

#[test]
fn a_danger_option_without_its_danger_gets_a_warning() {
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
