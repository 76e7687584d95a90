//! Runs thousands of situations in real browsers and in the model.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{
    collections::HashMap,
    env,
    time::{Duration, Instant},
};

use actix_web::{HttpServer, rt};
use cors_actix_browser::Server;
use cors_actix_tests::{
    browser::{Browser, Engine, certificate_for},
    matrix::{
        self, API, OTHER, Outcome, PLAIN, Page, SEED, Situation, app,
        known::{self, KNOWN},
        model, page, plan, words,
    },
};

/// A server for all host names of the matrix, with and without TLS.
struct Site {
    journal: app::Journal,
    safe: u16,
    plain: u16,
}

impl Site {
    fn start() -> Self {
        let names = ["*.shop.test", "*.eu.shop.test", "stranger.test"].map(str::to_owned);
        let journal = app::Journal::default();
        let noted = journal.clone();
        let server = HttpServer::new(move || app::make(&noted))
            .workers(1)
            // Browsers open connections before they need them, so a connection may stay idle.
            .client_request_timeout(Duration::ZERO)
            .bind_rustls_0_23(("127.0.0.1", 0), certificate_for(names))
            .unwrap()
            .bind(("127.0.0.1", 0))
            .unwrap();
        let (safe, plain) = (server.addrs()[0], server.addrs()[1]);
        rt::spawn(server.disable_signals().run());
        Site { journal, safe: safe.port(), plain: plain.port() }
    }

    async fn open(&self, engine: Engine) -> Browser {
        let (safe, plain) = (self.safe, self.plain);
        let browser = Browser::open(engine, move |host, port| {
            let port = if port == 80 { plain } else { safe };
            host.ends_with(".test").then_some(port)
        })
        .await;
        let pages = Page::ALL.map(Page::top);
        for origin in [API, OTHER, PLAIN].iter().chain(&pages) {
            browser.tab.goto(&format!("{origin}/cookie")).await.unwrap();
        }
        browser
    }

    /// Returns the outcome of each situation in the model.
    async fn expected(&self, situations: &[Situation]) -> Outcomes {
        let server = Server::at(&format!("http://127.0.0.1:{}", self.plain));
        let mut outcomes = Outcomes::new();
        for situation in situations {
            let seen = model::ask(&server, situation).await;
            let heard = self.journal.take(situation.id);
            outcomes.insert(situation.id, Outcome { seen, heard });
        }
        outcomes
    }

    /// Returns the outcome of each situation in a browser.
    async fn outcomes(&self, browser: &Browser, situations: &[Situation]) -> Outcomes {
        let mut outcomes = Outcomes::new();
        for origin in Page::ALL {
            let here = situations.iter().filter(|situation| situation.page == origin);
            let here: Vec<_> = here.collect();
            let seen = page::ask(browser, origin, &here).await;
            for (situation, seen) in here.iter().zip(seen) {
                let heard = self.journal.take(situation.id);
                outcomes.insert(situation.id, Outcome { seen, heard });
            }
        }
        outcomes
    }
}

/// Outcomes by the id of the situation.
type Outcomes = HashMap<usize, Outcome>;

/// The number of situations that an ordinary run tests in Chromium.
const SAMPLE: usize = 300;

/// The number of failures that are printed in full.
const SHOWN: usize = 2000;

/// Describes a situation and the difference, so that a developer can repeat the situation by hand.
fn describe(situation: &Situation, expected: &Outcome, found: &Outcome) -> String {
    let Situation { id, place, plan, page, fetches } = situation;
    let calls: Vec<_> = fetches.iter().map(|fetch| format!("  {fetch}\n")).collect();
    let (plan, calls) = (&plan::all()[*plan], calls.concat());
    format!(
        "situation {id}: a page of {} ({page:?}), {plan:?} on {place}\n\
         {calls}  expected\n{expected}  found\n{found}",
        page.origin()
    )
}

/// Checks that the situations cover what they should, and that the model agrees with the text of the policies.
fn check(situations: &[Situation], expected: &Outcomes) -> Vec<String> {
    let (mut readable, mut blocked, mut preflights, mut cookies) = (0, 0, 0, 0);
    let mut failures = Vec::new();
    for situation in situations {
        let outcome = &expected[&situation.id];
        readable += outcome.seen.iter().flatten().count();
        blocked += outcome.seen.iter().filter(|seen| seen.is_none()).count();
        preflights += outcome.heard.iter().filter(|heard| heard.asks_method.is_some()).count();
        cookies += outcome.heard.iter().filter(|heard| heard.cookie).count();
        let Some(promised) = words::let_read(situation, outcome) else { continue };
        let seen = outcome.seen[0].as_ref();
        // Responses of authentication and of the router do not have the handler's headers.
        let by_handler = seen.filter(|seen| seen.headers.contains("content-language"));
        let is_exposed = by_handler.is_none_or(|seen| {
            let own = |name: &&String| ["etag", "x-one", "x-two"].contains(&name.as_str());
            seen.headers.iter().filter(own).eq(words::exposed(situation))
        });
        if promised != seen.is_some() || !is_exposed {
            let description = describe(situation, outcome, outcome);
            failures.push(format!("differs from the text of the policy: {description}"));
        }
    }
    println!(
        "{readable} readable, {blocked} blocked, {preflights} preflights, {cookies} with cookies"
    );
    let least = situations.len() / 6;
    assert!([readable, blocked, preflights, cookies].iter().all(|count| *count > least));
    failures
}

#[actix_web::test]
async fn browsers_and_the_model_agree() {
    let is_whole = env::var_os("ENGINES").is_some();
    let seed = env::var("SEED").map_or(SEED, |seed| seed.parse().expect("a seed is a number"));
    println!("seed {seed}");
    let mut situations = matrix::situations(seed);
    if !is_whole {
        situations.truncate(SAMPLE);
    }
    let site = Site::start();
    let first = situations.len();
    situations.extend(known::reproductions(matrix::COUNT));
    let expected = site.expected(&situations).await;
    let mut failures = check(&situations, &expected);
    for engine in Engine::named() {
        let start = Instant::now();
        let browser = site.open(engine).await;
        let outcomes = site.outcomes(&browser, &situations).await;
        let (mut agreed, mut known, mut unknown) = (0, HashMap::<_, [usize; 3]>::new(), 0);
        for situation in &situations {
            let (expected, found) = (&expected[&situation.id], &outcomes[&situation.id]);
            if expected == found {
                agreed += 1;
            } else if let Some(one) = known::explain(engine, situation, expected, found) {
                let [all, more, less] = known.entry(one.name).or_default();
                let reads = |outcome: &Outcome| outcome.seen.iter().flatten().count();
                *all += 1;
                *more += usize::from(reads(found) > reads(expected));
                *less += usize::from(reads(found) < reads(expected));
            } else {
                unknown += 1;
                let description = describe(situation, expected, found);
                failures.push(format!("{engine:?}: {description}"));
            }
        }
        println!(
            "{engine:?} ({}): {agreed} of {} situations as expected, {unknown} unknown, in {:.0?}",
            browser.version(),
            situations.len(),
            start.elapsed()
        );
        let own = KNOWN.iter().enumerate().filter(|(_, one)| one.engine == engine);
        for (index, one) in own.clone() {
            let situation = &situations[first + index];
            let (expected, found) = (&expected[&situation.id], &outcomes[&situation.id]);
            let explained = known::explain(engine, situation, expected, found);
            if explained.is_none_or(|explained| explained.name != one.name) {
                let description = describe(situation, expected, found);
                failures.push(format!("{engine:?} does not show {}: {description}", one.name));
            }
        }
        for (_, one) in own {
            let [all, more, less] = known.get(one.name).copied().unwrap_or_default();
            println!("  {all:4} {}: the page reads more in {more}, less in {less}", one.name);
        }
    }
    let count = failures.len();
    failures.truncate(SHOWN);
    assert!(failures.is_empty(), "{count} failures\n{}", failures.join("\n"));
}
