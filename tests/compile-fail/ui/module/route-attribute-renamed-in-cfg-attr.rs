use actix_web::App;
use cors_actix::cors;

mod web {
    pub use actix_web::get as fetch;
}

#[cors(same_origin)]
mod admin {
    #[cfg_attr(any(), actix_web::get("list"))]
    #[cfg_attr(all(), super::web::fetch("list"))]
    pub async fn list() -> &'static str {
        "list"
    }
}

fn main() {
    App::new().service(admin::list);
}
