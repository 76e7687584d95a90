use std::{
    rc::Rc,
    sync::{Arc, OnceLock},
};

use actix_service::{ServiceFactory, ServiceFactoryExt as _, apply};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{AppService, ResourceDef, ServiceRequest, ServiceResponse},
    guard::{GuardContext, fn_guard},
};

use crate::{
    decision::Preflight,
    directory::Registered,
    middleware::Cors,
    policy::{AllowedMethods, Policy},
};

/// A route under `#[cors]`. One per process, however often it is registered.
#[derive(Debug)]
pub struct Route {
    path: &'static str,
    pub(crate) name: &'static str,
    methods: &'static [&'static str],
    /// Whether its user has put guards on it, which may pass a request on to the next route.
    pub(crate) guarded: bool,
    make_policy: fn() -> Policy,
    made: OnceLock<(Policy, Arc<AllowedMethods>)>,
}

impl Route {
    /// `make_policy` is called once.
    pub const fn new(
        path: &'static str,
        name: &'static str,
        methods: &'static [&'static str],
        guarded: bool,
        make_policy: fn() -> Policy,
    ) -> Self {
        Route { path, name, methods, guarded, make_policy, made: OnceLock::new() }
    }

    /// Registers the route: one entry of the router, which takes the route's requests and their
    /// preflights, in a layer outside of all that its user wraps it in.
    pub fn register<F, B>(
        &'static self,
        config: &mut AppService,
        endpoint: F,
        // A pointer, so that this is compiled once and not once for every route.
        guards: fn(&GuardContext<'_>) -> bool,
    ) where
        F: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let slash = if self.path.starts_with('/') || self.path.is_empty() { "" } else { "/" };
        let pattern = ResourceDef::new(format!("{slash}{}", self.path));
        let registered = Registered::new(self, pattern.clone());
        let names = registered.names();
        let guard = fn_guard(move |context| self.admits(context, || guards(context)));
        let endpoint = apply(Cors::of_route(self), endpoint).map(move |response| {
            // The layers of this app find the route for as long as its service lives.
            let _registered: &Rc<Registered> = &registered;
            response.map_into_boxed_body()
        });
        config.register_service(pattern, Some(vec![Box::new(guard)]), endpoint, Some(names));
    }

    /// Whether the route takes the request: one of its methods that its user's own guards accept, or
    /// a preflight for one of its methods, which lacks what those guards look at.
    fn admits(&self, context: &GuardContext<'_>, guards: impl FnOnce() -> bool) -> bool {
        let head = context.head();
        match Preflight::of(head) {
            Some(preflight) => self.takes(preflight.method.as_bytes()),
            None => self.methods.contains(&head.method.as_str()) && guards(),
        }
    }

    /// Whether browsers may preflight `method` for the route.
    pub(crate) fn takes(&self, method: &[u8]) -> bool {
        self.allowed_methods().methods.listed().any(|listed| listed.as_bytes() == method)
    }

    /// Whether nothing of the path is left for the route itself, so that it was all taken by scopes.
    pub(crate) fn is_at_its_scope(&self) -> bool {
        self.path.is_empty()
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.made().0
    }

    pub(crate) fn allowed_methods(&self) -> &Arc<AllowedMethods> {
        &self.made().1
    }

    fn made(&self) -> &(Policy, Arc<AllowedMethods>) {
        self.made.get_or_init(|| {
            ((self.make_policy)(), Arc::new(AllowedMethods::of_route(self.methods)))
        })
    }
}
