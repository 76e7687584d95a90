//! Collects the problems and warnings of one policy.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
};

use crate::{
    problem::{Problem, ProblemKind},
    spec::{Location, PolicyKey},
    warning::{Warning, WarningKind},
};

/// The problems and warnings that the checks have found so far.
#[derive(Default)]
pub(crate) struct Diagnostics {
    problems: Vec<Problem>,
    warnings: Vec<Warning>,
}

impl Diagnostics {
    /// Returns the warnings, or the problems if there are any, each in the order of their locations.
    pub(crate) fn finish(mut self) -> Result<Vec<Warning>, Vec<Problem>> {
        self.problems.sort_by_key(|problem| problem.location);
        self.warnings.sort_by_key(|warning| warning.location);
        if self.problems.is_empty() { Ok(self.warnings) } else { Err(self.problems) }
    }

    /// Adds a problem of one location.
    pub(crate) fn fault(&mut self, location: Location, kind: ProblemKind) {
        self.problems.push(Problem { location, also: None, kind });
    }

    /// Adds a problem of two locations that exclude each other.
    pub(crate) fn clash(&mut self, location: Location, also: Location, kind: ProblemKind) {
        self.problems.push(Problem { location, also: Some(also), kind });
    }

    /// Adds a warning.
    pub(crate) fn warn(&mut self, location: Location, also: Option<Location>, kind: WarningKind) {
        self.warnings.push(Warning { location, also, kind });
    }

    /// Adds the warning that another item already covers `value`.
    pub(crate) fn covered(
        &mut self,
        location: Location,
        value: &str,
        by: &str,
        also: Option<Location>,
    ) {
        let kind = WarningKind::Covered { value: value.to_owned(), by: by.to_owned() };
        self.warn(location, also, kind);
    }

    /// Returns the items without repetitions, each with its location, and warns of the repetitions.
    /// Of items that compare equal, the first stays.
    pub(crate) fn distinct<'w, K: Eq + Hash>(
        &mut self,
        key: PolicyKey,
        written: &[&'w str],
        compare: impl Fn(&'w str) -> K,
    ) -> Vec<(Location, &'w str)> {
        let mut first = HashMap::with_capacity(written.len());
        let mut distinct = Vec::with_capacity(written.len());
        for (index, &item) in written.iter().enumerate() {
            let location = Location::item(key, index);
            match first.entry(compare(item)) {
                Entry::Vacant(vacant) => {
                    vacant.insert(location);
                    distinct.push((location, item));
                }
                Entry::Occupied(same) => {
                    let kind = WarningKind::Duplicate { value: item.to_owned() };
                    self.warn(location, Some(*same.get()), kind);
                }
            }
        }
        distinct
    }
}

/// Returns the location of `any` in the list.
pub(crate) fn location_of_any(key: PolicyKey, written: &[&str]) -> Option<Location> {
    let index = written.iter().position(|item| *item == "*")?;
    Some(Location::item(key, index))
}

/// Returns the problem of a text that is not an item, if the text is a usual mistake: the word `any`, or several
/// items, as environment variables often contain.
pub(crate) fn usual_mistake(value: &str) -> Option<ProblemKind> {
    if is_word_any(value) {
        return Some(ProblemKind::AnyInString { value: value.to_owned() });
    }
    let items = value.split(is_separator).filter(|item| !item.is_empty());
    let items: Vec<_> = items.map(str::to_owned).collect();
    (items.len() > 1).then(|| ProblemKind::SeveralItems { value: value.to_owned(), items })
}

/// Returns `true` for the word `any`, which means everything in macros only, and there without quotes.
pub(crate) fn is_word_any(value: &str) -> bool {
    value.eq_ignore_ascii_case("any")
}

/// Returns `true` for characters that separate items.
pub(crate) fn is_separator(character: char) -> bool {
    matches!(character, ',' | ';') || character.is_whitespace()
}
