//! Serves the orders to the tenants' pages, and lets administrators add origins.

use actix_web::{
    Error, HttpResponse, Responder,
    error::{ErrorForbidden, ErrorInternalServerError},
    get, put, rt,
    web::{self, Data, Json, Path},
};
use actix_web_httpauth::extractors::bearer::BearerAuth;
use cors_actix::{Cors, cors};

use super::store::Tenants;

#[get("/orders")]
async fn orders() -> impl Responder {
    "two anvils"
}

// Whatever origins tenants have: only our own pages administer them.
#[cors(same_origin)]
#[put("/tenants/{tenant}/origins")]
async fn add_origin(
    administrator: BearerAuth,
    tenants: Data<Tenants>,
    tenant: Path<u32>,
    origin: Json<String>,
) -> Result<impl Responder, Error> {
    if administrator.token() != "admin" {
        return Err(ErrorForbidden("not an administrator"));
    }
    // In a task of its own, because a handler ends early if the client hangs up: the change could be stored
    // and not applied.
    let change = rt::spawn(async move { tenants.add(*tenant, &origin).await });
    change.await.map_err(ErrorInternalServerError)??;
    Ok(HttpResponse::NoContent())
}

/// Returns the layer around the app.
pub fn layer(tenants: &Tenants) -> Cors {
    Cors::new(tenants.policy())
}

/// Adds the routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(orders).service(add_origin);
}
