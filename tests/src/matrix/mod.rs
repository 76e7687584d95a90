//! Situations that a page and a server can be in, drawn at random: who asks for what, and under which
//! policy. Real browsers and the model are put into each of them.

pub mod app;
mod generate;
pub mod known;
pub mod model;
pub mod page;
pub mod plan;
pub mod words;

use std::{collections::BTreeSet, fmt};

use fastrand::Rng;
use serde_json::{Value, json};

pub use self::{generate::situations, plan::Plan};

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

fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}
