//! One policy for the whole app, built from an environment variable when the app starts.
//!
//! ```sh
//! ALLOW_ORIGINS='https://app.example.com, http://localhost:*' \
//!     cargo run -p cors-actix-examples --bin app_wide
//!
//! curl -i http://127.0.0.1:8081/hello -H 'Origin: https://app.example.com'
//! ```
//!
//! Expect `access-control-allow-origin: https://app.example.com` and `vary: Origin`. Other origins get only
//! `vary: Origin`. With `ALLOW_ORIGINS='https://App.example.com/, *.example.com'` the program reports all
//! problems of the policy at once.

use std::{env, process::ExitCode};

use actix_web::{App, HttpServer, http::Method, web};
use cors_actix::{Cors, Policy, PolicyError};

/// Returns the policy for a comma-separated list of origins.
///
/// # Errors
/// Every problem of the list.
pub fn policy(origins: &str) -> Result<Policy, PolicyError> {
    Policy::builder()
        .allow_origins(origins.split(',').map(str::trim).collect::<Vec<_>>())
        .allow_methods([Method::PUT])
        .allow_headers(["content-type"])
        .max_age(3600)
        .build()
}

/// Registers the routes, which contain no CORS code.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.route("/hello", web::get().to(async || "Hello"))
        .route("/hello", web::put().to(async || "Hello, renamed"));
}

/// Serves the app on 127.0.0.1:8081.
#[actix_web::main]
pub async fn main() -> ExitCode {
    env_logger::init();
    let origins = env::var("ALLOW_ORIGINS").unwrap_or_else(|_| "http://localhost:*".to_owned());
    let policy = match policy(&origins) {
        Ok(policy) => policy,
        Err(error) => return deny(&format!("ALLOW_ORIGINS: {error}")),
    };
    let app = move || App::new().wrap(Cors::new(policy.clone())).configure(configure);
    match HttpServer::new(app).bind(("127.0.0.1", 8081)) {
        Ok(server) => match server.run().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => deny(&error.to_string()),
        },
        Err(error) => deny(&format!("127.0.0.1:8081: {error}")),
    }
}

fn deny(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
