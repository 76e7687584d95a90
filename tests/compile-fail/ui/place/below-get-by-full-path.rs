use actix_web::App;
use cors_actix::cors;

#[actix_web::get("/")]
#[cors(allow_origins = any)]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
