use actix_web::App;
use cors_actix::{Cors, Policy, policy};

static POLICY: Policy = policy! { policy = PARTNERS };

fn main() {
    App::new().wrap(Cors::new(&POLICY));
}
