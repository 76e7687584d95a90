use actix_web::App;
use cors_actix::cors;

macro_rules! items {
    ($name:ident $path:literal) => {
        #[get($path)]
        pub async fn $name() -> &'static str {
            $path
        }
    };
}

#[cors(same_origin)]
mod admin {
    use actix_web::get;

    items! { list "/list" }
}

fn main() {
    App::new().service(admin::list);
}
