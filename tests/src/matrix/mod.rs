//! Random situations of a page and a server: the page, its calls of `fetch`, and the policy. Real browsers
//! and the model run each situation.

pub mod app;
pub mod compare;
pub mod feature;
pub mod features;
mod generate;
pub mod known;
pub mod model;
pub mod page;
pub mod plan;
pub mod promise;
mod shown;
pub mod site;
mod situation;
pub mod words;

pub use self::{generate::situations, plan::Plan, situation::*};
