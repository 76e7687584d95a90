//! The annotated routes of all apps that are registered on this thread.
//!
//! actix-web registers the routes of an app on the thread that serves the app, before the first request. A
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

/// The number of a registration. A thread never uses a number twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RegistrationId(u64);

/// The registration of an annotated route in one app.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) id: RegistrationId,
    pub(crate) route: &'static Route,
    /// The route's own pattern, without the prefixes of scopes.
    pub(crate) own: ResourceDef,
    /// The name that only this registration has.
    name: String,
    /// The innermost map of the route. Its parents give the whole pattern.
    map: Rc<ResourceMap>,
    /// The map that the app gets. It contains `map`.
    pub(crate) container: Rc<ResourceMap>,
    /// The path below the scope by which the app's map tells if it comes to this scope. `None` at the root,
    /// which the map always comes to.
    pub(crate) mark: Option<String>,
}

impl Registration {
    /// Adds the route to the thread's list.
    pub(crate) fn new(route: &'static Route, config: &AppService) -> Rc<Self> {
        let id = NEXT.replace(NEXT.get() + 1);
        let name = format!("cors-actix:{id}");
        let own = route.own_pattern();
        let user_name = if route.name().is_empty() { &name } else { route.name() };
        let map = Rc::new(innermost(user_name, &name));
        let mut container = ResourceMap::new(own.clone());
        container.add(&mut ResourceDef::new(""), Some(Rc::clone(&map)));
        // The mark has to be hidden by the same scopes as the route, and by no resource. A scope `/{id}`
        // in front hides a route with segments of its own, and hides the mark too; a resource `/{id}` does
        // not match the two segments of the mark. No scope `/{id}` hides a route with an empty pattern, so
        // its mark begins with an empty segment, which `{id}` does not match.
        let start = if route.is_at_its_scope() { "//" } else { "/" };
        let mark = (!config.is_root()).then(|| format!("{start}cors-actix/{id}"));
        let id = RegistrationId(id);
        let container = Rc::new(container);
        let registration = Rc::new(Registration { id, route, own, name, map, container, mark });
        ALIVE.set(ALIVE.get() + 1);
        REGISTERED.with_borrow_mut(|list| {
            // The list is cleaned each time its length has doubled, so that registrations of dropped apps
            // do not accumulate.
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
    /// The map makes a URL for `own_request`, not for a client's request, for two reasons. A client's `Host`
    /// must not decide which routes are known. And actix-web would store a `ConnectionInfo` in the client's
    /// request, so that inner middleware could no longer change the address.
    pub(crate) fn is_in(&self, map: &ResourceMap, own_request: &HttpRequest) -> bool {
        let url = map.url_for(own_request, &self.name, iter::repeat("x"));
        !matches!(url, Err(UrlGenerationError::ResourceNotFound))
    }

    /// Returns the pattern with the prefixes of all scopes around the route. The app must be complete.
    pub(crate) fn whole_pattern(&self) -> Option<String> {
        self.map.match_pattern("")
    }

    /// Returns `true` if a name that the app's map gave for a path is the name of this route. Users may give
    /// equal names to several routes, so the addresses of the texts are compared. This registration keeps
    /// its text alive.
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

/// Returns a map with the user's name for the route and the name of the registration.
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
