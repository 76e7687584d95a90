use actix_web::App;
use cors_actix::cors;

#[macro_export]
macro_rules! items {
    ($name:ident $path:literal) => {
        #[actix_web::get($path)]
        pub async fn $name() -> &'static str {
            $path
        }
    };
}

#[cors(same_origin)]
mod admin {
    #[actix_web::get("/list")]
    pub async fn list() -> &'static str {
        "list"
    }

    pub mod inner {
        crate::items! { one "/one" }
    }
}

fn main() {
    App::new().service(admin::list);
}
