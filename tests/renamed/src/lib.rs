//! Handlers of a package that knows cors-actix under another name only, and re-exports it. No path in the
//! code that the macros generate leads to `::cors_actix`.

use actix_web::{get, put, routes, web::ServiceConfig};
use web_cors::{Cors, Policy, PolicyHandle, cors, policy};
use web_stack::cors_actix as local;

/// The re-exports of a package in front of others.
pub mod web_stack {
    pub use web_cors as cors_actix;

    /// Handlers next to the re-export.
    #[cors_actix::cors(crate = self::cors_actix, allow_origins = ["https://example.com"])]
    pub mod next_to {
        /// In the module.
        #[actix_web::get("/self")]
        pub async fn of_self() -> &'static str {
            "self"
        }

        /// Behind the module.
        pub mod inner {
            /// Handlers below the re-export.
            #[super::super::cors_actix::cors(
                crate = super::super::cors_actix,
                allow_origins = ["https://example.com"],
            )]
            pub mod innermost {
                /// In the module.
                #[actix_web::get("/super")]
                pub async fn of_super() -> &'static str {
                    "super"
                }
            }

            /// In a module in the module.
            #[actix_web::get("/self/inner")]
            pub async fn of_inner_self() -> &'static str {
                "self/inner"
            }
        }
    }
}

/// The origin as a constant.
pub const EXAMPLE: &str = "https://example.com";

static OF_NAME: Policy = policy! { crate = web_cors, allow_origins = ["https://example.com"] };
static OF_TEXT: Policy =
    policy! { allow_origins = [EXAMPLE], crate = "crate::web_stack::cors_actix" };

/// Registers all handlers.
pub fn register(config: &mut ServiceConfig) {
    config
        .service(of_name)
        .service(of_path)
        .service(of_text)
        .service(of_policy)
        .service(of_constants)
        .service(of_extern::handler)
        .service(of_crate::handler)
        .service(of_import::handler)
        .service(of_import::inner::handler)
        .service(of_import::inner::own::handler)
        .service(web_stack::next_to::of_self)
        .service(web_stack::next_to::inner::of_inner_self)
        .service(web_stack::next_to::inner::innermost::of_super)
        .service(generated)
        .service(generated_module::handler);
    register_local(config);
}

/// Returns a layer.
pub fn layer() -> Cors {
    Cors::new(&OF_TEXT)
}

/// Returns a handle for the policy of the layer.
pub fn handle() -> PolicyHandle {
    PolicyHandle::new(OF_NAME.clone())
}

#[cors(crate = web_cors, allow_origins = ["https://example.com"], max_age = 60)]
#[put("/name")]
async fn of_name() -> &'static str {
    "name"
}

#[cors(allow_origins = ["https://example.com"], crate = web_stack::cors_actix)]
#[get("/path")]
async fn of_path() -> &'static str {
    "path"
}

#[cors(crate = "web_stack::cors_actix", allow_origins = ["https://example.com"])]
#[routes]
#[get("/text")]
#[put("/text")]
async fn of_text() -> &'static str {
    "text"
}

#[cors(policy = OF_NAME, crate = web_cors)]
#[get("/policy")]
async fn of_policy() -> &'static str {
    "policy"
}

#[cors(crate = web_cors, allow_origins = [EXAMPLE], max_age = 60 * 60)]
#[get("/constants")]
async fn of_constants() -> &'static str {
    "constants"
}

#[cors(crate = ::web_cors, allow_origins = ["https://example.com"])]
mod of_extern {
    #[actix_web::get("/extern")]
    pub(super) async fn handler() -> &'static str {
        "extern"
    }
}

#[cors(crate = crate::web_stack::cors_actix, policy = &OF_TEXT)]
mod of_crate {
    #[actix_web::get("/crate")]
    pub(super) async fn handler() -> &'static str {
        "crate"
    }
}

#[cors(crate = local, allow_origins = [EXAMPLE])]
mod of_import {
    #[actix_web::get("/import")]
    pub(super) async fn handler() -> &'static str {
        "import"
    }

    pub(super) mod inner {
        #[actix_web::get("/import/inner")]
        pub(in super::super) async fn handler() -> &'static str {
            "import/inner"
        }

        #[web_cors::cors(crate = web_cors, policy = super::super::OF_NAME)]
        pub(in super::super) mod own {
            #[actix_web::get("/import/own")]
            pub(in super::super::super) async fn handler() -> &'static str {
                "import/own"
            }
        }
    }
}

/// Registers modules in a function, and a handler in a function of a module.
fn register_local(config: &mut ServiceConfig) {
    #[cors(crate = web_stack::cors_actix, policy = OF_NAME)]
    mod of_function {
        use actix_web::web::ServiceConfig;

        pub(super) fn register(config: &mut ServiceConfig) {
            #[actix_web::get("/function")]
            async fn handler() -> &'static str {
                "function"
            }

            config.service(handler);
        }
    }

    of_function::register(config);
}

/// Makes handlers, as a package in front of others may.
#[macro_export]
macro_rules! handlers {
    ($name:ident, $path:literal, $module:ident, $inner:literal) => {
        #[$crate::web_stack::cors_actix::cors(
                                            crate = $crate::web_stack::cors_actix,
                                            policy = $crate::web_stack::cors_actix::policy! {
                                                crate = $crate::web_stack::cors_actix,
                                                allow_origins = [$crate::EXAMPLE],
                                            },
                                        )]
        #[actix_web::get($path)]
        async fn $name() -> &'static str {
            "handler"
        }

        #[$crate::web_stack::cors_actix::cors(
                                            crate = $crate::web_stack::cors_actix,
                                            allow_origins = [$crate::EXAMPLE],
                                        )]
        mod $module {
            #[actix_web::get($inner)]
            pub(super) async fn handler() -> &'static str {
                "handler"
            }
        }
    };
}

handlers!(generated, "/generated", generated_module, "/generated/module");
