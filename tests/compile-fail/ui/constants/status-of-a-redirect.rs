use actix_web::{App, get};
use cors_actix::cors;

const STATUS: u16 = 301;

#[cors(allow_origins = ["https://app.example.com"], preflight_status = STATUS)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
