//! The recipes of the documentation, each with a page that can use it, with a page that cannot, and with the
//! mistake that the recipe avoids.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod database;
mod fonts;
mod gateways;
mod grants;
mod instrumented;
mod nginx;
mod oauth;
mod openapi;
mod public_read;
mod server_sent_events;
mod session;
mod websocket;

use cors_actix_browser::Seen;

/// The page that most recipes allow.
const APP: &str = "https://app.example.com";

/// The page of the administration.
const ADMIN: &str = "https://admin.example.com";

/// A page that no recipe allows.
const EVIL: &str = "https://evil.example";

/// Returns the status of the last response, also if the page cannot read the response.
#[track_caller]
fn sent_status(seen: &Seen) -> u16 {
    let last = seen.exchanges().last().and_then(|exchange| exchange.response());
    last.expect("a request was sent").status()
}

/// Blocks that need large crates are copies of the examples, which are compiled.
#[test]
fn blocks_that_are_not_compiled_are_code_of_the_examples() {
    let recipes = include_str!("../../../cors-actix/src/recipes.md");
    let blocks: Vec<_> =
        recipes.split("```").filter_map(|block| block.strip_prefix("ignore\n")).collect();
    assert_eq!(blocks.len(), 3);
    let examples = [
        include_str!("../../../examples/src/recipes/openapi.rs"),
        include_str!("../../../examples/src/recipes/grants.rs"),
    ];
    for block in blocks {
        assert!(examples.iter().any(|example| example.contains(block)), "no example has\n{block}");
    }
}
