use actix_web::App;
use cors_actix::cors;

#[cors(same_origin)]
mod admin {
    #[actix_web::get("/list")]
    #[cors_actix::cors(allow_origins = any)]
    pub async fn list() -> &'static str {
        "list"
    }
}

fn main() {
    App::new().service(admin::list);
}
