//! A table of the annotated routes of one app, which finds the candidates for a path.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell, RefCell},
    rc::{Rc, Weak},
};

use actix_web::{HttpRequest, dev::ResourceMap, test::TestRequest};
use hashbrown::HashMap;

use super::{
    definition::Route,
    pattern::{Pattern, unnamed},
    registry::{self, Registration, RegistrationId},
};
use crate::paths;

/// The largest number of paths whose candidates a table remembers, and the longest of them, in bytes. Clients
/// choose the paths.
const MOST_REMEMBERED: usize = 256;
const LONGEST_REMEMBERED: usize = 256;

thread_local! {
    /// The tables in use.
    static TABLES: RefCell<Vec<Weak<RouteTable>>> = const { RefCell::new(Vec::new()) };
}

/// The annotated routes of one app, in the order of their registration.
#[derive(Debug, Default)]
pub(crate) struct RouteTable {
    entries: Vec<Entry>,
    /// The routes with static whole patterns.
    by_path: HashMap<Box<str>, StaticPath>,
    /// The other routes by the text that all their paths begin with. It is empty if it is not known.
    by_start: HashMap<Box<str>, Vec<usize>>,
    /// The lengths of these texts. A path has at most one start of each length.
    start_lengths: Vec<usize>,
    /// The candidates for paths of dynamic patterns, so that a path that is asked for often is not matched with
    /// regular expressions and the whole map each time.
    remembered: RefCell<HashMap<Box<str>, Rc<Candidates>>>,
    /// `true` if the pattern of a route ends in a slash.
    pub(crate) has_slash_at_end: bool,
    /// `true` if a response has shown that guards decide which route is reached. Then the map alone does not
    /// tell which route answers.
    guards_decide: Cell<bool>,
}

/// The path of static patterns.
#[derive(Debug, Default)]
struct StaticPath {
    /// The routes that have this pattern.
    entries: Vec<usize>,
    /// The candidates for the path, which the first request for the path finds.
    candidates: OnceCell<Candidates>,
}

/// An annotated route in its app.
#[derive(Debug)]
struct Entry {
    registration: Rc<Registration>,
    pattern: Pattern,
    /// `true` if a response has shown that guards pass over this route.
    passed_over: Cell<bool>,
}

/// The annotated routes that a path could be for, whatever its method.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    /// In the order of their registration.
    pub(crate) all: Vec<Candidate>,
    /// The entry of the route that the app's map names for the path.
    named: Option<usize>,
    /// `true` if the map names a resource for the path.
    pub(crate) is_served: bool,
    /// `true` if the path is in normal form.
    pub(crate) is_path_normal: bool,
}

/// An annotated route that a path could be for.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// The entry of the route in the table.
    pub(crate) entry: usize,
    pub(crate) registration: Rc<Registration>,
    /// `true` if the app's map leads to the scope of the route, and not to another scope of the same
    /// prefix.
    pub(crate) is_reached: bool,
    /// `true` if the map names the whole pattern of the route, for the route itself or for another
    /// resource.
    pub(crate) is_pattern_named: bool,
}

impl Candidate {
    pub(crate) fn route(&self) -> &'static Route {
        self.registration.route
    }

    pub(crate) fn is_in_scope(&self) -> bool {
        self.registration.mark.is_some()
    }
}

impl Candidates {
    /// Returns the candidate that the app's map names for the path.
    pub(crate) fn named(&self) -> Option<&Candidate> {
        self.all.iter().find(|candidate| Some(candidate.entry) == self.named)
    }
}

/// The place where the name and the pattern of the resource for a path are asked for.
#[derive(Clone, Copy)]
pub(crate) enum Names<'a> {
    Map(&'a ResourceMap, &'a str),
    /// A request inside the router, which knows the resource that the router has come to.
    Request(&'a HttpRequest),
}

impl<'a> Names<'a> {
    fn name(self) -> Option<&'a str> {
        match self {
            Names::Map(map, path) => map.match_name(path),
            Names::Request(request) => request.match_name(),
        }
    }

    pub(crate) fn pattern(self) -> Option<String> {
        match self {
            Names::Map(map, path) => map.match_pattern(path),
            Names::Request(request) => request.match_pattern(),
        }
    }
}

impl RouteTable {
    /// Returns the table of the app of that map. All layers and routes of an app share one table.
    pub(crate) fn of(map: &ResourceMap) -> Rc<RouteTable> {
        let own_request = TestRequest::default().to_http_request();
        let mut registrations = registry::all();
        registrations.retain(|registration| registration.is_in(map, &own_request));
        let Some(first) = registrations.first() else { return Rc::default() };
        let known = TABLES.with_borrow(|tables| {
            tables.iter().filter_map(Weak::upgrade).find(|table| table.has(first.id))
        });
        known.unwrap_or_else(|| {
            let table = Rc::new(RouteTable::new(registrations));
            TABLES.with_borrow_mut(|tables| {
                tables.retain(|table| table.strong_count() > 0);
                tables.push(Rc::downgrade(&table));
            });
            table
        })
    }

    fn new(registrations: Vec<Rc<Registration>>) -> Self {
        let mut table = RouteTable::default();
        for (index, registration) in registrations.into_iter().enumerate() {
            let pattern = Pattern::new(registration.whole_pattern().as_deref(), &registration.own);
            table.has_slash_at_end |= pattern.ends_in_slash();
            if let Some(path) = pattern.path() {
                table.by_path.entry(path.into()).or_default().entries.push(index);
            } else {
                table.by_start.entry(pattern.literal_start().into()).or_default().push(index);
            }
            table.entries.push(Entry { registration, pattern, passed_over: Cell::new(false) });
        }
        table.start_lengths = table.by_start.keys().map(|start| start.len()).collect();
        table.start_lengths.sort_unstable();
        table.start_lengths.dedup();
        table
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns the whole patterns of the routes, with the routes.
    pub(crate) fn routes(&self) -> impl Iterator<Item = (String, &'static Route)> {
        self.entries.iter().map(|entry| {
            let registration = &entry.registration;
            let own = || registration.own.pattern().unwrap_or_default().to_owned();
            (registration.whole_pattern().unwrap_or_else(own), registration.route)
        })
    }

    /// Returns the route of an entry.
    #[cfg(feature = "inspector")]
    pub(crate) fn route(&self, index: usize) -> Option<&'static Route> {
        self.entry(index).map(|entry| entry.registration.route)
    }

    fn entry(&self, index: usize) -> Option<&Entry> {
        self.entries.get(index)
    }

    fn has(&self, id: RegistrationId) -> bool {
        self.entries.iter().any(|entry| entry.registration.id == id)
    }

    /// Calls `use_them` with the routes that a path could be for. The candidates for the path of a static
    /// pattern are found once and kept, and those for a path of a dynamic pattern are remembered for a while.
    pub(crate) fn candidates<T>(
        &self,
        map: &ResourceMap,
        path: &str,
        use_them: impl FnOnce(&Candidates) -> T,
    ) -> T {
        let find = || self.find(map, path, 0, Names::Map(map, path));
        if let Some(known) = self.by_path.get(path) {
            return use_them(known.candidates.get_or_init(find));
        }
        if self.starting(path).next().is_none() {
            return use_them(&Candidates::default());
        }
        let known = self.remembered.borrow().get(path).map(Rc::clone);
        let candidates = known.unwrap_or_else(|| {
            let found = Rc::new(find());
            self.remember(path, &found);
            found
        });
        use_them(&candidates)
    }

    fn remember(&self, path: &str, candidates: &Rc<Candidates>) {
        if path.len() > LONGEST_REMEMBERED {
            return;
        }
        let mut remembered = self.remembered.borrow_mut();
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(path.into(), Rc::clone(candidates));
    }

    /// Returns the routes that a path could be for, if their scopes end at `from` or later.
    pub(crate) fn find(
        &self,
        map: &ResourceMap,
        path: &str,
        from: usize,
        names: Names<'_>,
    ) -> Candidates {
        let matching = self.matching(path, from);
        if matching.is_empty() {
            return Candidates::default();
        }
        let name = names.name();
        let is_named = |entry: &Entry| name.is_some_and(|name| entry.registration.is_named(name));
        let named = matching.iter().find(|(_, entry)| is_named(entry));
        // The map is searched once more only if the pattern of the named resource is not known.
        let known = named.map(|(_, entry)| &*entry.pattern.unnamed);
        let named_pattern = match known.filter(|pattern| !pattern.is_empty()) {
            Some(pattern) => Some(Cow::Borrowed(pattern)),
            None => names.pattern().map(|pattern| Cow::Owned(unnamed(&pattern))),
        };
        let candidate = |(index, entry): &(usize, &Entry)| Candidate {
            entry: *index,
            registration: Rc::clone(&entry.registration),
            is_reached: entry.is_reached(map, path),
            is_pattern_named: named_pattern.as_deref() == Some(&entry.pattern.unnamed),
        };
        Candidates {
            all: matching.iter().map(candidate).collect(),
            named: named.map(|(index, _)| *index),
            is_served: named_pattern.is_some(),
            is_path_normal: paths::is_normal(path),
        }
    }

    /// Returns the routes of dynamic patterns whose paths begin as the path does.
    fn starting(&self, path: &str) -> impl Iterator<Item = &Vec<usize>> {
        let starts = self.start_lengths.iter().filter_map(|&length| path.get(..length));
        starts.filter_map(|start| self.by_start.get(start))
    }

    /// Returns the routes that a path could be for, in order.
    fn matching(&self, path: &str, from: usize) -> Vec<(usize, &Entry)> {
        let on_path = self.by_path.get(path).map(|known| &known.entries);
        let indices = self.starting(path).chain(on_path).flatten();
        let entries = indices.filter_map(|&index| Some((index, self.entries.get(index)?)));
        let mut matching: Vec<_> =
            entries.filter(|(_, entry)| entry.pattern.could_match(path, from)).collect();
        matching.sort_unstable_by_key(|(index, _)| *index);
        matching
    }

    /// Returns `true` if the scopes around two routes have the same patterns.
    pub(crate) fn have_same_scopes(&self, one: usize, other: usize) -> bool {
        let scopes = |index| self.entry(index).and_then(Entry::scopes);
        scopes(one) == scopes(other)
    }

    /// Remembers that guards decide which route of the app is reached.
    pub(crate) fn let_guards_decide(&self) {
        self.guards_decide.set(true);
    }

    /// Remembers that guards pass over a route. If the route is in a scope, the guards may be those of the
    /// scope, so all routes in scopes are in doubt. Returns the route if this was not known.
    pub(crate) fn pass_over(&self, index: usize) -> Option<&'static Route> {
        let passed = self.entry(index).filter(|_| !self.is_in_doubt(index))?;
        for entry in &self.entries {
            let is_in_scope = |entry: &Entry| entry.registration.mark.is_some();
            if std::ptr::eq(entry, passed) || is_in_scope(entry) && is_in_scope(passed) {
                entry.passed_over.set(true);
            }
        }
        Some(passed.registration.route)
    }

    /// Returns `true` if a response has shown that guards may pass over the route.
    pub(crate) fn is_in_doubt(&self, index: usize) -> bool {
        self.guards_decide.get() || self.entry(index).is_none_or(|entry| entry.passed_over.get())
    }
}

impl Entry {
    /// Returns `true` if the app's map comes to the scope of the route for that path.
    fn is_reached(&self, map: &ResourceMap, path: &str) -> bool {
        let Some(mark) = &self.registration.mark else { return true };
        self.pattern.cuts(path).any(|cut| {
            let marked = path.get(..cut).map(|prefix| format!("{prefix}{mark}"));
            marked.is_some_and(|marked| map.match_name(&marked) == Some(mark))
        })
    }

    /// Returns the patterns of the scopes around the route, or `None` if the route is in no scope.
    fn scopes(&self) -> Option<&str> {
        self.registration.mark.as_ref()?;
        let own = unnamed(self.registration.own.pattern()?);
        self.pattern.unnamed.strip_suffix(&*own)
    }
}
