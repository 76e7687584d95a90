//! A policy per part of the app: one scope for partners, one resource for everybody, the rest with
//! no policy and so for the app's own pages only. One handler inside the scope has a policy of its
//! own, and the nearest policy wins.
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

/// The routes, some of them under a policy.
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

/// Serves on 127.0.0.1:8081.
#[actix_web::main]
pub async fn main() -> std::io::Result<()> {
    env_logger::init();
    HttpServer::new(|| App::new().configure(configure)).bind(("127.0.0.1", 8081))?.run().await
}
