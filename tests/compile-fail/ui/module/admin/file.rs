#[actix_web::get("/file")]
pub async fn file() -> &'static str {
    "file"
}
