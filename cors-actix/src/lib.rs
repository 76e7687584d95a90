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
//! A *layer* is a policy at a place. **Every response gets the headers of the nearest layer around the
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
//! 2. A **[`Cors`] layer** never lets a preflight in. It answers by the policy of the annotated route
//!    that path and requested method select, else by the longest [`Cors::scope`] that fits, else by its
//!    own. So preflights pass in front of authentication, and a 401 that authentication makes can be
//!    read by exactly the origins of the route which it protects.
//! 3. A response that a nearer layer has decided is left alone, and so is one whose handler sets
//!    `Access-Control-Allow-Origin` itself; [`Cors::authoritative`] turns that round for gateways.
//! 4. `Resource::wrap` and `Scope::wrap` are places for a layer; `Route::wrap` is none, for the route's
//!    method guard stands in front of it and no preflight gets there.
//! 5. Of two `Cors` layers around one path the nearer decides on responses, but the outer one answers
//!    the preflights, and can't know the other: it logs one warning. [`Cors::scope`] on the outer layer
//!    says the same without the second.
//!
//! ## Order
//!
//! actix-web runs the middleware that is wrapped last first. What belongs where:
//!
//! | middleware | place | because |
//! |---|---|---|
//! | authentication, rate limits | wrapped before `Cors` | preflights carry no credentials, and a browser shows a script no response without the headers, 401 and 429 included |
//! | `NormalizePath`, whatever rewrites paths | wrapped after `Cors` | layers go by the path; one that is rewritten below them is logged as a warning |
//! | `ErrorHandlers`, `Compress`, `DefaultHeaders`, `Logger` | either | headers are added to what they make, and they see what `Cors` makes |
//!
//! ## A known limit
//!
//! A layer knows the annotated routes of its app, and no others. An annotated catch-all
//! (`#[get("/{path}*")]`) therefore answers the preflights for paths that an un-annotated route
//! serves: annotate that one too, with `#[cors(same_origin)]` if need be. For the same reason scopes that
//! only the regular expressions of their segments, or guards, tell apart grant a preflight only what all
//! of them would.
//!
//! # What CORS is not
//!
//! CORS tells browsers what a page of another origin may read. It protects nothing from clients that
//! are no browsers, and by itself it does not keep a browser from sending what needs no preflight, or
//! from opening a WebSocket: [`PolicyBuilder::enforce`] refuses those of other origins. Authentication
//! and protection against request forgery are still needed.
//!
//! # Features
//!
//! - `public-suffix` (default): knows public suffixes, so that `https://*.co.uk` is refused beside
//!   credentials.
//! - `testing`: the module `testing`, a browser's side of CORS for a service's own tests.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod decision;
mod directory;
mod error;
mod layer;
mod middleware;
mod policy;
mod predicate;
#[doc(hidden)]
pub mod private;
mod respond;
mod route;
mod same_origin;
#[cfg(feature = "testing")]
pub mod testing;
mod values;

pub use cors_actix_core::{
    Advisory, AdvisoryKind, Key, Origin, OriginFault, Place, Problem, ProblemKind,
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
    error::{PolicyError, Refusal},
    middleware::{Cors, CorsFuture, CorsService, PolicySource},
    policy::{Policy, PolicyBuilder, PolicyHandle, Seconds},
    predicate::Answer,
    values::{Any, Value, Values},
};

#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../README.md")]
struct Readme;
