use actix_web::{App, get};
use cors_actix::cors;

fn origin() -> &'static str {
    "https://app.example.com"
}

#[cors(allow_origins = [origin()])]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
