//! The table of `migration.md` has a row for every public method of `actix_cors::Cors`, each row has a
//! test, and the functions of its configurations are those that the tests run.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use syn::{ImplItem, Item, Type, Visibility};

const MIGRATION: &str = include_str!("../../../cors-actix/src/migration.md");

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The folder of the sources of `actix_cors`, in the version that the tests use.
fn sources_of_actix_cors() -> PathBuf {
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let rustc = run("rustc", &["-vV"]);
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let metadata = run(
        &cargo,
        &[
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            host,
            "--manifest-path",
            manifest,
        ],
    );
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "actix-cors").unwrap();
    Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("src")
}

fn parsed(folder: &Path) -> Vec<syn::File> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.map(|file| syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap()).collect()
}

/// The public methods of `Cors` in these files, and the method of its `Default`.
fn public_methods(files: &[syn::File]) -> BTreeSet<String> {
    let mut methods = BTreeSet::new();
    for item in files.iter().flat_map(|file| &file.items) {
        let Item::Impl(item) = item else { continue };
        if !matches!(&*item.self_ty, Type::Path(ty) if ty.path.is_ident("Cors")) {
            continue;
        }
        let of_trait = item.trait_.as_ref().map(|(path, _)| path);
        if of_trait.is_some_and(|path| !path.is_ident("Default")) {
            continue;
        }
        for item in &item.items {
            let ImplItem::Fn(item) = item else { continue };
            if of_trait.is_some() || matches!(item.vis, Visibility::Public(_)) {
                methods.insert(item.sig.ident.to_string());
            }
        }
    }
    methods
}

/// The methods that have a row.
fn rows() -> BTreeSet<String> {
    let (_, table) = MIGRATION.split_once("| `actix_cors::Cors` |").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| row.split_once('(').unwrap().0.to_owned()).collect()
}

#[test]
fn every_public_method_of_actix_cors_has_a_row() {
    let methods = public_methods(&parsed(&sources_of_actix_cors()));
    assert!(methods.len() >= 19, "only {methods:?}");
    assert_eq!(rows(), methods);
}

#[test]
fn public_methods_are_found() {
    let text = "
        impl Cors { pub fn a() {} fn b() {} pub(crate) fn c() {} }
        impl Default for Cors { fn default() {} }
        impl Clone for Cors { fn clone() {} }
        impl Other { pub fn d() {} }
    ";
    let methods = public_methods(&[syn::parse_file(text).unwrap()]);
    assert_eq!(methods, ["a", "default"].map(String::from).into());
}

/// A test belongs to the method whose name, the longest such one, its own name starts with.
#[test]
fn every_row_has_a_test() {
    let rows = rows();
    let files = parsed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migration"));
    let tested: BTreeSet<_> = files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| match item {
            Item::Fn(item)
                if item.attrs.iter().any(|attribute| attribute.path().is_ident("test")) =>
            {
                let name = item.sig.ident.to_string();
                let of_name = rows.iter().filter(|row| name.starts_with(&format!("{row}_")));
                of_name.max_by_key(|row| row.len()).cloned()
            }
            _ => None,
        })
        .collect();
    assert_eq!(tested, rows);
}

/// The code without white space, and without the commas and the visibility that depend on its place.
fn plain(code: &str) -> String {
    let code: String = code.replace("pub(super) ", "").split_whitespace().collect();
    code.replace(",)", ")").replace(",]", "]").replace(",}", "}")
}

/// The visible lines of the functions in the Rust code of `migration.md`.
fn functions(markdown: &str) -> Vec<String> {
    let blocks = markdown.split("```").skip(1).step_by(2);
    let visible = blocks.map(|block| {
        let lines = block.lines().skip(1).filter(|line| *line != "#" && !line.starts_with("# "));
        lines.collect::<Vec<_>>().join("\n")
    });
    visible.flat_map(|block| block.split("\n\n").map(plain).collect::<Vec<_>>()).collect()
}

#[test]
fn the_configurations_are_those_that_the_tests_run() {
    let tests = [include_str!("before_and_after.rs"), include_str!("other_options.rs")];
    let tests = tests.map(plain).concat();
    let all = functions(MIGRATION);
    let all: Vec<_> =
        all.iter().filter(|code| code.starts_with("fn") || code.starts_with("async")).collect();
    assert!(all.len() >= 19, "only {}", all.len());
    for function in all {
        assert!(tests.contains(function.as_str()), "no test runs {function}");
    }
}
