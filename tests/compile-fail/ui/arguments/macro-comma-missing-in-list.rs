use cors_actix::{Policy, policy};

static PARTNERS: Policy = policy! { allow_origins = any, allow_methods = ["PUT" "DELETE"] };

fn main() {
    let _ = &PARTNERS;
}
