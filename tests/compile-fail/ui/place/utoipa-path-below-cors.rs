use actix_web::{App, get};
use cors_actix::cors;
use utoipa::OpenApi as _;

#[cors(allow_origins = any)]
#[utoipa::path(responses((status = 200)))]
#[get("/")]
async fn handler() -> &'static str {
    ""
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(handler))]
struct Document;

fn main() {
    let _ = (App::new().service(handler), Document::openapi());
}
