//! The only names that generated code may use. Not public API.

pub use std::sync::LazyLock;

pub use actix_web::{dev, guard::GuardContext};
pub use cors_actix_core::PolicySpec;

pub use crate::{
    middleware::PolicySource,
    policy::Policy,
    route::{Route, RouteLayer},
};

/// A policy that `policy!` or `#[cors]` has checked.
pub const fn policy(spec: PolicySpec<'static>) -> Policy {
    Policy::written(spec)
}

/// The policy of `#[cors(policy = …)]`.
pub type LazyPolicy = LazyLock<Policy>;
