//! Fetch, "HTTP-redirect fetch".

use url::Url;

use crate::{
    blocked::{Blocked, RedirectFault},
    exchange::Response,
    fetch::Mode,
    fetching::{Fetching, Tainting},
};

impl<T: ?Sized> Fetching<'_, T> {
    /// Returns the URL that the response redirects to (Fetch, response, "location URL").
    pub(crate) fn location(&self, response: &Response) -> Result<Option<Url>, Blocked> {
        // "Redirect status".
        if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let Some(value) = response.headers.get("location") else { return Ok(None) };
        // Each byte outside of ASCII is escaped, also if the bytes are not UTF-8
        // (https://github.com/whatwg/fetch/issues/883).
        let escaped = |byte: &u8| match byte.is_ascii() {
            true => char::from(*byte).to_string(),
            false => format!("%{byte:02X}"),
        };
        let location: String = value.iter().map(escaped).collect();
        let single = response.headers.values("location").count() == 1;
        match self.url().join(&location) {
            Ok(mut url) if single => {
                if url.fragment().is_none() {
                    url.set_fragment(self.url().fragment());
                }
                Ok(Some(url))
            }
            _ => Err(RedirectFault::Location { location }.into()),
        }
    }

    /// Changes the request to the request that follows the redirect.
    pub(crate) fn redirect(&mut self, status: u16, location: Url) -> Result<(), Blocked> {
        // Step 6.
        if !matches!(location.scheme(), "http" | "https") {
            return Err(RedirectFault::NotHttp { url: location.into() }.into());
        }
        // Step 7.
        if self.urls.len() > 20 {
            return Err(RedirectFault::TooMany.into());
        }
        // Steps 9 and 10.
        let has_credentials = !location.username().is_empty() || location.password().is_some();
        let crosses = self.mode == Mode::Cors && !self.browser.origin.is_same_origin(&location);
        if has_credentials && (crosses || self.tainting == Tainting::Cors) {
            return Err(RedirectFault::Credentials { url: location.into() }.into());
        }
        // Step 12.
        if matches!((status, self.method.as_str()), (301 | 302, "POST"))
            || status == 303 && !matches!(self.method.as_str(), "GET" | "HEAD")
        {
            "GET".clone_into(&mut self.method);
            self.body = None;
            for name in ["content-encoding", "content-language", "content-location", "content-type"]
            {
                self.headers.delete(name);
            }
        }
        // Step 13.
        if self.url().origin() != location.origin() {
            self.headers.delete("authorization");
        }
        // Step 18.
        self.urls.push(location);
        Ok(())
    }
}
