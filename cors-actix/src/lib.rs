//! CORS for [actix-web](actix_web): which web origins may call a service, said on a handler, on a
//! scope or on the whole app, and checked before the service starts.
//!
//! ```
//! use actix_web::{App, Responder, get, web};
//! use cors_actix::{Cors, Policy, cors, policy};
//!
//! static PUBLIC: Policy = policy! { allow_origins = any };
//!
//! // On a handler: its OPTIONS route and its response headers come with it.
//! #[cors(allow_origins = ["https://app.example.com"], allow_credentials)]
//! #[get("/me")]
//! async fn me() -> impl Responder {
//!     "Ada"
//! }
//!
//! // On the whole app; the handler keeps its own.
//! let app = App::new()
//!     .wrap(Cors::new(&PUBLIC))
//!     .service(me)
//!     .route("/news", web::get().to(|| async { "none" }));
//! ```
//!
//! - [`cors`]: a policy on a handler or a module of handlers;
//! - [`policy!`]: a policy checked at compile time, for a `static`;
//! - [`Policy::builder`]: a policy made at run time, checked when it is built;
//! - [`Cors`]: a policy on an app, a scope or a resource;
//! - [`PolicyHandle`]: a policy replaced while the service runs.
//!
//! The words are the same everywhere; [`PolicyBuilder`] explains each. What a wrong policy is told is
//! in [`ProblemKind`]. The authority for all of it is the
//! [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol), section "HTTP-CORS protocol".
//!
//! # Layers
//!
//! A *layer* is a policy at a location. **Every response gets the headers of the nearest layer around the
//! code that made it, whole; a preflight gets the answer of the policy that its request would get.**
//! Policies are never merged.
//!
//! ```text
//!   preflight PUT /items/3        PUT /items/3 (no token)       PUT /items/3
//!          │                             │                           ▲
//! ┌────────┼─ app ─────── Cors::new(PUBLIC).scope("/admin", ADMIN) ──┼────────┐
//! │        ▼                             │                           │        │
//! │   answered here,                     ▼                           │        │
//! │   by the policy of    ┌─ authentication ────────────────┐        │        │
//! │   update_item;        │  401, with the headers of       │        │        │
//! │   nothing below runs  │  update_item's policy           │        │        │
//! │                       │ ┌─ #[cors(…)] ────────────────┐ │        │        │
//! │                       │ │  async fn update_item(…) ───┼─┼────────┘        │
//! │                       │ └─────────────────────────────┘ │  its own policy │
//! │                       └─────────────────────────────────┘                 │
//! └───────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! 1. A **handler** under [`#[cors]`](cors) answers the preflights for its route and decorates its
//!    responses, errors of its extractors and of its own `wrap`s included. It needs no other layer.
//!    Two handlers on one path answer for themselves.
//! 2. A **[`Cors`] layer** never lets a preflight in. It asks the app's resource map what the path is
//!    for. If that is an annotated route that takes the method, the route's policy answers. Otherwise the
//!    policy of [`Cors::scope`] answers, or the layer's own. So preflights pass in front of
//!    authentication, and a 401 that authentication makes can be read by exactly the origins of the route
//!    which it protects.
//! 3. Where the map does not settle which code will answer, several policies apply, and only what all of
//!    them allow is granted. What that costs is listed in `SECURITY.md`, by name.
//! 4. A response on which an inner layer has decided is left alone, and what it has denied stays denied,
//!    also when middleware replaces the response. A handler that sets `Access-Control-Allow-Origin`
//!    itself has decided too, which is logged once; [`Cors::authoritative`] turns that round for
//!    gateways. Other `Access-Control-*` headers are removed by the layer that decides.
//! 5. `Resource::wrap` and `Scope::wrap` are places for a layer; `Route::wrap` is none, for the route's
//!    method guard stands in front of it and no preflight gets there.
//! 6. Of two `Cors` layers around one path the inner one decides on responses, but the outer one answers
//!    the preflights, and can't know the other: it logs one warning. [`Cors::scope`] on the outer layer
//!    says the same without the second.
//! 7. Browsers keep the answers to preflights by URL. Where two policies meet on one URL, an answer names
//!    the requested method and headers alone, with `Access-Control-Max-Age: 0`.
//!
//! ## Order
//!
//! actix-web runs the middleware that is wrapped last first. What belongs where:
//!
//! | middleware | place | because |
//! |---|---|---|
//! | authentication, rate limits | wrapped before `Cors` | preflights carry no credentials, and a browser shows a script no response without the headers, 401 and 429 included |
//! | `NormalizePath`, whatever rewrites paths or methods (`X-HTTP-Method-Override`) | wrapped after `Cors` | layers go by path and method; where they are rewritten below a layer, only what the request before and the request afterwards both allow is allowed, and one warning is logged |
//! | `ErrorHandlers` that make a new response | wrapped before `Cors` | a new response outside of every layer has no headers |
//! | `Compress`, `DefaultHeaders`, `Logger` | either | headers are added to what they make, and they see what `Cors` makes |
//!
//! Without a layer around it, authentication in front of an annotated route also gets the route's
//! preflights, which carry no credentials: put a `Cors` around the authentication.
//!
//! ## Guards
//!
//! Preflights lack the headers that a handler's guards look at, so guards are not asked. A handler with
//! guards is granted a preflight only if what stands behind it grants the same: an annotated handler
//! without guards on the same pattern, or else the layer's own policy. Guards on scopes are not seen at
//! all: under a layer, handlers of one path in scopes of one prefix (`guard::Host`) get what all of them
//! allow. Without a layer, and with `#[cors]` on every handler, each of them answers for itself.
//!
//! ## Paths
//!
//! `//admin`, `/x/../admin`, `/%2Fadmin` and `/admin/` can be read as other paths, by middleware, by
//! `actix_files` or by a server behind a gateway. Such a path gets only what the policies of all its
//! readings allow.
//!
//! # What CORS is not
//!
//! CORS tells browsers what a page of another origin may read. It protects nothing from clients that
//! are no browsers, and by itself it does not keep a browser from sending what needs no preflight, or
//! from opening a WebSocket: [`PolicyBuilder::enforce`] denies those of other origins. Authentication
//! and protection against request forgery are still needed.
//!
//! # Features
//!
//! - `public-suffix` (default): knows public suffixes, so that `https://*.co.uk` does not build with
//!   credentials.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod decision;
mod error;
mod headers;
mod middleware;
mod paths;
mod policy;
mod predicate;
mod preflight;
#[doc(hidden)]
pub mod private;
mod route;
mod route_service;

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
pub use cors_actix_macros::policy;

pub use self::{
    decision::{Decision, Grant},
    error::{Denial, PolicyError},
    middleware::{Cors, CorsFuture, CorsService, ScopeError},
    policy::{Any, Policy, PolicyBuilder, PolicyHandle, PolicyList, PolicySource, Seconds, list},
    predicate::IntoPredicateResult,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
