//! The policies of generated apps, and the requests that each policy allows. The decisions are written from the
//! Fetch standard, without code of the library.

use std::fmt;

use actix_web::{dev::RequestHead, http::Method};
use cors_actix::{Any, Policy, PolicyBuilder};
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
    /// The only policy with credentials for every origin that it allows.
    Partners,
    Closed,
    /// A policy with credentials for [`FRIEND`], and another for every origin.
    ByOrigin,
    /// A function chooses the policy: one for [`FRIEND`], one with credentials for [`PARTNER`].
    ByRequest,
    /// An asynchronous predicate allows [`FRIEND`], and a prefix the header.
    Predicate,
}

impl Kind {
    pub(crate) const ALL: [Kind; 7] = [
        Kind::Open,
        Kind::Friends,
        Kind::Partners,
        Kind::Closed,
        Kind::ByOrigin,
        Kind::ByRequest,
        Kind::Predicate,
    ];

    /// Returns the request header that the policy allows.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Kind::Open => "x-open",
            Kind::Friends => "x-friends",
            Kind::Partners => "x-partners",
            Kind::Closed => "x-closed",
            Kind::ByOrigin => "x-by-origin",
            Kind::ByRequest => "x-by-request",
            Kind::Predicate => "x-predicate-name",
        }
    }

    fn exposed(self) -> &'static str {
        match self {
            Kind::Open => "x-of-open",
            Kind::Friends => "x-of-friends",
            Kind::Partners => "x-of-partners",
            Kind::Closed => "x-of-closed",
            Kind::ByOrigin => "x-of-by-origin",
            Kind::ByRequest => "x-of-by-request",
            Kind::Predicate => "x-of-predicate",
        }
    }

    pub(crate) fn policy(self) -> Policy {
        self.build(false)
    }

    /// Returns the policy with `enforce`, if the policy can have it. [`Kind::Open`] and [`Kind::ByOrigin`] cannot,
    /// because they deny no origin, and [`Policy::same_origin`] takes no options.
    pub(crate) fn enforced(self) -> Policy {
        self.build(self.can_enforce())
    }

    pub(crate) fn can_enforce(self) -> bool {
        matches!(self, Kind::Friends | Kind::Partners | Kind::ByRequest | Kind::Predicate)
    }

    fn build(self, enforce: bool) -> Policy {
        let builder = Policy::builder()
            .allow_methods([Method::PUT, Method::DELETE])
            .expose_headers([self.exposed()]);
        let builder = match self {
            Kind::Predicate => builder.allow_headers(["x-predicate-*"]),
            _ => builder.allow_headers([self.header()]),
        };
        let builder = match self {
            Kind::Open => builder.allow_origins(Any).max_age(600u64),
            Kind::Friends => builder.allow_origins([FRIEND]).enforce(enforce),
            Kind::Partners => {
                let builder = builder.allow_origins([FRIEND, PARTNER]).allow_credentials(true);
                builder.max_age(60u64).enforce(enforce)
            }
            Kind::Closed => return Policy::same_origin(),
            Kind::ByOrigin => {
                let friend = builder.clone().allow_origins([FRIEND]).allow_credentials(true);
                let policies = [friend, builder.allow_origins(Any).max_age(600u64)].map(build);
                return Policy::by_origin(policies).expect("requests can reach both policies");
            }
            Kind::ByRequest => return by_request(&builder.enforce(enforce)),
            Kind::Predicate => {
                let is_friend = |origin: &str| std::future::ready(origin == FRIEND);
                let builder = builder.enforce(enforce);
                builder.allow_origins_if_async(move |origin, _| is_friend(origin.as_str()))
            }
        };
        build(builder)
    }

    pub(crate) fn allows_origin(self, origin: &str) -> bool {
        match self {
            Kind::Open | Kind::ByOrigin => true,
            Kind::Friends | Kind::Predicate => origin == FRIEND,
            Kind::Partners | Kind::ByRequest => [FRIEND, PARTNER].contains(&origin),
            Kind::Closed => false,
        }
    }

    /// Returns `true` if the policy allows every origin with the rights of this one.
    fn sends_any(self, origin: Option<&str>) -> bool {
        self == Kind::Open || self == Kind::ByOrigin && origin != Some(FRIEND)
    }

    /// Returns `true` if the policy allows the origin credentials.
    pub(crate) fn has_credentials(self, origin: &str) -> bool {
        match self {
            Kind::Partners => true,
            Kind::ByOrigin => origin == FRIEND,
            Kind::ByRequest => origin == PARTNER,
            Kind::Open | Kind::Friends | Kind::Closed | Kind::Predicate => false,
        }
    }
}

fn build(builder: PolicyBuilder) -> Policy {
    builder.build().expect("the policy is good")
}

fn by_request(builder: &PolicyBuilder) -> Policy {
    let friend = build(builder.clone().allow_origins([FRIEND]));
    let partner = build(builder.clone().allow_origins([PARTNER]).allow_credentials(true));
    let nobody = build(builder.clone().allow_origins(["https://nobody.example"]));
    Policy::by_request(move |head: &RequestHead| {
        let origin = head.headers().get("origin").map(|origin| origin.as_bytes());
        if origin == Some(FRIEND.as_bytes()) {
            friend.clone()
        } else if origin == Some(PARTNER.as_bytes()) {
            partner.clone()
        } else {
            nobody.clone()
        }
    })
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
            && (self.kind.has_credentials(asked.origin) || !asked.with_credentials);
        self.kind.allows_origin(asked.origin) && (fits || self.for_origin_only)
    }

    /// Returns `true` if the policy allows all CORS headers of the response.
    pub(crate) fn permits(&self, origin: Option<&str>, headers: &Headers) -> bool {
        let origin_fits = match headers.origin.as_deref() {
            None => !headers.has_credentials && headers.exposed.is_empty(),
            Some("*") => self.kind.sends_any(origin) || self.for_origin_only,
            Some(sent) => Some(sent) == origin && self.kind.allows_origin(sent),
        };
        let has_credentials = origin.is_some_and(|origin| self.kind.has_credentials(origin));
        let rest_fits = (has_credentials || !headers.has_credentials)
            && headers.exposed.iter().all(|name| name == self.kind.exposed());
        origin_fits && (rest_fits || self.for_origin_only)
    }

    /// Returns the headers that the policy sends to the origin.
    pub(crate) fn headers_for(&self, origin: &str) -> Headers {
        if !self.kind.allows_origin(origin) {
            return Headers::default();
        }
        let sent = if self.kind.sends_any(Some(origin)) { "*" } else { origin };
        Headers {
            origin: Some(sent.to_owned()),
            has_credentials: self.kind.has_credentials(origin),
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
