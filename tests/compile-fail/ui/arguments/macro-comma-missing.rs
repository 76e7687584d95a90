use cors_actix::{Policy, policy};

static PARTNERS: Policy = policy! { allow_origins = ["https://a.example"] max_age = 3 };

fn main() {
    let _ = &PARTNERS;
}
