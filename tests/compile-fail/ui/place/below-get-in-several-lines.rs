use actix_web::{App, get};
use cors_actix::cors;

#[get(
    "/]", // A bracket in a string, and a comment.
    name = "home"
)]
/// And documentation.
#[allow(clippy::unused_async)]
#[cors(allow_origins = any)]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
