use actix_web::Responder;
use cors_actix::cors;

#[cors(allow_origins = any)]
#[get("/")]
async fn handler() -> impl Responder {
    "Hello"
}

fn main() {}
