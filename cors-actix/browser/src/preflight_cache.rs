//! The preflight cache: Fetch, section "CORS-preflight cache".

use std::time::Duration;

/// The properties of a request by which the cache finds entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) origin: String,
    pub(crate) url: String,
    /// `true` if the credentials mode is "include".
    pub(crate) credentials: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Method(String),
    /// A name in lower case.
    Header(String),
}

#[derive(Debug)]
struct Entry {
    key: Key,
    subject: Subject,
    expires: Duration,
}

/// The list of entries. Times are those of the browser's clock.
#[derive(Debug, Default)]
pub(crate) struct PreflightCache(Vec<Entry>);

impl PreflightCache {
    /// Returns `true` if an entry allows the method ("method cache entry match").
    pub(crate) fn has_method(&self, now: Duration, key: &Key, method: &str) -> bool {
        self.has(now, key, &Subject::Method(method.to_owned()))
    }

    /// Returns `true` if an entry allows the header ("header-name cache entry match").
    pub(crate) fn has_header(&self, now: Duration, key: &Key, name: &str) -> bool {
        self.has(now, key, &Subject::Header(name.to_ascii_lowercase()))
    }

    fn has(&self, now: Duration, key: &Key, subject: &Subject) -> bool {
        self.0.iter().any(|entry| entry.expires > now && entry.covers(key, subject))
    }

    /// Renews the entries that match, and creates others ("CORS-preflight fetch", steps 7.12 to 7.15).
    pub(crate) fn store(
        &mut self,
        now: Duration,
        max_age: Duration,
        key: &Key,
        methods: &[String],
        names: &[String],
    ) {
        self.0.retain(|entry| entry.expires > now);
        let expires = now.saturating_add(max_age);
        let methods = methods.iter().cloned().map(Subject::Method);
        let names = names.iter().map(|name| Subject::Header(name.to_ascii_lowercase()));
        for subject in methods.chain(names) {
            let mut renewed = false;
            for entry in self.0.iter_mut().filter(|entry| entry.covers(key, &subject)) {
                entry.expires = expires;
                renewed = true;
            }
            if !renewed {
                self.0.push(Entry { key: key.clone(), subject, expires });
            }
        }
    }

    /// Removes the entries of origin and URL, with credentials and without ("clear cache entries").
    pub(crate) fn clear(&mut self, key: &Key) {
        self.0.retain(|entry| entry.key.origin != key.origin || entry.key.url != key.url);
    }
}

impl Entry {
    fn covers(&self, key: &Key, subject: &Subject) -> bool {
        // "Cache entry match".
        self.key.origin == key.origin
            && self.key.url == key.url
            && (self.key.credentials || !key.credentials)
            && (self.subject == *subject || self.is_wildcard_for(subject))
    }

    /// Returns `true` for an entry `*` that was granted without credentials. In the text of the standard, an
    /// entry `*` matches with credentials too. But "CORS-preflight fetch", steps 7.5 and 7.7, would deny the
    /// same request, and so does Chromium.
    fn is_wildcard_for(&self, subject: &Subject) -> bool {
        let wildcard = match (&self.subject, subject) {
            (Subject::Method(own), Subject::Method(_)) => own == "*",
            // "CORS non-wildcard request-header name".
            (Subject::Header(own), Subject::Header(name)) => own == "*" && name != "authorization",
            _ => false,
        };
        wildcard && !self.key.credentials
    }
}
