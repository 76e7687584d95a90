//! The messages of [`Blocked`]: the fault, and the remedy on the server.

use std::fmt;

use crate::blocked::{Blocked, CorsFault, Invalid, RedirectFault};

const REDIRECT: &str = "Browsers do not follow redirects of preflights: let the page use the final URL, or \
                        wrap the CORS middleware around the middleware that redirects";
const AUTHENTICATION: &str =
    "A preflight carries no credentials: wrap the CORS middleware around the authentication";

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Blocked::Invalid(invalid) => write!(f, "fetch() throws a TypeError: {invalid}"),
            Blocked::Unreachable { url, error } => write!(f, "no response from {url}: {error}"),
            Blocked::NotSameOrigin { url } => {
                write!(f, "{url} is of another origin, and the mode is \"same-origin\"")
            }
            Blocked::Opaque => f.write_str(
                "the mode is \"no-cors\": the request is sent, and the page can't read the response; \
                 use the mode \"cors\"",
            ),
            Blocked::Redirect(fault) => write!(f, "the redirect is not followed: {fault}"),
            Blocked::PreflightCors { status, fault, method, headers, reason } => {
                write!(f, "the response to the preflight has status {status} and ")?;
                match (fault, reason) {
                    (CorsFault::AllowOriginMissing { .. }, Some(reason)) => {
                        write!(f, "no Access-Control-Allow-Origin: {reason}")
                    }
                    (CorsFault::AllowOriginMissing { origin }, None) => {
                        denied_preflight(f, *status, origin, method, headers)
                    }
                    (fault, _) => fault.fmt(f),
                }
            }
            Blocked::PreflightStatus { status } => {
                write!(f, "the response to the preflight has status {status} instead of 2xx. ")?;
                f.write_str(match status {
                    301..=399 => REDIRECT,
                    401 | 407 => AUTHENTICATION,
                    _ => "Other middleware has answered before the CORS middleware",
                })
            }
            Blocked::AllowMethodsMalformed { value } => write!(
                f,
                "the preflight: Access-Control-Allow-Methods is not a list of methods: {value:?}"
            ),
            Blocked::AllowHeadersMalformed { value } => write!(
                f,
                "the preflight: Access-Control-Allow-Headers is not a list of header names: {value:?}"
            ),
            Blocked::MethodNotAllowed { method, allowed, credentials } => {
                let list = Allowed(allowed, *credentials);
                write!(f, "the preflight: the method {method} is not in {list}; ")?;
                match allowed.iter().find(|name| name.eq_ignore_ascii_case(method)) {
                    Some(name) => {
                        write!(f, "methods are case-sensitive: the page must say {name}")
                    }
                    None => f.write_str(
                        "allow the method (in cors-actix: `allow_methods`, or a route of the method)",
                    ),
                }
            }
            Blocked::HeaderNotAllowed { name, allowed, credentials } => {
                let list = Allowed(allowed, *credentials);
                write!(f, "the preflight: the header {name} is not in {list}; ")?;
                if name == "authorization" && allowed.iter().any(|name| name == "*") {
                    f.write_str("* never covers authorization; ")?;
                }
                f.write_str("allow the header (in cors-actix: `allow_headers`)")
            }
            Blocked::Cors { status, fault } => {
                write!(f, "the response has status {status} and {fault}")
            }
        }
    }
}

/// Writes the message for a response to a preflight without `Access-Control-Allow-Origin`. Such a response
/// does not tell which part of the request is denied.
fn denied_preflight(
    f: &mut fmt::Formatter<'_>,
    status: u16,
    origin: &str,
    method: &str,
    headers: &[String],
) -> fmt::Result {
    f.write_str("no Access-Control-Allow-Origin. ")?;
    match status {
        301..=399 => return f.write_str(REDIRECT),
        401 | 407 => return f.write_str(AUTHENTICATION),
        404 | 405 => {
            return f.write_str(
                "Nothing answers preflights here: is CORS middleware around the route?",
            );
        }
        _ => {}
    }
    write!(f, "The service must allow the origin {origin} and the method {method}")?;
    if !headers.is_empty() {
        write!(f, " and the headers {}", headers.join(", "))?;
    }
    f.write_str(" (in cors-actix: `allow_origins`, `allow_methods` or a route of the method")?;
    f.write_str(if headers.is_empty() { ")" } else { ", `allow_headers`)" })
}

/// A list of the response, with the reason for which its `*` does not count.
struct Allowed<'a>(&'a [String], bool);

impl fmt::Display for Allowed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Allowed(names, credentials) = self;
        match names {
            [] => f.write_str("the allowed list, which is empty")?,
            _ => write!(f, "the allowed list: {}", names.join(", "))?,
        }
        if *credentials && names.iter().any(|name| name == "*") {
            f.write_str(" (with credentials, * is an ordinary name)")?;
        }
        Ok(())
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::Url { url } => write!(f, "{url:?} is not a URL"),
            Invalid::UrlWithCredentials { url } => write!(f, "{url:?} names a user"),
            Invalid::UrlNotHttp { url } => write!(f, "{url:?} is neither http nor https"),
            Invalid::Method { method } => {
                write!(f, "{method:?} is not a method that scripts can send")
            }
            Invalid::MethodWithNoCors { method } => {
                write!(f, "the mode \"no-cors\" does not allow the method {method}")
            }
            Invalid::Header { name } => write!(f, "the header {name:?} is malformed"),
            Invalid::Body { method } => write!(f, "{method} cannot have a body"),
            Invalid::Json { error } => write!(f, "the body can't be serialized: {error}"),
        }
    }
}

impl fmt::Display for RedirectFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RedirectFault::TooMany => f.write_str("20 redirects have been followed before"),
            RedirectFault::Location { location } => {
                write!(f, "Location is not one URL: {location:?}")
            }
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
                "no Access-Control-Allow-Origin: allow the origin {origin} (in cors-actix: \
                 `allow_origins`), or add CORS middleware if there is none"
            ),
            CorsFault::AllowOriginRepeated { values } => write!(
                f,
                "several Access-Control-Allow-Origin lines ({}): let only one place add the header (in \
                 cors-actix, `Cors::authoritative` replaces the headers of inner services)",
                values.join(" and ")
            ),
            CorsFault::AllowOriginDiffers { origin, found } => write!(
                f,
                "Access-Control-Allow-Origin {found:?}, and the origin is {origin}, compared byte for byte: \
                 allow the origin (in cors-actix: `allow_origins`); if a cache has kept the response for \
                 another origin, add `Vary: Origin`"
            ),
            CorsFault::WildcardWithCredentials { origin } => write!(
                f,
                "Access-Control-Allow-Origin *, which does not count with credentials: allow the origin \
                 {origin} by name, with credentials (in cors-actix: `allow_origins`, `allow_credentials`), \
                 or let the page omit credentials"
            ),
            CorsFault::AllowCredentials { found: None } => f.write_str(
                "no Access-Control-Allow-Credentials, and the request includes credentials: allow \
                 credentials (in cors-actix: `allow_credentials`), or let the page omit credentials",
            ),
            CorsFault::AllowCredentials { found: Some(found) } => {
                write!(f, "Access-Control-Allow-Credentials {found:?}, which must be exactly true")
            }
        }
    }
}
