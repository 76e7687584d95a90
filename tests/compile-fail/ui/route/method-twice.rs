use actix_web::{App, route};
use cors_actix::cors;

#[cors(allow_origins = any)]
#[route("/", method = "GET", method = "GET")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
