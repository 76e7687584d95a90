//! The client's side of the CORS protocol: Fetch, section "Fetching".

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use url::Url;

use crate::{
    blocked::{Blocked, CorsFault, RedirectFault},
    cache::{Cache, Key},
    fetch::{Construct, Credentials, Fetch, Mode},
    headers::HeaderList,
    method,
    seen::{Exchange, Filtered, Purpose, Request, Response, ResponseType, Seen},
    site::{self, PageOrigin},
    target::Target,
};

/// Whose limit on `Access-Control-Max-Age` applies. Nothing else differs.
///
/// ```
/// use cors_actix_browser::{Browser, Engine};
///
/// let browser = Browser::at("https://app.example.com").engine(Engine::Chromium);
/// # let _ = browser;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Engine {
    /// The standard, which sets no limit.
    #[default]
    Standard,
    /// 7 200 seconds.
    Chromium,
    /// 86 400 seconds.
    Firefox,
    /// 600 seconds.
    WebKit,
}

impl Engine {
    fn limit(self) -> u64 {
        match self {
            Engine::Standard => u64::MAX,
            Engine::Chromium => 7_200,
            Engine::Firefox => 86_400,
            Engine::WebKit => 600,
        }
    }
}

/// A browser with one page open, as far as CORS needs one: it decides what to send, and what the page
/// gets to see. See the [crate](crate) for what it models.
///
/// ```
/// use actix_web::{App, HttpResponse, middleware::DefaultHeaders, test, web};
/// use cors_actix_browser::{Browser, Credentials, Fetch};
///
/// # #[actix_web::main] async fn main() {
/// let headers = DefaultHeaders::new()
///     .add(("access-control-allow-origin", "https://app.example.com"))
///     .add(("access-control-allow-headers", "x-request-id"))
///     .add(("access-control-allow-credentials", "true"));
/// let app = App::new().wrap(headers).default_service(web::to(HttpResponse::Created));
/// let app = test::init_service(app).await;
///
/// let browser = Browser::at("https://app.example.com").cookie("session", "1");
/// let order = Fetch::post("/items").header("x-request-id", "1").credentials(Credentials::Include);
/// let seen = browser.fetch(&app, order).await;
/// assert_eq!(seen.status(), 201);
/// let [preflight, actual] = seen.exchanges() else { unreachable!() };
/// assert_eq!(preflight.request().header("cookie"), None);
/// assert_eq!(actual.request().header("cookie").unwrap(), "session=1");
/// # }
/// ```
#[derive(Debug)]
pub struct Browser {
    origin: PageOrigin,
    engine: Engine,
    cookies: Vec<String>,
    cache: RefCell<Cache>,
    now: Cell<Duration>,
}

impl Browser {
    /// A browser with a page of the origin open. Any URL of the page will do.
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
    /// When it is no absolute URL.
    #[track_caller]
    #[expect(clippy::panic, reason = "a mistake in the test")]
    pub fn at(page: &str) -> Self {
        match Url::parse(page) {
            Ok(page) => Browser::with(PageOrigin::of(page)),
            Err(error) => panic!(
                "{page:?} is no origin of a page ({error}): write as \"https://app.example.com\""
            ),
        }
    }

    /// A browser with a page of an opaque origin open, such as a sandboxed frame. It sends `Origin: null`.
    ///
    /// ```
    /// # use cors_actix_browser::Browser;
    /// assert_eq!(Browser::sandboxed().origin(), "null");
    /// assert_eq!(Browser::at("file:///home/me/page.html").origin(), "null");
    /// ```
    pub fn sandboxed() -> Self {
        Browser::with(PageOrigin::Opaque)
    }

    fn with(origin: PageOrigin) -> Self {
        Browser {
            origin,
            engine: Engine::default(),
            cookies: Vec::new(),
            cache: RefCell::default(),
            now: Cell::default(),
        }
    }

    /// The page's origin, as `Origin` says it.
    ///
    /// ```
    /// # use cors_actix_browser::Browser;
    /// assert_eq!(Browser::at("http://localhost:3000/cart").origin(), "http://localhost:3000");
    /// ```
    pub fn origin(&self) -> &str {
        self.origin.serialized()
    }

    /// Sets whose limit on `Access-Control-Max-Age` applies; none by default.
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

    /// Adds a cookie. Every request with credentials carries it, to whatever host; no other does.
    ///
    /// ```
    /// # use cors_actix_browser::Browser;
    /// let browser = Browser::at("https://app.example.com").cookie("session", "1");
    /// # let _ = browser;
    /// ```
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.push(format!("{name}={value}"));
        self
    }

    /// Lets time pass, for the preflight cache. No other time passes there.
    ///
    /// ```
    /// use std::time::Duration;
    /// # use cors_actix_browser::Browser;
    ///
    /// let browser = Browser::at("https://app.example.com");
    /// browser.advance(Duration::from_secs(5));
    /// ```
    pub fn advance(&self, time: Duration) {
        self.now.set(self.now.get().saturating_add(time));
    }

    /// Fetches as a script of the page would. A URL alone is a GET.
    ///
    /// ```
    /// use actix_web::{App, test};
    /// use cors_actix_browser::{Browser, Fetch};
    ///
    /// # #[actix_web::main] async fn main() {
    /// let app = test::init_service(App::new()).await;
    /// let browser = Browser::at("https://app.example.com");
    /// browser.fetch(&app, "/items").await.assert_blocked();
    /// browser.fetch(&app, Fetch::delete("/items/3")).await.assert_blocked();
    /// # }
    /// ```
    pub async fn fetch<T: Target + ?Sized>(&self, target: &T, fetch: impl Into<Fetch>) -> Seen {
        let fetch = fetch.into();
        let (page, call) = (self.origin().to_owned(), fetch.to_string());
        let mut exchanges = Vec::new();
        let outcome = match fetch.construct(&target.base()) {
            Ok(construct) => Fetching::new(self, target, construct, &mut exchanges).main().await,
            Err(blocked) => Err(blocked),
        };
        Seen { page, call, outcome, exchanges }
    }
}

/// Fetch, request, "response tainting".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tainting {
    Basic,
    Cors,
    Opaque,
}

/// One fetch under way.
struct Fetching<'f, T: ?Sized> {
    browser: &'f Browser,
    target: &'f T,
    exchanges: &'f mut Vec<Exchange>,
    method: String,
    urls: Vec<Url>,
    headers: HeaderList,
    body: Option<Vec<u8>>,
    credentials: Credentials,
    mode: Mode,
    tainting: Tainting,
}

impl<'f, T: Target + ?Sized> Fetching<'f, T> {
    fn new(
        browser: &'f Browser,
        target: &'f T,
        construct: Construct,
        exchanges: &'f mut Vec<Exchange>,
    ) -> Self {
        let Construct { method, url, headers, body, credentials, mode } = construct;
        let tainting = Tainting::Basic;
        let urls = vec![url];
        Fetching {
            browser,
            target,
            exchanges,
            method,
            urls,
            headers,
            body,
            credentials,
            mode,
            tainting,
        }
    }

    /// Fetch, "main fetch".
    async fn main(mut self) -> Result<Filtered, Blocked> {
        let mut preflighted = false;
        let response = loop {
            match self.hop(&mut preflighted).await {
                Ok(Some(response)) => break response,
                Ok(None) => {}
                Err(blocked) => {
                    // Step 12, "corsWithPreflightResponse": by then, the current URL is that of the
                    // last redirect.
                    if preflighted {
                        self.browser.cache.borrow_mut().clear(&self.key());
                    }
                    return Err(blocked);
                }
            }
        };
        self.filter(response)
    }

    /// Fetch, "main fetch", step 12, and "HTTP fetch": a response, or none if it was a redirect.
    async fn hop(&mut self, preflighted: &mut bool) -> Result<Option<Response>, Blocked> {
        let mut make_preflight = false;
        if self.tainting == Tainting::Basic && self.browser.origin.is_same_origin(self.url()) {
            // The page's own.
        } else if self.mode == Mode::SameOrigin {
            return Err(Blocked::NotSameOrigin { url: self.url().to_string() });
        } else if self.mode == Mode::NoCors {
            self.tainting = Tainting::Opaque;
        } else {
            self.tainting = Tainting::Cors;
            make_preflight =
                !method::is_safelisted(&self.method) || !self.headers.unsafe_names().is_empty();
        }
        *preflighted |= make_preflight;
        let purpose = if !make_preflight {
            Purpose::Simple
        } else if self.is_in_cache() {
            Purpose::Cached
        } else {
            self.preflight().await?;
            Purpose::Preflighted
        };
        let response = self.network(purpose).await?;
        if self.tainting == Tainting::Cors {
            let status = response.status;
            self.check(&response).map_err(|fault| Blocked::Cors { status, fault })?;
        }
        match self.location(&response)? {
            Some(location) => self.redirect(response.status, location).map(|()| None),
            None => Ok(Some(response)),
        }
    }

    fn url(&self) -> &Url {
        // The list is never empty.
        &self.urls[self.urls.len() - 1]
    }

    /// Fetch, "serializing a request origin".
    fn origin(&self) -> &str {
        match self.browser.origin.is_tainted(&self.urls) {
            true => "null",
            false => self.browser.origin.serialized(),
        }
    }

    fn with_credentials(&self) -> bool {
        self.credentials == Credentials::Include
    }

    fn key(&self) -> Key {
        Key {
            origin: self.origin().to_owned(),
            url: self.url().to_string(),
            credentials: self.with_credentials(),
        }
    }

    /// Fetch, "HTTP fetch", makeCORSPreflight: whether the cache spares the preflight.
    fn is_in_cache(&self) -> bool {
        let (cache, now, key) = (self.browser.cache.borrow(), self.browser.now.get(), self.key());
        let has_header = |name: &String| cache.has_header(now, &key, name);
        (method::is_safelisted(&self.method) || cache.has_method(now, &key, &self.method))
            && self.headers.unsafe_names().iter().all(has_header)
    }

    /// Fetch, "HTTP-network-or-cache fetch", step 8, as far as it adds headers.
    async fn network(&mut self, purpose: Purpose) -> Result<Response, Blocked> {
        let mut headers = self.headers.clone();
        let length = match &self.body {
            Some(body) => Some(body.len()),
            None => matches!(self.method.as_str(), "POST" | "PUT").then_some(0),
        };
        if let Some(length) = length {
            headers.append("content-length", length.to_string().as_bytes());
        }
        self.append_origin(&mut headers);
        let mode = match self.mode {
            Mode::Cors => "cors",
            Mode::NoCors => "no-cors",
            Mode::SameOrigin => "same-origin",
        };
        self.append_metadata(&mut headers, mode);
        let include = match self.credentials {
            Credentials::Include => true,
            Credentials::SameOrigin => self.tainting == Tainting::Basic,
            Credentials::Omit => false,
        };
        if include && !self.browser.cookies.is_empty() {
            headers.append("cookie", self.browser.cookies.join("; ").as_bytes());
        }
        let body = self.body.clone().unwrap_or_default();
        let (method, url) = (self.method.clone(), self.url().clone());
        self.send(purpose, Request { method, url, headers, body }).await
    }

    /// Fetch, "append a request `Origin` header", under the default referrer policy.
    fn append_origin(&self, headers: &mut HeaderList) {
        if self.tainting == Tainting::Cors {
            headers.append("origin", self.origin().as_bytes());
        } else if !matches!(self.method.as_str(), "GET" | "HEAD") {
            // Step 4.1: in mode "cors" this would be tainting "cors".
            let downgraded = self.browser.origin.is_https() && self.url().scheme() != "https";
            headers.append("origin", if downgraded { b"null" } else { self.origin().as_bytes() });
        }
    }

    /// Fetch Metadata, "append the Fetch metadata headers for a request".
    fn append_metadata(&self, headers: &mut HeaderList, mode: &str) {
        if site::is_potentially_trustworthy(self.url()) {
            headers.append("sec-fetch-dest", b"empty");
            headers.append("sec-fetch-mode", mode.as_bytes());
            headers.append("sec-fetch-site", self.browser.origin.relation(&self.urls).as_bytes());
        }
    }

    async fn send(&mut self, purpose: Purpose, mut request: Request) -> Result<Response, Blocked> {
        // Neither a fragment nor a user is part of a request.
        request.url.set_fragment(None);
        let _ = request.url.set_password(None);
        let _ = request.url.set_username("");
        let response = self.target.send(&request).await.map_err(|error| Blocked::Unreachable {
            url: request.url.to_string(),
            error: error.to_string(),
        });
        let received = response.as_ref().ok().cloned();
        self.exchanges.push(Exchange { purpose, request, response: received });
        response
    }

    /// Fetch, "CORS-preflight fetch".
    async fn preflight(&mut self) -> Result<(), Blocked> {
        let unsafe_names = self.headers.unsafe_names();
        let mut headers = HeaderList::default();
        headers.append("accept", b"*/*");
        headers.append("access-control-request-method", self.method.as_bytes());
        // Step 5: no space after the comma.
        if !unsafe_names.is_empty() {
            headers.append("access-control-request-headers", unsafe_names.join(",").as_bytes());
        }
        // Its tainting is "cors" and its credentials mode "same-origin": an origin, and no cookies.
        headers.append("origin", self.origin().as_bytes());
        self.append_metadata(&mut headers, "cors");
        let (method, url) = ("OPTIONS".to_owned(), self.url().clone());
        let request = Request { method, url, headers, body: Vec::new() };
        let response = self.send(Purpose::Preflight, request).await?;

        // Step 7.
        let status = response.status;
        if let Err(fault) = self.check(&response) {
            let (method, headers) = (self.method.clone(), unsafe_names);
            return Err(Blocked::PreflightCors { status, fault, method, headers });
        }
        if !(200..=299).contains(&status) {
            return Err(Blocked::PreflightStatus { status });
        }
        let list = |name: &str| {
            let malformed = |_| response.header(name).unwrap_or_default();
            response.headers.tokens(name).map(Option::unwrap_or_default).map_err(malformed)
        };
        let methods = list("access-control-allow-methods")
            .map_err(|value| Blocked::AllowMethodsMalformed { value })?;
        let names = list("access-control-allow-headers")
            .map_err(|value| Blocked::AllowHeadersMalformed { value })?;
        let credentials = self.with_credentials();
        let any = |list: &[String]| !credentials && list.iter().any(|item| item == "*");
        // Step 7.5.
        if !methods.contains(&self.method) && !method::is_safelisted(&self.method) && !any(&methods)
        {
            let (method, allowed) = (self.method.clone(), methods);
            return Err(Blocked::MethodNotAllowed { method, allowed, credentials });
        }
        // Steps 7.6 and 7.7. `authorization` is never safelisted, so it is among the unsafe names.
        let is_allowed = |name: &String| {
            names.iter().any(|item| item.eq_ignore_ascii_case(name))
                || (any(&names) && name != "authorization")
        };
        if let Some(name) = unsafe_names.into_iter().find(|name| !is_allowed(name)) {
            return Err(Blocked::HeaderNotAllowed { name, allowed: names, credentials });
        }
        // Steps 7.8 to 7.15.
        let max_age = response.headers.seconds("access-control-max-age").unwrap_or(5);
        let max_age = Duration::from_secs(max_age.min(self.browser.engine.limit()));
        let now = self.browser.now.get();
        self.browser.cache.borrow_mut().store(now, max_age, &self.key(), &methods, &names);
        Ok(())
    }

    /// Fetch, "CORS check".
    fn check(&self, response: &Response) -> Result<(), CorsFault> {
        const ALLOW_ORIGIN: &str = "access-control-allow-origin";
        let origin = self.origin().to_owned();
        // Steps 1 and 2.
        let Some(found) = response.header(ALLOW_ORIGIN) else {
            return Err(CorsFault::AllowOriginMissing { origin });
        };
        // Step 3.
        if !self.with_credentials() && found == "*" {
            return Ok(());
        }
        // Step 4.
        if found != origin {
            let lines = response.headers.values(ALLOW_ORIGIN);
            let values: Vec<_> = lines.map(|line| line.escape_ascii().to_string()).collect();
            return Err(match found.as_str() {
                _ if values.len() > 1 => CorsFault::AllowOriginRepeated { values },
                "*" => CorsFault::WildcardWithCredentials { origin },
                _ => CorsFault::AllowOriginDiffers { origin, found },
            });
        }
        // Step 5.
        if !self.with_credentials() {
            return Ok(());
        }
        // Steps 6 to 8.
        match response.header("access-control-allow-credentials") {
            Some(found) if found == "true" => Ok(()),
            found => Err(CorsFault::AllowCredentials { found }),
        }
    }

    /// Fetch, response, "location URL".
    fn location(&self, response: &Response) -> Result<Option<Url>, Blocked> {
        // "Redirect status".
        if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let Some(value) = response.headers.get("location") else { return Ok(None) };
        let location = String::from_utf8_lossy(&value).into_owned();
        let single = response.headers.values("location").count() == 1;
        match self.url().join(&location) {
            Ok(mut url) if single => {
                if url.fragment().is_none() {
                    url.set_fragment(self.url().fragment());
                }
                Ok(Some(url))
            }
            _ => Err(RedirectFault::Location { location }.into()),
        }
    }

    /// Fetch, "HTTP-redirect fetch".
    fn redirect(&mut self, status: u16, location: Url) -> Result<(), Blocked> {
        // Step 6.
        if !matches!(location.scheme(), "http" | "https") {
            return Err(RedirectFault::NotHttp { url: location.into() }.into());
        }
        // Step 7.
        if self.urls.len() > 20 {
            return Err(RedirectFault::TooMany.into());
        }
        // Steps 9 and 10.
        let has_credentials = !location.username().is_empty() || location.password().is_some();
        let crosses = self.mode == Mode::Cors && !self.browser.origin.is_same_origin(&location);
        if has_credentials && (crosses || self.tainting == Tainting::Cors) {
            return Err(RedirectFault::Credentials { url: location.into() }.into());
        }
        // Step 12.
        if matches!((status, self.method.as_str()), (301 | 302, "POST"))
            || status == 303 && !matches!(self.method.as_str(), "GET" | "HEAD")
        {
            "GET".clone_into(&mut self.method);
            self.body = None;
            for name in ["content-encoding", "content-language", "content-location", "content-type"]
            {
                self.headers.delete(name);
            }
        }
        // Step 13.
        if self.url().origin() != location.origin() {
            self.headers.delete("authorization");
        }
        // Step 18.
        self.urls.push(location);
        Ok(())
    }

    /// Fetch, "main fetch", steps 14 and 21.
    fn filter(self, mut response: Response) -> Result<Filtered, Blocked> {
        let never = |name: &str| matches!(name, "set-cookie" | "set-cookie2");
        let kind = match self.tainting {
            Tainting::Opaque => return Err(Blocked::Opaque),
            // "Basic filtered response".
            Tainting::Basic => {
                response.headers.retain(|name| !never(name));
                ResponseType::Basic
            }
            // "CORS filtered response": a malformed list exposes nothing.
            Tainting::Cors => {
                let exposed = response.headers.tokens("access-control-expose-headers");
                let exposed = exposed.ok().flatten().unwrap_or_default();
                let all = !self.with_credentials() && exposed.iter().any(|name| name == "*");
                response.headers.retain(|name| {
                    let named = || exposed.iter().any(|item| item.eq_ignore_ascii_case(name));
                    !never(name) && (all || is_safelisted_response_header(name) || named())
                });
                ResponseType::Cors
            }
        };
        // Step 21, "null body status".
        if self.method == "HEAD" || matches!(response.status, 101 | 103 | 204 | 205 | 304) {
            response.body.clear();
        }
        let mut url = self.url().clone();
        url.set_fragment(None);
        Ok(Filtered { kind, url, redirected: self.urls.len() > 1, response })
    }
}

/// Fetch, "CORS-safelisted response-header name", apart from the exposed list.
fn is_safelisted_response_header(name: &str) -> bool {
    matches!(
        name,
        "cache-control"
            | "content-language"
            | "content-length"
            | "content-type"
            | "expires"
            | "last-modified"
            | "pragma"
    )
}
