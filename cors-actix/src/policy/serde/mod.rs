//! Policies as data (feature `serde`).

mod read;
mod write;

pub(crate) use self::write::PolicyForPeople;
