//! Tests which origins a policy allows, in the middleware and in the attribute, for requests and for
//! preflights.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use actix_web::{App, HttpResponse, Responder, put, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_core::{Origins, PolicySpec};
use cors_actix_tests::{Client, EXAMPLE, Request, Server, admitted, example, granted};

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[put("/handler")]
async fn handler() -> impl Responder {
    HttpResponse::Ok()
}

/// The paths with the tested policy, with the allowed methods in the answer to a preflight.
const PLACES: [(&str, &str); 2] = [("/handler", "PUT"), ("/layer", "GET,HEAD,POST,PUT")];

fn server() -> Server {
    let policy = Policy::builder()
        .allow_origins([EXAMPLE, "https://*.example.com"])
        .allow_methods(["PUT"])
        .allow_credentials(true)
        .build()
        .unwrap();
    Server::start(move || {
        let layered = web::resource("/layer").wrap(Cors::new(&policy));
        App::new().service(handler).service(layered.to(HttpResponse::Ok))
    })
}

#[track_caller]
fn assert_admitted(client: &mut Client, origin: &str) {
    for (target, methods) in PLACES {
        let actual = client.send(&Request::new("PUT", target).origin(origin));
        actual.assert(200, admitted(origin));
        let preflight = client.send(&Request::preflight(target, origin, "PUT"));
        preflight.assert_granted(granted(origin, methods));
    }
}

#[track_caller]
fn assert_none(client: &mut Client, origin: impl AsRef<[u8]>) {
    for (target, _) in PLACES {
        let actual = client.send(&Request::new("PUT", target).origin(&origin));
        actual.assert_closed(200);
        client.send(&Request::preflight(target, &origin, "PUT")).assert_denied();
    }
}

#[track_caller]
fn assert_all_none<T: AsRef<[u8]>>(origins: impl IntoIterator<Item = T>) {
    let server = server();
    let mut client = server.connect();
    for origin in origins {
        assert_none(&mut client, origin);
    }
}

#[test]
fn listed_origins_are_allowed() {
    let server = server();
    let mut client = server.connect();
    assert_admitted(&mut client, EXAMPLE);
    assert_admitted(&mut client, "https://a.example.com");
}

#[test]
fn an_origin_that_is_not_listed_is_denied() {
    assert_all_none(["https://evil.com", "https://com", "https://a.test"]);
}

#[test]
fn no_policy_allows_every_origin_with_credentials() {
    let reflecting = PolicySpec {
        allow_origins: &["*"],
        allow_methods: &["*"],
        allow_headers: &["*"],
        allow_credentials: true,
        danger_insecure_origins: true,
        danger_public_suffixes: true,
        ..PolicySpec::EMPTY
    };
    assert!(reflecting.check().is_err());
    for broad in ["https://*", "http://*", "*://*", "https://*.", "https://*:*", "https://*.*"] {
        let spec = PolicySpec { allow_origins: &[broad], ..reflecting };
        assert!(spec.check().is_err(), "{broad} was accepted");
    }
}

#[test]
fn the_opaque_origin_is_denied() {
    assert_all_none(["null", "NULL", "Null", "null.example.com", "\"null\""]);
}

#[test]
fn the_opaque_origin_is_allowed_if_it_is_listed() {
    let policy = Policy::builder().allow_origins(["null", EXAMPLE]).build().unwrap();
    let server = Server::start(move || {
        App::new().wrap(Cors::new(&policy)).route("/", web::get().to(HttpResponse::Ok))
    });
    let mut client = server.connect();
    let response = client.send(&Request::get("/").origin("null"));
    response.assert(200, ["access-control-allow-origin: null", "vary: Origin"]);
    client.send(&Request::get("/").origin("nul")).assert_closed(200);
}

/// Electron, and web views of Android and Cordova, send these origins.
#[test]
fn origins_of_apps_are_allowed_if_they_are_listed_or_a_predicate_allows_them() {
    let apps = ["file://", "app://.", "qrc://"];
    let listed = Policy::builder().allow_origins(apps);
    let decided = Policy::builder().allow_origins_if(move |origin, _| {
        apps.contains(&origin.as_str()) && matches!(origin.host(), "" | ".")
    });
    for policy in [listed, decided].map(|policy| policy.build().unwrap()) {
        let server = Server::start(move || {
            App::new().wrap(Cors::new(&policy)).route("/", web::get().to(HttpResponse::Ok))
        });
        let mut client = server.connect();
        for origin in apps {
            let allowed = format!("access-control-allow-origin: {origin}");
            client.send(&Request::get("/").origin(origin)).assert(200, [&*allowed, "vary: Origin"]);
        }
        for origin in ["file:///", "file://.", "app://", "app://..", "app://./", "null", "https://"]
        {
            client.send(&Request::get("/").origin(origin)).assert_closed(200);
        }
    }
}

#[test]
fn lookalike_hosts_are_denied() {
    assert_all_none([
        "https://example.com.evil.com",
        "https://notexample.com",
        "https://evil-example.com",
        "https://exampleXcom",
        "https://examplexcom",
        "https://a.example.com.evil.com",
        "https://example.co",
        "https://example.comm",
        "https://xample.com",
        "https://example.com.",
        "https://a.example.com.",
    ]);
}

#[test]
fn another_scheme_or_port_is_another_origin() {
    assert_all_none([
        "http://example.com",
        "http://a.example.com",
        "wss://example.com",
        "ftp://example.com",
        "httpss://example.com",
        "ttps://example.com",
        "https:example.com",
        "https:/example.com",
        "https:///example.com",
        "//example.com",
        "example.com",
    ]);
    let ports =
        [":8443", ":443", ":0443", ":0", ":65536", ":", ":+443", ":-1", ":4 43", ":443:443"];
    let hosts = [EXAMPLE, "https://a.example.com"];
    assert_all_none(hosts.iter().flat_map(|host| ports.map(|port| format!("{host}{port}"))));
}

/// Safari accepts these characters in host names, and every browser accepts `_`.
#[test]
fn no_character_after_the_host_ends_the_host() {
    let server = server();
    let mut client = server.connect();
    for character in ",&'\";!$^*()+=`~-_|{}%\t\\[]<> ".chars() {
        for host in ["example.com", "a.example.com"] {
            assert_none(&mut client, format!("https://{host}{character}.evil.com"));
            assert_none(&mut client, format!("https://{host}{character}evil.com"));
        }
    }
}

#[test]
fn no_control_byte_ends_the_host() {
    let server = server();
    let origins = origins(&[EXAMPLE, "https://*.example.com"]);
    for control in (0..b' ').chain([0x7f]) {
        let origin = [b"https://example.com".as_slice(), &[control], b".evil.com"].concat();
        assert!(!origins.allows(&origin), "{}", origin.escape_ascii());
        if matches!(control, b'\t' | b'\n' | b'\r') {
            continue;
        }
        // actix-web itself denies such requests.
        for (target, _) in PLACES {
            server.send(&Request::new("PUT", target).origin(&origin)).assert_untouched(400);
        }
    }
}

#[test]
fn a_listed_host_inside_another_text_is_denied() {
    assert_all_none([
        "https://example.com@evil.com",
        "https://evil.com@example.com",
        "https://user:pass@example.com",
        "https://evil.com/https://example.com",
        "https://evil.com#https://example.com",
        "https://example.com/",
        "https://example.com/x",
        "https://example.com#x",
        "https://example.com?x",
        "https://a.example.com/",
        "https://evil.com/.example.com",
        "https://evil.com?.example.com",
        "https://evil.com#.example.com",
        "https://evil.com\\.example.com",
        "https://example.com https://evil.com",
        "https://evil.com https://example.com",
        "https://evil.com,https://example.com",
        "https://example.com, https://evil.com",
    ]);
}

#[test]
fn upper_case_is_another_origin() {
    assert_all_none([
        "HTTPS://EXAMPLE.COM",
        "Https://example.com",
        "https://Example.com",
        "https://example.coM",
        "https://A.example.com",
        "https://a.EXAMPLE.com",
    ]);
}

#[test]
fn a_wildcard_covers_one_or_more_whole_labels() {
    let server = server();
    let mut client = server.connect();
    for labels in
        ["a", "a.b", "a.b.c.d", "_dmarc", "xn--bcher-kva", "ab--cd", "1", "-", "example.com"]
    {
        assert_admitted(&mut client, &format!("https://{labels}.example.com"));
    }
    for origin in [
        "https://.example.com",
        "https://a..example.com",
        "https://..example.com",
        "https://.a.example.com",
        "https://aexample.com",
        "https://*.example.com",
        "https://a.*.example.com",
        "https://a.example.com:8443",
        "https://b\u{fc}cher.example.com",
    ] {
        assert_none(&mut client, origin);
    }
}

#[test]
fn a_wildcard_does_not_cover_the_domain_itself() {
    let policy = Policy::builder().allow_origins(["https://*.example.com"]).build().unwrap();
    let server = Server::start(move || {
        App::new().wrap(Cors::new(&policy)).route("/", web::get().to(HttpResponse::Ok))
    });
    server.send(&Request::get("/").origin(EXAMPLE)).assert_closed(200);
    let response = server.send(&Request::get("/").origin("https://a.example.com"));
    response.assert(200, ["access-control-allow-origin: https://a.example.com", "vary: Origin"]);
}

#[test]
fn a_wildcard_port_covers_every_port_and_no_port() {
    let policy =
        Policy::builder().allow_origins(["http://localhost:*"]).allow_credentials(true).build();
    let policy = policy.unwrap();
    let server = Server::start(move || {
        App::new().wrap(Cors::new(&policy)).route("/", web::get().to(HttpResponse::Ok))
    });
    let mut client = server.connect();
    for port in ["", ":1", ":443", ":3000", ":65535"] {
        let origin = format!("http://localhost{port}");
        client.send(&Request::get("/").origin(&origin)).assert(200, admitted(&origin));
    }
    for rest in [
        ":",
        ":0",
        ":80",
        ":080",
        ":65536",
        ":3000.evil.com",
        ":3000/",
        ":*",
        ":30 0",
        ".evil.com:3000",
    ] {
        client
            .send(&Request::get("/").origin(format!("http://localhost{rest}")))
            .assert_closed(200);
    }
    client.send(&Request::get("/").origin("https://localhost:3000")).assert_closed(200);
    client.send(&Request::get("/").origin("http://a.localhost:3000")).assert_closed(200);
}

/// This was a fault of another library (GHSA-vhxv-fg4m-p2w8).
#[test]
fn two_listed_origins_do_not_allow_a_mixture_of_both() {
    let origins = origins(&["https://foo.com", "https://bar.com"]);
    assert!(origins.allows(b"https://foo.com") && origins.allows(b"https://bar.com"));
    for mixture in
        ["https://barfoo.com", "https://foobar.com", "https://foo.combar.com", "https://fo.com"]
    {
        assert!(!origins.allows(mixture.as_bytes()), "{mixture}");
    }
}

#[test]
fn two_origin_headers_are_denied() {
    let server = server();
    let mut client = server.connect();
    for (target, _) in PLACES {
        for [first, second] in [
            [EXAMPLE, EXAMPLE],
            [EXAMPLE, "https://evil.com"],
            ["https://evil.com", EXAMPLE],
            [EXAMPLE, ""],
        ] {
            let actual = Request::new("PUT", target).origin(first).origin(second);
            client.send(&actual).assert_closed(200);
            let preflight = Request::preflight(target, first, "PUT").origin(second);
            client.send(&preflight).assert_denied();
        }
    }
}

#[test]
fn an_origin_that_no_browser_sends_is_denied() {
    let long = |length: usize| format!("https://{}.example.com", "a".repeat(length)).into_bytes();
    assert_all_none([
        b"".to_vec(),
        b"*".to_vec(),
        b"://".to_vec(),
        b"https://".to_vec(),
        b"https://example.com\xff".to_vec(),
        b"https://\xff.example.com".to_vec(),
        b"https://a\x80.example.com".to_vec(),
        "https://ex\u{e4}mple.com".into(),
        "https://example.com\u{200b}".into(),
        "https://example\u{3002}com".into(),
        "https://\u{ff45}xample.com".into(),
        long(244),
        long(10_000),
        "https://".repeat(1_250).into(),
        "a.".repeat(5_000).into(),
    ]);
}

#[test]
fn the_longest_host_is_allowed() {
    let server = server();
    let labels = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(49)].join(".");
    let origin = format!("https://{labels}.example.com");
    assert_eq!(origin.len(), "https://".len() + 253);
    assert_admitted(&mut server.connect(), &origin);
}

#[test]
fn a_listed_origin_of_any_length_is_allowed_and_no_other_of_its_length() {
    let of_length = |letter: &str, length| format!("https://{}.com", letter.repeat(length));
    for length in 1..=63 {
        let origins = origins(&[&of_length("a", length)]);
        for other in 1..=130 {
            assert_eq!(origins.allows(of_length("a", other).as_bytes()), other == length);
            assert!(!origins.allows(of_length("b", other).as_bytes()));
        }
    }
}

#[test]
fn a_pattern_allows_the_longest_host_whatever_its_port() {
    let origins = origins(&["https://*.a.example:65535", "https://*.b.example"]);
    let before = |length: usize| format!("https://{}", "x".repeat(length - ".a.example".len()));
    for (length, is_allowed) in [(1 + ".a.example".len(), true), (255, true), (256, false)] {
        let start = before(length);
        assert_eq!(origins.allows(format!("{start}.a.example:65535").as_bytes()), is_allowed);
        assert_eq!(origins.allows(format!("{start}.b.example").as_bytes()), is_allowed);
        assert!(!origins.allows(format!("{start}.a.example").as_bytes()));
        assert!(!origins.allows(format!("{start}.b.example:65535").as_bytes()));
    }
}

#[test]
fn a_denied_request_does_not_affect_the_next_on_its_connection() {
    let server = server();
    let mut client = server.connect();
    for _ in 0..3 {
        assert_none(&mut client, "https://evil.com");
        assert_admitted(&mut client, EXAMPLE);
        for (target, _) in PLACES {
            client.send(&Request::new("PUT", target)).assert_closed(200);
        }
    }
}

#[test]
fn the_example_policy_allows_its_origins_with_credentials() {
    let server = Server::start(|| {
        App::new().wrap(Cors::new(example())).route("/", web::get().to(HttpResponse::Ok))
    });
    server.send(&Request::get("/").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
    server.send(&Request::get("/").origin("https://evil.com")).assert_closed(200);
}

fn origins(patterns: &[&str]) -> Origins {
    let spec = PolicySpec { allow_origins: patterns, ..PolicySpec::EMPTY };
    spec.check().unwrap().rules.origins
}

/// Compares the matcher with a naive matcher, on generated sets and origins.
mod naive_matcher {
    use fastrand::Rng;

    use super::origins;

    const SCHEMES: [&str; 5] = ["https", "https", "http", "chrome-extension", "a+b.c-d"];
    const LABELS: [&str; 10] =
        ["a", "b", "ab", "foo", "bar", "barfoo", "com", "xn--bcher-kva", "_x", "a-b"];
    const ADDRESSES: [&str; 5] =
        ["[::1]", "[::]", "[2001:db8::1]", "127.0.0.1", "[::ffff:102:304]"];
    const PORTS: [&str; 7] = ["", "", "", ":8443", ":1", ":65535", ":3000"];

    fn one<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
        of[rng.usize(..of.len())]
    }

    fn name(rng: &mut Rng) -> String {
        let labels: Vec<_> = (0..rng.usize(1..=3)).map(|_| one(rng, &LABELS)).collect();
        labels.join(".") + one(rng, &["", "", "", "", "."])
    }

    fn host(rng: &mut Rng) -> String {
        if rng.u8(..6) == 0 { one(rng, &ADDRESSES).to_owned() } else { name(rng) }
    }

    fn origin(rng: &mut Rng) -> String {
        format!("{}://{}{}", one(rng, &SCHEMES), host(rng), one(rng, &PORTS))
    }

    fn pattern(rng: &mut Rng) -> String {
        let scheme = one(rng, &SCHEMES);
        let custom = !scheme.starts_with("http");
        let host = match rng.u8(..8) {
            0 if custom => "*".to_owned(),
            0..4 => format!("*.{}", name(rng)),
            _ => host(rng),
        };
        let port = if rng.u8(..4) == 0 { ":*" } else { one(rng, &PORTS) };
        format!("{scheme}://{host}{port}")
    }

    /// Returns the origin with one byte removed, doubled, replaced or added. Most results are not origins.
    fn damaged(rng: &mut Rng, origin: &str) -> Vec<u8> {
        let mut bytes = origin.as_bytes().to_vec();
        let at = rng.usize(..bytes.len());
        match rng.u8(..5) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, bytes[at]),
            2 => bytes[at] = rng.u8(..),
            3 => bytes.insert(at, b".:/*-_@[]0A"[rng.usize(..11)]),
            _ => bytes.extend_from_slice(b".evil.com"),
        }
        bytes
    }

    fn is_name(host: &str) -> bool {
        let labels = host.strip_suffix('.').unwrap_or(host);
        labels.split('.').all(|label| {
            let known = "abcdefghijklmnopqrstuvwxyz0123456789-_";
            !label.is_empty() && label.chars().all(|character| known.contains(character))
        })
    }

    fn is_address(host: &str) -> bool {
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        inner.is_some_and(|inner| {
            inner.contains(':') && inner.chars().all(|digit| "0123456789abcdef:".contains(digit))
        })
    }

    fn is_any_port(scheme: &str, port: &str) -> bool {
        let number: u32 = port.parse().unwrap_or_default();
        let default = [("http", "80"), ("https", "443")].contains(&(scheme, port));
        (1..=65535).contains(&number) && number.to_string() == port && !default
    }

    fn covers(pattern: &str, origin: &str) -> bool {
        if !pattern.contains('*') {
            return pattern == origin;
        }
        let (scheme, pattern) = pattern.split_once("://").unwrap();
        let Some(rest) = origin.strip_prefix(&format!("{scheme}://")) else { return false };
        if let Some(pattern) = pattern.strip_suffix(":*") {
            let with_port = rest.rsplit_once(':').is_some_and(|(host, port)| {
                is_any_port(scheme, port) && covers_host(pattern, host)
            });
            return with_port || covers_host(pattern, rest);
        }
        match pattern.rsplit_once(':') {
            Some((pattern, port)) if !port.contains(']') => rest
                .strip_suffix(&format!(":{port}"))
                .is_some_and(|host| covers_host(pattern, host)),
            _ => covers_host(pattern, rest),
        }
    }

    fn covers_host(pattern: &str, host: &str) -> bool {
        match pattern.strip_prefix('*') {
            None => pattern == host,
            Some("") => is_name(host) || is_address(host),
            Some(end) => host
                .strip_suffix(end)
                .is_some_and(|labels| is_name(labels) && !labels.ends_with('.')),
        }
    }

    fn naive(patterns: &[&str], origin: &[u8]) -> bool {
        str::from_utf8(origin)
            .is_ok_and(|origin| patterns.iter().any(|pattern| covers(pattern, origin)))
    }

    /// Returns an origin that the pattern matches.
    fn instance(rng: &mut Rng, pattern: &str) -> String {
        let host = |rng: &mut Rng| name(rng).trim_end_matches('.').to_owned();
        let ported = match pattern.strip_suffix(":*") {
            Some(rest) => format!("{rest}{}", one(rng, &PORTS)),
            None => pattern.to_owned(),
        };
        ported.replacen('*', &host(rng), 1)
    }

    #[test]
    fn the_matcher_agrees_with_a_naive_matcher() {
        let rng = &mut Rng::with_seed(9);
        let mut admitted = 0;
        let mut denied = 0;
        for _ in 0..3_000 {
            let patterns: Vec<_> = (0..rng.usize(1..=6)).map(|_| pattern(rng)).collect();
            let patterns: Vec<_> = patterns.iter().map(String::as_str).collect();
            let set = origins(&patterns);
            for _ in 0..40 {
                let origin = match rng.u8(..3) {
                    0 => origin(rng),
                    _ => {
                        let pattern = one(rng, &patterns);
                        instance(rng, pattern)
                    }
                };
                let damaged = damaged(rng, &origin);
                for origin in [origin.into_bytes(), damaged] {
                    let expected = naive(&patterns, &origin);
                    assert_eq!(
                        set.allows(&origin),
                        expected,
                        "{} against {patterns:?}",
                        origin.escape_ascii()
                    );
                    *if expected { &mut admitted } else { &mut denied } += 1;
                }
            }
        }
        assert!(admitted > 40_000 && denied > 40_000, "{admitted} admitted, {denied} denied");
    }

    #[test]
    fn a_set_allows_an_origin_if_one_of_its_patterns_does() {
        let rng = &mut Rng::with_seed(99);
        for _ in 0..500 {
            let patterns: Vec<_> = (0..8).map(|_| pattern(rng)).collect();
            let patterns: Vec<_> = patterns.iter().map(String::as_str).collect();
            let set = origins(&patterns);
            let alone: Vec<_> = patterns.iter().map(|pattern| origins(&[pattern])).collect();
            for _ in 0..40 {
                let origin = origin(rng);
                let any = alone.iter().any(|set| set.allows(origin.as_bytes()));
                assert_eq!(set.allows(origin.as_bytes()), any, "{origin} against {patterns:?}");
            }
        }
    }
}
