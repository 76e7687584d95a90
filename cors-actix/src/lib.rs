//! CORS for [actix-web](actix_web).
#![cfg_attr(docsrs, feature(doc_cfg))]

mod decision;
mod directory;
mod error;
mod layer;
mod middleware;
mod policy;
mod predicate;
#[doc(hidden)]
pub mod private;
mod respond;
mod route;
mod same_origin;
mod values;

pub use cors_actix_core::{
    Advisory, AdvisoryKind, Key, Origin, OriginFault, Place, Problem, ProblemKind,
};
pub use cors_actix_macros::{cors, policy};

pub use self::{
    decision::{Decision, Grant},
    error::{PolicyError, Refusal},
    middleware::{Cors, CorsFuture, CorsService, PolicySource},
    policy::{Policy, PolicyBuilder, PolicyHandle, Seconds},
    predicate::Answer,
    values::{Any, Value, Values},
};
