//! `actix_cors::Cors` and its counterparts: two apps, one below each library, get the same requests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod before_and_after;
mod every_configuration;
mod methods_and_headers;
mod origins;
mod other_options;
mod pair;
mod table;

/// The page that policies allow.
const APP: &str = "https://app.example.com";

/// A page that they do not allow.
const OTHER: &str = "https://other.example";

/// A sandboxed frame, by its origin.
const SANDBOX: &str = "null";

/// The `Vary` line of `actix_cors`. The last of its names comes from the feature
/// `draft-private-network-access`.
const BEFORE_VARY: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network";
