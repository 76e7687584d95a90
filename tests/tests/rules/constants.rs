//! What the compiler says of a constant is what the check of the whole policy says of its text.

use std::panic;

use cors_actix_core::{PolicyKey, PolicySpec, ProblemKind, const_check};

const KEYS: [PolicyKey; 4] = [
    PolicyKey::AllowOrigins,
    PolicyKey::AllowMethods,
    PolicyKey::AllowHeaders,
    PolicyKey::ExposeHeaders,
];

/// The words of the whole check for the only item of a list. Without tables, because the compiler has none.
fn said_of_policy(key: PolicyKey, text: &str) -> Option<String> {
    let list = [text];
    let mut spec = crate::GOOD;
    match key {
        PolicyKey::AllowOrigins => spec.allow_origins = &list,
        PolicyKey::AllowMethods => spec.allow_methods = &list,
        PolicyKey::AllowHeaders => spec.allow_headers = &list,
        _ => spec.expose_headers = &list,
    }
    let problems = PolicySpec { ..spec }.check_without_tables().err()?;
    let [problem] = &problems[..] else { panic!("{problems:#?}") };
    Some(problem.kind.in_words_of_attribute())
}

#[track_caller]
fn assert_alike(key: PolicyKey, text: &str) -> bool {
    let said = const_check::fault(key, text).map(|message| message.as_str().to_owned());
    assert_eq!(said, said_of_policy(key, text), "{key}: {text:?}");
    said.is_some()
}

#[test]
fn the_compiler_says_of_a_constant_what_the_builder_says_of_its_text() {
    let faulty = [
        (PolicyKey::AllowOrigins, "app.example.com"),
        (PolicyKey::AllowOrigins, "https://App.example.com"),
        (PolicyKey::AllowOrigins, "https://a.example,https://b.example"),
        (PolicyKey::AllowOrigins, "https://a.example\n"),
        (PolicyKey::AllowOrigins, "https://*"),
        (PolicyKey::AllowMethods, "put"),
        (PolicyKey::AllowMethods, "Trace"),
        (PolicyKey::AllowMethods, "PUT, DELETE"),
        (PolicyKey::AllowHeaders, "x-a: 1"),
        (PolicyKey::AllowHeaders, "Cookie"),
        (PolicyKey::AllowHeaders, "Sec-Fetch-Site"),
        (PolicyKey::AllowHeaders, "Access-Control-Allow-Origin"),
        (PolicyKey::ExposeHeaders, "Set-Cookie"),
        (PolicyKey::ExposeHeaders, r#""x-id"\"#),
    ];
    for (key, text) in faulty {
        assert!(assert_alike(key, text), "{key}: {text:?} has no fault");
    }
    for key in KEYS {
        assert!(!assert_alike(key, "*"), "{key}");
    }
    for (key, text) in [
        (PolicyKey::AllowOrigins, "null"),
        (PolicyKey::AllowOrigins, "file://"),
        (PolicyKey::AllowOrigins, "http://localhost:*"),
        (PolicyKey::AllowOrigins, "https://[::1]:8443"),
        (PolicyKey::AllowMethods, "PATCH"),
        (PolicyKey::AllowHeaders, "X-Request-Id"),
        (PolicyKey::AllowHeaders, "set-cookie2"),
        (PolicyKey::ExposeHeaders, "cookie"),
    ] {
        assert!(!assert_alike(key, text), "{key}: {text:?}");
    }
}

#[test]
fn the_compiler_says_of_generated_texts_what_the_builder_says() {
    const PIECES: &[&str] = &[
        "https://",
        "http://",
        "wss://",
        "file:",
        "data:",
        "x-app://",
        "://",
        ":",
        "/",
        "//",
        "?",
        "#",
        "@",
        "*",
        "*.",
        ".",
        "a",
        "A",
        "example",
        "localhost",
        "[::1]",
        "[",
        "]",
        ":80",
        ":443",
        ":0",
        ":8443",
        ":65536",
        ":*",
        ",",
        ";",
        " ",
        "\n",
        "\u{b}",
        "\u{7f}",
        "\u{1b}",
        "ü",
        "%",
        "-",
        "_",
        "null",
        "Put",
        "GET",
        "trace",
        "cookie",
        "Proxy-",
        "sec-",
        "access-control-",
        "set-cookie",
    ];
    let mut random = fastrand::Rng::with_seed(14);
    let (mut faulty, mut good) = (0, 0);
    for _ in 0..cors_actix_tests::fewer(20_000) {
        let count = random.usize(0..7);
        let text: String = (0..count).filter_map(|_| random.choice(PIECES).copied()).collect();
        for key in KEYS {
            *if assert_alike(key, &text) { &mut faulty } else { &mut good } += 1;
        }
    }
    let least = cors_actix_tests::fewer(1_000);
    assert!(faulty > least && good > least, "{faulty} faulty, {good} good");
}

#[test]
fn the_compiler_writes_every_character_as_the_builder_does() {
    for character in (0..0x80).map(char::from) {
        for (key, before) in KEYS.into_iter().zip(["https://a", "PUT", "x-a", "x-a"]) {
            assert_alike(key, &format!("{before}{character}b"));
        }
    }
}

#[test]
fn a_constant_is_the_text_as_written_or_panics_with_the_message() {
    let names: &[&str] = &["x-a", "x-b"];
    assert_eq!(const_check::item(PolicyKey::AllowHeaders, names[0]), names[0]);
    assert_eq!(const_check::items(PolicyKey::AllowHeaders, names), names);
    let faulty = || const_check::items(PolicyKey::AllowMethods, &["PATCH", "PUT", "put"]);
    let message = const_check::fault(PolicyKey::AllowMethods, "put").unwrap();
    let panicked = panic::catch_unwind(faulty).unwrap_err();
    assert_eq!(panicked.downcast_ref(), Some(&message.as_str().to_owned()));
    assert_eq!(format!("{message:?}"), format!("{:?}", message.as_str()));
}

#[test]
fn a_long_message_is_cut() {
    let message = const_check::fault(PolicyKey::AllowOrigins, &"ü".repeat(5000)).unwrap();
    assert_eq!(message.as_str().chars().filter(|one| *one == 'ü').count(), 511);
}

#[test]
fn the_compiler_says_of_a_status_what_the_builder_says() {
    for status in [0, 9, 10, 199, 300, 404, 65_535] {
        let panicked = panic::catch_unwind(|| const_check::preflight_status(status)).unwrap_err();
        let kind = ProblemKind::PreflightStatus { value: status };
        assert_eq!(panicked.downcast_ref(), Some(&kind.in_words_of_attribute()));
    }
    assert_eq!((200..300).map(const_check::preflight_status).sum::<u16>(), 24_950);
}
