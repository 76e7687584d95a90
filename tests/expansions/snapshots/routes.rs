//! Each form of a route attribute.

#[cors(policy = POLICY)]
#[get("/one")]
async fn one_method() -> String {}

#[cors(policy = POLICY)]
#[routes]
#[get("/", name = "root")]
#[post("/")]
#[put("/")]
#[delete("/")]
#[head("/")]
#[connect("/")]
#[options("/")]
#[trace("/")]
#[patch("/")]
#[query("/")]
#[route("/{id:[0-9]+}", method = "GET", method = "PURGE")]
async fn every_method() -> String {}

#[cors(policy = POLICY)]
#[actix_web::get("/trailing",)]
async fn by_full_path() -> String {}

#[cors(policy = POLICY)]
#[actix_web::routes]
#[actix_web::get("/")]
#[actix_web::post("/")]
async fn routes_by_full_path() -> String {}

#[cors(policy = POLICY)]
#[post(
    "/items",
    guard = "is_admin",
    name = "items",
    wrap = "Logger::default()",
    guard = "guards::is_local",
    wrap = "middleware::from_fn(first)",
)]
async fn guarded_and_wrapped() -> String {}
