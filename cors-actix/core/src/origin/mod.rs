//! Checks and matches origins: the strict grammar for policies ([`pattern`], [`parts`]), the lenient grammar
//! for requests ([`request`]), and the origins of a policy ([`set`], [`subdomains`]).

mod parts;
mod pattern;
mod request;
mod set;
mod subdomains;
mod tables;

pub(crate) use self::{
    parts::fault,
    pattern::HostTables,
    tables::{FullTables, NoTables},
};
pub use self::{
    parts::split_port,
    request::{Origin, ParseOriginError},
    set::Origins,
};

use std::collections::HashMap;

use self::{
    parts::Host,
    pattern::{Pattern, Tuple},
};
use crate::{
    diagnostics::{Diagnostics, location_of_any, usual_mistake},
    origin_fault::OriginFault,
    problem::ProblemKind,
    spec::{Location, PolicyKey, PolicySpec},
    warning::WarningKind,
};

pub(crate) fn check<T: HostTables>(
    spec: &PolicySpec<'_>,
    diagnostics: &mut Diagnostics,
) -> Origins {
    let written = spec.allow_origins;
    let mut needed = Dangers::default();
    let mut origins = set::Builder::default();
    if written.is_empty() && !spec.predicate {
        diagnostics.fault(Location::key(PolicyKey::AllowOrigins), ProblemKind::NoOrigins);
    }
    if spec.predicate && spec.allow_credentials {
        let also = Some(Location::key(PolicyKey::AllowCredentials));
        let kind = WarningKind::PredicateWithCredentials;
        diagnostics.warn(Location::key(PolicyKey::AllowOrigins), also, kind);
    }
    let distinct = diagnostics.distinct(PolicyKey::AllowOrigins, written, |text| text);
    for &(location, text) in &distinct {
        match pattern::parse::<T>(text) {
            Ok(Pattern::Any) => {
                origins.any = true;
                check_any(spec, location, distinct.len() > 1 || spec.predicate, diagnostics);
            }
            Ok(Pattern::Null) => {
                origins.null = true;
                if spec.allow_credentials {
                    let also = Location::key(PolicyKey::AllowCredentials);
                    diagnostics.clash(location, also, ProblemKind::NullWithCredentials);
                }
            }
            Ok(Pattern::Tuple(tuple)) => {
                if spec.allow_credentials && tuple.host == Host::Exact("") {
                    let kind = ProblemKind::HostlessWithCredentials { value: text.to_owned() };
                    diagnostics.clash(location, Location::key(PolicyKey::AllowCredentials), kind);
                } else if spec.allow_credentials {
                    needed.check::<T>(spec, location, &tuple, diagnostics);
                }
                origins.insert(tuple);
            }
            Err(fault) => diagnostics.fault(location, invalid::<T>(text, fault)),
        }
    }
    needed.advise::<T>(spec, diagnostics);
    let origins = origins.build();
    if location_of_any(PolicyKey::AllowOrigins, written).is_none() {
        warn_of_covered(&origins, &distinct, diagnostics);
    }
    origins
}

fn invalid<T: HostTables>(text: &str, fault: OriginFault) -> ProblemKind {
    usual_mistake(text).unwrap_or_else(|| {
        let is_repairable = !matches!(fault, OriginFault::OpaqueScheme | OriginFault::File);
        let repaired = if is_repairable { T::repair(text) } else { None };
        ProblemKind::InvalidOrigin { value: text.to_owned(), fault, repaired }
    })
}

fn check_any(
    spec: &PolicySpec<'_>,
    location: Location,
    with_others: bool,
    diagnostics: &mut Diagnostics,
) {
    if with_others {
        diagnostics.fault(location, ProblemKind::AnyOriginWithOthers);
    }
    if spec.allow_credentials {
        let also = Location::key(PolicyKey::AllowCredentials);
        diagnostics.clash(location, also, ProblemKind::AnyOriginWithCredentials);
    }
}

fn warn_of_covered(
    origins: &Origins,
    distinct: &[(Location, &str)],
    diagnostics: &mut Diagnostics,
) {
    let locations: HashMap<_, _> =
        distinct.iter().map(|(location, text)| (*text, *location)).collect();
    for &(location, text) in distinct {
        if let Some(by) = origins.wildcard_over(text) {
            diagnostics.covered(location, text, by, locations.get(by).copied());
        }
    }
}

/// The risks of a policy's origins with credentials.
#[derive(Default)]
struct Dangers {
    insecure: bool,
    public_suffix: bool,
}

impl Dangers {
    fn check<T: HostTables>(
        &mut self,
        spec: &PolicySpec<'_>,
        location: Location,
        tuple: &Tuple<'_>,
        diagnostics: &mut Diagnostics,
    ) {
        let also = Location::key(PolicyKey::AllowCredentials);
        if tuple.is_insecure() {
            self.insecure = true;
            if !spec.danger_insecure_origins {
                let value = tuple.text.to_owned();
                let secure = value.replacen("http:", "https:", 1);
                diagnostics.clash(
                    location,
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
                diagnostics.clash(
                    location,
                    also,
                    ProblemKind::PublicSuffixWithCredentials { value, suffix },
                );
            }
        }
    }

    fn advise<T: HostTables>(&self, spec: &PolicySpec<'_>, diagnostics: &mut Diagnostics) {
        let public_suffix = self.public_suffix || !T::KNOWS_SUFFIXES;
        let dangers = [
            (PolicyKey::DangerInsecureOrigins, spec.danger_insecure_origins, self.insecure),
            (PolicyKey::DangerPublicSuffixes, spec.danger_public_suffixes, public_suffix),
        ];
        for (key, accepted, needed) in dangers {
            if accepted && !needed {
                diagnostics.warn(Location::key(key), None, WarningKind::NeedlessDanger { key });
            }
        }
    }
}
