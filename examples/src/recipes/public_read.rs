//! A public API that every page can read, and its administration, which only one page can use.

use actix_web::{
    HttpResponse, Responder, get, put,
    web::{self, Path},
};
use cors_actix::{Cors, Policy, cors, policy};

/// Every page can read, without credentials.
static PUBLIC: Policy = policy! {
    allow_origins = any,
    expose_headers = ["x-total-count"],
    max_age = 86_400,
};

/// The admin page can write, with the cookies of the administrator. Other pages cannot send anything.
static ADMIN: Policy = policy! {
    allow_origins = ["https://admin.example.com"],
    allow_methods = ["PUT", "DELETE"],
    allow_headers = ["content-type"],
    allow_credentials,
    enforce,
};

#[get("/items")]
async fn items() -> impl Responder {
    HttpResponse::Ok().insert_header(("x-total-count", "2")).body("tea, milk")
}

#[get("/items/{id}")]
async fn item(id: Path<u32>) -> impl Responder {
    format!("item {id}")
}

// The path of `item`, with another policy: `#[cors]` decides by path and method.
#[cors(policy = ADMIN)]
#[put("/items/{id}")]
async fn update(id: Path<u32>) -> impl Responder {
    format!("item {id} is saved")
}

async fn users() -> impl Responder {
    "Ada, Grace"
}

async fn remove() -> impl Responder {
    HttpResponse::NoContent()
}

/// Returns the layer around the app: every page reads, and below `/admin` only the admin page does.
pub fn layer() -> Cors {
    Cors::new(&PUBLIC).scope("/admin", &ADMIN)
}

/// Registers the routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(items).service(item).service(update).service(
        web::scope("/admin")
            .route("/users", web::get().to(users))
            .route("/users", web::post().to(remove))
            .route("/users", web::delete().to(remove)),
    );
}
