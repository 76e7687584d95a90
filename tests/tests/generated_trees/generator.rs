//! Generates trees.

use std::collections::HashSet;

use cors_actix_tests::sign::{Kind, Sign};
use fastrand::Rng;

use crate::{HANDLERS, Lock, Node, Scope, Tree};

const PREFIXES: [&str; 8] = ["/a", "/b", "/a/b", "/{p}", "/v{n}", "/a/{p}", "/x", ""];
const PATHS: [&str; 5] = ["", "/x", "/{id}", "/x/{id}", "/{id}/y"];
const METHODS: [&str; 2] = ["GET", "PUT"];
const DEEPEST: usize = 3;
const APP: [&str; 1] = ["x-app"];
const SCOPES: [&str; 4] = ["x-scope-1", "x-scope-2", "x-scope-3", "x-scope-4"];

/// The number of nodes that are left to make, and the patterns that are in use, without the names of their
/// segments. A tree has no two annotated routes with one pattern and method, which other tests cover.
struct Budget {
    nodes: usize,
    taken: HashSet<(String, &'static str)>,
}

pub(super) fn tree(rng: &mut Rng) -> Tree {
    let mut budget = Budget { nodes: rng.usize(3..14), taken: HashSet::new() };
    let mut scope = scope(rng, &mut budget, "", "", 0);
    scope.layer = layer(rng, &APP, 6);
    if rng.u8(..8) > 0 {
        scope.lock = None;
    }
    let mut overrides = Vec::new();
    let told = rng.bool();
    tell(rng, &scope.nodes, "", told, &mut overrides);
    Tree { scope, overrides }
}

fn layer(rng: &mut Rng, names: &[&'static str], likely: u8) -> Option<Sign> {
    let kind = [Kind::Open, Kind::Strict, Kind::Closed][rng.usize(..3)];
    let sign = Sign::new(kind, names[rng.usize(..names.len())], rng.u64(10..1000));
    (rng.u8(..10) < likely).then_some(sign)
}

fn scope(
    rng: &mut Rng,
    budget: &mut Budget,
    above: &str,
    prefix: &'static str,
    depth: usize,
) -> Scope {
    let full = format!("{above}{prefix}");
    let layer = layer(rng, &SCOPES, 4);
    let lock = match rng.u8(..16) {
        0 => Some(Lock::Responds),
        1 => Some(Lock::Fails),
        _ => None,
    };
    let mut nodes = Vec::new();
    let wanted = if depth == 0 { usize::MAX } else { rng.usize(1..5) };
    while nodes.len() < wanted && budget.nodes > 0 {
        budget.nodes -= 1;
        nodes.extend(node(rng, budget, &full, depth));
    }
    Scope { prefix, layer, lock, nodes }
}

fn node(rng: &mut Rng, budget: &mut Budget, above: &str, depth: usize) -> Option<Node> {
    let path = PATHS[rng.usize(..PATHS.len())];
    let method = METHODS[rng.usize(..METHODS.len())];
    Some(match rng.u8(..20) {
        0..=6 if depth < DEEPEST => {
            // A scope with an empty prefix hides every route behind it.
            let count = PREFIXES.len() - usize::from(rng.bool());
            let prefix = PREFIXES[rng.usize(..count)];
            Node::Scope(scope(rng, budget, above, prefix, depth + 1))
        }
        0..=13 => {
            let handler = HANDLERS[rng.usize(..HANDLERS.len())];
            let full = format!("{above}{}", handler.path).replace("{p}", "{id}");
            let is_new = budget.taken.insert((full, handler.method));
            return is_new.then_some(Node::Annotated(handler));
        }
        14..=17 => Node::Plain { path, method, status: [200, 200, 418][rng.usize(..3)] },
        18 => Node::Resource { path, method },
        _ => Node::Any { path },
    })
}

/// Adds the policies of all or of some scopes to the app's layer.
fn tell(rng: &mut Rng, nodes: &[Node], above: &str, told: bool, all: &mut Vec<(String, Sign)>) {
    for node in nodes {
        let Node::Scope(scope) = node else { continue };
        let full = format!("{above}{}", scope.prefix);
        if let Some(sign) = scope.layer
            && !full.contains('{')
            && !all.iter().any(|(other, _)| *other == full)
            && (told || rng.u8(..4) == 0)
        {
            all.push((full.clone(), sign));
        }
        tell(rng, &scope.nodes, &full, told, all);
    }
}

/// Returns paths of all routes and scopes of the tree, and some other paths.
pub(super) fn paths(tree: &Tree) -> Vec<String> {
    let mut patterns = vec!["/".to_owned(), "/none".to_owned(), "/a".to_owned()];
    collect(&tree.scope, "", &mut patterns);
    let mut paths: Vec<_> = patterns
        .iter()
        .flat_map(|pattern| ["7", "x", "a"].map(|segment| fill(pattern, segment)))
        .filter(|path| !path.is_empty())
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

fn collect(scope: &Scope, above: &str, patterns: &mut Vec<String>) {
    for node in &scope.nodes {
        let path = match node {
            Node::Scope(inner) => {
                collect(inner, &format!("{above}{}", inner.prefix), patterns);
                format!("{}/none/of/these", inner.prefix)
            }
            Node::Annotated(handler) => handler.path.to_owned(),
            Node::Plain { path, .. } | Node::Resource { path, .. } | Node::Any { path } => {
                (*path).to_owned()
            }
        };
        patterns.push(format!("{above}{path}"));
    }
}

fn fill(pattern: &str, segment: &str) -> String {
    let pieces: Vec<_> = pattern
        .split('{')
        .map(|piece| piece.split_once('}').map_or(piece, |(_, after)| after))
        .collect();
    pieces.join(segment)
}
