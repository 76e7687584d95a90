//! Spans of `tracing` around handlers. A preflight enters no span of a handler.

use actix_web::{
    Responder, get, put,
    web::{self, Json, Path},
};
use cors_actix::{Policy, cors, policy};
use tracing::instrument;

static APP: Policy =
    policy! { allow_origins = ["https://app.example.com"], allow_headers = ["content-type"] };

// `#[instrument]` works at every place. Directly above the function, it is closest to what it measures.
#[cors(policy = APP)]
#[put("/items/{id}")]
#[instrument(skip(name))]
async fn rename(id: Path<u32>, name: Json<String>) -> impl Responder {
    tracing::info!(length = name.len(), "renamed");
    format!("item {id} is {}", *name)
}

#[instrument(skip_all)]
#[cors(policy = APP)]
#[get("/above")]
async fn above() -> impl Responder {
    "measured"
}

#[cors(policy = APP)]
mod reports {
    use actix_web::{Responder, get};

    #[get("/reports")]
    #[tracing::instrument]
    pub async fn reports() -> impl Responder {
        "one report"
    }
}

/// Registers the routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(rename).service(above).service(reports::reports);
}
