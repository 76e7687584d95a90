use actix_web::App;
use cors_actix::cors;

#[allow(clippy::unused_async)]
#[cors(allow_origins = any)]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
