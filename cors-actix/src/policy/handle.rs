//! Replaces a policy while the service runs.

use std::sync::{Arc, PoisonError, RwLock};

use super::{
    compiled::CompiledPolicy,
    value::{Policy, Repr},
};

/// A policy that can be replaced while the service runs, for all workers at once. Requests in flight
/// finish under the policy that they began with.
///
/// Cloning one gives another handle to the same location.
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
    /// A place for policies, with its first.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicyHandle};
    /// let handle = PolicyHandle::new(Policy::same_origin());
    /// ```
    pub fn new(policy: Policy) -> Self {
        PolicyHandle { live: Arc::new(RwLock::new(policy.compiled())) }
    }

    /// Puts another policy in the place of the one before.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicyHandle};
    /// # let handle = PolicyHandle::new(Policy::same_origin());
    /// handle.replace(Policy::builder().allow_origins(["https://a.example"]).build()?);
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn replace(&self, policy: Policy) {
        // Before the lock is taken: the policy may be that of this very handle.
        let compiled = policy.compiled();
        let before = {
            let mut live = self.live.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *live, compiled)
        };
        // A large allow-list takes time to free; nobody waits for it at the lock.
        drop(before);
    }

    /// The policy in the location, whichever it is when a request comes.
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
