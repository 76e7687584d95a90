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
/// A clone is cheap, because both values share the policy.
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
    /// Returns the policy that allows no other origin, for a handler or a scope in an app that allows other
    /// origins.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy};
    ///
    /// let scope = actix_web::web::scope("/admin").wrap(Cors::new(Policy::same_origin()));
    /// ```
    #[track_caller]
    pub const fn same_origin() -> Self {
        Policy::of_checked(PolicySpec { same_origin: true, ..PolicySpec::EMPTY })
    }

    /// Returns the policy that allows every origin, method and header, `authorization` included, and lets
    /// scripts read every header. For development, and for APIs that everyone may read. It never allows
    /// credentials, so cookies of users stay out of reach.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy};
    ///
    /// let app = actix_web::App::new().wrap(Cors::new(Policy::permissive()));
    /// ```
    #[track_caller]
    pub const fn permissive() -> Self {
        Policy::of_checked(PolicySpec {
            allow_origins: &["*"],
            allow_methods: &["*"],
            allow_headers: &["*", "authorization"],
            expose_headers: &["*"],
            ..PolicySpec::EMPTY
        })
    }

    /// Returns the policy of a spec with constants. The first use of the policy checks the spec.
    pub(crate) const fn of_unchecked(
        spec: PolicySpec<'static>,
        location: &'static Location<'static>,
    ) -> Self {
        let check = SpecCheck::with_constants(location);
        Policy(Repr::Static { spec, check, compiled: OnceLock::new() })
    }

    /// Returns the policy of a spec that `policy!` or `#[cors]` has checked. The first use of the policy checks
    /// the spec again with [`PolicySpec::check_without_tables`], which compiles the rules.
    #[track_caller]
    pub(crate) const fn of_checked(spec: PolicySpec<'static>) -> Self {
        let check = SpecCheck::again(Location::caller());
        Policy(Repr::Static { spec, check, compiled: OnceLock::new() })
    }

    #[cfg(feature = "inspector")]
    pub(crate) fn from_compiled(policy: &Arc<CompiledPolicy>) -> Self {
        Policy(Repr::Compiled(Arc::clone(policy)))
    }

    pub(super) fn of_compiled(policy: CompiledPolicy) -> Self {
        Policy(Repr::Compiled(Arc::new(policy)))
    }

    /// Returns the location where the policy is written: the file and line of `policy!`, `#[cors]` or
    /// `build()`, or the text given to [`PolicyBuilder::written_at`](crate::PolicyBuilder::written_at).
    ///
    /// ```
    /// use cors_actix::Policy;
    ///
    /// let policy = Policy::builder().allow_origins(["https://a.example"]).written_at("cors.toml: public").build()?;
    /// assert_eq!(policy.written_at(), "cors.toml: public");
    /// # Ok::<(), cors_actix::PolicyError>(())
    /// ```
    pub fn written_at(&self) -> String {
        self.compiled().written_at.to_string()
    }

    /// Returns the warnings of the policy: options and items that are valid but probably not intended.
    /// Warnings are also logged once: when [`PolicyBuilder::build`](crate::PolicyBuilder::build) runs, or at
    /// the first use of a policy of `policy!` or `#[cors]`.
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

    /// Returns the policy as it is now. A later [`PolicyHandle::replace`](crate::PolicyHandle::replace) does
    /// not change the result.
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

    /// Returns the policy, or `None` if a [`PolicyHandle`](crate::PolicyHandle) can replace the policy.
    pub(super) fn constant(&self) -> Option<Arc<CompiledPolicy>> {
        match &self.0 {
            Repr::Live(_) => None,
            Repr::Compiled(_) | Repr::Static { .. } => Some(self.compiled()),
        }
    }

    /// Returns the policy for good, or `None` if a handle can replace the policy, or a request has a say in it.
    pub(crate) fn fixed(&self) -> Option<Arc<CompiledPolicy>> {
        self.constant().filter(|policy| policy.choice.is_none())
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
