//! Policies: what a layer or a handler allows.

mod build;
mod builder;
mod choice;
mod compiled;
mod handle;
mod lists;
mod seconds;
mod source;
mod value;
mod values;

pub(crate) use self::compiled::{AllowedMethods, Choice, CompiledPolicy};
pub use self::{
    builder::PolicyBuilder,
    handle::PolicyHandle,
    lists::{Any, PolicyList, list},
    seconds::Seconds,
    source::{PolicySource, SharedPolicy},
    value::Policy,
};
