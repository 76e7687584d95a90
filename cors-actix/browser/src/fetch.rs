//! The call of `fetch()`: its options, and the request that they make.

use std::fmt;

use serde::Serialize;
use url::Url;

use crate::{
    blocked::{Blocked, Invalid},
    headers::{self, HeaderList},
    method,
};

/// The credentials mode (Fetch, request, "credentials mode"): decides if cookies are sent and stored, and if
/// the response must allow credentials.
///
/// ```
/// use cors_actix_browser::{Credentials, Fetch};
///
/// let fetch = Fetch::get("/me").credentials(Credentials::Include);
/// # let _ = fetch;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Credentials {
    /// No credentials.
    Omit,
    /// Credentials within the page's own origin. The default of `fetch()`.
    #[default]
    SameOrigin,
    /// Credentials with every request.
    Include,
}

/// The mode (Fetch, request, "mode").
///
/// ```
/// use cors_actix_browser::{Fetch, Mode};
///
/// let beacon = Fetch::post("/hits").mode(Mode::NoCors);
/// # let _ = beacon;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Requests to other origins follow the CORS protocol. The default of `fetch()`.
    #[default]
    Cors,
    /// Requests are sent without a preflight, as those of `<img>` and forms, and the page can't read the
    /// response.
    NoCors,
    /// Requests to other origins are denied.
    SameOrigin,
}

/// A call of `fetch()`, with the arguments as a script passes them.
///
/// If `fetch()` throws a `TypeError`, the outcome is [`Blocked::Invalid`](crate::Blocked::Invalid). Headers that
/// scripts may not set are dropped without an error, as browsers do.
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
#[must_use = "a fetch is sent by `Browser::fetch`"]
pub struct Fetch {
    method: String,
    url: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Body,
    credentials: Credentials,
    mode: Mode,
}

/// The body as the script passes it.
#[derive(Debug, Clone)]
enum Body {
    None,
    Text(String),
    Bytes(Vec<u8>),
    /// The text of `JSON.stringify`, or the error.
    Json(Result<String, String>),
}

macro_rules! methods {
    ($($name:ident $method:literal)*) => {$(
        #[doc = concat!("Makes a request of method ", $method, ".\n\n```\n# use cors_actix_browser::Fetch;\nlet fetch = Fetch::",
            stringify!($name), "(\"/items\");\n# let _ = fetch;\n```")]
        pub fn $name(url: impl Into<String>) -> Self {
            Fetch::new($method, url)
        }
    )*};
}

impl Fetch {
    /// Makes a request of any method. `get`, `head`, `post`, `put`, `delete` and `options` become upper case,
    /// other methods are sent as written (Fetch, method, "normalize").
    ///
    /// The URL is absolute, or relative to [`Target::base`](crate::Target::base).
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
            body: Body::None,
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

    /// Sets a text as body. Without a `content-type` header, the type is `text/plain;charset=UTF-8`, as for a
    /// string that a script passes.
    ///
    /// ```
    /// # use cors_actix_browser::Fetch;
    /// let fetch = Fetch::post("/notes").body("buy tea");
    /// # let _ = fetch;
    /// ```
    pub fn body(mut self, text: impl Into<String>) -> Self {
        self.body = Body::Text(text.into());
        self
    }

    /// Sets bytes as body, without a type unless there is a `content-type` header, as for an `ArrayBuffer`.
    ///
    /// ```
    /// # use cors_actix_browser::Fetch;
    /// let fetch = Fetch::put("/pictures/3").bytes([0xff, 0xd8]).header("content-type", "image/jpeg");
    /// # let _ = fetch;
    /// ```
    pub fn bytes(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Body::Bytes(bytes.into());
        self
    }

    /// Sets a value as JSON body, with the header `content-type: application/json` unless another
    /// `content-type` is set. Across origins, that header needs a preflight.
    ///
    /// In a script, this is `fetch(url, { headers: { "content-type": "application/json" }, body:
    /// JSON.stringify(value) })`. For a value that can't be serialized, the outcome is
    /// [`Invalid::Json`](crate::Invalid::Json).
    ///
    /// ```
    /// # use cors_actix_browser::Fetch;
    /// let fetch = Fetch::post("/orders").json(["tea", "milk"]);
    /// # let _ = fetch;
    /// ```
    pub fn json(mut self, value: impl Serialize) -> Self {
        self.body = Body::Json(serde_json::to_string(&value).map_err(|error| error.to_string()));
        self
    }

    /// Sets the credentials mode.
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

    /// Sets the mode.
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

    /// Makes the request (Fetch, `Request` constructor), with the headers that "fetch" itself adds.
    pub(crate) fn construct(self, base: &str) -> Result<Construct, Blocked> {
        let url = Url::parse(base)
            .and_then(|base| base.join(&self.url))
            .map_err(|_| Invalid::Url { url: self.url.clone() })?;
        // Step 5.3.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Invalid::UrlWithCredentials { url: self.url }.into());
        }
        // Fetch, "scheme fetch": other schemes have no server.
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
        let mut headers = self.headers;
        let is_text = matches!(self.body, Body::Text(_) | Body::Json(_));
        let body = match self.body {
            Body::None => None,
            Body::Text(text) => Some(text.into_bytes()),
            Body::Bytes(bytes) => Some(bytes),
            Body::Json(text) => {
                if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                    headers.push(("content-type".to_owned(), b"application/json".to_vec()));
                }
                Some(text.map_err(|error| Invalid::Json { error })?.into_bytes())
            }
        };
        // Step 35.
        if body.is_some() && matches!(method.as_str(), "GET" | "HEAD") {
            return Err(Invalid::Body { method }.into());
        }
        let mut list = HeaderList::default();
        for (name, value) in headers {
            append(&mut list, self.mode, name, &value)?;
        }
        // Step 37.4.
        if is_text && !list.contains("content-type") {
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
            body,
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

/// The request that the constructor makes.
#[derive(Debug)]
pub(crate) struct Construct {
    pub(crate) method: String,
    pub(crate) url: Url,
    pub(crate) headers: HeaderList,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) credentials: Credentials,
    pub(crate) mode: Mode,
}

/// Adds a header of the script (Fetch, `Headers`, "append", with guard "request" or "request-no-cors").
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
    // Step 3: earlier lines of the name count too.
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
