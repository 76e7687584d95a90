//! Replaces a policy while the service runs.

use std::sync::{Arc, PoisonError, RwLock};

use super::{
    compiled::CompiledPolicy,
    value::{Policy, Repr},
};

/// A handle to a policy that can be replaced while the service runs, for all workers at once. Requests in
/// progress keep the policy that they began with.
///
/// A clone of a handle is a handle to the same policy.
///
/// ```
/// use cors_actix::{Cors, Policy, PolicyHandle};
///
/// let policy = |origin: &str| Policy::builder().allow_origins([origin]).build();
/// let handle = PolicyHandle::new(policy("https://a.example")?);
/// let app = actix_web::App::new().wrap(Cors::new(&handle));
///
/// handle.replace(policy("https://b.example")?);
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PolicyHandle {
    live: Arc<RwLock<Arc<CompiledPolicy>>>,
}

impl PolicyHandle {
    /// Creates a handle to the policy.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicyHandle};
    /// let handle = PolicyHandle::new(Policy::same_origin());
    /// ```
    pub fn new(policy: Policy) -> Self {
        PolicyHandle { live: Arc::new(RwLock::new(policy.compiled())) }
    }

    /// Replaces the policy.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicyHandle};
    /// # let handle = PolicyHandle::new(Policy::same_origin());
    /// handle.replace(Policy::builder().allow_origins(["https://a.example"]).build()?);
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn replace(&self, policy: Policy) {
        // `compiled` locks the policy's own handle, which may be this handle. So it runs before the lock.
        let compiled = policy.compiled();
        let before = {
            let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *live, compiled)
        };
        // Freeing a large list of origins takes time, so the lock is released first.
        drop(before);
    }

    /// Returns a policy that follows this handle: after [`replace`](Self::replace), new requests get the new
    /// policy.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicyHandle};
    /// # let handle = PolicyHandle::new(Policy::same_origin());
    /// let policy: Policy = handle.policy();
    /// ```
    pub fn policy(&self) -> Policy {
        Policy(Repr::Live(Arc::clone(&self.live)))
    }
}
