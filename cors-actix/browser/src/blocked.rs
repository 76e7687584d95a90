//! Why a page does not get to read a response.

use std::{error::Error, fmt};

/// Why a page can't read a response: the reason that browsers withhold from scripts.
///
/// `Display` says what is wrong and what to do about it on the server.
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
    /// There was no response.
    Unreachable {
        /// Whom the request was for.
        url: String,
        /// What failed.
        error: String,
    },
    /// [`Mode::SameOrigin`](crate::Mode::SameOrigin), and another origin (Fetch, "main fetch").
    NotSameOrigin {
        /// Whom the request was for.
        url: String,
    },
    /// [`Mode::NoCors`](crate::Mode::NoCors): the request was sent, and no script reads the response
    /// (Fetch, "opaque filtered response").
    Opaque,
    /// A redirect that is not followed (Fetch, "HTTP-redirect fetch").
    Redirect(RedirectFault),
    /// The answer to the preflight fails the CORS check (Fetch, "CORS-preflight fetch", step 7).
    PreflightCors {
        /// The status of the answer.
        status: u16,
        /// What fails.
        fault: CorsFault,
        /// The method that was asked for.
        method: String,
        /// The headers that were asked for.
        headers: Vec<String>,
    },
    /// The answer to the preflight passes the CORS check, and its status is none of 200 to 299.
    PreflightStatus {
        /// The status of the answer.
        status: u16,
    },
    /// `Access-Control-Allow-Methods` is no list of methods.
    AllowMethodsMalformed {
        /// What was sent.
        value: String,
    },
    /// `Access-Control-Allow-Headers` is no list of header names.
    AllowHeadersMalformed {
        /// What was sent.
        value: String,
    },
    /// `Access-Control-Allow-Methods` lacks the method. `*` covers it without credentials only.
    MethodNotAllowed {
        /// The request's method.
        method: String,
        /// What is allowed.
        allowed: Vec<String>,
        /// Whether the request includes credentials.
        credentials: bool,
    },
    /// `Access-Control-Allow-Headers` lacks a header of the request. `*` covers it without credentials
    /// only, and never covers `authorization`.
    HeaderNotAllowed {
        /// The first such name.
        name: String,
        /// What is allowed.
        allowed: Vec<String>,
        /// Whether the request includes credentials.
        credentials: bool,
    },
    /// The response itself fails the CORS check. The request has reached the service.
    Cors {
        /// The status of the response.
        status: u16,
        /// What fails.
        fault: CorsFault,
    },
}

/// What `fetch()` throws a `TypeError` for at once (Fetch, `Request` constructor).
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
    /// The method is no token, or one of CONNECT, TRACE, TRACK.
    Method {
        /// The method.
        method: String,
    },
    /// [`Mode::NoCors`](crate::Mode::NoCors) and a method other than GET, HEAD and POST.
    MethodWithNoCors {
        /// The method.
        method: String,
    },
    /// The name is no token, or the value holds a line break or a zero byte.
    Header {
        /// The name.
        name: String,
    },
    /// GET and HEAD have no body.
    Body {
        /// The method.
        method: String,
    },
}

/// Why a redirect is not followed (Fetch, "HTTP-redirect fetch").
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
    /// More than 20.
    TooMany,
    /// `Location` is no URL, or there is more than one.
    Location {
        /// What was sent.
        location: String,
    },
    /// To a scheme other than http and https.
    NotHttp {
        /// Where to.
        url: String,
    },
    /// To a URL with a user or a password, across origins.
    Credentials {
        /// Where to.
        url: String,
    },
}

/// What a response lacks to be shared with a page of another origin (Fetch, "CORS check").
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
        /// Their values.
        values: Vec<String>,
    },
    /// `Access-Control-Allow-Origin` differs, byte for byte.
    AllowOriginDiffers {
        /// The origin of the request.
        origin: String,
        /// What was sent.
        found: String,
    },
    /// `Access-Control-Allow-Origin: *`, and the request includes credentials.
    WildcardWithCredentials {
        /// The origin of the request.
        origin: String,
    },
    /// The request includes credentials, and `Access-Control-Allow-Credentials` is not exactly `true`.
    AllowCredentials {
        /// What was sent, if anything.
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

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Blocked::Invalid(invalid) => write!(f, "fetch() throws a TypeError: {invalid}"),
            Blocked::Unreachable { url, error } => write!(f, "no response from {url}: {error}"),
            Blocked::NotSameOrigin { url } => {
                write!(f, "{url} is of another origin, and the mode is \"same-origin\"")
            }
            Blocked::Opaque => write!(
                f,
                "the mode is \"no-cors\": the request is sent, and the page can't read the response; \
                 use the mode \"cors\""
            ),
            Blocked::Redirect(fault) => write!(f, "the redirect is not followed: {fault}"),
            Blocked::PreflightCors { status, fault, method, headers } => {
                write!(f, "the preflight is answered with {status}, and ")?;
                let CorsFault::AllowOriginMissing { origin } = fault else {
                    return fault.fmt(f);
                };
                // A policy that denies does not say what.
                write!(f, "no Access-Control-Allow-Origin. ")?;
                match status {
                    301..=399 => write!(f, "It is never redirected: {REDIRECT}"),
                    401 | 407 => f.write_str(AUTHENTICATION),
                    404 | 405 => f.write_str("No CORS layer has answered it: is there one?"),
                    _ => {
                        write!(
                            f,
                            "The policy there must allow the origin {origin} (`allow_origins`)"
                        )?;
                        write!(f, " and the method {method} (`allow_methods`, or such a route)")?;
                        match headers.as_slice() {
                            [] => Ok(()),
                            _ => write!(
                                f,
                                " and the headers {} (`allow_headers`)",
                                headers.join(", ")
                            ),
                        }
                    }
                }
            }
            Blocked::PreflightStatus { status } => {
                write!(f, "the preflight is answered with {status}, and needs a status of 2xx. ")?;
                match status {
                    301..=399 => write!(f, "It is never redirected: {REDIRECT}"),
                    401 | 407 => f.write_str(AUTHENTICATION),
                    _ => write!(f, "Something has answered it in front of the CORS layer"),
                }
            }
            Blocked::AllowMethodsMalformed { value } => {
                write!(
                    f,
                    "the preflight: Access-Control-Allow-Methods is no list of methods: {value:?}"
                )
            }
            Blocked::AllowHeadersMalformed { value } => write!(
                f,
                "the preflight: Access-Control-Allow-Headers is no list of header names: {value:?}"
            ),
            Blocked::MethodNotAllowed { method, allowed, credentials } => {
                write!(
                    f,
                    "the preflight: the method {method} is not in {}",
                    Allowed(allowed, *credentials)
                )?;
                let other = |name: &&String| name.eq_ignore_ascii_case(method);
                match allowed.iter().find(other) {
                    Some(name) => {
                        write!(f, "; methods are case-sensitive: the page must say {name}")
                    }
                    None => write!(f, "; add it to `allow_methods`, or give the path such a route"),
                }
            }
            Blocked::HeaderNotAllowed { name, allowed, credentials } => {
                write!(
                    f,
                    "the preflight: the header {name} is not in {}",
                    Allowed(allowed, *credentials)
                )?;
                if name == "authorization" && allowed.iter().any(|name| name == "*") {
                    f.write_str("; * never covers it")?;
                }
                write!(f, "; add it to `allow_headers`")
            }
            Blocked::Cors { status, fault } => {
                write!(f, "the response of status {status}: {fault}")
            }
        }
    }
}

const REDIRECT: &str =
    "let the page use the final URL, or wrap the CORS layer around what redirects";
const AUTHENTICATION: &str =
    "A preflight carries no credentials: wrap the CORS layer around the authentication";

/// The answer's list, and why its `*` does not count.
struct Allowed<'a>(&'a [String], bool);

impl fmt::Display for Allowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Allowed(names, credentials) = self;
        match names {
            [] => f.write_str("the list of what is allowed, which is empty")?,
            _ => write!(f, "the list of what is allowed: {}", names.join(", "))?,
        }
        if *credentials && names.iter().any(|name| name == "*") {
            f.write_str(" (beside credentials * is a name like others)")?;
        }
        Ok(())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::Url { url } => write!(f, "{url:?} is no URL"),
            Invalid::UrlWithCredentials { url } => write!(f, "{url:?} names a user"),
            Invalid::UrlNotHttp { url } => write!(f, "{url:?} is neither http nor https"),
            Invalid::Method { method } => write!(f, "{method:?} is no method for scripts"),
            Invalid::MethodWithNoCors { method } => {
                write!(f, "the mode \"no-cors\" has no {method}")
            }
            Invalid::Header { name } => write!(f, "the header {name:?} is malformed"),
            Invalid::Body { method } => write!(f, "{method} has no body"),
        }
    }
}

impl fmt::Display for RedirectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RedirectFault::TooMany => write!(f, "there were 20 before it"),
            RedirectFault::Location { location } => write!(f, "Location is no URL: {location:?}"),
            RedirectFault::NotHttp { url } => write!(f, "{url} is neither http nor https"),
            RedirectFault::Credentials { url } => {
                write!(f, "{url} names a user; leave the user out of Location")
            }
        }
    }
}

impl fmt::Display for CorsFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CorsFault::AllowOriginMissing { origin } => write!(
                f,
                "no Access-Control-Allow-Origin: add {origin} to `allow_origins` of the policy there, \
                 or a CORS layer if there is none"
            ),
            CorsFault::AllowOriginRepeated { values } => write!(
                f,
                "several Access-Control-Allow-Origin lines ({}): let only one place add it; a gateway's \
                 layer replaces those of the service with `Cors::authoritative`",
                values.join(" and ")
            ),
            CorsFault::AllowOriginDiffers { origin, found } => write!(
                f,
                "Access-Control-Allow-Origin is {found:?}, and the origin is {origin}, compared byte for \
                 byte: add it to `allow_origins`; if another origin was served before, a cache needs \
                 `Vary: Origin`"
            ),
            CorsFault::WildcardWithCredentials { origin } => write!(
                f,
                "Access-Control-Allow-Origin is *, which does not count beside credentials: list {origin} \
                 in `allow_origins`, with `allow_credentials`, or let the page omit credentials"
            ),
            CorsFault::AllowCredentials { found: None } => write!(
                f,
                "no Access-Control-Allow-Credentials, and the request includes credentials: add \
                 `allow_credentials`, or let the page omit them"
            ),
            CorsFault::AllowCredentials { found: Some(found) } => {
                write!(f, "Access-Control-Allow-Credentials is {found:?}, and must be exactly true")
            }
        }
    }
}
