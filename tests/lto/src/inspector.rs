//! The warning about the inspector, which depends on the build.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use actix_web::{App, test};
use log::{LevelFilter, Log, Metadata, Record};

static WARNINGS: AtomicUsize = AtomicUsize::new(0);

struct Counter;

impl Log for Counter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cors_actix"
    }

    fn log(&self, record: &Record<'_>) {
        let text = record.args().to_string();
        if self.enabled(record.metadata()) && text.starts_with("the inspector at /_cors shows") {
            WARNINGS.fetch_add(1, SeqCst);
        }
    }

    fn flush(&self) {}
}

/// Asserts that an app with the inspector gets a warning in a release build, and none in a debug build.
///
/// # Panics
/// If the assertion fails.
pub(crate) async fn assert_warned() {
    assert!(log::set_logger(&Counter).is_ok(), "no other logger is set");
    log::set_max_level(LevelFilter::Warn);
    test::init_service(App::new().service(cors_actix::inspector("/_cors"))).await;
    assert_eq!(WARNINGS.load(SeqCst), usize::from(!cfg!(debug_assertions)));
}
