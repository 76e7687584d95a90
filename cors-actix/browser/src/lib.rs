//! Tests a service's CORS policy as a browser would, without one.
//!
//! A [`Browser`] has a page open, and implements the client's side of the
//! [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol): it decides whether a preflight is
//! needed, sends it just as browsers do, checks the answer, sends the request, and shows what the page
//! would see; or else the reason that browsers withhold, with both exchanges and what to do about it.
//! It knows nothing of the library that answers: it tests any service.
//!
//! ```toml
//! [dev-dependencies]
//! cors-actix-browser = "0.1"
//! ```
//!
//! ```
//! use actix_web::{App, HttpResponse, middleware::DefaultHeaders, test, web};
//! use cors_actix_browser::{Browser, Credentials::Include, Fetch};
//!
//! # #[actix_web::main] async fn main() {
//! let headers = DefaultHeaders::new()
//!     .add(("access-control-allow-origin", "https://app.example.com"))
//!     .add(("access-control-allow-methods", "PUT"))
//!     .add(("access-control-allow-headers", "x-request-id"))
//!     .add(("access-control-allow-credentials", "true"));
//! let app = App::new().wrap(headers).default_service(web::to(HttpResponse::Ok));
//! let app = test::init_service(app).await;
//!
//! let browser = Browser::at("https://app.example.com");
//! let update = Fetch::put("/items/3").header("x-request-id", "1").credentials(Include);
//! let seen = browser.fetch(&app, update).await;
//! seen.assert_readable(); // panics with the reason and both exchanges
//! assert_eq!(seen.status(), 200);
//! # }
//! ```
//!
//! # A whole route table
//!
//! ```
//! # use actix_web::{App, HttpResponse, middleware::DefaultHeaders, test, web};
//! # use cors_actix_browser::{Browser, Credentials::Include, Fetch};
//! # #[actix_web::main] async fn main() {
//! # let open = DefaultHeaders::new().add(("access-control-allow-origin", "*"));
//! # let ours = DefaultHeaders::new()
//! #     .add(("access-control-allow-origin", "https://app.example.com"))
//! #     .add(("access-control-allow-methods", "DELETE"))
//! #     .add(("access-control-allow-credentials", "true"));
//! # let app = App::new()
//! #     .service(web::resource("/account").wrap(ours).to(HttpResponse::Ok))
//! #     .service(web::resource("/news").wrap(open).to(HttpResponse::Ok));
//! # let app = test::init_service(app).await;
//! let (ours, theirs) = ("https://app.example.com", "https://evil.example");
//! for (page, fetch, readable) in [
//!     (ours, Fetch::get("/news"), true),
//!     (theirs, Fetch::get("/news"), true),
//!     (theirs, Fetch::get("/news").credentials(Include), false),
//!     (ours, Fetch::get("/account").credentials(Include), true),
//!     (ours, Fetch::delete("/account").credentials(Include), true),
//!     (theirs, Fetch::get("/account"), false),
//!     (theirs, Fetch::delete("/account").credentials(Include), false),
//! ] {
//!     let seen = Browser::at(page).fetch(&app, fetch).await;
//!     assert_eq!(seen.is_readable(), readable, "{seen}");
//! }
//! # }
//! ```
//!
//! # Where requests go
//!
//! To a service within the test, as [`actix_web::test::init_service`] returns it, or to a [`Server`] at an
//! address, or to a [`Target`] of your own. A service is at `https://api.test`, another origin than any
//! page's; `Fetch::get("https://api.example.com/items")` names another place for it. All hosts lead to the
//! one service, so redirects between origins can be tested too: it sees the host in `Host`.
//!
//! # What is modelled
//!
//! - what `fetch()` denies, drops or changes in a request: methods, headers, bodies;
//! - when a preflight is needed: CORS-safelisted methods and headers, with the rules for their values;
//! - the preflight, the check of its answer, and the preflight cache, whose clock
//!   [`Browser::advance`] moves;
//! - the CORS check in every [credentials mode](Credentials);
//! - [modes](Mode) `cors`, `no-cors` and `same-origin`, opaque origins ([`Browser::sandboxed`]);
//! - redirects, up to 20, with their effect on method, headers and origin;
//! - what of the response a script can read;
//! - the request headers `Accept`, `Content-Length`, `Cookie`, `Origin` and `Sec-Fetch-*`.
//!
//! # Where Chromium differs
//!
//! The model has been compared with Chromium on thousands of generated services. Where the two differ,
//! the model keeps to the standard. Chromium
//!
//! - lets `Access-Control-Allow-Headers: *` cover `authorization`, with a warning;
//! - takes a malformed `Access-Control-Max-Age` for 0 seconds, the standard for the default of 5;
//! - keeps a preflight after a network error, which the standard forgets, and of several for one URL the
//!   last alone; it asks again where it goes past its HTTP cache (`If-None-Match`, for instance);
//! - judges several lines of one request header together, the standard each;
//! - follows no redirect to a URL with a user in mode `no-cors` either.
//!
//! # What is not modelled
//!
//! - a cookie jar: responses set no cookies, and [`Browser::cookie`] pays no heed to `SameSite`, `Secure`,
//!   domain and path; HTTP authentication and client certificates are no credentials here;
//! - what else keeps a browser from sending or a page from reading: mixed content, Content Security Policy,
//!   blocked ports, `Cross-Origin-Resource-Policy` and `Cross-Origin-Embedder-Policy`, HSTS, the permission
//!   for local networks, tracking protection, extensions;
//! - the HTTP cache (of a response with the wrong `Vary`, for instance), service workers, preloads;
//! - redirect modes other than `follow`; uploads that listen for progress (`XMLHttpRequest`), streams as
//!   bodies, navigations, forms, WebSocket;
//! - `Referer` and other referrer policies than the default, `User-Agent`, `Accept-Language`,
//!   `Accept-Encoding` (nothing is decompressed), header values with control characters;
//! - in a service within the test, what only actix-web's server does; a [`Server`] has it.

#[macro_use]
mod example;

mod blocked;
mod blocked_cookie;
mod browser;
mod cookie;
mod cookie_jar;
mod cors_check;
mod engine;
mod exchange;
mod fetch;
mod fetching;
mod headers;
mod main_fetch;
mod messages;
mod method;
mod network;
mod preflight;
mod preflight_cache;
mod redirect;
mod seen;
mod site;
mod target;

pub use self::{
    blocked::{Blocked, CorsFault, Invalid, RedirectFault},
    blocked_cookie::{BlockedCookie, CookieFault},
    browser::Browser,
    engine::Engine,
    exchange::{Exchange, Purpose, Request, Response},
    fetch::{Credentials, Fetch, Mode},
    seen::{ResponseType, Seen},
    target::{SendError, Server, Target},
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
