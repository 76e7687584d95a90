//! A policy as a value.

use std::{
    fmt,
    panic::Location,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use cors_actix_core::{PolicySpec, Warning};

use super::{compiled::CompiledPolicy, spec_check::SpecCheck};

/// A checked policy: the origins that may call, the methods and headers that they may use, and the
/// response headers that they may read.
///
/// A clone is cheap, and shares the policy.
///
/// ```
/// use actix_web::http::Method;
/// use cors_actix::Policy;
///
/// let policy = Policy::builder()
///     .allow_origins(["https://app.example.com", "https://*.example.org"])
///     .allow_methods([Method::PUT])
///     .allow_headers(["content-type"])
///     .allow_credentials(true)
///     .max_age(3600)
///     .build()?;
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
///
/// Write a policy that is known when the program is compiled with [`policy!`](crate::policy!): the
/// compiler then reports its problems. A policy is a value that never changes, except the one that
/// [`PolicyHandle::policy`](crate::PolicyHandle::policy) returns, which follows its handle.
pub struct Policy(pub(super) Repr);

pub(super) enum Repr {
    Compiled(Arc<CompiledPolicy>),
    Static { spec: PolicySpec<'static>, check: SpecCheck, compiled: OnceLock<Arc<CompiledPolicy>> },
    Live(Arc<RwLock<Arc<CompiledPolicy>>>),
}

impl Policy {
    /// Returns the policy that allows no other origin. It closes a handler or a scope in an app that is
    /// open.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy};
    ///
    /// let scope = actix_web::web::scope("/admin").wrap(Cors::new(Policy::same_origin()));
    /// ```
    pub const fn same_origin() -> Self {
        Policy::of_checked(PolicySpec { same_origin: true, ..PolicySpec::EMPTY })
    }

    /// Returns the policy of a spec that `policy!` or `#[cors]` has checked. Its first use checks it
    /// again, by [`PolicySpec::check_without_tables`].
    pub(crate) const fn of_checked(spec: PolicySpec<'static>) -> Self {
        Policy(Repr::Static { spec, check: SpecCheck::AGAIN, compiled: OnceLock::new() })
    }

    /// Returns the policy of a spec with constants. Its first use checks it.
    pub(crate) const fn of_unchecked(
        spec: PolicySpec<'static>,
        location: &'static Location<'static>,
    ) -> Self {
        Policy(Repr::Static { spec, check: SpecCheck::first(location), compiled: OnceLock::new() })
    }

    /// Returns the warnings of the policy: what builds, but is probably not meant. They are logged as
    /// well, once, when the policy is built, or first used if the compiler has built it.
    ///
    /// ```
    /// use cors_actix::Policy;
    ///
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).allow_methods(["GET"]).build()?;
    /// assert_eq!(
    ///     policy.warnings()[0].to_string(),
    ///     "allow_methods[0]: GET is always allowed (a CORS-safelisted method); listing it changes nothing",
    /// );
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn warnings(&self) -> Vec<Warning> {
        self.compiled().warnings.clone()
    }

    /// Returns the policy as it is now. A later [`PolicyHandle::replace`](crate::PolicyHandle::replace) does not change the result.
    pub(crate) fn compiled(&self) -> Arc<CompiledPolicy> {
        match &self.0 {
            Repr::Compiled(compiled) => Arc::clone(compiled),
            Repr::Live(live) => Arc::clone(&live.read().unwrap_or_else(PoisonError::into_inner)),
            Repr::Static { spec, check, compiled } => {
                Arc::clone(compiled.get_or_init(|| Arc::new(check.compile(spec))))
            }
        }
    }

    /// Returns `true` if the policy has problems that were found when it was first used.
    pub(crate) fn is_rejected(&self) -> bool {
        self.compiled().is_rejected
    }

    /// Returns the policy for good, or `None` if a [`PolicyHandle`](crate::PolicyHandle) can replace it.
    pub(crate) fn fixed(&self) -> Option<Arc<CompiledPolicy>> {
        match &self.0 {
            Repr::Live(_) => None,
            Repr::Compiled(_) | Repr::Static { .. } => Some(self.compiled()),
        }
    }
}

impl Clone for Policy {
    fn clone(&self) -> Self {
        match &self.0 {
            Repr::Live(live) => Policy(Repr::Live(Arc::clone(live))),
            Repr::Compiled(_) | Repr::Static { .. } => Policy(Repr::Compiled(self.compiled())),
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.compiled().fmt(f)
    }
}
