//! Constants in the attribute and in `policy!`: they are evaluated where they are written, and a policy with
//! problems that only their values show keeps the app from starting.

use std::time::Duration;

use ::log::Level;
use actix_web::{App, HttpResponse, get, put, test::TestRequest, web};
use cors_actix::{Any, Cors, Decision, Policy, PolicyHandle, cors, policy};
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY, VARY, journal,
    local::{Local, actual, preflight},
};

use crate::{STRANGER, admitted, granted, start};

const APP: &str = "https://example.com";
const ORIGINS: &[&str] = &["https://a.example", "https://*.b.example"];
const PORTS: [&str; 2] = ["http://localhost:*", APP];
const HEADER: &str = "x-constant";
const HOUR: Duration = Duration::from_secs(60 * 60);
const STATUS: u16 = 200;
const YES: bool = true;

const fn origin(preview: bool) -> &'static str {
    if preview { "https://preview.example" } else { APP }
}

struct Tenant;

impl Tenant {
    const ORIGIN: &str = APP;

    fn policy() -> Policy {
        policy! { allow_origins = [Self::ORIGIN], allow_methods = [concat!("P", "UT")] }
    }
}

trait Site {
    const ORIGIN: &'static str;

    fn policy() -> Policy {
        policy! { allow_origins = [Self::ORIGIN] }
    }
}

impl Site for Tenant {
    const ORIGIN: &'static str = "https://site.example";
}

#[cors(allow_origins = [APP, "https://b.example"])]
#[get("/beside-a-literal")]
async fn beside_a_literal() -> &'static str {
    ""
}

#[cors(
    allow_origins = [concat!("https://", "example", ".com"), origin(true), self::Tenant::ORIGIN],
    allow_headers = [HEADER, stringify!(x), env!("CARGO_PKG_NAME")],
    expose_headers = [HEADER],
    allow_credentials = YES,
    max_age = HOUR.as_secs() / 2,
    preflight_status = STATUS + 1,
    enforce = cfg!(not(test)),
)]
#[put("/each-option")]
async fn each_option() -> &'static str {
    ""
}

#[cors(allow_origins = ORIGINS, max_age = 60 * 60)]
#[get("/list")]
async fn list() -> &'static str {
    ""
}

#[cors(allow_origins = &PORTS)]
#[get("/array")]
async fn array() -> &'static str {
    ""
}

#[cors(allow_origins = if YES { &[APP] } else { ORIGINS })]
#[get("/choice")]
async fn choice() -> &'static str {
    ""
}

#[cors(same_origin = YES)]
#[get("/same-origin")]
async fn same_origin() -> &'static str {
    ""
}

/// The module has other constants of these names.
#[cors(allow_origins = [APP], max_age = HOUR.as_secs())]
mod module {
    #[allow(dead_code)]
    const APP: &str = "https://evil.example";
    #[allow(dead_code)]
    const HOUR: u8 = 1;

    #[actix_web::get("/module")]
    pub(super) async fn handler() -> &'static str {
        ""
    }

    pub(super) mod inner {
        #[actix_web::get("/module/inner")]
        pub(in super::super) async fn handler() -> &'static str {
            ""
        }
    }
}

macro_rules! generate {
    ($name:ident, $path:literal, $origin:expr, $seconds:expr) => {
        #[cors(allow_origins = [$origin], max_age = $seconds)]
        #[get($path)]
        async fn $name() -> &'static str {
            ""
        }
    };
}

generate!(generated, "/generated", APP, 60 * 60);

fn register(config: &mut web::ServiceConfig) {
    config.service(beside_a_literal).service(each_option).service(list).service(array);
    config.service(choice).service(same_origin).service(generated);
    config.service(module::handler).service(module::inner::handler);
    register_local(config);
}

fn register_local(config: &mut web::ServiceConfig) {
    const LOCAL: &str = "https://example.com";

    #[cors(allow_origins = [LOCAL], max_age = HOUR.as_secs())]
    mod local {
        #[actix_web::get("/local")]
        pub(super) async fn handler() -> &'static str {
            ""
        }
    }

    config.service(local::handler);
}

#[actix_web::test]
async fn an_item_may_be_a_constant() {
    let app = start(register).await;
    let hour = ["access-control-max-age: 3600".to_owned()];
    for (target, lines) in [
        ("/beside-a-literal", &[][..]),
        ("/array", &[]),
        ("/choice", &[]),
        ("/generated", &hour),
        ("/module", &hour),
        ("/module/inner", &hour),
        ("/local", &hour),
    ] {
        let response = app.send(preflight(target, EXAMPLE, "GET")).await;
        response.assert(204, granted("GET").iter().chain(lines));
        app.send(actual("GET", target, Some(EXAMPLE))).await.assert(200, admitted());
        app.send(preflight(target, STRANGER, "GET")).await.assert(403, [PREFLIGHT_VARY]);
    }
    let other = app.send(actual("GET", "/beside-a-literal", Some("https://b.example"))).await;
    other.assert(200, ["access-control-allow-origin: https://b.example", VARY]);
}

#[actix_web::test]
async fn each_option_may_be_a_constant() {
    let app = start(register).await;
    for origin in [EXAMPLE, "https://preview.example"] {
        let names = "x-constant,x,cors-actix-tests";
        let request = preflight("/each-option", origin, "PUT")
            .insert_header(("access-control-request-headers", names));
        let lines = [
            &format!("access-control-allow-origin: {origin}"),
            "access-control-allow-methods: PUT",
            &format!("access-control-allow-headers: {names}"),
            "access-control-allow-credentials: true",
            "access-control-max-age: 1800",
            PREFLIGHT_VARY,
        ];
        app.send(request).await.assert(201, lines);
    }
    // `enforce` is off.
    app.send(actual("PUT", "/each-option", Some(STRANGER))).await.assert(200, [VARY]);
}

#[actix_web::test]
async fn a_list_may_be_a_constant() {
    let app = start(register).await;
    for origin in ["https://a.example", "https://app.b.example"] {
        let response = app.send(actual("GET", "/list", Some(origin))).await;
        response.assert(200, [&format!("access-control-allow-origin: {origin}"), VARY]);
    }
    app.send(actual("GET", "/list", Some(EXAMPLE))).await.assert(200, [VARY]);
    app.send(actual("GET", "/same-origin", Some(EXAMPLE))).await.assert(200, [VARY]);
}

/// Returns `true` if the policy allows the origin.
fn allows(policy: &Policy, origin: &str) -> bool {
    let request = TestRequest::get().insert_header(("origin", origin)).to_srv_request();
    matches!(policy.decide(request.head()), Decision::Actual(Ok(_)))
}

#[test]
fn the_macro_takes_constants_of_its_surroundings() {
    static STATIC: Policy = policy! { allow_origins = [APP], max_age = HOUR.as_secs() };
    assert!(allows(&STATIC, EXAMPLE) && !allows(&STATIC, STRANGER));
    assert!(allows(&Tenant::policy(), EXAMPLE));
    let site = <Tenant as Site>::policy();
    assert!(allows(&site, "https://site.example") && !allows(&site, EXAMPLE));
}

const INSECURE: &str = "http://intranet.example";

/// The line of the attribute.
const REJECTED: u32 = line!() + 2;

#[cors(allow_origins = [INSECURE], allow_headers = [any, HEADER], allow_credentials)]
#[get("/rejected")]
async fn rejected() -> &'static str {
    ""
}

/// The line of the attribute.
const REJECTED_IN_LINES: u32 = line!() + 2;

#[cors(
    allow_origins = any,
    crate = ::cors_actix,
    allow_credentials = YES,
)]
#[get("/rejected")]
async fn rejected_in_lines() -> &'static str {
    ""
}

/// Asserts that the errors with the text are those.
#[track_caller]
fn assert_errors(text: &str, expected: &[&str]) {
    let error = |text: &&str| journal::Entry { level: Level::Error, text: (*text).to_owned() };
    let expected: Vec<_> = expected.iter().map(error).collect();
    assert_eq!(journal::entries_with(text), expected);
}

#[actix_web::test]
async fn a_policy_with_problems_keeps_the_app_from_starting_and_logs_them_once() {
    journal::open();
    for _ in 0..2 {
        assert!(Local::try_start(App::new().service(rejected)).await.is_none());
        assert!(Local::try_start(App::new().service(rejected_in_lines)).await.is_none());
    }
    let insecure = Policy::builder().allow_origins([INSECURE]).allow_credentials(true);
    let any = Policy::builder().allow_origins(Any).allow_credentials(true);
    for (line, name, builder) in
        [(REJECTED, "rejected", insecure), (REJECTED_IN_LINES, "rejected_in_lines", any)]
    {
        let problem = builder.build().unwrap_err().problems()[0].to_string();
        let problem = problem.replace("`Any`", "`any`");
        let at = format!("{}:{line}:1", file!());
        let denies = format!("the CORS policy at {}:{line} denies every origin", file!());
        assert_errors(&denies, &[&format!("{denies}, because it has 1 problem:\n  {problem}")]);
        let start =
            format!("the app does not start: the policy of handler `{name}` at {at} has problems");
        assert_errors(&start, &[&start, &start]);
    }
}

#[actix_web::test]
async fn a_layer_with_such_a_policy_keeps_the_app_from_starting() {
    static REJECTED: Policy = policy! {
        allow_origins = [concat!("https://*", ".co.uk")],
        allow_credentials = YES,
        enforce,
    };
    assert!(!allows(&REJECTED, "https://a.co.uk"));
    let scope = Cors::new(Policy::same_origin()).scope("/scope", &REJECTED);
    for layer in [Cors::new(&REJECTED), scope] {
        let app = App::new().wrap(layer).default_service(web::to(HttpResponse::Ok));
        assert!(Local::try_start(app).await.is_none());
    }

    let handle = PolicyHandle::new(Policy::same_origin());
    let app = App::new().wrap(Cors::new(&handle)).default_service(web::to(HttpResponse::Ok));
    let app = Local::start(app).await;
    app.send(actual("GET", "/", Some("https://a.co.uk"))).await.assert(200, [VARY]);
    handle.replace(REJECTED.clone());
    let response = app.send(actual("GET", "/", Some("https://a.co.uk"))).await;
    response.assert(403, [VARY]);
}
