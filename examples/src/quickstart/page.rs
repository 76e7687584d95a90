//! The page of the quickstart, which calls the API.

use actix_web::{HttpResponse, Route, web};
use serde_json::json;

/// Returns the configuration of the page. `api_base` is the address of the API: scheme, host and port,
/// without a slash at the end.
///
/// The page shows the policies from the source of the API, so that they are the policies that answer.
pub fn page(api_base: String) -> impl FnOnce(&mut web::ServiceConfig) + Clone + Send + 'static {
    move |cfg| {
        let config = json!({ "api": api_base }).to_string();
        cfg.route("/", file("text/html; charset=utf-8", include_str!("page.html")))
            .route("/page.css", file("text/css; charset=utf-8", include_str!("page.css")))
            .route("/page.js", file("text/javascript; charset=utf-8", include_str!("page.js")))
            .route("/rows.js", file("text/javascript; charset=utf-8", include_str!("rows.js")))
            .route("/api.rs", file("text/plain; charset=utf-8", include_str!("api.rs")))
            .route("/config.json", file("application/json", config));
    }
}

fn file(content_type: &'static str, text: impl Into<web::Bytes>) -> Route {
    let text = text.into();
    web::get().to(move || {
        let text = text.clone();
        async move { HttpResponse::Ok().content_type(content_type).body(text) }
    })
}
