//! Checks that no preflight and no response grants more than the policy of the code that answers the actual
//! request, and that annotated routes grant no less. The test generates apps. For each request, the test sends
//! the actual request first, and the policy of the code that answers is the truth.
//!
//! `CORS_ACTIX_REQUESTS` is the number of requests: a path, a method, a host and an origin. `CORS_ACTIX_SEED` is the
//! seed of the first app. `CORS_ACTIX_SHOWN` is the number of different failures that are shown. The nightly run sends
//! 2 000 000 requests to new apps.
#![allow(clippy::expect_used, reason = "a test that can't go on ends")]

mod caches;
mod check;
mod generate;
mod handlers;
mod judge;
mod limits;
mod make;
mod places;
mod policies;
mod requests;
mod shrink;
mod tally;
mod trace;
mod tree;
mod truth;

use std::collections::BTreeMap;

use cors_actix_tests::{fewer, number};
use fastrand::Rng;

use crate::{
    check::{Fault, Question, Session, Violation},
    policies::Kind,
    tally::Tally,
    tree::{Node, Tree, Wrap},
};

/// The number of requests in CI.
const REQUESTS: usize = 5_000;

/// The number of questions to one app.
const QUESTIONS: usize = 12;

/// The number of different failures that are shown.
const SHOWN: usize = 5;

/// The number of failures of each kind that are made smaller. Each takes as long as many apps.
const SHRUNK: usize = 20;

/// The methods of questions, mostly methods of annotated handlers.
const ASKED: [&str; 8] = ["PUT", "PUT", "PUT", "GET", "GET", "POST", "DELETE", "PATCH"];

#[derive(Default)]
struct Failures {
    count: usize,
    by_fault: BTreeMap<Fault, usize>,
    /// The failures by fault and shape. The shape of a failure is the kinds of the nodes in its smallest app.
    shapes: BTreeMap<(Fault, String), usize>,
}

#[actix_web::test]
async fn nothing_is_granted_or_sent_beyond_the_policy_of_the_code_that_answers() {
    let requests = fewer(number("CORS_ACTIX_REQUESTS", REQUESTS));
    let mut tally = Tally::default();
    let mut failures = Failures::default();
    let first = number("CORS_ACTIX_SEED", 0) as u64;
    for seed in first.. {
        if tally.requests >= requests {
            break;
        }
        ask(seed, &mut tally, &mut failures).await;
    }
    println!("{tally:#?}");
    println!("failures: {:#?}", failures.by_fault);
    for ((fault, shape), count) in &failures.shapes {
        println!("{count} of {fault:?}: {shape}");
    }
    assert_eq!(failures.count, 0, "violations; the first shapes are shown above");
    assert_asked_enough(&tally);
}

/// Sends requests to the app of the seed.
async fn ask(seed: u64, tally: &mut Tally, failures: &mut Failures) {
    let mut rng = Rng::with_seed(seed);
    let tree = generate::tree(&mut rng);
    tally.count_app(&tree);
    let mut session = Session::start(&tree).await;
    let mut seen = Vec::new();
    for _ in 0..QUESTIONS {
        let question = Question {
            target: generate::target(&mut rng, &tree),
            method: ASKED[rng.usize(..ASKED.len())],
            header: rng.choice(Kind::ALL).expect("there are policies").header(),
        };
        for violation in session.ask(&question, tally).await {
            failures.count += 1;
            *failures.by_fault.entry(violation.fault).or_default() += 1;
            if !seen.contains(&violation.fault) {
                seen.push(violation.fault);
                failures.show(seed, &tree, &question, violation).await;
            }
        }
    }
}

impl Failures {
    /// Prints the smallest app that fails in the same way, if its shape is new.
    async fn show(&mut self, seed: u64, tree: &Tree, question: &Question, violation: Violation) {
        let fault = violation.fault;
        let shapes = self.shapes.iter().filter(|((other, _), _)| *other == fault);
        if shapes.map(|(_, count)| count).sum::<usize>() >= SHRUNK {
            return;
        }
        let (note, tree, violation) = match shrink::shrink(tree, question, fault).await {
            Some((tree, violation)) => ("", tree, violation),
            None => (" (after earlier requests)", tree.clone(), violation),
        };
        let shape = format!("{}{note}", shape(&tree));
        let count = self.shapes.entry((fault, shape.clone())).or_default();
        *count += 1;
        if *count == 1 && self.shapes.len() <= number("CORS_ACTIX_SHOWN", SHOWN) {
            let Violation { origin, detail, .. } = violation;
            println!(
                "{fault:?} (seed {seed}): {shape}\n{tree}\n{question} from {origin}: {detail}\n"
            );
        }
    }
}

/// Returns the kinds of the parts of a tree, without patterns and policies.
fn shape(tree: &Tree) -> String {
    shape_of("app", tree.has_default, &tree.wraps, &tree.nodes)
}

fn shape_of(sort: &str, has_default: bool, wraps: &[Wrap], nodes: &[Node]) -> String {
    let mut text = sort.to_owned();
    let inner = nodes
        .iter()
        .map(|node| shape_of(node.sort(), false, node.wraps(), node.nodes().unwrap_or_default()));
    let inner: Vec<_> = inner.chain(has_default.then(|| "default".to_owned())).collect();
    if !inner.is_empty() {
        text = format!("{text} {{ {} }}", inner.join("; "));
    }
    wraps.iter().fold(text, |text, wrap| format!("{text} in {}", wrap.sort()))
}

/// Asserts that the test has sent enough requests of every kind.
fn assert_asked_enough(tally: &Tally) {
    let Tally { requests, granted, denied, demanded, enforced, .. } = tally;
    assert!(granted * 10 > *requests && denied * 10 > *requests, "{tally:?}");
    assert!(demanded * 20 > *requests && enforced * 20 > *requests, "{tally:?}");
    let excused: usize = tally.lack.values().sum();
    assert!(excused * 2 < *demanded, "{tally:?}");
    assert!(tally.sorts.len() == 20 && tally.makers.len() == 6, "{tally:?}");
    assert!(tally.makers.values().all(|count| count * 100 > *requests), "{tally:?}");
}
