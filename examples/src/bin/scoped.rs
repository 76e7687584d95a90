//! A policy per part of the app: a scope for partners, and a resource for any origin. Other routes have no
//! policy, so that only the app's own pages can read their responses. One handler inside the scope has its
//! own policy, and the innermost policy decides.
//!
//! ```sh
//! cargo run -p cors-actix-examples --bin scoped
//!
//! curl -i http://127.0.0.1:8081/partners/report -H 'Origin: https://partner.example'
//! ```

use actix_web::{App, HttpServer, Responder, get, web};
use cors_actix::{Cors, Policy, cors, policy};

static PARTNERS: Policy = policy! {
    allow_origins = ["https://partner.example"],
    allow_methods = ["PUT"],
    allow_headers = ["content-type"],
};

static EVERYBODY: Policy = policy! { allow_origins = any };

#[cors(allow_origins = ["https://auditor.example"])]
#[get("/audit")]
async fn audit() -> impl Responder {
    "nothing to report"
}

/// Registers the routes, some of them under a policy.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("/partners")
            .wrap(Cors::new(&PARTNERS))
            .route("/report", web::get().to(async || "42 items"))
            .route("/report", web::put().to(async || "accepted"))
            .service(audit),
    )
    .service(web::resource("/status").wrap(Cors::new(&EVERYBODY)).get(async || "up"))
    .route("/account", web::delete().to(async || "closed"));
}

/// Serves the app on 127.0.0.1:8081.
#[actix_web::main]
pub async fn main() -> std::io::Result<()> {
    env_logger::init();
    HttpServer::new(|| App::new().configure(configure)).bind(("127.0.0.1", 8081))?.run().await
}
