//! Generated code is in the user's scope and under the user's lints, and must not depend on them.

use actix_web::App;
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY, VARY,
    local::{Local, actual, preflight},
    strict,
};

/// Every name that generated code could use is shadowed here.
#[allow(
    dead_code,
    non_camel_case_types,
    unused_macros,
    non_snake_case,
    clippy::upper_case_acronyms
)]
mod shadowed {
    use cors_actix::cors;

    pub(super) fn register(config: &mut ::actix_web::web::ServiceConfig) {
        config.service(handler).service(routed).service(module::handler);
        config.service(guarded).service(behind).service(constant).service(constants::handler);
    }

    const EXAMPLE: &::core::primitive::str = "https://example.com";

    #[cors(crate = ::cors_actix, allow_origins = [EXAMPLE], max_age = 30 + 30, allow_credentials = true)]
    #[actix_web::get("/constant")]
    async fn constant() -> &'static ::core::primitive::str {
        "constant"
    }

    #[cors(allow_origins = ::core::slice::from_ref(&EXAMPLE), max_age = 1 + 1, preflight_status = 100 + 100)]
    mod constants {
        #[actix_web::get("/constants")]
        pub(super) async fn handler() -> &'static ::core::primitive::str {
            "constants"
        }
    }

    #[cors(
        allow_origins = ["https://example.com"],
        allow_headers = any,
        allow_credentials,
        max_age = 60,
        preflight_status = 200,
    )]
    #[actix_web::route(
        "/handler",
        method = "GET",
        method = "PURGE",
        name = "a name",
        wrap = "::actix_web::middleware::Logger::default()"
    )]
    async fn handler() -> &'static ::core::primitive::str {
        "handler"
    }

    #[cors(allow_origins = ["https://example.com"], allow_headers = any)]
    #[actix_web::route(
        "/guarded",
        method = "GET",
        method = "PURGE",
        name = "another name",
        guard = "self::guard",
        wrap = "::actix_web::middleware::Logger::default()"
    )]
    async fn guarded() -> &'static ::core::primitive::str {
        "guarded"
    }

    /// The handler behind a guard.
    #[cors(allow_origins = ["https://example.com"])]
    #[actix_web::get("/guarded")]
    async fn behind() -> &'static ::core::primitive::str {
        "behind"
    }

    #[cors(policy = self::policy())]
    #[actix_web::routes]
    #[get("/routed")]
    #[post("/routed")]
    async fn routed() -> &'static ::core::primitive::str {
        "routed"
    }

    #[cors(allow_origins = ["https://example.com"])]
    mod module {
        #[actix_web::get("/module")]
        pub(super) async fn handler() -> &'static ::core::primitive::str {
            "module"
        }
    }

    fn policy() -> ::cors_actix::Policy {
        static POLICY: ::cors_actix::Policy =
            ::cors_actix::policy! { allow_origins = ["https://example.com"], max_age = 1 };
        POLICY.clone()
    }

    fn guard(_: &::actix_web::guard::GuardContext<'_>) -> ::core::primitive::bool {
        true
    }

    macro_rules! shadow {
        ($($name:ident)*) => {
            $(
                struct $name;
            )*
        };
    }

    shadow! {
        Result Ok Err Option Some None Vec String Box Rc Arc LazyLock OnceLock
        Policy Route Cors Handler
        bool char str u8 u16 u32 u64 usize i32 f64
        PolicySource PolicySpec PolicyKey HttpServiceFactory AppService GuardContext Self_
    }

    mod actix_service {}
    mod alloc {}
    mod core {}
    mod cors_actix_core {}
    mod const_check {}
    mod private {}
    mod std {}

    trait Clone {}
    trait Copy {}
    trait Default {}
    trait Drop {}
    trait Fn {}
    trait FnMut {}
    trait FnOnce {}
    trait From {}
    trait Into {}
    trait Iterator {}
    trait Send {}
    trait Sized {}
    trait Sync {}

    macro_rules! nothing {
        ($($name:ident)*) => {$(
            macro_rules! $name {
                () => {};
            }
        )*};
    }

    nothing! { concat format matches panic stringify unreachable vec }
}

#[actix_web::test]
async fn generated_code_compiles_if_the_user_shadows_names() {
    let app = Local::start(App::new().configure(shadowed::register)).await;
    for (target, lines) in [
        ("/handler", &["access-control-allow-credentials: true", "access-control-max-age: 60"][..]),
        ("/routed", &["access-control-max-age: 1"]),
        ("/module", &[]),
        ("/constant", &["access-control-allow-credentials: true", "access-control-max-age: 60"]),
        ("/constants", &["access-control-max-age: 2"]),
        // Two policies apply.
        ("/guarded", &["access-control-max-age: 0"]),
    ] {
        let methods = if target == "/handler" { "GET,PURGE" } else { "GET" };
        let granted = [
            &format!("access-control-allow-origin: {EXAMPLE}"),
            &format!("access-control-allow-methods: {methods}"),
            PREFLIGHT_VARY,
        ];
        let status = if ["/handler", "/constants"].contains(&target) { 200 } else { 204 };
        let response = app.send(preflight(target, EXAMPLE, "GET")).await;
        response.assert(status, granted.iter().chain(lines));
        assert_eq!(
            app.send(actual("GET", target, None)).await.assert_closed(200).text(),
            &target[1..]
        );
    }
}

#[actix_web::test]
async fn generated_code_compiles_if_the_user_denies_lints() {
    let app = Local::start(App::new().configure(strict::register)).await;
    for (method, target) in [
        ("PUT", "/public/1"),
        ("GET", "/private"),
        ("POST", "/two"),
        ("GET", "/inside"),
        ("GET", "/local"),
        ("GET", "/constant"),
        ("GET", "/named"),
    ] {
        let origin = if target == "/public/1" { EXAMPLE } else { "https://partner.example" };
        app.send(actual(method, target, Some("https://evil.example"))).await.assert(200, [VARY]);
        assert_eq!(app.send(preflight(target, origin, method)).await.status, 204);
    }
}

#[actix_web::test]
async fn generated_code_compiles_in_every_edition() {
    for register in [cors_actix_edition_2018::register, cors_actix_edition_2021::register] {
        let app = Local::start(App::new().configure(register)).await;
        for (method, target) in [
            ("PUT", "/words/1"),
            ("GET", "/expression"),
            ("DELETE", "/routed"),
            ("GET", "/inside"),
            ("GET", "/generated"),
        ] {
            assert_eq!(app.send(preflight(target, EXAMPLE, method)).await.status, 204, "{target}");
            app.send(actual(method, target, Some(EXAMPLE)))
                .await
                .assert(200, [&format!("access-control-allow-origin: {EXAMPLE}"), VARY]);
        }
    }
}

#[actix_web::test]
async fn the_name_of_the_dependency_does_not_matter() {
    let app = Local::start(App::new().configure(cors_actix_renamed::register)).await;
    for target in [
        "/path",
        "/text",
        "/policy",
        "/constants",
        "/extern",
        "/crate",
        "/import",
        "/import/inner",
        "/import/own",
        "/self",
        "/self/inner",
        "/super",
        "/function",
        "/generated",
        "/generated/module",
    ] {
        let age = if target == "/constants" { Some("access-control-max-age: 3600") } else { None };
        let granted = [
            &format!("access-control-allow-origin: {EXAMPLE}"),
            "access-control-allow-methods: GET",
            PREFLIGHT_VARY,
        ];
        let response = app.send(preflight(target, EXAMPLE, "GET")).await;
        response.assert(204, granted.into_iter().chain(age));
        app.send(actual("GET", target, Some("https://evil.example"))).await.assert(200, [VARY]);
    }
}
