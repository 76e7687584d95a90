//! The exchanges of a fetch: requests and responses as they go over the wire.

use std::fmt;

use url::Url;

use crate::{blocked_cookie::BlockedCookie, headers::HeaderList};

/// A request as it goes over the wire.
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix_browser::{Browser, Fetch};
/// # #[actix_web::main] async fn main() {
/// # let app = test::init_service(App::new()).await;
/// let fetch = Fetch::delete("/items/3").header("X-Request-Id", "1");
/// let seen = Browser::at("https://app.example.com").fetch(&app, fetch).await;
/// let preflight = seen.exchanges()[0].request();
/// assert_eq!(preflight.method(), "OPTIONS");
/// assert_eq!(preflight.url(), "https://api.test/items/3");
/// assert_eq!(preflight.header("access-control-request-headers").unwrap(), "x-request-id");
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: String,
    pub(crate) url: Url,
    pub(crate) headers: HeaderList,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Returns the method.
    #[doc = example!(
        "let request = seen.exchanges()[1].request();"
        r#"assert_eq!(request.method(), "PUT");"#
    )]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the absolute URL, without fragment and user.
    #[doc = example!(
        "let request = seen.exchanges()[1].request();"
        r#"assert_eq!(request.url(), "https://api.test/items/3?full");"#
    )]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Returns the host and port of the URL, as in a `Host` header, which [`Request::headers`] leaves out.
    #[doc = example!(
        r#"assert_eq!(seen.exchanges()[1].request().host(), "api.test");"#
    )]
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Returns the path and query of the URL.
    #[doc = example!(
        "let request = seen.exchanges()[1].request();"
        r#"assert_eq!(request.path_and_query(), "/items/3?full");"#
    )]
    pub fn path_and_query(&self) -> String {
        let query = self.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", self.url.path())
    }

    /// Returns the header's value. Values of several lines are joined with `, `.
    #[doc = example!(
        "let preflight = seen.exchanges()[0].request();"
        r#"assert_eq!(preflight.header("access-control-request-method").unwrap(), "PUT");"#
    )]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.text(name)
    }

    /// Returns all header lines, with names in lower case.
    #[doc = example!(
        "for (name, value) in seen.exchanges()[1].request().headers() {"
        r#"    println!("{name}: {}", value.escape_ascii());"#
        "}"
    )]
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.lines()
    }

    /// Returns the body.
    #[doc = example!(
        r#"assert_eq!(seen.exchanges()[1].request().body(), b"tea");"#
    )]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// The header in which cors-actix gives the reason for a denial.
pub(crate) const CORS_DENIED: &str = "cors-denied";

/// A response as it comes over the wire, with all headers, also those that a page may not read.
///
/// ```
/// use cors_actix_browser::Response;
///
/// let response = Response::new(200, [("set-cookie", "a=1"), ("set-cookie", "b=2")], "done");
/// assert_eq!(response.header("Set-Cookie").unwrap(), "a=1, b=2");
/// ```
#[derive(Debug, Clone)]
pub struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderList,
    pub(crate) body: Vec<u8>,
    /// The reason for a denial that a service in the same process has told the test.
    pub(crate) denial: Option<String>,
}

impl Response {
    /// Makes a response, for your own [`Target`](crate::Target).
    pub fn new<N: AsRef<str>, V: AsRef<[u8]>>(
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let mut list = HeaderList::default();
        for (name, value) in headers {
            list.append(name.as_ref(), value.as_ref());
        }
        Response { status, headers: list, body: body.into(), denial: None }
    }

    /// Returns the reason for a denial that the service gives.
    pub(crate) fn denial(&self) -> Option<String> {
        self.denial.clone().or_else(|| self.header(CORS_DENIED))
    }

    /// Returns the status.
    #[doc = example!(
        "assert_eq!(seen.exchanges()[0].response().unwrap().status(), 200);"
    )]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the header's value. Values of several lines are joined with `, `.
    #[doc = example!(
        "let preflight = seen.exchanges()[0].response().unwrap();"
        r#"assert_eq!(preflight.header("access-control-allow-methods").unwrap(), "PUT");"#
    )]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.text(name)
    }

    /// Returns all header lines, with names in lower case.
    #[doc = example!(
        "let response = seen.exchanges()[1].response().unwrap();"
        r#"assert!(response.headers().any(|line| line == ("content-length", b"3")));"#
    )]
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.lines()
    }

    /// Returns the body.
    #[doc = example!(
        r#"assert_eq!(seen.exchanges()[1].response().unwrap().body(), b"tea");"#
    )]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// The reason for which an exchange took place.
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix_browser::{Browser, Fetch, Purpose};
/// # #[actix_web::main] async fn main() {
/// # let app = test::init_service(App::new()).await;
/// let browser = Browser::at("https://app.example.com");
/// let seen = browser.fetch(&app, Fetch::get("/")).await;
/// assert_eq!(seen.exchanges()[0].purpose(), Purpose::Simple);
/// let seen = browser.fetch(&app, Fetch::delete("/")).await;
/// assert_eq!(seen.exchanges()[0].purpose(), Purpose::Preflight);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// A preflight.
    Preflight,
    /// The request itself, which needs no preflight.
    Simple,
    /// The request itself, after its preflight.
    Preflighted,
    /// The request itself, without a preflight, because the preflight cache has an earlier one.
    Cached,
}

/// A request and its response.
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix_browser::Browser;
/// # #[actix_web::main] async fn main() {
/// # let app = test::init_service(App::new()).await;
/// let seen = Browser::at("https://app.example.com").fetch(&app, "/nowhere").await;
/// let exchange = &seen.exchanges()[0];
/// assert_eq!(exchange.request().header("origin").unwrap(), "https://app.example.com");
/// assert_eq!(exchange.response().unwrap().status(), 404);
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Exchange {
    pub(crate) purpose: Purpose,
    pub(crate) request: Request,
    pub(crate) response: Option<Response>,
    pub(crate) blocked_cookies: Vec<BlockedCookie>,
}

impl Exchange {
    /// Returns the reason for which the exchange took place.
    #[doc = example!(
        "assert_eq!(seen.exchanges()[1].purpose(), Purpose::Preflighted);"
    )]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Returns the request.
    #[doc = example!(
        r#"assert_eq!(seen.exchanges()[0].request().method(), "OPTIONS");"#
    )]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Returns the response, or `None` if the service could not be reached.
    #[doc = example!(
        "assert_eq!(seen.exchanges()[0].response().unwrap().status(), 200);"
    )]
    pub fn response(&self) -> Option<&Response> {
        self.response.as_ref()
    }

    /// Returns the cookies for the URL that the request does not carry, and the cookies of the response that
    /// are not stored. For a preflight the list is empty, because preflights never carry cookies.
    #[doc = example!(
        "assert!(seen.exchanges()[1].blocked_cookies().is_empty());"
    )]
    pub fn blocked_cookies(&self) -> &[BlockedCookie] {
        &self.blocked_cookies
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { method, url, headers, .. } = &self.request;
        let note = match self.purpose {
            Purpose::Preflight => " (preflight)",
            Purpose::Simple => " (no preflight needed)",
            Purpose::Preflighted => "",
            Purpose::Cached => " (preflight in the cache)",
        };
        write!(f, "> {method} {url}{note}{headers}")?;
        match &self.response {
            Some(Response { status, headers, .. }) => write!(f, "\n< {status}{headers}")?,
            None => f.write_str("\n< no response")?,
        }
        self.blocked_cookies.iter().try_for_each(|blocked| write!(f, "\n! {blocked}"))
    }
}
