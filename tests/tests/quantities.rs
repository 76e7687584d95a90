//! Large requests are read once.
//!
//! No time is measured. The tests count how often each line is taken. A line that was read more than a bounded
//! number of times would be too slow at these sizes for the test to end.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::cell::Cell;

use actix_web::{App, HttpResponse, http::Method, http::header, put, test::TestRequest, web};
use allocation_counter::measure;
use cors_actix::{Any, Cors, Decision, Policy, cors};
use cors_actix_core::{Origin, PolicySpec, RequestHeadersCheck, RequestNames, Rules};
use cors_actix_tests::{EXAMPLE, Request, Response, Server, granted};

/// A size that fits into the 128 kB that actix-http reads of a request's head.
const LARGE: usize = 120_000;

/// A size at which code that reads everything once for each byte takes 10^13 steps.
const HUGE: usize = 3_000_000;

fn rules(origins: &[&str], headers: &[&str]) -> Rules {
    let spec = PolicySpec { allow_origins: origins, allow_headers: headers, ..PolicySpec::EMPTY };
    spec.check().unwrap().rules
}

fn names(headers: &[&str]) -> RequestNames {
    rules(&["*"], headers).headers
}

fn distinct_names(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|index| format!("x-{index:06}"))
}

#[track_caller]
fn assert_free<T>(call: impl FnOnce() -> T) -> T {
    let mut result = None;
    let info = measure(|| result = Some(call()));
    assert_eq!(info.count_total, 0, "{info:?}");
    result.unwrap()
}

/// Sends large lists over the wire, to a layer and to an annotated handler.
mod wire {
    use super::*;

    #[cors(
        allow_origins = ["https://example.com"],
        allow_headers = ["x-a", "x-b"],
        allow_credentials,
    )]
    #[put("/handler")]
    async fn handler() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    const PLACES: [(&str, &str); 2] = [("/layer", "GET,HEAD,POST,PUT"), ("/handler", "PUT")];

    fn server() -> Server {
        let policy = Policy::builder()
            .allow_origins([EXAMPLE])
            .allow_methods(["PUT"])
            .allow_headers(["x-a", "x-b"])
            .allow_credentials(true)
            .build()
            .unwrap();
        Server::start(move || {
            let layer = web::resource("/layer").wrap(Cors::new(&policy)).to(HttpResponse::Ok);
            App::new().service(layer).service(handler)
        })
    }

    fn with_lines<T: AsRef<[u8]>>(target: &str, lines: impl IntoIterator<Item = T>) -> Request {
        let preflight = Request::preflight(target, EXAMPLE, "PUT");
        lines.into_iter().fold(preflight, Request::asks_headers)
    }

    #[track_caller]
    fn assert_granted<T: AsRef<[u8]> + Clone>(lines: &[T], names: bool) {
        let server = server();
        for (target, methods) in PLACES {
            let response: Response = server.send(&with_lines(target, lines));
            let names = names.then(|| "access-control-allow-headers: x-a,x-b".to_owned());
            response.assert_granted(granted(EXAMPLE, methods).into_iter().chain(names));
        }
    }

    #[track_caller]
    fn assert_denied<T: AsRef<[u8]> + Clone>(lines: &[T]) {
        let server = server();
        for (target, _) in PLACES {
            server.send(&with_lines(target, lines)).assert_denied();
        }
    }

    #[test]
    fn commas_are_not_header_names() {
        assert_granted(&[",".repeat(LARGE)], false);
        assert_granted(&[", \t,".repeat(LARGE / 4)], false);
        assert_granted(&[",".repeat(LARGE) + "x-a"], true);
        assert_denied(&[",".repeat(LARGE) + "x-c"]);
    }

    #[test]
    fn a_header_name_may_be_repeated_any_number_of_times() {
        assert_granted(&["x-a,".repeat(LARGE / 4)], true);
        assert_granted(&["X-B , x-a, ".repeat(LARGE / 11)], true);
        assert_denied(&["x-a,".repeat(LARGE / 4) + "x-c"]);
    }

    #[test]
    fn many_distinct_header_names_are_denied() {
        let names: Vec<_> = distinct_names(LARGE / 9).collect();
        assert_denied(&[names.join(",")]);
        assert_denied(&[format!("x-a,{}", names.join(","))]);
    }

    #[test]
    fn a_very_long_header_name_is_denied() {
        for byte in ["x", "-", "X", "\u{fc}", "\""] {
            assert_denied(&[byte.repeat(LARGE / byte.len())]);
        }
        assert_denied(&["x-a".to_owned() + &" ".repeat(LARGE) + "x"]);
        assert_granted(&["x-a".to_owned() + &" ".repeat(LARGE) + ",x-b"], true);
    }

    /// actix-http reads at most 96 header lines.
    #[test]
    fn ninety_lines_are_read() {
        let line = "x-a,".repeat(LARGE / 90 / 4 - 12);
        assert_granted(&vec![line.clone(); 90], true);
        assert_granted(&vec![String::new(); 90], false);
        assert_granted(&vec![",".repeat(LARGE / 90 - 50); 90], false);
        let mut lines = vec![line; 90];
        lines[89] = "x-c".to_owned();
        assert_denied(&lines);
        let names: Vec<_> = distinct_names(90).collect();
        assert_denied(&names);
    }

    #[test]
    fn a_large_list_is_echoed_completely_by_any_with_credentials() {
        let policy = Policy::builder()
            .allow_origins([EXAMPLE])
            .allow_headers(Any)
            .allow_credentials(true)
            .build()
            .unwrap();
        let server = Server::start(move || App::new().wrap(Cors::new(&policy)));
        let list = distinct_names(LARGE / 9).collect::<Vec<_>>().join(",");
        let request = Request::preflight("/", EXAMPLE, "GET").asks_headers(&list);
        let lines = granted(EXAMPLE, "GET,HEAD,POST").into_iter();
        let names = format!("access-control-allow-headers: {list}");
        server.send(&request).assert_granted(lines.chain([names]));
        server.send(&request.asks_headers("x y")).assert_denied();
    }

    #[test]
    fn a_very_long_origin_is_denied() {
        let server = server();
        for (target, _) in PLACES {
            for origin in [
                "a".repeat(LARGE),
                format!("https://{}", "a.".repeat(LARGE / 2)),
                "https://".repeat(LARGE / 8),
            ] {
                server.send(&Request::new("PUT", target).origin(&origin)).assert_closed(200);
                server.send(&Request::preflight(target, &origin, "PUT")).assert_denied();
            }
            let method = "A".repeat(LARGE);
            let preflight = Request::preflight("/layer", EXAMPLE, method);
            server.send(&preflight).assert_denied();
        }
    }

    #[test]
    fn a_request_that_actix_web_does_not_read_gets_no_headers() {
        let server = server();
        let request = with_lines("/layer", ["x-a,".repeat(100_000)]);
        if let Ok(response) = server.connect().try_send(&request) {
            assert!(response.status >= 400);
            assert_eq!(response.cors_lines(), [] as [&str; 0]);
        }
    }
}

/// The part of the list that is read.
mod work {
    use super::*;

    /// Returns the lines, and counts how many of them were taken.
    fn counted<'a>(lines: &'a [&'a str], taken: &'a Cell<usize>) -> impl Iterator<Item = &'a [u8]> {
        lines.iter().map(|line| {
            taken.set(taken.get() + 1);
            line.as_bytes()
        })
    }

    #[test]
    fn every_line_is_taken_once() {
        let names = names(&["x-a", "x-b"]);
        let taken = Cell::new(0);
        let lines = ["x-a", "", ",,", "x-b,x-a"];
        assert_eq!(names.check(counted(&lines, &taken)), RequestHeadersCheck::Allowed);
        assert_eq!(taken.get(), 4);
    }

    #[test]
    fn no_line_is_taken_after_the_first_name_that_is_not_allowed() {
        let names = names(&["x-a", "x-b"]);
        for (index, lines) in
            [["x-c", "x-a", "x-b"], ["x-a", "x-c", "x-b"], ["x-a", "x-b", "x-c"]].iter().enumerate()
        {
            let taken = Cell::new(0);
            assert_eq!(names.check(counted(lines, &taken)), RequestHeadersCheck::Denied(b"x-c"));
            assert_eq!(taken.get(), index + 1);
        }
    }

    #[test]
    fn the_first_name_that_is_not_allowed_is_reported() {
        let names = names(&["x-a"]);
        let text = format!("x-a,{}", distinct_names(1_000).collect::<Vec<_>>().join(","));
        let RequestHeadersCheck::Denied(name) = names.check([text.as_bytes()]) else {
            panic!("not denied")
        };
        assert_eq!(name, b"x-000000");
        assert_eq!(name.as_ptr(), text[4..].as_ptr(), "the name is a copy");
    }

    #[test]
    fn megabytes_of_header_names_are_read_once() {
        let listed: Vec<_> = distinct_names(2_000).collect();
        let listed: Vec<_> = listed.iter().map(String::as_str).collect();
        let many = names(&listed);
        let any = names(&["*"]);
        let allowed = format!("{},", listed.join(",")).repeat(HUGE / listed.len() / 9);
        for (text, of_many, of_any) in [
            (",".repeat(HUGE), RequestHeadersCheck::Nothing, RequestHeadersCheck::Nothing),
            (" ".repeat(HUGE), RequestHeadersCheck::Nothing, RequestHeadersCheck::Nothing),
            (" ,\t".repeat(HUGE / 3), RequestHeadersCheck::Nothing, RequestHeadersCheck::Nothing),
            (allowed, RequestHeadersCheck::Allowed, RequestHeadersCheck::Allowed),
        ] {
            assert_eq!(assert_free(|| many.check([text.as_bytes()])), of_many);
            assert_eq!(assert_free(|| any.check([text.as_bytes()])), of_any);
        }
        let endless = "x".repeat(HUGE);
        assert_eq!(
            many.check([endless.as_bytes()]),
            RequestHeadersCheck::Denied(endless.as_bytes())
        );
        assert_eq!(any.check([endless.as_bytes()]), RequestHeadersCheck::Allowed);
        let spaced = format!("x{}x", " ".repeat(HUGE));
        assert_eq!(any.check([spaced.as_bytes()]), RequestHeadersCheck::Denied(spaced.as_bytes()));
    }

    /// The loop that skips many separators at once must not skip a name.
    #[test]
    fn a_name_behind_many_separators_is_read() {
        let names = names(&["x-a"]);
        let allowed = "x-a,".repeat(100);
        for separator in [",", " ", "\t", ", "] {
            for count in 0..200 {
                let row = separator.repeat(count);
                let text = format!("{row}{allowed}{row}{allowed}{row}");
                assert_eq!(names.check([text.as_bytes()]), RequestHeadersCheck::Allowed, "{count}");
                for text in [format!("{row}x-b,{allowed}"), format!("{allowed}{row}x-b,{allowed}")]
                {
                    assert_eq!(
                        names.check([text.as_bytes()]),
                        RequestHeadersCheck::Denied(b"x-b"),
                        "{count}"
                    );
                }
            }
        }
    }

    #[test]
    fn megabytes_of_origin_are_read_once() {
        let patterns =
            ["https://example.com", "https://*.example.com", "http://localhost:*", "app://*"];
        let origins = rules(&patterns, &[]).origins;
        for part in ["a", "a.", ".", ":", "[", "0", "://", "-", "\u{fc}"] {
            let text = part.repeat(HUGE / part.len());
            for text in [
                text.clone(),
                format!("https://{text}"),
                format!("https://{text}.example.com"),
                format!("app://{text}"),
                format!("http://localhost:{text}"),
                format!("{text}://example.com"),
            ] {
                assert!(!assert_free(|| origins.allows(text.as_bytes())));
                assert!(assert_free(|| Origin::parse(text.as_bytes())).is_none());
            }
        }
    }

    /// A table in which all patterns are in one place would compare each origin with half of the patterns.
    #[test]
    fn many_patterns_of_any_port_are_distinguished() {
        let count = 50_000;
        let listed: Vec<_> = (0..count).map(|one| format!("https://t{one}.example:*")).collect();
        let listed: Vec<_> = listed.iter().map(String::as_str).collect();
        let origins = rules(&listed, &[]).origins;
        for one in 0..2 * count {
            let origin = format!("https://t{one}.example:8443");
            assert_eq!(origins.allows(origin.as_bytes()), one < count, "{origin}");
        }
    }

    /// A policy may have one origin for each tenant. The cost must depend on the requesting origin alone.
    #[test]
    fn many_origins_are_distinguished() {
        let count = 20_000;
        let listed: Vec<_> = (0..count)
            .flat_map(|tenant| {
                [format!("https://t{tenant}.example"), format!("https://*.w{tenant}.example:8443")]
            })
            .collect();
        let listed: Vec<_> = listed.iter().map(String::as_str).collect();
        let origins = rules(&listed, &[]).origins;
        for tenant in (0..count).step_by(97) {
            for (origin, expected) in [
                (format!("https://t{tenant}.example"), true),
                (format!("https://a.w{tenant}.example:8443"), true),
                (format!("https://a.b.w{tenant}.example:8443"), true),
                (format!("https://a.w{tenant}.example"), false),
                (format!("https://w{tenant}.example:8443"), false),
                (format!("http://t{tenant}.example"), false),
                (format!("https://t{}.example", tenant + count), false),
            ] {
                assert_eq!(assert_free(|| origins.allows(origin.as_bytes())), expected, "{origin}");
            }
        }
    }
}

/// No bytes of a client cause a panic.
mod noise {
    use super::*;
    use fastrand::Rng;

    /// Returns random bytes, most of which have a meaning in origins or lists.
    fn noise(rng: &mut Rng) -> Vec<u8> {
        let parts: [&[u8]; 22] = [
            b"https",
            b"http",
            b"://",
            b":",
            b".",
            b"example.com",
            b"[",
            b"]",
            b"::1",
            b"443",
            b"null",
            b"*",
            b",",
            b" ",
            b"\t",
            b"x-a",
            b"authorization",
            b"\xff",
            b"\xc3\xa4",
            b"/",
            b"@",
            b"-",
        ];
        let mut bytes = Vec::new();
        for _ in 0..rng.usize(..12) {
            match rng.u8(..4) {
                0 => bytes.push(rng.u8(..)),
                _ => bytes.extend_from_slice(parts[rng.usize(..parts.len())]),
            }
        }
        bytes
    }

    #[test]
    fn any_bytes_are_checked_without_a_panic_and_without_an_allocation() {
        let patterns = [
            "https://example.com",
            "https://*.example.com",
            "http://localhost:*",
            "app://*:*",
            "null",
        ];
        let restricted = rules(&patterns, &["x-a", "authorization"]);
        let any = rules(&["*"], &["*"]);
        let rng = &mut Rng::with_seed(6);
        for _ in 0..50_000 {
            let [one, two] = [noise(rng), noise(rng)];
            for rules in [&restricted, &any] {
                assert_free(|| {
                    let _ = rules.origins.allows(&one);
                    let _ = rules.methods.allows(&one);
                    let _ = rules.headers.check([one.as_slice(), &two]);
                });
            }
            if let Some(origin) = assert_free(|| Origin::parse(&one)) {
                assert_eq!(origin.as_str().as_bytes(), one);
                let port = origin.port().map(|port| format!(":{port}")).unwrap_or_default();
                let parts = format!("{}://{}{port}", origin.scheme(), origin.host());
                assert_eq!(parts, origin.as_str());
            }
        }
    }

    #[test]
    fn any_bytes_that_a_header_can_have_get_a_decision() {
        let strict = Policy::builder()
            .allow_origins([EXAMPLE, "https://*.example.com"])
            .allow_headers(["x-a"])
            .allow_credentials(true)
            .build()
            .unwrap();
        let wide =
            Policy::builder().allow_origins(Any).allow_methods(Any).allow_headers(Any).build();
        let policies = [strict, wide.unwrap()];
        let rng = &mut Rng::with_seed(60);
        let mut granted = 0;
        for _ in 0..5_000 {
            let mut request = TestRequest::default().method(Method::OPTIONS);
            for name in [
                header::ORIGIN,
                header::ACCESS_CONTROL_REQUEST_METHOD,
                header::ACCESS_CONTROL_REQUEST_HEADERS,
                header::ACCESS_CONTROL_REQUEST_HEADERS,
            ] {
                let plausible = match name {
                    header::ORIGIN => EXAMPLE,
                    header::ACCESS_CONTROL_REQUEST_METHOD => "GET",
                    _ => "x-a",
                };
                let bytes = if rng.bool() { plausible.into() } else { noise(rng) };
                if let Ok(value) = header::HeaderValue::from_bytes(&bytes) {
                    request = request.append_header((name, value));
                }
            }
            let request = request.to_srv_request();
            for policy in &policies {
                let decision = policy.decide(request.head());
                granted += usize::from(matches!(decision, Decision::Preflight(Ok(_))));
                if let Decision::Preflight(Err(denial)) | Decision::Actual(Err(denial)) = decision {
                    assert!(denial.to_string().is_ascii());
                }
            }
        }
        assert!(granted > 500, "{granted} granted");
    }

    #[test]
    fn any_bytes_on_the_wire_are_answered() {
        let policy = Policy::builder()
            .allow_origins([EXAMPLE, "https://*.example.com"])
            .allow_headers(["x-a"])
            .build()
            .unwrap();
        let server = Server::start(move || {
            App::new().wrap(Cors::new(&policy)).default_service(web::to(HttpResponse::Ok))
        });
        let rng = &mut Rng::with_seed(600);
        for _ in 0..500 {
            let line = |rng: &mut Rng, plausible: &[u8]| {
                let bytes = if rng.bool() { plausible.to_vec() } else { noise(rng) };
                bytes.into_iter().filter(|byte| !b"\r\n".contains(byte)).collect::<Vec<_>>()
            };
            let request = Request::preflight("/", line(rng, EXAMPLE.as_bytes()), line(rng, b"GET"))
                .asks_headers(line(rng, b"x-a"));
            let response = server.send(&request);
            match response.status {
                204 => assert_eq!(response.values("access-control-allow-origin").len(), 1),
                400 => assert_eq!(response.cors_lines(), [] as [&str; 0]),
                _ => drop(response.assert_denied()),
            }
        }
    }
}
