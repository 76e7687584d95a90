use actix_web::App;
use cors_actix::cors;

#[cors(same_origin)]
mod admin {
    use actix_web::{App, get as fetch};

    #[fetch("list")]
    pub async fn list() -> &'static str {
        let _ = App::new();
        "list"
    }
}

fn main() {
    App::new().service(admin::list);
}
