use actix_web::{App, get};
use cors_actix::cors;

#[cors(allow_origins = ["https://a.example"; 3])]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
