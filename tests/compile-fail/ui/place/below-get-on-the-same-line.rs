use actix_web::{App, get};
use cors_actix::cors;

#[get("/")] #[cors(allow_origins = any)]
/* nothing else */
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
