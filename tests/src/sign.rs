//! Policies with a signature, so that a response shows which policy has decided.

use actix_web::http::Method;
use cors_actix::{Any, Policy};

use crate::{
    client::Response,
    headers::{PREFLIGHT_VARY, VARY},
};

/// The origin that strict policies allow.
pub const FRIEND: &str = "https://friend.example";

/// An origin that only open policies allow.
pub const STRANGER: &str = "https://stranger.example";

/// The origins that a policy allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Every origin.
    Open,
    /// [`FRIEND`], with credentials.
    Strict,
    /// No other origin.
    Closed,
}

/// A policy with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// The allowed origins.
    pub kind: Kind,
    /// The exposed response header.
    pub exposed: &'static str,
    /// The time for which preflights are cached.
    pub max_age: u64,
}

impl Sign {
    /// The methods that a layer with a signed policy allows.
    pub const LAYER_METHODS: &str = "GET,HEAD,POST,PUT,DELETE";

    /// Makes a signature.
    pub const fn new(kind: Kind, exposed: &'static str, max_age: u64) -> Self {
        Sign { kind, exposed, max_age }
    }

    /// Returns the policy.
    pub fn policy(&self) -> Policy {
        let builder = Policy::builder()
            .allow_methods([Method::PUT, Method::DELETE])
            .expose_headers([self.exposed])
            .max_age(self.max_age);
        let policy = match self.kind {
            Kind::Open => builder.allow_origins(Any).build(),
            Kind::Strict => builder.allow_origins([FRIEND]).allow_credentials(true).build(),
            Kind::Closed => return Policy::same_origin(),
        };
        policy.expect("the policy is good")
    }

    /// Returns the lines of a response to a request with or without an origin.
    pub fn lines(&self, origin: Option<&str>) -> Vec<String> {
        let exposed = format!("access-control-expose-headers: {}", self.exposed);
        match (self.kind, origin) {
            (Kind::Open, _) => vec!["access-control-allow-origin: *".to_owned(), exposed],
            (Kind::Strict, Some(FRIEND)) => vec![
                format!("access-control-allow-origin: {FRIEND}"),
                "access-control-allow-credentials: true".to_owned(),
                exposed,
                VARY.to_owned(),
            ],
            _ => vec![VARY.to_owned()],
        }
    }

    /// Returns the lines of the answer to a preflight of the origin, or `None` if the preflight is denied.
    pub fn preflight_lines(&self, origin: &str, methods: &str) -> Option<Vec<String>> {
        let mut lines = match (self.kind, origin) {
            (Kind::Open, _) => vec!["access-control-allow-origin: *".to_owned()],
            (Kind::Strict, FRIEND) => vec![
                format!("access-control-allow-origin: {FRIEND}"),
                "access-control-allow-credentials: true".to_owned(),
            ],
            _ => return None,
        };
        lines.push(format!("access-control-allow-methods: {methods}"));
        lines.push(format!("access-control-max-age: {}", self.max_age));
        lines.push(PREFLIGHT_VARY.to_owned());
        Some(lines)
    }
}

impl Response {
    /// Asserts that the policy of `sign` has decided on a response; `None` asserts that no policy has.
    #[track_caller]
    pub fn assert_signed(&self, status: u16, sign: Option<&Sign>, origin: Option<&str>) -> &Self {
        self.assert(status, sign.map(|sign| sign.lines(origin)).unwrap_or_default())
    }

    /// Asserts that the policy of `sign` has answered a preflight.
    #[track_caller]
    pub fn assert_preflight_signed(&self, sign: &Sign, origin: &str, methods: &str) -> &Self {
        match sign.preflight_lines(origin, methods) {
            Some(lines) if !self.is_for_one_request() => self.assert_granted(lines),
            Some(lines) => self.assert_granted_once(lines),
            None => self.assert_denied(),
        }
    }

    /// Asserts that a preflight is granted, either with these lines, or for one request only, because other
    /// requests for the URL have another policy. Then only the requested method is allowed, and the
    /// browser keeps nothing of the answer.
    #[track_caller]
    pub fn assert_granted_once<T: AsRef<str>>(&self, lines: impl IntoIterator<Item = T>) -> &Self {
        if !self.is_for_one_request() {
            return self.assert_granted(lines);
        }
        let request = self.request.to_ascii_lowercase();
        let at = request.find("access-control-request-method").unwrap_or_default();
        let words = self.request.get(at..).unwrap_or_default();
        let mut words = words.split(|char: char| !char.is_ascii_uppercase());
        let method = words.find(|word| word.len() > 2);
        let narrow = |line: &str| match line.split(':').next() {
            Some("access-control-allow-methods") => {
                Some(format!("access-control-allow-methods: {}", method.unwrap_or_default()))
            }
            Some("access-control-max-age") => None,
            _ => Some(line.to_owned()),
        };
        let lines = lines.into_iter().filter_map(|line| narrow(line.as_ref()));
        self.assert_granted(lines.chain(["access-control-max-age: 0".to_owned()]))
    }

    fn is_for_one_request(&self) -> bool {
        self.values("access-control-max-age") == ["0"]
    }
}
