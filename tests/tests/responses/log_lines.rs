//! Denials are logged once, the first of each kind by a policy at info level, and no bytes of a client can forge a log line.

use ::log::Level;
use actix_web::{App, HttpResponse, post, route, web};
use cors_actix::{Cors, Denial, Policy, cors};
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY, Request, Server, VARY, admitted, example, journal,
};

use crate::{EVIL, from};

fn server() -> Server {
    journal::open();
    Server::start(|| {
        App::new().wrap(Cors::new(example())).default_service(web::to(HttpResponse::Ok))
    })
}

/// Asserts that the log line about the path has the level and begins with the text.
#[track_caller]
fn assert_entry(path: &str, level: Level, start: &str) {
    let entry = entry(path);
    assert_eq!(entry.level, level, "{}", entry.text);
    assert!(entry.text.starts_with(start), "{} is not {start}", entry.text);
}

/// Returns the only log line about paths with this start.
#[track_caller]
fn entry(path: &str) -> journal::Entry {
    let entries = journal::entries_with(&format!(" path={path}"));
    let [entry] = &entries[..] else { panic!("{path}: not one message, but {entries:#?}") };
    let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    assert!(printable(&entry.text.replace('\u{2026}', "...")), "{:?}", entry.text);
    entry.clone()
}

#[test]
fn a_denied_request_is_logged_once() {
    let server = server();
    for (path, level) in [("/actual-r7", Level::Info), ("/actual-again-r7", Level::Debug)] {
        server.send(&Request::get(path).origin(EVIL));
        let start = r#"the page cannot read the response: origin "https://evil.com" is not allowed by the policy at "#;
        assert_entry(path, level, start);
    }
    let hint = "; further denials by this policy are logged at debug level";
    assert!(
        entry("/actual-r7").text.contains(hint) && !entry("/actual-again-r7").text.contains(hint)
    );
}

#[test]
fn a_denied_preflight_is_logged_once_with_its_reason() {
    let server = server();
    let long = "x".repeat(10_000);
    server.send(&Request::preflight("/r7.first", EVIL, "GET")).assert_denied();
    assert_entry("/r7.first", Level::Info, "preflight denied: origin");
    for (name, request, reason) in [
        ("origin", ("/r7-a", EVIL, "GET", ""), r#"origin "https://evil.com" is not allowed"#),
        ("null", ("/r7-b", "null", "GET", ""), r#"origin "null" is not allowed"#),
        ("malformed", ("/r7-c", "evil", "GET", ""), r#"origin "evil" is malformed"#),
        ("method", ("/r7-d", EXAMPLE, "PUT", ""), r#"method "PUT" is not allowed"#),
        ("no method", ("/r7-e", EXAMPLE, "P T", ""), r#"requested method "P T" is malformed"#),
        ("header", ("/r7-f", EXAMPLE, "GET", ",x-a"), r#"request header "x-a" is not allowed"#),
        (
            "headers",
            ("/r7-h", EXAMPLE, "GET", "x-a, X-B"),
            r#"request headers "x-a", "X-B" are not allowed"#,
        ),
        (
            "long",
            ("/r7-g", EXAMPLE, "GET", long.as_str()),
            &format!("request header \"{}\u{2026}\" is not allowed", &long[..300]),
        ),
    ] {
        let (path, origin, method, headers) = request;
        let request = Request::preflight(path, origin, method).asks_headers(headers);
        server.send(&request).assert_denied();
        assert_entry(path, Level::Debug, &format!("preflight denied: {reason}"));
        let fields = format!(" path={path} origin={origin} reason=");
        assert!(entry(path).text.contains(&fields), "{name}: {}", entry(path).text);
    }
}

/// This was a fault of another library (Flask-CORS, CVE-2024-1681).
#[test]
fn header_values_are_escaped() {
    let server = server();
    for (path, origin, escaped) in [
        ("/r7-m", b"https://evil.com\xff\x80".as_slice(), r"https://evil.com\xff\x80"),
        ("/r7-n", b"https://e\tvil.com", r"https://e\tvil.com"),
        ("/r7-o", b"https://\"evil\".com", r#"https://\"evil\".com"#),
        ("/r7-p", b"https://evil.com\\n", r"https://evil.com\\n"),
        (
            "/r7-q",
            "https://evil\u{202e}\u{2028}".as_bytes(),
            r"https://evil\xe2\x80\xae\xe2\x80\xa8",
        ),
    ] {
        server.send(&Request::get(path).origin(origin)).assert_closed(200);
        let expected =
            format!("the page cannot read the response: origin \"{escaped}\" is malformed");
        assert!(entry(path).text.starts_with(&expected), "{}", entry(path).text);
    }
    let method = Request::preflight("/r7-r", EXAMPLE, b"\xff\"\t\"");
    server.send(&method).assert_denied();
    assert!(entry("/r7-r").text.contains(r#"requested method "\xff\"\t\"" is malformed"#));
    let header = Request::preflight("/r7-s", EXAMPLE, "GET").asks_headers(b"a\tb\xff");
    server.send(&header).assert_denied();
    assert!(entry("/r7-s").text.contains(r#"request header "a\tb\xff" is not allowed"#));
}

#[test]
fn the_path_is_escaped() {
    let server = server();
    for path in ["/r7-x%0d%0a-forged", "/r7-y%1b%5b31m", "/r7-z%e2%80%ae", "/r7-w%ff%00"] {
        server.send(&Request::get(path).origin(EVIL)).assert_closed(200);
        entry(&path[..5]);
    }
}

#[test]
fn every_kind_of_denial_escapes_every_byte() {
    for byte in 0..=u8::MAX {
        let value = [b'a', byte, b'z'];
        let escaped = value.escape_ascii().to_string();
        for denial in [
            Denial::OriginMalformed(&value),
            Denial::OriginNotAllowed(&value),
            Denial::MethodMalformed(&value),
            Denial::MethodNotAllowed(&value),
            Denial::HeaderNotAllowed(&value),
        ] {
            let text = denial.to_string();
            assert!(text.contains(&format!("\"{escaped}\"")), "{text:?}");
            assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{text:?}");
        }
    }
    let endless = vec![b'\n'; 1_000_000];
    assert!(Denial::OriginMalformed(&endless).to_string().len() < 1_000);
}

#[test]
fn a_value_of_at_most_300_bytes_is_shown_whole() {
    let letters = "x".repeat(300);
    for (shown, value) in [
        (letters[1..].to_owned(), &letters[1..]),
        (letters.clone(), &letters),
        (format!("{letters}\u{2026}"), &format!("{letters}y")),
    ] {
        let denial = Denial::OriginNotAllowed(value.as_bytes());
        assert_eq!(denial.to_string(), format!("origin \"{shown}\" is not allowed"));
    }
}

#[test]
fn an_allowed_request_is_not_logged() {
    let server = server();
    server.send(&Request::get("/r7-quiet").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
    server.send(&Request::get("/r7-quiet")).assert_closed(200);
    let preflight = Request::preflight("/r7-quiet", EXAMPLE, "GET");
    assert_eq!(server.send(&preflight).status, 204);
    assert_eq!(journal::entries_with("/r7-quiet"), []);
}

#[test]
fn the_policy_same_origin_logs_no_denial() {
    journal::open();
    let server = Server::start(|| App::new().wrap(Cors::new(Policy::same_origin())));
    server.send(&from(EVIL)).assert_closed(404);
    assert_eq!(journal::entries_with("allows no origin"), []);
}

#[cors(allow_origins = ["https://example.com"], allow_credentials)]
#[route("/annotated-request", method = "GET", method = "POST")]
async fn annotated() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = ["https://example.com"], allow_credentials)]
#[post("/annotated-preflight")]
async fn annotated_for_preflights() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn an_annotated_handler_logs_its_denials_once() {
    journal::open();
    let server = Server::start(|| App::new().service(annotated).service(annotated_for_preflights));
    server.send(&Request::get("/annotated-request").origin(EVIL)).assert_closed(200);
    assert_entry("/annotated-request", Level::Info, "the page cannot read the response");
    server.send(&Request::preflight("/annotated-preflight", EVIL, "POST")).assert_denied();
    let expected = r#"preflight denied: origin "https://evil.com" is not allowed"#;
    assert_entry("/annotated-preflight", Level::Info, expected);
    assert_ne!(VARY, PREFLIGHT_VARY);
}

#[test]
fn warnings_are_logged_once_when_a_policy_is_built() {
    journal::open();
    let policy = Policy::builder().allow_origins([EXAMPLE]).max_age(31_557_600).build().unwrap();
    for _ in 0..3 {
        let policy = policy.clone();
        let server = Server::start(move || App::new().wrap(Cors::new(&policy)));
        server.send(&from(EXAMPLE));
    }
    let entries = journal::entries_with("31557600");
    let [entry] = &entries[..] else { panic!("not one message, but {entries:#?}") };
    assert_eq!(entry.level, Level::Warn);
    assert!(entry.text.starts_with("max_age: "), "{}", entry.text);
}
