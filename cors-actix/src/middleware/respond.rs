//! The decision on a response, on its way out through a layer.

use std::{rc::Rc, sync::Arc};

use actix_service::Service;
use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue},
    },
};

use super::{
    grant,
    layer::{CorsLayer, Kept, KeptAmongOthers},
    nesting::{Decided, Denied, Place, RequestCell},
    report,
    select::Target,
    selection::SelectedRoute,
};
use crate::{
    headers::{self, ActualHeaders, AllowOrigin, Written},
    outcomes::Outcomes,
    policy::CompiledPolicy,
};

impl<S: Service<ServiceRequest>> CorsLayer<S> {
    #[inline(always)]
    pub(super) fn decide_on_response<B>(&self, kept: &mut Kept, response: &mut ServiceResponse<B>) {
        match kept {
            Kept::Own { .. } | Kept::Route { .. } if is_denied_inside(response) => {
                headers::deny(response.response_mut());
            }
            Kept::Alone { policy, allow_origin, place } => {
                if self.config.authoritative {
                    headers::remove(response.headers_mut());
                }
                match headers::write(policy, allow_origin, response.response_mut()) {
                    Written::Left => self.left(place.as_ref(), response),
                    // The layers around this one no longer go by what an inner layer has decided.
                    Written::Done => {
                        if let Some(place) = place {
                            place.decide(&*allow_origin);
                        }
                    }
                }
            }
            Kept::Own { policy, allow_origin, arrived } => {
                if !arrived.is(response.request()) {
                    let headers = ActualHeaders::new(Arc::clone(policy), allow_origin.clone());
                    self.respond_rewritten(headers, response);
                } else if headers::write(policy, allow_origin, response.response_mut())
                    == Written::Left
                {
                    self.reports.left(response.request().path());
                }
            }
            Kept::Route { entry, policy, is_sole, origin, arrived } => {
                if response.headers().contains_key(&ACCESS_CONTROL_ALLOW_ORIGIN) {
                    return;
                }
                let headers = self.headers_of_route(policy, origin.as_ref(), *is_sole);
                if arrived.is(response.request()) {
                    self.respond_for_route(*entry, headers, response);
                } else {
                    self.respond_rewritten(headers, response);
                }
            }
            Kept::AmongOthers(kept) => self.respond_among_others(kept, response),
        }
    }

    #[cold]
    pub(super) fn decide_on_error(&self, kept: &mut Kept, error: &mut Error) {
        let authoritative = self.config.authoritative;
        let (own, in_front, place) = match kept {
            Kept::Alone { policy, allow_origin, place } => {
                let headers = ActualHeaders::new(Arc::clone(policy), allow_origin.clone());
                (headers.clone(), headers, place.clone())
            }
            Kept::Own { policy, allow_origin, .. } => {
                let headers = ActualHeaders::new(Arc::clone(policy), allow_origin.clone());
                (headers.clone(), headers, None)
            }
            Kept::Route { policy, is_sole, origin, .. } => {
                let headers = self.headers_of_route(policy, origin.as_ref(), *is_sole);
                (headers.clone(), headers, None)
            }
            Kept::AmongOthers(kept) => {
                if !authoritative && kept.place.decided_inside().is_none() {
                    kept.place.decide(&kept.in_front.allow_origin);
                }
                (kept.own.clone(), kept.in_front.clone(), Some(kept.place.clone()))
            }
        };
        error.add_response_mapper(move |mut response| {
            if authoritative {
                overrule(&own, place.as_ref(), &mut response);
                return response;
            }
            let written = match place.as_ref().and_then(Place::decided_inside) {
                None if response.extensions().contains::<Denied>() => {
                    headers::deny(&mut response);
                    Written::Done
                }
                Some(decided) => write_around(decided, &own, place.as_ref(), &mut response),
                None => in_front.write(&mut response),
            };
            if let Some(place) = place.as_ref().filter(|_| written == Written::Left) {
                place.decide(&AllowOrigin::Any);
            }
            response
        });
    }

    /// Decides on the response to a request that middleware has rewritten, unless a route that the request has
    /// reached has decided: caches would keep a denial for some origins apart only if all responses said so.
    #[cold]
    fn respond_rewritten<B>(&self, headers: ActualHeaders, response: &mut ServiceResponse<B>) {
        if response.headers().contains_key(&ACCESS_CONTROL_ALLOW_ORIGIN) {
            return;
        }
        let became = self.became(response, &Outcomes::default());
        self.respond_in_between(headers, became.map(|became| became.headers), response);
    }

    /// Returns the headers of a response of middleware to a request for an annotated route. A shared cache may keep the
    /// response, and other policies may apply after the library has learnt that guards decide.
    #[cold]
    fn headers_of_route(
        &self,
        policy: &Arc<CompiledPolicy>,
        origin: Option<&HeaderValue>,
        is_sole: bool,
    ) -> ActualHeaders {
        let headers = grant::listed_headers(policy, origin);
        let is_constant = is_sole && self.config.policy.compiled().rules.origins.any();
        if is_constant { headers } else { headers.varying() }
    }

    /// Decides on a response of middleware, which has answered in front of the route or has replaced the
    /// route's response.
    fn respond_for_route<B>(
        &self,
        entry: usize,
        headers: ActualHeaders,
        response: &mut ServiceResponse<B>,
    ) {
        let own =
            |head| grant::headers_of(&self.config.policy.compiled(), head, &Outcomes::default());
        let is_reached = response.request().match_info().unprocessed().is_empty();
        if is_reached && headers.allow_origin.is_allowed() {
            let own = own(response.request().head());
            let decided = Decided::from(&headers.allow_origin);
            let _left = write_around(decided, &own, None, response.response_mut());
            return;
        }
        let is_elsewhere = is_success(response.status()) || is_missed(response.status());
        let own = is_elsewhere.then(|| own(response.request().head()));
        if is_elsewhere && !is_reached {
            self.pass_over(entry, response);
        }
        self.respond_in_between(headers, own, response);
    }

    /// Decides on a response that may come from middleware between this layer and the code that the request
    /// is for.
    #[inline(never)]
    fn respond_in_between<B>(
        &self,
        headers: ActualHeaders,
        other: Option<ActualHeaders>,
        response: &mut ServiceResponse<B>,
    ) {
        let headers = match &other {
            Some(other) => headers.and(other),
            None => headers,
        };
        let _left = headers.write(response.response_mut());
    }

    #[inline(never)]
    fn respond_among_others<B>(
        &self,
        kept: &mut KeptAmongOthers,
        response: &mut ServiceResponse<B>,
    ) {
        kept.place.leave(response.request());
        if let Some(inner) =
            kept.place.cell.inner_layer.get().filter(|_| self.warns_of_inner(kept, response))
        {
            self.reports.nested(response.request().path(), inner);
        }
        if self.config.authoritative {
            overrule(&kept.own, Some(&kept.place), response.response_mut());
            return;
        }
        let is_rewritten = !kept.arrived.is(response.request());
        let outcomes = &kept.place.cell.outcomes;
        let became = is_rewritten.then(|| self.became(response, outcomes)).flatten();
        match &became {
            Some(became) => self.learn(became.route.as_ref(), &kept.place, response),
            None => self.learn(kept.route.as_ref(), &kept.place, response),
        }
        if let Some(decided) = kept.place.decided_inside() {
            let place = Some(&kept.place);
            let _left = write_around(decided, &kept.own, place, response.response_mut());
            return;
        }
        let status = response.status();
        let is_success = is_success(status);
        let headers = match &kept.route {
            None if is_success => kept.own.clone(),
            // Other code than the route has answered: a cache in front of the route, or a handler to which a
            // guard passed the request on.
            Some(route) if is_success || is_missed(status) || went_all_the_way(route, response) => {
                kept.in_front.clone().and(&kept.own)
            }
            _ => kept.in_front.clone(),
        };
        let headers = match became {
            Some(became) => headers.and(&became.headers),
            None => headers,
        };
        kept.place.decide(&headers.allow_origin);
        if headers.write(response.response_mut()) == Written::Left {
            self.left(Some(&kept.place), response);
        }
    }

    /// Leaves a response unchanged, because a handler has set the headers itself.
    #[cold]
    fn left<B>(&self, place: Option<&Place>, response: &ServiceResponse<B>) {
        if let Some(place) = place.filter(|place| place.decided_inside().is_none()) {
            place.decide(&AllowOrigin::Any);
        }
        if place.is_some() || self.is_alone() {
            self.reports.left(response.request().path());
        }
    }

    /// Returns `true` if this is the outermost layer and has no policy from `Cors::scope` for the path, so
    /// that an inner layer is worth a warning.
    fn warns_of_inner<B>(&self, kept: &KeptAmongOthers, response: &ServiceResponse<B>) -> bool {
        let path = response.request().match_info().as_str();
        kept.place.is_outermost() && !self.config.authoritative && !self.config.overrides(path)
    }

    /// Selects for a request that middleware has rewritten, by its new method and path.
    fn became<B>(&self, response: &ServiceResponse<B>, outcomes: &Outcomes) -> Option<Became> {
        let request = response.request();
        let method = request.method().as_str().as_bytes();
        let routes = self.routes.get()?;
        if routes.is_empty() && self.config.has_one_policy() {
            return None;
        }
        self.reports.rewritten();
        let target = Target::rewritten(request, method);
        let Some(mut selection) = self.config.select(routes, target) else {
            let denied = ActualHeaders::new(self.config.policy.compiled(), AllowOrigin::None);
            return Some(Became { headers: denied, route: None });
        };
        selection.resolve(request.head(), outcomes);
        let headers = selection.headers(request.head(), outcomes);
        Some(Became { headers, route: selection.route })
    }

    /// Remembers that other code than the annotated route has answered.
    #[cold]
    fn pass_over<B>(&self, entry: usize, response: &ServiceResponse<B>) {
        if let Some(passed) = self.routes.get().and_then(|routes| routes.pass_over(entry)) {
            report::passed_over(response.request().path(), passed);
        }
    }

    /// Remembers that guards decide which route is reached, if the response shows it.
    fn learn<B>(
        &self,
        route: Option<&SelectedRoute>,
        place: &Place,
        response: &ServiceResponse<B>,
    ) {
        let (Some(route), Some(routes)) = (route, self.routes.get()) else { return };
        match place.cell.reached.get() {
            Some(reached) if route.expects(reached) => {}
            Some(_) => routes.let_guards_decide(),
            None => {
                let status = response.status();
                let is_elsewhere =
                    is_success(status) || is_missed(status) || went_all_the_way(route, response);
                if is_elsewhere {
                    self.pass_over(route.entry, response);
                }
            }
        }
    }
}

/// The selection for a request that middleware has rewritten.
struct Became {
    headers: ActualHeaders,
    /// The annotated route that the request is for now.
    route: Option<SelectedRoute>,
}

/// Writes the headers of an authoritative layer in place of all others. The layers around this one go by them, and no
/// longer by what an inner layer has decided.
fn overrule<B>(own: &ActualHeaders, place: Option<&Place>, response: &mut HttpResponse<B>) {
    headers::remove(response.headers_mut());
    if let Some(place) = place {
        place.decide(&own.allow_origin);
    }
    let _done = own.write(response);
}

/// Writes the headers of a response on whose origin an inner layer has decided. If the inner layer has
/// denied the origin, the response stays denied. If it has allowed the origin and the headers are missing,
/// middleware in between has replaced the response, and the headers of `own` are written. The layers around this
/// one then go by that.
fn write_around<B>(
    decided: Decided,
    own: &ActualHeaders,
    place: Option<&Place>,
    response: &mut HttpResponse<B>,
) -> Written {
    if !decided.is_allowed {
        headers::deny(response);
        return Written::Done;
    }
    let written = own.write(response);
    if written == Written::Done {
        if let Some(place) = place {
            let own = Decided::from(&own.allow_origin);
            place.decide(Decided { varies: own.varies || decided.varies, ..own });
        }
        if decided.varies {
            headers::vary_by_origin(response.headers_mut());
        }
    }
    written
}

/// Returns `true` if an annotated route that the request has come to has denied the origin. Removes the cell, which
/// the route has made.
fn is_denied_inside<B>(response: &ServiceResponse<B>) -> bool {
    let cell = response.request().extensions_mut().remove::<Rc<RequestCell>>();
    cell.and_then(|cell| cell.decided()).is_some_and(|decided| !decided.is_allowed)
}

fn is_success(status: StatusCode) -> bool {
    status.is_success() || status == StatusCode::NOT_MODIFIED
}

fn is_missed(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
}

/// Returns `true` if the router has read the whole path, so that only scopes that end at the end of the path
/// can still be in front of the route.
fn went_all_the_way<B>(route: &SelectedRoute, response: &ServiceResponse<B>) -> bool {
    !route.is_at_its_scope && response.request().match_info().unprocessed().is_empty()
}
