//! Measures the cost of building, keeping and matching 10 to 1 000 000 origins.

use std::{hint::black_box, time::Instant};

use actix_web::test::TestRequest;
use cors_actix::{Decision, Policy};
use stats_alloc::Region;

use crate::{ALLOCATOR, callgrind::cell_boundary};

pub(crate) const LABEL: &str = "origins";
const SIZES: [usize; 4] = [10, 1_000, 100_000, 1_000_000];
const MATCHES: usize = 1_000;
/// Numbers of origins that one pattern covers.
const COVERED: [usize; 3] = [10_000, 20_000, 40_000];
const COVERED_BY_ONE: &str = "covered by one pattern";

#[derive(Clone, Copy)]
enum Kind {
    Exact,
    Subdomains,
}

impl Kind {
    const ALL: [Self; 2] = [Kind::Exact, Kind::Subdomains];

    fn name(self) -> &'static str {
        match self {
            Kind::Exact => "exact",
            Kind::Subdomains => "*.subdomains",
        }
    }

    /// Returns origins of equal length, so that only their number changes the cost.
    fn written(self, count: usize) -> Vec<String> {
        let wildcard = match self {
            Kind::Exact => "",
            Kind::Subdomains => "*.",
        };
        (0..count).map(|number| format!("https://{wildcard}tenant{number:07}.example")).collect()
    }

    fn origin(self, number: usize) -> String {
        let label = match self {
            Kind::Exact => "",
            Kind::Subdomains => "www.",
        };
        format!("https://{label}tenant{number:07}.example")
    }
}

fn policy(kind: Kind, count: usize) -> Policy {
    let built = Policy::builder().allow_origins(kind.written(count)).build();
    built.unwrap_or_else(|error| unreachable!("{error}"))
}

/// Prints the time to build a policy, without callgrind, and the memory that stays allocated.
pub(crate) fn print_builds() {
    println!("{:<14}{:>10}{:>12}{:>20}", "", "origins", "build, s", "bytes above text");
    for kind in Kind::ALL {
        for count in SIZES {
            let text: usize = kind.written(count).iter().map(String::len).sum();
            let region = Region::new(ALLOCATOR);
            let started = Instant::now();
            let policy = policy(kind, count);
            let seconds = started.elapsed().as_secs_f64();
            let change = region.change();
            let held = change.bytes_allocated.saturating_sub(change.bytes_deallocated);
            let above = (held.saturating_sub(text)) as f64 / count as f64;
            println!("{:<14}{count:>10}{seconds:>12.3}{above:>20.1}", kind.name());
            drop(policy);
        }
    }
    println!();
}

pub(crate) fn count() {
    for count in COVERED {
        let origins = (0..count).map(|number| format!("https://tenant{number:07}.example"));
        let builder = Policy::builder().allow_origins(["https://*.example"]).allow_origins(origins);
        cell_boundary();
        let warnings = builder.build().map_or(0, |policy| policy.warnings().len());
        cell_boundary();
        assert_eq!(warnings, count);
        println!("{LABEL}\t{COVERED_BY_ONE}\t{count}\tbuild");
    }
    for kind in Kind::ALL {
        for count in SIZES {
            let policy = policy(kind, count);
            let step = (count / MATCHES).max(1);
            let hits = (0..MATCHES).map(|turn| kind.origin(turn * step % count));
            cell(&policy, kind, count, "hit", hits.collect());
            let misses = (0..MATCHES).map(|turn| kind.origin(1_000_000 + turn));
            cell(&policy, kind, count, "miss", misses.collect());
        }
    }
}

fn cell(policy: &Policy, kind: Kind, count: usize, outcome: &str, origins: Vec<String>) {
    let requests: Vec<_> = origins
        .into_iter()
        .map(|origin| TestRequest::get().insert_header(("origin", origin)).to_srv_request())
        .collect();
    let decide = || {
        let allowed = |request: &&actix_web::dev::ServiceRequest| {
            matches!(policy.decide(request.head()), Decision::Actual(Ok(_)))
        };
        black_box(requests.iter().filter(allowed).count())
    };
    let allowed = decide();
    assert_eq!(allowed, if outcome == "hit" { MATCHES } else { 0 });
    cell_boundary();
    decide();
    cell_boundary();
    println!("{LABEL}\t{}\t{count}\t{outcome}", kind.name());
}

pub(crate) fn print(counted: &[(String, f64)]) {
    println!("instructions to decide on one request, and the ratio to 10 origins\n");
    for kind in Kind::ALL {
        for outcome in ["hit", "miss"] {
            let cells = counted.iter().filter_map(|(cell, instructions)| {
                let [_, name, count, other] = cell.split('\t').collect::<Vec<_>>()[..] else {
                    return None;
                };
                let each = instructions / MATCHES as f64;
                (name == kind.name() && other == outcome).then(|| (count.to_owned(), each))
            });
            let cells: Vec<_> = cells.collect();
            let Some((_, first)) = cells.first() else { continue };
            let text = cells
                .iter()
                .map(|(count, each)| format!("{count:>12}: {each:.0} ({:.2})", each / first));
            println!("{:<14}{outcome:<6}{}", kind.name(), text.collect::<String>());
        }
    }
    println!(
        "\ninstructions to build a policy, by origins that one pattern covers, for each origin\n"
    );
    for (cell, instructions) in counted {
        let [_, COVERED_BY_ONE, count, _] = cell.split('\t').collect::<Vec<_>>()[..] else {
            continue;
        };
        let each = count.parse::<f64>().map_or(f64::NAN, |count| instructions / count);
        println!("{count:>12}: {instructions:.0} ({each:.0})");
    }
    println!();
}
