//! Generates trees, and targets that match parts of the trees.

use std::rc::Rc;

use fastrand::Rng;

use crate::{
    handlers::{HANDLERS, Handler},
    policies::Kind,
    requests::Target,
    tree::{Guard, HOSTS, Layer, Node, Tree, Wrap},
};

const DEEPEST: usize = 2;

const PREFIXES: [&str; 12] = [
    "",
    "/a",
    "/a",
    "/a/",
    "/{s}",
    "/{s:[0-9]+}",
    "/{s:[a-z]+}",
    "/{s:[ab/]+}",
    "/{s}/b",
    "/a/b",
    "/{s}-x",
    "/me",
];

const PATTERNS: [&str; 14] = [
    "",
    "/",
    "/me",
    "/me",
    "/{id}",
    "/{id}",
    "/{id:[0-9]+}",
    "/{t:.*}",
    "/a/b",
    "/{x}/b",
    "/a/{y}",
    "/{x}-{y}",
    "/{tail}*",
    "/a",
];

/// The patterns of resources that have several.
const SEVERAL_PATTERNS: [&[&str]; 4] =
    [&["/me", "/{id}"], &["/a/b", "/{t:.*}"], &["/{id:[0-9]+}", "/{x}/b"], &["", "/a", "/{x}-{y}"]];

const PLAIN_METHODS: [&str; 4] = ["GET", "PUT", "POST", "DELETE"];

/// The paths of overrides. No request matches two of them with equal length.
const OVERRIDES: [&str; 4] = ["/a", "/a/b", "/me", "/{n:[0-9]+}"];

const SEGMENTS: [&str; 9] = ["me", "5", "a", "b", "a-x", "x-y", "a", "me", "b"];

/// Segments that URL parsers, gateways and file services read in another way than the router.
const UNUSUAL: [&str; 8] = ["", ".", "..", "%2e", "%61", "%6De", "a%2Fb", "%C3%BC"];

struct Generator<'r> {
    rng: &'r mut Rng,
    /// The nodes that are left to make.
    budget: usize,
    /// The annotated handlers that are left.
    handlers: Vec<&'static Handler>,
    has_guards: bool,
}

/// Generates a tree.
pub(crate) fn tree(rng: &mut Rng) -> Tree {
    let mut handlers: Vec<_> = HANDLERS.iter().collect();
    rng.shuffle(&mut handlers);
    let budget = rng.usize(2..11);
    // Half of the apps have no guards, because a layer that has learnt of guards decides differently
    // for the whole app.
    let has_guards = rng.bool();
    let mut generator = Generator { rng, budget, handlers, has_guards };
    let mut nodes = Vec::new();
    while generator.budget > 0 {
        nodes.extend(generator.nodes(0));
    }
    let wraps = generator.wraps(5, true);
    let has_default = generator.one_in(5);
    Tree { wraps, has_default, nodes, is_alone: generator.rng.bool() }
}

impl Generator<'_> {
    fn one_in(&mut self, count: usize) -> bool {
        self.rng.usize(..count) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.rng.usize(..from.len())]
    }

    /// Generates a node, or several nodes for the same paths.
    fn nodes(&mut self, depth: usize) -> Vec<Node> {
        self.budget = self.budget.saturating_sub(1);
        match self.rng.u8(..20) {
            0..=3 if depth < DEEPEST => vec![self.scope(depth)],
            4 if depth < DEEPEST && self.has_guards => self.virtual_hosts(),
            0..=7 => self.annotated().into_iter().map(Node::Annotated).collect(),
            8..=10 => self.twins().into_iter().map(Node::Annotated).collect(),
            11..=14 => vec![Node::Route {
                path: self.pick(&PATTERNS),
                method: self.pick(&PLAIN_METHODS),
                guard: self.guard(8),
            }],
            15..=18 => vec![Node::Resource {
                paths: match self.rng.u8(..6) {
                    0 => self.pick(&SEVERAL_PATTERNS),
                    _ => std::slice::from_ref(&PATTERNS[self.rng.usize(..PATTERNS.len())]),
                },
                methods: self.pick(&[&[], &["GET"], &["PUT"], &["GET", "PUT"]]),
                guard: self.guard(8),
                wraps: self.wraps(1, false),
            }],
            _ => vec![Node::Files { path: self.pick(&["/", "/a", "/me", "/b"]) }],
        }
    }

    fn annotated(&mut self) -> Option<&'static Handler> {
        self.handlers.pop()
    }

    /// Chooses annotated handlers of one pattern.
    fn twins(&mut self) -> Vec<&'static Handler> {
        let Some(first) = self.annotated() else { return Vec::new() };
        let is_twin =
            |other: &&Handler| (other.prefix, other.pattern) == (first.prefix, first.pattern);
        let at = self.handlers.iter().position(is_twin);
        [first].into_iter().chain(at.map(|at| self.handlers.swap_remove(at))).collect()
    }

    fn scope(&mut self, depth: usize) -> Node {
        let prefix = self.pick(&PREFIXES);
        let count = self.rng.usize(1..5);
        let nodes = (0..count).flat_map(|_| self.nodes(depth + 1)).collect();
        Node::Scope {
            prefix,
            guard: self.guard(2),
            has_default: self.one_in(5),
            wraps: self.wraps(2, false),
            nodes,
        }
    }

    /// Generates scopes with one prefix for several hosts, which contain twins.
    fn virtual_hosts(&mut self) -> Vec<Node> {
        let prefix = self.pick(&PREFIXES);
        let scope = |(host, handler)| Node::Scope {
            prefix,
            guard: Some(Guard::Host(host)),
            has_default: false,
            wraps: Vec::new(),
            nodes: vec![Node::Annotated(handler)],
        };
        HOSTS.into_iter().zip(self.twins()).map(scope).collect()
    }

    fn guard(&mut self, one_in: usize) -> Option<Guard> {
        if !self.has_guards || !self.one_in(one_in) {
            return None;
        }
        let host = self.rng.usize(..2);
        Some(if self.one_in(4) { Guard::Flag } else { Guard::Host(HOSTS[host]) })
    }

    /// Generates middleware in any order. The probability of a layer is `layer_in_ten` of ten.
    fn wraps(&mut self, layer_in_ten: u8, is_app: bool) -> Vec<Wrap> {
        let mut wraps = Vec::new();
        if self.rng.u8(..10) < layer_in_ten {
            wraps.push(self.layer(is_app));
        }
        if is_app && self.one_in(20) {
            wraps.push(self.layer(false));
        }
        if self.one_in(8) {
            wraps.push(self.pick(&[
                || Wrap::Fails,
                || Wrap::Fails,
                || Wrap::Denies,
                || Wrap::Answers,
                || Wrap::Replaces,
            ])());
        }
        if is_app && self.one_in(8) {
            wraps.push(if self.one_in(3) { Wrap::Merges } else { Wrap::Normalizes });
        }
        self.rng.shuffle(&mut wraps);
        wraps
    }

    fn layer(&mut self, is_app: bool) -> Wrap {
        let mut overrides = Vec::new();
        for path in OVERRIDES {
            if is_app && self.one_in(8) {
                overrides.push((path, self.pick(&Kind::ALL)));
            }
        }
        let kind = self.pick(&Kind::ALL);
        Wrap::Cors(Rc::new(Layer {
            kind,
            made_of: kind,
            overrides,
            is_authoritative: is_app && self.one_in(8),
            has_handle: self.one_in(4),
        }))
    }
}

/// Generates a target: a path of random segments, or the pattern of a node with its placeholders filled.
pub(crate) fn target(rng: &mut Rng, tree: &Tree) -> Target {
    let mut patterns = Vec::new();
    collect(&tree.nodes, "", &mut patterns);
    let mut path = match rng.usize(..=patterns.len().min(4)) {
        0 => (0..rng.usize(1..4)).map(|_| format!("/{}", SEGMENTS[rng.usize(..9)])).collect(),
        _ => {
            let pattern = &patterns[rng.usize(..patterns.len())];
            fill(rng, pattern)
        }
    };
    if rng.u8(..8) == 0 {
        path = distort(rng, &path);
    }
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    Target { host: HOSTS[rng.usize(..HOSTS.len())], path }
}

fn collect(nodes: &[Node], above: &str, patterns: &mut Vec<String>) {
    for node in nodes {
        let path = match node {
            Node::Scope { prefix, nodes, .. } => {
                collect(nodes, &format!("{above}{prefix}"), patterns);
                format!("{prefix}/none")
            }
            Node::Annotated(handler) => handler.path(),
            Node::Files { path } => format!("{path}/me"),
            Node::Route { path, .. } => (*path).to_owned(),
            Node::Resource { paths, .. } => {
                patterns.extend(paths.iter().skip(1).map(|path| format!("{above}{path}")));
                paths[0].to_owned()
            }
        };
        patterns.push(format!("{above}{path}"));
    }
}

/// Replaces placeholders with segments, which match their expressions or do not.
fn fill(rng: &mut Rng, pattern: &str) -> String {
    let mut pieces = pattern.split('{');
    let mut path = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (placeholder, after) = piece.split_once('}').unwrap_or((piece, ""));
        path.push_str(match placeholder {
            "s:[0-9]+" | "id:[0-9]+" => "5",
            "s:[a-z]+" => ["a", "me"][rng.usize(..2)],
            "s:[ab/]+" => ["a", "a/b"][rng.usize(..2)],
            _ => ["me", "5", "a", "b", "x"][rng.usize(..5)],
        });
        path.push_str(after.strip_prefix('*').unwrap_or(after));
    }
    path
}

fn distort(rng: &mut Rng, path: &str) -> String {
    let mut segments: Vec<_> = path.split('/').skip(1).collect();
    let at = rng.usize(..=segments.len());
    segments.insert(at, UNUSUAL[rng.usize(..UNUSUAL.len())]);
    if rng.bool() && at + 1 < segments.len() {
        segments.remove(at + 1);
    }
    segments.iter().map(|segment| format!("/{segment}")).collect()
}
