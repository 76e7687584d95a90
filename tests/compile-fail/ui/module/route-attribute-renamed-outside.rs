use actix_web::{App, get as fetch};
use cors_actix::cors;

#[cors(same_origin)]
mod admin {
    use super::*;

    #[fetch("/list")]
    pub async fn list() -> &'static str {
        "list"
    }
}

fn main() {
    App::new().service(admin::list);
}
