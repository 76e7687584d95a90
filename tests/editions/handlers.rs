//! Handlers that compile in every edition. Packages of several editions include this file.

use actix_web::{
    delete, get,
    guard::GuardContext,
    middleware::Logger,
    put, routes,
    web::{Path, ServiceConfig},
};
use cors_actix::{Policy, cors, policy};

/// A policy in a static.
pub static EXAMPLE: Policy = policy! { allow_origins = ["https://example.com"] };

/// Registers all handlers.
pub fn register(config: &mut ServiceConfig) {
    config.service(words).service(expression).service(routed).service(module::inside);
    config.service(generated).service(words_behind).service(routed_behind);
}

#[cors(allow_origins = ["https://example.com"], max_age = 60, preflight_status = 204)]
#[put("/words/{id}", guard = "always", wrap = "Logger::default()")]
async fn words(id: Path<u32>) -> String {
    id.to_string()
}

/// The handler behind the guard of `words`.
#[cors(policy = EXAMPLE)]
#[put("/words/{id}")]
async fn words_behind(id: Path<u32>) -> String {
    id.to_string()
}

#[cors(policy = EXAMPLE)]
#[get("/expression")]
async fn expression() -> &'static str {
    "expression"
}

#[cors(policy = &EXAMPLE)]
#[routes]
#[get("/routed")]
#[delete("/routed", guard = "always")]
async fn routed() -> &'static str {
    "routed"
}

/// The handler behind the guard of `routed`.
#[cors(policy = EXAMPLE)]
#[delete("/routed")]
async fn routed_behind() -> &'static str {
    "behind"
}

fn always(_: &GuardContext<'_>) -> bool {
    true
}

#[cors(policy = EXAMPLE)]
mod module {
    #[actix_web::get("/inside")]
    pub(super) async fn inside() -> &'static str {
        "inside"
    }
}

macro_rules! generate {
    ($name:ident, $path:expr, $policy:expr) => {
        #[cors(policy = $policy)]
        #[get($path)]
        async fn $name() -> &'static str {
            $path
        }
    };
}

generate!(generated, "/generated", Policy::clone(&EXAMPLE));
