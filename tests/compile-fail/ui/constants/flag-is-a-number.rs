use actix_web::{App, get};
use cors_actix::cors;

const YES: u8 = 1;

#[cors(allow_origins = ["https://app.example.com"], allow_credentials = YES)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
