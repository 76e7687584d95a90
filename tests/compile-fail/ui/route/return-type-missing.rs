use actix_web::{App, get};
use cors_actix::cors;

#[cors(allow_origins = any)]
#[get("/")]
async fn handler() {

}

fn main() {
    App::new().service(handler);
}
