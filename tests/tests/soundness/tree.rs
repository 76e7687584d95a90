//! A generated app as data, which can be made smaller, and is printed as the code that would make the app.

use std::{
    fmt::{self, Formatter},
    rc::Rc,
};

use crate::{handlers::Handler, policies::Kind};

/// The hosts of guards and requests.
pub(crate) const HOSTS: [&str; 3] = ["x.test", "y.test", "z.test"];

/// An app.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    /// The middleware, innermost first, in the order of the calls of `wrap`.
    pub(crate) wraps: Vec<Wrap>,
    pub(crate) has_default: bool,
    pub(crate) nodes: Vec<Node>,
    /// `true` if the app is the only app of its thread, as in most servers. A layer that is alone on its thread
    /// takes faster paths.
    pub(crate) is_alone: bool,
}

/// A service of an app or a scope.
#[derive(Clone)]
pub(crate) enum Node {
    /// A handler under `#[cors]`. An app has each handler at most once, so the name of a handler is its place.
    Annotated(&'static Handler),
    /// Takes one method, and passes other methods on to later services.
    Route {
        path: &'static str,
        method: &'static str,
        guard: Option<Guard>,
    },
    /// Takes every method. If methods are listed, answers 405 to other methods.
    Resource {
        paths: &'static [&'static str],
        methods: &'static [&'static str],
        guard: Option<Guard>,
        wraps: Vec<Wrap>,
    },
    Files {
        path: &'static str,
    },
    Scope {
        prefix: &'static str,
        guard: Option<Guard>,
        has_default: bool,
        wraps: Vec<Wrap>,
        nodes: Vec<Node>,
    },
}

/// A guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    Host(&'static str),
    /// A guard on a header that preflights lack.
    Flag,
}

/// Middleware.
#[derive(Clone)]
pub(crate) enum Wrap {
    Cors(Rc<Layer>),
    /// Fails with a 401 error for every request without a token, including preflights.
    Fails,
    /// Answers 401 to every request without a token, including preflights.
    Denies,
    /// Answers 200 to requests without a token, like a cache, and forwards preflights.
    Answers,
    /// Replaces the inner answer to requests without a token with a 503.
    Replaces,
    /// Merges slashes, and removes slashes at the end.
    Normalizes,
    /// Merges slashes.
    Merges,
}

/// A `Cors` layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layer {
    pub(crate) kind: Kind,
    /// The policy that the app gets. If it is not `kind`, the test must find a fault.
    pub(crate) made_of: Kind,
    pub(crate) overrides: Vec<(&'static str, Kind)>,
    pub(crate) is_authoritative: bool,
    pub(crate) has_handle: bool,
}

impl Tree {
    /// Returns every list of services in the app, outermost first.
    pub(crate) fn lists(&self) -> Vec<&[Node]> {
        let mut lists = vec![&self.nodes[..]];
        let mut next = 0;
        while let Some(nodes) = lists.get(next).copied() {
            lists.extend(nodes.iter().filter_map(Node::nodes));
            next += 1;
        }
        lists
    }

    /// Returns every node of the app.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Node> {
        self.lists().into_iter().flatten()
    }

    /// Returns every middleware of the app.
    pub(crate) fn all_wraps(&self) -> impl Iterator<Item = &Wrap> {
        self.wraps.iter().chain(self.all().flat_map(Node::wraps))
    }
}

impl Node {
    pub(crate) fn nodes(&self) -> Option<&[Node]> {
        match self {
            Node::Scope { nodes, .. } => Some(nodes),
            _ => None,
        }
    }

    pub(crate) fn wraps(&self) -> &[Wrap] {
        match self {
            Node::Scope { wraps, .. } | Node::Resource { wraps, .. } => wraps,
            _ => &[],
        }
    }

    pub(crate) fn guard(&self) -> Option<Guard> {
        match self {
            Node::Scope { guard, .. }
            | Node::Resource { guard, .. }
            | Node::Route { guard, .. } => *guard,
            Node::Annotated(_) | Node::Files { .. } => None,
        }
    }

    /// Returns the kind of node, for counts and for the shapes of failures.
    pub(crate) fn sort(&self) -> &'static str {
        match self {
            Node::Annotated(handler) if handler.is_guarded() => "annotated, guarded",
            Node::Annotated(handler) if !handler.prefix.is_empty() => "annotated module",
            Node::Annotated(_) => "annotated",
            Node::Route { .. } => "route",
            Node::Resource { paths: [_, _, ..], .. } => "resource with several patterns",
            Node::Resource { methods: [], .. } => "resource",
            Node::Resource { .. } => "resource with 405",
            Node::Files { .. } => "files",
            Node::Scope { has_default: true, .. } => "scope with default",
            Node::Scope { prefix, .. } if prefix.contains(':') => "scope with grammar",
            Node::Scope { .. } => "scope",
        }
    }
}

impl Wrap {
    /// Returns the kind of middleware, for counts and for the shapes of failures.
    pub(crate) fn sort(&self) -> &'static str {
        match self {
            Wrap::Cors(layer) if layer.is_authoritative => "authoritative layer",
            Wrap::Cors(layer) if !layer.overrides.is_empty() => "layer with override",
            Wrap::Cors(_) => "layer",
            Wrap::Fails => "fails",
            Wrap::Denies => "denies",
            Wrap::Answers => "answers",
            Wrap::Replaces => "replaces",
            Wrap::Normalizes => "normalizes",
            Wrap::Merges => "merges",
        }
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "App::new()")?;
        show_inside(f, "    ", &self.nodes, self.has_default, None, &self.wraps)
    }
}

fn show_inside(
    f: &mut Formatter<'_>,
    margin: &str,
    nodes: &[Node],
    has_default: bool,
    guard: Option<Guard>,
    wraps: &[Wrap],
) -> fmt::Result {
    match guard {
        Some(Guard::Host(host)) => write!(f, "\n{margin}.guard(guard::Host({host:?}))")?,
        Some(Guard::Flag) => write!(f, "\n{margin}.guard(is_flagged)")?,
        None => {}
    }
    for node in nodes {
        show_node(f, margin, node)?;
    }
    if has_default {
        write!(f, "\n{margin}.default_service(plain)")?;
    }
    for wrap in wraps {
        match wrap {
            Wrap::Cors(layer) => write!(f, "\n{margin}.wrap({layer})")?,
            other => write!(f, "\n{margin}.wrap({})", other.sort())?,
        }
    }
    Ok(())
}

fn show_node(f: &mut Formatter<'_>, margin: &str, node: &Node) -> fmt::Result {
    let deeper = format!("{margin}    ");
    write!(f, "\n{margin}.service(")?;
    match node {
        Node::Annotated(handler) => {
            let Handler { kind, prefix, attribute, .. } = handler;
            write!(f, "#[cors({kind:?})] ")?;
            if !prefix.is_empty() {
                write!(f, "#[scope({prefix:?})] mod: ")?;
            }
            write!(f, "#[{attribute}]")?;
        }
        Node::Route { path, method, guard } => {
            write!(f, "{path:?}, web::{}().to(plain)", method.to_ascii_lowercase())?;
            show_inside(f, &deeper, &[], false, *guard, &[])?;
        }
        Node::Resource { paths, methods, guard, wraps } => {
            match paths {
                [path] => write!(f, "web::resource({path:?})")?,
                paths => write!(f, "web::resource({paths:?})")?,
            }
            for method in *methods {
                write!(f, ".route(web::{}().to(plain))", method.to_ascii_lowercase())?;
            }
            if methods.is_empty() {
                write!(f, ".to(plain)")?;
            }
            show_inside(f, &deeper, &[], false, *guard, wraps)?;
        }
        Node::Files { path } => write!(f, "Files::new({path:?}, …)")?,
        Node::Scope { prefix, guard, has_default, wraps, nodes } => {
            write!(f, "web::scope({prefix:?})")?;
            show_inside(f, &deeper, nodes, *has_default, *guard, wraps)?;
        }
    }
    write!(f, ")")
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "Cors::new({:?})", self.kind)?;
        for (path, kind) in &self.overrides {
            write!(f, ".scope({path:?}, {kind:?})")?;
        }
        if self.is_authoritative {
            write!(f, ".authoritative()")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        show_node(f, "", self)
    }
}

impl fmt::Debug for Wrap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.sort())
    }
}
