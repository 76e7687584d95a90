use actix_web::{App, get};
use cors_actix::cors;

struct Secret;

#[cors(allow_origins = any)]
#[get("/")]
async fn handler(_: Secret) -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
