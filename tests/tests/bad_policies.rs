//! Tests with the table of bad policies: the problems that the builder reports, the programs made from the
//! table, and the messages of the compiler, word for word.
#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use cors_actix_tests::bad_policies::{self, BadPolicy};
use syn::Item;

/// Returns the folder of the programs and of the compiler's messages. `TRYBUILD=overwrite` rewrites both.
fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("compile-fail/ui/policy")
}

fn overwrite() -> bool {
    env::var_os("TRYBUILD").is_some_and(|value| value == "overwrite")
}

fn messages(bad: &BadPolicy) -> Vec<String> {
    bad.problems.iter().map(|problem| problem.kind.in_words_of_attribute()).collect()
}

#[test]
fn the_builder_reports_all_problems_at_once_with_their_locations() {
    for bad in bad_policies::all() {
        assert_eq!(bad.reported, bad.problems, "{}", bad.name);
    }
}

#[test]
fn every_kind_of_problem_and_of_origin_fault_has_a_row() {
    let problem = include_str!("../../cors-actix/core/src/problem.rs");
    let origin_fault = include_str!("../../cors-actix/core/src/origin_fault.rs");
    let all = bad_policies::all();
    let problems = all.iter().flat_map(|bad| &bad.problems);
    let met: BTreeSet<_> = problems.map(|problem| format!("{:?}", problem.kind)).collect();
    // The list of `Policy::by_origin` is not an option: `rights/by_origin.rs` tests its problems.
    let of_lists = ["NoPolicies", "UnreachablePolicy"];
    let kinds = variants(problem, "ProblemKind").into_iter();
    for kind in kinds.filter(|kind| !of_lists.contains(&&**kind)) {
        assert!(met.iter().any(|problem| problem.starts_with(&kind)), "{kind} has no row");
    }
    for fault in variants(origin_fault, "OriginFault") {
        let fault = format!("fault: {fault},");
        assert!(met.iter().any(|problem| problem.contains(&fault)), "{fault} has no row");
    }
}

fn variants(source: &str, name: &str) -> Vec<String> {
    let file = syn::parse_file(source).unwrap();
    let item = file.items.into_iter().find_map(|item| match item {
        Item::Enum(item) if item.ident == name => Some(item),
        _ => None,
    });
    item.unwrap().variants.iter().map(|variant| variant.ident.to_string()).collect()
}

#[test]
fn every_row_is_a_program() {
    let mut expected = BTreeSet::new();
    for bad in bad_policies::all() {
        let path = directory().join(bad.name).with_extension("rs");
        if overwrite() {
            fs::write(&path, bad.program()).unwrap();
        }
        let program = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(program, bad.program(), "{} differs from its row", path.display());
        assert!(expected.insert(bad.name.to_owned()), "{} is in the table twice", bad.name);
    }
    for entry in fs::read_dir(directory()).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(expected.contains(&name), "{name} has no row");
    }
}

#[test]
fn the_compiler_says_what_the_builder_says() {
    if overwrite() {
        // The test `compile_fail` is writing the file.
        return;
    }
    for bad in bad_policies::all() {
        let path = directory().join(bad.name).with_extension("stderr");
        let said = fs::read_to_string(path).unwrap_or_default();
        let said: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
        assert_eq!(said, messages(&bad), "{}", bad.name);
    }
}
