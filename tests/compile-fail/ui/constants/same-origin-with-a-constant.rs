use actix_web::{App, get};
use cors_actix::cors;

const NAMES: &[&str] = &["x-id"];

#[cors(same_origin, allow_headers = NAMES)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
