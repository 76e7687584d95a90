use actix_web::http::Method;
use cors_actix::Policy;

fn main() {
    let _ = Policy::builder().allow_origins([Method::PUT]);
}
