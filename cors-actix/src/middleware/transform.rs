//! The transform that an app, a scope or a resource is wrapped in.

use std::{
    cell::OnceCell,
    future::{Ready, ready},
    panic::Location,
    rc::Rc,
};

use actix_service::{Service, Transform};
use actix_web::{
    Error,
    body::EitherBody,
    dev::{ServiceRequest, ServiceResponse},
};

use super::{
    config::LayerConfig, layer::CorsLayer, nesting::Presence, report::Reports,
    scope_path::ScopeError, service::CorsService,
};
use crate::policy::PolicySource;

/// CORS for an app, a scope or a resource.
///
/// It answers preflights itself, without running anything below it, and adds the headers of its
/// policy to every other response, those made from errors included. A response on which an inner layer
/// has decided is left alone. A preflight for a route under [`#[cors]`](crate::cors) is answered by that
/// route's policy, if the app's resource map gives the path to the route.
///
/// ```
/// use actix_web::{App, web};
/// use cors_actix::{Cors, Policy};
///
/// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
/// let app = App::new()
///     .wrap(Cors::new(policy))
///     .route("/", web::get().to(|| async { "hello" }));
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cors {
    config: LayerConfig,
}

impl Cors {
    /// A layer with this policy.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy, policy};
    ///
    /// static PARTNERS: Policy = policy! { allow_origins = ["https://partner.example"] };
    /// let scope = actix_web::web::scope("/partners").wrap(Cors::new(&PARTNERS));
    /// ```
    #[track_caller]
    pub fn new(policy: impl PolicySource) -> Self {
        Cors { config: LayerConfig::new(policy.policy(), Location::caller()) }
    }

    /// Gives all paths below `path` another policy. `path` counts from the root of the app, in the
    /// grammar of `actix_web::web::scope`: whole segments, `{name}`, `{name:expression}`; its
    /// percent-escapes are read as the router reads them. Of several that fit a request, the one
    /// with the longest text counts, its dynamic segments apart. Routes under [`#[cors]`](crate::cors) keep their own policy.
    ///
    /// A second [`Cors`] around a scope could not do this alone: preflights never reach it.
    ///
    /// A path that no request can have, and a second policy for the same path, keep the app from
    /// starting: an error is logged, and [`check`](Self::check) returns it.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy, policy};
    ///
    /// static PUBLIC: Policy = policy! { allow_origins = any };
    /// let layer = Cors::new(&PUBLIC).scope("/admin", Policy::same_origin());
    /// ```
    pub fn scope(mut self, path: &str, policy: impl PolicySource) -> Self {
        self.config.add_scope(path, policy.policy());
        self
    }

    /// Checks the paths given to [`scope`](Self::scope).
    ///
    /// # Errors
    /// [`ScopeError`] with everything that is wrong with them.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy};
    ///
    /// let layer = Cors::new(Policy::same_origin()).scope("/{tenant}/admin", Policy::same_origin());
    /// assert!(layer.check().is_ok());
    /// assert!(layer.scope("/admin?x", Policy::same_origin()).check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), ScopeError> {
        ScopeError::new(self.config.problems.clone()).map_or(Ok(()), Err)
    }

    /// Makes the layer's word the last: `Access-Control-*` headers that come from below are removed,
    /// and routes under [`#[cors]`](crate::cors) have no say. For gateways, in front of services that
    /// write such headers of their own.
    ///
    /// ```
    /// # use cors_actix::{Cors, Policy};
    /// let gateway = Cors::new(Policy::same_origin()).authoritative();
    /// ```
    pub fn authoritative(mut self) -> Self {
        self.config.authoritative = true;
        self
    }
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        if let Err(error) = self.check() {
            log::error!(target: "cors_actix", "the app does not start: {error}");
            return ready(Err(()));
        }
        if self.config.has_rejected_policy() {
            let location = self.config.location;
            log::error!(
                target: "cors_actix",
                "the app does not start: a policy of the layer at {location} has problems"
            );
            return ready(Err(()));
        }
        ready(Ok(CorsService {
            layer: Rc::new(CorsLayer {
                service,
                config: self.config.clone(),
                routes: OnceCell::new(),
                presence: Presence::new(self.config.location),
                reports: Reports::default(),
            }),
        }))
    }
}
