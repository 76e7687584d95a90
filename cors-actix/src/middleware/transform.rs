//! `Cors`, the middleware that is given to `wrap`.

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

/// CORS middleware for an app, a scope or a resource.
///
/// A layer answers preflights itself, and no code inside of the layer runs. All other responses get the
/// headers of the layer's policy, including responses made from errors. If an inner layer or a handler has
/// set the CORS headers, the response stays unchanged. For a route under [`#[cors]`](crate::cors), the
/// policy of the route answers the preflight. [`guide`](crate::guide) has all rules.
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
    /// Creates a layer with this policy.
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

    /// Adds another policy for all paths below `path`.
    ///
    /// `path` is the full path from the root of the app, in the grammar of `actix_web::web::scope`: whole
    /// segments, `{name}` and `{name:expression}`, with percent-escapes as the router decodes them. If several
    /// paths match a request, the path with the longest text without dynamic segments counts. Routes
    /// under [`#[cors]`](crate::cors) keep their own policy.
    ///
    /// A second [`Cors`] around the scope is not enough, because this layer answers all preflights.
    ///
    /// # Errors
    /// A `path` that no request can have, or that already has a policy, is an error. The app logs the error
    /// and does not start; [`check`](Self::check) returns the error before.
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
    /// [`ScopeError`] with all unusable paths.
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

    /// Overrides inner policies: removes the `Access-Control-*` headers that inner services set, and
    /// ignores [`#[cors]`](crate::cors). For gateways in front of services that write their own.
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
            tracing::error!(target: "cors_actix", "the app does not start: {error}");
            return ready(Err(()));
        }
        if self.config.has_rejected_policy() {
            let location = self.config.location;
            tracing::error!(
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
                presence: Presence::new(&self.config),
                reports: Reports::default(),
            }),
        }))
    }
}
