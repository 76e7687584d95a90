//! Serves items to everyone, and lets the console change the owner.

use actix_web::{HttpResponse, Responder, get, put, web};

#[get("/items")]
async fn items() -> impl Responder {
    HttpResponse::Ok().insert_header(("x-total-count", "2")).body("two anvils")
}

#[put("/owner")]
async fn set_owner(owner: web::Json<String>) -> impl Responder {
    format!("owned by {owner}")
}

/// Adds the routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(items).service(web::scope("/admin").service(set_owner));
}
