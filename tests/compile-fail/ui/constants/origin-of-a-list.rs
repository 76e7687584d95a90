use actix_web::{App, get};
use cors_actix::cors;

const ORIGINS: &[&str] = &["https://app.example.com", "https://b.example/"];

#[cors(allow_origins = ORIGINS)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
