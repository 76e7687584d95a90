//! One cookie, from its `Set-Cookie` line: RFC 6265bis, sections 5.4 to 5.7.

use std::time::Duration;

use cookie::{Cookie as Parsed, Expiration, SameSite};
use url::{Host, Url};

use crate::{
    blocked_cookie::CookieFault,
    site::{self, PageOrigin},
};

/// The longest lifetime of a cookie (section 5.5): 400 days.
const LIFETIME_LIMIT: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The largest number of bytes of name and value together (section 5.6, step 5).
const SIZE_LIMIT: usize = 4096;

/// The circumstances of a request that decide about its cookies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) page: &'a PageOrigin,
    pub(crate) url: &'a Url,
    /// Fetch, "HTTP-network-or-cache fetch", "includeCredentials".
    pub(crate) credentials: bool,
}

impl Context<'_> {
    fn is_secure(&self) -> bool {
        site::is_potentially_trustworthy(self.url)
    }

    /// Checks the request's site against the cookie's `SameSite`. A page's fetch is never the top-level
    /// navigation that `Lax` allows across sites.
    fn check_same_site(&self, same_site: Option<SameSite>) -> Result<(), CookieFault> {
        let same_site = match same_site {
            Some(SameSite::None) => return Ok(()),
            Some(SameSite::Lax) => Some("Lax"),
            Some(SameSite::Strict) => Some("Strict"),
            None => None,
        };
        if self.page.is_same_site(self.url) {
            return Ok(());
        }
        let (page_site, site) = (self.page.site(), site::site(self.url));
        Err(CookieFault::SameSite { same_site, page_site, site })
    }
}

/// A cookie. Text is decoded byte by byte, as Fetch does ("isomorphic decode").
#[derive(Debug, Clone)]
pub(crate) struct Cookie {
    pub(crate) name: String,
    pub(crate) value: String,
    domain: String,
    host_only: bool,
    pub(crate) path: String,
    /// `true` if the line names the path.
    has_path: bool,
    secure: bool,
    same_site: Option<SameSite>,
    /// Since the Unix epoch.
    expires: Option<Duration>,
}

impl Cookie {
    /// Reads a `Set-Cookie` line of a response to a request for the URL. A `Domain` that does not cover the
    /// URL's host is the fault, with a cookie of the host itself.
    pub(crate) fn parse(
        line: &[u8],
        url: &Url,
        now: Duration,
    ) -> Result<(Self, Result<(), CookieFault>), CookieFault> {
        let text: String = line.iter().copied().map(char::from).collect();
        let malformed = || CookieFault::Malformed { line: text.clone() };
        let parsed = Parsed::parse(text.as_str()).map_err(|_| malformed())?;
        // Section 5.6, steps 1 and 5.
        let has_control = line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t');
        if has_control
            || parsed.name().chars().count() + parsed.value().chars().count() > SIZE_LIMIT
        {
            return Err(malformed());
        }
        let host = url.host_str().unwrap_or_default();
        let (domain, covers_host) = match domain(url, parsed.domain()) {
            Ok(domain) => (domain, Ok(())),
            Err(fault) => (None, Err(fault)),
        };
        let path = parsed.path().filter(|path| path.starts_with('/'));
        let cookie = Cookie {
            name: parsed.name().to_owned(),
            value: parsed.value().to_owned(),
            host_only: domain.is_none(),
            domain: domain.unwrap_or_else(|| host.to_owned()),
            path: path.map_or_else(|| default_path(url), str::to_owned),
            has_path: path.is_some(),
            secure: parsed.secure() == Some(true),
            same_site: parsed.same_site(),
            expires: expiry(&parsed, now),
        };
        Ok((cookie, covers_host))
    }

    /// Checks that browsers store the cookie (section 5.7). `Overwrite` is left to the jar.
    pub(crate) fn check_storable(&self, context: &Context<'_>) -> Result<(), CookieFault> {
        if !context.credentials {
            return Err(CookieFault::Credentials);
        }
        if self.secure && !context.is_secure() {
            return Err(CookieFault::Secure { url: context.url.to_string() });
        }
        if self.same_site == Some(SameSite::None) && !self.secure {
            return Err(CookieFault::NoneWithoutSecure);
        }
        self.check_prefix()?;
        context.check_same_site(self.same_site)
    }

    /// Checks the prefix of the name (section 5.4). Browsers compare the prefixes without regard to case.
    fn check_prefix(&self) -> Result<(), CookieFault> {
        let has = |prefix: &str| {
            let start = self.name.get(..prefix.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        let of_host = self.host_only && self.has_path && self.path == "/";
        for (prefix, allowed) in [("__Secure-", self.secure), ("__Host-", self.secure && of_host)] {
            if has(prefix) && !allowed {
                return Err(CookieFault::Prefix { prefix });
            }
        }
        Ok(())
    }

    /// Checks that browsers send a stored cookie that [belongs](Cookie::belongs_to) to the URL (section
    /// 5.8.3).
    pub(crate) fn check_sendable(&self, context: &Context<'_>) -> Result<(), CookieFault> {
        if !context.credentials {
            return Err(CookieFault::Credentials);
        }
        if self.secure && !context.is_secure() {
            return Err(CookieFault::Secure { url: context.url.to_string() });
        }
        context.check_same_site(self.same_site)
    }

    pub(crate) fn is_expired(&self, now: Duration) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// Returns `true` if domain and path of the cookie cover the URL (sections 5.1.3 and 5.1.4).
    pub(crate) fn belongs_to(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let domain = host == self.domain || !self.host_only && is_subdomain(host, &self.domain);
        domain && path_matches(url.path(), &self.path)
    }

    /// Returns `true` if the browser replaces one cookie with the other.
    pub(crate) fn is_same(&self, other: &Cookie) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && self.host_only == other.host_only
            && self.path == other.path
    }

    /// Returns `true` if a `Secure` cookie keeps the other from being stored over plain HTTP (section 5.7,
    /// "leave secure cookies alone").
    pub(crate) fn protects_from(&self, other: &Cookie, context: &Context<'_>) -> bool {
        self.secure
            && !other.secure
            && !context.is_secure()
            && self.name == other.name
            && (self.domain == other.domain
                || is_subdomain(&self.domain, &other.domain)
                || is_subdomain(&other.domain, &self.domain))
            && path_matches(&other.path, &self.path)
    }
}

/// Returns the domain of a cookie, or `None` for a cookie of the URL's host alone.
fn domain(url: &Url, attribute: Option<&str>) -> Result<Option<String>, CookieFault> {
    let Some(domain) = attribute.map(str::to_ascii_lowercase).filter(|domain| !domain.is_empty())
    else {
        return Ok(None);
    };
    let host = url.host_str().unwrap_or_default();
    let is_name = matches!(url.host(), Some(Host::Domain(_)));
    let is_registrable = psl::domain_str(&domain).is_some();
    if domain == host && !(is_name && is_registrable) {
        // An address, or a public suffix that is itself a host, such as `localhost`.
        Ok(None)
    } else if is_name && is_registrable && (domain == host || is_subdomain(host, &domain)) {
        Ok(Some(domain))
    } else {
        Err(CookieFault::Domain { domain, host: host.to_owned() })
    }
}

fn is_subdomain(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|labels| labels.ends_with('.'))
}

/// Returns `true` if the cookie's path covers the request's path (section 5.1.4, "path-match").
fn path_matches(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.ends_with('/'))
}

/// Returns the path of a cookie without `Path` (section 5.1.4, "default-path").
fn default_path(url: &Url) -> String {
    match url.path().rsplit_once('/') {
        Some((directory, _)) if !directory.is_empty() => directory.to_owned(),
        _ => "/".to_owned(),
    }
}

/// Returns the time at which the cookie ends, by `Max-Age` or else `Expires`.
fn expiry(parsed: &Parsed<'_>, now: Duration) -> Option<Duration> {
    let unsigned = |seconds: i64| Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    let expires = match (parsed.max_age(), parsed.expires()) {
        (Some(age), _) => now.saturating_add(unsigned(age.whole_seconds())),
        (None, Some(Expiration::DateTime(time))) => unsigned(time.unix_timestamp()),
        _ => return None,
    };
    Some(expires.min(now.saturating_add(LIFETIME_LIMIT)))
}
