//! Decides if a page may read a response from the text of a feature's policies alone, without a server, a
//! browser, or a cache.

use super::{
    feature::Feature,
    situation::{API, FIRST_HOST, Fetch, OTHER, Page, Place, Situation},
};

/// The rights of a page by one policy.
struct Rights {
    /// The methods that the page may use.
    methods: &'static [&'static str],
    /// The header names that the page may use, in lower case. A `*` at the end stands for any end.
    headers: &'static [&'static str],
    /// `true` if the page may use credentials.
    credentials: bool,
}

const SAFE: &[&str] = &["GET", "POST"];
const SAFE_AND_PUT: &[&str] = &["GET", "POST", "PUT"];

impl Rights {
    fn may_ask(&self, fetch: &Fetch) -> bool {
        let mut names = fetch.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let are_headers = names.all(|name| self.headers.iter().any(|item| is_match(item, &name)));
        are_headers && self.may_read(fetch)
    }

    fn may_read(&self, fetch: &Fetch) -> bool {
        self.methods.contains(&fetch.method) && (self.credentials || fetch.credentials != "include")
    }
}

fn is_match(item: &str, name: &str) -> bool {
    match item.strip_suffix('*') {
        // Fetch, "CORS non-wildcard request-header name".
        Some("") => name != "authorization",
        Some(start) => name.starts_with(start),
        None => item == name,
    }
}

/// Returns `true` if the page may read the response to a call.
///
/// # Panics
/// If the place is not that of a feature.
pub fn is_read(situation: &Situation, fetch: &Fetch) -> bool {
    let Place::Feature(feature) = situation.place else { panic!("the place is of no feature") };
    let page = situation.page;
    if page == Page::Same && situation.is_to(API) {
        return true;
    }
    let asks_first = !SAFE.contains(&fetch.method) || !fetch.headers.is_empty();
    let (reads, asks) = match feature {
        Feature::Hosts => {
            let is_first = situation.is_to(API) || situation.is_to(FIRST_HOST);
            let (first, second) = (of_first_host(page), of_second_host(page));
            let own = if is_first { &first } else { &second };
            let reads = own.as_ref().is_some_and(|own| own.may_read(fetch));
            let may_ask = |it: &Option<Rights>| it.as_ref().is_some_and(|it| it.may_ask(fetch));
            // A layer around the app does not see the guards on hosts, so both policies have to grant.
            let asks = match situation.is_to(API) || situation.is_to(OTHER) {
                true => may_ask(own),
                false => [&first, &second].into_iter().all(may_ask),
            };
            (reads, asks)
        }
        _ => {
            let rights = rights(feature, page, fetch.method);
            let holds = |is: fn(&Rights, &Fetch) -> bool| {
                rights.as_ref().is_some_and(|rights| is(rights, fetch))
            };
            (holds(Rights::may_read), holds(Rights::may_ask))
        }
    };
    reads && (asks || !asks_first)
}

fn of_first_host(page: Page) -> Option<Rights> {
    let is_allowed = matches!(page, Page::Listed | Page::Subdomain);
    is_allowed.then_some(Rights { methods: &["GET", "PUT"], headers: &["x-a"], credentials: false })
}

fn of_second_host(page: Page) -> Option<Rights> {
    let is_allowed = matches!(page, Page::Subdomain | Page::Stranger);
    is_allowed.then_some(Rights { methods: &["GET", "PUT"], headers: &["x-a"], credentials: true })
}

fn rights(feature: Feature, page: Page, method: &str) -> Option<Rights> {
    let is_listed = page == Page::Listed;
    Some(match feature {
        Feature::Rights | Feature::RightsOfHandler => {
            let (by_layer, headers, credentials): (&[&str], &[&str], _) = match page {
                Page::Listed => (&["GET", "POST", "PUT", "DELETE"], &["x-a"], true),
                Page::Subdomain => (SAFE_AND_PUT, &["content-type"], false),
                _ => (SAFE, &[], false),
            };
            // A handler's methods are those of its route, for every origin.
            let is_of_handler = feature == Feature::RightsOfHandler;
            let methods = if is_of_handler { &["GET", "PUT", "DELETE"] } else { by_layer };
            Rights { methods, headers, credentials }
        }
        Feature::Prefixes => {
            matches!(page, Page::Listed | Page::Port).then_some(())?;
            let headers = &["x-acme-*", "content-type"];
            Rights { methods: SAFE_AND_PUT, headers, credentials: true }
        }
        Feature::OpenPrefixes => {
            Rights { methods: SAFE_AND_PUT, headers: &["x-acme-*", "x-a"], credentials: false }
        }
        Feature::AnyHeader => Rights { methods: SAFE_AND_PUT, headers: &["*"], credentials: false },
        Feature::Twins => match method {
            "GET" => Rights { methods: &["GET"], headers: &["x-a"], credentials: false },
            "PUT" if is_listed => {
                Rights { methods: &["PUT"], headers: &["x-a"], credentials: true }
            }
            _ => return None,
        },
        Feature::Hosts => return None,
    })
}
