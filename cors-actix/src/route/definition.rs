//! The definition of an annotated route, as `#[cors]` writes it into a `static`.

use std::{
    fmt,
    panic::Location,
    sync::{Arc, OnceLock},
};

use actix_web::dev::ResourceDef;

use crate::policy::{AllowedMethods, Policy, SharedPolicy};

/// A route under `#[cors]`. There is one value per process, even if the route is registered several times.
pub struct Route {
    path: &'static str,
    name: &'static str,
    methods: &'static [&'static str],
    /// `true` if the route has guards, so that a request may fall through to the next route.
    pub(crate) guarded: bool,
    /// The position of `#[cors]` in the source.
    pub(crate) location: &'static Location<'static>,
    source: &'static (dyn SharedPolicy + Sync),
    made: OnceLock<(Policy, Arc<AllowedMethods>)>,
}

impl Route {
    /// Defines a route. `source` is asked once. It is no closure, because the compiler would check the body of one
    /// more function for every route.
    #[track_caller]
    pub const fn new(
        path: &'static str,
        name: &'static str,
        methods: &'static [&'static str],
        guarded: bool,
        source: &'static (dyn SharedPolicy + Sync),
    ) -> Self {
        let location = Location::caller();
        Route { path, name, methods, guarded, location, source, made: OnceLock::new() }
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
            (self.source.policy(), Arc::new(AllowedMethods::of_route(self.methods)))
        })
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Route { path, name, methods, location, .. } = self;
        f.debug_tuple("Route").field(path).field(name).field(methods).field(location).finish()
    }
}
