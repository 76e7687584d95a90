use actix_web::{App, get};
use cors_actix::cors;

const HOUR: u32 = 3600;

#[cors(allow_origins = ["https://app.example.com"], max_age = HOUR)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
