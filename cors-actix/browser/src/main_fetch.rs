//! Fetch, "main fetch" and "HTTP fetch": from the call of `fetch()` to what the page may read.

use crate::{
    blocked::Blocked,
    browser::Browser,
    exchange::{Purpose, Response},
    fetch::{Fetch, Mode},
    fetching::{Fetching, Tainting},
    headers,
    seen::{Filtered, ResponseType, Seen},
    target::Target,
};

impl Browser {
    /// Calls `fetch()` in the page. A URL alone is a GET.
    ///
    /// ```
    /// use actix_web::{App, test};
    /// use cors_actix_browser::{Browser, Fetch};
    ///
    /// # #[actix_web::main] async fn main() {
    /// let app = test::init_service(App::new()).await;
    /// let browser = Browser::at("https://app.example.com");
    /// browser.fetch(&app, "/items").await.assert_blocked();
    /// browser.fetch(&app, Fetch::delete("/items/3")).await.assert_blocked();
    /// # }
    /// ```
    pub async fn fetch<T: Target + ?Sized>(&self, target: &T, fetch: impl Into<Fetch>) -> Seen {
        let fetch = fetch.into();
        let (page, call) = (self.origin().to_owned(), fetch.to_string());
        let mut exchanges = Vec::new();
        let outcome = match fetch.construct(&target.base()) {
            Ok(construct) => Fetching::new(self, target, construct, &mut exchanges).main().await,
            Err(blocked) => Err(blocked),
        };
        Seen { page, call, outcome, exchanges }
    }
}

impl<T: Target + ?Sized> Fetching<'_, T> {
    /// Follows redirects to the response, and keeps the part of the response that the page may read.
    async fn main(mut self) -> Result<Filtered, Blocked> {
        let mut preflighted = false;
        let response = loop {
            match self.hop(&mut preflighted).await {
                Ok(Some(response)) => break response,
                Ok(None) => {}
                Err(blocked) => {
                    // "Main fetch", step 12, "corsWithPreflightResponse": after redirects, the current URL
                    // is the URL of the last redirect.
                    if preflighted {
                        self.browser.preflights.borrow_mut().clear(&self.key());
                    }
                    return Err(blocked);
                }
            }
        };
        self.filter(response)
    }

    /// Sends the request for the current URL ("main fetch", step 12, and "HTTP fetch"). Returns no
    /// response if it was a redirect.
    async fn hop(&mut self, preflighted: &mut bool) -> Result<Option<Response>, Blocked> {
        let mut make_preflight = false;
        if self.tainting == Tainting::Basic && self.browser.origin.is_same_origin(self.url()) {
            // A request to the page's own origin.
        } else if self.mode == Mode::SameOrigin {
            return Err(Blocked::NotSameOrigin { url: self.url().to_string() });
        } else if self.mode == Mode::NoCors {
            self.tainting = Tainting::Opaque;
        } else {
            self.tainting = Tainting::Cors;
            make_preflight = self.needs_preflight();
        }
        *preflighted |= make_preflight;
        let purpose = if !make_preflight {
            Purpose::Simple
        } else if self.is_in_preflight_cache() {
            Purpose::Cached
        } else {
            self.preflight().await?;
            Purpose::Preflighted
        };
        let response = self.network(purpose).await?;
        if self.tainting == Tainting::Cors {
            let status = response.status;
            self.cors_check(&response).map_err(|fault| Blocked::Cors { status, fault })?;
        }
        match self.location(&response)? {
            Some(location) => self.redirect(response.status, location).map(|()| None),
            None => Ok(Some(response)),
        }
    }

    /// Returns the part of the response that the page may read ("main fetch", steps 14 and 21).
    fn filter(self, mut response: Response) -> Result<Filtered, Blocked> {
        let kind = match self.tainting {
            Tainting::Opaque => return Err(Blocked::Opaque),
            // "Basic filtered response".
            Tainting::Basic => {
                response.headers.retain(|name| !headers::is_forbidden_response_name(name));
                ResponseType::Basic
            }
            // "CORS filtered response": a malformed list exposes nothing.
            Tainting::Cors => {
                let exposed = response.headers.tokens("access-control-expose-headers");
                let exposed = exposed.ok().flatten().unwrap_or_default();
                let all = !self.with_credentials() && exposed.iter().any(|name| name == "*");
                response.headers.retain(|name| {
                    let listed = || exposed.iter().any(|item| item.eq_ignore_ascii_case(name));
                    !headers::is_forbidden_response_name(name)
                        && (all || headers::is_safelisted_response_name(name) || listed())
                });
                ResponseType::Cors
            }
        };
        // Step 21, "null body status".
        if self.method == "HEAD" || matches!(response.status, 101 | 103 | 204 | 205 | 304) {
            response.body.clear();
        }
        let mut url = self.url().clone();
        url.set_fragment(None);
        Ok(Filtered { kind, url, redirected: self.urls.len() > 1, response })
    }
}
