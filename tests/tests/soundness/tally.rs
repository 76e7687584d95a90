//! Counts requests and results.

use std::collections::BTreeMap;

use crate::{requests::Answer, trace::Maker, tree::Tree};

/// The numbers of requests and results.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) apps: usize,
    /// Combinations of a path, a method, a host and an origin.
    pub(crate) requests: usize,
    pub(crate) granted: usize,
    pub(crate) denied: usize,
    /// Preflights that annotated routes must grant.
    pub(crate) demanded: usize,
    /// Requests that `enforce` must keep away from a handler.
    pub(crate) enforced: usize,
    /// Requests that a kept preflight would allow, but the truth does not.
    pub(crate) kept: usize,
    /// The number of apps with each kind of node or middleware.
    pub(crate) sorts: BTreeMap<&'static str, usize>,
    /// The number of answers to actual requests by each kind of maker.
    pub(crate) makers: BTreeMap<&'static str, usize>,
    /// The number of grants and responses beyond the truth, by the name of the limit.
    pub(crate) excess: BTreeMap<&'static str, usize>,
    /// The number of denials and missing headers of annotated routes, by the name of the limit.
    pub(crate) lack: BTreeMap<&'static str, usize>,
}

impl Tally {
    pub(crate) fn count_app(&mut self, tree: &Tree) {
        self.apps += 1;
        let nodes = tree.all().map(|node| node.sort());
        for sort in nodes.chain(tree.all_wraps().map(|wrap| wrap.sort())) {
            *self.sorts.entry(sort).or_default() += 1;
        }
    }

    pub(crate) fn count_answer(&mut self, answer: &Answer) {
        let sort = match &answer.trace.maker {
            Some(Maker::Annotated(_)) => "annotated handler",
            Some(Maker::Plain) => "handler or default service without annotation",
            Some(Maker::Middleware { replaced: None }) => "middleware in front",
            Some(Maker::Middleware { replaced: Some(_) }) => "middleware that replaces",
            None if answer.response.status == 200 => "file",
            None => "actix-web",
        };
        *self.makers.entry(sort).or_default() += 1;
    }

    pub(crate) fn excuse_excess(&mut self, limit: &'static str) {
        *self.excess.entry(limit).or_default() += 1;
    }

    pub(crate) fn excused(&self) -> usize {
        self.excess.values().sum()
    }

    pub(crate) fn excuse_lack(&mut self, limit: &'static str) {
        *self.lack.entry(limit).or_default() += 1;
    }
}
