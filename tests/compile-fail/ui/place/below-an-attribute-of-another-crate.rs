use actix_web::App;
use cors_actix::cors;

mod other {
    pub use utoipa::path as get;
}

#[other::get(get, path = "/")]
#[cors(allow_origins = any)]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
