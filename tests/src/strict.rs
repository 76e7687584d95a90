//! Handlers in a crate that denies every lint, so that generated code must cause no warnings.
#![deny(warnings, missing_docs, unreachable_pub, unused, rust_2018_idioms)]
#![deny(let_underscore, nonstandard_style, unused_qualifications, single_use_lifetimes)]
#![deny(missing_debug_implementations, missing_copy_implementations, trivial_casts)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery, clippy::cargo)]
#![deny(clippy::missing_docs_in_private_items, clippy::absolute_paths, clippy::unwrap_used)]
#![allow(clippy::future_not_send, reason = "a request of actix-web is not")]
#![forbid(unsafe_code)]

use actix_web::{
    HttpRequest, get,
    guard::GuardContext,
    middleware::Logger,
    post, route, routes,
    web::{Path, ServiceConfig},
};
use cors_actix::{Policy, cors, policy};

/// A policy in a static.
pub static PARTNERS: Policy = policy! { allow_origins = ["https://partner.example"] };

/// Registers all handlers.
pub fn register(config: &mut ServiceConfig) {
    config.service(public).service(private).service(routed).service(module::inside);
    config.service(public_behind).service(routed_behind);
    config.service(constant).service(named::inside_named);
    register_local(config);
}

/// Registers a module in a function, with a handler in a function.
fn register_local(config: &mut ServiceConfig) {
    /// A module in a function.
    #[cors(policy = PARTNERS)]
    mod local {
        use actix_web::{get, web::ServiceConfig};

        /// Registers the handler in this function.
        pub(super) fn register(config: &mut ServiceConfig) {
            /// In a function.
            #[cfg_attr(all(), get("/local"))]
            async fn local() -> &'static str {
                "local"
            }

            config.service(local);
        }
    }

    local::register(config);
}

/// Public, and documented.
#[cors(
    allow_origins = ["https://example.com"],
    allow_headers = [any, "authorization"],
    expose_headers = any,
    max_age = 60,
)]
#[route(
    "/public/{id}",
    method = "GET",
    method = "PUT",
    guard = "always",
    wrap = "Logger::default()"
)]
pub async fn public(id: Path<u32>) -> String {
    id.to_string()
}

/// The handler behind the guard of `public`, with the policy that also has to grant.
#[cors(allow_origins = ["https://example.com"])]
#[route("/public/{id}", method = "GET", method = "PUT")]
async fn public_behind(id: Path<u32>) -> String {
    id.to_string()
}

/// Private.
#[cors(policy = PARTNERS)]
#[get("/private")]
async fn private(request: HttpRequest) -> String {
    request.path().to_owned()
}

/// On several paths.
#[cors(policy = &PARTNERS)]
#[routes]
#[get("/one")]
#[post("/two", guard = "always")]
pub(crate) async fn routed(request: HttpRequest) -> String {
    request.path().to_owned()
}

/// The handler behind the guard of `routed`.
#[cors(policy = PARTNERS)]
#[post("/two")]
async fn routed_behind(request: HttpRequest) -> String {
    request.path().to_owned()
}

/// The origin of partners.
const PARTNER: &str = "https://partner.example";

/// Under constants.
#[cors(
    crate = cors_actix,
    allow_origins = [PARTNER, concat!("https://", "b.example")],
    allow_headers = &[const { "x-id" }; 1],
    allow_credentials = cfg!(all()),
    max_age = 60 * 60,
    preflight_status = 200 + 4,
)]
#[get("/constant")]
async fn constant(request: HttpRequest) -> String {
    request.path().to_owned()
}

/// A guard.
const fn always(_: &GuardContext<'_>) -> bool {
    true
}

/// A module of handlers.
#[cors(policy = PARTNERS)]
pub mod module {
    use actix_web::{HttpRequest, get};

    /// In a module.
    #[get("/inside")]
    pub async fn inside(request: HttpRequest) -> String {
        request.path().to_owned()
    }
}

/// A module whose attribute names the crate, with a constant.
#[cors(crate = cors_actix, allow_origins = [PARTNER])]
pub mod named {
    use actix_web::{HttpRequest, get};

    /// In a module.
    #[get("/named")]
    pub async fn inside_named(request: HttpRequest) -> String {
        request.path().to_owned()
    }
}
