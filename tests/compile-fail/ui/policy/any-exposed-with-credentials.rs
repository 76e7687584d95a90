use actix_web::{App, get};
use cors_actix::cors;

#[cors(expose_headers = any, allow_origins = ["https://a.example"], allow_credentials)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
