#![deny(warnings)]

use actix_web::App;
use cors_actix::cors;

#[cors(same_origin)]
mod admin {
    #[cors_actix::cors(allow_origins = any)]
    #[actix_web::get("/list")]
    pub async fn list() -> &'static str {
        "list"
    }

    #[cors_actix::cors(allow_origins = any)]
    pub mod inner {
        #[actix_web::get("/list")]
        pub async fn list() -> &'static str {
            "list"
        }
    }
}

fn main() {
    App::new().service(admin::list);
}
