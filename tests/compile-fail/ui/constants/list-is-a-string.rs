use actix_web::{App, get};
use cors_actix::cors;

const APP: &str = "https://app.example.com";

#[cors(allow_origins = APP)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
