//! Makes a failing app smaller, by removing parts as long as the app still fails.

use std::rc::Rc;

use crate::{
    check::{Fault, Question, Session, Violation},
    tally::Tally,
    tree::{Node, Tree, Wrap},
};

/// Returns the first violation with this fault of a new app, without earlier requests.
pub(crate) async fn violation(tree: &Tree, question: &Question, fault: Fault) -> Option<Violation> {
    let mut session = Session::start(tree).await;
    let found = session.ask(question, &mut Tally::default()).await;
    found.into_iter().find(|violation| violation.fault == fault)
}

/// Returns the smallest tree that still fails, and its violation. Returns `None` if a new app does not fail,
/// because earlier requests are a part of the cause.
pub(crate) async fn shrink(
    tree: &Tree,
    question: &Question,
    fault: Fault,
) -> Option<(Tree, Violation)> {
    let mut smallest = (tree.clone(), violation(tree, question, fault).await?);
    'again: loop {
        for smaller in smaller(&smallest.0) {
            if let Some(violation) = violation(&smaller, question, fault).await {
                smallest = (smaller, violation);
                continue 'again;
            }
        }
        return Some(smallest);
    }
}

/// Returns, for each part of the tree, the tree without this part.
fn smaller(tree: &Tree) -> Vec<Tree> {
    let mut all = Vec::new();
    all.extend(without_node(&tree.nodes).into_iter().map(|nodes| Tree { nodes, ..tree.clone() }));
    all.extend(without_wrap(&tree.wraps).into_iter().map(|wraps| Tree { wraps, ..tree.clone() }));
    if tree.has_default {
        all.push(Tree { has_default: false, ..tree.clone() });
    }
    all
}

fn without_node(nodes: &[Node]) -> Vec<Vec<Node>> {
    let mut all = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let with = |replacements: Vec<Node>| {
            let mut nodes = nodes.to_vec();
            nodes.splice(index..=index, replacements);
            nodes
        };
        all.push(with(Vec::new()));
        all.extend(node.nodes().map(|inner| with(inner.to_vec())));
        all.extend(smaller_node(node).into_iter().map(|node| with(vec![node])));
    }
    all
}

fn smaller_node(node: &Node) -> Vec<Node> {
    let mut all = Vec::new();
    if node.guard().is_some() {
        let mut node = node.clone();
        if let Node::Scope { guard, .. }
        | Node::Resource { guard, .. }
        | Node::Route { guard, .. } = &mut node
        {
            *guard = None;
        }
        all.push(node);
    }
    for smaller in without_wrap(node.wraps()) {
        let mut node = node.clone();
        if let Node::Scope { wraps, .. } | Node::Resource { wraps, .. } = &mut node {
            *wraps = smaller;
        }
        all.push(node);
    }
    if let Node::Scope { prefix, guard, has_default, wraps, nodes } = node {
        let scope = |nodes, has_default| Node::Scope {
            prefix,
            guard: *guard,
            has_default,
            wraps: wraps.clone(),
            nodes,
        };
        if *has_default {
            all.push(scope(nodes.clone(), false));
        }
        all.extend(without_node(nodes).into_iter().map(|nodes| scope(nodes, *has_default)));
    }
    all
}

fn without_wrap(wraps: &[Wrap]) -> Vec<Vec<Wrap>> {
    let mut all = Vec::new();
    for (index, wrap) in wraps.iter().enumerate() {
        let with = |replacement: Option<Wrap>| {
            let mut wraps = wraps.to_vec();
            wraps.splice(index..=index, replacement);
            wraps
        };
        all.push(with(None));
        if let Wrap::Cors(layer) = wrap {
            for at in 0..layer.overrides.len() {
                let mut layer = (**layer).clone();
                layer.overrides.remove(at);
                all.push(with(Some(Wrap::Cors(Rc::new(layer)))));
            }
        }
    }
    all
}
