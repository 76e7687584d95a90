//! How often something was called.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

/// Counts calls of what it was given to.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<AtomicUsize>);

impl Calls {
    /// Counts one.
    pub fn add(&self) {
        self.0.fetch_add(1, SeqCst);
    }

    /// How many there were since it was asked last.
    pub fn take(&self) -> usize {
        self.0.swap(0, SeqCst)
    }
}
