//! Policies: what a layer or a handler allows.

mod build;
mod builder;
mod choice;
mod compiled;
#[cfg(feature = "serde")]
mod deserialize;
mod handle;
mod lists;
mod seconds;
#[cfg(feature = "serde")]
mod serialize;
mod source;
mod spec_check;
mod value;
mod values;

pub(crate) use self::compiled::{AllowedMethods, Choice, CompiledPolicy};
#[cfg(feature = "serde")]
pub(crate) use self::serialize::PolicyForPeople;
pub use self::{
    builder::PolicyBuilder,
    handle::PolicyHandle,
    lists::{Any, PolicyList, list},
    seconds::Seconds,
    source::{PolicySource, SharedPolicy},
    value::Policy,
};
