//! Runs thousands of situations in real browsers and in the model.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{env, time::Instant};

use cors_actix_tests::{
    browser::Engine,
    matrix::{
        self, SEED, Situation, app,
        compare::{compare, describe},
        known::{self, KNOWN},
        site::{Outcomes, Site, serve},
        words,
    },
};

/// The number of situations that an ordinary run tests in Chromium.
const SAMPLE: usize = 300;

/// The number of failures that are printed in full.
const SHOWN: usize = 2000;

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
    let journal = app::Journal::default();
    let noted = journal.clone();
    let app = serve(move || app::make(&noted));
    let site = Site { journal, apps: vec![("", app)] };
    let first = situations.len();
    situations.extend(known::reproductions(matrix::COUNT));
    let expected = site.expected(&situations).await;
    let mut failures = check(&situations, &expected);
    for engine in Engine::named() {
        let start = Instant::now();
        let browser = site.open(engine).await;
        let outcomes = site.outcomes(&browser, &situations).await;
        let comparison = compare(engine, &situations, &expected, &outcomes);
        let (version, time) = (browser.version(), start.elapsed());
        println!("{engine:?} ({version}), in {time:.0?}: {comparison}");
        failures.extend(comparison.unknown);
        let own = KNOWN.iter().enumerate().filter(|(_, one)| one.engine == engine);
        for (index, one) in own {
            let situation = &situations[first + index];
            let (expected, found) = (&expected[&situation.id], &outcomes[&situation.id]);
            let explained = known::explain(engine, situation, expected, found);
            if explained.is_none_or(|explained| explained.name != one.name) {
                let description = describe(situation, expected, found);
                failures.push(format!("{engine:?} does not show {}: {description}", one.name));
            }
        }
    }
    let count = failures.len();
    failures.truncate(SHOWN);
    assert!(failures.is_empty(), "{count} failures\n{}", failures.join("\n"));
}
