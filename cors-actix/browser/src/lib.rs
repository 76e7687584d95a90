//! Tests the CORS policy of a service as a browser would, without a browser.
//!
//! A [`Browser`] has a page open and implements the client's side of the
//! [Fetch standard](https://fetch.spec.whatwg.org/#http-cors-protocol). The browser sends a preflight if the
//! request needs one, checks the response, sends the request, and shows the response as the page would see
//! it. If the page can't read the response, the test gets the reason, which browsers withhold, with all
//! exchanges and the remedy. The service may use any CORS library, or none. cors-actix in the same process also
//! tells the test why it denies a preflight: which header, method or origin, and the line of the policy.
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
//! seen.assert_status(200); // panics with the reason and both exchanges
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
//! # Targets
//!
//! A request goes to a service within the test, as [`actix_web::test::init_service`] returns it, to a
//! [`Server`] at an address, or to your own [`Target`]. A service within the test has the URL
//! `https://api.test`, which is another site than the site of most pages. An absolute URL gives the service
//! another address: `Fetch::get("https://api.example.com/items")`. The requests for all hosts go to the same
//! target, with the host in `Host`, so redirects between origins can be tested too.
//!
//! # Sessions
//!
//! The browser stores the cookies of responses, and sends them as Chromium does. A session that browsers lose
//! between two sites is lost in the test too, and the failed assertion names the cookie and the reason:
//!
//! ```should_panic
//! use actix_web::{App, HttpRequest, HttpResponse, middleware::DefaultHeaders, test, web};
//! use cors_actix_browser::{Browser, Credentials::Include, Fetch};
//!
//! # #[actix_web::main] async fn main() {
//! # let headers = DefaultHeaders::new()
//! #     .add(("access-control-allow-origin", "https://app.example.com"))
//! #     .add(("access-control-allow-headers", "content-type"))
//! #     .add(("access-control-allow-credentials", "true"));
//! let login = || async {
//!     HttpResponse::Ok().insert_header(("set-cookie", "session=1; HttpOnly; Secure")).finish()
//! };
//! let me = |request: HttpRequest| async move {
//!     match request.headers().contains_key("cookie") {
//!         true => HttpResponse::Ok(),
//!         false => HttpResponse::Unauthorized(),
//!     }
//! };
//! let app = App::new().route("/login", web::to(login)).route("/me", web::to(me));
//! # let app = app.wrap(headers);
//! let app = test::init_service(app).await;
//!
//! let browser = Browser::at("https://app.example.com");
//! let login = Fetch::post("/login").json(["ada", "secret"]).credentials(Include);
//! browser.fetch(&app, login).await.assert_status(200);
//! let me = browser.fetch(&app, Fetch::get("/me").credentials(Include)).await;
//! // "the status is 401 instead of 200 … the cookie session is not sent: … without SameSite, which means
//! // SameSite=Lax, a cookie stays within its site, which is https://api.test, and the page is of
//! // https://example.com: serve both from one registrable domain with one scheme, or set `SameSite=None; Secure`"
//! me.assert_status(200);
//! # }
//! ```
//!
//! At `https://api.example.com/login` the same cookie is stored and sent, because the page is of the same site.
//! [`Browser::cookie`] stores a cookie before the first fetch, and [`Seen::blocked_cookies`] returns the
//! cookies that were not stored or not sent.
//!
//! # Modelled behaviour
//!
//! - methods, headers and bodies that `fetch()` denies, drops or changes;
//! - CORS-safelisted methods and headers, with the rules for their values, and the preflight for all others;
//! - the preflight, the check of its response, and the preflight cache, whose clock [`Browser::advance`] moves;
//! - the CORS check in every [credentials mode](Credentials);
//! - the [modes](Mode) `cors`, `no-cors` and `same-origin`, and opaque origins ([`Browser::sandboxed`]);
//! - redirects, up to 20, with their effect on method, headers and origin;
//! - cookies with `SameSite` (`Lax` by default), `Secure`, `Domain` (not on a public suffix), `Path`, `Max-Age`,
//!   `Expires`, and the name prefixes `__Host-` and `__Secure-`. A site is a scheme and a registrable domain;
//! - the part of the response that a script can read;
//! - the request headers `Accept`, `Content-Length`, `Cookie`, `Origin` and `Sec-Fetch-*`.
//!
//! # Differences from Chromium
//!
//! The model has been compared with Chromium on thousands of generated services. Where the two differ, the model
//! follows the standard, except for cookies, which are sent in Chromium's order. Chromium
//!
//! - lets `Access-Control-Allow-Headers: *` cover `authorization`, with a warning;
//! - reads a malformed `Access-Control-Max-Age` as 0 seconds, the standard as the default of 5 seconds;
//! - keeps a preflight after a network error, which the standard clears;
//! - keeps only the last of several preflights for one URL;
//! - sends a preflight for requests that bypass its HTTP cache (`If-None-Match`, for instance);
//! - checks several lines of one request header as one value, the standard checks each line;
//! - does not follow redirects to a URL with a user in the mode `no-cors` either;
//! - stores cookies without a name;
//! - keeps at most 180 cookies of a site.
//!
//! # Behaviour that is not modelled
//!
//! - third-party cookies: Safari, Firefox and private windows block or partition cookies with `SameSite=None`
//!   between sites, and the model sends them. The attribute `Partitioned` has no effect;
//! - HTTP authentication and client certificates as credentials;
//! - other reasons for which browsers do not send a request or do not show a response: mixed content, Content
//!   Security Policy, blocked ports, `Cross-Origin-Resource-Policy`, `Cross-Origin-Embedder-Policy`, HSTS, the
//!   permission for local networks, tracking protection, extensions;
//! - the HTTP cache (which serves responses without the right `Vary` to other origins), service workers, preloads;
//! - redirect modes other than `follow`, uploads that listen for progress (`XMLHttpRequest`), streams as bodies,
//!   navigations, forms, WebSocket;
//! - `Referer` and other referrer policies than the default, `User-Agent`, `Accept-Language`, `Accept-Encoding`
//!   (responses are not decompressed), header values with control characters;
//! - in a service within the test, the behaviour of actix-web's server, such as HTTP parsing. A [`Server`] has it.

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
