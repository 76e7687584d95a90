//! The only names that generated code may use. Not public API.

use std::sync::LazyLock;

pub use actix_service::apply;
use actix_web::{FromRequest, Handler, Responder, Route as Endpoint};
pub use actix_web::{dev, guard::GuardContext};
pub use cors_actix_core::PolicySpec;
pub use cors_actix_macros::of_module;

use crate::policy::Policy;
pub use crate::policy::SharedPolicy;
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

/// A policy that `policy!` or `#[cors]` has checked.
pub const fn policy(spec: PolicySpec<'static>) -> Policy {
    Policy::of_checked(spec)
}

/// The policy of `#[cors(policy = …)]`.
pub type LazyPolicy = LazyLock<Policy>;
