use actix_web::http::header;
use cors_actix::Policy;

fn main() {
    let _ = Policy::builder().allow_methods(header::RANGE);
}
