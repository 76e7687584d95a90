//! Rights that depend on the origin or the request, and further options: prefixes of header names, timing.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod by_origin;
mod by_request;
mod options;
mod values;

const APP: &str = "https://app.example";
const OTHER: &str = "https://other.example";

fn origin_line(origin: &str) -> String {
    format!("access-control-allow-origin: {origin}")
}
