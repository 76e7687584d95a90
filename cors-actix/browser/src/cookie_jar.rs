//! The cookies of a browser: RFC 6265bis, sections 5.7 and 5.8, as Chromium applies them.

use std::{cmp::Reverse, time::Duration};

use url::Url;

pub(crate) use crate::cookie::Context;
use crate::{
    blocked_cookie::{BlockedCookie, CookieFault},
    cookie::Cookie,
};

/// The cookie store.
#[derive(Debug, Default)]
pub(crate) struct CookieJar {
    /// The cookies, in the order of their creation.
    stored: Vec<Cookie>,
    /// The cookies that were not stored, for the messages of later requests.
    denied: Vec<(Cookie, CookieFault)>,
}

impl CookieJar {
    /// Stores the cookie of a `Set-Cookie` line.
    pub(crate) fn store(
        &mut self,
        context: &Context<'_>,
        line: &[u8],
        now: Duration,
    ) -> Result<(), BlockedCookie> {
        let not_stored = |name: &str, fault| BlockedCookie::NotStored { name: name.into(), fault };
        let (cookie, covers_host) =
            Cookie::parse(line, context.url, now).map_err(|fault| not_stored("", fault))?;
        let storable = covers_host
            .and_then(|()| cookie.check_storable(context))
            .and_then(|()| self.check_overwrite(&cookie, context));
        if let Err(fault) = storable {
            let blocked = not_stored(&cookie.name, fault.clone());
            self.denied.retain(|(other, _)| !other.is_same(&cookie));
            self.denied.push((cookie, fault));
            return Err(blocked);
        }
        self.denied.retain(|(other, _)| other.name != cookie.name);
        // As Chromium does: a cookie of the same value keeps the time of creation. The RFC (section 5.7)
        // lets every cookie that replaces another keep the time.
        match self.stored.iter_mut().find(|stored| stored.is_same(&cookie)) {
            Some(stored) if stored.value == cookie.value => *stored = cookie,
            _ => {
                self.stored.retain(|stored| !stored.is_same(&cookie));
                self.stored.push(cookie);
            }
        }
        self.stored.retain(|cookie| !cookie.is_expired(now));
        Ok(())
    }

    fn check_overwrite(&self, cookie: &Cookie, context: &Context<'_>) -> Result<(), CookieFault> {
        match self.stored.iter().any(|stored| stored.protects_from(cookie, context)) {
            true => Err(CookieFault::Overwrite),
            false => Ok(()),
        }
    }

    /// Returns the value of `Cookie` for the request, and the cookies that belong to the URL and are not
    /// sent.
    pub(crate) fn header(
        &self,
        context: &Context<'_>,
        now: Duration,
    ) -> (Vec<u8>, Vec<BlockedCookie>) {
        let here = |cookie: &Cookie, url: &Url| cookie.belongs_to(url) && !cookie.is_expired(now);
        let (mut sent, mut blocked) = (Vec::new(), Vec::new());
        for cookie in self.stored.iter().filter(|cookie| here(cookie, context.url)) {
            match cookie.check_sendable(context) {
                Ok(()) => sent.push(cookie),
                Err(fault) => {
                    blocked.push(BlockedCookie::NotSent { name: cookie.name.clone(), fault });
                }
            }
        }
        for (cookie, fault) in self.denied.iter().filter(|(cookie, _)| here(cookie, context.url)) {
            let fault = CookieFault::NeverStored(Box::new(fault.clone()));
            blocked.push(BlockedCookie::NotSent { name: cookie.name.clone(), fault });
        }
        // Section 5.8.3, step 2: longer paths first, then earlier cookies.
        sent.sort_by_key(|cookie| Reverse(cookie.path.len()));
        let pairs: Vec<_> =
            sent.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        // "Isomorphic encode": each char is one byte of the line that set the cookie.
        let header = pairs.join("; ").chars().map(|char| char as u8).collect();
        (header, blocked)
    }
}
