//! Errors side by side: nothing that is wrong hides what else is.

use syn::{Error, Result};

/// Each, or the errors of all.
pub(crate) fn each<T>(results: impl IntoIterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    unless(values, errors)
}

/// The value, unless there are errors.
pub(crate) fn unless<T>(value: T, errors: impl IntoIterator<Item = Error>) -> Result<T> {
    errors.into_iter().reduce(joined).map_or(Ok(value), Err)
}

fn joined(mut error: Error, other: Error) -> Error {
    error.combine(other);
    error
}
