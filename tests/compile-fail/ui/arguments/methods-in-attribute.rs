use actix_web::{App, get};
use cors_actix::cors;

#[cors(allow_origins = ["https://app.example.com"], allow_methods = ["PUT"])]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
