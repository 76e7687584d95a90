use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
};

use crate::{
    header_name::{self, ExposedNames, RequestNames},
    method::{self, Methods},
    origin::{self, Nothing, Origins, Tables, Whole},
    problem::{Advisory, AdvisoryKind, Problem, ProblemKind},
    spec::{Key, Place, PolicySpec},
};

/// The longest time that any browser keeps a preflight's answer (Firefox), in seconds.
const LONGEST_MAX_AGE: u64 = 86_400;

/// A policy that passed [`PolicySpec::check`]: what it matches, ready to be asked.
///
/// ```
/// let closed = cors_actix_core::Rules::default();
/// assert!(!closed.origins.allows(b"https://a.example"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// The origins allowed.
    pub origins: Origins,
    /// The methods allowed.
    pub methods: Methods,
    /// The request header names allowed.
    pub headers: RequestNames,
    /// Whether requests may carry credentials.
    pub credentials: bool,
    /// The response header names that scripts may read.
    pub exposed: ExposedNames,
    /// How long browsers may cache a preflight's answer, in seconds.
    pub max_age: Option<u64>,
    /// Status of a granted preflight; 204 when not given.
    pub preflight_status: Option<u16>,
    /// Whether requests from origins that are not allowed are refused before they reach a handler.
    pub enforce: bool,
}

/// A good policy, with what is worth a look.
///
/// ```
/// use cors_actix_core::PolicySpec;
///
/// let spec = PolicySpec { allow_origins: &["*", "*"], ..PolicySpec::EMPTY };
/// let checked = spec.check().unwrap();
/// assert!(checked.rules.origins.any());
/// assert_eq!(checked.advisories.len(), 1);
/// ```
#[derive(Debug, Clone)]
pub struct Checked {
    /// The policy.
    pub rules: Rules,
    /// What is worth a look, in the order of [`Key::ALL`].
    pub advisories: Vec<Advisory>,
}

impl PolicySpec<'_> {
    /// Checks the policy as a whole.
    ///
    /// # Errors
    /// Every fault that the policy has, in the order of [`Key::ALL`]: words that break the grammar
    /// of origins, methods or header names, what the Fetch standard makes impossible, and what would
    /// let a stranger act as the user.
    ///
    /// ```
    /// use cors_actix_core::{PolicySpec, ProblemKind};
    ///
    /// let spec = PolicySpec {
    ///     allow_origins: &["*"],
    ///     allow_methods: &["TRACE"],
    ///     allow_credentials: true,
    ///     ..PolicySpec::EMPTY
    /// };
    /// let problems = spec.check().unwrap_err();
    /// assert_eq!(problems[0].kind, ProblemKind::AnyOriginWithCredentials);
    /// assert_eq!(problems[1].kind, ProblemKind::ForbiddenMethod { value: "TRACE".into() });
    /// ```
    pub fn check(&self) -> Result<Checked, Vec<Problem>> {
        self.check_by::<Whole>()
    }

    /// Checks a policy that [`PolicySpec::check`] has accepted when the program was compiled. All rules
    /// apply once more, except those that need the tables of public suffixes and of Unicode: a program
    /// whose policies are all written in its source does not carry them.
    ///
    /// # Errors
    /// As [`PolicySpec::check`], without repaired texts for origins.
    ///
    /// ```
    /// use cors_actix_core::PolicySpec;
    ///
    /// let spec = PolicySpec { allow_origins: &["https://a.example"], ..PolicySpec::EMPTY };
    /// assert!(spec.check_again().unwrap().rules.origins.allows(b"https://a.example"));
    /// ```
    pub fn check_again(&self) -> Result<Checked, Vec<Problem>> {
        self.check_by::<Nothing>()
    }

    fn check_by<T: Tables>(&self) -> Result<Checked, Vec<Problem>> {
        let mut ledger = Ledger::default();
        let origins = if self.same_origin {
            self.check_same_origin(&mut ledger);
            Origins::default()
        } else {
            origin::check::<T>(self, &mut ledger)
        };
        let methods = method::check(self.allow_methods, &mut ledger);
        let headers = header_name::check_request(self.allow_headers, self.enforce, &mut ledger);
        let exposed =
            header_name::check_exposed(self.expose_headers, self.allow_credentials, &mut ledger);
        if let Some(seconds) = self.max_age.filter(|seconds| *seconds > LONGEST_MAX_AGE) {
            let kind = AdvisoryKind::MaxAgeAboveCaps { seconds };
            ledger.advise(Place::key(Key::MaxAge), None, kind);
        }
        if let Some(value) = self.preflight_status.filter(|status| !(200..300).contains(status)) {
            ledger.fault(Place::key(Key::PreflightStatus), ProblemKind::PreflightStatus { value });
        }
        if let Some(any) = place_of_any(Key::AllowOrigins, self.allow_origins)
            && self.enforce
        {
            let kind = ProblemKind::EnforceWithAnyOrigin;
            ledger.clash(Place::key(Key::Enforce), any, kind);
        }
        ledger.problems.sort_by_key(|problem| problem.place);
        ledger.advisories.sort_by_key(|advisory| advisory.place);
        if !ledger.problems.is_empty() {
            return Err(ledger.problems);
        }
        let rules = Rules {
            origins,
            methods,
            headers,
            credentials: self.allow_credentials,
            exposed,
            max_age: self.max_age,
            preflight_status: self.preflight_status,
            enforce: self.enforce,
        };
        Ok(Checked { rules, advisories: ledger.advisories })
    }

    fn check_same_origin(&self, ledger: &mut Ledger) {
        let beside = [
            (Key::AllowOrigins, !self.allow_origins.is_empty()),
            (Key::AllowMethods, !self.allow_methods.is_empty()),
            (Key::AllowHeaders, !self.allow_headers.is_empty()),
            (Key::AllowCredentials, self.allow_credentials),
            (Key::ExposeHeaders, !self.expose_headers.is_empty()),
            (Key::MaxAge, self.max_age.is_some()),
            (Key::PreflightStatus, self.preflight_status.is_some()),
            (Key::DangerInsecureOrigins, self.danger_insecure_origins),
            (Key::DangerPublicSuffixes, self.danger_public_suffixes),
            (Key::AllowOrigins, self.predicate),
        ];
        if let Some((beside, _)) = beside.into_iter().find(|(_, written)| *written) {
            let kind = ProblemKind::SameOriginBesideOthers { beside };
            ledger.clash(Place::key(Key::SameOrigin), Place::key(beside), kind);
        }
    }
}

/// Collects what the checks find.
#[derive(Default)]
pub(crate) struct Ledger {
    problems: Vec<Problem>,
    advisories: Vec<Advisory>,
}

impl Ledger {
    pub(crate) fn fault(&mut self, place: Place, kind: ProblemKind) {
        self.problems.push(Problem { place, also: None, kind });
    }

    pub(crate) fn clash(&mut self, place: Place, also: Place, kind: ProblemKind) {
        self.problems.push(Problem { place, also: Some(also), kind });
    }

    pub(crate) fn advise(&mut self, place: Place, also: Option<Place>, kind: AdvisoryKind) {
        self.advisories.push(Advisory { place, also, kind });
    }

    pub(crate) fn covered(&mut self, place: Place, value: &str, by: &str, also: Option<Place>) {
        let kind = AdvisoryKind::Covered { value: value.to_owned(), by: by.to_owned() };
        self.advise(place, also, kind);
    }

    /// The items without their repetitions, each with its place. Of items that compare equal, the first
    /// stays.
    pub(crate) fn distinct<'w, K: Eq + Hash>(
        &mut self,
        key: Key,
        written: &[&'w str],
        compare: impl Fn(&'w str) -> K,
    ) -> Vec<(Place, &'w str)> {
        let mut first = HashMap::with_capacity(written.len());
        let mut distinct = Vec::with_capacity(written.len());
        for (index, &item) in written.iter().enumerate() {
            let place = Place::item(key, index);
            match first.entry(compare(item)) {
                Entry::Vacant(vacant) => {
                    vacant.insert(place);
                    distinct.push((place, item));
                }
                Entry::Occupied(same) => {
                    let kind = AdvisoryKind::Duplicate { value: item.to_owned() };
                    self.advise(place, Some(*same.get()), kind);
                }
            }
        }
        distinct
    }
}

/// Where `any` is written in the list.
pub(crate) fn place_of_any(key: Key, written: &[&str]) -> Option<Place> {
    let index = written.iter().position(|item| *item == "*")?;
    Some(Place::item(key, index))
}

/// Returns the problem of an item that holds several, as a text from the environment does.
pub(crate) fn several_items(value: &str) -> Option<ProblemKind> {
    let items = value.split(is_separator).filter(|item| !item.is_empty());
    let items: Vec<_> = items.map(str::to_owned).collect();
    (items.len() > 1).then(|| ProblemKind::SeveralItems { value: value.to_owned(), items })
}

pub(crate) fn is_separator(character: char) -> bool {
    matches!(character, ',' | ';') || character.is_whitespace()
}
