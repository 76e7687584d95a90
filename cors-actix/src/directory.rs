//! The annotated routes of an app, so that a layer in front of the router can tell which of them a
//! request is for.
//!
//! Routing has not happened yet where a layer stands, and actix-web shows nobody its table. But each
//! annotated route adds a reserved name to the app's resource map when it is registered, and a name
//! gives its URL with all the scope prefixes in front of it.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    iter,
    rc::{Rc, Weak},
};

use actix_web::{
    dev::{ResourceDef, ResourceMap, ServiceRequest, Url},
    error::UrlGenerationError,
    http::Uri,
};

use crate::route::Route;

/// Stands in generated URLs for what a dynamic segment matches.
const PLACEHOLDER: &str = "cors-actix-segment";

/// Ends the generated URLs, so that none is empty.
const END: &str = "/cors-actix";

/// The most dynamic segments that one pattern can have.
const MOST_SEGMENTS: usize = 16;

/// An annotated route as it was registered with one app, on one thread. Lives as long as the app.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) route: &'static Route,
    /// Its reserved name.
    name: String,
    /// Its own pattern, without the prefixes of scopes around it.
    pattern: ResourceDef,
}

thread_local! {
    /// Every route that was registered on this thread, of whatever app, in order.
    static REGISTERED: RefCell<Vec<Weak<Registered>>> = const { RefCell::new(Vec::new()) };
    static COUNT: Cell<u64> = const { Cell::new(0) };
    /// The directories in use, each by the address of its app's resource map.
    static DIRECTORIES: RefCell<Vec<(*const ResourceMap, Weak<Directory>)>> =
        const { RefCell::new(Vec::new()) };
}

impl Registered {
    /// Enters the route into the thread's list.
    pub(crate) fn new(route: &'static Route, pattern: ResourceDef) -> Rc<Self> {
        let number = COUNT.replace(COUNT.get() + 1);
        let registered =
            Rc::new(Registered { route, name: format!("cors-actix:{number}"), pattern });
        REGISTERED.with_borrow_mut(|list| {
            // Now and then, so that apps that are gone do not pile up.
            if list.len().is_power_of_two() {
                list.retain(|route| route.strong_count() > 0);
            }
            list.push(Rc::downgrade(&registered));
        });
        registered
    }

    /// The map that gives the route's own name, and the reserved one, to its place in the app.
    pub(crate) fn names(&self) -> Rc<ResourceMap> {
        let mut map = ResourceMap::new(self.pattern.clone());
        for (pattern, name) in [("", self.route.name), (END, &self.name)] {
            let mut itself = ResourceDef::new(pattern);
            if !name.is_empty() {
                itself.set_name(name);
            }
            map.add(&mut itself, None);
        }
        Rc::new(map)
    }

    /// The prefix of the scopes around the route in the app that serves the request; `None` in any
    /// other app.
    fn prefix(&self, request: &ServiceRequest) -> Result<Option<String>, Unreadable> {
        let url = match request.request().url_for(&self.name, iter::repeat(PLACEHOLDER)) {
            Ok(url) => url,
            Err(UrlGenerationError::ResourceNotFound) => return Ok(None),
            Err(_) => return Err(Unreadable),
        };
        // As the router reads the path of a request, with most of its escapes undone.
        let uri: Uri = url.path().parse().map_err(|_| Unreadable)?;
        let path = Url::new(uri).path().to_owned();
        let mut own = String::new();
        self.pattern.resource_path_from_iter(&mut own, &mut iter::repeat(PLACEHOLDER));
        let prefix = path.strip_suffix(END).and_then(|path| path.strip_suffix(&own));
        Ok(Some(prefix.unwrap_or(&path).to_owned()))
    }
}

/// The request's `Host` does not let URLs be generated; the next request may.
pub(crate) struct Unreadable;

/// The annotated routes of one app.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    routes: Vec<Known>,
    by_path: HashMap<String, Vec<usize>>,
    dynamic: Vec<usize>,
    /// Whether some route's policy is to be looked at when a request begins: a handle may replace it
    /// meanwhile, or it asks code that needs the request.
    pub(crate) eager: bool,
    /// How many layers there are in the app beside those of its routes.
    pub(crate) layers: Cell<usize>,
    /// Whether a layer has seen another below it that it was told of; it may not have been told all.
    pub(crate) nested: Cell<bool>,
}

#[derive(Debug)]
struct Known {
    registered: Rc<Registered>,
    /// The prefix, if it is dynamic or the route's own pattern is.
    prefix: Option<ResourceDef>,
    /// Whether scopes around the route have dynamic segments, whose own grammar is not known.
    is_vague: bool,
}

impl Directory {
    /// The directory of the app that serves the request. Layers of one app share it.
    pub(crate) fn of(request: &ServiceRequest) -> Result<Rc<Directory>, Unreadable> {
        let map = std::ptr::from_ref(request.resource_map());
        let known = DIRECTORIES.with_borrow(|all| {
            let of_app = all.iter().find(|(other, _)| std::ptr::eq(*other, map));
            of_app.and_then(|(_, directory)| directory.upgrade())
        });
        if let Some(directory) = known {
            return Ok(directory);
        }
        let directory = Rc::new(Directory::build(request)?);
        DIRECTORIES.with_borrow_mut(|all| {
            all.retain(|(_, directory)| directory.strong_count() > 0);
            all.push((map, Rc::downgrade(&directory)));
        });
        Ok(directory)
    }

    fn build(request: &ServiceRequest) -> Result<Directory, Unreadable> {
        let all: Vec<_> =
            REGISTERED.with_borrow(|list| list.iter().filter_map(Weak::upgrade).collect());
        let mut directory = Directory::default();
        for registered in all {
            if let Some(prefix) = registered.prefix(request)? {
                directory.insert(registered, &prefix);
            }
        }
        Ok(directory)
    }

    fn insert(&mut self, registered: Rc<Registered>, prefix: &str) {
        let index = self.routes.len();
        let own = registered.pattern.pattern().unwrap_or_default();
        let pattern = with_segments(prefix);
        let is_vague = pattern.contains('{');
        let prefix = if is_vague || own.contains('{') || own.ends_with('*') {
            if pattern.matches('{').count() > MOST_SEGMENTS {
                log::warn!(
                    target: "cors_actix",
                    "{pattern}{own} has more dynamic segments than layers can follow; they answer its preflights by their own policy"
                );
                return;
            }
            self.dynamic.push(index);
            Some(ResourceDef::prefix(pattern))
        } else {
            self.by_path.entry(pattern + own).or_default().push(index);
            None
        };
        let policy = registered.route.policy().fixed();
        self.eager |= policy.is_none_or(|policy| !policy.predicates.is_empty());
        self.routes.push(Known { registered, prefix, is_vague });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// The annotated routes that a request for path and method could reach, as the router goes through
    /// them: up to the first that has no guard of its user's, for a guard may pass the request on. The
    /// app's map, where it is at hand, tells scopes apart by the grammar of their segments.
    pub(crate) fn find<'a>(
        &'a self,
        map: Option<&'a ResourceMap>,
        path: &'a str,
        method: &'a [u8],
    ) -> impl Iterator<Item = &'static Route> + 'a {
        let mut next = self.next(map, path, method, 0);
        iter::from_fn(move || {
            let index = next?;
            let route = self.routes.get(index)?.registered.route;
            next = route.guarded.then(|| self.next(map, path, method, index + 1)).flatten();
            Some(route)
        })
    }

    /// The first route from `start` on that takes path and method.
    fn next(
        &self,
        map: Option<&ResourceMap>,
        path: &str,
        method: &[u8],
        start: usize,
    ) -> Option<usize> {
        let takes = |index: &usize| {
            *index >= start
                && self.routes.get(*index).is_some_and(|known| known.registered.route.takes(method))
        };
        let exact = self.by_path.get(path).into_iter().flatten().copied().find(takes);
        let mut dynamic = self
            .dynamic
            .iter()
            .copied()
            .take_while(|index| exact.is_none_or(|exact| *index < exact))
            .filter(|index| {
                takes(index) && self.routes.get(*index).is_some_and(|known| known.matches(path))
            });
        let first = dynamic.next().or(exact)?;
        let is_vague = self.routes.get(first).is_some_and(|known| known.is_vague);
        let Some(map) = map.filter(|_| is_vague) else { return Some(first) };
        // The map knows the grammar of all segments, but of methods nothing.
        let name = map.match_name(path);
        if name.is_none() && !map.has_resource(path) {
            return exact;
        }
        let named = |index: &usize| {
            self.routes.get(*index).is_some_and(|known| Some(known.registered.route.name) == name)
        };
        iter::once(first).chain(dynamic).chain(exact).find(named).or(Some(first))
    }
}

impl Known {
    fn matches(&self, path: &str) -> bool {
        let rest = match &self.prefix {
            Some(prefix) => prefix.find_match(path).and_then(|length| path.get(length..)),
            None => None,
        };
        rest.is_some_and(|rest| self.registered.pattern.is_match(rest))
    }
}

/// The prefix as a pattern, each placeholder a dynamic segment again.
fn with_segments(prefix: &str) -> String {
    let mut pieces = prefix.split(PLACEHOLDER);
    let mut pattern = pieces.next().unwrap_or_default().to_owned();
    for (number, piece) in pieces.enumerate() {
        pattern.push_str(&format!("{{segment{number}}}{piece}"));
    }
    pattern
}
