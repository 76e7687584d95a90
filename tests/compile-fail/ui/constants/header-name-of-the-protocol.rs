use actix_web::{App, get};
use cors_actix::cors;

const NAME: &str = "access-control-max-age";

#[cors(allow_origins = ["https://app.example.com"], expose_headers = [NAME])]
#[get("/")]
async fn handler() -> &'static str {
    "handler"
}

fn main() {
    App::new().service(handler);
}
