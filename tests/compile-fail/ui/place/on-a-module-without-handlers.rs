use actix_web::{App, web};
use cors_actix::cors;

#[cors(allow_origins = any)]
mod handlers {
    pub async fn home() -> &'static str {
        "home"
    }
}

fn main() {
    App::new().route("/", web::get().to(handlers::home));
}
