//! Origins: the strict grammar of what a policy may list (`pattern`), the lenient reading of what a
//! request sends (`request`), and the set that matches the one against the other (`set`).

mod pattern;
mod request;
mod set;
mod tables;

pub(crate) use self::tables::{Nothing, Tables, Whole};
pub use self::{pattern::split_port, request::Origin, set::Origins};

use self::pattern::{Host, Pattern, Tuple};
use crate::{
    policy::{Ledger, place_of_any, several_items},
    problem::{AdvisoryKind, OriginFault, ProblemKind},
    spec::{Key, Place, PolicySpec},
};

pub(crate) fn check<T: Tables>(spec: &PolicySpec<'_>, ledger: &mut Ledger) -> Origins {
    let written = spec.allow_origins;
    let mut needed = Dangers::default();
    let mut origins = set::Builder::default();
    if written.is_empty() && !spec.predicate {
        ledger.fault(Place::key(Key::AllowOrigins), ProblemKind::NoOrigins);
    }
    let distinct = ledger.distinct(Key::AllowOrigins, written, |text| text);
    for &(place, text) in &distinct {
        match pattern::parse::<T>(text) {
            Ok(Pattern::Any) => {
                origins.any = true;
                check_any(spec, place, distinct.len() > 1 || spec.predicate, ledger);
            }
            Ok(Pattern::Null) => {
                origins.null = true;
                if spec.allow_credentials {
                    let also = Place::key(Key::AllowCredentials);
                    ledger.clash(place, also, ProblemKind::NullWithCredentials);
                }
            }
            Ok(Pattern::Tuple(tuple)) => {
                if spec.allow_credentials && tuple.host == Host::Exact("") {
                    let kind = ProblemKind::HostlessWithCredentials { value: text.to_owned() };
                    ledger.clash(place, Place::key(Key::AllowCredentials), kind);
                } else if spec.allow_credentials {
                    needed.check::<T>(spec, place, &tuple, ledger);
                }
                origins.insert(tuple);
            }
            Err(fault) => ledger.fault(place, invalid::<T>(text, fault)),
        }
    }
    needed.advise::<T>(spec, ledger);
    let origins = origins.build();
    if place_of_any(Key::AllowOrigins, written).is_none() {
        advise_covered(&origins, &distinct, ledger);
    }
    origins
}

fn invalid<T: Tables>(text: &str, fault: OriginFault) -> ProblemKind {
    several_items(text).unwrap_or_else(|| {
        let is_repairable = !matches!(fault, OriginFault::OpaqueScheme | OriginFault::File);
        let repaired = if is_repairable { T::repair(text) } else { None };
        ProblemKind::InvalidOrigin { value: text.to_owned(), fault, repaired }
    })
}

fn check_any(spec: &PolicySpec<'_>, place: Place, beside_others: bool, ledger: &mut Ledger) {
    if beside_others {
        ledger.fault(place, ProblemKind::AnyOriginBesideOthers);
    }
    if spec.allow_credentials {
        let also = Place::key(Key::AllowCredentials);
        ledger.clash(place, also, ProblemKind::AnyOriginWithCredentials);
    }
}

fn advise_covered(origins: &Origins, distinct: &[(Place, &str)], ledger: &mut Ledger) {
    for &(place, text) in distinct {
        if let Some(by) = origins.wildcard_over(text) {
            let also = distinct.iter().find(|(_, text)| *text == by).map(|(place, _)| *place);
            ledger.covered(place, text, by, also);
        }
    }
}

/// The risks that the policy's origins take beside credentials.
#[derive(Default)]
struct Dangers {
    insecure: bool,
    public_suffix: bool,
}

impl Dangers {
    fn check<T: Tables>(
        &mut self,
        spec: &PolicySpec<'_>,
        place: Place,
        tuple: &Tuple<'_>,
        ledger: &mut Ledger,
    ) {
        let also = Place::key(Key::AllowCredentials);
        if tuple.is_insecure() {
            self.insecure = true;
            if !spec.danger_insecure_origins {
                let value = tuple.text.to_owned();
                let secure = value.replacen("http:", "https:", 1);
                ledger.clash(
                    place,
                    also,
                    ProblemKind::InsecureOriginWithCredentials { value, secure },
                );
            }
        }
        if let Host::Subdomains(base) = tuple.host
            && let Some(suffix) = T::public_suffix(base)
        {
            self.public_suffix = true;
            if !spec.danger_public_suffixes {
                let value = tuple.text.to_owned();
                let suffix = suffix.to_owned();
                ledger.clash(
                    place,
                    also,
                    ProblemKind::PublicSuffixWithCredentials { value, suffix },
                );
            }
        }
    }

    fn advise<T: Tables>(&self, spec: &PolicySpec<'_>, ledger: &mut Ledger) {
        let public_suffix = self.public_suffix || !T::KNOWS_SUFFIXES;
        let dangers = [
            (Key::DangerInsecureOrigins, spec.danger_insecure_origins, self.insecure),
            (Key::DangerPublicSuffixes, spec.danger_public_suffixes, public_suffix),
        ];
        for (key, accepted, needed) in dangers {
            if accepted && !needed {
                ledger.advise(Place::key(key), None, AdvisoryKind::NeedlessDanger { key });
            }
        }
    }
}
