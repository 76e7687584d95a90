//! The rule book of `cors-actix`: what a CORS policy may say and what it matches.
//!
//! [`PolicySpec`] is a policy as somebody wrote it; [`PolicySpec::check`] turns it into
//! [`Rules`] or into every [`Problem`] it has. Neither side knows of actix or of HTTP types,
//! so the middleware's builder and the `#[cors]` attribute apply one and the same book.
//!
//! Authority: the [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol),
//! section "HTTP-CORS protocol".
//!
//! This crate is an implementation detail of `cors-actix`; depend on that one.
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
mod diagnostics;
mod header_name;
mod method;
mod origin;
mod problem;
mod request_headers;
mod spec;
mod token;
mod warning;

pub use self::{
    check::{Checked, Rules},
    header_name::{ExposedNames, RequestNames},
    method::Methods,
    origin::{Origin, Origins, split_port},
    problem::{Dialect, OriginFault, Problem, ProblemKind},
    request_headers::RequestHeadersCheck,
    spec::{Location, PolicyKey, PolicySpec},
    token::is_token,
    warning::{Warning, WarningKind},
};
