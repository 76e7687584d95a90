//! Runs situations for rights by origin, prefixes of header names, virtual hosts and twins in real browsers
//! and in the model, with explained denials and without. One process, because the switch for explanations is
//! for the whole process.

#![allow(
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{collections::BTreeMap, env, time::Instant};

use cors_actix::explain_denials;
use cors_actix_tests::{
    browser::Engine,
    matrix::{
        Place, SEED, Situation,
        compare::{compare, describe},
        feature::Feature,
        features, promise,
        site::Outcomes,
    },
};

/// The number of situations without explanations. There are as many with explanations.
const COUNT: usize = 2000;

/// The number of situations that an ordinary run tests in Chromium.
const SAMPLE: usize = 150;

/// The number of failures that are printed in full.
const SHOWN: usize = 50;

/// Returns the calls whose response the page reads and may not read, or the other way round.
fn broken(situations: &[Situation], outcomes: &Outcomes) -> Vec<String> {
    let mut broken = Vec::new();
    for situation in situations {
        let outcome = &outcomes[&situation.id];
        let promised = situation.fetches.iter().map(|fetch| promise::is_read(situation, fetch));
        let promised: Vec<_> = promised.collect();
        let is_kept = outcome.seen.iter().map(Option::is_some).eq(promised.iter().copied());
        if !is_kept {
            let description = describe(situation, outcome, outcome);
            broken.push(format!("not as promised, which is {promised:?}: {description}"));
        }
    }
    broken
}

/// Returns how many calls of each feature are readable and blocked.
fn counts(situations: &[Situation], outcomes: &Outcomes) -> BTreeMap<&'static str, [usize; 2]> {
    let mut counts = BTreeMap::<_, [usize; 2]>::new();
    for situation in situations {
        let Place::Feature(feature) = situation.place else { continue };
        let [readable, blocked] = counts.entry(feature.segment()).or_default();
        for seen in &outcomes[&situation.id].seen {
            *if seen.is_some() { &mut *readable } else { &mut *blocked } += 1;
        }
    }
    counts
}

#[actix_web::test]
async fn browsers_and_the_model_agree_on_features_and_read_what_is_promised() {
    let is_whole = env::var_os("ENGINES").is_some();
    let seed = env::var("SEED").map_or(SEED, |seed| seed.parse().expect("a seed is a number"));
    let count = if is_whole { COUNT } else { SAMPLE };
    println!("seed {seed}");
    let site = features::site();
    features::show_guards(&site).await;
    let mut failures = Vec::new();
    for engine in Engine::named() {
        let browser = site.open(engine).await;
        let mut read = Vec::new();
        for is_explained in [false, true] {
            explain_denials(is_explained);
            let start = Instant::now();
            let first = if is_explained { count } else { 0 };
            let situations = features::situations(seed, first, count);
            let expected = site.expected(&situations).await;
            failures.extend(broken(&situations, &expected));
            let found = site.outcomes(&browser, &situations).await;
            let comparison = compare(engine, &situations, &expected, &found);
            println!(
                "{engine:?} ({}), explained: {is_explained}, in {:.0?}: {comparison}",
                browser.version(),
                start.elapsed()
            );
            failures.extend(comparison.unknown);
            let counts = counts(&situations, &found);
            println!("  readable and blocked: {counts:?}");
            let least = if is_whole { 50 } else { 3 };
            let are_covered = counts.len() == Feature::ALL.len()
                && counts.values().flatten().all(|it| *it >= least);
            assert!(are_covered, "{counts:?}");
            let are_read = |it: &Situation| {
                let seen = found[&it.id].seen.iter();
                seen.map(Option::is_some).collect::<Vec<_>>()
            };
            read.push(situations.iter().map(are_read).collect::<Vec<_>>());
        }
        let changed: Vec<_> = (0..count).filter(|id| read[0][*id] != read[1][*id]).collect();
        if !changed.is_empty() {
            failures.push(format!("{engine:?}: explanations change what is read in {changed:?}"));
        }
    }
    let count = failures.len();
    failures.truncate(SHOWN);
    assert!(failures.is_empty(), "{count} failures\n{}", failures.join("\n"));
}
