use actix_web::{App, get};
use cors_actix::cors;

#[cors(
    allow_origins = ["https://App.example.com/", any, "http://intranet.example", null],
    allow_headers = ["content-type", "host", "x request id"],
    allow_credentials,
    expose_headers = [any, "Set-Cookie"],
    max_age = 60,
    preflight_status = 404,
)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
