//! The modules of a package use each other in one direction, and no file is too long to read.
//!
//! A module uses another if a path in its file leads there: `use` declarations, and paths in code that
//! begin with `crate`, `self` or `super`. A parent that declares a module, or re-exports its items, does
//! not use the module by that; what the parent re-exports counts as the child's.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on ends")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Item, UseTree, Visibility, visit::Visit};

/// The folders of sources, from the root of the repository.
const SOURCES: [&str; 6] = [
    "cors-actix/core/src",
    "cors-actix/src",
    "cors-actix/browser/src",
    "cors-actix-macros/src",
    "examples/src",
    "tests/src",
];

/// The most lines of a source file, and of a test file.
const MOST_LINES: (usize, usize) = (400, 800);

/// A module, as the names that lead to it from the root of its crate.
type Module = Vec<String>;

/// The files of one crate, parsed.
struct Modules(BTreeMap<Module, syn::File>);

impl Modules {
    fn read(folder: &Path) -> Self {
        let files = rust_files(folder).into_iter().map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (module_of(path.strip_prefix(folder).unwrap()), syn::parse_file(&text).unwrap())
        });
        Modules(files.collect())
    }

    fn of_texts(texts: &[(&str, &str)]) -> Self {
        let parse = |(path, text): &(&str, &str)| {
            (module_of(Path::new(path)), syn::parse_file(text).unwrap())
        };
        Modules(texts.iter().map(parse).collect())
    }

    /// Returns the first circle, as the modules that it leads through.
    fn circle(&self) -> Option<String> {
        let uses: BTreeMap<_, _> =
            self.0.keys().map(|module| (module, self.used_by(module))).collect();
        self.0.keys().find_map(|module| {
            let mut way = vec![module.clone()];
            returns(&uses, module, &mut way, &mut BTreeSet::new()).then(|| {
                let names: Vec<_> = way.iter().map(|module| format!("{module:?}")).collect();
                names.join(" → ")
            })
        })
    }

    fn used_by(&self, module: &Module) -> BTreeSet<Module> {
        let mut paths = Paths::default();
        paths.visit_file(&self.0[module]);
        let used = paths.0.into_iter().filter_map(|path| {
            let path = absolute(module, &path)?;
            self.home(&path)
        });
        used.filter(|used| used != module).collect()
    }

    /// Returns the module where the item of an absolute path is written.
    fn home(&self, path: &[String]) -> Option<Module> {
        let module = (0..=path.len()).rev().find_map(|end| {
            let module = path[..end].to_vec();
            self.0.contains_key(&module).then_some(module)
        })?;
        let Some(item) = path.get(module.len()) else { return Some(module) };
        match self.re_exports(&module).get(item) {
            Some(path) if *path != module => self.home(path),
            _ => Some(module),
        }
    }

    /// Returns the absolute paths of what a module re-exports, by name.
    fn re_exports(&self, module: &Module) -> BTreeMap<String, Vec<String>> {
        let mut all = BTreeMap::new();
        for item in &self.0[module].items {
            let Item::Use(item) = item else { continue };
            if matches!(item.vis, Visibility::Inherited) {
                continue;
            }
            for path in flatten(&item.tree) {
                if let Some(absolute) = absolute(module, &path) {
                    all.insert(path.last().unwrap().clone(), absolute);
                }
            }
        }
        all
    }
}

/// Goes on from the last module of the way, and returns `true` if it comes back to `start`.
fn returns(
    uses: &BTreeMap<&Module, BTreeSet<Module>>,
    start: &Module,
    way: &mut Vec<Module>,
    seen: &mut BTreeSet<Module>,
) -> bool {
    for next in &uses[way.last().unwrap()] {
        if next == start {
            way.push(next.clone());
            return true;
        }
        if seen.insert(next.clone()) {
            way.push(next.clone());
            if returns(uses, start, way, seen) {
                return true;
            }
            way.pop();
        }
    }
    false
}

/// The paths in one file, except those of re-exports.
#[derive(Default)]
struct Paths(Vec<Vec<String>>);

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if matches!(item.vis, Visibility::Inherited) {
            self.0.extend(flatten(&item.tree));
        }
    }

    /// In a module within the file, `super` is the file's own module.
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let mut inner = Paths::default();
        syn::visit::visit_item_mod(&mut inner, item);
        for mut path in inner.0 {
            match path.first_mut() {
                Some(first) if first == "super" => *first = "self".to_owned(),
                Some(first) if first == "self" => continue,
                _ => {}
            }
            self.0.push(path);
        }
    }

    /// `pub(super)` uses nothing.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        syn::visit::visit_path(self, path);
    }
}

fn flatten(tree: &UseTree) -> Vec<Vec<String>> {
    match tree {
        UseTree::Path(path) => {
            let inner = flatten(&path.tree).into_iter();
            inner.map(|rest| [vec![path.ident.to_string()], rest].concat()).collect()
        }
        UseTree::Name(name) => vec![vec![name.ident.to_string()]],
        UseTree::Rename(rename) => vec![vec![rename.ident.to_string()]],
        UseTree::Glob(_) => vec![Vec::new()],
        UseTree::Group(group) => group.items.iter().flat_map(flatten).collect(),
    }
}

/// Returns the path from the root of the crate; `None` for a path that leads elsewhere.
fn absolute(module: &Module, path: &[String]) -> Option<Vec<String>> {
    let (first, mut rest) = path.split_first()?;
    let mut base = match first.as_str() {
        "crate" => Module::new(),
        "self" => module.clone(),
        "super" => module[..module.len().checked_sub(1)?].to_vec(),
        _ => return None,
    };
    while let Some((up, after)) = rest.split_first().filter(|(first, _)| *first == "super") {
        let _ = (up, base.pop());
        rest = after;
    }
    let names = rest.iter().filter(|name| *name != "self").cloned();
    base.extend(names);
    Some(base)
}

fn module_of(path: &Path) -> Module {
    let names = path.with_extension("");
    let names = names.iter().map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| !["lib", "mod", "main"].contains(&name.as_str())).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn no_module_uses_a_module_that_uses_it() {
    let circles = SOURCES.into_iter().filter_map(|folder| {
        let circle = Modules::read(&root().join(folder)).circle()?;
        Some(format!("{folder}: {circle}"))
    });
    assert_eq!(circles.collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn no_file_is_longer_than_its_limit() {
    let (of_sources, of_tests) = MOST_LINES;
    for folder in SOURCES.into_iter().chain(["tests/tests"]) {
        let most = if folder.starts_with("tests") { of_tests } else { of_sources };
        for file in rust_files(&root().join(folder)) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= most, "{} has {lines} lines, {most} at most", file.display());
        }
    }
}

#[test]
fn circles_are_found() {
    let circle = |texts: &[(&str, &str)]| Modules::of_texts(texts).circle();
    let direct = [("a.rs", "use crate::b::B; pub struct A;"), ("b.rs", "fn f(_: super::a::A) {}")];
    assert_eq!(circle(&direct).unwrap(), r#"["a"] → ["b"] → ["a"]"#);
    let by_parent = [("mod.rs", "mod a; use self::a::A; pub struct B;"), ("a.rs", "use super::B;")];
    assert!(circle(&by_parent).is_some());
    let re_exported = [
        ("mod.rs", "mod a; mod b; pub use self::{a::A, b::B};"),
        ("a.rs", "pub struct A;"),
        ("b.rs", "use super::A; pub struct B;"),
    ];
    assert_eq!(circle(&re_exported), None);
    let through_re_export = [
        ("mod.rs", "mod a; mod b; pub use self::{a::A, b::B};"),
        ("a.rs", "use super::B; pub struct A;"),
        ("b.rs", "use super::A; pub struct B;"),
    ];
    assert!(circle(&through_re_export).is_some());
}
