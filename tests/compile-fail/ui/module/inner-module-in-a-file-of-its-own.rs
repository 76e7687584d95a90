use actix_web::App;
use cors_actix::cors;

#[cors(same_origin)]
mod admin {
    #[actix_web::get("/list")]
    pub async fn list() -> &'static str {
        "list"
    }

    mod file;
}

fn main() {
    App::new().service(admin::list);
}
