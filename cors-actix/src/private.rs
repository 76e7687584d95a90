//! The only names that generated code may use. Not public API.

use std::{panic::Location, sync::LazyLock};

pub use actix_service::apply;
use actix_web::{FromRequest, Responder, Route as Endpoint};
pub use actix_web::{Handler, HttpResponse, dev};
pub use cors_actix_core::{PolicyKey, PolicySpec, const_check};
pub use cors_actix_macros::of_module;

pub use crate::policy::{Policy, SharedPolicy};
pub use crate::route::Route;

/// Returns the handler as a service that middleware can wrap.
pub fn endpoint<F, Args>(handler: F) -> Endpoint
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    Endpoint::new().to(handler)
}

impl Route {
    /// Registers a handler without middleware.
    pub fn register_handler<F, Args>(&'static self, config: &mut dev::AppService, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.register_endpoint(config, endpoint(handler));
    }
}

/// A policy that `policy!` or `#[cors]` has checked.
#[track_caller]
pub const fn policy(spec: PolicySpec<'static>) -> Policy {
    Policy::of_checked(spec)
}

/// A policy with constants, whose values `policy!` or `#[cors]` did not know.
#[track_caller]
pub const fn policy_with_constants(spec: PolicySpec<'static>) -> Policy {
    Policy::of_unchecked(spec, Location::caller())
}

/// The policy of `#[cors(policy = …)]`.
pub type LazyPolicy = LazyLock<Policy>;
