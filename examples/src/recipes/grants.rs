//! Roles by `actix-web-grants`, inside of `Cors`: preflights carry no token, and pages can read a 401 or 403.

use std::collections::HashSet;

use actix_web::{
    Error, Responder, delete,
    dev::ServiceRequest,
    error::ErrorUnauthorized,
    get,
    http::header::AUTHORIZATION,
    web::{self, Path},
};
use actix_web_grants::{GrantsMiddleware, protect};
use cors_actix::{Cors, Policy, cors, policy};

static ADMIN_PAGE: Policy = policy! {
    allow_origins = ["https://admin.example.com"],
    allow_headers = ["authorization"],
    max_age = 600,
};

#[cors(policy = ADMIN_PAGE)]
#[delete("/users/{id}")]
#[protect("ADMIN")]
async fn remove(id: Path<u32>) -> impl Responder {
    format!("user {id} is removed")
}

#[cors(policy = ADMIN_PAGE)]
mod reports {
    use actix_web::{Responder, get};
    use actix_web_grants::protect;

    #[get("/reports")]
    #[protect(any("ADMIN", "AUDITOR"))]
    pub async fn reports() -> impl Responder {
        "one report"
    }
}

#[get("/status")]
async fn status() -> impl Responder {
    "up"
}

/// Returns the roles of the request's token.
async fn roles(request: &ServiceRequest) -> Result<HashSet<String>, Error> {
    let token = request.headers().get(AUTHORIZATION).and_then(|token| token.to_str().ok());
    match token {
        Some("Bearer for-admins") => Ok(HashSet::from(["ADMIN".to_owned()])),
        Some("Bearer for-guests") => Ok(HashSet::new()),
        _ => Err(ErrorUnauthorized("a token is missing")),
    }
}

/// Returns the layer, which is wrapped around the routes.
pub fn layer() -> Cors {
    Cors::new(Policy::same_origin())
}

/// Registers the routes, inside of the middleware that reads the roles.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(
        web::scope("")
            .wrap(GrantsMiddleware::with_extractor(roles))
            .service(remove)
            .service(reports::reports)
            .service(status),
    );
}
