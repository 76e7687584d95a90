use actix_web::{App, web};
use cors_actix::cors;

#[cors(allow_origins = any)]
#[allow(clippy::unused_async)]
async fn handler(path: web::Path<u32>) -> String {
    path.to_string()
}

fn main() {
    App::new().route("/", web::get().to(handler));
}
