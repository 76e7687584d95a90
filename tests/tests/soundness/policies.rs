//! The policies of generated apps, and the requests that each policy allows. The decisions are written from the
//! Fetch standard, without code of the library.

use std::fmt;

use actix_web::http::Method;
use cors_actix::{Any, Policy};
use cors_actix_tests::{Response, sign::FRIEND};

/// An origin that only [`Kind::Open`] allows.
pub(crate) const EVIL: &str = "https://evil.example";

/// An origin that [`Kind::Partners`] allows, and [`Kind::Friends`] does not.
pub(crate) const PARTNER: &str = "https://partner.example";

/// The methods that requests use. Layers allow all of them but PATCH.
pub(crate) const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "PATCH"];

/// The methods that need no preflight (Fetch, "CORS-safelisted method").
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];

/// A policy. Each policy allows and exposes its own header, so that an answer shows its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Friends,
    /// The only policy with credentials.
    Partners,
    Closed,
}

impl Kind {
    pub(crate) const ALL: [Kind; 4] = [Kind::Open, Kind::Friends, Kind::Partners, Kind::Closed];

    /// Returns the request header that the policy allows.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Kind::Open => "x-open",
            Kind::Friends => "x-friends",
            Kind::Partners => "x-partners",
            Kind::Closed => "x-closed",
        }
    }

    fn exposed(self) -> &'static str {
        match self {
            Kind::Open => "x-of-open",
            Kind::Friends => "x-of-friends",
            Kind::Partners => "x-of-partners",
            Kind::Closed => "x-of-closed",
        }
    }

    pub(crate) fn policy(self) -> Policy {
        self.build(false)
    }

    /// Returns the policy with `enforce`, if the policy can have it. [`Kind::Open`] cannot, because it denies no
    /// origin, and [`Policy::same_origin`] takes no options.
    pub(crate) fn enforced(self) -> Policy {
        self.build(self.can_enforce())
    }

    pub(crate) fn can_enforce(self) -> bool {
        matches!(self, Kind::Friends | Kind::Partners)
    }

    fn build(self, enforce: bool) -> Policy {
        let builder = Policy::builder()
            .allow_methods([Method::PUT, Method::DELETE])
            .allow_headers([self.header()])
            .expose_headers([self.exposed()]);
        let builder = match self {
            Kind::Open => builder.allow_origins(Any).max_age(600u64),
            Kind::Friends => builder.allow_origins([FRIEND]).enforce(enforce),
            Kind::Partners => {
                let builder = builder.allow_origins([FRIEND, PARTNER]).allow_credentials(true);
                builder.max_age(60u64).enforce(enforce)
            }
            Kind::Closed => return Policy::same_origin(),
        };
        builder.build().expect("the policy is good")
    }

    pub(crate) fn allows_origin(self, origin: &str) -> bool {
        match self {
            Kind::Open => true,
            Kind::Friends => origin == FRIEND,
            Kind::Partners => [FRIEND, PARTNER].contains(&origin),
            Kind::Closed => false,
        }
    }
}

/// A policy at its place, and the parts of it that apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Voice {
    pub(crate) kind: Kind,
    /// The methods of an annotated handler; `None` for a layer, whose policy lists them.
    pub(crate) methods: Option<&'static [&'static str]>,
    /// `true` if the policy only has to allow the origin, and not methods, headers and credentials.
    pub(crate) for_origin_only: bool,
}

impl Voice {
    fn allows_method(&self, method: &str) -> bool {
        let listed = self.methods.unwrap_or(&["GET", "POST", "PUT", "DELETE"]);
        listed.contains(&method) || SAFELISTED.contains(&method)
    }

    /// Returns `true` if the policy grants the preflight.
    pub(crate) fn grants(&self, asked: &Asked<'_>) -> bool {
        let fits = self.allows_method(asked.method)
            && asked.header.is_none_or(|header| header == self.kind.header())
            && (self.kind == Kind::Partners || !asked.with_credentials);
        self.kind.allows_origin(asked.origin) && (fits || self.for_origin_only)
    }

    /// Returns `true` if the policy allows all CORS headers of the response.
    pub(crate) fn permits(&self, origin: Option<&str>, headers: &Headers) -> bool {
        let origin_fits = match headers.origin.as_deref() {
            None => !headers.has_credentials && headers.exposed.is_empty(),
            Some("*") => self.kind == Kind::Open || self.for_origin_only,
            Some(sent) => Some(sent) == origin && self.kind.allows_origin(sent),
        };
        let rest_fits = (self.kind == Kind::Partners || !headers.has_credentials)
            && headers.exposed.iter().all(|name| name == self.kind.exposed());
        origin_fits && (rest_fits || self.for_origin_only)
    }

    /// Returns the headers that the policy sends to the origin.
    pub(crate) fn headers_for(&self, origin: &str) -> Headers {
        if !self.kind.allows_origin(origin) {
            return Headers::default();
        }
        let sent = if self.kind == Kind::Open { "*" } else { origin };
        Headers {
            origin: Some(sent.to_owned()),
            has_credentials: self.kind == Kind::Partners,
            exposed: vec![self.kind.exposed().to_owned()],
        }
    }
}

impl fmt::Display for Voice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.methods.is_some() { "a handler" } else { "a layer" };
        write!(f, "{:?} of {place}", self.kind)?;
        if self.for_origin_only { f.write_str(" (for the origin)") } else { Ok(()) }
    }
}

/// The method and the header that a preflight asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) origin: &'a str,
    pub(crate) method: &'a str,
    pub(crate) header: Option<&'a str>,
    pub(crate) with_credentials: bool,
}

/// The CORS headers of a response to an actual request.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Headers {
    pub(crate) origin: Option<String>,
    pub(crate) has_credentials: bool,
    pub(crate) exposed: Vec<String>,
}

impl Headers {
    pub(crate) fn of(response: &Response) -> Self {
        let origins = response.values("access-control-allow-origin");
        Headers {
            // Two lines become one value, which no policy permits.
            origin: (!origins.is_empty()).then(|| origins.join(" and ")),
            has_credentials: !response.values("access-control-allow-credentials").is_empty(),
            exposed: items(response, "access-control-expose-headers"),
        }
    }
}

/// The answer to a preflight, read as a browser reads it (Fetch, "CORS-preflight fetch").
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) methods: Vec<String>,
    pub(crate) headers: Vec<String>,
    pub(crate) with_credentials: bool,
    /// `true` if the browser keeps the answer. Without `Access-Control-Max-Age`, the browser keeps it for 5 s.
    pub(crate) is_kept: bool,
}

impl Grant {
    /// Reads the answer. Returns `None` if the response grants nothing to the origin.
    pub(crate) fn of(response: &Response, asked: &Asked<'_>) -> Option<Self> {
        let sent = Headers::of(response);
        let is_origin = sent.origin.is_some_and(|sent| sent == "*" || sent == asked.origin);
        let grant = Grant {
            methods: items(response, "access-control-allow-methods"),
            headers: items(response, "access-control-allow-headers"),
            with_credentials: sent.has_credentials,
            is_kept: response.values("access-control-max-age") != ["0"],
        };
        let has_method = SAFELISTED.contains(&asked.method) || grant.lists_method(asked.method);
        let has_header = asked.header.is_none_or(|header| grant.lists_header(header));
        let is_ok = (200..300).contains(&response.status);
        (is_ok && is_origin && has_method && has_header).then_some(grant)
    }

    pub(crate) fn lists_method(&self, method: &str) -> bool {
        self.methods.iter().any(|listed| listed == method || listed == "*")
    }

    pub(crate) fn lists_header(&self, header: &str) -> bool {
        self.headers.iter().any(|listed| listed.eq_ignore_ascii_case(header) || listed == "*")
    }
}

/// Returns the items of all lines of a header that is a list.
pub(crate) fn items(response: &Response, name: &str) -> Vec<String> {
    let values = response.values(name);
    let items = values.iter().flat_map(|value| value.split(','));
    items.map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}
