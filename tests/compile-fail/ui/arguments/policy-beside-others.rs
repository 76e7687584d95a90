use actix_web::{App, get};
use cors_actix::cors;

#[cors(policy = PARTNERS, allow_credentials, max_age = 60)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
