use actix_web::App;
use cors_actix::{Cors, Policy, policy};

static POLICY: Policy = policy! { allow_origins = any, allow_methods = ["PUT", 5] };

fn main() {
    App::new().wrap(Cors::new(&POLICY));
}
