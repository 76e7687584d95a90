use actix_web::{App, get};
use cors_actix::cors;

#[cors(allow_origins = ["http://app.example.com"], allow_credentials)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
