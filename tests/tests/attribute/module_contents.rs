//! The handlers that `#[cors]` on a module finds in the module.

use actix_web::{
    App,
    web::{self, ServiceConfig},
};
use cors_actix::cors;
use cors_actix_tests::{
    EXAMPLE,
    local::{Local, actual, preflight},
};

use crate::{EXAMPLE_ONLY, STRANGER, admitted, granted, start};

/// Asserts that a route has the policy of its module.
async fn assert_covered(app: &Local, target: &str, method: &str) {
    app.send(preflight(target, EXAMPLE, method)).await.assert_granted(granted(method));
    app.send(preflight(target, STRANGER, method)).await.assert_denied();
    app.send(actual(method, target, Some(EXAMPLE))).await.assert(200, admitted());
}

#[cors(policy = EXAMPLE_ONLY)]
mod conditional {
    use actix_web::{get, routes};
    use cors_actix::cors;

    #[cfg_attr(all(), get("/applies"))]
    pub(crate) async fn applies() -> &'static str {
        ""
    }

    #[cfg_attr(all(), doc = "Nested.", cfg_attr(not(any()), allow(dead_code), get("/nested")))]
    pub(crate) async fn nested() -> &'static str {
        ""
    }

    #[cfg_attr(any(), get("/first"))]
    #[cfg_attr(all(), get("/second"))]
    pub(crate) async fn either() -> &'static str {
        ""
    }

    #[cfg_attr(all(), routes)]
    #[get("/one")]
    #[cfg_attr(all(), put("/two"))]
    pub(crate) async fn several() -> &'static str {
        ""
    }

    #[cfg_attr(any(), get("/does-not-apply"))]
    pub(crate) async fn no_handler() -> &'static str {
        ""
    }

    #[cfg_attr(any(), cors(allow_origins = any))]
    #[get("/own-does-not-apply")]
    pub(crate) async fn own_does_not_apply() -> &'static str {
        ""
    }

    #[cfg_attr(all(), cors(allow_origins = any))]
    #[get("/own-applies")]
    pub(crate) async fn own_applies() -> &'static str {
        ""
    }

    #[cfg_attr(any(), cors(allow_origins = any))]
    pub(crate) mod inner {
        #[actix_web::get("/inner")]
        pub(crate) async fn handler() -> &'static str {
            ""
        }
    }
}

#[actix_web::test]
async fn attributes_in_cfg_attr_are_found_where_they_apply() {
    use conditional::{applies, either, inner, nested, no_handler, own_applies};

    let app = App::new().service(applies).service(nested).service(either).service(inner::handler);
    let app = app.service(conditional::several).service(conditional::own_does_not_apply);
    let app = app.service(own_applies).route("/no-handler", web::get().to(no_handler));
    let app = Local::start(app).await;
    for target in ["/applies", "/nested", "/second", "/one", "/own-does-not-apply", "/inner"] {
        assert_covered(&app, target, "GET").await;
    }
    assert_covered(&app, "/two", "PUT").await;
    assert_eq!(app.send(preflight("/own-applies", STRANGER, "GET")).await.status, 204);
    app.send(actual("GET", "/no-handler", Some(EXAMPLE))).await.assert_untouched(200);
}

#[cors(policy = EXAMPLE_ONLY)]
mod functions {
    use actix_web::{
        dev::HttpServiceFactory,
        get,
        web::{self, ServiceConfig},
    };

    pub(crate) fn configure(config: &mut ServiceConfig) {
        #[get("/in-function")]
        async fn in_function() -> &'static str {
            println!("{}", format_args!("{}", 1));
            ""
        }

        mod module {
            #[actix_web::get("/in-module-in-function")]
            pub(crate) async fn handler() -> &'static str {
                ""
            }
        }

        println!("registers");
        config.service(in_function).service(module::handler).service(returned());
        let closure = |config: &mut ServiceConfig| {
            #[get("/in-closure")]
            async fn in_closure() -> &'static str {
                ""
            }
            config.service(in_closure);
        };
        closure(config);
        Api.configure(config);
    }

    fn returned() -> impl HttpServiceFactory {
        #[get("/in-scope")]
        async fn in_scope() -> &'static str {
            ""
        }
        web::scope("/returned").service(in_scope)
    }

    struct Api;

    impl Api {
        fn configure(self, config: &mut ServiceConfig) {
            #[get("/in-method")]
            async fn in_method() -> &'static str {
                ""
            }
            config.service(in_method);
        }
    }
}

#[actix_web::test]
async fn handlers_in_functions_are_found() {
    let app = start(functions::configure).await;
    for target in [
        "/in-function",
        "/in-module-in-function",
        "/in-closure",
        "/returned/in-scope",
        "/in-method",
    ] {
        assert_covered(&app, target, "GET").await;
    }
}

/// Items of a module that are not handlers.
#[cors(policy = EXAMPLE_ONLY)]
#[allow(dead_code, unused_macros)]
mod others {
    use std::{cell::Cell, fmt};

    use actix_web::{get, web::get as web_get};

    thread_local! {
        static COUNT: Cell<u32> = const { Cell::new(0) };
    }

    macro_rules! any_macro {
        ($name:ident) => {
            #[get("/never-called")]
            async fn $name() -> &'static str {
                ""
            }
        };
    }

    macro_rules! number {
        () => {
            3
        };
    }

    const NUMBER: u32 = number!();
    static NUMBERS: [u32; 2] = [number!(), number!() + number!()];

    /// A trait with methods, which are not handlers.
    trait Client {
        fn get(&self, not: bool) -> u32;
    }

    impl Client for fn(u32) -> u32 {
        fn get(&self, not: bool) -> u32 {
            if !not { !number!() } else { NUMBER }
        }
    }

    struct Shown(fn(u32) -> u32);

    impl fmt::Display for Shown {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", (self.0)(number!()))
        }
    }

    #[get("/others")]
    pub(crate) async fn handler() -> String {
        let route = web_get();
        drop(route);
        format!("{}", number!())
    }
}

#[actix_web::test]
async fn items_that_are_not_handlers_are_left_unchanged() {
    let app = start(|config| {
        config.service(others::handler);
    });
    assert_covered(&app.await, "/others", "GET").await;
}

mod fastrace {
    pub(crate) use tracing::instrument as trace;
}

mod metrics {
    pub(crate) use tracing::instrument as get;
}

#[cors(policy = EXAMPLE_ONLY)]
mod named_like_methods {
    use actix_web::web::Path;
    use tracing::instrument as trace;

    use super::{fastrace, metrics};

    #[derive(Debug)]
    struct Counter;

    impl Counter {
        #[metrics::get("/of-a-method")]
        #[fastrace::trace("/of-a-method")]
        fn count(&self) -> u32 {
            1
        }
    }

    #[fastrace::trace]
    #[metrics::get(skip_all)]
    #[trace]
    #[trace(skip_all)]
    fn helper() -> &'static str {
        ""
    }

    #[trace]
    #[fastrace::trace]
    #[actix_web::get("/above")]
    pub(crate) async fn above() -> &'static str {
        assert_eq!(Counter.count(), 1);
        helper()
    }

    #[actix_web::get("/below/{id}")]
    #[fastrace::trace(fields(%id))]
    #[metrics::get]
    #[trace]
    pub(crate) async fn below(id: Path<u32>) -> String {
        id.to_string()
    }

    #[cors_actix::cors(policy = crate::EXAMPLE_ONLY)]
    #[metrics::get(skip_all)]
    #[trace]
    #[actix_web::get("/own")]
    #[fastrace::trace]
    pub(crate) async fn own() -> &'static str {
        ""
    }

    #[actix_web::routes]
    #[get("/routed")]
    #[fastrace::trace]
    pub(crate) async fn routed() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn an_attribute_with_the_name_of_a_method_but_no_path_makes_no_route() {
    let register = |config: &mut ServiceConfig| {
        use named_like_methods::{above, below, own, routed};
        config.service(above).service(below).service(own).service(routed);
    };
    let app = start(register).await;
    for target in ["/above", "/below/1", "/own", "/routed"] {
        assert_covered(&app, target, "GET").await;
    }
}
