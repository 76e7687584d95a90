//! The page's origin, and its relation to URLs.

use url::{Host, Url};

/// The origin of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageOrigin {
    Opaque,
    Tuple { serialized: String, url: Url },
}

impl PageOrigin {
    /// Returns the origin of the page at the URL.
    pub(crate) fn of(page: Url) -> Self {
        // A page of a `blob:` URL has the origin and the site of the page that made the URL (URL, "origin").
        let page = match page.scheme() {
            "blob" => Url::parse(page.path()).unwrap_or(page),
            _ => page,
        };
        // In browsers, a page whose scheme has hosts has a tuple origin: `chrome-extension://…`,
        // `capacitor://localhost`. The URL standard leaves the origin of unknown schemes to the
        // implementation, and the crate `url` makes it opaque.
        let serialized = match page.host_str() {
            Some(host) if page.scheme() != "file" && !host.is_empty() => {
                let port = page.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("{}://{host}{port}", page.scheme())
            }
            _ => return PageOrigin::Opaque,
        };
        PageOrigin::Tuple { serialized, url: page }
    }

    /// Returns the serialization, which is "null" for an opaque origin.
    pub(crate) fn serialized(&self) -> &str {
        match self {
            PageOrigin::Opaque => "null",
            PageOrigin::Tuple { serialized, .. } => serialized,
        }
    }

    pub(crate) fn is_same_origin(&self, url: &Url) -> bool {
        matches!(self, PageOrigin::Tuple { serialized, .. }
            if *serialized == url.origin().ascii_serialization())
    }

    pub(crate) fn is_same_site(&self, url: &Url) -> bool {
        matches!(self, PageOrigin::Tuple { url: page, .. } if is_same_site(page, url))
    }

    pub(crate) fn is_https(&self) -> bool {
        matches!(self, PageOrigin::Tuple { serialized, .. } if serialized.starts_with("https://"))
    }

    /// Returns `true` if the request's redirect-taint is other than "same-origin" (Fetch, request,
    /// "redirect-taint").
    pub(crate) fn is_tainted(&self, urls: &[Url]) -> bool {
        urls.windows(2).any(|pair| {
            let [last, url] = pair else { return false };
            url.origin() != last.origin() && !self.is_same_origin(last)
        })
    }

    /// Returns the value of `Sec-Fetch-Site` (Fetch Metadata, "set the Sec-Fetch-Site header").
    pub(crate) fn relation(&self, urls: &[Url]) -> &'static str {
        if urls.iter().all(|url| self.is_same_origin(url)) {
            "same-origin"
        } else if urls.iter().all(|url| self.is_same_site(url)) {
            "same-site"
        } else {
            "cross-site"
        }
    }

    /// Returns the site for messages.
    pub(crate) fn site(&self) -> String {
        match self {
            PageOrigin::Opaque => "null".to_owned(),
            PageOrigin::Tuple { url, .. } => site(url),
        }
    }
}

/// Returns the site of a URL for messages: its scheme and its registrable domain, or its host.
pub(crate) fn site(url: &Url) -> String {
    let host = registrable_domain(url).or(url.host_str()).unwrap_or_default();
    format!("{}://{host}", url.scheme())
}

/// Returns `true` if scheme and registrable domain are the same (HTML, "same site").
fn is_same_site(a: &Url, b: &Url) -> bool {
    let same_domain = match (registrable_domain(a), registrable_domain(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.host_str() == b.host_str(),
        _ => false,
    };
    a.scheme() == b.scheme() && same_domain
}

/// Returns the registrable domain of the URL's host. Addresses and public suffixes have none.
pub(crate) fn registrable_domain(url: &Url) -> Option<&str> {
    match url.host() {
        Some(Host::Domain(host)) => psl::domain_str(host),
        _ => None,
    }
}

/// Returns `true` for URLs with TLS and for URLs of this machine (Secure Contexts, "is URL potentially
/// trustworthy", for HTTP).
pub(crate) fn is_potentially_trustworthy(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Domain(host)) => host == "localhost" || host.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}
