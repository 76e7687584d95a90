//! The middleware around an app, a scope or a resource.

pub(crate) mod enforce;
pub(crate) mod future;
pub(crate) mod nesting;
pub(crate) mod report;
mod scope_path;
pub(crate) mod select;
mod service;

use std::{
    cell::OnceCell,
    future::{Future, Ready, ready},
    panic::Location,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_service::{Service, Transform};
use actix_web::{
    Error,
    body::EitherBody,
    dev::{ServiceRequest, ServiceResponse},
};
use pin_project_lite::pin_project;

use self::{
    future::LayerFuture,
    nesting::Presence,
    report::Reports,
    scope_path::{ScopePath, ScopeProblem},
    service::CorsLayer,
};
pub use self::{scope_path::ScopeError, service::CorsService};
use crate::policy::{CompiledPolicy, Policy, PolicySource};

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

/// What a layer is made from.
#[derive(Debug, Clone)]
pub(crate) struct LayerConfig {
    policy: Policy,
    /// The policy for good, if no handle can replace it.
    fixed: Option<Arc<CompiledPolicy>>,
    /// Policies for paths below, in the order of their calls.
    scopes: Vec<(ScopePath, Policy)>,
    problems: Vec<(String, ScopeProblem)>,
    authoritative: bool,
    /// Where the layer is made in the source.
    location: &'static Location<'static>,
}

impl LayerConfig {
    fn new(policy: Policy, location: &'static Location<'static>) -> Self {
        let fixed = policy.fixed();
        let (scopes, problems) = (Vec::new(), Vec::new());
        LayerConfig { policy, fixed, scopes, problems, authoritative: false, location }
    }

    fn add_scope(&mut self, path: &str, policy: Policy) {
        match scope_path::parse(path) {
            Ok(pattern) if self.scopes.iter().any(|(other, _)| other.is_same(&pattern)) => {
                self.problems.push((path.to_owned(), ScopeProblem::Repeated));
            }
            Ok(pattern) => self.scopes.push((pattern, policy)),
            Err(problem) => self.problems.push((path.to_owned(), problem)),
        }
    }

    /// Returns the layer's own policy for that path.
    fn policy_at(&self, path: &str) -> &Policy {
        self.scope_of(path).unwrap_or(&self.policy)
    }

    /// Returns whether the path has a policy from `Cors::scope`.
    fn overrides(&self, path: &str) -> bool {
        self.scope_of(path).is_some()
    }

    /// Returns the policy of the scope that fits the path, of several the one with the longest literal
    /// text; of equally long ones the first.
    fn scope_of(&self, path: &str) -> Option<&Policy> {
        let fitting = self.scopes.iter().filter(|(scope, _)| scope.fits(path));
        let longest = fitting.reduce(|longest, next| {
            if next.0.literal_length() > longest.0.literal_length() { next } else { longest }
        });
        longest.map(|(_, policy)| policy)
    }

    fn has_one_policy(&self) -> bool {
        self.scopes.is_empty()
    }

    /// Returns the policy, where neither time nor path nor code that has to be awaited has a say in it.
    #[inline]
    fn constant(&self) -> Option<&CompiledPolicy> {
        let fixed = self.fixed.as_deref().filter(|_| self.has_one_policy());
        fixed.filter(|policy| !policy.predicates.is_async())
    }

    /// Returns whether no policy of the layer allows any origin, so that a request without an origin
    /// can be allowed by none.
    fn is_never_any(&self) -> bool {
        let is_any = |policy: &Policy| policy.compiled().rules.origins.any();
        !is_any(&self.policy) && !self.scopes.iter().any(|(_, policy)| is_any(policy))
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

pin_project! {
    /// The future of a [`CorsService`]: an answer of its own, or the wrapped service's with headers.
    ///
    /// ```
    /// use actix_service::{Service, Transform as _};
    /// use actix_web::test::{self, TestRequest};
    /// use cors_actix::{Cors, CorsFuture, Policy};
    ///
    /// # actix_web::rt::System::new().block_on(async {
    /// let inner = test::ok_service();
    /// let service = Cors::new(Policy::same_origin()).new_transform(inner).await.unwrap();
    /// let future: CorsFuture<_> = service.call(TestRequest::get().to_srv_request());
    /// assert!(future.await.is_ok());
    /// # });
    /// ```
    pub struct CorsFuture<S: Service<ServiceRequest>> {
        #[pin]
        inner: LayerFuture<CorsLayer<S>>,
    }
}

impl<S, B> Future for CorsFuture<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().inner.poll(context)
    }
}
