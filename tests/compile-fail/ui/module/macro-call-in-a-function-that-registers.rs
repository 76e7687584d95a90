use actix_web::App;
use cors_actix::cors;

macro_rules! handler {
    ($name:ident $path:literal) => {
        #[actix_web::get($path)]
        async fn $name() -> &'static str {
            $path
        }
    };
}

#[cors(same_origin)]
mod admin {
    pub fn configure(config: &mut actix_web::web::ServiceConfig) {
        handler! { list "/list" }
        config.service(list);
    }
}

fn main() {
    App::new().configure(admin::configure);
}
