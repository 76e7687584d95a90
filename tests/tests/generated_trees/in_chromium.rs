//! Sends the same requests to real servers, from pages of both origins in a real browser.

use actix_web::{App, HttpResponse, HttpServer, rt, web};
use cors_actix_tests::{
    browser::{Browser, Engine, certificate},
    sign::{FRIEND, STRANGER},
};
use fastrand::Rng;
use serde_json::{Value, json};

use crate::{Answer, Ask, Tree, app, generator, model};

/// Sends a request to every path with every method, and returns the status of each readable response.
const FETCH: &str = "
    const [api, asks, done] = arguments;
    (async () => {
        const seen = [];
        for (const [method, path] of asks) {
            try {
                const response = await fetch(api + path, { method, credentials: 'omit' });
                seen.push(response.status);
            } catch {
                seen.push(null);
            }
        }
        done(seen);
    })();";

fn is_open(answer: &Answer) -> bool {
    answer.lines.iter().any(|line| line.starts_with("access-control-allow-origin"))
}

/// Returns the status that a page of the origin sees, or null. `None` means that the result is not specified.
fn expected(tree: &Tree, method: &str, path: &str, origin: &str) -> Option<Value> {
    let registered = model::registered(tree);
    let answer = |is_preflight| {
        let ask = Ask { method, path, origin: Some(origin), is_preflight };
        let answer = model::expected(tree, &registered, ask, false).answer;
        (answer == model::expected(tree, &registered, ask, true).answer).then_some(answer)
    };
    let granted = method != "PUT" || is_open(&answer(true)?);
    let actual = answer(false)?;
    Some(if granted && is_open(&actual) { json!(actual.status) } else { Value::Null })
}

#[actix_web::test]
async fn a_page_reads_the_responses_that_the_innermost_policy_allows() {
    const SAMPLE: u64 = 12;
    let page = HttpServer::new(|| App::new().default_service(web::to(HttpResponse::Ok)))
        .workers(1)
        .bind_rustls_0_23(("127.0.0.1", 0), certificate("*.example"))
        .unwrap();
    let pages = page.addrs()[0].port();
    let browser = Browser::open(Engine::Blink, move |host, port| {
        Some(if host.ends_with(".example") { pages } else { port })
    })
    .await;
    rt::spawn(page.disable_signals().run());
    let (mut asked, mut readable) = (0, 0);
    for seed in 0..SAMPLE {
        let tree = generator::tree(&mut Rng::with_seed(seed));
        let served = tree.clone();
        let api = HttpServer::new(move || app::make(&served))
            .workers(1)
            .bind_rustls_0_23(("127.0.0.1", 0), certificate("*.test"))
            .unwrap();
        let address = format!("https://api.test:{}", api.addrs()[0].port());
        rt::spawn(api.disable_signals().run());
        for origin in [FRIEND, STRANGER] {
            browser.tab.goto(origin).await.unwrap();
            let paths = generator::paths(&tree);
            let asks = paths.iter().flat_map(|path| ["GET", "PUT"].map(|method| (method, path)));
            let (asks, expected): (Vec<_>, Vec<_>) = asks
                .filter_map(|(method, path)| {
                    Some((json!([method, path]), expected(&tree, method, path, origin)?))
                })
                .unzip();
            let arguments = vec![json!(address), json!(asks)];
            let seen = browser.tab.execute_async(FETCH, arguments).await.unwrap();
            assert_eq!(seen, json!(expected), "seed {seed}, {origin}: {asks:?}");
            asked += asks.len();
            readable += expected.iter().filter(|status| !status.is_null()).count();
        }
    }
    assert!(asked > 300 && readable > 100, "{readable} of {asked}");
}
