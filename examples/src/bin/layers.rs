//! All places for a policy in one app: the app, a path, a module of handlers, and a handler. The innermost
//! policy decides on preflights and on responses.
//!
//! ```sh
//! cargo run -p cors-actix-examples --bin layers
//!
//! for path in news partners/orders partners/audit admin/users account; do
//!     curl -si http://127.0.0.1:8081/$path -H 'Origin: https://partner.example' | grep -i access-
//! done
//! ```
//!
//! | path | innermost policy | `https://partner.example` may read the response |
//! |---|---|---|
//! | `/news` | the app's: any origin | yes |
//! | `/partners/orders` | the module's: partners | yes |
//! | `/partners/audit` | the handler's: the auditor | no |
//! | `/admin/users` | the path's (`/admin`): the admin page | no |
//! | `/account` | the handler's: no other origin | no |

use actix_web::{App, HttpServer, Responder, get, web};
use cors_actix::{Cors, Policy, cors, policy};

static EVERYBODY: Policy = policy! { allow_origins = any };

static PARTNERS: Policy = policy! {
    allow_origins = ["https://partner.example"],
    allow_headers = ["content-type"],
};

static ADMIN: Policy = policy! {
    allow_origins = ["https://admin.example.com"],
    allow_methods = ["DELETE"],
    allow_credentials,
};

#[cors(policy = PARTNERS)]
mod partners {
    use super::*;

    #[get("/orders")]
    pub async fn orders() -> impl Responder {
        "two anvils"
    }

    #[cors(allow_origins = ["https://auditor.example"])]
    #[get("/audit")]
    pub async fn audit() -> impl Responder {
        "nothing to report"
    }
}

#[cors(same_origin)]
#[get("/account")]
async fn account() -> impl Responder {
    "for our own pages"
}

/// Returns the layer around the app, with another policy for `/admin`.
pub fn layer() -> Cors {
    Cors::new(&EVERYBODY).scope("/admin", &ADMIN)
}

/// Registers the routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/news", web::get().to(async || "none"))
        .route("/admin/users", web::get().to(async || "Ada, Grace"))
        .route("/admin/users", web::delete().to(async || "gone"))
        .service(web::scope("/partners").service(partners::orders).service(partners::audit))
        .service(account);
}

/// Serves the app on 127.0.0.1:8081.
#[actix_web::main]
pub async fn main() -> std::io::Result<()> {
    env_logger::init();
    let app = || App::new().wrap(layer()).configure(configure);
    HttpServer::new(app).bind(("127.0.0.1", 8081))?.run().await
}
