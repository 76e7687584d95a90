//! The rules of CORS policies, for `cors-actix` and its macros.
//!
//! [`PolicySpec`] is a policy as written. [`PolicySpec::check`] returns its [`Rules`], which requests are
//! matched with, or every [`Problem`] of the policy. The builder and the `#[cors]` attribute use the same
//! rules, because this crate depends neither on actix nor on types of HTTP messages.
//!
//! The rules are those of the [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol),
//! section "HTTP-CORS protocol".
//!
//! This crate is an implementation detail of `cors-actix`. Depend on `cors-actix` instead.
//!
//! ```
//! use cors_actix_core::{Origin, PolicySpec};
//!
//! let spec = PolicySpec {
//!     allow_origins: &["https://app.example.com", "https://*.example.org"],
//!     ..PolicySpec::EMPTY
//! };
//! let rules = spec.check().map_err(|problems| problems[0].to_string())?.rules;
//! assert!(rules.origins.allows(b"https://a.b.example.org"));
//! assert!(!rules.origins.allows(b"https://example.org"));
//! # Ok::<(), String>(())
//! ```

mod check;
pub mod const_check;
mod diagnostics;
mod header_name;
mod lengths;
mod method;
mod origin;
mod origin_fault;
mod problem;
mod request_headers;
mod spec;
mod token;
mod warning;

/// For the inspector of `cors-actix`.
#[doc(hidden)]
pub use self::method::normalized as normalized_method;
pub use self::{
    check::{Checked, Rules},
    header_name::{ExposedNames, RequestNames},
    method::Methods,
    origin::{Origin, Origins, ParseOriginError, split_port},
    origin_fault::OriginFault,
    problem::{Problem, ProblemKind},
    request_headers::RequestHeadersCheck,
    spec::{Location, PolicyKey, PolicySpec},
    token::is_token,
    warning::{Warning, WarningKind},
};
