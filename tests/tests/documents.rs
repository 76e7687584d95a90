//! Checks that the tests and the checks that SECURITY.md names exist, and that it names those it has to.
#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

use std::{
    fs,
    path::{Path, PathBuf},
};

const SECURITY: &str = include_str!("../../SECURITY.md");

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn texts(path: &Path) -> Vec<String> {
    if path.is_file() {
        return vec![fs::read_to_string(path).unwrap()];
    }
    let entries = fs::read_dir(path).unwrap();
    entries.flat_map(|entry| texts(&entry.unwrap().path())).collect()
}

/// Returns `true` if `tests/tests` has the file or folder, and a function or a module of each further
/// name in it.
fn exists(name: &str) -> bool {
    let mut names = name.split("::");
    let binary = names.next().unwrap_or_default();
    let tests = root().join("tests/tests").join(binary);
    let paths = [
        tests.with_extension("rs"),
        tests,
        root().join(binary),
        root().join("tests/compile-fail").join(binary).with_extension("rs"),
    ];
    let Some(path) = paths.iter().find(|path| path.exists()) else { return false };
    names.all(|name| {
        let [function, module] = [format!("fn {name}("), format!("mod {name}")];
        texts(path).iter().any(|text| text.contains(&function) || text.contains(&module))
    })
}

/// Returns the rows of all tables whose last column has this heading.
fn rows<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    let heading = format!("| {heading} |");
    let mut rows = Vec::new();
    let mut is_inside = false;
    for line in text.lines() {
        is_inside = line.starts_with('|') && (is_inside || line.ends_with(&heading));
        if is_inside && line.starts_with("| ") && !line.ends_with(&heading) {
            rows.push(line);
        }
    }
    rows
}

fn last_cell(row: &str) -> &str {
    row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default()
}

/// Returns the names in backticks.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[track_caller]
fn assert_named(text: &str) {
    let tests = names(text).filter(|name| !name.starts_with("cargo "));
    let missing: Vec<_> = tests.filter(|name| !exists(name)).collect();
    assert!(missing.is_empty(), "SECURITY.md names {missing:?}");
}

#[test]
fn security_names_tests_that_exist() {
    let rows = rows(SECURITY, "test");
    assert!(rows.len() > 80, "only {} rows", rows.len());
    rows.into_iter().map(last_cell).for_each(assert_named);
    let lists: Vec<_> = SECURITY.lines().filter_map(|line| line.split_once("Tests: ")).collect();
    assert!(lists.len() > 35, "only {} lists of tests", lists.len());
    lists.into_iter().for_each(|(_, tests)| assert_named(tests));
    assert!(!exists("origins::no_such_test"));
}

#[test]
fn each_promise_and_each_limit_names_a_test() {
    let (_, promises) = SECURITY.split_once("## What the library promises").unwrap();
    let (promises, rest) = promises.split_once("## What CORS does not protect").unwrap();
    let (_, limits) = rest.split_once("## Known limits").unwrap();
    let (limits, _) = limits.split_once("## Misconfigurations").unwrap();
    let is_promise = |line: &&str| line.starts_with(|first: char| first.is_ascii_digit());
    let of_promises = promises.lines().filter(is_promise);
    let of_limits = limits.lines().filter(|line| line.starts_with("- **"));
    for line in of_promises.chain(of_limits) {
        assert!(line.contains("Tests: `"), "{line}");
    }
}

#[test]
fn each_misconfiguration_that_is_prevented_has_its_test() {
    let tests = include_str!("misconfigurations.rs");
    let (_, table) = SECURITY.split_once("## Misconfigurations").unwrap();
    let rows = rows(table.split_once("## Supply chain").unwrap().0, "test");
    for row in &rows {
        let is_prevented =
            row.contains("| cannot be written |") || row.contains("| warned about |");
        assert!(is_prevented || row.contains("| documented |"), "{row}");
        assert!(!is_prevented || last_cell(row).starts_with("`misconfigurations::"), "{row}");
    }
    let written = tests.split("#[test]\nfn ").skip(1).filter_map(|test| test.split('(').next());
    let unnamed: Vec<_> =
        written.filter(|test| !SECURITY.contains(&format!("misconfigurations::{test}`"))).collect();
    assert!(unnamed.is_empty(), "SECURITY.md does not name {unnamed:?}");
}

#[test]
fn security_names_checks_that_exist() {
    let checks = fs::read_to_string(root().join(".ci/check")).unwrap();
    let mentions = SECURITY.split("`.ci/check ").skip(1).filter_map(|rest| rest.split('`').next());
    let mentions: Vec<_> = mentions.collect();
    assert!(mentions.len() > 3, "{mentions:?}");
    for name in mentions {
        assert!(checks.contains(&format!("\ncheck_{name}()")), "there is no check {name}");
    }
}
