//! The tables of `tests/WPT.md`, and what should stand there.

use std::collections::{BTreeMap, BTreeSet};

use crate::table::Row;

/// Files, rows and differences of a directory.
type Counts = (usize, usize, usize);

#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) directories: BTreeMap<String, Counts>,
    pub(crate) total: usize,
    /// The number of rows of each difference.
    pub(crate) differences: BTreeMap<String, usize>,
    pub(crate) partly_left_out: Vec<String>,
    pub(crate) files_left_out: Vec<String>,
}

impl Document {
    pub(crate) fn parse(text: &str) -> Self {
        let number = |cell: &String| cell.parse::<usize>().unwrap_or_else(|_| panic!("{cell:?}"));
        let directories = cells(text, "Counts").into_iter().map(|row| {
            let [directory, files, rows, differences] = row.try_into().unwrap();
            (directory, (number(&files), number(&rows), number(&differences)))
        });
        let mut directories: BTreeMap<_, _> = directories.collect();
        let (_, total, _) = directories.remove("all").expect("a row for all directories");
        let differences = cells(text, "Differences").into_iter().map(|row| {
            let [name, rows, _, _] = row.try_into().unwrap();
            (name, number(&rows))
        });
        let reasons = |heading| {
            let rows = cells(text, heading).into_iter();
            rows.map(|row| {
                assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
                row[0].clone()
            })
        };
        Document {
            directories,
            total,
            differences: differences.collect(),
            partly_left_out: reasons("Subtests left out").collect(),
            files_left_out: reasons("Files left out").collect(),
        }
    }
}

/// Returns the rows of the table below a heading, without its head.
fn cells(text: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, text) = text.split_once(&format!("## {heading}\n")).expect(heading);
    let section = text.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|row| {
        let cells = row.trim_matches('|').split(" | ");
        cells.map(|cell| cell.trim().trim_matches('`').to_owned()).collect()
    })
    .collect()
}

pub(crate) fn directories(rows: &[Row]) -> BTreeMap<String, Counts> {
    let mut directories: BTreeMap<String, (BTreeSet<&str>, usize, usize)> = BTreeMap::new();
    for row in rows {
        let (files, all, differences) = directories.entry(row.directory().to_owned()).or_default();
        files.insert(&row.file);
        *all += 1;
        *differences += usize::from(row.differs.is_some());
    }
    directories
        .into_iter()
        .map(|(name, (files, all, differ))| (name, (files.len(), all, differ)))
        .collect()
}

pub(crate) fn differences(rows: &[Row]) -> BTreeMap<String, usize> {
    let mut differences = BTreeMap::new();
    for name in rows.iter().filter_map(|row| row.differs.clone()) {
        *differences.entry(name).or_default() += 1;
    }
    differences
}
