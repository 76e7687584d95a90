//! Programs that must not compile, and the messages of the compiler.
//!
//! `TRYBUILD=overwrite cargo test --workspace --all-features` rewrites the messages, and before them the programs in
//! `ui/policy`, which come from the table of bad policies.
#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_mistake_is_reported_under_its_tokens_and_nothing_else_is() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}

#[test]
fn no_message_names_items_of_another_crate() {
    for path in goldens() {
        let golden = fs::read_to_string(&path).unwrap();
        let told: Vec<_> = golden.lines().filter(|line| !is_source(line)).collect();
        let told = told.join("\n");
        // Only the compiler can find wrong types, so its message names types of other crates.
        let is_of_types = path.parent().is_some_and(|folder| folder.ends_with("types"));
        let is_type = ["policy-is-a-number", "extractor-is-none", "extractor-in-a-module-is-none"]
            .iter()
            .any(|name| path.file_stem().is_some_and(|stem| stem == *name))
            || is_of_types;
        for foreign in ["HttpServiceFactory", "actix_web::", "actix-web-codegen"] {
            let is_ours = is_of_types || !told.contains(foreign);
            assert!(is_ours, "{} names {foreign}", path.display());
        }
        assert_eq!(told.contains("E0277"), is_type, "{}", path.display());
    }
}

fn goldens() -> Vec<PathBuf> {
    let entries = |path: &Path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    let all = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ui"))
        .flat_map(|folder| entries(&folder).collect::<Vec<_>>())
        .filter(|path| path.extension().is_some_and(|extension| extension == "stderr"));
    all.collect()
}

/// Returns `true` if a line of a golden shows source code of the program.
fn is_source(line: &str) -> bool {
    line.trim_start().starts_with(|first: char| first.is_ascii_digit())
}
