use cors_actix::cors;

struct Handler;

#[cors(allow_origins = any)]
impl Handler {
    async fn get() -> &'static str {
        "handler"
    }
}

fn main() {
    let _ = Handler::get();
}
