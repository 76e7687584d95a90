//! Checks and matches header names: those that scripts may send, and those that they may read.

use crate::{
    diagnostics::{Diagnostics, is_word_any, location_of_any, usual_mistake},
    lengths::Lengths,
    problem::ProblemKind,
    spec::{Location, PolicyKey},
    token::is_token,
    warning::WarningKind,
};

const AUTHORIZATION: &str = "authorization";

/// The request header names that a policy allows, compared without regard to case.
///
/// `any` allows every name except `authorization` (Fetch, "CORS non-wildcard request-header name").
///
/// ```
/// use cors_actix_core::PolicySpec;
///
/// let spec = PolicySpec {
///     allow_origins: &["*"],
///     allow_headers: &["*"],
///     ..PolicySpec::EMPTY
/// };
/// let names = spec.check().unwrap().rules.headers;
/// assert!(names.allows(b"X-Anything"));
/// assert!(!names.allows(b"Authorization"));
/// ```
#[derive(derive_more::Debug, Clone, Default)]
pub struct RequestNames {
    any: bool,
    listed: Box<[Box<str>]>,
    /// The prefixes of names, without the `*` at the end.
    prefixes: Box<[Box<str>]>,
    /// The listed names, sorted.
    #[debug(skip)]
    sorted: Box<[Box<[u8]>]>,
    #[debug(skip)]
    lengths: Lengths,
}

impl RequestNames {
    /// Returns `true` if every name except `authorization` is allowed.
    ///
    /// ```
    /// assert!(!cors_actix_core::RequestNames::default().any());
    /// ```
    #[inline]
    pub fn any(&self) -> bool {
        self.any
    }

    /// Returns the listed names, in lower case.
    ///
    /// ```
    /// assert_eq!(cors_actix_core::RequestNames::default().listed().count(), 0);
    /// ```
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(AsRef::as_ref)
    }

    /// Returns the prefixes of allowed names, in lower case and without `*`. No prefix allows
    /// `authorization`.
    ///
    /// ```
    /// assert_eq!(cors_actix_core::RequestNames::default().prefixes().count(), 0);
    /// ```
    pub fn prefixes(&self) -> impl ExactSizeIterator<Item = &str> {
        self.prefixes.iter().map(AsRef::as_ref)
    }

    /// Returns `true` if `name` is allowed, in upper or lower case.
    ///
    /// ```
    /// assert!(!cors_actix_core::RequestNames::default().allows(b"x-request-id"));
    /// ```
    pub fn allows(&self, name: &[u8]) -> bool {
        self.position(name).is_some() || self.allows_unlisted(name)
    }

    /// Returns `true` if a name that is not listed is allowed.
    #[inline]
    pub(crate) fn allows_unlisted(&self, name: &[u8]) -> bool {
        (self.any || !self.prefixes.is_empty() && self.has_prefix_of(name))
            && is_token(name)
            && !name.eq_ignore_ascii_case(AUTHORIZATION.as_bytes())
    }

    #[inline(never)]
    fn has_prefix_of(&self, name: &[u8]) -> bool {
        self.prefixes().any(|prefix| {
            let start = name.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
        })
    }

    /// Returns the listed names, sorted.
    #[inline]
    pub(crate) fn sorted(&self) -> &[Box<[u8]>] {
        &self.sorted
    }

    /// Returns the position of the name among the sorted names, if the name is listed.
    #[inline]
    pub(crate) fn position(&self, name: &[u8]) -> Option<usize> {
        if !self.lengths.may_have(name.len()) {
            return None;
        }
        let found = self.sorted.binary_search_by(|listed| (**listed).cmp(name));
        found.ok().or_else(|| self.position_otherwise(name))
    }

    /// Returns the position of a name in another case. This is rare, because browsers send names in lower case.
    #[cold]
    fn position_otherwise(&self, name: &[u8]) -> Option<usize> {
        if !name.iter().any(u8::is_ascii_uppercase) {
            return None;
        }
        let lower = || name.iter().map(u8::to_ascii_lowercase);
        self.sorted.binary_search_by(|listed| listed.iter().copied().cmp(lower())).ok()
    }
}

/// The response header names that a policy lets scripts read.
///
/// ```
/// use cors_actix_core::PolicySpec;
///
/// let spec = PolicySpec {
///     allow_origins: &["*"],
///     expose_headers: &["X-Total-Count"],
///     ..PolicySpec::EMPTY
/// };
/// let exposed = spec.check().unwrap().rules.exposed;
/// assert_eq!(exposed.listed().collect::<Vec<_>>(), ["x-total-count"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct ExposedNames {
    any: bool,
    listed: Box<[Box<str>]>,
}

impl ExposedNames {
    /// Returns `true` if every name is exposed.
    ///
    /// ```
    /// assert!(!cors_actix_core::ExposedNames::default().any());
    /// ```
    #[inline]
    pub fn any(&self) -> bool {
        self.any
    }

    /// Returns the listed names, in lower case.
    ///
    /// ```
    /// assert_eq!(cors_actix_core::ExposedNames::default().listed().count(), 0);
    /// ```
    pub fn listed(&self) -> impl Iterator<Item = &str> {
        self.listed.iter().map(AsRef::as_ref)
    }
}

/// Returns `true` for a forbidden request header (Fetch), as far as the name alone decides.
pub(crate) const fn is_forbidden_request_header(name: &str) -> bool {
    const FORBIDDEN: [&str; 19] = [
        "accept-charset",
        "accept-encoding",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    is_one_of(name, &FORBIDDEN) || starts_with(name, "proxy-") || starts_with(name, "sec-")
}

/// Returns `true` for a forbidden response-header name (Fetch).
pub(crate) const fn is_forbidden_response_header(name: &str) -> bool {
    is_one_of(name, &["set-cookie", "set-cookie2"])
}

const fn is_one_of(name: &str, names: &[&str]) -> bool {
    let mut one = 0;
    while one < names.len() {
        if name.eq_ignore_ascii_case(names[one]) {
            return true;
        }
        one += 1;
    }
    false
}

const fn starts_with(name: &str, prefix: &str) -> bool {
    match name.split_at_checked(prefix.len()) {
        Some((start, _)) => start.eq_ignore_ascii_case(prefix),
        None => false,
    }
}

/// The headers in which proxies report the scheme and host that a request was sent to. `enforce` reads these
/// headers for its same-origin check.
const FORWARDED: [&str; 4] =
    ["forwarded", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto"];

/// Returns `true` if the written name, or the prefix if it is one, allows `name`.
fn covers(prefix: Option<&str>, written: &str, name: &str) -> bool {
    prefix.map_or(written == name, |prefix| name.starts_with(prefix))
}

/// Returns `true` for a CORS-safelisted response-header name (Fetch).
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

pub(crate) const fn is_protocol_header(name: &str) -> bool {
    starts_with(name, "access-control-")
}

pub(crate) fn check_request(
    written: &[&str],
    enforce: bool,
    diagnostics: &mut Diagnostics,
) -> RequestNames {
    let any = location_of_any(PolicyKey::AllowHeaders, written);
    let listed = check_names(
        PolicyKey::AllowHeaders,
        written,
        diagnostics,
        |diagnostics, location, value, lower| {
            let prefix = lower.strip_suffix('*');
            if is_forbidden_request_header(lower) {
                let value = value.to_owned();
                diagnostics.fault(location, ProblemKind::ForbiddenRequestHeader { value });
            } else if enforce && FORWARDED.iter().any(|name| covers(prefix, lower, name)) {
                let kind = ProblemKind::ForwardedHeaderWithEnforce { value: value.to_owned() };
                diagnostics.clash(location, Location::key(PolicyKey::Enforce), kind);
            } else if any.is_some() && lower != AUTHORIZATION {
                diagnostics.covered(location, value, "*", any);
            } else {
                return true;
            }
            false
        },
    );
    let (prefixes, listed): (Vec<_>, Vec<_>) =
        listed.into_iter().partition(|name| name.ends_with('*'));
    let prefixes = prefixes.iter().filter_map(|name| name.strip_suffix('*')).map(Into::into);
    let listed: Box<[Box<str>]> = listed.into();
    let mut sorted: Box<[Box<[u8]>]> = listed.iter().map(|name| name.as_bytes().into()).collect();
    sorted.sort_unstable();
    let lengths = listed.iter().map(|name| name.len()).collect();
    RequestNames { any: any.is_some(), listed, prefixes: prefixes.collect(), sorted, lengths }
}

pub(crate) fn check_exposed(
    written: &[&str],
    credentials: bool,
    diagnostics: &mut Diagnostics,
) -> ExposedNames {
    let any = location_of_any(PolicyKey::ExposeHeaders, written);
    if let Some(any) = any.filter(|_| credentials) {
        let also = Location::key(PolicyKey::AllowCredentials);
        diagnostics.clash(any, also, ProblemKind::AnyExposedWithCredentials);
    }
    let listed = check_names(
        PolicyKey::ExposeHeaders,
        written,
        diagnostics,
        |diagnostics, location, value, lower| {
            let owned = || value.to_owned();
            if is_forbidden_response_header(lower) {
                diagnostics
                    .fault(location, ProblemKind::ForbiddenResponseHeader { value: owned() });
            } else if is_safelisted_response_header(lower) {
                diagnostics.warn(
                    location,
                    None,
                    WarningKind::SafelistedResponseHeader { value: owned() },
                );
            } else if any.is_some() {
                diagnostics.covered(location, value, "*", any);
            } else {
                return true;
            }
            false
        },
    );
    ExposedNames { any: any.is_some(), listed }
}

/// Returns `true` if the name has a `*` that is not the end of a prefix in `allow_headers`.
pub(crate) const fn has_misplaced_wildcard(key: PolicyKey, value: &str) -> bool {
    let mut bytes = value.as_bytes();
    if matches!(key, PolicyKey::AllowHeaders)
        && let [prefix @ .., b'*'] = bytes
    {
        bytes = prefix;
    }
    while let [byte, behind @ ..] = bytes {
        if *byte == b'*' {
            return true;
        }
        bytes = behind;
    }
    false
}

/// Returns, in lower case, the names for which `keep` returns `true`. `keep` gets each name as written and
/// in lower case.
fn check_names(
    key: PolicyKey,
    written: &[&str],
    diagnostics: &mut Diagnostics,
    keep: impl Fn(&mut Diagnostics, Location, &str, &str) -> bool,
) -> Box<[Box<str>]> {
    let mut listed = Vec::new();
    for (location, value) in diagnostics.distinct(key, written, str::to_ascii_lowercase) {
        let lower = value.to_ascii_lowercase();
        let owned = || value.to_owned();
        if value == "*" {
            continue;
        }
        if !is_token(value.as_bytes()) || is_word_any(value) {
            let invalid = || ProblemKind::InvalidHeaderName { value: owned() };
            diagnostics.fault(location, usual_mistake(value).unwrap_or_else(invalid));
        } else if has_misplaced_wildcard(key, value) {
            diagnostics.fault(location, ProblemKind::HeaderWildcard { value: owned() });
        } else if is_protocol_header(&lower) {
            diagnostics.fault(location, ProblemKind::ProtocolHeader { value: owned() });
        } else if keep(diagnostics, location, value, &lower) {
            listed.push(lower.into());
        }
    }
    listed.into()
}
