use actix_web::{App, route};
use cors_actix::cors;

#[route("/", method = "GET", method = "POST")]
#[cors(allow_origins = any)]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
