//! Code that the tests share: an actix-web server on a loopback port, a client that sends exact bytes,
//! assertions that name every CORS header of a response, and a record of log lines.

#![allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a helper that can't do its work ends the test with a message"
)]

pub mod bad_policies;
pub mod browser;
pub mod calls;
pub mod client;
pub mod console;
pub mod erased;
pub mod headers;
pub mod journal;
pub mod library;
pub mod local;
pub mod matrix;
pub mod naive;
pub mod process;
pub mod proxied;
pub mod server;
pub mod sign;
pub mod situations;
pub mod socks;
pub mod strict;

pub use self::{
    client::{Client, Request, Response},
    headers::{PREFLIGHT_VARY, VARY, admitted, granted, granted_once},
    server::Server,
};

use std::env;

use cors_actix::Policy;

/// An origin that [`example`] allows.
pub const EXAMPLE: &str = "https://example.com";

/// Returns the policy of most tests: `https://example.com`, `https://*.example.com`, credentials.
pub fn example() -> Policy {
    Policy::builder()
        .allow_origins([EXAMPLE, "https://*.example.com"])
        .allow_credentials(true)
        .build()
        .expect("the policy is good")
}

/// Returns the policy with any origin and no other option.
pub fn open() -> Policy {
    Policy::builder().allow_origins(cors_actix::Any).build().expect("the policy is good")
}

/// Returns the number of items to generate: `all`, divided by `CORS_ACTIX_FEWER` if the variable is set, as
/// in mutation tests.
pub fn fewer(all: usize) -> usize {
    all.checked_div(number("CORS_ACTIX_FEWER", 1)).expect("CORS_ACTIX_FEWER is not 0")
}

/// Returns the number in the environment variable, or `default` if the variable is not set.
pub fn number(variable: &str, default: usize) -> usize {
    env::var(variable).map_or(default, |text| {
        text.parse().unwrap_or_else(|_| panic!("{variable} is not a number: {text:?}"))
    })
}
