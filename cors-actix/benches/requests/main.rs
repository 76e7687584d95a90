//! Measures the cost of a CORS layer per request, in instructions and allocations above the same app without
//! a layer: by hand (the floor), with actix-cors, with `Cors`, with `#[cors]`.
//!
//! `cargo bench -p cors-actix --bench requests` prints the table. The benchmark runs itself under callgrind,
//! whose counts do not depend on the load of the machine.
//! `-- --record` writes the counts to `benches/requests/recorded.tsv`, `-- --check` compares with them.

#[path = "../callgrind/mod.rs"]
mod callgrind;
mod cells;
mod floor;
mod recorded;
mod routes;
mod table;
mod written;

use std::process::ExitCode;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if has(callgrind::COUNTED) {
        actix_web::rt::System::new().block_on(cells::run());
        return ExitCode::SUCCESS;
    }
    match table::print(has("--record"), has("--check")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
