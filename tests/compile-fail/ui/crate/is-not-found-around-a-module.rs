use actix_web::App;
use cors_actix::cors;

#[cors(crate = nowhere, allow_origins = ["https://app.example.com"])]
mod handlers {
    #[actix_web::get("/")]
    pub async fn handler() -> &'static str {
        "handler"
    }
}

fn main() {
    App::new().service(handlers::handler);
}
