//! The browser of `cors_actix_browser` does the same as Chromium with the same service.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for production code"
)]

mod cookies;
mod fetches;
