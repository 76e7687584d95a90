use actix_web::App;
use cors_actix::cors;

const APP: &str = "https://app.example.com/";

#[cors(allow_origins = [APP])]
mod handlers {
    #[actix_web::get("/")]
    pub async fn handler() -> &'static str {
        "handler"
    }
}

fn main() {
    App::new().service(handlers::handler);
}
