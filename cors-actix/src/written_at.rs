//! The location where a policy is written, for messages.

use std::{fmt, panic::Location, sync::Arc};

/// The location where a policy is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WrittenAt {
    /// A line of the program.
    Code(&'static Location<'static>),
    /// The text that the user has given, such as a file and a key.
    Named(Arc<str>),
}

impl fmt::Display for WrittenAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WrittenAt::Code(location) => write!(f, "{}:{}", location.file(), location.line()),
            WrittenAt::Named(name) => f.write_str(name),
        }
    }
}
