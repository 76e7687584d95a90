use actix_web::App;
use cors_actix::cors;

#[cors(same_origin)]
#[actix_web::get]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
