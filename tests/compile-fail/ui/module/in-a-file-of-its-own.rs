use actix_web::App;
use cors_actix::cors;

#[cors(allow_origins = ["https://app.example.com"])]
mod handlers;

fn main() {
    App::new().service(handlers::list);
}
