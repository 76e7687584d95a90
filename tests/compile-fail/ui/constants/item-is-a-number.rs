use actix_web::{App, get};
use cors_actix::cors;

const PORT: u16 = 443;

#[cors(allow_origins = [PORT])]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
