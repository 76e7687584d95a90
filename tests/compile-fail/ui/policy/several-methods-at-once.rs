use actix_web::App;
use cors_actix::{Cors, Policy, policy};

static POLICY: Policy = policy! { 
    allow_origins = ["app.example.com"],
    allow_methods = ["PUT", "put", "TRACE", "P T"],
 };

fn main() {
    App::new().wrap(Cors::new(&POLICY));
}
