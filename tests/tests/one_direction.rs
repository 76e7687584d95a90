//! The modules of a package use each other in one direction, and no file is too long to read.
//!
//! A module uses another if a path in its file leads there, in a `use` declaration or in code (in macros
//! too if their arguments are expressions). A parent that declares a module, or re-exports its items, does
//! not use the module by that; what the parent re-exports counts as the child's.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on ends")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Expr, Item, Token, UseTree, Visibility, punctuated::Punctuated, visit::Visit};

/// The folders of sources, from the root of the repository.
const SOURCES: [&str; 6] = [
    "cors-actix/core/src",
    "cors-actix/src",
    "cors-actix/browser/src",
    "cors-actix-macros/src",
    "examples/src",
    "tests/src",
];

/// The largest number of lines of a source file, and of a test file.
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
        let used = paths.0.iter().filter_map(|path| self.home(&absolute(module, path)?));
        let re_exported = self.re_exports(module).into_values().filter_map(|path| self.home(&path));
        let of_others = re_exported.filter(|home| !home.starts_with(module));
        used.filter(|used| used != module).chain(of_others).collect()
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

/// Follows the uses of the last module of the way. Returns `true` if a way leads back to `start`.
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

    /// Visits a module within the file, in which `super` is the file's own module.
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let mut inner = Paths::default();
        syn::visit::visit_item_mod(&mut inner, item);
        for mut path in inner.0 {
            match path.first_mut() {
                Some(first) if first == "super" => *first = "self".to_owned(),
                Some(first) if first == "crate" => {}
                _ => continue,
            }
            self.0.push(path);
        }
    }

    /// Skips `pub(super)`, which is not a use.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() && !may_be_variable(path) {
            self.0.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*call.func
            && let Some(name) = function.path.get_ident()
        {
            self.0.push(vec![name.to_string()]);
        }
        syn::visit::visit_expr_call(self, call);
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        self.visit_path(&invoked.path);
        let mut inner = Paths::default();
        for argument in invoked.parse_body_with(arguments).iter().flatten() {
            inner.visit_expr(argument);
        }
        self.0.extend(inner.0);
    }
}

/// Returns `true` for a single name in lower case, which may be a variable instead of an item.
fn may_be_variable(path: &syn::Path) -> bool {
    path.get_ident().is_some_and(|name| name.to_string().starts_with(char::is_lowercase))
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

/// Returns the path from the root of the crate, or `None` for a path above the root. A path that begins with a
/// name starts in the module.
fn absolute(module: &Module, path: &[String]) -> Option<Vec<String>> {
    let (first, mut rest) = path.split_first()?;
    let mut base = match first.as_str() {
        "crate" => Module::new(),
        "self" => module.clone(),
        "super" => module[..module.len().checked_sub(1)?].to_vec(),
        _ => {
            rest = path;
            module.clone()
        }
    };
    while let [first, after @ ..] = rest
        && first == "super"
    {
        base.pop();
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
    for folder in SOURCES.into_iter().chain(["tests/tests", "tests/expansions"]) {
        let most = if folder.starts_with("tests") { of_tests } else { of_sources };
        for file in rust_files(&root().join(folder)) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= most, "{} has {lines} lines, {most} at most", file.display());
        }
    }
}

fn circle(texts: &[(&str, &str)]) -> Option<String> {
    Modules::of_texts(texts).circle()
}

#[test]
fn a_circle_is_named() {
    let two = [("a.rs", "use crate::b::B; pub struct A;"), ("b.rs", "fn f(_: super::a::A) {}")];
    assert_eq!(circle(&two).unwrap(), r#"["a"] → ["b"] → ["a"]"#);
    let three = [
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::c::C; pub struct B;"),
        ("c.rs", "fn f() { format!(\"{}\", crate::a::A) }"),
    ];
    assert_eq!(circle(&three).unwrap(), r#"["a"] → ["b"] → ["c"] → ["a"]"#);
}

#[test]
fn a_parent_that_uses_its_child_is_in_a_circle_with_it() {
    for parent in [
        "use self::a::A;",
        "use a::A;",
        "fn f(_: a::A) {}",
        "fn f() { a::g() }",
        "fn f() { assert!(a::g()) }",
        "pub use self::a::A; fn f(_: A) {}",
        "pub use self::a::g; fn f() { g() }",
        "mod inner { use super::a::A; }",
    ] {
        let parent = format!("mod a; pub struct B; {parent}");
        let child = "use super::B; pub struct A; pub fn g() -> bool { true }";
        assert!(circle(&[("mod.rs", &parent), ("a.rs", child)]).is_some(), "{parent}");
    }
}

#[test]
fn a_parent_that_re_exports_its_children_is_in_no_circle() {
    let parent = "mod a; mod b; pub use self::{a::A, b::B}; fn f(b: u8) -> u8 { b }";
    let child = ("a.rs", "pub struct A;");
    let other = ("b.rs", "use super::A; pub struct B;");
    assert_eq!(circle(&[("mod.rs", parent), child, other]), None);
    let child = ("a.rs", "use super::B; pub struct A;");
    assert!(circle(&[("mod.rs", parent), child, other]).is_some());
}

#[test]
fn a_module_that_re_exports_items_of_others_uses_them() {
    let two = [("a.rs", "pub use crate::b::B; pub struct A;"), ("b.rs", "use crate::a::A;")];
    assert!(circle(&two).is_some());
}
