//! Matches the origin of a request with the origins of a policy.

use std::{
    borrow::Cow,
    fmt,
    hash::{BuildHasher, Hash, Hasher},
};

use hashbrown::{DefaultHashBuilder, HashSet, HashTable};

use super::{
    parts::{Host, Port, split_port},
    pattern::Tuple,
    request::Origin,
    subdomains::Subdomains,
};
use crate::lengths::Lengths;

/// The origins that a policy allows. The cost of matching does not depend on the number of origins.
///
/// ```
/// use cors_actix_core::PolicySpec;
///
/// let spec = PolicySpec {
///     allow_origins: &["https://example.com", "https://*.example.com", "http://localhost:*"],
///     ..PolicySpec::EMPTY
/// };
/// let origins = spec.check().unwrap().rules.origins;
/// assert!(origins.allows(b"https://a.b.example.com"));
/// assert!(origins.allows(b"http://localhost:3000"));
/// assert!(!origins.allows(b"https://example.com.evil.example"));
/// assert!(!origins.allows(b"null"));
/// ```
#[derive(Clone, Default)]
pub struct Origins {
    any: bool,
    null: bool,
    exact: HashSet<Box<[u8]>>,
    exact_lengths: Lengths,
    subdomains: Subdomains,
    /// The patterns of other forms.
    wildcards: Wildcards,
    has_patterns: bool,
}

impl Origins {
    /// Returns `true` if every origin is allowed, so that responses say `*`.
    ///
    /// ```
    /// assert!(!cors_actix_core::Origins::default().any());
    /// ```
    #[inline]
    pub fn any(&self) -> bool {
        self.any
    }

    /// Returns `true` if no origin is listed.
    ///
    /// ```
    /// assert!(cors_actix_core::Origins::default().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        !self.any && !self.null && self.exact.is_empty() && !self.has_patterns
    }

    /// Returns `true` if `origin`, the value of an `Origin` header, is allowed. Does not allocate.
    ///
    /// ```
    /// assert!(!cors_actix_core::Origins::default().allows(b"https://a.example"));
    /// ```
    pub fn allows(&self, origin: &[u8]) -> bool {
        self.any
            || self.exact_lengths.may_have(origin.len()) && self.exact.contains(origin)
            || self.null && origin == b"null"
            || self.has_patterns && self.over(origin).is_some()
    }

    /// Returns the origins and patterns as a policy lists them, `"*"` and `"null"` included, sorted.
    ///
    /// ```
    /// assert!(cors_actix_core::Origins::default().listed().is_empty());
    /// ```
    pub fn listed(&self) -> Vec<Cow<'_, str>> {
        let special = [("*", self.any), ("null", self.null)];
        let special = special.into_iter().filter(|(_, is_listed)| *is_listed);
        let exact = self.exact.iter().map(|origin| String::from_utf8_lossy(origin));
        let patterns = self.patterns().map(Cow::Borrowed);
        let special = special.map(|(text, _)| Cow::Borrowed(text));
        let mut listed: Vec<_> = special.chain(exact).chain(patterns).collect();
        listed.sort_unstable();
        listed
    }

    /// Returns `true` if every origin of `text`, a listed origin or pattern, is allowed. Of patterns, only equal
    /// ones are recognized.
    ///
    /// ```
    /// assert!(!cors_actix_core::Origins::default().covers("https://a.example"));
    /// ```
    pub fn covers(&self, text: &str) -> bool {
        self.allows(text.as_bytes()) || self.patterns().any(|pattern| pattern == text)
    }

    /// Returns the pattern that covers `text`, if `text` is an origin and not the pattern itself.
    pub(super) fn wildcard_over(&self, text: &str) -> Option<&str> {
        self.over(text.as_bytes())
    }

    fn over(&self, origin: &[u8]) -> Option<&str> {
        self.subdomains.over(origin).or_else(|| self.wildcards.over(origin))
    }

    fn patterns(&self) -> impl Iterator<Item = &str> {
        self.subdomains.texts().chain(self.wildcards.table.iter().map(AsRef::as_ref))
    }
}

impl fmt::Debug for Origins {
    /// Prints the origins as a policy lists them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.listed()).finish()
    }
}

/// A table of patterns with any host or any port. To find a match, the patterns that would match an origin are
/// looked up in the table.
#[derive(Clone, Default)]
struct Wildcards {
    table: HashTable<Box<str>>,
    hasher: DefaultHashBuilder,
    kinds: Kinds,
}

/// The kinds of patterns in the table. Other kinds are not looked up.
#[derive(Clone, Copy, Default)]
struct Kinds {
    /// Subdomains with any port.
    subdomains: bool,
    any_host: bool,
    any_port: bool,
}

/// The parts of a pattern `scheme://host:port`.
struct Spelling<'a> {
    scheme: &'a str,
    wildcard: &'static str,
    host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Spelling<'a> {
    /// Splits the text of a pattern into its parts.
    fn of(text: &'a str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let (host, port) = split_port(authority);
        let (wildcard, host) = match host.strip_prefix("*.") {
            Some(base) => ("*.", base),
            None if host == "*" => ("*", ""),
            None => ("", host),
        };
        Some(Spelling { scheme, wildcard, host, port })
    }

    fn is(&self, text: &str) -> bool {
        let rest = text.strip_prefix(self.scheme).and_then(|rest| rest.strip_prefix("://"));
        let rest = rest.and_then(|rest| rest.strip_prefix(self.wildcard));
        match (rest.and_then(|rest| rest.strip_prefix(self.host)), self.port) {
            (Some(rest), Some(port)) => rest.strip_prefix(':') == Some(port),
            (Some(rest), None) => rest.is_empty(),
            (None, _) => false,
        }
    }
}

impl Hash for Spelling<'_> {
    /// Hashes the host and the lengths of the other parts, so that few patterns have to be compared.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.host.as_bytes());
        let lengths =
            [self.scheme.len(), self.wildcard.len(), self.port.map_or(0, |port| port.len() + 1)];
        state.write_usize(lengths.into_iter().fold(0, |all, length| all << 16 | length));
    }
}

impl Wildcards {
    fn new(patterns: Vec<Tuple<'_>>) -> Self {
        let mut wildcards = Wildcards::default();
        let hasher = wildcards.hasher.clone();
        let hash = |text: &str| Spelling::of(text).map_or(0, |spelling| hasher.hash_one(spelling));
        wildcards.table.reserve(patterns.len(), |text| hash(text));
        for tuple in patterns {
            wildcards.kinds.subdomains |= matches!(tuple.host, Host::Subdomains(_));
            wildcards.kinds.any_host |= matches!(tuple.host, Host::Any);
            wildcards.kinds.any_port |= tuple.port == Port::Any;
            wildcards.table.insert_unique(hash(tuple.text), tuple.text.into(), |text| hash(text));
        }
        wildcards
    }

    #[inline]
    fn over(&self, origin: &[u8]) -> Option<&str> {
        if self.table.is_empty() { None } else { self.over_parsed(&Origin::parse(origin)?) }
    }

    fn over_parsed(&self, origin: &Origin<'_>) -> Option<&str> {
        let Kinds { subdomains, any_host, any_port } = self.kinds;
        if any_port && let Some(found) = self.find(origin, "", origin.host(), Some("*")) {
            return Some(found);
        }
        if any_host
            && !origin.host().is_empty()
            && let Some(found) = self.find_any_host(origin)
        {
            return Some(found);
        }
        if !subdomains {
            return None;
        }
        let host = origin.host();
        host.bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'.')
            .find_map(|(dot, _)| self.find(origin, "*.", &host[dot + 1..], Some("*")))
    }

    fn find_any_host(&self, origin: &Origin<'_>) -> Option<&str> {
        self.find(origin, "*", "", origin.port_text()).or_else(|| {
            self.kinds.any_port.then(|| self.find(origin, "*", "", Some("*"))).flatten()
        })
    }

    fn find(
        &self,
        origin: &Origin<'_>,
        wildcard: &'static str,
        host: &str,
        port: Option<&str>,
    ) -> Option<&str> {
        let spelling = Spelling { scheme: origin.scheme(), wildcard, host, port };
        let hash = self.hasher.hash_one(&spelling);
        self.table.find(hash, |text| spelling.is(text)).map(AsRef::as_ref)
    }
}

#[derive(Default)]
pub(super) struct Builder<'a> {
    pub(super) any: bool,
    pub(super) null: bool,
    exact: Vec<&'a str>,
    subdomains: Vec<&'a str>,
    wildcards: Vec<Tuple<'a>>,
}

impl<'a> Builder<'a> {
    pub(super) fn insert(&mut self, tuple: Tuple<'a>) {
        if tuple.is_exact() {
            self.exact.push(tuple.text);
        } else if Subdomains::can_hold(&tuple) {
            self.subdomains.push(tuple.text);
        } else {
            self.wildcards.push(tuple);
        }
    }

    pub(super) fn build(self) -> Origins {
        Origins {
            any: self.any,
            has_patterns: !self.subdomains.is_empty() || !self.wildcards.is_empty(),
            null: self.null,
            exact_lengths: self.exact.iter().map(|text| text.len()).collect(),
            exact: self.exact.into_iter().map(|text| text.as_bytes().into()).collect(),
            subdomains: Subdomains::new(&self.subdomains),
            wildcards: Wildcards::new(self.wildcards),
        }
    }
}
