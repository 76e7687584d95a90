use actix_web::App;
use cors_actix::{Cors, Policy, policy};

static POLICY: Policy = policy! { crate = crate::nowhere, allow_origins = ["https://app.example.com"] };

fn main() {
    App::new().wrap(Cors::new(&POLICY));
}
