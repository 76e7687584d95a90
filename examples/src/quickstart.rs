//! The quickstart's two apps: an API, and a page on another origin that calls the API.
//!
//! ```no_run
//! # use actix_web::{App, HttpServer};
//! # use cors_actix_examples::quickstart;
//! # fn mount() -> std::io::Result<()> {
//! let api = quickstart::api();
//! let page = quickstart::page("http://127.0.0.1:8081".to_owned());
//! HttpServer::new(move || App::new().configure(api.clone())).bind(("127.0.0.1", 8081))?;
//! HttpServer::new(move || App::new().configure(page.clone())).bind(("127.0.0.1", 8080))?;
//! # Ok(())
//! # }
//! ```

mod api;
mod page;
mod seen;

pub use self::{api::api, page::page};
