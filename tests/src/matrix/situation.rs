//! A situation: the page, its calls of `fetch`, and what the page sees and the server hears.

use std::{collections::BTreeSet, fmt};

use fastrand::Rng;
use serde_json::{Value, json};

use super::feature::Feature;

/// The origin of the API.
pub const API: &str = "https://api.shop.test";

/// Another origin of the API.
pub const OTHER: &str = "https://other.shop.test";

/// The API without TLS.
pub const PLAIN: &str = "http://api.shop.test";

/// The API with a layer around its app, for features.
pub const LAYERED: &str = "https://layered.shop.test";

/// The first of two hosts of an app with a layer around it.
pub const FIRST_HOST: &str = "https://hosts.shop.test";

/// The second of two hosts of an app with a layer around it.
pub const SECOND_HOST: &str = "https://hosts-second.shop.test";

/// Every origin of an API.
pub const APIS: [&str; 6] = [API, OTHER, PLAIN, LAYERED, FIRST_HOST, SECOND_HOST];

/// The seed of the policies, and of the situations unless `SEED` is set.
pub const SEED: u64 = 1;

/// A pause in seconds, longer than an answer without `Access-Control-Max-Age` is kept.
pub(super) const PAUSE: u64 = 6;

/// The number of situations.
pub const COUNT: usize = 6000;

/// The page that sends the requests. All pages except [`Page::Stranger`] and [`Page::Null`] are of the same
/// site as the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Page {
    /// The origin that policies list.
    Listed,
    /// A subdomain that the wildcard of policies matches.
    Subdomain,
    /// The domain of the wildcard itself.
    Apex,
    /// The listed origin with another port.
    Port,
    /// The listed origin with another scheme.
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

    /// Returns the serialized origin.
    pub fn origin(self) -> &'static str {
        match self {
            Page::Null => "null",
            page => page.top(),
        }
    }

    /// Returns the origin of the tab.
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

/// The place of the policy, and the middleware around the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the app.
    App,
    /// On a scope.
    Scope,
    /// On the handler.
    Route,
    /// On the app, outside of authentication that requires an `Authorization`.
    Locked,
    /// At the place of a feature, with policies of its own.
    Feature(Feature),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Place::App => "app",
            Place::Scope => "scope",
            Place::Route => "route",
            Place::Locked => "locked",
            Place::Feature(feature) => feature.segment(),
        })
    }
}

/// One call of `fetch`.
#[derive(Debug, Clone)]
pub struct Fetch {
    /// The URL.
    pub url: String,
    /// The method as written.
    pub method: &'static str,
    /// The headers as written.
    pub headers: Vec<(&'static str, String)>,
    /// `omit`, `same-origin` or `include`.
    pub credentials: &'static str,
    /// The body, for methods that may have one.
    pub body: Option<&'static str>,
    /// The time that the page waits before the call, in seconds.
    pub pause: u64,
}

impl Fetch {
    /// Returns the call as JSON for the page.
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

/// A page with one call of `fetch`, or several in a row. No two situations share a path.
#[derive(Debug, Clone)]
pub struct Situation {
    /// The number of the situation.
    pub id: usize,
    /// The place of the policy.
    pub place: Place,
    /// The index of the policy in [`plan::all`](super::plan::all). A feature has no such policy.
    pub plan: Option<usize>,
    /// The page.
    pub page: Page,
    /// The calls of `fetch`, one after the other.
    pub fetches: Vec<Fetch>,
}

impl Situation {
    /// Returns the host of the first call.
    pub fn host(&self) -> &str {
        let url = self.fetches.first().and_then(|fetch| fetch.url.split("://").nth(1));
        url.and_then(|url| url.split('/').next()).unwrap_or_default()
    }

    /// Returns `true` if the first call is to the origin.
    pub fn is_to(&self, origin: &str) -> bool {
        origin.split("://").nth(1) == Some(self.host())
    }
}

/// The part of a response that the page can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The status.
    pub status: u16,
    /// The names of the headers that the page can read.
    pub headers: BTreeSet<String>,
    /// The body.
    pub body: String,
}

impl Seen {
    /// Makes the value. Headers that belong to the connection and not to the response are left out: `Connection`,
    /// the `Content-Length` of a 304, which actix-web sends on HTTP/2 only, and the header with which Firefox marks
    /// responses on HTTP/2.
    pub fn new<'a>(
        status: u16,
        headers: impl IntoIterator<Item = &'a str>,
        body: impl Into<String>,
    ) -> Self {
        let is_framing = |name: &str| match name {
            "connection" | "x-firefox-spdy" => true,
            name => status == 304 && name == "content-length",
        };
        let headers = headers.into_iter().filter(|name| !is_framing(name));
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
    /// `true` if there was a cookie.
    pub cookie: bool,
    /// `true` if there was an `Authorization`.
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

/// The outcome of a situation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The response to each call of `fetch`; `None` is a `TypeError`.
    pub seen: Vec<Option<Seen>>,
    /// The requests that have reached the server, in order.
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

pub(super) fn pick<T: Copy>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.usize(..from.len())]
}
