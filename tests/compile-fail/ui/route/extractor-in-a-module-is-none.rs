use actix_web::App;
use cors_actix::cors;

#[cors(allow_origins = any)]
mod handlers {
    pub struct Secret;

    #[actix_web::get("/")]
    async fn home(_: Secret) -> &'static str {
        "home"
    }
}

fn main() {
    App::new().service(handlers::home);
}
