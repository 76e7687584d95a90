//! The tables of `tests/OTHER_SUITES.md`.

use std::{cmp::Reverse, fmt::Write as _};

use crate::{
    compare::{Difference, differing, noticed},
    row::{Reason, Row, Suite},
};

/// The columns of rows that differ, by what a browser notices.
const COLUMNS: [&[Difference]; 6] = [
    &[],
    &[Difference::More],
    &[Difference::Less],
    &[Difference::More, Difference::Less],
    &[Difference::TheyReject],
    &[Difference::WeReject],
];

/// Returns the lines of both tables: libraries with their numbers of rows, and reasons with theirs.
pub(crate) fn of_suites() -> String {
    let suites = Suite::all();
    let mut text = String::new();
    for suite in &suites {
        let rows: Vec<_> = suite.rows.iter().collect();
        let _ = writeln!(text, "| {} {}", suite.library, counts(&rows));
    }
    let rows: Vec<_> = suites.iter().flat_map(|suite| &suite.rows).collect();
    let _ = writeln!(text, "| all {}", counts(&rows));
    let reasons = Reason::all();
    let mut reasons: Vec<_> = reasons
        .iter()
        .map(|(id, reason)| (reason, rows.iter().filter(|row| row.why.contains(id)).count()))
        .collect();
    reasons.sort_by_key(|(reason, number)| (reason.effect, Reverse(*number)));
    for (reason, number) in reasons {
        let _ = writeln!(text, "| {} | {number} |", reason.text);
    }
    text
}

/// Returns the numbers of rows: all, the same, and those of each column.
fn counts(rows: &[&Row]) -> String {
    let (same, others): (Vec<&Row>, Vec<_>) =
        rows.iter().partition(|row| differing(row).is_empty());
    let mut text = format!("| {} | {} |", rows.len(), same.len());
    for column in COLUMNS {
        let expected = column.iter().copied().collect();
        let number = others.iter().filter(|row| noticed(row) == expected).count();
        let _ = write!(text, " {number} |");
    }
    text
}
