//! The browser: its page, its cookies, its preflight cache and its clock.

use std::{
    cell::{Cell, RefCell},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use url::Url;

use crate::{
    cookie_jar::{Context, CookieJar},
    engine::Engine,
    preflight_cache::PreflightCache,
    site::PageOrigin,
};

/// A browser with one page open. The browser decides which requests to send, and what the page may read.
/// The documentation of the [crate](crate) lists the modelled behaviour.
///
/// ```
/// use actix_web::{App, HttpResponse, middleware::DefaultHeaders, test, web};
/// use cors_actix_browser::{Browser, Credentials, Fetch};
///
/// # #[actix_web::main] async fn main() {
/// let headers = DefaultHeaders::new()
///     .add(("access-control-allow-origin", "https://app.example.com"))
///     .add(("access-control-allow-headers", "content-type"))
///     .add(("access-control-allow-credentials", "true"));
/// let app = App::new().wrap(headers).default_service(web::to(HttpResponse::Created));
/// let app = test::init_service(app).await;
///
/// let browser = Browser::at("https://app.example.com")
///     .cookie("https://api.example.com", "session=1; Secure; HttpOnly");
/// let order = Fetch::post("https://api.example.com/orders")
///     .json(["tea"])
///     .credentials(Credentials::Include);
/// let seen = browser.fetch(&app, order).await;
/// seen.assert_status(201);
/// let [preflight, actual] = seen.exchanges() else { unreachable!() };
/// assert_eq!(preflight.request().header("cookie"), None);
/// assert_eq!(actual.request().header("cookie").unwrap(), "session=1");
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a browser does nothing until it fetches"]
pub struct Browser {
    pub(crate) origin: PageOrigin,
    pub(crate) engine: Engine,
    pub(crate) cookies: RefCell<CookieJar>,
    pub(crate) preflights: RefCell<PreflightCache>,
    now: Cell<Duration>,
}

impl Browser {
    /// Opens a page of the origin. `page` can be the origin, or any URL of the page.
    ///
    /// ```
    /// # use cors_actix_browser::Browser;
    /// let browser = Browser::at("https://app.example.com");
    /// assert_eq!(browser.origin(), "https://app.example.com");
    /// assert_eq!(Browser::at("HTTPS://Example.com:443/cart").origin(), "https://example.com");
    /// assert_eq!(Browser::at("capacitor://localhost").origin(), "capacitor://localhost");
    /// ```
    ///
    /// # Panics
    /// If `page` is not an absolute URL.
    #[track_caller]
    #[expect(clippy::panic, reason = "a mistake in the test")]
    pub fn at(page: &str) -> Self {
        match Url::parse(page) {
            Ok(page) => Browser::new(PageOrigin::of(page)),
            Err(error) => panic!(
                "{page:?} is not the origin of a page ({error}): write as \"https://app.example.com\""
            ),
        }
    }

    /// Opens a page of an opaque origin, such as a sandboxed frame. The page sends `Origin: null`.
    ///
    /// ```
    /// # use cors_actix_browser::Browser;
    /// assert_eq!(Browser::sandboxed().origin(), "null");
    /// assert_eq!(Browser::at("file:///home/me/page.html").origin(), "null");
    /// ```
    pub fn sandboxed() -> Self {
        Browser::new(PageOrigin::Opaque)
    }

    fn new(origin: PageOrigin) -> Self {
        Browser {
            origin,
            engine: Engine::default(),
            cookies: RefCell::default(),
            preflights: RefCell::default(),
            now: Cell::new(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()),
        }
    }

    /// Returns the page's origin, as the `Origin` header has it.
    ///
    /// ```
    /// # use cors_actix_browser::Browser;
    /// assert_eq!(Browser::at("http://localhost:3000/cart").origin(), "http://localhost:3000");
    /// ```
    pub fn origin(&self) -> &str {
        self.origin.serialized()
    }

    /// Sets the engine whose limit on `Access-Control-Max-Age` applies. The default is
    /// [`Engine::Standard`].
    ///
    /// ```
    /// # use cors_actix_browser::{Browser, Engine};
    /// let browser = Browser::at("https://app.example.com").engine(Engine::WebKit);
    /// # let _ = browser;
    /// ```
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = engine;
        self
    }

    /// Stores a cookie, as if an earlier response from `url` had contained this `Set-Cookie` line.
    ///
    /// ```
    /// # use cors_actix_browser::Browser;
    /// let browser = Browser::at("https://app.example.com")
    ///     .cookie("https://api.example.com", "session=1; HttpOnly; Secure; SameSite=Strict")
    ///     .cookie("https://api.test", "session=2; HttpOnly; Secure; SameSite=None");
    /// # let _ = browser;
    /// ```
    ///
    /// # Panics
    /// If `url` is not an HTTP URL, or if browsers do not store the cookie. The message has the reason.
    #[track_caller]
    #[expect(clippy::panic, reason = "a mistake in the test")]
    pub fn cookie(self, url: &str, set_cookie: &str) -> Self {
        let url = match Url::parse(url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            _ => {
                panic!("{url:?} is not the URL of a service: write as \"https://api.example.com\"")
            }
        };
        let context = Context { page: &PageOrigin::of(url.clone()), url: &url, credentials: true };
        let stored = self.cookies.borrow_mut().store(&context, set_cookie.as_bytes(), self.now());
        match stored {
            Ok(()) => self,
            Err(blocked) => panic!("{blocked}"),
        }
    }

    /// Lets time pass for the preflight cache and for cookies. Only this method moves their clock.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use cors_actix_browser::Browser;
    ///
    /// let browser = Browser::at("https://app.example.com");
    /// browser.advance(Duration::from_secs(5));
    /// ```
    pub fn advance(&self, time: Duration) {
        self.now.set(self.now().saturating_add(time));
    }

    /// Returns the time since the Unix epoch, by the browser's clock.
    pub(crate) fn now(&self) -> Duration {
        self.now.get()
    }
}
