//! Selects the policies for a request that comes to a layer.
//!
//! The app's resource map is the authority on paths. Annotated routes add methods and policies to the
//! pattern that the map names. If the map does not tell which code will answer, several policies apply,
//! and only what all of them allow is granted.

use std::sync::Arc;

use actix_web::{HttpRequest, dev::ResourceMap, http::Method};

use super::{
    config::LayerConfig,
    selection::{Selection, have_other_policy},
};
use crate::{
    paths,
    policy::CompiledPolicy,
    route::{
        Route, RouteTable,
        table::{Candidates, Names},
    },
};

/// The only policy that can apply to a request.
pub(crate) struct Certain {
    pub(crate) policy: Arc<CompiledPolicy>,
    /// The annotated route that has the policy, with its entry in the table; `None` for the layer's own
    /// policy.
    pub(crate) route: Option<(usize, &'static Route)>,
    /// `true` if no other annotated route could match the path.
    pub(crate) is_sole: bool,
}

/// The parts of a request that the selection depends on.
pub(crate) struct Target<'a> {
    map: &'a ResourceMap,
    path: &'a str,
    method: &'a [u8],
    /// The request, and the number of bytes of the path that the router has consumed, if the layer is inside of
    /// the router.
    inside: Option<(&'a HttpRequest, usize)>,
}

impl<'a> Target<'a> {
    pub(crate) fn of(request: &'a HttpRequest, method: &'a [u8]) -> Self {
        let path = request.match_info();
        let consumed = path.as_str().len().saturating_sub(path.unprocessed().len());
        let inside = (consumed > 0).then_some((request, consumed));
        Target { inside, ..Target::rewritten(request, method) }
    }

    /// Returns the target of a request that middleware has rewritten.
    pub(crate) fn rewritten(request: &'a HttpRequest, method: &'a [u8]) -> Self {
        Target::of_path(request.resource_map(), request.match_info().as_str(), method)
    }

    /// Returns the target of a request that nobody has sent.
    pub(crate) fn of_path(map: &'a ResourceMap, path: &'a str, method: &'a [u8]) -> Self {
        Target { map, path, method, inside: None }
    }
}

impl LayerConfig {
    /// Selects the policy for a request if it is certain. Either no annotated route could get the request, or
    /// the map names an annotated route outside of all scopes, without guards, that takes the request.
    #[inline]
    pub(crate) fn select_certain(
        &self,
        table: &RouteTable,
        request: &HttpRequest,
        method: &[u8],
    ) -> Option<Certain> {
        let own = self.fixed.as_ref()?;
        let path = request.match_info();
        let is_outside = path.unprocessed().len() == path.as_str().len();
        let is_own_certain = self.has_one_policy() && own.predicates.is_empty();
        let is_clear = is_outside && is_own_certain && !self.authoritative;
        if !is_clear || table.has_slash_at_end || may_be_rewritten(request) {
            return None;
        }
        table.candidates(request.resource_map(), path.as_str(), |candidates| {
            if candidates.all.is_empty() {
                if !paths::is_normal(path.as_str()) {
                    return None;
                }
                return Some(Certain { policy: Arc::clone(own), route: None, is_sole: true });
            }
            let named = candidates.named().filter(|_| candidates.is_path_normal)?;
            if named.is_in_scope() || own.rules.enforce || table.is_in_doubt(named.entry) {
                return None;
            }
            let route = named.route();
            let policy = route.policy().fixed()?;
            let is_met = !route.is_guarded() && route.takes(method) && policy.predicates.is_empty();
            let is_sole = candidates.all.len() == 1;
            is_met.then_some(Certain { policy, route: Some((named.entry, route)), is_sole })
        })
    }

    /// Selects the policies for a request.
    pub(crate) fn select(&self, table: &RouteTable, target: Target<'_>) -> Option<Selection> {
        let Target { map, path, method, inside } = target;
        let own = self.policy_at(path).compiled();
        let has_routes = !self.authoritative && !table.is_empty();
        if !has_routes && self.has_one_policy() {
            return Some(Selection::own(own));
        }
        let select =
            |candidates: &Candidates| Selection::new(table, candidates, method, Arc::clone(&own));
        let mut selection = if !has_routes {
            Selection::own(Arc::clone(&own))
        } else if let Some((request, consumed)) = inside {
            // Inside the router, the request knows the resource that the router has come to. In a scope it does not know it
            // yet, and looks for the path whose escapes are not undone.
            let is_plain = request.path() == path;
            let names = if is_plain { Names::Request(request) } else { Names::Map(map, path) };
            let mut selection = select(&table.find(map, path, consumed, names));
            // Routes that are not below the layer can have the same URL.
            selection.this_request_only |= table.candidates(map, path, |candidates| {
                have_other_policy(candidates, None, &selection.first.policy)
            });
            selection
        } else {
            table.candidates(map, path, select)
        };
        let mut readings = if paths::is_normal(path) { Vec::new() } else { paths::readings(path)? };
        if has_routes && table.has_slash_at_end {
            let all = readings.iter().map(String::as_str).chain([path]);
            let more = all.filter(|reading| !reading.ends_with('/'));
            let more: Vec<_> = more.map(|reading| format!("{reading}/")).collect();
            readings.extend(more.into_iter().filter(|reading| **reading != *path));
        }
        for reading in readings {
            let other = self.policy_at(&reading).compiled();
            // A reading that only adds or removes the slash at the end counts only if something is there.
            let has_less = reading.len() + 1 == path.len() && path.starts_with(&*reading);
            let has_more = reading.ends_with('/') && !path.ends_with('/');
            let is_served = !Arc::ptr_eq(&other, &own)
                || !has_more && (!has_less || map.has_resource(&reading));
            if !has_routes {
                selection.and(Selection::own(other));
                continue;
            }
            let other = table.candidates(map, &reading, |candidates| {
                let is_served = is_served || !candidates.all.is_empty();
                is_served.then(|| Selection::new(table, candidates, method, other))
            });
            if let Some(other) = other {
                selection.and(other);
            }
        }
        Some(selection)
    }
}

/// Returns `true` if the request has a header that asks middleware for another method.
pub(crate) fn may_be_rewritten(request: &HttpRequest) -> bool {
    let has = |name: &&str| request.headers().contains_key(*name);
    *request.method() == Method::POST
        && ["x-http-method-override", "x-http-method", "x-method-override"].iter().any(has)
}
