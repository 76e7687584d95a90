//! The recipes of the module `recipes` in the documentation of `cors-actix`, one file for each.

pub mod database;
pub mod fonts;
pub mod grants;
pub mod instrumented;
pub mod oauth;
pub mod openapi;
pub mod proxied;
pub mod public_read;
pub mod server_sent_events;
pub mod session;
pub mod websocket;
