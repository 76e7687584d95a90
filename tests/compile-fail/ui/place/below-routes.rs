use actix_web::{App, routes};
use cors_actix::cors;

#[routes]
#[get("/")]
#[cors(allow_origins = any)]
#[post("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
