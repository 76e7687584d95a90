//! Durations that the builder takes.

use std::time::Duration;

mod sealed {
    /// Converts a duration to whole seconds.
    pub trait WholeSeconds {
        fn whole_seconds(self) -> Option<u64>;
    }
}

use self::sealed::WholeSeconds;

/// A number of seconds, a [`Duration`] (fractions of a second are cut off), or an [`Option`] of either;
/// `None` leaves the choice to the browser. Sealed: other types cannot implement this trait.
///
/// ```
/// use std::time::Duration;
/// use cors_actix::Policy;
///
/// let configured: Option<u64> = None;
/// let builder = Policy::builder().max_age(60).max_age(Duration::from_secs(60)).max_age(configured);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number of seconds",
    label = "expected a `u64`, a `Duration`, or an `Option` of either"
)]
pub trait Seconds: WholeSeconds {}

impl<T: WholeSeconds> Seconds for T {}

impl WholeSeconds for u64 {
    fn whole_seconds(self) -> Option<u64> {
        Some(self)
    }
}

impl WholeSeconds for Duration {
    fn whole_seconds(self) -> Option<u64> {
        Some(self.as_secs())
    }
}

impl<T: WholeSeconds> WholeSeconds for Option<T> {
    fn whole_seconds(self) -> Option<u64> {
        self.and_then(T::whole_seconds)
    }
}
