//! One fetch under way: its request, and what follows from the request's URLs.

use url::Url;

use crate::{
    browser::Browser,
    exchange::Exchange,
    fetch::{Construct, Credentials, Mode},
    headers::HeaderList,
    preflight_cache::Key,
};

/// The response tainting of a request (Fetch, request, "response tainting").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tainting {
    Basic,
    Cors,
    Opaque,
}

/// One fetch under way.
#[derive(Debug)]
pub(crate) struct Fetching<'f, T: ?Sized> {
    pub(crate) browser: &'f Browser,
    pub(crate) target: &'f T,
    pub(crate) exchanges: &'f mut Vec<Exchange>,
    pub(crate) method: String,
    /// The URL list. Never empty.
    pub(crate) urls: Vec<Url>,
    pub(crate) headers: HeaderList,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) credentials: Credentials,
    pub(crate) mode: Mode,
    pub(crate) tainting: Tainting,
}

impl<'f, T: ?Sized> Fetching<'f, T> {
    pub(crate) fn new(
        browser: &'f Browser,
        target: &'f T,
        construct: Construct,
        exchanges: &'f mut Vec<Exchange>,
    ) -> Self {
        let Construct { method, url, headers, body, credentials, mode } = construct;
        let (urls, tainting) = (vec![url], Tainting::Basic);
        Fetching {
            browser,
            target,
            exchanges,
            method,
            urls,
            headers,
            body,
            credentials,
            mode,
            tainting,
        }
    }

    /// Returns the current URL.
    pub(crate) fn url(&self) -> &Url {
        &self.urls[self.urls.len() - 1]
    }

    /// Returns the serialized origin (Fetch, "serializing a request origin").
    pub(crate) fn origin(&self) -> &str {
        match self.browser.origin.is_tainted(&self.urls) {
            true => "null",
            false => self.browser.origin.serialized(),
        }
    }

    /// Returns `true` if the credentials mode is "include", which the CORS check and the preflight cache
    /// ask for.
    pub(crate) fn with_credentials(&self) -> bool {
        self.credentials == Credentials::Include
    }

    /// Returns `true` if the request may carry credentials (Fetch, "HTTP-network-or-cache fetch",
    /// "includeCredentials").
    pub(crate) fn includes_credentials(&self) -> bool {
        match self.credentials {
            Credentials::Include => true,
            Credentials::SameOrigin => self.tainting == Tainting::Basic,
            Credentials::Omit => false,
        }
    }

    /// Returns the key of the request in the preflight cache.
    pub(crate) fn key(&self) -> Key {
        Key {
            origin: self.origin().to_owned(),
            url: self.url().to_string(),
            credentials: self.with_credentials(),
        }
    }
}
