use actix_web::App;
use cors_actix::cors;

mod other {
    pub use std::prelude::v1::test as get;
}

#[cors(same_origin)]
#[other::get]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
