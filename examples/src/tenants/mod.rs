//! The application behind `src/bin/tenants.rs`: allow-lists in a database, which change while the
//! service runs.

mod changes;
mod error;
mod routes;
mod store;

pub use self::{
    changes::follow,
    error::TenantError,
    routes::{configure, layer},
    store::Tenants,
};
