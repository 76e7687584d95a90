//! The middleware around an app, a scope or a resource.

pub(crate) mod config;
pub(crate) mod effective_policy;
pub(crate) mod enforce;
pub(crate) mod future;
pub(crate) mod grant;
mod layer;
pub(crate) mod nesting;
pub(crate) mod report;
mod respond;
pub(crate) mod scope_path;
pub(crate) mod select;
pub(crate) mod selection;
mod service;
mod transform;

pub use self::{
    scope_path::ScopeError,
    service::{CorsFuture, CorsService},
    transform::Cors,
};
