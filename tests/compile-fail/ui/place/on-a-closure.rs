use actix_web::{App, web};
use cors_actix::cors;

fn main() {
    let handler = #[cors(allow_origins = any)]
    (|| async { "handler" });
    App::new().route("/", web::get().to(handler));
}
