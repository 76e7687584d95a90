#[actix_web::get("/list")]
pub async fn list() -> &'static str {
    "list"
}
