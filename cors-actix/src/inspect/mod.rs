//! The report on an app, and the service that shows it (feature `inspector`).

#[cfg(feature = "inspector")]
mod ask;
#[cfg(feature = "inspector")]
mod html;
#[cfg(feature = "inspector")]
mod page;
mod report;
#[cfg(feature = "serde")]
mod serialize;
#[cfg(feature = "inspector")]
mod service;
#[cfg(feature = "inspector")]
mod tables;

pub use self::report::{LayerReport, Report, RouteReport, report};
#[cfg(feature = "inspector")]
pub use self::service::{Inspector, inspector};
