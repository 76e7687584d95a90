//! What a page sees, and what went over the wire for it.

use std::{borrow::Cow, fmt};

use url::Url;

use crate::{blocked::Blocked, headers::HeaderList};

/// An example in which `seen` is what a page sees of `PUT /items/3?full#top`, and `stranger` what another
/// page sees of it.
macro_rules! example {
    ($($line:literal)+) => {
        concat!(
            "\n```\n",
            "# use actix_web::{App, HttpResponse, middleware::DefaultHeaders, test, web};\n",
            "# use cors_actix_browser::{Browser, Fetch, Purpose, ResponseType};\n",
            "# #[actix_web::main] async fn main() {\n",
            "# let headers = DefaultHeaders::new()\n",
            "#     .add((\"access-control-allow-origin\", \"https://app.example.com\"))\n",
            "#     .add((\"access-control-allow-methods\", \"PUT\"));\n",
            "# let tea = || async { HttpResponse::Ok().content_type(\"text/plain\").body(\"tea\") };\n",
            "# let app = App::new().wrap(headers).default_service(web::to(tea));\n",
            "# let app = test::init_service(app).await;\n",
            "# let update = Fetch::put(\"/items/3?full#top\").body(\"tea\");\n",
            "# let seen = Browser::at(\"https://app.example.com\").fetch(&app, update.clone()).await;\n",
            "# let stranger = Browser::at(\"https://evil.example\").fetch(&app, update).await;\n",
            $($line, "\n",)+
            "# }\n```\n",
        )
    };
}

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
    /// The method.
    #[doc = example!(
        "let request = seen.exchanges()[1].request();"
        r#"assert_eq!(request.method(), "PUT");"#
    )]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The absolute URL, without fragment and user.
    #[doc = example!(
        "let request = seen.exchanges()[1].request();"
        r#"assert_eq!(request.url(), "https://api.test/items/3?full");"#
    )]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// The host and port of the URL, as in a `Host` header, which [`Request::headers`] leaves out.
    #[doc = example!(
        r#"assert_eq!(seen.exchanges()[1].request().host(), "api.test");"#
    )]
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The path and query of the URL.
    #[doc = example!(
        "let request = seen.exchanges()[1].request();"
        r#"assert_eq!(request.path_and_query(), "/items/3?full");"#
    )]
    pub fn path_and_query(&self) -> String {
        let query = self.url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{}{query}", self.url.path())
    }

    /// The header's value; those of several lines are joined with `, `.
    #[doc = example!(
        "let preflight = seen.exchanges()[0].request();"
        r#"assert_eq!(preflight.header("access-control-request-method").unwrap(), "PUT");"#
    )]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.text(name)
    }

    /// All header lines, names in lower case.
    #[doc = example!(
        "for (name, value) in seen.exchanges()[1].request().headers() {"
        r#"    println!("{name}: {}", value.escape_ascii());"#
        "}"
    )]
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.lines()
    }

    /// The body.
    #[doc = example!(
        r#"assert_eq!(seen.exchanges()[1].request().body(), b"tea");"#
    )]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// A response as it comes over the wire, with everything that a page may not see.
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
}

impl Response {
    /// A response, for one's own [`Target`](crate::Target).
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
    #[doc = example!(
        "assert_eq!(seen.exchanges()[0].response().unwrap().status(), 200);"
    )]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The header's value; those of several lines are joined with `, `.
    #[doc = example!(
        "let preflight = seen.exchanges()[0].response().unwrap();"
        r#"assert_eq!(preflight.header("access-control-allow-methods").unwrap(), "PUT");"#
    )]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.text(name)
    }

    /// All header lines, names in lower case.
    #[doc = example!(
        "let response = seen.exchanges()[1].response().unwrap();"
        r#"assert!(response.headers().any(|line| line == ("content-length", b"3")));"#
    )]
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.headers.lines()
    }

    /// The body.
    #[doc = example!(
        r#"assert_eq!(seen.exchanges()[1].response().unwrap().body(), b"tea");"#
    )]
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

/// Why an exchange took place.
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
}

impl Exchange {
    /// Why it took place.
    #[doc = example!(
        "assert_eq!(seen.exchanges()[1].purpose(), Purpose::Preflighted);"
    )]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// What was sent.
    #[doc = example!(
        r#"assert_eq!(seen.exchanges()[0].request().method(), "OPTIONS");"#
    )]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// What came back; nothing when the service could not be reached.
    #[doc = example!(
        "assert_eq!(seen.exchanges()[0].response().unwrap().status(), 200);"
    )]
    pub fn response(&self) -> Option<&Response> {
        self.response.as_ref()
    }
}

/// Fetch, response, "type", of the responses that a page can read.
///
/// ```
/// # use actix_web::{App, test};
/// # use cors_actix_browser::{Browser, ResponseType};
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
pub(crate) struct Filtered {
    pub(crate) kind: ResponseType,
    pub(crate) url: Url,
    pub(crate) redirected: bool,
    pub(crate) response: Response,
}

/// What a page sees of a fetch: the response, or that it is blocked; and what only its author sees: the
/// reason, and everything that went over the wire.
///
/// ```
/// use actix_web::{App, HttpResponse, test, web};
/// use cors_actix_browser::Browser;
///
/// # #[actix_web::main] async fn main() {
/// let items = || async {
///     HttpResponse::Ok()
///         .insert_header(("access-control-allow-origin", "https://app.example.com"))
///         .insert_header(("x-total", "1"))
///         .body("tea")
/// };
/// let app = test::init_service(App::new().route("/items", web::get().to(items))).await;
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
    pub(crate) page: String,
    pub(crate) call: String,
    pub(crate) outcome: Result<Filtered, Blocked>,
    pub(crate) exchanges: Vec<Exchange>,
}

impl Seen {
    /// Whether the page can read the response, of whatever status.
    #[doc = example!(
        "assert!(seen.is_readable());"
        "assert!(!stranger.is_readable());"
    )]
    pub fn is_readable(&self) -> bool {
        self.outcome.is_ok()
    }

    /// Why the page can't read the response.
    #[doc = example!(
        "assert_eq!(seen.blocked(), None);"
        r#"println!("{}", stranger.blocked().unwrap());"#
    )]
    pub fn blocked(&self) -> Option<&Blocked> {
        self.outcome.as_ref().err()
    }

    /// Asserts that the page can read the response, of whatever status.
    #[doc = example!(
        "assert_eq!(seen.assert_readable().status(), 200);"
    )]
    /// # Panics
    /// When it can't, with the reason and all exchanges.
    #[track_caller]
    pub fn assert_readable(&self) -> &Self {
        self.filtered();
        self
    }

    /// Asserts that the page can't read the response, and returns the reason.
    #[doc = example!(
        "let reason = stranger.assert_blocked();"
        r#"assert!(reason.to_string().contains("and the origin is https://evil.example"));"#
    )]
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
    #[doc = example!(
        "assert_eq!(seen.status(), 200);"
    )]
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn status(&self) -> u16 {
        self.filtered().response.status
    }

    /// A header as a script reads it: none if the response does not have it, or does not expose it. Values
    /// of several lines are joined with `, `.
    #[doc = example!(
        r#"assert_eq!(seen.header("content-type").unwrap(), "text/plain");"#
        r#"assert_eq!(seen.header("access-control-allow-origin"), None);"#
    )]
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<String> {
        self.filtered().response.header(name)
    }

    /// The names of all headers that a script can read, in lower case, sorted.
    #[doc = example!(
        r#"assert_eq!(seen.header_names(), ["content-length", "content-type"]);"#
    )]
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
    #[doc = example!(
        r#"assert_eq!(seen.body(), b"tea");"#
    )]
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn body(&self) -> &[u8] {
        self.filtered().response.body()
    }

    /// The body as text, decoded from UTF-8 as `response.text()` does: malformed sequences are replaced.
    #[doc = example!(
        r#"assert_eq!(seen.text(), "tea");"#
    )]
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.body())
    }

    /// The URL that the response is from, after all redirects.
    #[doc = example!(
        r#"assert_eq!(seen.url(), "https://api.test/items/3?full");"#
    )]
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn url(&self) -> &str {
        self.filtered().url.as_str()
    }

    /// Whether there was a redirect.
    #[doc = example!(
        "assert!(!seen.redirected());"
    )]
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn redirected(&self) -> bool {
        self.filtered().redirected
    }

    /// Whether CORS was needed.
    #[doc = example!(
        "assert_eq!(seen.response_type(), ResponseType::Cors);"
    )]
    /// # Panics
    /// When the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn response_type(&self) -> ResponseType {
        self.filtered().kind
    }

    /// Everything that went over the wire, in order. A preflight that was answered from the cache is not
    /// among it; the request that it was for is [`Purpose::Cached`].
    #[doc = example!(
        "let [preflight, actual] = seen.exchanges() else { unreachable!() };"
        r#"println!("{preflight}\n{actual}");"#
        "assert_eq!(stranger.exchanges().len(), 1);"
    )]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Whether a preflight was sent.
    #[doc = example!(
        "assert!(seen.preflighted());"
    )]
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
