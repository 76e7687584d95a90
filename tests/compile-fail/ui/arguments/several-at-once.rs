use actix_web::{App, get};
use cors_actix::cors;

#[cors(
    allow_origin = ["https://app.example.com"],
    allow_headers = ["content-type", 5, "host"],
    allow_methods = ["PUT"],
    allow_credentials("yes"),
    expose_headers,
    max_age = "1h",
    preflight_status = 301,
)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
