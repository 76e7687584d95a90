//! The log lines of `cors-actix`. All tests of a process share one logger, so a test looks for lines that
//! only the test itself can have caused.

use std::sync::{Mutex, Once, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

/// The target under which the crate logs.
pub const TARGET: &str = "cors_actix";

/// A log line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The level.
    pub level: Level,
    /// The text.
    pub text: String,
}

static JOURNAL: Journal = Journal { entries: Mutex::new(Vec::new()) };

struct Journal {
    entries: Mutex<Vec<Entry>>,
}

/// Starts to record the log lines with the target [`TARGET`], of every level.
pub fn open() {
    static OPENED: Once = Once::new();
    OPENED.call_once(|| {
        log::set_logger(&JOURNAL).expect("no other logger is set");
        log::set_max_level(LevelFilter::Trace);
    });
}

/// Returns the log lines that contain the text.
pub fn entries_with(text: &str) -> Vec<Entry> {
    let entries = JOURNAL.entries.lock().unwrap_or_else(PoisonError::into_inner);
    entries.iter().filter(|entry| entry.text.contains(text)).cloned().collect()
}

impl Log for Journal {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let entry = Entry { level: record.level(), text: record.args().to_string() };
            self.entries.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
        }
    }

    fn flush(&self) {}
}
