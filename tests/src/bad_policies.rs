//! The table of policies that must not build, each written for the macros and for the builder. The table
//! drives the test of the builder, and the programs in `tests/compile-fail/ui/policy` that must not compile.

use actix_web::http::StatusCode;
use cors_actix::{
    Any, Location, OriginFault, Policy, PolicyBuilder, PolicyKey, Problem,
    ProblemKind::{self, *},
};
use cors_actix_core::PolicySpec;

/// A policy that must not build, and its problems.
pub struct BadPolicy {
    /// The name of the mistake, and of its program in `tests/compile-fail/ui/policy`.
    pub name: &'static str,
    /// The policy as `#[cors(…)]` or `policy! { … }` takes it.
    pub written: String,
    /// The problems that the check of the same policy reports at run time.
    pub reported: Vec<Problem>,
    /// The problems that the check must report.
    pub problems: Vec<Problem>,
}

impl BadPolicy {
    /// Returns the program that must not compile. Only `policy!` takes methods.
    pub fn program(&self) -> String {
        let written = &self.written;
        if written.contains("allow_methods") {
            format!(
                r#"use actix_web::App;
use cors_actix::{{Cors, Policy, policy}};

static POLICY: Policy = policy! {{ {written} }};

fn main() {{
    App::new().wrap(Cors::new(&POLICY));
}}
"#
            )
        } else {
            format!(
                r#"use actix_web::{{App, get}};
use cors_actix::cors;

#[cors({written})]
#[get("/")]
async fn handler() -> &'static str {{
    "handler"
}}

fn main() {{
    App::new().service(handler);
}}
"#
            )
        }
    }
}

/// Returns every bad policy.
pub fn all() -> Vec<BadPolicy> {
    let mut all = bad_origins();
    all.extend(bad_methods());
    all.extend(bad_headers());
    all.extend(bad_combinations());
    all
}

fn bad_origins() -> Vec<BadPolicy> {
    use OriginFault::*;
    let example = Some("https://app.example.com");
    let localhost = Some("http://localhost:3000");
    let host_of_254_bytes = ["a"; 127].join(".") + "a";
    let too_long = format!("https://{host_of_254_bytes}");
    vec![
        origin("origin-empty", "", Empty, None),
        origin("origin-without-scheme", "app.example.com", MissingScheme, example),
        origin("origin-with-malformed-scheme", "1https://app.example.com", Scheme, None),
        origin("origin-of-localhost-without-scheme", "localhost:3000", MissingScheme, localhost),
        origin("origin-of-a-file", "file:///home", File, None),
        origin("origin-of-data", "data:text/plain", OpaqueScheme, None),
        origin("origin-of-a-web-socket", "wss://app.example.com", WebSocketScheme, example),
        origin("origin-with-trailing-slash", "https://app.example.com/", TrailingSlash, example),
        origin("origin-with-path", "https://app.example.com/path", Path, example),
        origin("origin-with-query", "https://app.example.com?a=b", Query, example),
        origin("origin-with-fragment", "https://app.example.com#top", Fragment, example),
        origin("origin-with-user", "https://me@app.example.com", UserInfo, example),
        origin("origin-with-default-port", "https://app.example.com:443", DefaultPort, example),
        origin("origin-with-port-0", "https://app.example.com:0", Port, None),
        origin("origin-with-port-65536", "https://app.example.com:65536", Port, None),
        origin("origin-with-zero-in-front-of-port", "https://app.example.com:08443", Port, None),
        origin("origin-with-colon-and-no-port", "https://app.example.com:", Port, example),
        origin("origin-without-host", "https://", MissingHost, None),
        origin("origin-with-upper-case-scheme", "HTTPS://app.example.com", UpperCase, example),
        origin("origin-with-upper-case-host", "https://App.Example.com", UpperCase, example),
        origin(
            "origin-with-unicode-host",
            "https://bücher.example",
            NonAsciiHost,
            Some("https://xn--bcher-kva.example"),
        ),
        origin("origin-with-empty-label", "https://app..example.com", EmptyLabel, None),
        origin("origin-with-host-of-254-bytes", &too_long, HostTooLong, None),
        origin("origin-with-dollar-in-host", "https://app$.example.com", HostCharacter, None),
        origin("origin-with-broken-punycode", "https://xn--a.example", InvalidHost, None),
        origin(
            "origin-with-short-ipv4",
            "https://127.1",
            NonCanonicalIp,
            Some("https://127.0.0.1"),
        ),
        origin(
            "origin-with-long-ipv6",
            "https://[0:0:0:0:0:0:0:1]",
            NonCanonicalIp,
            Some("https://[::1]"),
        ),
        origin("wildcard-over-ip", "https://*.127.0.0.1", WildcardIp, None),
        origin("wildcard-within-label", "https://app-*.example.com", Wildcard, None),
        origin("wildcard-between-labels", "https://app.*.example.com", Wildcard, None),
        origin("wildcard-without-dot", "https://*example.com", Wildcard, None),
        origin("wildcard-for-whole-host", "https://*", WildcardHost, None),
        row(
            "origin-is-the-word-any",
            r#"allow_origins = ["any"]"#,
            |policy| policy.allow_origins(["any"]),
            [fault(item(PolicyKey::AllowOrigins, 0), AnyInString { value: "any".into() })],
        ),
        row(
            "origins-in-one-string",
            r#"allow_origins = "https://a.example,https://b.example""#,
            |policy| policy.allow_origins("https://a.example,https://b.example"),
            [fault(
                item(PolicyKey::AllowOrigins, 0),
                several(
                    "https://a.example,https://b.example",
                    &["https://a.example", "https://b.example"],
                ),
            )],
        ),
    ]
}

fn bad_methods() -> Vec<BadPolicy> {
    let methods = |name, method: &str, kind| {
        row(
            name,
            format!("allow_origins = any, allow_methods = [{method:?}]"),
            |policy| policy.allow_origins(Any).allow_methods([method]),
            [fault(item(PolicyKey::AllowMethods, 0), kind)],
        )
    };
    let forbidden =
        |name, method: &str| methods(name, method, ForbiddenMethod { value: method.into() });
    vec![
        methods("methods-in-one-string", "PUT DELETE", several("PUT DELETE", &["PUT", "DELETE"])),
        methods("method-is-the-word-any", "any", AnyInString { value: "any".into() }),
        methods("method-with-slash", "PUT/", InvalidMethod { value: "PUT/".into() }),
        methods("method-empty", "", InvalidMethod { value: String::new() }),
        forbidden("method-connect", "CONNECT"),
        forbidden("method-trace", "TRACE"),
        forbidden("method-track", "TRACK"),
        methods(
            "method-in-lower-case",
            "delete",
            UnnormalizedMethod { value: "delete".into(), normalized: "DELETE".into() },
        ),
    ]
}

fn bad_headers() -> Vec<BadPolicy> {
    let allowed = |name, header: &str, kind: fn(String) -> ProblemKind| {
        row(
            name,
            format!("allow_origins = any, allow_headers = [{header:?}]"),
            |policy| policy.allow_origins(Any).allow_headers([header]),
            [fault(item(PolicyKey::AllowHeaders, 0), kind(header.into()))],
        )
    };
    let exposed = |name, header: &str, kind: fn(String) -> ProblemKind| {
        row(
            name,
            format!("allow_origins = any, expose_headers = [{header:?}]"),
            |policy| policy.allow_origins(Any).expose_headers([header]),
            [fault(item(PolicyKey::ExposeHeaders, 0), kind(header.into()))],
        )
    };
    let invalid = |value| InvalidHeaderName { value };
    let wildcard = |value| HeaderWildcard { value };
    let unsendable = |value| ForbiddenRequestHeader { value };
    let unreadable = |value| ForbiddenResponseHeader { value };
    let protocol = |value| ProtocolHeader { value };
    let both = |value: String| several(&value, &["x-a", "x-b"]);
    vec![
        allowed("header-is-the-word-any", "any", |value| AnyInString { value }),
        allowed("header-with-wildcard-inside", "x-*-id", wildcard),
        exposed("exposed-header-with-prefix", "x-acme-*", wildcard),
        allowed("request-header-with-colon", "x-request-id:", invalid),
        allowed("request-header-cookie", "cookie", unsendable),
        allowed("request-header-sec", "sec-fetch-site", unsendable),
        allowed("request-header-proxy", "proxy-authorization", unsendable),
        allowed("request-header-of-cors", "access-control-request-method", protocol),
        allowed("request-headers-in-one-string", "x-a, x-b", both),
        exposed("exposed-headers-in-one-string", "x-a;x-b", both),
        exposed("exposed-header-set-cookie", "set-cookie", unreadable),
        exposed("exposed-header-set-cookie2", "set-cookie2", unreadable),
        exposed("exposed-header-of-cors", "access-control-allow-origin", protocol),
    ]
}

fn bad_combinations() -> Vec<BadPolicy> {
    let origin = item(PolicyKey::AllowOrigins, 0);
    let credentials = key(PolicyKey::AllowCredentials);
    let insecure = |value: &str, secure: &str| InsecureOriginWithCredentials {
        value: value.into(),
        secure: secure.into(),
    };
    let public_suffix = |value: &str, suffix: &str| PublicSuffixWithCredentials {
        value: value.into(),
        suffix: suffix.into(),
    };
    vec![
        row(
            "no-origins",
            "allow_headers = any",
            |policy| policy.allow_headers(Any),
            [fault(key(PolicyKey::AllowOrigins), NoOrigins)],
        ),
        row(
            "empty-list-of-origins",
            "allow_origins = []",
            |policy| policy.allow_origins([""; 0]),
            [fault(key(PolicyKey::AllowOrigins), NoOrigins)],
        ),
        row(
            "any-origin-with-credentials",
            "allow_origins = any, allow_credentials",
            |policy| policy.allow_origins(Any).allow_credentials(true),
            [clash(origin, credentials, AnyOriginWithCredentials)],
        ),
        row(
            "any-origin-beside-others",
            r#"allow_origins = ["https://app.example.com", any]"#,
            |policy| policy.allow_origins(["https://app.example.com"]).allow_origins(Any),
            [fault(item(PolicyKey::AllowOrigins, 1), AnyOriginWithOthers)],
        ),
        row(
            "null-with-credentials",
            "allow_origins = null, allow_credentials = true",
            |policy| policy.allow_origins("null").allow_credentials(true),
            [clash(origin, credentials, NullWithCredentials)],
        ),
        row(
            "hostless-origin-with-credentials",
            r#"allow_origins = ["file://"], allow_credentials"#,
            |policy| policy.allow_origins(["file://"]).allow_credentials(true),
            [clash(origin, credentials, HostlessWithCredentials { value: "file://".into() })],
        ),
        row(
            "insecure-origin-with-credentials",
            r#"allow_origins = ["http://app.example.com"], allow_credentials"#,
            |policy| policy.allow_origins(["http://app.example.com"]).allow_credentials(true),
            [clash(
                origin,
                credentials,
                insecure("http://app.example.com", "https://app.example.com"),
            )],
        ),
        row(
            "insecure-wildcard-with-credentials",
            r#"allow_credentials, allow_origins = ["http://*.example.com"]"#,
            |policy| policy.allow_credentials(true).allow_origins(["http://*.example.com"]),
            [clash(origin, credentials, insecure("http://*.example.com", "https://*.example.com"))],
        ),
        row(
            "public-suffix-with-credentials",
            r#"allow_origins = ["https://*.co.uk"], allow_credentials"#,
            |policy| policy.allow_origins(["https://*.co.uk"]).allow_credentials(true),
            [clash(origin, credentials, public_suffix("https://*.co.uk", "co.uk"))],
        ),
        row(
            "private-suffix-with-credentials",
            r#"allow_origins = ["https://*.github.io"], allow_credentials"#,
            |policy| policy.allow_origins(["https://*.github.io"]).allow_credentials(true),
            [clash(origin, credentials, public_suffix("https://*.github.io", "github.io"))],
        ),
        row(
            "any-exposed-with-credentials",
            r#"expose_headers = any, allow_origins = ["https://a.example"], allow_credentials"#,
            |policy| {
                let policy = policy.allow_origins(["https://a.example"]);
                policy.expose_headers(Any).allow_credentials(true)
            },
            [clash(item(PolicyKey::ExposeHeaders, 0), credentials, AnyExposedWithCredentials)],
        ),
        row(
            "preflight-status-of-a-redirect",
            "allow_origins = any, preflight_status = 302",
            |policy| policy.allow_origins(Any).preflight_status(StatusCode::FOUND),
            [fault(key(PolicyKey::PreflightStatus), PreflightStatus { value: 302 })],
        ),
        row(
            "enforce-with-any-origin",
            "allow_origins = any, enforce",
            |policy| policy.allow_origins(Any).enforce(true),
            [clash(key(PolicyKey::Enforce), origin, EnforceWithAnyOrigin)],
        ),
        row(
            "enforce-with-forwarded-header",
            r#"allow_origins = ["https://a.example"], allow_headers = ["X-Forwarded-Host"], enforce"#,
            |policy| {
                let policy = policy.allow_origins(["https://a.example"]).enforce(true);
                policy.allow_headers(["X-Forwarded-Host"])
            },
            [clash(
                item(PolicyKey::AllowHeaders, 0),
                key(PolicyKey::Enforce),
                ForwardedHeaderWithEnforce { value: "X-Forwarded-Host".into() },
            )],
        ),
        BadPolicy {
            name: "same-origin-beside-origins",
            written: r#"same_origin, allow_origins = ["https://app.example.com"]"#.into(),
            // Checked as `policy!` checks it.
            reported: PolicySpec {
                same_origin: true,
                allow_origins: &["https://app.example.com"],
                ..PolicySpec::EMPTY
            }
            .check()
            .err()
            .unwrap_or_default(),
            problems: vec![clash(
                key(PolicyKey::SameOrigin),
                key(PolicyKey::AllowOrigins),
                SameOriginWithOthers { other: PolicyKey::AllowOrigins },
            )],
        },
        row(
            "several-at-once",
            r#"
    allow_origins = ["https://App.example.com/", any, "http://intranet.example", null],
    allow_headers = ["content-type", "host", "x request id"],
    allow_credentials,
    expose_headers = [any, "Set-Cookie"],
    max_age = 60,
    preflight_status = 404,
"#,
            |policy| {
                policy
                    .allow_origins(["https://App.example.com/", "*", "http://intranet.example"])
                    .allow_origins(["null"])
                    .allow_headers(["content-type", "host", "x request id"])
                    .allow_credentials(true)
                    .expose_headers(Any)
                    .expose_headers(["Set-Cookie"])
                    .max_age(60)
                    .preflight_status(StatusCode::NOT_FOUND)
            },
            [
                fault(
                    origin,
                    InvalidOrigin {
                        value: "https://App.example.com/".into(),
                        fault: OriginFault::UpperCase,
                        repaired: Some("https://app.example.com".into()),
                    },
                ),
                fault(item(PolicyKey::AllowOrigins, 1), AnyOriginWithOthers),
                clash(item(PolicyKey::AllowOrigins, 1), credentials, AnyOriginWithCredentials),
                clash(
                    item(PolicyKey::AllowOrigins, 2),
                    credentials,
                    insecure("http://intranet.example", "https://intranet.example"),
                ),
                clash(item(PolicyKey::AllowOrigins, 3), credentials, NullWithCredentials),
                fault(
                    item(PolicyKey::AllowHeaders, 1),
                    ForbiddenRequestHeader { value: "host".into() },
                ),
                fault(
                    item(PolicyKey::AllowHeaders, 2),
                    several("x request id", &["x", "request", "id"]),
                ),
                clash(item(PolicyKey::ExposeHeaders, 0), credentials, AnyExposedWithCredentials),
                fault(
                    item(PolicyKey::ExposeHeaders, 1),
                    ForbiddenResponseHeader { value: "Set-Cookie".into() },
                ),
                fault(key(PolicyKey::PreflightStatus), PreflightStatus { value: 404 }),
            ],
        ),
        row(
            "several-methods-at-once",
            r#"
    allow_origins = ["app.example.com"],
    allow_methods = ["PUT", "put", "TRACE", "P T"],
"#,
            |policy| {
                policy
                    .allow_origins(["app.example.com"])
                    .allow_methods(["PUT", "put", "TRACE", "P T"])
            },
            [
                fault(
                    origin,
                    InvalidOrigin {
                        value: "app.example.com".into(),
                        fault: OriginFault::MissingScheme,
                        repaired: Some("https://app.example.com".into()),
                    },
                ),
                fault(
                    item(PolicyKey::AllowMethods, 1),
                    UnnormalizedMethod { value: "put".into(), normalized: "PUT".into() },
                ),
                fault(item(PolicyKey::AllowMethods, 2), ForbiddenMethod { value: "TRACE".into() }),
                fault(item(PolicyKey::AllowMethods, 3), several("P T", &["P", "T"])),
            ],
        ),
    ]
}

fn origin(
    name: &'static str,
    origin: &str,
    origin_fault: OriginFault,
    repaired: Option<&str>,
) -> BadPolicy {
    let kind = InvalidOrigin {
        value: origin.into(),
        fault: origin_fault,
        repaired: repaired.map(Into::into),
    };
    row(
        name,
        format!("allow_origins = [{origin:?}]"),
        |policy| policy.allow_origins([origin]),
        [fault(item(PolicyKey::AllowOrigins, 0), kind)],
    )
}

fn several(value: &str, items: &[&str]) -> ProblemKind {
    SeveralItems { value: value.into(), items: items.iter().map(ToString::to_string).collect() }
}

fn row<const N: usize>(
    name: &'static str,
    written: impl Into<String>,
    build: impl FnOnce(PolicyBuilder) -> PolicyBuilder,
    problems: [Problem; N],
) -> BadPolicy {
    let error = build(Policy::builder()).build().err();
    let reported = error.map(|error| error.problems().to_vec()).unwrap_or_default();
    BadPolicy { name, written: written.into(), reported, problems: problems.into() }
}

fn fault(location: Location, kind: ProblemKind) -> Problem {
    Problem::new(location, None, kind)
}

fn clash(location: Location, also: Location, kind: ProblemKind) -> Problem {
    Problem::new(location, Some(also), kind)
}

fn item(key: PolicyKey, index: usize) -> Location {
    Location::item(key, index)
}

fn key(key: PolicyKey) -> Location {
    Location::key(key)
}
