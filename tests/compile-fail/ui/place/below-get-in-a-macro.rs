use actix_web::{App, get};
use cors_actix::cors;

macro_rules! handler {
    ($name:ident, $path:literal) => {
        #[get($path)]
        #[cors(allow_origins = any)]
        async fn $name() -> &'static str {
            "handler"
        }
    };
}

handler!(handler, "/");

fn main() {
    App::new().service(handler);
}
