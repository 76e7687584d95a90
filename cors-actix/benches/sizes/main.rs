//! Shows that the cost of a request does not depend on the number of origins, and that the cost of a
//! preflight grows in proportion to the bytes of its header list.
//!
//! `cargo bench -p cors-actix --bench sizes` prints both tables. The benchmark runs itself under callgrind,
//! and takes some minutes, because callgrind is slow and a million origins are checked twice.

#[path = "../callgrind/mod.rs"]
mod callgrind;
mod origins;
mod request_headers;

use std::{io, process::ExitCode};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == callgrind::COUNTED) {
        origins::count();
        actix_web::rt::System::new().block_on(request_headers::count());
        return ExitCode::SUCCESS;
    }
    match print() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn print() -> io::Result<()> {
    origins::print_builds();
    let counted = callgrind::run()?;
    let (of_origins, of_headers): (Vec<_>, Vec<_>) =
        counted.into_iter().partition(|(cell, _)| cell.starts_with(origins::LABEL));
    origins::print(&of_origins);
    request_headers::print(&of_headers);
    Ok(())
}
