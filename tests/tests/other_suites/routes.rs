//! Annotated routes, which are the counterparts of annotated controllers, decorated views and endpoints
//! with metadata. Their policies are checked by the compiler, so they are not in the rows.

use actix_web::{
    Responder, get,
    guard::{Guard as _, GuardContext, Header},
    route,
    web::{self, ServiceConfig},
};
use cors_actix::cors;

/// Registers the routes. Rows with `routes = true` have them.
pub(crate) fn configure(config: &mut ServiceConfig) {
    config
        .service(web::resource("/no").get(plain).post(plain))
        .service(default)
        .service(customized)
        .service(one_origin)
        .service(pattern)
        .service(class_level::foo)
        .service(class_level::bar)
        .service(class_age::class_age)
        .service(class_age::method_age)
        .service(ambiguous_a)
        .service(ambiguous_b)
        .service(special)
        .service(enabled)
        .service(disabled);
}

async fn plain() -> impl Responder {
    "handled"
}

#[cors(allow_origins = any, allow_headers = any, max_age = 1800)]
#[get("/default")]
async fn default() -> impl Responder {
    "handled"
}

#[cors(
    allow_origins = ["https://site1.com", "https://site2.com"],
    allow_headers = ["header1", "header2"],
    expose_headers = ["header3", "header4"],
    max_age = 123,
)]
#[route("/customized", method = "GET", method = "POST")]
async fn customized() -> impl Responder {
    "handled"
}

#[cors(allow_origins = ["https://site1.com"], allow_headers = any, max_age = 1800)]
#[get("/origin-value-attribute")]
async fn one_origin() -> impl Responder {
    "handled"
}

#[cors(allow_origins = ["https://*.com"], allow_headers = any, max_age = 1800)]
#[get("/origin-pattern-value-attribute")]
async fn pattern() -> impl Responder {
    "handled"
}

#[cors(allow_origins = any, allow_headers = any, max_age = 1800)]
mod class_level {
    use actix_web::{Responder, get};
    use cors_actix::cors;

    #[get("/foo")]
    pub(super) async fn foo() -> impl Responder {
        "handled"
    }

    #[cors(allow_origins = any, allow_headers = any, max_age = 1800)]
    #[get("/bar")]
    pub(super) async fn bar() -> impl Responder {
        "handled"
    }
}

#[cors(allow_origins = any, allow_headers = any, max_age = 10)]
mod class_age {
    use actix_web::{Responder, get};
    use cors_actix::cors;

    #[get("/classAge")]
    pub(super) async fn class_age() -> impl Responder {
        "handled"
    }

    #[cors(allow_origins = any, allow_headers = any, max_age = 100)]
    #[get("/methodAge")]
    pub(super) async fn method_age() -> impl Responder {
        "handled"
    }
}

fn header_is_a(context: &GuardContext<'_>) -> bool {
    Header("header1", "a").check(context)
}

fn header_is_b(context: &GuardContext<'_>) -> bool {
    Header("header1", "b").check(context)
}

#[cors(allow_origins = any, allow_headers = any, max_age = 1800)]
#[get("/ambiguous-header", guard = "header_is_a")]
async fn ambiguous_a() -> impl Responder {
    "handled"
}

#[cors(allow_origins = any, allow_headers = any, max_age = 1800)]
#[get("/ambiguous-header", guard = "header_is_b")]
async fn ambiguous_b() -> impl Responder {
    "handled"
}

#[cors(allow_origins = ["http://foo.com"])]
#[get("/api/v1/special")]
async fn special() -> impl Responder {
    "handled"
}

#[cors(allow_origins = ["http://example.com"])]
#[get("/enabled")]
async fn enabled() -> impl Responder {
    "handled"
}

#[cors(same_origin)]
#[get("/disabled")]
async fn disabled() -> impl Responder {
    "handled"
}
