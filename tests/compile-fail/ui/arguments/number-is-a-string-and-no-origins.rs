use actix_web::{App, get};
use cors_actix::cors;

#[cors(max_age = "1h")]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
