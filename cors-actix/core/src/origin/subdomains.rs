//! Matches the origin of a request with patterns of subdomains.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::{
    parts::{Host, Port},
    pattern::Tuple,
    request::{LONGEST_HOST, are_labels},
};

/// The patterns `scheme://*.base` and `scheme://*.base:port`. Such a pattern fixes everything but the labels in
/// the place of `*`, so the origin of a request is not parsed: the end of the origin is looked up.
#[derive(Clone, Default)]
pub(super) struct Subdomains {
    /// The texts of the patterns, by the hash of the text behind `*.`.
    table: HashTable<Box<str>>,
    hasher: DefaultHashBuilder,
    /// The lengths of the texts behind `*.`, from the longest. Other lengths are not looked up.
    lengths: Box<[usize]>,
}

impl Subdomains {
    /// Returns `true` if the pattern has one of the two forms. IP addresses have no subdomains.
    pub(super) fn can_hold(tuple: &Tuple<'_>) -> bool {
        tuple.port != Port::Any
            && matches!(tuple.host, Host::Subdomains(base) if !base.starts_with('['))
    }

    /// Makes the table from patterns of this form.
    pub(super) fn new(patterns: &[&str]) -> Self {
        let hasher = DefaultHashBuilder::default();
        let hash = |text: &str| hasher.hash_one(end_of(text).as_bytes());
        let mut table = HashTable::<Box<str>>::with_capacity(patterns.len());
        for text in patterns {
            table.insert_unique(hash(text), (*text).into(), |text| hash(text));
        }
        let mut lengths: Vec<_> = patterns.iter().map(|text| end_of(text).len()).collect();
        lengths.sort_unstable_by(|one, other| other.cmp(one));
        lengths.dedup();
        Subdomains { table, hasher, lengths: lengths.into() }
    }

    /// Returns a pattern that matches the origin.
    #[inline]
    pub(super) fn over(&self, origin: &[u8]) -> Option<&str> {
        self.lengths.iter().find_map(|&length| {
            let (start, end) = origin.split_at_checked(origin.len().checked_sub(length)?)?;
            let start = start.strip_suffix(b".")?;
            let hash = self.hasher.hash_one(end);
            self.table.find(hash, |text| is_over(text, start, end)).map(AsRef::as_ref)
        })
    }

    /// Returns the texts of the patterns.
    pub(super) fn texts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.table.iter().map(AsRef::as_ref)
    }
}

/// Returns the text behind `*.`.
fn end_of(text: &str) -> &str {
    text.split_once("*.").map_or(text, |(_, end)| end)
}

/// Returns `true` if the pattern matches the origin of `start`, a dot and `end`.
fn is_over(text: &str, start: &[u8], end: &[u8]) -> bool {
    let scheme = text.as_bytes().strip_suffix(end).and_then(|start| start.strip_suffix(b"*."));
    let labels = scheme.and_then(|scheme| start.strip_prefix(scheme));
    labels.is_some_and(|labels| are_labels(labels) && is_short(labels.len() + 1, end))
}

/// Returns `true` if a host is not too long that has this number of bytes in front of `end`.
fn is_short(before: usize, end: &[u8]) -> bool {
    let port = || end.iter().rev().position(|byte| *byte == b':').map_or(0, |digits| digits + 1);
    let length = before + end.len();
    length <= LONGEST_HOST || length - port() <= LONGEST_HOST
}
