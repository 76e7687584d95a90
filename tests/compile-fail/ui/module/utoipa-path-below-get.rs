use actix_web::App;
use cors_actix::cors;
use utoipa::OpenApi as _;

#[cors(allow_origins = any)]
mod handlers {
    use actix_web::get;

    #[get("/")]
    #[utoipa::path(responses((status = 200)))]
    pub async fn handler() -> &'static str {
        ""
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(handlers::handler))]
struct Document;

fn main() {
    let _ = (App::new().service(handlers::handler), Document::openapi());
}
