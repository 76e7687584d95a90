use actix_web::{App, get};
use cors_actix::cors;

#[cors(allow_origins = any)]
#[get("/", method = "POST")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
