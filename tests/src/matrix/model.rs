//! Runs the situations in the model of a browser.

use std::time::Duration;

use cors_actix_browser::{Browser, Credentials, Fetch, Server};

use super::{
    app::cookie_at,
    situation::{APIS, Page, Seen, Situation},
};

/// Returns the response to each call of `fetch`, as the page sees it.
pub async fn ask(server: &Server, situation: &Situation) -> Vec<Option<Seen>> {
    let browser = match situation.page {
        Page::Null => Browser::sandboxed(),
        page => Browser::at(page.origin()),
    };
    let tops = Page::ALL.map(Page::top);
    let browser = APIS.iter().chain(&tops).fold(browser, |browser, origin| {
        browser.cookie(origin, &cookie_at(origin.starts_with("https")).to_string())
    });
    let mut outcomes = Vec::new();
    for call in &situation.fetches {
        browser.advance(Duration::from_secs(call.pause));
        outcomes.push(seen(browser.fetch(server, fetch(call)).await));
    }
    outcomes
}

fn fetch(call: &super::Fetch) -> Fetch {
    let fetch = Fetch::new(call.method, call.url.as_str()).credentials(match call.credentials {
        "omit" => Credentials::Omit,
        "same-origin" => Credentials::SameOrigin,
        _ => Credentials::Include,
    });
    let fetch = call.headers.iter().fold(fetch, |fetch, (name, value)| fetch.header(*name, value));
    match call.body {
        Some(text) => fetch.body(text),
        None => fetch,
    }
}

fn seen(seen: cors_actix_browser::Seen) -> Option<Seen> {
    if !seen.is_readable() {
        return None;
    }
    Some(Seen::new(seen.status(), seen.header_names(), seen.text()))
}
