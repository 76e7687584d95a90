use actix_web::App;
use cors_actix::{Cors, Policy, policy};

static POLICY: Policy = policy! { allow_origins = any, alow_methods = ["PUT"] };

fn main() {
    App::new().wrap(Cors::new(&POLICY));
}
