//! Random situations of a page and a server: the page, its calls of `fetch`, and the policy. Real browsers
//! and the model run each situation.

pub mod app;
mod generate;
pub mod known;
pub mod model;
pub mod page;
pub mod plan;
mod situation;
pub mod words;

pub use self::{generate::situations, plan::Plan, situation::*};
