//! What a page asks for.

use std::fmt;

use url::Url;

use crate::{
    blocked::{Blocked, Invalid},
    headers::{self, HeaderList},
    method,
};

/// Fetch, request, "credentials mode": whether cookies are sent, and which grant a response needs.
///
/// ```
/// use cors_actix_browser::{Credentials, Fetch};
///
/// let fetch = Fetch::get("/me").credentials(Credentials::Include);
/// # let _ = fetch;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Never.
    Omit,
    /// Only within the page's own origin. The default of `fetch()`.
    #[default]
    SameOrigin,
    /// Always.
    Include,
}

/// Fetch, request, "mode".
///
/// ```
/// use cors_actix_browser::{Fetch, Mode};
///
/// let beacon = Fetch::post("/hits").mode(Mode::NoCors);
/// # let _ = beacon;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The default of `fetch()`.
    #[default]
    Cors,
    /// As `<img>` and forms: sent without asking, and not for the page to read.
    NoCors,
    /// Nothing leaves the page's origin.
    SameOrigin,
}

/// A call of `fetch()`: what the page passes, not yet what goes over the wire.
///
/// It takes whatever a script could pass. What `fetch()` throws a `TypeError` for is
/// [`Blocked::Invalid`](crate::Blocked::Invalid) in the answer; headers that scripts may not set are
/// dropped in silence, as browsers do.
///
/// ```
/// use cors_actix_browser::{Credentials, Fetch};
///
/// let fetch = Fetch::put("/items/3")
///     .header("content-type", "application/json")
///     .header("x-request-id", "1")
///     .body(r#"{"name": "tea"}"#)
///     .credentials(Credentials::Include);
/// # let _ = fetch;
/// ```
#[derive(Debug, Clone)]
pub struct Fetch {
    method: String,
    url: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
    text: bool,
    credentials: Credentials,
    mode: Mode,
}

macro_rules! methods {
    ($($name:ident $method:literal)*) => {$(
        #[doc = concat!("A ", $method, ".\n\n```\n# use cors_actix_browser::Fetch;\nlet fetch = Fetch::",
            stringify!($name), "(\"/items\");\n# let _ = fetch;\n```")]
        pub fn $name(url: impl Into<String>) -> Self {
            Fetch::new($method, url)
        }
    )*};
}

impl Fetch {
    /// A request of any method. `get`, `head`, `post`, `put`, `delete` and `options` are made upper case,
    /// others are sent as they are (Fetch, method, "normalize").
    ///
    /// The URL is relative to the service, [`Target::base`](crate::Target::base), or absolute.
    ///
    /// ```
    /// # use cors_actix_browser::Fetch;
    /// let fetch = Fetch::new("PROPFIND", "https://files.example.com/home");
    /// # let _ = fetch;
    /// ```
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Fetch {
            method: method.into(),
            url: url.into(),
            headers: Vec::new(),
            body: None,
            text: false,
            credentials: Credentials::default(),
            mode: Mode::default(),
        }
    }

    methods! {
        get "GET" head "HEAD" post "POST" put "PUT" patch "PATCH" delete "DELETE" options "OPTIONS"
    }

    /// Adds a header line.
    ///
    /// ```
    /// # use cors_actix_browser::Fetch;
    /// let fetch = Fetch::get("/items").header("authorization", "Bearer 1");
    /// # let _ = fetch;
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.into(), value.as_ref().to_vec()));
        self
    }

    /// A text as body. Without a `content-type` header it is `text/plain;charset=UTF-8`, as for a string
    /// that a script passes.
    ///
    /// ```
    /// # use cors_actix_browser::Fetch;
    /// let fetch = Fetch::post("/notes").body("buy tea");
    /// # let _ = fetch;
    /// ```
    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.body = Some(text.into().into_bytes());
        self.text = true;
        self
    }

    /// Bytes as body, of no type unless a header says so, as for an `ArrayBuffer`.
    ///
    /// ```
    /// # use cors_actix_browser::Fetch;
    /// let fetch = Fetch::put("/pictures/3").bytes([0xff, 0xd8]).header("content-type", "image/jpeg");
    /// # let _ = fetch;
    /// ```
    pub fn bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self.text = false;
        self
    }

    /// The credentials mode.
    ///
    /// ```
    /// # use cors_actix_browser::{Credentials, Fetch};
    /// let fetch = Fetch::get("/me").credentials(Credentials::Include);
    /// # let _ = fetch;
    /// ```
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// The mode.
    ///
    /// ```
    /// # use cors_actix_browser::{Fetch, Mode};
    /// let fetch = Fetch::get("/logo.png").mode(Mode::NoCors);
    /// # let _ = fetch;
    /// ```
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Fetch, `Request` constructor, and what "fetch" itself adds.
    pub(crate) fn construct(self, base: &str) -> Result<Construct, Blocked> {
        let url = Url::parse(base)
            .and_then(|base| base.join(&self.url))
            .map_err(|_| Invalid::Url { url: self.url.clone() })?;
        // Step 5.3.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid::UrlWithCredentials { url: self.url }.into());
        }
        // Fetch, "scheme fetch"; the schemes that it knows otherwise have no server.
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Invalid::UrlNotHttp { url: self.url }.into());
        }
        // Step 25.
        if !headers::is_token(self.method.as_bytes()) || method::is_forbidden(&self.method) {
            return Err(Invalid::Method { method: self.method }.into());
        }
        let method = method::normalized(&self.method);
        // Step 32.
        if self.mode == Mode::NoCors && !method::is_safelisted(&method) {
            return Err(Invalid::MethodWithNoCors { method }.into());
        }
        // Step 35.
        if self.body.is_some() && matches!(method.as_str(), "GET" | "HEAD") {
            return Err(Invalid::Body { method }.into());
        }
        let mut list = HeaderList::default();
        for (name, value) in self.headers {
            append(&mut list, self.mode, name, &value)?;
        }
        // Step 37.4.
        if self.text && !list.contains("content-type") {
            list.append("content-type", b"text/plain;charset=UTF-8");
        }
        // Fetch, "fetch": "if request's header list does not contain `Accept`".
        if !list.contains("accept") {
            list.append("accept", b"*/*");
        }
        Ok(Construct {
            method,
            url,
            headers: list,
            body: self.body,
            credentials: self.credentials,
            mode: self.mode,
        })
    }
}

impl fmt::Display for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)
    }
}

impl From<&str> for Fetch {
    fn from(url: &str) -> Self {
        Fetch::get(url)
    }
}

/// A request as the constructor leaves it.
pub(crate) struct Construct {
    pub(crate) method: String,
    pub(crate) url: Url,
    pub(crate) headers: HeaderList,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) credentials: Credentials,
    pub(crate) mode: Mode,
}

/// Fetch, `Headers`, "append", with guard "request" or "request-no-cors".
fn append(list: &mut HeaderList, mode: Mode, name: String, value: &[u8]) -> Result<(), Blocked> {
    // Step 1, and "validate", step 1.
    let value = headers::normalized(value);
    if !headers::is_token(name.as_bytes()) || value.iter().any(|byte| b"\0\r\n".contains(byte)) {
        return Err(Invalid::Header { name }.into());
    }
    let name = name.to_ascii_lowercase();
    // "Validate", step 3.
    if headers::is_forbidden(&name, value) {
        return Ok(());
    }
    // Step 3: what is there already counts too.
    if mode == Mode::NoCors {
        let before = list.get(&name).map(|before| [before.as_slice(), b", "].concat());
        let combined = [before.unwrap_or_default().as_slice(), value].concat();
        if !headers::is_no_cors_safelisted(&name, &combined) {
            return Ok(());
        }
    }
    list.append(&name, value);
    Ok(())
}
