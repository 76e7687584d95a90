use cors_actix::cors;

#[cors(allow_origins = any)]
struct Handler;

fn main() {
    let _ = Handler;
}
