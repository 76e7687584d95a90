//! An OpenAPI document by `utoipa`, of handlers with a policy of their own and of handlers in a module with a
//! policy.

use actix_web::{
    Responder, get,
    web::{self, Json},
};
use cors_actix::cors;
use utoipa::OpenApi;

/// Returns the name of the user.
// `#[utoipa::path]` stands first, because it has to see the route attribute, and makes items that
// `#[openapi(paths(…))]` finds beside the handler.
#[utoipa::path(responses((status = 200, body = String)))]
#[cors(allow_origins = ["https://app.example.com"], allow_credentials)]
#[get("/me")]
async fn me() -> impl Responder {
    "Ada"
}

/// The handlers for partners, which have one policy.
#[cors(allow_origins = ["https://partner.example"])]
mod partners {
    use actix_web::{Responder, get, web::Path};

    /// Returns an order.
    // Above the route attribute, as without `#[cors]`.
    #[utoipa::path(responses((status = 200, body = String)))]
    #[get("/orders/{id}")]
    pub async fn order(id: Path<u32>) -> impl Responder {
        format!("order {id}")
    }
}

/// The document.
#[derive(Debug, OpenApi)]
#[openapi(paths(me, partners::order))]
pub struct Document;

/// Returns the document, which editors on any origin can read.
#[cors(allow_origins = any)]
#[get("/openapi.json")]
async fn document() -> impl Responder {
    Json(Document::openapi())
}

/// Registers the routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(me).service(partners::order).service(document);
}
