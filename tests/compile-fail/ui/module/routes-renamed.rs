use actix_web::App;
use cors_actix::cors;

#[cors(same_origin)]
mod admin {
    use actix_web::routes as several;

    #[several]
    #[get("/list")]
    pub async fn list() -> &'static str {
        "list"
    }
}

fn main() {
    App::new().service(admin::list);
}
