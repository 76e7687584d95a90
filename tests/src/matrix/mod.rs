//! Situations that a page and a server can be in, drawn at random: who asks for what, and under which
//! policy. Real browsers and the model are put into each of them.

pub mod app;
pub mod known;
pub mod model;
pub mod page;
pub mod plan;
pub mod words;

use std::{collections::BTreeSet, fmt};

use fastrand::Rng;
use serde_json::{Value, json};

pub use self::plan::Plan;

/// Where the API is.
pub const API: &str = "https://api.shop.test";

/// Another origin of the API.
pub const OTHER: &str = "https://other.shop.test";

/// The API without TLS.
pub const PLAIN: &str = "http://api.shop.test";

/// What policies are drawn from, and situations unless another seed is asked for.
pub const SEED: u64 = 1;

/// In seconds, and longer than an answer without `Access-Control-Max-Age` is kept.
const PAUSE: u64 = 6;

/// How many situations there are.
pub const COUNT: usize = 6000;

/// The origin that asks. Cookies go from all but [`Page::Stranger`] and [`Page::Null`] to the same site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Page {
    /// The one that policies list.
    Listed,
    /// A subdomain of the one that policies have a wildcard for.
    Subdomain,
    /// The domain of the wildcard itself.
    Apex,
    /// As listed, but for the port.
    Port,
    /// As listed, but for the scheme.
    Scheme,
    /// Another site.
    Stranger,
    /// The origin of the API.
    Same,
    /// A frame in a sandbox.
    Null,
}

impl Page {
    /// Every origin.
    pub const ALL: [Page; 8] = [
        Page::Listed,
        Page::Subdomain,
        Page::Apex,
        Page::Port,
        Page::Scheme,
        Page::Stranger,
        Page::Same,
        Page::Null,
    ];

    /// The origin, serialized.
    pub fn origin(self) -> &'static str {
        match self {
            Page::Null => "null",
            page => page.top(),
        }
    }

    /// The origin of the tab.
    pub fn top(self) -> &'static str {
        match self {
            Page::Listed | Page::Null => "https://app.shop.test",
            Page::Subdomain => "https://a.eu.shop.test",
            Page::Apex => "https://eu.shop.test",
            Page::Port => "https://app.shop.test:8443",
            Page::Scheme => "http://app.shop.test",
            Page::Stranger => "https://stranger.test",
            Page::Same => API,
        }
    }
}

/// Where the policy is, and what stands around the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the app.
    App,
    /// On a scope.
    Scope,
    /// On the handler.
    Route,
    /// On the app, in front of authentication that wants an `Authorization`.
    Locked,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::App => "app",
            Place::Scope => "scope",
            Place::Route => "route",
            Place::Locked => "locked",
        })
    }
}

/// One call of `fetch`.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// Where to.
    pub url: String,
    /// As written.
    pub method: &'static str,
    /// As written.
    pub headers: Vec<(&'static str, String)>,
    /// `omit`, `same-origin` or `include`.
    pub credentials: &'static str,
    /// A text, for methods that take one.
    pub body: Option<&'static str>,
    /// How long the page waits before, in seconds.
    pub pause: u64,
}

impl Fetch {
    /// For the page.
    pub fn json(&self) -> Value {
        json!([self.url, self.method, self.headers, self.credentials, self.body, self.pause])
    }
}

impl fmt::Display for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fetch { url, method, headers, credentials, body, pause } = self;
        let (url, method, headers) = (json!(url), json!(method), json!(headers));
        let (credentials, body) = (json!(credentials), json!(body));
        write!(f, "fetch({url}, {{ method: {method}, headers: {headers}, ")?;
        write!(f, "credentials: {credentials}, body: {body} ?? undefined }})")?;
        if *pause > 0 { write!(f, " // after {pause} s") } else { Ok(()) }
    }
}

/// A page that asks, once or several times in a row. No two situations share a path.
#[derive(Debug, Clone)]
pub struct Situation {
    /// Its place among all.
    pub id: usize,
    /// Where the policy is.
    pub place: Place,
    /// Which of [`plan::all`] the policy is.
    pub plan: usize,
    /// Who asks.
    pub page: Page,
    /// One after the other.
    pub fetches: Vec<Fetch>,
}

/// What the page was told of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// Names of the headers that it may read.
    pub headers: BTreeSet<String>,
    /// The body.
    pub body: String,
}

impl Seen {
    /// Leaves out `Connection`, which is no part of the response but of the way that it came.
    pub fn new<'a>(
        status: u16,
        headers: impl IntoIterator<Item = &'a str>,
        body: impl Into<String>,
    ) -> Self {
        let headers = headers.into_iter().filter(|name| *name != "connection");
        Seen { status, headers: headers.map(str::to_owned).collect(), body: body.into() }
    }
}

/// A request as it reached the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The method.
    pub method: String,
    /// The host and the path.
    pub url: String,
    /// The header `Origin`.
    pub origin: Option<String>,
    /// The header `Access-Control-Request-Method`.
    pub asks_method: Option<String>,
    /// The header `Access-Control-Request-Headers`.
    pub asks_headers: Option<String>,
    /// Whether there was a cookie.
    pub cookie: bool,
    /// Whether there was an `Authorization`.
    pub authorization: bool,
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.url)?;
        for (name, value) in [
            ("origin", &self.origin),
            ("asks method", &self.asks_method),
            ("asks headers", &self.asks_headers),
        ] {
            if let Some(value) = value {
                write!(f, ", {name} {value:?}")?;
            }
        }
        let mark = |is, name| if is { name } else { "" };
        f.write_str(mark(self.cookie, ", cookie"))?;
        f.write_str(mark(self.authorization, ", authorization"))
    }
}

/// What came of a situation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// For each call of `fetch`; `None` is a `TypeError`.
    pub seen: Vec<Option<Seen>>,
    /// In order.
    pub heard: Vec<Heard>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for heard in &self.heard {
            writeln!(f, "    heard {heard}")?;
        }
        for seen in &self.seen {
            match seen {
                None => writeln!(f, "    blocked")?,
                Some(Seen { status, headers, body }) => {
                    writeln!(f, "    read {status} {headers:?} {body:?}")?;
                }
            }
        }
        Ok(())
    }
}

/// All situations.
pub fn situations(seed: u64) -> Vec<Situation> {
    let mut rng = Rng::with_seed(seed);
    (0..COUNT).map(|id| situation(&mut rng, id)).collect()
}

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}

fn situation(rng: &mut Rng, id: usize) -> Situation {
    const PLACES: [Place; 5] =
        [Place::App, Place::Scope, Place::Route, Place::Route, Place::Locked];
    let place = pick(rng, &PLACES);
    let plan = rng.usize(..plan::COUNT);
    // Every other page is one that the policy names, if it names one.
    let named: Vec<_> = Page::ALL.into_iter().filter(|page| words::names(plan, *page)).collect();
    let page = match rng.bool() && !named.is_empty() {
        true => pick(rng, &named),
        false => pick(rng, &Page::ALL),
    };
    let base = if page == Page::Scheme && rng.bool() { PLAIN } else { API };
    let path = format!("{base}/{place}/{plan}/{id}");
    let first = fetch(rng, &path, page);
    let mut fetches = vec![first.clone()];
    // What the preflight cache is asked for, which goes by the whole address.
    if rng.u8(..8) == 0 {
        for _ in 0..rng.usize(1..5) {
            let mut next = if rng.bool() { fetches[0].clone() } else { fetch(rng, &path, page) };
            next.url.clone_from(&fetches[0].url);
            fetches.push(next);
        }
        if rng.u8(..60) == 0 {
            fetches.last_mut().expect("there is a first").pause = PAUSE;
        }
        // Without `Access-Control-Max-Age` an answer is kept for 5 seconds, which a busy machine may well
        // take: it is only asked for when they are over.
        if plan::all()[plan].max_age.is_none() {
            fetches.retain(|fetch| fetch.pause > 0);
            fetches.insert(0, Fetch { pause: 0, ..first });
        }
    }
    Situation { id, place, plan, page, fetches }
}

fn fetch(rng: &mut Rng, path: &str, page: Page) -> Fetch {
    const METHODS: [&str; 16] = [
        "GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "PUT", "PATCH", "DELETE",
        "DELETE", "PURGE", "patch", "put", "get",
    ];
    const CREDENTIALS: [&str; 3] = ["omit", "same-origin", "include"];
    let method = pick(rng, &METHODS);
    let takes_body = ["POST", "PUT", "PATCH", "patch", "put", "PURGE"].contains(&method);
    let body = (takes_body && rng.u8(..3) > 0).then_some("x=1");
    let mut headers = Vec::new();
    for _ in 0..pick(rng, &[0, 0, 0, 1, 1, 2, 3]) {
        let (name, value) = header(rng);
        if !headers.iter().any(|(other, _): &(&str, _)| other.eq_ignore_ascii_case(name)) {
            headers.push((name, value));
        }
    }
    let url = format!("{path}?{}", query(rng, page));
    Fetch { url, method, headers, credentials: pick(rng, &CREDENTIALS), body, pause: 0 }
}

fn header(rng: &mut Rng) -> (&'static str, String) {
    const HEADERS: [(&str, &str); 34] = [
        ("accept", "application/json"),
        ("accept", "a:b"),
        ("accept-language", "en"),
        ("accept-language", "en_US"),
        ("content-language", "de, en"),
        ("content-language", "de\"en"),
        ("content-type", "text/plain"),
        ("content-type", "TEXT/PLAIN; charset=UTF-8"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-type", "multipart/form-data; boundary=x"),
        ("content-type", "application/json"),
        ("content-type", "application/json"),
        ("content-type", "text"),
        ("content-type", "text/plain;"),
        ("content-type", "text/plain ; q"),
        ("content-type", "text/plain/"),
        ("content-type", "text/plain, text/plain"),
        ("content-type", ""),
        ("content-type", "text/plain, a/b"),
        ("range", "bytes=0-1"),
        ("range", "bytes=-1"),
        ("range", "bytes=0-1,3-4"),
        ("x-a", "1"),
        ("x-a", "1"),
        ("X-A", "1"),
        ("X-B", "2"),
        ("x-b", "2"),
        ("x-b", ""),
        ("x-c", "3"),
        ("authorization", "Bearer t"),
        ("authorization", "Bearer t"),
        ("Authorization", "Bearer t"),
        ("if-none-match", "\"1\""),
        ("cache-control", "no-cache"),
    ];
    // Fetch, "CORS-safelisted request-header": no value is longer than 128 bytes.
    match rng.u8(..20) {
        0 => ("accept", "a".repeat(128)),
        1 => ("accept", "a".repeat(129)),
        2 => ("content-type", format!("text/plain;x={}", "a".repeat(128))),
        _ => {
            let (name, value) = pick(rng, &HEADERS);
            (name, value.to_owned())
        }
    }
}

fn query(rng: &mut Rng, page: Page) -> String {
    const STATUSES: [u16; 6] = [201, 204, 304, 401, 404, 500];
    const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];
    match rng.u8(..10) {
        0..4 => "status=200".to_owned(),
        4..6 => format!("status={}", pick(rng, &STATUSES)),
        _ => {
            let status = pick(rng, &REDIRECTS);
            // A page without TLS is mixed content, and a sandbox has no address.
            let to = match rng.u8(..3) {
                0 => "",
                1 if !matches!(page, Page::Scheme | Page::Null) => page.origin(),
                _ => OTHER,
            };
            format!("status={status}&to={to}")
        }
    }
}
