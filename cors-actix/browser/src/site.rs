//! The page's origin, and how URLs relate to it.

use url::{Host, Url};

/// The origin of a page, serialized; "null" for an opaque one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PageOrigin {
    Opaque,
    Tuple { serialized: String, url: Url },
}

impl PageOrigin {
    pub(crate) fn of(page: Url) -> Self {
        // HTML gives documents of schemes with a host a tuple origin, though URL leaves schemes that
        // it does not know to the implementation: `chrome-extension://…`, `capacitor://localhost`.
        let serialized = match (page.origin(), page.host_str()) {
            (origin, _) if origin.is_tuple() => origin.ascii_serialization(),
            (_, Some(host)) if page.scheme() != "file" && !host.is_empty() => {
                let port = page.port().map(|port| format!(":{port}")).unwrap_or_default();
                format!("{}://{host}{port}", page.scheme())
            }
            _ => return PageOrigin::Opaque,
        };
        PageOrigin::Tuple { serialized, url: page }
    }

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

    pub(crate) fn is_https(&self) -> bool {
        matches!(self, PageOrigin::Tuple { serialized, .. } if serialized.starts_with("https://"))
    }

    /// Fetch, request, "redirect-taint": whether it is other than "same-origin".
    pub(crate) fn is_tainted(&self, urls: &[Url]) -> bool {
        urls.windows(2).any(|pair| {
            let [last, url] = pair else { return false };
            url.origin() != last.origin() && !self.is_same_origin(last)
        })
    }

    /// Fetch Metadata, "set the Sec-Fetch-Site header".
    pub(crate) fn relation(&self, urls: &[Url]) -> &'static str {
        if urls.iter().all(|url| self.is_same_origin(url)) {
            return "same-origin";
        }
        match self {
            PageOrigin::Tuple { url: page, .. }
                if urls.iter().all(|url| is_same_site(page, url)) =>
            {
                "same-site"
            }
            _ => "cross-site",
        }
    }
}

/// HTML, "same site": scheme and registrable domain.
fn is_same_site(a: &Url, b: &Url) -> bool {
    let registrable = |url: &Url| match url.host() {
        Some(Host::Domain(host)) => psl::domain_str(host).map(str::to_owned),
        _ => None,
    };
    let same_domain = match (registrable(a), registrable(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.host_str() == b.host_str(),
        _ => false,
    };
    a.scheme() == b.scheme() && same_domain
}

/// Secure Contexts, "is URL potentially trustworthy", for HTTP(S).
pub(crate) fn is_potentially_trustworthy(url: &Url) -> bool {
    url.scheme() == "https"
        || match url.host() {
            Some(Host::Domain(host)) => host == "localhost" || host.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}
