use actix_web::{App, get};
use cors_actix::cors;

#[cors(allow_origins = any, expose_headers = ["set-cookie"])]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
