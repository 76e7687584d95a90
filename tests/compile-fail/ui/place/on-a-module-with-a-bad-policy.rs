use actix_web::App;
use cors_actix::cors;

#[cors(allow_origins = ["app.example.com"])]
mod handlers {
    #[actix_web::get("/")]
    async fn home() -> &'static str {
        "home"
    }

    #[actix_web::post("/")]
    async fn submit() -> &'static str {
        "submit"
    }
}

fn main() {
    App::new().service(handlers::home).service(handlers::submit);
}
