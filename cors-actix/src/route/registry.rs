//! The annotated routes that are registered on this thread, of whatever app.
//!
//! actix-web registers the routes of an app on the thread that serves it, before its first request. A
//! registration lives as long as the service of its route.

use std::{
    cell::{Cell, RefCell},
    iter,
    rc::{Rc, Weak},
};

use actix_service::fn_service;
use actix_web::{
    Error, HttpRequest, HttpResponse,
    dev::{AppService, ResourceDef, ResourceMap, ServiceRequest},
    error::UrlGenerationError,
    guard::{Guard, fn_guard},
};
use futures_util::future::ready;

use super::definition::Route;

thread_local! {
    static REGISTERED: RefCell<Vec<Weak<Registration>>> = const { RefCell::new(Vec::new()) };
    /// The number of living registrations.
    static ALIVE: Cell<usize> = const { Cell::new(0) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// Names a registration, on its thread, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RegistrationId(u64);

/// An annotated route as it was registered with one app.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) id: RegistrationId,
    pub(crate) route: &'static Route,
    /// Its own pattern, without the prefixes of the scopes around it.
    pub(crate) own: ResourceDef,
    /// The name that only this registration has.
    name: String,
    /// The innermost map of the route. Its parents give the whole pattern.
    map: Rc<ResourceMap>,
    /// The map that goes to the app, with `map` inside.
    pub(crate) container: Rc<ResourceMap>,
    /// The path below its scope that the app's map gives to this registration. The root needs none: its
    /// map is always reached.
    pub(crate) mark: Option<String>,
}

impl Registration {
    /// Enters the route into the thread's list.
    pub(crate) fn new(route: &'static Route, config: &AppService) -> Rc<Self> {
        let id = NEXT.replace(NEXT.get() + 1);
        let name = format!("cors-actix:{id}");
        let own = route.own_pattern();
        let user_name = if route.name().is_empty() { &name } else { route.name() };
        let map = Rc::new(innermost(user_name, &name));
        let mut container = ResourceMap::new(own.clone());
        container.add(&mut ResourceDef::new(""), Some(Rc::clone(&map)));
        // A route of its own segments is behind a scope `/{id}` that stands in front, and so is its mark;
        // but no resource `/{id}` takes the mark. A route of the scope itself is behind neither: its mark
        // has an empty segment.
        let start = if route.is_at_its_scope() { "//" } else { "/" };
        let mark = (!config.is_root()).then(|| format!("{start}cors-actix/{id}"));
        let id = RegistrationId(id);
        let container = Rc::new(container);
        let registration = Rc::new(Registration { id, route, own, name, map, container, mark });
        ALIVE.set(ALIVE.get() + 1);
        REGISTERED.with_borrow_mut(|list| {
            // Now and then, so that apps that are gone do not pile up.
            if list.len().is_power_of_two() {
                list.retain(|registration| registration.strong_count() > 0);
            }
            list.push(Rc::downgrade(&registration));
        });
        registration
    }

    /// Registers the mark: a resource that takes no request.
    pub(crate) fn register_mark(&self, config: &mut AppService) {
        let Some(mark) = &self.mark else { return };
        let mut pattern = ResourceDef::new(mark.as_str());
        pattern.set_name(mark);
        let takes_nothing: Vec<Box<dyn Guard>> = vec![Box::new(fn_guard(|_| false))];
        let service = fn_service(|request: ServiceRequest| {
            ready(Ok::<_, Error>(request.into_response(HttpResponse::NotFound())))
        });
        config.register_service(pattern, Some(takes_nothing), service, None);
    }

    /// Returns `true` if the route is part of the app of that map.
    ///
    /// The map is asked for a URL on behalf of `own_request`, not of a client's: a client's `Host` must
    /// not decide which routes are known, and actix-web would keep the `ConnectionInfo` in the client's
    /// request, where it hides from middleware below what that middleware corrects.
    pub(crate) fn is_in(&self, map: &ResourceMap, own_request: &HttpRequest) -> bool {
        let url = map.url_for(own_request, &self.name, iter::repeat("x"));
        !matches!(url, Err(UrlGenerationError::ResourceNotFound))
    }

    /// Returns the pattern with the prefixes of all scopes around it, as they were registered. The app
    /// must be complete.
    pub(crate) fn whole_pattern(&self) -> Option<String> {
        self.map.match_pattern("")
    }

    /// Returns `true` if a name that the app's map gave for a path is this route's. Routes of equal
    /// names are told apart by the place of the text, which this registration keeps alive.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.map.match_name("").is_some_and(|own| std::ptr::eq(own, name))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // The thread may be ending.
        let _ = ALIVE.try_with(|alive| alive.set(alive.get().saturating_sub(1)));
    }
}

/// Returns the map with the user's name for the route, and the registration's, at its end.
fn innermost(user_name: &str, name: &str) -> ResourceMap {
    let mut map = ResourceMap::new(ResourceDef::new(""));
    for (pattern, name) in [("", user_name), ("/cors-actix", name)] {
        let mut itself = ResourceDef::new(pattern);
        itself.set_name(name);
        map.add(&mut itself, None);
    }
    map
}

/// Returns `true` if the thread has no annotated routes.
#[inline]
pub(crate) fn is_empty() -> bool {
    ALIVE.get() == 0
}

/// Returns the registrations that are alive, in their order.
pub(crate) fn all() -> Vec<Rc<Registration>> {
    REGISTERED.with_borrow(|list| list.iter().filter_map(Weak::upgrade).collect())
}
