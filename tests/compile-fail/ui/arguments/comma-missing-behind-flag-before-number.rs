use actix_web::{App, get};
use cors_actix::cors;

#[cors(allow_origins = "null", allow_credentials = false enforce max_age = 3)]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
