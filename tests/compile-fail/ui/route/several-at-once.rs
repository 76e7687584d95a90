use actix_web::{App, routes};
use cors_actix::cors;

#[cors(allow_origins = ["app.example.com"])]
#[routes]
#[get("/{a", name = "")]
#[post("/b", method = "GET", path = 1)]
async fn handler() {

}

fn main() {
    App::new().service(handler);
}
