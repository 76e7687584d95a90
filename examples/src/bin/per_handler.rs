//! A policy per handler: `#[cors]` adds the headers and answers the preflights, without middleware.
//!
//! ```sh
//! cargo run -p cors-actix-examples --bin per_handler
//!
//! curl -i -X OPTIONS http://127.0.0.1:8081/items/7 \
//!     -H 'Origin: https://app.example.com' \
//!     -H 'Access-Control-Request-Method: PUT' \
//!     -H 'Access-Control-Request-Headers: content-type'
//! ```

use actix_web::{App, HttpServer, Responder, delete, get, put, web};
use cors_actix::{Policy, cors, policy};

static PARTNERS: Policy = policy! {
    allow_origins = ["https://partner.example", "https://*.partner.example"],
    max_age = 600,
};

#[cors(
    allow_origins = ["https://app.example.com", "http://localhost:*"],
    allow_headers = ["content-type"],
    allow_credentials,
)]
#[put("/items/{id}")]
async fn update_item(id: web::Path<u32>, name: web::Json<String>) -> impl Responder {
    format!("item {id} is now {name}")
}

#[cors(policy = PARTNERS)]
#[get("/report")]
async fn report() -> impl Responder {
    "42 items"
}

#[cors(allow_origins = any)]
#[get("/status")]
async fn status() -> impl Responder {
    "up"
}

#[cors(same_origin)]
#[delete("/account")]
async fn close_account() -> impl Responder {
    "closed"
}

/// Registers the routes, which contain their policies.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(update_item).service(report).service(status).service(close_account);
}

/// Serves the app on 127.0.0.1:8081.
#[actix_web::main]
pub async fn main() -> std::io::Result<()> {
    env_logger::init();
    HttpServer::new(|| App::new().configure(configure)).bind(("127.0.0.1", 8081))?.run().await
}
