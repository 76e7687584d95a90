//! Servers under load and under faults. Every response is checked, nothing is lost, and the memory does not grow.
//!
//! Each of the two long tests runs for ten seconds, or for `ENDURANCE_SECONDS`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod ends;
mod faults;
mod mixed_load;
mod restarts;

use std::{
    fs, panic,
    sync::{
        Mutex, MutexGuard, Once, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, Instant},
};

use cors_actix_tests::number;

/// The largest growth of memory between the first third and the end of a test. Allocators keep some memory.
const GROWTH: u64 = 8 << 20;

/// Returns the time that a long test takes.
fn duration() -> Duration {
    Duration::from_secs(number("ENDURANCE_SECONDS", 10) as u64)
}

/// Calls `replace` once for each millisecond since `started`, until `over`. What a busy machine has delayed is made up
/// for at once, so that the rate is the same on every machine.
fn every_millisecond(started: Instant, over: &AtomicBool, mut replace: impl FnMut()) {
    let mut replaced = 0;
    loop {
        let is_last = over.load(SeqCst);
        let due = started.elapsed().as_millis();
        (replaced..due).for_each(|_| replace());
        replaced = due;
        if is_last {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until no other test of this program runs. The tests measure the memory of the process.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the number of panics in this process, except those of predicates that panic on purpose.
fn panics() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload().downcast_ref() != Some(&faults::ON_PURPOSE) {
                COUNT.fetch_add(1, SeqCst);
                usual(info);
            }
        }));
    });
    COUNT.load(SeqCst)
}

/// Returns the resident memory of the process, in bytes.
fn resident() -> u64 {
    const PAGE: u64 = 4_096;
    let pages = fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * PAGE
}
