//! A service behind a proxy that ends TLS: nginx, Traefik or an API gateway. The service alone writes the
//! `Access-Control-*` headers, and reads from the proxy's headers which origin is its own.

use actix_web::{HttpResponse, Responder, web};
use cors_actix::{Cors, Policy, policy};

/// The policy: pages of the service itself, and one other origin. `enforce` compares `Origin` with the
/// scheme, host and port that the browser used, so the proxy has to send them.
static APP: Policy = policy! {
    allow_origins = ["https://app.example.com"],
    allow_methods = ["PUT"],
    allow_headers = ["content-type"],
    enforce,
};

/// Returns the layer around the app.
pub fn layer() -> Cors {
    Cors::new(&APP)
}

async fn read() -> impl Responder {
    "one order"
}

async fn write() -> impl Responder {
    HttpResponse::NoContent()
}

/// Registers the routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/orders").get(read).post(write).put(write));
}
