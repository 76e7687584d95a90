//! The page's view of a fetch.

use std::{borrow::Cow, fmt};

use url::Url;

use crate::{
    blocked::Blocked,
    blocked_cookie::BlockedCookie,
    exchange::{Exchange, Purpose, Response},
};

/// The type of a response that a page can read (Fetch, response, "type").
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
#[non_exhaustive]
pub enum ResponseType {
    /// A response from the page's own origin, without CORS.
    Basic,
    /// A response that another origin shares with the page.
    Cors,
}

/// The part of a response that a script can read.
#[derive(Debug, Clone)]
pub(crate) struct Filtered {
    pub(crate) kind: ResponseType,
    pub(crate) url: Url,
    pub(crate) redirected: bool,
    pub(crate) response: Response,
}

/// The outcome of a fetch. The page sees the response, or that the response is blocked; the test also sees
/// the reason, and everything that went over the wire.
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
/// // The header is sent, but not exposed.
/// assert_eq!(seen.header("x-total"), None);
///
/// Browser::at("https://evil.example").fetch(&app, "/items").await.assert_blocked();
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "the outcome of a fetch asserts nothing by itself"]
pub struct Seen {
    pub(crate) page: String,
    pub(crate) call: String,
    pub(crate) outcome: Result<Filtered, Blocked>,
    pub(crate) exchanges: Vec<Exchange>,
}

impl Seen {
    /// Returns `true` if the page can read the response, of any status.
    #[doc = example!(
        "assert!(seen.is_readable());"
        "assert!(!stranger.is_readable());"
    )]
    pub fn is_readable(&self) -> bool {
        self.outcome.is_ok()
    }

    /// Returns the reason for which the page can't read the response.
    #[doc = example!(
        "assert_eq!(seen.blocked(), None);"
        r#"println!("{}", stranger.blocked().unwrap());"#
    )]
    pub fn blocked(&self) -> Option<&Blocked> {
        self.outcome.as_ref().err()
    }

    /// Asserts that the page can read the response, of any status.
    #[doc = example!(
        "assert_eq!(seen.assert_readable().status(), 200);"
    )]
    /// # Panics
    /// If the page can't read the response. The message has the reason and all exchanges.
    #[track_caller]
    pub fn assert_readable(&self) -> &Self {
        self.filtered();
        self
    }

    /// Asserts that the page can read the response, and that the response has the status. If a session is
    /// lost between sites, for instance, the status is 401, and the message names the cookie and the reason.
    #[doc = example!(
        "seen.assert_status(200);"
    )]
    /// # Panics
    /// If the page can't read the response, or if the status is another. The message has all exchanges.
    #[track_caller]
    #[expect(clippy::panic, reason = "the purpose of an assertion")]
    pub fn assert_status(&self, status: u16) -> &Self {
        let found = self.filtered().response.status;
        if found != status {
            panic!("the status is {found} instead of {status}; {self}");
        }
        self
    }

    /// Asserts that the page can't read the response, and returns the reason.
    #[doc = example!(
        "let reason = stranger.assert_blocked();"
        r#"assert!(reason.to_string().contains("and the origin is https://evil.example"));"#
    )]
    /// # Panics
    /// If the page can read the response. The message has all exchanges.
    #[track_caller]
    #[expect(clippy::panic, reason = "the purpose of an assertion")]
    pub fn assert_blocked(&self) -> &Blocked {
        match &self.outcome {
            Err(blocked) => blocked,
            Ok(_) => panic!("{self}"),
        }
    }

    /// Returns the status of the response.
    #[doc = example!(
        "assert_eq!(seen.status(), 200);"
    )]
    /// # Panics
    /// If the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn status(&self) -> u16 {
        self.filtered().response.status
    }

    /// Returns a header as a script reads it, or `None` if the response lacks the header or does not expose
    /// the header. Values of several lines are joined with `, `.
    #[doc = example!(
        r#"assert_eq!(seen.header("content-type").unwrap(), "text/plain");"#
        r#"assert_eq!(seen.header("access-control-allow-origin"), None);"#
    )]
    /// # Panics
    /// If the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<String> {
        self.filtered().response.header(name)
    }

    /// Returns the names of all headers that a script can read, in lower case, sorted.
    #[doc = example!(
        r#"assert_eq!(seen.header_names(), ["content-length", "content-type"]);"#
    )]
    /// # Panics
    /// If the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn header_names(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.filtered().response.headers().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns the body.
    #[doc = example!(
        r#"assert_eq!(seen.body(), b"tea");"#
    )]
    /// # Panics
    /// If the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn body(&self) -> &[u8] {
        self.filtered().response.body()
    }

    /// Returns the body as text, decoded from UTF-8 as `response.text()` does: malformed sequences are
    /// replaced.
    #[doc = example!(
        r#"assert_eq!(seen.text(), "tea");"#
    )]
    /// # Panics
    /// If the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.body())
    }

    /// Returns the URL of the response, after all redirects.
    #[doc = example!(
        r#"assert_eq!(seen.url(), "https://api.test/items/3?full");"#
    )]
    /// # Panics
    /// If the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn url(&self) -> &str {
        self.filtered().url.as_str()
    }

    /// Returns `true` if there was a redirect.
    #[doc = example!(
        "assert!(!seen.redirected());"
    )]
    /// # Panics
    /// If the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn redirected(&self) -> bool {
        self.filtered().redirected
    }

    /// Returns the type, which tells if CORS was needed.
    #[doc = example!(
        "assert_eq!(seen.response_type(), ResponseType::Cors);"
    )]
    /// # Panics
    /// If the page can't read the response, as [`Seen::assert_readable`] does.
    #[track_caller]
    pub fn response_type(&self) -> ResponseType {
        self.filtered().kind
    }

    /// Returns everything that went over the wire, in order. If the preflight cache made a preflight
    /// unnecessary, the purpose of the request is [`Purpose::Cached`].
    #[doc = example!(
        "let [preflight, actual] = seen.exchanges() else { unreachable!() };"
        r#"println!("{preflight}\n{actual}");"#
        "assert_eq!(stranger.exchanges().len(), 1);"
    )]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Returns `true` if a preflight was sent.
    #[doc = example!(
        "assert!(seen.preflighted());"
    )]
    pub fn preflighted(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.purpose == Purpose::Preflight)
    }

    /// Returns the cookies that were not sent or not stored, of all exchanges in order. `Display` of a
    /// [`Seen`] shows them too.
    #[doc = example!(
        "assert_eq!(seen.blocked_cookies().count(), 0);"
    )]
    pub fn blocked_cookies(&self) -> impl Iterator<Item = &BlockedCookie> {
        self.exchanges.iter().flat_map(Exchange::blocked_cookies)
    }

    #[track_caller]
    #[expect(clippy::panic, reason = "the test asks for a response that the page can't read")]
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
