//! Decides if a page may read a response from the text of the policy alone, without a server or a browser.

use super::{
    plan,
    situation::{API, Fetch, Heard, Outcome, Page, Place, Situation},
};

/// Methods of the routes under `#[cors]` with an even and with an odd policy.
const FEW: &[&str] = &["GET", "POST", "DELETE"];
const MANY: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "PURGE"];

/// Returns the headers of the handler that the page may read.
pub fn exposed(situation: &Situation) -> Vec<&'static str> {
    let names = ["etag", "x-one", "x-two"];
    let exposed = situation.policy().map_or(&[][..], |plan| &plan.exposed);
    let is_exposed = |name: &&str| {
        situation.page == Page::Same || exposed.iter().any(|it| [*name, "*"].contains(it))
    };
    names.into_iter().filter(is_exposed).collect()
}

/// Returns `true` if the page may read the response. `None` means several calls or a redirect, on which this
/// function does not decide.
pub fn let_read(situation: &Situation, outcome: &Outcome) -> Option<bool> {
    let [fetch] = &situation.fetches[..] else { return None };
    if fetch.url.contains("&to=") {
        return None;
    }
    if situation.page == Page::Same && fetch.url.starts_with(API) {
        return Some(true);
    }
    let (index, plan) = (situation.plan?, situation.policy()?);
    let is_origin = names(index, situation.page);
    let is_with_credentials = fetch.credentials == "include";
    let method = normalized(fetch);
    let is_method = match situation.place {
        Place::Route if index.is_multiple_of(2) => FEW.contains(&method),
        Place::Route => MANY.contains(&method),
        _ => {
            ["GET", "HEAD", "POST"].contains(&method)
                || plan.methods.iter().any(|allowed| [method, "*"].contains(allowed))
        }
    };
    let asked = outcome.heard.iter().find_map(|heard: &Heard| heard.asks_headers.as_deref());
    let is_header = |name: &str| {
        plan.headers.contains(&name) || (plan.headers.contains(&"*") && name != "authorization")
    };
    let are_headers = asked.is_none_or(|names| names.split(',').all(is_header));
    Some(is_origin && is_method && are_headers && (plan.credentials || !is_with_credentials))
}

/// Returns `true` if the policy allows the page's origin.
pub fn names(plan: usize, page: Page) -> bool {
    plan::all()[plan].origins.iter().any(|origin| is_match(origin, page))
}

fn is_match(pattern: &str, page: Page) -> bool {
    match pattern {
        "*" => true,
        "https://*.eu.shop.test" => page == Page::Subdomain,
        "https://app.shop.test:*" => matches!(page, Page::Listed | Page::Port),
        origin => origin == page.origin(),
    }
}

/// Returns the method as browsers send it (Fetch, method, "normalize").
fn normalized(fetch: &Fetch) -> &str {
    match fetch.method {
        "get" => "GET",
        "put" => "PUT",
        method => method,
    }
}
