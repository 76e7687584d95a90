//! The policies that apply to a request together: only what all of them allow is granted.

use std::sync::Arc;

use actix_web::{HttpRequest, dev::RequestHead};

use super::effective_policy::EffectivePolicy;
use crate::{
    outcomes::Outcomes,
    policy::CompiledPolicy,
    route::{
        RegistrationId, Route, RouteTable,
        table::{Candidate, Candidates},
    },
};

impl SelectedRoute {
    /// Returns `true` if the request may reach the route although this route was selected.
    pub(crate) fn expects(&self, id: RegistrationId) -> bool {
        self.id == id || self.others.contains(&id)
    }
}

/// The policies that apply to a request.
#[derive(Debug)]
pub(crate) struct Selection {
    /// The policy that decides.
    pub(crate) first: EffectivePolicy,
    /// Policies that have to grant everything as well.
    pub(crate) others: Vec<EffectivePolicy>,
    /// Policies that have to allow the origin as well.
    pub(crate) origins: Vec<Arc<CompiledPolicy>>,
    /// The layer's own policy for the path.
    pub(crate) own: Arc<CompiledPolicy>,
    /// The layer's own policies for other readings of the path.
    pub(super) other_own: Vec<Arc<CompiledPolicy>>,
    /// The annotated route that the first policy belongs to, if it belongs to a route.
    pub(crate) route: Option<SelectedRoute>,
    /// `true` if requests with other methods or headers for the URL could have other policies.
    pub(crate) this_request_only: bool,
    /// Two routes of one pattern that only guards on their scopes tell apart.
    pub(crate) shadowed: Option<(&'static Route, &'static Route)>,
}

/// The annotated route that a request is for, according to the map.
#[derive(Debug)]
pub(crate) struct SelectedRoute {
    pub(crate) entry: usize,
    id: RegistrationId,
    /// The routes that guards may pass the request on to.
    others: Vec<RegistrationId>,
    /// `true` if the pattern of the route itself is empty.
    pub(crate) is_at_its_scope: bool,
}

impl Selection {
    /// Selects the layer's own policy.
    pub(super) fn own(policy: Arc<CompiledPolicy>) -> Self {
        Selection {
            first: EffectivePolicy::of_layer(Arc::clone(&policy)),
            others: Vec::new(),
            origins: Vec::new(),
            own: policy,
            other_own: Vec::new(),
            route: None,
            this_request_only: false,
            shadowed: None,
        }
    }

    /// Selects the policies for a request with this method whose path could be for these annotated routes.
    pub(crate) fn new(
        table: &RouteTable,
        candidates: &Candidates,
        method: &[u8],
        own: Arc<CompiledPolicy>,
    ) -> Self {
        let takes = |candidate: &&Candidate| candidate.route().takes(method);
        let taking = || candidates.all.iter().filter(takes);
        let mut selection = Selection::own(Arc::clone(&own));
        selection.this_request_only = have_other_policy(candidates, None, &own);
        let named = candidates.named().filter(takes);
        // Both are in scopes, or neither is.
        let is_alike = |candidate: &Candidate| {
            let named = candidates.named();
            named.is_none_or(|named| named.is_in_scope() == candidate.is_in_scope())
        };
        let is_twin = |candidate: &&Candidate| {
            candidate.is_reached && candidate.is_pattern_named && is_alike(candidate)
        };
        let Some(first) = named.or_else(|| taking().find(is_twin)) else {
            for candidate in taking() {
                if candidate.is_pattern_named && !candidate.is_reached {
                    // It differs from the route that the map names by guards on scopes.
                    selection.add(EffectivePolicy::of_route(candidate.route()));
                } else {
                    selection.add_origin(candidate.route().policy().compiled());
                }
            }
            return selection;
        };
        let route = first.route();
        selection.first = EffectivePolicy::of_route(route);
        let mut others = Vec::new();
        selection.this_request_only =
            have_other_policy(candidates, Some(route), &selection.first.policy);
        // The map ignores methods, so a route between a named resource and its twin may take the
        // request.
        for earlier in taking().filter(|other| other.is_reached && other.entry < first.entry) {
            selection.add(EffectivePolicy::of_route(earlier.route()));
            others.push(earlier.registration.id);
        }
        // The library does not see guards on scopes. A scope that the map never comes to exists because of
        // guards. But the router meets a named route at the root first, if it takes the request.
        let is_met_first = named.is_some() && !first.is_in_scope() && !route.is_guarded();
        let shadowed = taking().filter(|other| !other.is_reached && other.entry != first.entry);
        for shadowed in shadowed.filter(|_| !is_met_first) {
            let other = shadowed.route();
            if table.have_same_scopes(shadowed.entry, first.entry) {
                selection.add(EffectivePolicy::of_route(other));
                if !Arc::ptr_eq(&other.policy().compiled(), &selection.first.policy) {
                    selection.shadowed.get_or_insert((route, other));
                }
            } else {
                selection.add_origin(other.policy().compiled());
            }
        }
        if route.is_guarded() {
            // The routes behind may take this method and not the route's other methods.
            selection.this_request_only = true;
            let mut is_closed = false;
            for candidate in taking().filter(|next| next.entry > first.entry) {
                selection.add(EffectivePolicy::of_route(candidate.route()));
                others.push(candidate.registration.id);
                is_closed = !candidate.route().is_guarded() && is_twin(&candidate);
                if is_closed {
                    break;
                }
            }
            if !is_closed {
                selection.add(EffectivePolicy::of_layer(Arc::clone(&own)));
            }
        }
        if table.is_in_doubt(first.entry) {
            selection.add(EffectivePolicy::of_layer(own));
            for candidate in taking() {
                selection.add_origin(candidate.route().policy().compiled());
            }
        }
        selection.route = Some(SelectedRoute {
            entry: first.entry,
            id: first.registration.id,
            others,
            is_at_its_scope: route.is_at_its_scope(),
        });
        selection
    }

    /// Selects the policy of an annotated route for a preflight that came to the route itself.
    pub(crate) fn of_route(candidates: &Candidates, route: &Route) -> Self {
        let mut selection = Selection::own(route.policy().compiled());
        selection.first = EffectivePolicy::of_route(route);
        selection.this_request_only =
            have_other_policy(candidates, Some(route), &selection.first.policy);
        selection
    }

    /// Adds the layer's own policy and the policies of all annotated routes on the path, for a request whose
    /// method middleware may replace.
    pub(crate) fn let_all_decide(&mut self, table: &RouteTable, request: &HttpRequest) {
        let path = request.match_info().as_str();
        self.add(EffectivePolicy::of_layer(Arc::clone(&self.own)));
        table.candidates(request.resource_map(), path, |candidates| {
            for candidate in &candidates.all {
                self.add_origin(candidate.route().policy().compiled());
            }
        });
    }

    pub(crate) fn add(&mut self, policy: EffectivePolicy) {
        let is_same = |known: &EffectivePolicy| {
            Arc::ptr_eq(&known.policy, &policy.policy)
                && known.route_methods.is_some() == policy.route_methods.is_some()
        };
        if !self.all().any(is_same) {
            self.others.push(policy);
        }
    }

    fn add_origin(&mut self, policy: Arc<CompiledPolicy>) {
        let is_known = self.all().any(|known| Arc::ptr_eq(&known.policy, &policy))
            || self.origins.iter().any(|known| Arc::ptr_eq(known, &policy));
        if !is_known {
            self.origins.push(policy);
        }
    }

    /// Adds the selection for another reading of the path: only what both selections grant is granted.
    pub(super) fn and(&mut self, other: Selection) {
        self.this_request_only |= other.this_request_only;
        for policy in std::iter::once(other.first).chain(other.others) {
            self.add(policy);
        }
        other.origins.into_iter().for_each(|policy| self.add_origin(policy));
        for policy in std::iter::once(other.own).chain(other.other_own) {
            if !self.all_own().any(|own| Arc::ptr_eq(own, &policy)) {
                self.add(EffectivePolicy::of_layer(Arc::clone(&policy)));
                self.other_own.push(policy);
                self.add(EffectivePolicy::of_layer(Arc::clone(&self.own)));
            }
        }
        self.shadowed = self.shadowed.or(other.shadowed);
    }

    /// Replaces each policy that chooses by the policy that it chooses for the request. The asynchronous
    /// predicates must have been asked.
    pub(crate) fn resolve(&mut self, head: &RequestHead, outcomes: &Outcomes) {
        if self.policies().all(|policy| policy.choice.is_none()) {
            return;
        }
        let Selection { first, others, origins, own, other_own, .. } = self;
        let effective = std::iter::once(&mut first.policy)
            .chain(others.iter_mut().map(|effective| &mut effective.policy));
        let mut reads_request = false;
        for policy in effective.chain(origins).chain([own]).chain(other_own) {
            if policy.choice.is_some() {
                *policy = outcomes.resolve(policy, head);
                reads_request |= !policy.predicates.reads.is_empty();
            }
        }
        // A preflight that the browser keeps would speak for requests with other headers.
        self.this_request_only |= reads_request;
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &EffectivePolicy> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Returns the layer's own policies for the path and for its other readings.
    pub(crate) fn all_own(&self) -> impl Iterator<Item = &Arc<CompiledPolicy>> {
        std::iter::once(&self.own).chain(&self.other_own)
    }

    /// Returns `true` if the layer's own policy applies to the request.
    pub(crate) fn includes_own(&self) -> bool {
        self.route.is_none() || self.others.iter().any(|policy| policy.route_methods.is_none())
    }

    /// Returns every policy whose predicates are asked.
    pub(crate) fn policies(&self) -> impl Iterator<Item = &Arc<CompiledPolicy>> {
        self.all().map(|policy| &policy.policy).chain(&self.origins).chain(self.all_own())
    }
}

/// Returns `true` if a route other than `decides` has another policy than `policy`. `decides` itself is
/// skipped, because a handle can give it two policies within one request.
pub(super) fn have_other_policy(
    candidates: &Candidates,
    decides: Option<&Route>,
    policy: &Arc<CompiledPolicy>,
) -> bool {
    let mut routes = candidates.all.iter().map(Candidate::route);
    routes.any(|other| {
        let is_itself = decides.is_some_and(|decides| std::ptr::eq(other, decides));
        !is_itself && !Arc::ptr_eq(&other.policy().compiled(), policy)
    })
}
