use actix_web::{App, get};
use cors_actix::cors;

#[cors(method_policy = PARTNERS)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
