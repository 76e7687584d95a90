//! The misconfigurations of CORS that OWASP, PortSwigger and scanners list. Each of them cannot be written, or
//! gets a warning. SECURITY.md has a row for each test.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use actix_web::{App, HttpResponse, web};
use cors_actix::{Any, Cors, OriginFault, Policy, PolicyBuilder, ProblemKind, WarningKind};
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY, Request, Response, Server, VARY, admitted, example, granted, journal,
};

const EVIL: &str = "https://evil.com";

/// Returns a builder that accepts every danger that a policy can accept.
fn reckless() -> PolicyBuilder {
    Policy::builder()
        .allow_credentials(true)
        .danger_insecure_origins(true)
        .danger_public_suffixes(true)
}

/// Returns the kinds of problems for which the policy does not build.
#[track_caller]
fn problems(policy: PolicyBuilder) -> Vec<ProblemKind> {
    match policy.build() {
        Ok(policy) => panic!("the policy has built: {policy:?}"),
        Err(error) => error.problems().iter().map(|problem| problem.kind.clone()).collect(),
    }
}

fn warnings(policy: &Policy) -> Vec<WarningKind> {
    policy.warnings().into_iter().map(|warning| warning.kind).collect()
}

/// Returns the fault of an origin that is no pattern, with every danger accepted and without credentials.
#[track_caller]
fn fault(origin: &str) -> OriginFault {
    let policy = reckless().allow_credentials(false).allow_origins([origin]);
    match &problems(policy)[..] {
        [ProblemKind::InvalidOrigin { fault, .. }] => *fault,
        other => panic!("{origin}: {other:?}"),
    }
}

fn serve(policy: Policy) -> Server {
    Server::start(move || {
        App::new()
            .wrap(Cors::new(&policy))
            .route("/", web::to(HttpResponse::Ok))
            .route("/own", web::get().to(own_header))
    })
}

async fn own_header() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("access-control-allow-origin", "https://own.example"))
        .finish()
}

fn get(origin: impl AsRef<[u8]>) -> Request {
    Request::get("/").origin(origin)
}

/// Asserts that neither an actual request nor a preflight of each origin is granted.
#[track_caller]
fn assert_all_denied<T: AsRef<[u8]>>(server: &Server, origins: impl IntoIterator<Item = T>) {
    let mut client = server.connect();
    for origin in origins {
        client.send(&get(&origin)).assert_closed(200);
        client.send(&Request::preflight("/", &origin, "GET")).assert_denied();
    }
}

#[test]
fn every_origin_with_credentials_cannot_be_written() {
    for any in [reckless().allow_origins(Any), reckless().allow_origins(["*"])] {
        assert_eq!(problems(any), [ProblemKind::AnyOriginWithCredentials]);
    }
    let permissive = PolicyBuilder::from(&Policy::permissive()).allow_credentials(true);
    assert!(problems(permissive).contains(&ProblemKind::AnyOriginWithCredentials));
    for wide in ["https://*", "http://*", "https://*:*", "https://*.*", "*://*", "https://*."] {
        assert!(reckless().allow_origins([wide]).build().is_err(), "{wide}");
    }
    assert_all_denied(&serve(example()), [EVIL, "http://evil.com", "https://api.example"]);
}

#[test]
fn a_wildcard_is_never_sent_with_credentials() {
    let open = serve(Policy::builder().allow_origins(Any).build().unwrap());
    open.send(&get(EVIL)).assert(200, ["access-control-allow-origin: *"]);
    let preflight = open.send(&Request::preflight("/", EVIL, "GET"));
    preflight.assert_granted([
        "access-control-allow-origin: *",
        "access-control-allow-methods: GET,HEAD,POST",
        PREFLIGHT_VARY,
    ]);
    let anyone = Policy::builder().allow_origins_if(|_, _| true).allow_credentials(true);
    let server = serve(anyone.build().unwrap());
    server.send(&get(EVIL)).assert(200, admitted(EVIL));
}

#[test]
fn a_policy_without_origins_cannot_be_written() {
    assert_eq!(problems(Policy::builder()), [ProblemKind::NoOrigins]);
    assert_eq!(problems(Policy::builder().allow_methods(Any)), [ProblemKind::NoOrigins]);
    assert_all_denied(&serve(Policy::same_origin()), [EVIL, EXAMPLE, "null", "http://localhost"]);
}

#[test]
fn an_origin_is_never_compared_by_a_part_of_its_text() {
    assert_eq!(fault("https://example.com*"), OriginFault::Wildcard);
    assert_eq!(fault("https://example.com.*"), OriginFault::Wildcard);
    assert_eq!(fault("https://*example.com"), OriginFault::Wildcard);
    assert_eq!(fault("https://*example*"), OriginFault::Wildcard);
    assert_eq!(fault("example.com"), OriginFault::MissingScheme);
    assert_eq!(fault("*.example.com"), OriginFault::MissingScheme);
    let server = serve(example());
    assert_all_denied(
        &server,
        [
            "https://example.com.evil.com",
            "https://evilexample.com",
            "https://xample.com",
            "https://example.comevil.com",
            "https://evil.com/example.com",
            "https://a.example.com.evil.com",
            "https://evil-example.com",
            "https://example.com:8443",
        ],
    );
    server.send(&get("https://a.example.com")).assert(200, admitted("https://a.example.com"));
}

#[test]
fn a_regular_expression_cannot_be_written() {
    for expression in [
        r"^https://example\.com$",
        r"https://.*\.example\.com",
        r"https://[a-z]+\.example\.com",
        "https://(a|b).example.com",
        "https?://example.com",
        "https://.+.example.com",
    ] {
        let policy = reckless().allow_credentials(false).allow_origins([expression]);
        assert!(policy.build().is_err(), "{expression}");
    }
    // The dot of a pattern is a dot.
    let dots = ["https://exampleXcom", "https://example-com", "https://aXexample.com"];
    assert_all_denied(&serve(example()), dots);
}

#[test]
fn a_list_of_denied_origins_cannot_be_written() {
    for except in ["!https://evil.com", "-https://evil.com", "not https://evil.com", "^https://a.b"]
    {
        let policy = reckless().allow_credentials(false).allow_origins([except]);
        assert!(policy.build().is_err(), "{except}");
    }
    let all_but_one = Policy::builder().allow_origins(Any).allow_origins(["https://a.example"]);
    assert_eq!(problems(all_but_one), [ProblemKind::AnyOriginWithOthers]);
}

#[test]
fn null_with_credentials_cannot_be_written() {
    let sandboxed = reckless().allow_origins(["null"]);
    assert_eq!(problems(sandboxed), [ProblemKind::NullWithCredentials]);
    let local = reckless().allow_origins(["file://"]);
    let hostless = ProblemKind::HostlessWithCredentials { value: "file://".to_owned() };
    assert_eq!(problems(local), [hostless]);
    assert_all_denied(&serve(example()), ["null", "NULL", "file://", ""]);
}

#[test]
fn plain_http_with_credentials_cannot_be_written() {
    for (insecure, secure) in [
        ("http://example.com", "https://example.com"),
        ("http://*.example.com", "https://*.example.com"),
        ("http://10.0.0.1", "https://10.0.0.1"),
    ] {
        let policy = Policy::builder().allow_origins([insecure]).allow_credentials(true);
        let kind = ProblemKind::InsecureOriginWithCredentials {
            value: insecure.to_owned(),
            secure: secure.to_owned(),
        };
        assert_eq!(problems(policy), [kind]);
    }
    // An `https` origin does not bring its `http` twin.
    assert_all_denied(&serve(example()), ["http://example.com", "http://a.example.com"]);
}

#[test]
fn every_customer_of_a_hosting_service_with_credentials_cannot_be_written() {
    for suffix in ["github.io", "herokuapp.com", "web.app", "netlify.app", "pages.dev", "co.uk"] {
        let value = format!("https://*.{suffix}");
        let policy = Policy::builder().allow_origins([value.as_str()]).allow_credentials(true);
        let suffix = suffix.to_owned();
        assert_eq!(problems(policy), [ProblemKind::PublicSuffixWithCredentials { value, suffix }]);
    }
    let one = Policy::builder().allow_origins(["https://ours.github.io"]).allow_credentials(true);
    let server = serve(one.build().unwrap());
    assert_all_denied(&server, ["https://theirs.github.io", "https://a.ours.github.io"]);
}

#[test]
fn several_origins_in_one_header_cannot_be_written() {
    let [first, second] = ["https://a.example", "https://b.example"];
    for separator in [" ", ",", ", "] {
        let value = format!("{first}{separator}{second}");
        let items = vec![first.to_owned(), second.to_owned()];
        let policy = Policy::builder().allow_origins([value.as_str()]);
        assert_eq!(problems(policy), [ProblemKind::SeveralItems { value, items }]);
    }
    let server = serve(Policy::builder().allow_origins([first, second]).build().unwrap());
    for origin in [first, second] {
        let allowed = format!("access-control-allow-origin: {origin}");
        server.send(&get(origin)).assert(200, [allowed.as_str(), VARY]);
    }
    assert_all_denied(&server, [format!("{first} {second}"), format!("{first}, {second}")]);
    server.send(&get(first).origin(second)).assert_closed(200);
}

#[test]
fn a_pattern_is_never_sent_to_a_browser() {
    let patterns = ["https://*.example.com", "http://localhost:*", "moz-extension://*"];
    let server = serve(Policy::builder().allow_origins(patterns).build().unwrap());
    for origin in ["https://a.example.com", "http://localhost:3000", "moz-extension://a-b"] {
        let allowed = format!("access-control-allow-origin: {origin}");
        server.send(&get(origin)).assert(200, [allowed.as_str(), VARY]);
    }
    server.send(&Request::get("/")).assert_closed(200);
    assert_all_denied(&server, patterns);
}

#[test]
fn every_response_that_depends_on_the_origin_says_so() {
    let server = serve(example());
    server.send(&get(EXAMPLE)).assert(200, admitted(EXAMPLE));
    server.send(&get(EVIL)).assert_closed(200);
    server.send(&Request::get("/")).assert_closed(200);
    server.send(&Request::get("/nothing").origin(EXAMPLE)).assert(404, admitted(EXAMPLE));
    server.send(&Request::get("/nothing").origin(EVIL)).assert_closed(404);
    let preflight = server.send(&Request::preflight("/", EXAMPLE, "GET"));
    preflight.assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
    server.send(&Request::preflight("/", EVIL, "GET")).assert_denied();
}

/// Some clients take a single CR for the end of a line, so an origin with CR in it could add a header.
#[test]
fn no_control_byte_of_an_origin_gets_into_a_response() {
    let lax = Policy::builder()
        .allow_origins(["https://*.example.com"])
        .allow_origins_if(|_, _| true)
        .allow_credentials(true);
    let server = serve(lax.build().unwrap());
    // LF ends the line of the request itself.
    for control in (0..b' ').chain([0x7f]).filter(|control| *control != b'\n') {
        for smuggled in ["Content-Type: text/html", "a", ".example.com"] {
            for start in ["https://a.example.com", "https://evil.com"] {
                let origin = [start.as_bytes(), &[control], smuggled.as_bytes()].concat();
                for request in [get(&origin), Request::preflight("/", &origin, "GET")] {
                    assert_none(&server.send(&request));
                }
            }
        }
    }
}

/// Asserts that the response allows no origin, or that the server has not taken the request.
#[track_caller]
fn assert_none(response: &Response) {
    assert_eq!(response.values("access-control-allow-origin"), [""; 0], "{}", response.request);
    assert_eq!(response.values("content-type"), [""; 0], "{}", response.request);
}

/// Safari and old versions of other browsers open pages under such host names.
#[test]
fn no_special_character_ends_a_host() {
    let special = "_-\"{}+^%!~`;|&'()*,$=[]<>\\@#?/ ";
    let server = serve(example());
    let hosts = ["example.com", "a.example.com"];
    let origins = special.chars().flat_map(|character| {
        hosts.into_iter().flat_map(move |host| {
            [".evil.com", "evil.com"].map(|end| format!("https://{host}{character}{end}"))
        })
    });
    assert_all_denied(&server, origins);
    // Under a wildcard, the characters of labels are allowed.
    let others = special.chars().filter(|character| !"_-".contains(*character));
    let below = others.map(|character| format!("https://evil.com{character}.example.com"));
    assert_all_denied(&server, below);
    assert_all_denied(
        &server,
        ["https://example.com%60.evil.com", "https://example.com%0b.evil.com"],
    );
}

#[test]
fn all_response_headers_with_credentials_cannot_be_exposed() {
    let exposed = |names: &[&str]| {
        let policy = Policy::builder().allow_origins([EXAMPLE]).allow_credentials(true);
        policy.expose_headers(names.to_vec())
    };
    assert_eq!(problems(exposed(&["*"])), [ProblemKind::AnyExposedWithCredentials]);
    let cookie = ProblemKind::ForbiddenResponseHeader { value: "set-cookie".to_owned() };
    assert_eq!(problems(exposed(&["set-cookie"])), [cookie]);
    serve(example()).send(&get(EXAMPLE)).assert(200, admitted(EXAMPLE));
}

#[test]
fn methods_and_headers_of_the_connection_cannot_be_allowed() {
    for method in ["TRACE", "TRACK", "CONNECT"] {
        let policy = Policy::builder().allow_origins([EXAMPLE]).allow_methods([method]);
        let kind = ProblemKind::ForbiddenMethod { value: method.to_owned() };
        assert_eq!(problems(policy), [kind]);
    }
    for name in ["cookie", "host", "origin", "sec-fetch-site", "proxy-authorization"] {
        let policy = Policy::builder().allow_origins([EXAMPLE]).allow_headers([name]);
        let kind = ProblemKind::ForbiddenRequestHeader { value: name.to_owned() };
        assert_eq!(problems(policy), [kind]);
    }
}

#[test]
fn any_header_does_not_include_authorization() {
    let policy = Policy::builder().allow_origins([EXAMPLE]).allow_headers(Any);
    let server = serve(policy.build().unwrap());
    let asks = |name| server.send(&Request::preflight("/", EXAMPLE, "GET").asks_headers(name));
    asks("authorization").assert_denied();
    asks("x-anything").assert_granted([
        "access-control-allow-origin: https://example.com",
        "access-control-allow-methods: GET,HEAD,POST",
        "access-control-allow-headers: *",
        PREFLIGHT_VARY,
    ]);
}

#[test]
fn the_host_of_a_request_does_not_choose_the_policy() {
    let server = serve(example());
    for host in ["evil.com", "example.com", "a.example.com", "example.com.evil.com", "localhost"] {
        let to_host = |target, origin| {
            let lines = [("Host", host), ("X-Forwarded-Host", host), ("Origin", origin)];
            lines.into_iter().fold(Request::bare("GET", target), |request, (name, value)| {
                request.line(name, value)
            })
        };
        server.send(&to_host("/", EVIL)).assert_closed(200);
        server.send(&to_host("/", EXAMPLE)).assert(200, admitted(EXAMPLE));
        let own = format!("https://{host}.evil.com");
        server.send(&to_host("/", own.as_str())).assert_closed(200);
    }
}

#[test]
fn two_policies_write_one_header() {
    let inner = Policy::builder().allow_origins([EVIL, EXAMPLE]).build().unwrap();
    let outer = example();
    let server = Server::start(move || {
        let scope = web::scope("/in").wrap(Cors::new(&inner)).route("", web::get().to(body));
        App::new().wrap(Cors::new(&outer)).service(scope)
    });
    let to_inner = |origin| server.send(&Request::get("/in").origin(origin));
    to_inner(EVIL).assert(200, ["access-control-allow-origin: https://evil.com", VARY]);
    to_inner(EXAMPLE).assert(200, ["access-control-allow-origin: https://example.com", VARY]);
    to_inner("https://a.example.com").assert_closed(200);
}

async fn body() -> &'static str {
    "inner"
}

#[test]
fn a_predicate_with_credentials_gets_a_warning() {
    let compares_a_part = Policy::builder()
        .allow_origins_if(|origin, _| origin.as_str().ends_with("example.com"))
        .allow_credentials(true);
    assert_eq!(
        warnings(&compares_a_part.build().unwrap()),
        [WarningKind::PredicateWithCredentials]
    );
    let later = Policy::builder()
        .allow_origins([EXAMPLE])
        .allow_origins_if_async(|_, _| async { true })
        .allow_credentials(true);
    assert_eq!(warnings(&later.build().unwrap()), [WarningKind::PredicateWithCredentials]);
    let without = Policy::builder().allow_origins_if(|_, _| true).build().unwrap();
    assert_eq!(warnings(&without), []);
}

#[test]
fn a_preflight_that_is_kept_for_long_gets_a_warning() {
    let policy = |seconds| Policy::builder().allow_origins([EXAMPLE]).max_age(seconds).build();
    let year = 31_536_000;
    assert_eq!(warnings(&policy(year).unwrap()), [WarningKind::MaxAgeAboveCaps { seconds: year }]);
    assert_eq!(warnings(&policy(86_400).unwrap()), []);
}

/// DNS rebinding: the name of the page resolves to the address of the service, so the browser sends requests of
/// the page to the service as requests of the same origin.
#[test]
fn a_page_with_a_rebound_name_is_of_the_services_own_origin() {
    let policy = Policy::builder().allow_origins([EXAMPLE]).enforce(true).build().unwrap();
    let server = serve(policy);
    let rebound = Request::bare("POST", "/").line("Host", "evil.com").origin("http://evil.com");
    server.send(&rebound).assert_closed(200);
    server.send(&Request::new("POST", "/").origin("http://evil.com")).assert_closed(403);
}

#[test]
fn a_handler_that_writes_the_header_itself_gets_a_warning() {
    journal::open();
    let server = serve(example());
    let response = server.send(&Request::get("/own").origin(EXAMPLE));
    response.assert(200, ["access-control-allow-origin: https://own.example"]);
    let warned = journal::entries_with("/own");
    assert_eq!(warned.len(), 1, "{warned:?}");
    assert_eq!(warned[0].level, log::Level::Warn);
}
