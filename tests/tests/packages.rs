//! The published packages and their dependencies build with the Rust version that the workspace declares.
#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

use std::{
    collections::{HashMap, HashSet},
    process::Command,
};

use serde_json::Value;

const PUBLISHED: [&str; 4] =
    ["cors-actix", "cors-actix-browser", "cors-actix-core", "cors-actix-macros"];

fn metadata() -> Value {
    let arguments = ["metadata", "--all-features", "--locked", "--format-version=1"];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap()
}

/// Returns the numbers of a version, without what follows a `-` or `+`.
fn numbers(version: &str) -> Vec<u64> {
    let version = version.split(['-', '+']).next().unwrap();
    let mut numbers: Vec<_> = version.split('.').map(|number| number.parse().unwrap()).collect();
    numbers.resize(3, 0);
    numbers
}

/// Returns the packages that users of these packages build: dependencies, without those for tests alone.
fn built_by_users<'a>(metadata: &'a Value, names: &[&str]) -> Vec<&'a Value> {
    let packages = metadata["packages"].as_array().unwrap();
    let by_id: HashMap<_, _> =
        packages.iter().map(|package| (text(package, "id"), package)).collect();
    let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
    let nodes: HashMap<_, _> = nodes.iter().map(|node| (text(node, "id"), node)).collect();
    let is_published = |id: &&&str| names.contains(&text(by_id[**id], "name"));
    let mut left: Vec<_> = by_id.keys().filter(is_published).copied().collect();
    let mut seen: HashSet<_> = left.iter().copied().collect();
    while let Some(id) = left.pop() {
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev")
                && seen.insert(text(dependency, "pkg"))
            {
                left.push(text(dependency, "pkg"));
            }
        }
    }
    seen.into_iter().map(|id| by_id[id]).collect()
}

#[test]
fn no_dependency_needs_a_newer_rust_than_the_packages_declare() {
    let metadata = metadata();
    let packages = built_by_users(&metadata, &PUBLISHED);
    assert!(packages.len() > 50, "only {} packages", packages.len());
    let is_ours = |package: &&&Value| PUBLISHED.contains(&text(package, "name"));
    let declared: HashSet<_> =
        packages.iter().filter(is_ours).map(|package| text(package, "rust_version")).collect();
    assert_eq!(declared.len(), 1, "{declared:?}");
    let declared = declared.into_iter().next().unwrap();
    let newer = packages.iter().filter(|package| {
        let version = package["rust_version"].as_str();
        version.is_some_and(|version| numbers(version) > numbers(declared))
    });
    let newer: Vec<_> =
        newer.map(|package| (text(package, "name"), &package["rust_version"])).collect();
    assert!(newer.is_empty(), "{newer:?} need more than Rust {declared}");
    assert!(numbers("1.89.1") > numbers("1.89") && numbers("1.100") > numbers("1.89"));
}

#[test]
fn the_packages_declare_the_rust_version_of_actix_web() {
    let metadata = metadata();
    let packages = built_by_users(&metadata, &PUBLISHED);
    let version = |name: &str| {
        let package = packages.iter().find(|package| text(package, "name") == name).unwrap();
        numbers(text(package, "rust_version"))
    };
    assert_eq!(version("cors-actix"), version("actix-web"));
}

#[test]
fn the_browser_needs_nothing_from_the_library() {
    let metadata = metadata();
    let packages = built_by_users(&metadata, &["cors-actix-browser"]);
    let ours: Vec<_> = packages
        .iter()
        .map(|package| text(package, "name"))
        .filter(|name| name.starts_with("cors-actix"))
        .collect();
    assert_eq!(ours, ["cors-actix-browser"]);
}

#[test]
fn no_published_package_has_a_build_script() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap();
    let published = packages.iter().filter(|package| PUBLISHED.contains(&text(package, "name")));
    let targets = published.flat_map(|package| package["targets"].as_array().unwrap());
    let kinds: Vec<_> = targets.map(|target| &target["kind"][0]).collect();
    assert!(kinds.iter().any(|kind| *kind == "proc-macro"), "{kinds:?}");
    assert!(!kinds.iter().any(|kind| *kind == "custom-build"), "{kinds:?}");
}
