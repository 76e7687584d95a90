//! Fetch, "CORS-preflight fetch", and the conditions under which a preflight is sent.

use std::time::Duration;

use crate::{
    blocked::Blocked,
    exchange::{Purpose, Request},
    fetching::Fetching,
    headers::HeaderList,
    method,
    network::wire_url,
    target::Target,
};

impl<T: ?Sized> Fetching<'_, T> {
    /// Returns `true` if the request needs a preflight (Fetch, "main fetch", step 12).
    pub(crate) fn needs_preflight(&self) -> bool {
        !method::is_safelisted(&self.method) || !self.headers.unsafe_names().is_empty()
    }

    /// Returns `true` if the preflight cache makes a preflight unnecessary (Fetch, "HTTP fetch",
    /// makeCORSPreflight).
    pub(crate) fn is_in_preflight_cache(&self) -> bool {
        let (browser, key) = (self.browser, self.key());
        let (cache, now) = (browser.preflights.borrow(), browser.now());
        let has_header = |name: &String| cache.has_header(now, &key, name);
        (method::is_safelisted(&self.method) || cache.has_method(now, &key, &self.method))
            && self.headers.unsafe_names().iter().all(has_header)
    }
}

impl<T: Target + ?Sized> Fetching<'_, T> {
    /// Sends the preflight, checks the response, and stores the allowed methods and headers in the cache.
    pub(crate) async fn preflight(&mut self) -> Result<(), Blocked> {
        let unsafe_names = self.headers.unsafe_names();
        let mut headers = HeaderList::default();
        headers.append("accept", b"*/*");
        headers.append("access-control-request-method", self.method.as_bytes());
        // Step 5: no space after the comma.
        if !unsafe_names.is_empty() {
            headers.append("access-control-request-headers", unsafe_names.join(",").as_bytes());
        }
        // The tainting of a preflight is "cors" and its credentials mode is "same-origin", so it carries an
        // origin and no cookies.
        headers.append("origin", self.origin().as_bytes());
        self.append_metadata(&mut headers, "cors");
        let (method, url) = ("OPTIONS".to_owned(), wire_url(self.url()));
        let request = Request { method, url, headers, body: Vec::new() };
        let response = self.send(Purpose::Preflight, request).await?;

        // Step 7.
        let status = response.status;
        if let Err(fault) = self.cors_check(&response) {
            let (method, headers) = (self.method.clone(), unsafe_names);
            let reason = response.denial();
            return Err(Blocked::PreflightCors { status, fault, method, headers, reason });
        }
        if !(200..=299).contains(&status) {
            return Err(Blocked::PreflightStatus { status });
        }
        let list = |name: &str| {
            let malformed = |_| response.header(name).unwrap_or_default();
            response.headers.tokens(name).map(Option::unwrap_or_default).map_err(malformed)
        };
        let methods = list("access-control-allow-methods")
            .map_err(|value| Blocked::AllowMethodsMalformed { value })?;
        let names = list("access-control-allow-headers")
            .map_err(|value| Blocked::AllowHeadersMalformed { value })?;
        let credentials = self.with_credentials();
        let any = |list: &[String]| !credentials && list.iter().any(|item| item == "*");
        // Step 7.5.
        if !methods.contains(&self.method) && !method::is_safelisted(&self.method) && !any(&methods)
        {
            let (method, allowed) = (self.method.clone(), methods);
            return Err(Blocked::MethodNotAllowed { method, allowed, credentials });
        }
        // Steps 7.6 and 7.7. `authorization` is never safelisted, so it is among the unsafe names.
        let is_allowed = |name: &String| {
            names.iter().any(|item| item.eq_ignore_ascii_case(name))
                || (any(&names) && name != "authorization")
        };
        if let Some(name) = unsafe_names.into_iter().find(|name| !is_allowed(name)) {
            return Err(Blocked::HeaderNotAllowed { name, allowed: names, credentials });
        }
        // Steps 7.8 to 7.15.
        let max_age = response.headers.seconds("access-control-max-age").unwrap_or(5);
        let browser = self.browser;
        let max_age = Duration::from_secs(max_age.min(browser.engine.max_age_limit()));
        let mut cache = browser.preflights.borrow_mut();
        cache.store(browser.now(), max_age, &self.key(), &methods, &names);
        Ok(())
    }
}
