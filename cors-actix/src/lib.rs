//! CORS middleware for [actix-web](actix_web). Configure it per handler, per scope or per app, with the
//! same options. Policies are checked before the service starts.
//!
//! ```
//! use actix_web::{App, Responder, get, web};
//! use cors_actix::{Cors, Policy, cors, policy};
//!
//! static PUBLIC: Policy = policy! { allow_origins = any };
//!
//! #[cors(allow_origins = ["https://app.example.com"], allow_credentials)]
//! #[get("/me")]
//! async fn me() -> impl Responder {
//!     "Ada"
//! }
//!
//! let app = App::new()
//!     .wrap(Cors::new(&PUBLIC))
//!     .service(me)
//!     .route("/news", web::get().to(|| async { "none" }));
//! ```
//!
//! - [`cors`] puts a policy on a handler, or on a module of handlers.
//! - [`Cors`] puts a policy around an app, a scope or a resource.
//! - [`policy!`] makes a policy that the compiler checks, [`Policy::builder`] builds a policy at run time,
//!   and a [`PolicyHandle`] replaces a policy while the service runs.
//! - [`PolicyBuilder`] explains the options, [`ProblemKind`] the errors, and [`guide`] how layers work
//!   together and where to put `Cors` among other middleware. [`recipes`] has the code for common situations.
//!
//! The rules are those of the [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol),
//! section "HTTP-CORS protocol". The default feature `public-suffix` rejects wildcards over public
//! suffixes (`https://*.co.uk`) with credentials.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod decision;
mod error;
mod explain;
mod explain_denials;
#[doc = include_str!("guide.md")]
pub mod guide {}
mod headers;
mod inspect;
mod middleware;
mod outcomes;
#[doc = include_str!("migration.md")]
pub mod migration {}
mod paths;
mod policy;
mod predicate;
mod preflight;
#[doc(hidden)]
pub mod private;
mod reason;
#[doc = include_str!("recipes.md")]
pub mod recipes {}
mod route;
mod route_service;
mod written_at;

#[doc(inline)]
pub use cors_actix_core::{
    Location, Origin, OriginFault, ParseOriginError, PolicyKey, Problem, ProblemKind, Warning,
    WarningKind,
};
/// # Example
///
/// ```
/// use actix_web::{HttpResponse, Responder, put, web};
/// use cors_actix::cors;
///
/// #[cors(allow_origins = ["https://app.example.com"], allow_headers = ["content-type"])]
/// #[put("/items/{id}")]
/// async fn update_item(id: web::Path<u32>) -> impl Responder {
///     HttpResponse::NoContent()
/// }
/// ```
///
/// Constants, which the compiler evaluates:
///
/// ```
/// use actix_web::{Responder, get};
/// use cors_actix::cors;
///
/// const APP: &str = "https://app.example.com";
///
/// #[cors(
///     allow_origins = [APP, concat!("https://preview", ".example.com")],
///     allow_credentials = cfg!(not(debug_assertions)),
///     max_age = 60 * 60,
/// )]
/// #[get("/me")]
/// async fn me() -> impl Responder {
///     "Ada"
/// }
/// ```
///
/// A policy that is built when the program starts:
///
/// ```
/// use std::sync::LazyLock;
///
/// use actix_web::{Responder, get};
/// use cors_actix::{Policy, cors};
///
/// static PARTNERS: LazyLock<Policy> = LazyLock::new(|| {
///     let origins = std::env::var("PARTNER_ORIGINS").unwrap_or_default();
///     let origins: Vec<_> = origins.split_whitespace().collect();
///     Policy::builder().allow_origins(origins).build().unwrap_or_else(|error| {
///         eprintln!("no partner is allowed: {error}");
///         Policy::same_origin()
///     })
/// });
///
/// #[cors(policy = PARTNERS)]
/// #[get("/prices")]
/// async fn prices() -> impl Responder {
///     "[]"
/// }
/// ```
pub use cors_actix_macros::cors;
/// # Example
///
/// ```
/// use cors_actix::{Policy, policy};
///
/// static PARTNERS: Policy = policy! {
///     allow_origins = ["https://partner.example"],
///     allow_methods = ["PUT", "DELETE"],
/// };
/// ```
///
/// For packages that know the crate under another name:
///
/// ```
/// mod my_web {
///     pub use cors_actix;
/// }
///
/// static PUBLIC: my_web::cors_actix::Policy = my_web::cors_actix::policy! {
///     crate = my_web::cors_actix,
///     allow_origins = any,
/// };
/// ```
pub use cors_actix_macros::policy;

#[cfg(feature = "inspector")]
#[cfg_attr(docsrs, doc(cfg(feature = "inspector")))]
pub use self::inspect::{Inspector, inspector};
pub use self::{
    decision::{Decision, Grant},
    error::{Denial, PolicyError},
    explain::{DenialReason, Explanation},
    explain_denials::explain_denials,
    inspect::{LayerReport, Report, RouteReport, report},
    middleware::{Cors, CorsFuture, CorsService, ScopeError},
    policy::{Any, Policy, PolicyBuilder, PolicyHandle, PolicyList, PolicySource, Seconds, list},
    predicate::IntoPredicateResult,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
