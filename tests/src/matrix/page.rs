//! The page that calls `fetch`, and the code that controls the page.

use actix_web::{HttpResponse, Responder, http::header::ContentType};
use serde_json::{Value, json};

use super::situation::{Page, Seen, Situation};
use crate::browser::Browser;

const SCRIPT: &str = include_str!("page.js");

/// Serves a page that waits for situations.
pub async fn page() -> impl Responder {
    HttpResponse::Ok().content_type(ContentType::html()).body(format!("<script>{SCRIPT}</script>"))
}

/// Serves a page whose frame waits for situations.
pub async fn frame() -> impl Responder {
    let frame =
        format!("<iframe sandbox=allow-scripts srcdoc='<script>{SCRIPT}</script>'></iframe>");
    HttpResponse::Ok().content_type(ContentType::html()).body(frame)
}

/// Runs the situations in a page of the browser, and returns the response to each call of `fetch`.
///
/// # Panics
/// If the page has another origin, or its script fails.
pub async fn ask(browser: &Browser, page: Page, all: &[&Situation]) -> Vec<Vec<Option<Seen>>> {
    const ASK: &str = "
        const [situations, done] = arguments;
        addEventListener('message', function listen({ data }) {
            const { origin, outcomes } = JSON.parse(data);
            if (outcomes) {
                removeEventListener('message', listen);
                done({ origin, outcomes });
            }
        });
        const frame = document.querySelector('iframe');
        (frame ? frame.contentWindow : window).postMessage(JSON.stringify({ situations }), '*');
    ";
    let path = if page == Page::Null { "frame" } else { "page" };
    browser.tab.goto(&format!("{}/{path}", page.top())).await.expect("the page is there");
    let calls: Vec<Vec<Value>> = all
        .iter()
        .map(|situation| situation.fetches.iter().map(super::Fetch::json).collect())
        .collect();
    let answer = browser.tab.execute_async(ASK, vec![json!(calls)]).await.expect("it runs");
    assert_eq!(answer["origin"], page.origin(), "the page has another origin");
    let outcomes = answer["outcomes"].as_array().expect("one for each situation");
    assert_eq!(outcomes.len(), all.len());
    outcomes
        .iter()
        .map(|calls| calls.as_array().into_iter().flatten().map(seen).collect())
        .collect()
}

fn seen(call: &Value) -> Option<Seen> {
    if let Some(error) = call["error"].as_str() {
        assert!(error.starts_with("TypeError"), "fetch fails with {error}");
        return None;
    }
    let status = call["status"].as_u64().and_then(|status| status.try_into().ok());
    let headers = call["headers"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let body = call["body"].as_str().unwrap_or_default();
    Some(Seen::new(status.expect("a status"), headers, body))
}
