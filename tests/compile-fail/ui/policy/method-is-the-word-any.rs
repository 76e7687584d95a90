use actix_web::App;
use cors_actix::{Cors, Policy, policy};

static POLICY: Policy = policy! { allow_origins = any, allow_methods = ["any"] };

fn main() {
    App::new().wrap(Cors::new(&POLICY));
}
