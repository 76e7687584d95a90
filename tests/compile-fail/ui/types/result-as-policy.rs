use cors_actix::{Cors, Policy};

fn main() {
    let _ = Cors::new(Policy::builder().allow_origins(["https://a.example"]).build());
}
