use actix_web::{App, get, post};
use cors_actix::cors;

#[cors(allow_origins = any)]
#[get("/")]
#[post("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
