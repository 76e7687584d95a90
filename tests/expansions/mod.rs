//! Expands `#[cors]` and `policy!` outside of the compiler, where a test of all programs takes less than a second.

mod expander;
mod messages;
mod snapshots;
