//! A policy that applies to one request.

use std::sync::Arc;

use crate::{
    policy::{AllowedMethods, CompiledPolicy},
    preflight::PreflightHeaders,
    route::Route,
};

/// A policy as it is when the request comes. The allowed methods are those of the route, or of the layer's
/// policy.
#[derive(Debug, Clone)]
pub(crate) struct EffectivePolicy {
    pub(crate) policy: Arc<CompiledPolicy>,
    pub(super) route_methods: Option<Arc<AllowedMethods>>,
}

impl EffectivePolicy {
    pub(crate) fn of_layer(policy: Arc<CompiledPolicy>) -> Self {
        EffectivePolicy { policy, route_methods: None }
    }

    pub(crate) fn of_route(route: &Route) -> Self {
        EffectivePolicy {
            policy: route.policy().compiled(),
            route_methods: Some(Arc::clone(route.allowed_methods())),
        }
    }

    pub(super) fn methods(&self) -> &AllowedMethods {
        self.route_methods.as_deref().unwrap_or(&self.policy.methods)
    }

    pub(super) fn preflight_headers(&self) -> PreflightHeaders<'_> {
        PreflightHeaders::of(&self.policy, self.methods())
    }
}
