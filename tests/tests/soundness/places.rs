//! Finds the nodes of a tree that a path could reach. Only limits use this module, because the truth is the code
//! that answers.

use std::{cell::RefCell, collections::HashMap};

use actix_web::dev::ResourceDef;

use crate::{
    handlers::Handler,
    tree::{Node, Tree, Wrap},
};

thread_local! {
    /// The prefixes (`true`) and the patterns in use. Each `ResourceDef` leaks the names of its segments.
    static DEFINITIONS: RefCell<HashMap<(bool, String), ResourceDef>> = RefCell::default();
}

/// A route or a resource, with the scopes around it.
#[derive(Clone, Debug)]
pub(crate) struct Place<'t> {
    pub(crate) leaf: &'t Node,
    /// The scopes, outermost first.
    pub(crate) scopes: Vec<&'t Node>,
    /// The patterns of the scopes and of the leaf.
    patterns: Vec<String>,
}

impl Place<'_> {
    /// Returns `true` if the prefixes and the pattern match one after the other, as in the router.
    pub(crate) fn could_match(&self, path: &str) -> bool {
        let Some((own, prefixes)) = self.patterns.split_last() else { return false };
        let rest = prefixes.iter().try_fold(path, |rest, prefix| enter(prefix, rest));
        rest.is_some_and(|rest| match self.leaf {
            Node::Files { .. } => enter_node(self.leaf, rest).is_some(),
            _ => fits(own, rest),
        })
    }

    /// Returns `true` if the prefixes and the pattern, joined to one pattern, match the path. A prefix whose regular
    /// expression matches slashes may take less of the path than in the router.
    pub(crate) fn could_match_joined(&self, path: &str) -> bool {
        fn fit(patterns: &[String], path: &str) -> bool {
            let Some((first, inner)) = patterns.split_first() else { return path.is_empty() };
            let cuts = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            cuts.filter_map(|cut| path.split_at_checked(cut))
                .any(|(before, rest)| fits(first, before) && fit(inner, rest))
        }
        fit(&self.patterns, path)
    }

    /// Returns `true` if the leaf has the method, or answers 405 to it.
    pub(crate) fn takes(&self, method: &str) -> bool {
        match self.leaf {
            Node::Annotated(handler) => handler.methods.contains(&method),
            Node::Route { method: own, .. } => *own == method,
            _ => true,
        }
    }

    pub(crate) fn is_annotated(&self) -> bool {
        self.annotated().is_some()
    }

    pub(crate) fn annotated(&self) -> Option<&'static Handler> {
        match self.leaf {
            Node::Annotated(handler) => Some(handler),
            _ => None,
        }
    }

    pub(crate) fn is(&self, handler: &Handler) -> bool {
        self.annotated().is_some_and(|own| own.name == handler.name)
    }

    /// Returns the whole pattern.
    pub(crate) fn pattern(&self) -> String {
        self.patterns.concat()
    }

    /// Returns the whole pattern without the names of its placeholders, which do not change the matching paths.
    pub(crate) fn shape(&self) -> String {
        let whole = self.pattern();
        let mut text = String::new();
        let mut is_name = false;
        for character in whole.chars() {
            is_name = is_name && !matches!(character, ':' | '}');
            if !is_name {
                text.push(character);
            }
            is_name = is_name || character == '{';
        }
        text
    }

    /// Returns `true` if both are in the same scopes.
    pub(crate) fn has_scopes_of(&self, other: &Place<'_>) -> bool {
        self.scopes.len() == other.scopes.len()
            && self.scopes.iter().zip(&other.scopes).all(|(a, b)| std::ptr::eq(*a, *b))
    }

    /// Returns `true` if both have the same pattern in the same scopes.
    pub(crate) fn is_twin_of(&self, other: &Place<'_>) -> bool {
        self.has_scopes_of(other) && self.pattern() == other.pattern()
    }

    pub(crate) fn ends_with_catch_all(&self) -> bool {
        self.patterns.last().is_some_and(|own| own.ends_with(":.*}") || own.ends_with("}*"))
    }
}

/// Returns `true` if a pattern of the router matches a path.
fn fits(pattern: &str, path: &str) -> bool {
    with_definition(false, pattern, |pattern| pattern.is_match(path))
}

/// Returns the rest of the path after the prefix of a scope.
fn enter<'p>(prefix: &str, path: &'p str) -> Option<&'p str> {
    path.get(with_definition(true, prefix, |prefix| prefix.find_match(path))?..)
}

/// Returns the rest of the path inside of a scope or of files. The path of `Files` is taken without the slash at its end.
fn enter_node<'p>(node: &Node, path: &'p str) -> Option<&'p str> {
    match node {
        Node::Scope { prefix, .. } => enter(prefix, path),
        Node::Files { path: prefix } => enter(prefix.trim_end_matches('/'), path),
        _ => None,
    }
}

fn with_definition<T>(is_prefix: bool, text: &str, use_it: impl FnOnce(&ResourceDef) -> T) -> T {
    DEFINITIONS.with_borrow_mut(|known| {
        let make = || {
            if is_prefix { ResourceDef::root_prefix(text) } else { ResourceDef::new(text) }
        };
        use_it(known.entry((is_prefix, text.to_owned())).or_insert_with(make))
    })
}

/// Returns all routes and resources, in the order of registration.
pub(crate) fn places(tree: &Tree) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    collect(&tree.nodes, &[], &[], &mut places);
    places
}

fn collect<'t>(
    nodes: &'t [Node],
    scopes: &[&'t Node],
    above: &[String],
    places: &mut Vec<Place<'t>>,
) {
    for node in nodes {
        let with = |own: &str| above.iter().cloned().chain([own.to_owned()]).collect::<Vec<_>>();
        let patterns = match node {
            Node::Scope { prefix, nodes, .. } => {
                let scopes: Vec<_> = scopes.iter().copied().chain([node]).collect();
                collect(nodes, &scopes, &with(prefix), places);
                continue;
            }
            Node::Annotated(handler) => with(&handler.path()),
            Node::Route { path, .. } | Node::Files { path } => with(path),
            Node::Resource { paths: several, .. } => {
                let all = several.iter().map(|path| with(path));
                places.extend(all.map(|patterns| Place {
                    leaf: node,
                    scopes: scopes.to_vec(),
                    patterns,
                }));
                continue;
            }
        };
        places.push(Place { leaf: node, scopes: scopes.to_vec(), patterns });
    }
}

/// Returns the place that the app's resource map names for a path: the first in the order of registration, without
/// regard to guards and methods. The map gives the first pattern of a resource with several patterns.
pub(crate) fn named<'t>(tree: &'t Tree, path: &str) -> Option<Place<'t>> {
    let leaf = way(tree, path).pop().filter(|node| node.nodes().is_none())?;
    let mut of_leaf = places(tree).into_iter().filter(|place| std::ptr::eq(place.leaf, leaf));
    let first = of_leaf.next()?;
    (first.could_match(path) || of_leaf.any(|place| place.could_match(path))).then_some(first)
}

/// Returns `true` if the app's resource map enters a scope with a guard for a path.
pub(crate) fn enters_guarded_scope(tree: &Tree, path: &str) -> bool {
    way(tree, path).into_iter().any(is_guarded_scope)
}

/// Returns the scopes that the app's resource map enters for a path, and the place that it names, if it names one. The
/// map does not leave a scope that it has entered.
fn way<'t>(tree: &'t Tree, path: &str) -> Vec<&'t Node> {
    let (mut way, mut nodes, mut rest) = (Vec::new(), &tree.nodes[..], path);
    loop {
        let fits = |pattern: &str| fits(pattern, rest);
        let found = nodes.iter().find_map(|node| match node {
            Node::Scope { .. } | Node::Files { .. } => {
                enter_node(node, rest).map(|rest| (node, rest))
            }
            Node::Annotated(handler) => fits(&handler.path()).then_some((node, "")),
            Node::Route { path, .. } => fits(path).then_some((node, "")),
            Node::Resource { paths, .. } => {
                paths.iter().any(|path| fits(path)).then_some((node, ""))
            }
        });
        let Some((node, inside)) = found else { return way };
        way.push(node);
        let Some(inner) = node.nodes() else { return way };
        (nodes, rest) = (inner, inside);
    }
}

/// Returns `true` if a scope or files whose prefix matches the path are in front of the place, or of a scope around the
/// place.
pub(crate) fn is_hidden(tree: &Tree, place: &Place<'_>, path: &str) -> bool {
    let (mut nodes, mut rest) = (&tree.nodes[..], path);
    for inner in place.scopes.iter().copied().chain([place.leaf]) {
        let mut in_front = nodes.iter().take_while(|node| !std::ptr::eq(*node, inner));
        if in_front.any(|node| enter_node(node, rest).is_some()) {
            return place.could_match(path);
        }
        let Some(below) = inner.nodes().zip(enter_node(inner, rest)) else { return false };
        (nodes, rest) = below;
    }
    false
}

/// Returns `true` if a scope of the app has a guard.
pub(crate) fn has_guarded_scope(tree: &Tree) -> bool {
    tree.all().any(is_guarded_scope)
}

fn is_guarded_scope(node: &Node) -> bool {
    matches!(node, Node::Scope { guard: Some(_), .. })
}

/// Returns `true` if middleware of the app answers like a handler.
pub(crate) fn has_answering_middleware(tree: &Tree) -> bool {
    tree.all_wraps().any(|wrap| matches!(wrap, Wrap::Answers))
}
