//! The reasons for which a cookie is not stored or not sent, and their messages.

use std::{error::Error, fmt};

/// A cookie that the browser does not store or does not send. `Display` says why, and how to change it.
///
/// ```
/// use actix_web::{App, middleware::DefaultHeaders, test};
/// use cors_actix_browser::{BlockedCookie, Browser, Credentials, Fetch};
///
/// # #[actix_web::main] async fn main() {
/// let login = DefaultHeaders::new().add(("set-cookie", "session=1; Secure"));
/// let app = test::init_service(App::new().wrap(login)).await;
/// let fetch = Fetch::post("https://api.test/login").credentials(Credentials::Include);
/// let seen = Browser::at("https://app.example.com").fetch(&app, fetch).await;
/// let blocked = seen.blocked_cookies().next().unwrap();
/// assert!(matches!(blocked, BlockedCookie::NotStored { name, .. } if name == "session"));
/// assert!(blocked.to_string().contains("SameSite=None; Secure"));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockedCookie {
    /// A `Set-Cookie` line of the response that changes nothing.
    NotStored {
        /// The cookie's name; empty if the line is malformed.
        name: String,
        /// The reason.
        fault: CookieFault,
    },
    /// A cookie for the URL that the request does not carry.
    NotSent {
        /// The cookie's name.
        name: String,
        /// The reason.
        fault: CookieFault,
    },
}

/// The reason for which a cookie is not stored or not sent (RFC 6265bis, sections 5.6 to 5.8).
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix_browser::{BlockedCookie, Browser, CookieFault, Credentials, Fetch};
/// # #[actix_web::main] async fn main() {
/// # let app = test::init_service(App::new()).await;
/// let browser = Browser::at("https://app.example.com").cookie("https://api.test", "session=1");
/// let seen = browser.fetch(&app, Fetch::get("/me").credentials(Credentials::Include)).await;
/// let Some(BlockedCookie::NotSent { fault, .. }) = seen.blocked_cookies().next() else {
///     unreachable!()
/// };
/// let across = |page: &str, service: &str| CookieFault::SameSite {
///     same_site: None,
///     page_site: page.to_owned(),
///     site: service.to_owned(),
/// };
/// assert_eq!(*fault, across("https://example.com", "https://api.test"));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookieFault {
    /// The request does not include credentials
    /// ([`Credentials::Include`](crate::Credentials::Include)).
    Credentials,
    /// The page is of another site, and the cookie is not `SameSite=None`.
    SameSite {
        /// `Lax` or `Strict`; `None` if the cookie has no `SameSite`, which means `Lax`.
        same_site: Option<&'static str>,
        /// The site of the page.
        page_site: String,
        /// The site of the service.
        site: String,
    },
    /// `SameSite=None` without `Secure`.
    NoneWithoutSecure,
    /// `Secure`, and a URL of plain HTTP that is not of this machine.
    Secure {
        /// The URL.
        url: String,
    },
    /// `Domain` is a public suffix, or does not cover the host.
    Domain {
        /// The attribute.
        domain: String,
        /// The host that set the cookie.
        host: String,
    },
    /// The name begins with `__Secure-` or `__Host-`, and the cookie lacks an attribute that the prefix requires.
    Prefix {
        /// The prefix.
        prefix: &'static str,
    },
    /// A cookie set over plain HTTP would hide a cookie that is `Secure`.
    Overwrite,
    /// The line has no name, or control characters, or more than 4096 bytes.
    Malformed {
        /// The line.
        line: String,
    },
    /// The cookie is not there, because an earlier response could not set it.
    NeverStored(Box<CookieFault>),
}

impl Error for BlockedCookie {}

impl fmt::Display for BlockedCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BlockedCookie::NotStored { name, fault } if name.is_empty() => {
                write!(f, "a cookie is not stored: {fault}")
            }
            BlockedCookie::NotStored { name, fault } => {
                write!(f, "the cookie {name} is not stored: {fault}")
            }
            BlockedCookie::NotSent { name, fault } => {
                write!(f, "the cookie {name} is not sent: {fault}")
            }
        }
    }
}

impl fmt::Display for CookieFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CookieFault::Credentials => f.write_str(
                "the fetch does not include credentials: the page must say `credentials: \"include\"`",
            ),
            CookieFault::SameSite { same_site, page_site, site } => {
                match same_site {
                    Some(same_site) => write!(f, "SameSite={same_site}")?,
                    None => f.write_str("without SameSite, which means SameSite=Lax, a cookie")?,
                }
                write!(
                    f,
                    " stays within its site, which is {site}, and the page is of {page_site}: serve both from \
                     one registrable domain with one scheme, or set `SameSite=None; Secure`"
                )
            }
            CookieFault::NoneWithoutSecure => f.write_str("SameSite=None needs Secure"),
            CookieFault::Secure { url } => write!(f, "Secure needs https, and the URL is {url}"),
            CookieFault::Domain { domain, host } => write!(
                f,
                "Domain={domain} is a public suffix or does not cover the host {host}: leave Domain out, or \
                 name a domain of the host"
            ),
            CookieFault::Prefix { prefix: prefix @ "__Host-" } => {
                write!(f, "the prefix {prefix} needs Secure, Path=/ and no Domain")
            }
            CookieFault::Prefix { prefix } => write!(f, "the prefix {prefix} needs Secure"),
            CookieFault::Overwrite => {
                f.write_str("a Secure cookie of the same name is there, which plain HTTP cannot replace")
            }
            CookieFault::Malformed { line } => write!(f, "the line is malformed: {line:?}"),
            CookieFault::NeverStored(fault) => write!(f, "it was not stored before: {fault}"),
        }
    }
}
