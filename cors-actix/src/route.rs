use std::sync::{Arc, OnceLock};

use actix_service::{Service, Transform};
use actix_web::{
    Error,
    body::EitherBody,
    dev::{ServiceRequest, ServiceResponse},
    guard::GuardContext,
    http::header::ORIGIN,
};
use futures_util::future::Ready;

use crate::{
    decision,
    middleware::{Cors, CorsService, Layer},
    policy::{AllowedMethods, Policy},
};

/// A route under `#[cors]`: what its generated guard and layer have in common. One per process and
/// route, made when the route is first registered.
#[derive(Debug)]
pub struct Route {
    methods: &'static [&'static str],
    policy: fn() -> Policy,
    layer: OnceLock<Layer>,
}

impl Route {
    /// The policy is asked for once.
    pub const fn new(methods: &'static [&'static str], policy: fn() -> Policy) -> Self {
        Route { methods, policy, layer: OnceLock::new() }
    }

    /// The layer to wrap the route in, outside of all that its user wraps it in.
    pub fn layer(&self) -> RouteLayer {
        RouteLayer(Cors { layer: self.get().clone() })
    }

    /// Whether the route takes the request: one of its methods that its user's own guards accept, or
    /// a preflight for one of its methods, which lacks what those guards look at.
    pub fn admits(&self, context: &GuardContext<'_>, guards: impl FnOnce() -> bool) -> bool {
        let head = context.head();
        match decision::preflight_method(head) {
            Some(requested) if head.headers().contains_key(&ORIGIN) => {
                let methods = self.get().methods.iter();
                methods
                    .flat_map(|allowed| allowed.methods.listed())
                    .any(|method| requested == method)
            }
            _ => self.methods.contains(&head.method.as_str()) && guards(),
        }
    }

    fn get(&self) -> &Layer {
        self.layer.get_or_init(|| Layer {
            policy: (self.policy)(),
            methods: Some(Arc::new(AllowedMethods::of_route(self.methods))),
        })
    }
}

/// The layer of an annotated route.
#[derive(Debug)]
pub struct RouteLayer(Cors);

impl<S, B> Transform<S, ServiceRequest> for RouteLayer
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        self.0.new_transform(service)
    }
}
