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
        for name in [self.route.name, &self.name] {
            let mut itself = ResourceDef::new("");
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
        Ok(Some(path.strip_suffix(&own).unwrap_or(&path).to_owned()))
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
    /// How many layers there are around scopes and resources of the app.
    pub(crate) layers: Cell<usize>,
}

#[derive(Debug)]
struct Known {
    registered: Rc<Registered>,
    /// The prefix, if it is dynamic or the route's own pattern is.
    prefix: Option<ResourceDef>,
    /// The whole pattern.
    full: String,
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
        let full = format!("{pattern}{own}");
        let prefix = if full.contains('{') {
            if pattern.matches('{').count() > MOST_SEGMENTS {
                log::warn!(
                    target: "cors_actix",
                    "{full} has more dynamic segments than layers can follow; they answer its preflights by their own policy"
                );
                return;
            }
            self.dynamic.push(index);
            Some(ResourceDef::prefix(pattern))
        } else {
            self.by_path.entry(full.clone()).or_default().push(index);
            None
        };
        let policy = registered.route.policy().fixed();
        self.eager |= policy.is_none_or(|policy| !policy.predicates.is_empty());
        self.routes.push(Known { registered, prefix, full });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// The annotated routes that a request for path and method could reach: the first registered of
    /// those that match, and all others with the very same pattern, which only guards tell apart.
    pub(crate) fn find(&self, path: &str, method: &[u8]) -> impl Iterator<Item = &'static Route> {
        let takes = |index: &usize| self.routes[*index].registered.route.takes(method);
        let exact = self.by_path.get(path).into_iter().flatten().copied().find(takes);
        let dynamic = self.dynamic.iter().copied();
        let first = dynamic
            .take_while(|index| exact.is_none_or(|exact| *index < exact))
            .find(|index| takes(index) && self.routes[*index].matches(path))
            .or(exact);
        let routes = first.map(|first| &self.routes[first..]).unwrap_or_default();
        let full = routes.first().map(|route| route.full.as_str());
        routes
            .iter()
            .filter(move |route| Some(route.full.as_str()) == full)
            .map(|route| route.registered.route)
            .filter(move |route| route.takes(method))
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
