use actix_web::{App, routes};
use cors_actix::cors;

#[cors(allow_origins = any)]
#[routes]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
