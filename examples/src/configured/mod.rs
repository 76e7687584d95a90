//! The application behind `src/bin/configured.rs`: policies in a file, which are replaced when the file
//! changes.

mod document;
mod error;
mod layers;
mod live;
mod paths;
mod reload;
mod routes;
mod settings;

pub use self::{
    error::SettingsError,
    live::LivePolicies,
    reload::follow,
    routes::configure,
    settings::{Settings, Sources},
};
