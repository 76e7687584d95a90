//! Compares the outcomes in a browser with the outcomes in the model.

use std::{collections::BTreeMap, fmt};

use super::{
    known,
    site::Outcomes,
    situation::{Outcome, Situation},
};
use crate::browser::Engine;

/// The counts of a comparison, and the differences that are not known.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The number of situations that are as expected.
    pub agreed: usize,
    /// For each known difference: the situations, those in which the page reads more, and less.
    pub known: BTreeMap<&'static str, [usize; 3]>,
    /// Descriptions of the differences that are not known.
    pub unknown: Vec<String>,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Comparison { agreed, known, unknown } = self;
        let all = agreed + known.values().map(|[all, ..]| all).sum::<usize>() + unknown.len();
        write!(f, "{agreed} of {all} situations as expected, {} unknown", unknown.len())?;
        for (name, [all, more, less]) in known {
            write!(f, "\n  {all:4} {name}: the page reads more in {more}, less in {less}")?;
        }
        Ok(())
    }
}

/// Compares the outcomes of situations.
pub fn compare(
    engine: Engine,
    situations: &[Situation],
    expected: &Outcomes,
    found: &Outcomes,
) -> Comparison {
    let mut comparison = Comparison::default();
    let reads = |outcome: &Outcome| outcome.seen.iter().flatten().count();
    for situation in situations {
        let (expected, found) = (&expected[&situation.id], &found[&situation.id]);
        if expected == found {
            comparison.agreed += 1;
        } else if let Some(one) = known::explain(engine, situation, expected, found) {
            let [all, more, less] = comparison.known.entry(one.name).or_default();
            *all += 1;
            *more += usize::from(reads(found) > reads(expected));
            *less += usize::from(reads(found) < reads(expected));
        } else {
            let description = describe(situation, expected, found);
            comparison.unknown.push(format!("{engine:?}: {description}"));
        }
    }
    comparison
}

/// Describes a situation and the difference, so that a developer can repeat the situation by hand.
pub fn describe(situation: &Situation, expected: &Outcome, found: &Outcome) -> String {
    let Situation { id, place, page, fetches, .. } = situation;
    let calls: Vec<_> = fetches.iter().map(|fetch| format!("  {fetch}\n")).collect();
    let (policy, calls) = (situation.policy(), calls.concat());
    format!(
        "situation {id}: a page of {} ({page:?}), {policy:?} on {place}\n\
         {calls}  expected\n{expected}  found\n{found}",
        page.origin()
    )
}
