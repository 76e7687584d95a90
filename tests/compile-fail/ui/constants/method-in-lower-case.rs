use actix_web::App;
use cors_actix::{Cors, Policy, policy};

const METHOD: &str = "put";

static POLICY: Policy = policy! { allow_origins = ["https://app.example.com"], allow_methods = [METHOD] };

fn main() {
    App::new().wrap(Cors::new(&POLICY));
}
