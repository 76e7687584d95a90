//! The definition of an annotated route, as `#[cors]` writes it into a `static`.

use std::{
    fmt,
    panic::Location,
    sync::{Arc, OnceLock},
};

use actix_web::{dev::ResourceDef, guard::GuardContext};

use crate::policy::{AllowedMethods, Policy, SharedPolicy};

type Guards = fn(&GuardContext<'_>) -> bool;

enum Source {
    Own(Policy),
    Shared(&'static (dyn SharedPolicy + Sync)),
}

/// A route under `#[cors]`. There is one value per process, even if the route is registered several times.
pub struct Route {
    path: &'static str,
    name: &'static str,
    methods: &'static [&'static str],
    /// The guards of the route, by which a request may fall through to the next route. A function pointer, because
    /// a generic parameter would compile code for every route.
    pub(crate) guards: Option<Guards>,
    /// The position of `#[cors]` in the source.
    pub(crate) location: &'static Location<'static>,
    source: Source,
    /// In a box, because the program's file has room for the value of every route.
    made: OnceLock<Box<(Policy, Arc<AllowedMethods>)>>,
}

impl Route {
    /// Defines a route with a policy of its own.
    #[track_caller]
    pub const fn new(
        path: &'static str,
        name: &'static str,
        methods: &'static [&'static str],
        policy: Policy,
    ) -> Self {
        Route::with(path, name, methods, Source::Own(policy))
    }

    /// Defines a route with a policy of several routes, or of an expression, which is evaluated once.
    #[track_caller]
    pub const fn of_shared(
        path: &'static str,
        name: &'static str,
        methods: &'static [&'static str],
        policy: &'static (dyn SharedPolicy + Sync),
    ) -> Self {
        Route::with(path, name, methods, Source::Shared(policy))
    }

    #[track_caller]
    const fn with(
        path: &'static str,
        name: &'static str,
        methods: &'static [&'static str],
        source: Source,
    ) -> Self {
        let location = Location::caller();
        Route { path, name, methods, guards: None, location, source, made: OnceLock::new() }
    }

    /// Adds the guards.
    #[must_use]
    pub const fn guarded(mut self, guards: Guards) -> Self {
        self.guards = Some(guards);
        self
    }

    /// Returns the route's own pattern. As in actix-web, a pattern that is not empty starts with a slash.
    pub(crate) fn own_pattern(&self) -> ResourceDef {
        let has_slash = self.path.is_empty() || self.path.starts_with('/');
        let slash = if has_slash { "" } else { "/" };
        ResourceDef::new(format!("{slash}{}", self.path))
    }

    /// Returns `true` if the route has an empty pattern: scopes consume the whole path.
    pub(crate) fn is_at_its_scope(&self) -> bool {
        self.path.is_empty()
    }

    /// Returns `true` if a request may fall through to the next route.
    pub(crate) fn is_guarded(&self) -> bool {
        self.guards.is_some()
    }

    pub(crate) fn methods(&self) -> &'static [&'static str] {
        self.methods
    }

    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Returns `true` if the route has the method. Guards are not asked.
    pub(crate) fn has_method(&self, method: &str) -> bool {
        self.methods.contains(&method)
    }

    /// Returns `true` if a preflight for `method` can be for the route.
    pub(crate) fn takes(&self, method: &[u8]) -> bool {
        self.allowed_methods().methods.listed().any(|listed| listed.as_bytes() == method)
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.made().0
    }

    pub(crate) fn allowed_methods(&self) -> &Arc<AllowedMethods> {
        &self.made().1
    }

    fn made(&self) -> &(Policy, Arc<AllowedMethods>) {
        self.made.get_or_init(|| {
            let policy = match &self.source {
                Source::Own(policy) => policy.clone(),
                Source::Shared(policy) => policy.policy(),
            };
            Box::new((policy, Arc::new(AllowedMethods::of_route(self.methods))))
        })
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Route { path, name, methods, location, .. } = self;
        f.debug_tuple("Route").field(path).field(name).field(methods).field(location).finish()
    }
}
