//! Combines errors, so that every mistake is reported at once.

use syn::{Error, Result};

/// Returns the values of all results, or one error that contains all errors.
pub(crate) fn collect_results<T>(results: impl IntoIterator<Item = Result<T>>) -> Result<Vec<T>> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => errors.push(error),
        }
    }
    or_errors(values, errors)
}

/// Returns the value, or one error that contains all errors if there are errors.
pub(crate) fn or_errors<T>(value: T, errors: impl IntoIterator<Item = Error>) -> Result<T> {
    errors.into_iter().reduce(combined).map_or(Ok(value), Err)
}

fn combined(mut error: Error, other: Error) -> Error {
    error.combine(other);
    error
}
