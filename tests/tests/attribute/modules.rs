//! `#[cors]` on modules.

use actix_web::{App, get, scope};
use cors_actix::{Policy, cors, policy};
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY,
    local::{Local, actual, preflight},
};

use crate::{EXAMPLE_ONLY, STRANGER, admitted, granted};

async fn assert_example_only(app: &Local, target: &str, method: &str) {
    app.send(preflight(target, EXAMPLE, method)).await.assert_granted(granted(method));
    app.send(preflight(target, STRANGER, method)).await.assert_denied();
    app.send(actual(method, target, Some(EXAMPLE))).await.assert(200, admitted());
}

async fn assert_open(app: &Local, target: &str) {
    app.send(preflight(target, STRANGER, "GET")).await.assert_granted([
        "access-control-allow-origin: *",
        "access-control-allow-methods: GET",
        PREFLIGHT_VARY,
    ]);
}

/// A policy that is not in scope inside of the modules.
static LOCAL: Policy = policy! { allow_origins = ["https://example.com"] };

#[cors(policy = LOCAL)]
pub(crate) mod outer {
    //! With attributes inside.
    #![allow(clippy::module_inception)]

    use actix_web::{delete, get, routes};

    #[get("/outer")]
    pub(crate) async fn handler() -> &'static str {
        HELPER
    }

    const HELPER: &str = "not a handler";

    #[allow(dead_code)]
    async fn not_a_handler() {}

    /// A handler with its own policy.
    #[cors_actix::cors(allow_origins = any)]
    #[get("/own")]
    pub(crate) async fn own() -> &'static str {
        ""
    }

    #[routes]
    #[get("/routes")]
    #[put("/routes")]
    pub(crate) async fn of_routes() -> &'static str {
        ""
    }

    pub(crate) mod inner {
        pub(crate) mod outer {
            #[actix_web::put("/inner")]
            pub(crate) async fn handler() -> &'static str {
                ""
            }
        }
    }

    #[cors_actix::cors(allow_origins = any)]
    pub(crate) mod with_own {
        #[actix_web::get("/with-own")]
        pub(crate) async fn handler() -> &'static str {
            ""
        }
    }

    #[delete("/last")]
    pub(crate) async fn last() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn every_handler_in_a_module_has_the_modules_policy_unless_it_has_its_own() {
    let app = App::new().service(outer::handler).service(outer::own).service(outer::of_routes);
    let app = app.service(outer::inner::outer::handler).service(outer::with_own::handler);
    let app = Local::start(app.service(outer::last)).await;
    assert_example_only(&app, "/outer", "GET").await;
    assert_example_only(&app, "/routes", "GET").await;
    assert_example_only(&app, "/routes", "PUT").await;
    assert_example_only(&app, "/inner", "PUT").await;
    assert_example_only(&app, "/last", "DELETE").await;
    assert_open(&app, "/own").await;
    assert_open(&app, "/with-own").await;
}

#[cors(allow_origins = ["https://example.com"])]
#[scope("/above")]
mod above {
    use super::*;

    #[get("/scope")]
    pub(crate) async fn handler() -> &'static str {
        ""
    }
}

#[scope("/below")]
#[cors(allow_origins = ["https://example.com"])]
mod below {
    use super::*;

    #[get("/scope")]
    pub(crate) async fn handler() -> &'static str {
        ""
    }
}

#[cors(policy = EXAMPLE_ONLY)]
#[cfg(not(any()))]
mod r#type {
    #[actix_web::get("/raw")]
    pub(crate) async fn handler() -> &'static str {
        ""
    }
}

#[cfg(any())]
#[cors(allow_origins = no such thing)]
mod r#type {}

#[actix_web::test]
async fn a_module_may_be_a_scope_and_have_any_name() {
    let app = App::new().service(above::handler).service(below::handler);
    let app = Local::start(app.service(r#type::handler)).await;
    for target in ["/above/scope", "/below/scope", "/raw"] {
        assert_example_only(&app, target, "GET").await;
    }
}

macro_rules! module {
    ($name:ident { $($item:item)* }) => {
        #[cors(policy = EXAMPLE_ONLY)]
        mod $name {
            $($item)*

            pub(crate) fn register(config: &mut actix_web::web::ServiceConfig) {
                configure(config);
            }
        }
    };
}

module!(items {
    use actix_web::get;

    #[get("/item")]
    pub(crate) async fn handler() -> &'static str {
        ""
    }

    pub(crate) mod nested {
        #[actix_web::get("/nested")]
        pub(crate) async fn handler() -> &'static str {
            ""
        }
    }

    macro_rules! unused {
        () => {};
    }

    #[actix_web::put("/after-macro")]
    pub(crate) async fn after_macro() -> &'static str {
        unused!();
        ""
    }

    fn configure(config: &mut actix_web::web::ServiceConfig) {
        #[get("/in-function-item")]
        async fn in_function_item() -> &'static str {
            ""
        }
        config.service(in_function_item);
    }
});

#[actix_web::test]
async fn a_macro_may_make_a_module() {
    let app = App::new().service(items::handler).service(items::nested::handler);
    let app = Local::start(app.service(items::after_macro).configure(items::register)).await;
    assert_example_only(&app, "/item", "GET").await;
    assert_example_only(&app, "/after-macro", "PUT").await;
    assert_example_only(&app, "/in-function-item", "GET").await;
    assert_example_only(&app, "/nested", "GET").await;
}

/// Two modules of the same name, one of them in a function.
#[cors(allow_origins = any)]
mod api {
    #[actix_web::get("/beside")]
    pub(crate) async fn handler() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn a_module_in_a_function_has_its_own_policy() {
    static OF_FUNCTION: Policy = policy! { allow_origins = ["https://example.com"] };

    #[cors(policy = OF_FUNCTION)]
    mod api {
        #[actix_web::get("/in-function")]
        pub(crate) async fn handler() -> &'static str {
            ""
        }

        pub(crate) mod inner {
            #[actix_web::get("/inner")]
            pub(crate) async fn handler() -> &'static str {
                ""
            }
        }
    }

    let beside = crate::modules::api::handler;
    let app = App::new().service(api::handler).service(api::inner::handler).service(beside);
    let app = Local::start(app).await;
    assert_example_only(&app, "/in-function", "GET").await;
    assert_example_only(&app, "/inner", "GET").await;
    assert_open(&app, "/beside").await;
}

#[cors(policy = EXAMPLE_ONLY)]
mod case {
    #[actix_web::get("/lower")]
    pub(crate) async fn handler() -> &'static str {
        ""
    }
}

#[cors(allow_origins = any)]
#[allow(non_snake_case)]
mod Case {
    #[actix_web::get("/upper")]
    pub(crate) async fn handler() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn names_of_modules_may_differ_only_in_case() {
    let app = Local::start(App::new().service(case::handler).service(Case::handler)).await;
    assert_example_only(&app, "/lower", "GET").await;
    assert_open(&app, "/upper").await;
}

/// Without `#[allow]` there would be a warning.
#[cors(policy = EXAMPLE_ONLY)]
#[allow(deprecated)]
mod each_with_its_own {
    #[cors_actix::cors(allow_origins = any)]
    #[actix_web::get("/each-with-its-own")]
    pub(crate) async fn handler() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn each_handler_in_a_module_may_have_its_own_policy() {
    let app = Local::start(App::new().service(each_with_its_own::handler)).await;
    assert_open(&app, "/each-with-its-own").await;
}

mod other {
    pub(crate) use tracing::instrument as cors;
}

#[cors(policy = EXAMPLE_ONLY)]
mod attribute_of_another_crate {
    use cors_actix::cors as renamed;

    use super::other;

    #[other::cors]
    #[actix_web::get("/other")]
    pub(crate) async fn other_cors() -> &'static str {
        ""
    }

    #[renamed(allow_origins = any)]
    #[actix_web::get("/renamed")]
    pub(crate) async fn renamed_cors() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn only_a_cors_of_this_crate_replaces_the_modules_policy() {
    let app = App::new().service(attribute_of_another_crate::other_cors);
    let app = Local::start(app.service(attribute_of_another_crate::renamed_cors)).await;
    assert_example_only(&app, "/other", "GET").await;
    assert_open(&app, "/renamed").await;
}
