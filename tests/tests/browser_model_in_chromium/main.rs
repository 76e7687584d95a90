//! Compares the browser of `cors_actix_browser` with Chromium, with the same services.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for production code"
)]

mod cookies;
mod fetches;
