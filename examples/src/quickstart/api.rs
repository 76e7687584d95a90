//! The API of the quickstart, with one handler for each situation.

use actix_web::{
    Either, HttpRequest, HttpResponse, Responder,
    cookie::{Cookie, SameSite},
    delete, error, get,
    middleware::from_fn,
    post, put,
    web::{self, Data, Form, Json, Path},
};
use cors_actix::{Cors, Policy, cors, inspector, policy};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::seen::{self, Seen};

// The last origin is for the browser test, which opens the page under a host name, with TLS, on another
// port.
static PAGE: Policy = policy! {
    allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080", "https://*.quickstart.test:*"],
};

static NOTES: Policy = policy! {
    allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080", "https://*.quickstart.test:*"],
    allow_methods = ["PUT"],
};

#[derive(Deserialize, Serialize)]
struct Item {
    name: String,
}

#[cors(allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080", "https://*.quickstart.test:*"])]
#[get("/items")]
async fn list_items() -> impl Responder {
    Json(["anvil", "bellows"])
}

#[cors(allow_origins = any)]
#[get("/status")]
async fn status() -> impl Responder {
    Json("up")
}

#[cors(policy = PAGE)]
#[post("/contact")]
async fn contact(item: Form<Item>) -> impl Responder {
    Json(format!("Thank you, {}", item.name))
}

#[cors(
    allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080", "https://*.quickstart.test:*"],
    allow_headers = ["content-type", "x-request-id"],
)]
#[put("/items/{id}")]
async fn update_item(id: Path<u32>, item: Json<Item>) -> impl Responder {
    Json(json!({ "id": *id, "name": item.name }))
}

#[cors(policy = PAGE)]
#[get("/items/{id}")]
async fn show_item(id: Path<u32>) -> Result<Json<Item>, actix_web::Error> {
    Err(error::ErrorNotFound(format!("no item {id}")))
}

#[delete("/items/{id}")]
async fn remove_item(id: Path<u32>) -> impl Responder {
    Json(format!("removed {id}"))
}

#[cors(
    allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080", "https://*.quickstart.test:*"],
    max_age = 600,
)]
#[put("/settings")]
async fn save_settings() -> impl Responder {
    Json("saved")
}

#[cors(
    allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080", "https://*.quickstart.test:*"],
    allow_credentials,
)]
#[post("/session/{user}")]
async fn sign_in(user: Path<u32>, req: HttpRequest) -> impl Responder {
    let session = Cookie::build("quickstart-user", user.to_string())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(req.connection_info().scheme() == "https")
        .finish();
    HttpResponse::NoContent().cookie(session).finish()
}

#[cors(
    allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080", "https://*.quickstart.test:*"],
    allow_credentials,
)]
#[get("/session")]
async fn who_am_i(req: HttpRequest) -> impl Responder {
    match req.cookie("quickstart-user") {
        Some(user) => Either::Left(Json(format!("user {}", user.value()))),
        None => Either::Right(HttpResponse::Unauthorized().json("no cookie came along")),
    }
}

#[cors(policy = PAGE)]
#[get("/greeting")]
async fn greet() -> impl Responder {
    Json("Hello, whoever you are")
}

#[cors(
    allow_origins = ["http://127.0.0.1:8080", "http://localhost:8080", "https://*.quickstart.test:*"],
    expose_headers = ["x-total-count"],
)]
#[get("/search")]
async fn search() -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("x-total-count", "2"))
        .insert_header(("x-cache", "warm"))
        .json(["anvil", "bellows"])
}

#[cors(allow_origins = ["https://partner.example"])]
#[get("/report")]
async fn read_report() -> impl Responder {
    Json("for partners")
}

#[cors(allow_origins = ["https://partner.example"])]
#[put("/report")]
async fn replace_report() -> impl Responder {
    Json("replaced")
}

#[cors(same_origin)]
#[delete("/account")]
async fn close_account() -> impl Responder {
    Json("closed")
}

async fn keep_note() -> impl Responder {
    Json("kept")
}

async fn drop_note() -> impl Responder {
    Json("dropped")
}

#[cors(policy = PAGE)]
#[get("/seen/{tag}")]
async fn seen_methods(tag: Path<String>, seen: Data<Seen>) -> impl Responder {
    Json(seen.methods(&tag))
}

/// Returns the configuration of the API, with a record of the requests that have reached the API.
///
/// Clones share the record, so one call is enough for all workers of a server.
pub fn api() -> impl FnOnce(&mut web::ServiceConfig) + Clone + Send + 'static {
    let seen = Data::new(Seen::default());
    move |cfg| {
        // Shows all policies to everyone, so only for development. In front of the scope, which takes every path.
        if cfg!(debug_assertions) {
            cfg.service(inspector("/_cors"));
        }
        cfg.app_data(seen).service(
            web::scope("")
                .wrap(from_fn(seen::note))
                .service(list_items)
                .service(status)
                .service(contact)
                .service(update_item)
                .service(show_item)
                .service(remove_item)
                .service(save_settings)
                .service(sign_in)
                .service(who_am_i)
                .service(greet)
                .service(search)
                .service(read_report)
                .service(replace_report)
                .service(close_account)
                .service(seen_methods)
                .service(
                    web::resource("/notes/{id}")
                        .wrap(Cors::new(&NOTES))
                        .put(keep_note)
                        .delete(drop_note),
                ),
        );
    }
}
