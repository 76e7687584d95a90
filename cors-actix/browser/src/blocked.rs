//! The reasons for which a page can't read a response.

use std::error::Error;

/// The reason for which a page can't read a response. Browsers withhold the reason from scripts.
///
/// `Display` says what is wrong and how to change it on the server.
///
/// ```
/// use actix_web::{App, HttpResponse, test, web};
/// use cors_actix_browser::{Blocked, Browser, CorsFault};
///
/// # #[actix_web::main] async fn main() {
/// let app = test::init_service(App::new().default_service(web::to(HttpResponse::Ok))).await;
/// let seen = Browser::at("https://app.example.com").fetch(&app, "/items").await;
/// let reason = seen.assert_blocked();
/// assert!(matches!(reason, Blocked::Cors { fault: CorsFault::AllowOriginMissing { .. }, .. }));
/// assert!(reason.to_string().contains("no Access-Control-Allow-Origin"));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocked {
    /// `fetch()` throws before anything is sent.
    Invalid(Invalid),
    /// The target returned no response.
    Unreachable {
        /// The URL of the request.
        url: String,
        /// The error of the target.
        error: String,
    },
    /// A request to another origin in the mode [`Mode::SameOrigin`](crate::Mode::SameOrigin) (Fetch, "main
    /// fetch").
    NotSameOrigin {
        /// The URL of the request.
        url: String,
    },
    /// A request in the mode [`Mode::NoCors`](crate::Mode::NoCors), which was sent, and whose response no
    /// script can read (Fetch, "opaque filtered response").
    Opaque,
    /// A redirect that is not followed (Fetch, "HTTP-redirect fetch").
    Redirect(RedirectFault),
    /// The response to the preflight fails the CORS check (Fetch, "CORS-preflight fetch", step 7).
    PreflightCors {
        /// The status of the response.
        status: u16,
        /// The fault.
        fault: CorsFault,
        /// The method in `Access-Control-Request-Method`.
        method: String,
        /// The names in `Access-Control-Request-Headers`.
        headers: Vec<String>,
        /// The reason that the service gives: cors-actix in the same process, or the header `cors-denied` of
        /// `cors_actix::explain_denials`.
        reason: Option<String>,
    },
    /// The response to the preflight passes the CORS check, but its status is not one of 200 to 299.
    PreflightStatus {
        /// The status of the response.
        status: u16,
    },
    /// `Access-Control-Allow-Methods` is not a list of methods.
    AllowMethodsMalformed {
        /// The value of the response.
        value: String,
    },
    /// `Access-Control-Allow-Headers` is not a list of header names.
    AllowHeadersMalformed {
        /// The value of the response.
        value: String,
    },
    /// `Access-Control-Allow-Methods` lacks the method. `*` covers methods only without
    /// credentials.
    MethodNotAllowed {
        /// The request's method.
        method: String,
        /// The list of the response.
        allowed: Vec<String>,
        /// `true` if the request includes credentials.
        credentials: bool,
    },
    /// `Access-Control-Allow-Headers` lacks a header of the request. `*` covers headers only without
    /// credentials, and never covers `authorization`.
    HeaderNotAllowed {
        /// The first name that is not allowed.
        name: String,
        /// The list of the response.
        allowed: Vec<String>,
        /// `true` if the request includes credentials.
        credentials: bool,
    },
    /// The response to the request itself fails the CORS check. The request has reached the service.
    Cors {
        /// The status of the response.
        status: u16,
        /// The fault.
        fault: CorsFault,
    },
}

/// The reason for which `fetch()` throws a `TypeError` at once (Fetch, `Request` constructor).
///
/// ```
/// use actix_web::{App, test};
/// use cors_actix_browser::{Blocked, Browser, Fetch, Invalid};
///
/// # #[actix_web::main] async fn main() {
/// let app = test::init_service(App::new()).await;
/// let browser = Browser::at("https://app.example.com");
/// let seen = browser.fetch(&app, Fetch::new("TRACE", "/items")).await;
/// assert_eq!(*seen.assert_blocked(), Blocked::Invalid(Invalid::Method { method: "TRACE".into() }));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invalid {
    /// The URL can't be parsed.
    Url {
        /// The URL.
        url: String,
    },
    /// The URL names a user or a password.
    UrlWithCredentials {
        /// The URL.
        url: String,
    },
    /// The URL's scheme is neither http nor https.
    UrlNotHttp {
        /// The URL.
        url: String,
    },
    /// The method is not a token, or is one of CONNECT, TRACE, TRACK.
    Method {
        /// The method.
        method: String,
    },
    /// A method other than GET, HEAD and POST in the mode [`Mode::NoCors`](crate::Mode::NoCors).
    MethodWithNoCors {
        /// The method.
        method: String,
    },
    /// The name is not a token, or the value holds a line break or a zero byte.
    Header {
        /// The name.
        name: String,
    },
    /// A body with GET or HEAD.
    Body {
        /// The method.
        method: String,
    },
    /// The value of [`Fetch::json`](crate::Fetch::json) can't be serialized.
    Json {
        /// The error of the serializer.
        error: String,
    },
}

/// The reason for which a redirect is not followed (Fetch, "HTTP-redirect fetch").
///
/// ```
/// use actix_web::{App, test, web};
/// use cors_actix_browser::{Blocked, Browser, RedirectFault};
///
/// # #[actix_web::main] async fn main() {
/// let app = test::init_service(App::new().service(web::redirect("/a", "/a"))).await;
/// let seen = Browser::at("https://api.test").fetch(&app, "/a").await;
/// assert_eq!(*seen.assert_blocked(), Blocked::Redirect(RedirectFault::TooMany));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectFault {
    /// The redirect is the 21st.
    TooMany,
    /// `Location` is not a URL, or there is more than one.
    Location {
        /// The value of the response.
        location: String,
    },
    /// A redirect to a scheme other than http and https.
    NotHttp {
        /// The URL in `Location`.
        url: String,
    },
    /// A redirect across origins to a URL with a user or a password.
    Credentials {
        /// The URL in `Location`.
        url: String,
    },
}

/// The reason for which a response is not shared with a page of another origin (Fetch, "CORS check").
///
/// ```
/// use actix_web::{App, middleware::DefaultHeaders, test};
/// use cors_actix_browser::{Blocked, Browser, CorsFault, Credentials, Fetch};
///
/// # #[actix_web::main] async fn main() {
/// let headers = DefaultHeaders::new().add(("access-control-allow-origin", "*"));
/// let app = test::init_service(App::new().wrap(headers)).await;
/// let fetch = Fetch::get("/").credentials(Credentials::Include);
/// let seen = Browser::at("https://app.example.com").fetch(&app, fetch).await;
/// let Blocked::Cors { fault, .. } = seen.assert_blocked() else { unreachable!() };
/// assert!(matches!(fault, CorsFault::WildcardWithCredentials { .. }));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorsFault {
    /// No `Access-Control-Allow-Origin`.
    AllowOriginMissing {
        /// The origin of the request.
        origin: String,
    },
    /// Several lines of `Access-Control-Allow-Origin`, which browsers join.
    AllowOriginRepeated {
        /// The values of the lines.
        values: Vec<String>,
    },
    /// `Access-Control-Allow-Origin` differs from the origin, compared byte for byte.
    AllowOriginDiffers {
        /// The origin of the request.
        origin: String,
        /// The value of the response.
        found: String,
    },
    /// `Access-Control-Allow-Origin: *`, and the request includes credentials.
    WildcardWithCredentials {
        /// The origin of the request.
        origin: String,
    },
    /// The request includes credentials, and `Access-Control-Allow-Credentials` is not exactly `true`.
    AllowCredentials {
        /// The value of the response, if any.
        found: Option<String>,
    },
}

impl From<Invalid> for Blocked {
    fn from(invalid: Invalid) -> Self {
        Blocked::Invalid(invalid)
    }
}

impl From<RedirectFault> for Blocked {
    fn from(fault: RedirectFault) -> Self {
        Blocked::Redirect(fault)
    }
}

impl Error for Blocked {}
