//! CORS for [actix-web](actix_web).
#![cfg_attr(docsrs, feature(doc_cfg))]

mod decision;
mod error;
mod middleware;
mod policy;
#[doc(hidden)]
pub mod private;
mod respond;
mod route;
mod values;

pub use cors_actix_core::{
    Advisory, AdvisoryKind, Key, Origin, OriginFault, Place, Problem, ProblemKind,
};
pub use cors_actix_macros::{cors, policy};

pub use self::{
    decision::{Decision, Grant},
    error::{PolicyError, Refusal},
    middleware::{Cors, CorsFuture, CorsService, PolicySource},
    policy::{Policy, PolicyBuilder, Seconds},
    values::{Any, Value, Values},
};
