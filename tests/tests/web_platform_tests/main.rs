//! Tests the browser of `cors_actix_browser` by the expectations of Web Platform Tests, which are written as
//! tables. `tests/WPT.md` explains the tables and lists the differences.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

mod case;
mod document;
mod run;
mod table;

use std::collections::BTreeSet;

use crate::{case::Case, document::Document, run::Outcome, table::Row};

const TABLES: [(&str, &str); 8] = [
    ("cors.txt", include_str!("cors.txt")),
    ("cors_origin.txt", include_str!("cors_origin.txt")),
    ("cors_redirect.txt", include_str!("cors_redirect.txt")),
    ("cors_status.txt", include_str!("cors_status.txt")),
    ("fetch_api_cors.txt", include_str!("fetch_api_cors.txt")),
    ("fetch_api_redirect.txt", include_str!("fetch_api_redirect.txt")),
    ("fetch_api_request.txt", include_str!("fetch_api_request.txt")),
    ("xhr.txt", include_str!("xhr.txt")),
];

fn rows() -> Vec<Row> {
    TABLES.iter().flat_map(|(name, text)| table::rows(name, text)).collect()
}

#[actix_web::test]
async fn every_row_holds_or_is_a_difference_that_still_shows() {
    let (mut run, mut faults) = (0, Vec::new());
    for row in rows() {
        let outcome = run::run(&Case::parse(&row)).await;
        run += 1;
        let fault = match (outcome, &row.differs) {
            (Outcome::Holds, None) | (Outcome::Fails(_), Some(_)) => continue,
            (Outcome::Holds, Some(name)) => format!("the difference {name} no longer shows"),
            (Outcome::Fails(fault), None) => fault,
            (Outcome::NoServer(request), _) => format!("no server answers {request}"),
        };
        faults.push(format!("{row}\n    {fault}"));
    }
    assert!(faults.is_empty(), "{} of {run} rows:\n{}", faults.len(), faults.join("\n"));
    assert!(run >= 600, "only {run} rows");
}

#[test]
fn every_subtest_is_one_row() {
    let mut names = BTreeSet::new();
    for row in rows() {
        assert!(names.insert((row.file.clone(), row.subtest.clone())), "twice: {row}");
    }
}

#[test]
fn the_document_counts_the_rows_and_names_the_differences() {
    let document = Document::parse(include_str!("../../WPT.md"));
    assert_eq!(document.directories, document::directories(&rows()));
    assert_eq!(document.differences, document::differences(&rows()));
    assert_eq!(document.total, rows().len());
}

#[test]
fn the_document_tells_why_files_and_subtests_are_left_out() {
    let document = Document::parse(include_str!("../../WPT.md"));
    let tested: BTreeSet<_> = rows().into_iter().map(|row| row.file).collect();
    for file in &document.files_left_out {
        assert!(!tested.contains(file), "{file} has rows");
    }
    for file in &document.partly_left_out {
        assert!(tested.contains(file), "{file} has no rows");
    }
    assert!(!document.files_left_out.is_empty() && !document.partly_left_out.is_empty());
}
