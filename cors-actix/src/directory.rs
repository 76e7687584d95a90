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
    HttpRequest,
    dev::{ResourceDef, ResourceMap, ServiceRequest, Url},
    http::Uri,
    test::TestRequest,
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

    /// The prefix of the scopes around the route in the app of that map; `None` in any other app.
    ///
    /// The URL is made for a request of our own: a client's `Host` must not decide which routes are
    /// known, and actix-web would keep the `ConnectionInfo` in the client's request, where it hides
    /// from middleware below what that middleware corrects.
    fn prefix(&self, map: &ResourceMap, own_request: &HttpRequest) -> Option<String> {
        let url = map.url_for(own_request, &self.name, iter::repeat(PLACEHOLDER)).ok()?;
        // As the router reads the path of a request, with most of its escapes undone.
        let path = match url.path().parse::<Uri>() {
            Ok(uri) => Url::new(uri).path().to_owned(),
            Err(_) => url.path().to_owned(),
        };
        let mut own = String::new();
        self.pattern.resource_path_from_iter(&mut own, &mut iter::repeat(PLACEHOLDER));
        let prefix = path.strip_suffix(END).and_then(|path| path.strip_suffix(&own));
        Some(prefix.unwrap_or(&path).to_owned())
    }
}

/// The annotated routes of one app.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    routes: Vec<Known>,
    by_path: HashMap<String, Vec<usize>>,
    dynamic: Vec<usize>,
    /// The routes of each whole pattern, whatever they call its segments.
    by_pattern: HashMap<String, Vec<usize>>,
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
    /// The whole pattern, without the names of its segments.
    full: String,
    /// Whether scopes around the route have dynamic segments, whose own grammar is not known.
    is_vague: bool,
}

impl Directory {
    /// The directory of the app that serves the request. Layers of one app share it.
    pub(crate) fn of(request: &ServiceRequest) -> Rc<Directory> {
        let map = std::ptr::from_ref(request.resource_map());
        let known = DIRECTORIES.with_borrow(|all| {
            let of_app = all.iter().find(|(other, _)| std::ptr::eq(*other, map));
            of_app.and_then(|(_, directory)| directory.upgrade())
        });
        if let Some(directory) = known {
            return directory;
        }
        let directory = Rc::new(Directory::build(request.resource_map()));
        DIRECTORIES.with_borrow_mut(|all| {
            all.retain(|(_, directory)| directory.strong_count() > 0);
            all.push((map, Rc::downgrade(&directory)));
        });
        directory
    }

    fn build(map: &ResourceMap) -> Directory {
        let all: Vec<_> =
            REGISTERED.with_borrow(|list| list.iter().filter_map(Weak::upgrade).collect());
        let mut directory = Directory::default();
        let own_request = TestRequest::default().to_http_request();
        for registered in all {
            if let Some(prefix) = registered.prefix(map, &own_request) {
                directory.insert(registered, &prefix);
            }
        }
        directory
    }

    fn insert(&mut self, registered: Rc<Registered>, prefix: &str) {
        let index = self.routes.len();
        let own = registered.pattern.pattern().unwrap_or_default();
        let pattern = with_segments(prefix);
        let full = unnamed(&format!("{pattern}{own}"));
        let is_vague = pattern.contains('{');
        let prefix = if full.contains('{') {
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
            self.by_path.entry(full.clone()).or_default().push(index);
            None
        };
        self.by_pattern.entry(full.clone()).or_default().push(index);
        let policy = registered.route.policy().fixed();
        self.eager |= policy.is_none_or(|policy| !policy.predicates.is_empty());
        self.routes.push(Known { registered, prefix, full, is_vague });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// The annotated routes that a request for path and method could reach, as the router goes through
    /// them: up to the first that has no guard of its user's, for a guard may pass the request on. Then
    /// those with the very pattern of the first, which the guards of scopes may tell apart.
    ///
    /// The app's map, where it is at hand, tells scopes apart by the grammar of their segments.
    pub(crate) fn find<'a>(
        &'a self,
        map: Option<&'a ResourceMap>,
        path: &'a str,
        method: &'a [u8],
    ) -> impl Iterator<Item = &'static Route> + 'a {
        let first = self.next(map, path, method, 0);
        let mut next = first;
        let reached = iter::from_fn(move || {
            let index = next?;
            let route = self.routes.get(index)?.registered.route;
            next = route.guarded.then(|| self.next(map, path, method, index + 1)).flatten();
            Some(index)
        });
        let pattern = first.and_then(|first| self.by_pattern.get(&self.routes.get(first)?.full));
        let alike = pattern.into_iter().flatten().copied();
        let alike = alike.filter(move |index| Some(*index) != first && self.takes(*index, method));
        reached.chain(alike).filter_map(|index| Some(self.routes.get(index)?.registered.route))
    }

    /// Whether a request for path and method goes to an annotated route, as far as the app's map tells:
    /// no other route that was registered before takes the path.
    pub(crate) fn leads(&self, map: &ResourceMap, path: &str, method: &[u8]) -> bool {
        let first = self.next(Some(map), path, method, 0).and_then(|index| self.routes.get(index));
        first.is_some_and(|first| first.is_at(&map.match_pattern(path).unwrap_or_default()))
    }

    fn takes(&self, index: usize, method: &[u8]) -> bool {
        self.routes.get(index).is_some_and(|known| known.registered.route.takes(method))
    }

    /// The first route from `start` on that takes path and method.
    fn next(
        &self,
        map: Option<&ResourceMap>,
        path: &str,
        method: &[u8],
        start: usize,
    ) -> Option<usize> {
        let takes = |index: &usize| *index >= start && self.takes(*index, method);
        let known = |index: usize| self.routes.get(index);
        let exact = self.by_path.get(path).into_iter().flatten().copied().find(takes);
        let dynamic = self.dynamic.iter().copied();
        let first = dynamic
            .filter(takes)
            .take_while(|index| exact.is_none_or(|exact| *index < exact))
            .find(|index| known(*index).is_some_and(|known| known.matches(path)))
            .or(exact);
        let is_vague = |index: &usize| known(*index).is_some_and(|known| known.is_vague);
        let Some(map) = map.filter(|_| self.dynamic.iter().any(is_vague)) else { return first };
        // The map knows the grammar of all segments, but of methods nothing.
        let Some(pattern) = map.match_pattern(path) else {
            return first.filter(|first| !is_vague(first)).or(exact);
        };
        let leads = |index: &usize| known(*index).is_some_and(|known| known.is_at(&pattern));
        if first.is_some_and(|first| !is_vague(&first) && leads(&first)) {
            return first;
        }
        let is_meant = |index: &usize| takes(index) && is_vague(index);
        let named = map.match_name(path).and_then(|name| self.sole(name)).filter(is_meant);
        // A segment of several matches where none was seen; what is registered first is met first.
        let earlier = || {
            let before = |index: &usize| first.is_none_or(|first| *index < first);
            let ends = |index: &usize| known(*index).is_some_and(|known| known.ends(path));
            let mut earlier = self.dynamic.iter().copied().take_while(before);
            earlier.find(|index| is_meant(index) && leads(index) && ends(index))
        };
        named.or_else(|| first.filter(leads)).or_else(earlier).or(first)
    }

    /// The first place of the one route of that name; `None` if several share it.
    fn sole(&self, name: &str) -> Option<usize> {
        let named = |known: &&Known| known.registered.route.name == name;
        let first = self.routes.iter().position(|known| named(&known))?;
        let route = self.routes.get(first)?.registered.route;
        let mut others = self.routes.iter().filter(named);
        others.all(|known| std::ptr::eq(known.registered.route, route)).then_some(first)
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

    /// Whether the path ends as the route's own pattern says.
    fn ends(&self, path: &str) -> bool {
        let slashes = path.match_indices('/').map(|(at, _)| at);
        let mut ends = slashes.chain([path.len()]).filter_map(|at| path.get(at..));
        ends.any(|end| self.registered.pattern.is_match(end))
    }

    /// Whether it may be that pattern of the app's map, which tells the grammar of segments.
    fn is_at(&self, pattern: &str) -> bool {
        static_parts(&self.full).eq(static_parts(pattern))
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

/// The pattern without the names of its dynamic segments, which match the same whatever they are called.
fn unnamed(pattern: &str) -> String {
    let (mut depth, mut is_name) = (0_usize, false);
    let without = pattern.chars().filter(|char| {
        match char {
            '{' => (depth, is_name) = (depth + 1, depth == 0),
            '}' => (depth, is_name) = (depth.saturating_sub(1), false),
            ':' => is_name = false,
            _ => return !is_name,
        }
        true
    });
    without.collect()
}

/// The pattern without its dynamic segments, which may have a grammar of their own with braces in it.
fn static_parts(pattern: &str) -> impl Iterator<Item = char> {
    let mut depth = 0_usize;
    pattern.chars().filter(move |char| {
        depth = match char {
            '{' => depth + 1,
            '}' => depth.saturating_sub(1),
            _ => depth,
        };
        depth == 0
    })
}
