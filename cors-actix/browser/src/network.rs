//! Fetch, "HTTP-network-or-cache fetch".

use url::Url;

use crate::{
    blocked::Blocked,
    cookie_jar::Context,
    exchange::{Exchange, Purpose, Request, Response},
    fetch::Mode,
    fetching::{Fetching, Tainting},
    headers::HeaderList,
    site,
    target::Target,
};

impl<T: Target + ?Sized> Fetching<'_, T> {
    /// Sends the request itself, with the headers of step 8, and stores the cookies of the response.
    pub(crate) async fn network(&mut self, purpose: Purpose) -> Result<Response, Blocked> {
        let mut headers = self.headers.clone();
        let length = match &self.body {
            Some(body) => Some(body.len()),
            None => matches!(self.method.as_str(), "POST" | "PUT").then_some(0),
        };
        if let Some(length) = length {
            headers.append("content-length", length.to_string().as_bytes());
        }
        self.append_origin(&mut headers);
        let mode = match self.mode {
            Mode::Cors => "cors",
            Mode::NoCors => "no-cors",
            Mode::SameOrigin => "same-origin",
        };
        self.append_metadata(&mut headers, mode);

        let url = self.url().clone();
        let (browser, credentials) = (self.browser, self.includes_credentials());
        let context = Context { page: &browser.origin, url: &url, credentials };
        let (cookie, mut blocked) = browser.cookies.borrow().header(&context, browser.now());
        if !cookie.is_empty() {
            headers.append("cookie", &cookie);
        }
        let body = self.body.clone().unwrap_or_default();
        let request = Request { method: self.method.clone(), url: wire_url(&url), headers, body };
        let response = self.send(purpose, request).await;
        // Cookies are also stored from a redirect, and from a response that fails the CORS check.
        if let Ok(response) = &response {
            let mut jar = browser.cookies.borrow_mut();
            let lines = response.headers.values("set-cookie");
            let stored = lines.map(|line| jar.store(&context, line, browser.now()));
            blocked.extend(stored.filter_map(Result::err));
        }
        if let Some(exchange) = self.exchanges.last_mut() {
            exchange.blocked_cookies = blocked;
        }
        response
    }

    /// Sends a request as it is, and records the exchange.
    pub(crate) async fn send(
        &mut self,
        purpose: Purpose,
        request: Request,
    ) -> Result<Response, Blocked> {
        let response = self.target.send(&request).await.map_err(|error| Blocked::Unreachable {
            url: request.url.to_string(),
            error: error.to_string(),
        });
        let received = response.as_ref().ok().cloned();
        let blocked_cookies = Vec::new();
        self.exchanges.push(Exchange { purpose, request, response: received, blocked_cookies });
        response
    }

    /// Adds `Origin` (Fetch, "append a request `Origin` header", under the default referrer policy).
    fn append_origin(&self, headers: &mut HeaderList) {
        if self.tainting == Tainting::Cors {
            headers.append("origin", self.origin().as_bytes());
        } else if !matches!(self.method.as_str(), "GET" | "HEAD") {
            // Step 4.1: in mode "cors" the tainting would be "cors".
            let downgraded = self.browser.origin.is_https() && self.url().scheme() != "https";
            headers.append("origin", if downgraded { b"null" } else { self.origin().as_bytes() });
        }
    }

    /// Adds `Sec-Fetch-*` (Fetch Metadata, "append the Fetch metadata headers for a request").
    pub(crate) fn append_metadata(&self, headers: &mut HeaderList, mode: &str) {
        if site::is_potentially_trustworthy(self.url()) {
            headers.append("sec-fetch-dest", b"empty");
            headers.append("sec-fetch-mode", mode.as_bytes());
            headers.append("sec-fetch-site", self.browser.origin.relation(&self.urls).as_bytes());
        }
    }
}

/// Returns the URL without fragment and user, which are not sent.
pub(crate) fn wire_url(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url
}
