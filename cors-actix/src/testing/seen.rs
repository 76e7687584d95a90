//! What a page sees, and what went over the wire for it.

use std::{borrow::Cow, fmt};

use url::Url;

use super::{blocked::Blocked, headers::HeaderList};

/// A request as it goes over the wire.
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix::testing::{Browser, Fetch};
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
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) headers: HeaderList,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The absolute URL, without fragment.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The host and port of the URL, as in a `Host` header, which [`Request::headers`] leaves out.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The path and query of the URL.
    pub fn path_and_query(&self) -> String {
        let query = self.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", self.url.path())
    }

    /// The header's value; those of several lines are joined with `, `.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.text(name)
    }

    /// All header lines, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.lines()
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// A response as it comes over the wire, with everything that a page may not see.
///
/// ```
/// use cors_actix::testing::Response;
///
/// let response = Response::new(200, [("set-cookie", "a=1"), ("set-cookie", "b=2")], "done");
/// assert_eq!(response.header("Set-Cookie").unwrap(), "a=1, b=2");
/// ```
#[derive(Debug, Clone)]
pub struct Response {
    pub(super) status: u16,
    pub(super) headers: HeaderList,
    pub(super) body: Vec<u8>,
}

impl Response {
    /// A response, for one's own [`Target`](super::Target).
    pub fn new<N: AsRef<str>, V: AsRef<[u8]>>(
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        let mut list = HeaderList::default();
        for (name, value) in headers {
            list.append(name.as_ref(), value.as_ref());
        }
        Response { status, headers: list, body: body.into() }
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The header's value; those of several lines are joined with `, `.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.text(name)
    }

    /// All header lines, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.lines()
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Why an exchange took place.
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix::testing::{Browser, Fetch, Purpose};
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
pub enum Purpose {
    /// The preflight.
    Preflight,
    /// The request itself; it needs no preflight.
    Simple,
    /// The request itself, after its preflight.
    Preflighted,
    /// The request itself, without a preflight because an earlier one is in the cache.
    Cached,
}

/// A request and its response.
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix::testing::Browser;
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
    pub(super) purpose: Purpose,
    pub(super) request: Request,
    pub(super) response: Option<Response>,
}

impl Exchange {
    /// Why it took place.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What was sent.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What came back; nothing when the service could not be reached.
    pub fn response(&self) -> Option<&Response> {
        self.response.as_ref()
    }
}

/// Fetch, response, "type", of the responses that a page can read.
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix::testing::{Browser, ResponseType};
/// # #[actix_web::main] async fn main() {
/// # let app = test::init_service(App::new()).await;
/// let seen = Browser::at("https://api.test").fetch(&app, "/").await;
/// assert_eq!(seen.response_type(), ResponseType::Basic);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseType {
    /// From the page's own origin: CORS was not needed.
    Basic,
    /// From another origin, which shares it.
    Cors,
}

/// What a script gets to see of a response.
#[derive(Debug, Clone)]
pub(super) struct Filtered {
    pub(super) kind: ResponseType,
    pub(super) url: Url,
    pub(super) redirected: bool,
    pub(super) response: Response,
}

/// What a page sees of a fetch: the response, or that it is blocked; and what only its author sees: the
/// reason, and everything that went over the wire.
///
/// ```
/// use actix_web::{App, HttpResponse, test, web};
/// use cors_actix::{Cors, Policy, testing::Browser};
///
/// # #[actix_web::main] async fn main() {
/// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build().unwrap();
/// let items = || async { HttpResponse::Ok().insert_header(("x-total", "1")).body("tea") };
/// let app = App::new().wrap(Cors::new(policy)).route("/items", web::get().to(items));
/// let app = test::init_service(app).await;
///
/// let seen = Browser::at("https://app.example.com").fetch(&app, "/items").await;
/// seen.assert_readable();
/// assert_eq!(seen.status(), 200);
/// assert_eq!(seen.text(), "tea");
/// // Sent, but not exposed.
/// assert_eq!(seen.header("x-total"), None);
///
/// Browser::at("https://evil.example").fetch(&app, "/items").await.assert_blocked();
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "it asserts nothing by itself"]
pub struct Seen {
    pub(super) page: String,
    pub(super) call: String,
    pub(super) outcome: Result<Filtered, Blocked>,
    pub(super) exchanges: Vec<Exchange>,
}

impl Seen {
    /// Whether the page can read the response, of whatever status.
    pub fn is_readable(&self) -> bool {
        self.outcome.is_ok()
    }

    /// Why the page can't read the response.
    pub fn blocked(&self) -> Option<&Blocked> {
        self.outcome.as_ref().err()
    }

    /// Asserts that the page can read the response, of whatever status.
    ///
    /// # Panics
    /// When it can't, with the reason and all exchanges.
    #[track_caller]
    pub fn assert_readable(&self) -> &Self {
        self.filtered();
        self
    }

    /// Asserts that the page can't read the response, and returns the reason.
    ///
    /// # Panics
    /// When it can, with all exchanges.
    #[track_caller]
    #[expect(clippy::panic, reason = "the purpose of an assertion")]
    pub fn assert_blocked(&self) -> &Blocked {
        match &self.outcome {
            Err(blocked) => blocked,
            Ok(_) => panic!("{self}"),
        }
    }

    /// The status of the response.
    ///
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn status(&self) -> u16 {
        self.filtered().response.status
    }

    /// A header as a script reads it: none if the response does not have it, or does not expose it. Values
    /// of several lines are joined with `, `.
    ///
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<String> {
        self.filtered().response.header(name)
    }

    /// The names of all headers that a script can read, in lower case, sorted.
    ///
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.filtered().response.headers().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The body.
    ///
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn body(&self) -> &[u8] {
        self.filtered().response.body()
    }

    /// The body as text, decoded from UTF-8 as `response.text()` does: malformed sequences are replaced.
    ///
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.body())
    }

    /// The URL that the response is from, after all redirects.
    ///
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn url(&self) -> &str {
        self.filtered().url.as_str()
    }

    /// Whether there was a redirect.
    ///
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn redirected(&self) -> bool {
        self.filtered().redirected
    }

    /// Whether CORS was needed.
    ///
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn response_type(&self) -> ResponseType {
        self.filtered().kind
    }

    /// Everything that went over the wire, in order. A preflight that was answered from the cache is not
    /// among it; the request that it was for is [`Purpose::Cached`].
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Whether a preflight was sent.
    pub fn preflighted(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.purpose == Purpose::Preflight)
    }

    #[track_caller]
    #[expect(clippy::panic, reason = "a test asks for what the page can't have")]
    fn filtered(&self) -> &Filtered {
        match &self.outcome {
            Ok(filtered) => filtered,
            Err(_) => panic!("{self}"),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Seen { page, call, outcome, exchanges } = self;
        match outcome {
            Ok(_) => write!(f, "a page of origin {page} can read the response to {call}")?,
            Err(blocked) => {
                write!(f, "a page of origin {page} can't read a response to {call}: {blocked}")?;
            }
        }
        if exchanges.is_empty() {
            f.write_str("\nnothing was sent")?;
        }
        exchanges.iter().try_for_each(|exchange| write!(f, "\n{exchange}"))
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
            Some(Response { status, headers, .. }) => write!(f, "\n< {status}{headers}"),
            None => write!(f, "\n< no response"),
        }
    }
}
