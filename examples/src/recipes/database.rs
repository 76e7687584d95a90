//! A list of origins in a database, with an empty list and with rows that are not origins.

use cors_actix::{Cors, Policy, PolicyError, PolicyHandle, Problem};

/// The policy of a list that changes while the service runs.
pub struct Origins {
    handle: PolicyHandle,
}

impl Origins {
    /// Makes the policy of the first rows. Without rows, no other origin is allowed.
    ///
    /// # Errors
    /// If another option than the list has a problem.
    pub fn new<R: AsRef<str>>(rows: &[R]) -> Result<(Self, Vec<Problem>), PolicyError> {
        let (policy, problems) = policy(rows)?;
        Ok((Origins { handle: PolicyHandle::new(policy) }, problems))
    }

    /// Replaces the list, for all workers from the next request on, and returns the rows that are left out.
    ///
    /// # Errors
    /// If another option than the list has a problem. Then nothing changes.
    pub fn replace<R: AsRef<str>>(&self, rows: &[R]) -> Result<Vec<Problem>, PolicyError> {
        let (policy, problems) = policy(rows)?;
        self.handle.replace(policy);
        Ok(problems)
    }

    /// Returns the layer around the app, which follows the list.
    pub fn layer(&self) -> Cors {
        Cors::new(&self.handle)
    }
}

/// Builds the policy of the rows, and returns the problems of the rows that are left out. `build` would
/// reject the whole list for one row.
fn policy<R: AsRef<str>>(rows: &[R]) -> Result<(Policy, Vec<Problem>), PolicyError> {
    Policy::builder()
        .allow_origins(rows.iter().map(R::as_ref))
        .allow_headers(["content-type"])
        .allow_credentials(true)
        .build_lossy()
}
