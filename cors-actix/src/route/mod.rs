//! Annotated routes: their definitions, their registrations, and a table of them for each app.

mod definition;
mod pattern;
pub(crate) mod registry;
pub(crate) mod table;

pub use self::definition::Route;
pub(crate) use self::{
    pattern::unnamed,
    registry::{Registration, RegistrationId},
    table::RouteTable,
};
