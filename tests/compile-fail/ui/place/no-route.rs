use actix_web::App;
use cors_actix::cors;

#[cors(allow_origins = any)]
#[allow(clippy::unused_async)]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
