use actix_web::{App, get};
use cors_actix::cors;

const NAME: &str = "Cookie";

#[cors(allow_origins = ["https://app.example.com"], allow_headers = [NAME])]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
