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

mod header_name;
mod method;
mod origin;
mod policy;
mod problem;
mod request_headers;
mod spec;

pub use self::{
    header_name::{ExposedNames, RequestNames},
    method::Methods,
    origin::{Origin, Origins, split_port},
    policy::{Checked, Rules},
    problem::{Advisory, AdvisoryKind, OriginFault, Problem, ProblemKind},
    request_headers::Requested,
    spec::{Key, Place, PolicySpec},
};

/// Returns whether `bytes` is an HTTP token (RFC 9110, section 5.6.2), as a method or a header
/// name has to be.
///
/// ```
/// assert!(cors_actix_core::is_token(b"x-request-id"));
/// assert!(!cors_actix_core::is_token(b"x request id"));
/// ```
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&byte| is_token_byte(byte))
}

fn is_token_byte(byte: u8) -> bool {
    matches!(
        byte,
        b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`'
            | b'|' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z'
    )
}
