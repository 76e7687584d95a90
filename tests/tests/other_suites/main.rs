//! The situations of other libraries' test suites: our answer to each of them, and the reason for each
//! difference. One file per library; `reasons.toml` has the sentences that the rows refer to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod answer;
mod apps;
mod compare;
mod predicates;
mod routes;
mod row;
mod summary;

use std::{collections::BTreeSet, fs};

use actix_web::rt::System;

use crate::{
    compare::{Difference, differing, noticed},
    row::{Reason, Suite},
};

/// The fewest rows that the files have together. A file that is read by mistake as empty fails.
const FEWEST: usize = 300;

#[test]
fn every_row_has_our_answer_as_written() {
    let mut faults = Vec::new();
    for suite in Suite::all() {
        for row in &suite.rows {
            let found = System::new().block_on(apps::answer(row));
            if found != row.ours {
                faults.push(format!("{}: {}\tours = {found:?}", suite.library, row.name));
            }
        }
    }
    assert!(faults.is_empty(), "{} rows:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_difference_has_its_reason_and_nothing_else_has_one() {
    let reasons = Reason::all();
    let mut faults = Vec::new();
    for suite in Suite::all() {
        for row in &suite.rows {
            let found = differing(row);
            let mut given = BTreeSet::new();
            for id in &row.why {
                let reason = reasons.get(id).unwrap_or_else(|| panic!("no reason {id}"));
                if found.is_disjoint(&reason.explains) {
                    faults.push(format!("{}: {}: {id} explains nothing", suite.library, row.name));
                }
                given.extend(reason.explains.iter().cloned());
            }
            let left: Vec<_> = found.difference(&given).collect();
            if !left.is_empty() {
                let pair = format!("theirs = {:#?}\nours = {:#?}", row.theirs, row.ours);
                faults.push(format!("{}: {}: {left:?}\n{pair}", suite.library, row.name));
            }
        }
    }
    assert!(faults.is_empty(), "{} rows:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_a_browser_notices_has_a_reason_that_says_so() {
    let reasons = Reason::all();
    let mut faults = Vec::new();
    for suite in Suite::all() {
        for row in &suite.rows {
            let effects = row.why.iter().map(|id| reasons[id].effect);
            let effects: BTreeSet<_> =
                effects.filter(|effect| *effect != Difference::None).collect();
            let found = noticed(row);
            if effects != found {
                let name = &row.name;
                faults.push(format!("{}: {name}: {found:?}, not {effects:?}", suite.library));
            }
        }
    }
    assert!(faults.is_empty(), "{} rows:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn no_name_is_there_twice_and_every_reason_is_used() {
    let suites = Suite::all();
    for suite in &suites {
        let names: BTreeSet<_> = suite.rows.iter().map(|row| &row.name).collect();
        assert_eq!(names.len(), suite.rows.len(), "a name is there twice in {}", suite.library);
        assert!(!suite.left_out.is_empty(), "{} does not say what is left out", suite.library);
    }
    let rows = suites.iter().flat_map(|suite| &suite.rows);
    assert!(rows.clone().count() >= FEWEST, "only {} rows", rows.clone().count());
    let used: BTreeSet<_> = rows.flat_map(|row| &row.why).collect();
    let reasons = Reason::all();
    let unused: Vec<_> = reasons.keys().filter(|id| !used.contains(id)).collect();
    assert!(unused.is_empty(), "{unused:?} are reasons of no row");
}

#[test]
fn the_document_has_these_numbers() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/OTHER_SUITES.md");
    let document = fs::read_to_string(path).unwrap();
    let table = summary::of_suites();
    let missing: Vec<_> = table.lines().filter(|line| !document.contains(line)).collect();
    assert!(missing.is_empty(), "tests/OTHER_SUITES.md lacks {missing:#?}\nof\n{table}");
}
