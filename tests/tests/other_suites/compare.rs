//! The differences between their answer and ours.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{
    answer::{Answer, Request},
    row::Row,
};

/// What a browser notices of a difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Difference {
    /// Nothing: what a page may do is the same.
    #[default]
    None,
    /// We permit more.
    More,
    /// We permit less.
    Less,
    /// They reject the configuration, and we do not.
    TheyReject,
    /// We reject the configuration, and they do not.
    WeReject,
}

/// Returns the parts of the answer that differ: `status`, names of headers, or `configuration`.
pub(crate) fn differing(row: &Row) -> BTreeSet<String> {
    match (Answer::of(&row.theirs), Answer::of(&row.ours)) {
        (Answer::Response(theirs), Answer::Response(ours)) => {
            let (theirs, ours) = (theirs.parts(), ours.parts());
            let names: BTreeSet<_> = theirs.keys().chain(ours.keys()).cloned().collect();
            names.into_iter().filter(|name| theirs.get(name) != ours.get(name)).collect()
        }
        (Answer::Rejected, Answer::Rejected) | (Answer::Accepted, Answer::Accepted) => {
            BTreeSet::new()
        }
        (Answer::Rejected, _) | (_, Answer::Rejected) => {
            BTreeSet::from(["configuration".to_owned()])
        }
        _ => panic!("{}: one answer is about the configuration only", row.name),
    }
}

/// Returns what a browser notices: nothing, that we permit more, that we permit less, or both.
pub(crate) fn noticed(row: &Row) -> BTreeSet<Difference> {
    let mut found = BTreeSet::new();
    match (Answer::of(&row.theirs), Answer::of(&row.ours)) {
        (Answer::Response(theirs), Answer::Response(ours)) => {
            let request = Request::of(&row.request);
            let (theirs, ours) = (theirs.permits(&request), ours.permits(&request));
            if !ours.is_subset(&theirs) {
                found.insert(Difference::More);
            }
            if !theirs.is_subset(&ours) {
                found.insert(Difference::Less);
            }
        }
        (Answer::Rejected, Answer::Rejected) | (Answer::Accepted, Answer::Accepted) => {}
        (Answer::Rejected, _) => drop(found.insert(Difference::TheyReject)),
        (_, Answer::Rejected) => drop(found.insert(Difference::WeReject)),
        _ => panic!("{}: one answer is about the configuration only", row.name),
    }
    found
}
