//! What `cors-actix` logs. One per process, so a test looks for what only it can have caused.

use std::sync::{Mutex, Once, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

/// The target under which the crate logs.
pub const TARGET: &str = "cors_actix";

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its level.
    pub level: Level,
    /// Its text.
    pub text: String,
}

static JOURNAL: Journal = Journal { entries: Mutex::new(Vec::new()) };

struct Journal {
    entries: Mutex<Vec<Entry>>,
}

/// Starts to write down what is logged under [`TARGET`], at any level.
pub fn open() {
    static OPENED: Once = Once::new();
    OPENED.call_once(|| {
        log::set_logger(&JOURNAL).expect("no other logger is set");
        log::set_max_level(LevelFilter::Trace);
    });
}

/// The messages that contain the text.
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
