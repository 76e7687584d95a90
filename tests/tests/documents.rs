//! Checks that the tests that SECURITY.md names exist.
#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

use std::{
    fs,
    path::{Path, PathBuf},
};

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

#[test]
fn security_names_tests_that_exist() {
    let security = include_str!("../../SECURITY.md");
    let (_, table) = security.split_once("## Classes of fault").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells: Vec<_> =
        rows.filter_map(|row| row.trim_end_matches(" |").rsplit(" | ").next()).collect();
    assert!(cells.len() > 40, "only {} rows", cells.len());
    for cell in cells {
        let names = cell.split('`').skip(1).step_by(2).filter(|name| !name.starts_with("cargo "));
        let missing: Vec<_> = names.filter(|name| !exists(name)).collect();
        assert!(missing.is_empty(), "SECURITY.md names {missing:?}");
    }
    assert!(!exists("origins::no_such_test"));
}
