//! Counts calls.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

/// A counter of calls.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<AtomicUsize>);

impl Calls {
    /// Counts one call.
    pub fn add(&self) {
        self.0.fetch_add(1, SeqCst);
    }

    /// Returns the number of calls since the last call of this method.
    pub fn take(&self) -> usize {
        self.0.swap(0, SeqCst)
    }
}
