//! The apps of this package's binaries, without their servers, so that tests can serve the apps on other
//! sockets.
//!
//! Start with `cargo run -p cors-actix-examples --bin quickstart`, and open the page whose address the program
//! prints.

#[path = "bin/app_wide.rs"]
pub mod app_wide;
#[path = "bin/authentication.rs"]
pub mod authentication;
#[cfg(feature = "configured")]
pub mod configured;
#[path = "bin/layers.rs"]
pub mod layers;
#[path = "bin/per_handler.rs"]
pub mod per_handler;
pub mod quickstart;
#[cfg(feature = "recipes")]
pub mod recipes;
#[path = "bin/scoped.rs"]
pub mod scoped;
#[cfg(feature = "tenants")]
pub mod tenants;
