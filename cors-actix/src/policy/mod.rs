//! Policies: what a layer or a handler allows.

mod builder;
mod compiled;
mod handle;
mod lists;
mod seconds;
mod source;
mod spec_check;
mod value;

pub(crate) use self::compiled::{AllowedMethods, CompiledPolicy};
pub use self::{
    builder::PolicyBuilder,
    handle::PolicyHandle,
    lists::{Any, PolicyList, list},
    seconds::Seconds,
    source::{PolicySource, SharedPolicy},
    value::Policy,
};
