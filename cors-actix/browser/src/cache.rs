//! Fetch, section "CORS-preflight cache".

use std::time::Duration;

/// What a request is looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) origin: String,
    pub(crate) url: String,
    /// Whether the credentials mode is "include".
    pub(crate) credentials: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Method(String),
    /// In lower case.
    Header(String),
}

#[derive(Debug)]
struct Entry {
    key: Key,
    subject: Subject,
    expires: Duration,
}

/// The list of entries. Time is that of the browser's clock.
#[derive(Debug, Default)]
pub(crate) struct Cache(Vec<Entry>);

impl Cache {
    /// "Method cache entry match".
    pub(crate) fn has_method(&self, now: Duration, key: &Key, method: &str) -> bool {
        self.has(now, key, &Subject::Method(method.to_owned()))
    }

    /// "Header-name cache entry match".
    pub(crate) fn has_header(&self, now: Duration, key: &Key, name: &str) -> bool {
        self.has(now, key, &Subject::Header(name.to_ascii_lowercase()))
    }

    fn has(&self, now: Duration, key: &Key, subject: &Subject) -> bool {
        self.0.iter().any(|entry| entry.expires > now && entry.covers(key, subject))
    }

    /// CORS-preflight fetch, steps 7.12 to 7.15: entries that match are renewed, others created.
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

    /// "Clear cache entries": with credentials or without.
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

    /// The standard's text lets an entry `*` match whatever credentials it was granted for. CORS-preflight
    /// fetch, steps 7.5 and 7.7, would deny the same request, and Chromium does.
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
