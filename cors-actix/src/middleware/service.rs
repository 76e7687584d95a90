//! The service that [`Cors`](crate::Cors) makes of the one it wraps.

use std::{
    cell::OnceCell,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_service::Service;
use actix_web::{
    Error, HttpMessage as _, HttpRequest, HttpResponse,
    body::EitherBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue, ORIGIN},
        uri::PathAndQuery,
    },
};

use super::{
    LayerConfig,
    future::{Layer, LayerFuture, State, StateOf},
    nesting::{self, Answers, Decided, Denied, Outcomes, Place, Presence, RequestCell},
    report::{self, Reports},
    select::{self, Certain, SelectedRoute, Selection, Target},
};
use crate::{
    CorsFuture,
    decision::Preflight,
    error::Denial,
    headers::{self, ActualHeaders, AllowOrigin, Written},
    policy::CompiledPolicy,
    preflight,
    route::{RouteTable, registry},
};

/// The service that [`Cors`](crate::Cors) makes of the one it wraps.
///
/// ```
/// use actix_service::Transform as _;
/// use actix_web::test::{self, TestRequest};
/// use cors_actix::{Cors, Policy};
///
/// # actix_web::rt::System::new().block_on(async {
/// let inner = test::ok_service();
/// let service = Cors::new(Policy::same_origin()).new_transform(inner).await.unwrap();
/// let response = test::call_service(&service, TestRequest::get().to_srv_request()).await;
/// assert_eq!(response.headers().get("vary").unwrap(), "Origin");
/// # });
/// ```
#[derive(Debug)]
pub struct CorsService<S> {
    pub(super) layer: Rc<CorsLayer<S>>,
}

#[derive(Debug)]
pub(crate) struct CorsLayer<S> {
    pub(super) service: S,
    pub(super) config: LayerConfig,
    /// The app's annotated routes, from the first request on.
    pub(super) routes: OnceCell<Rc<RouteTable>>,
    pub(super) presence: Presence,
    pub(super) reports: Reports,
}

impl<S, B> Service<ServiceRequest> for CorsService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CorsFuture<S>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.layer.service.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        CorsFuture { inner: LayerFuture::start(Rc::clone(&self.layer), request) }
    }
}

/// What is kept from a request for its response.
pub(crate) enum Kept {
    /// Nobody else has a say in the response.
    Alone {
        policy: Arc<CompiledPolicy>,
        allow_origin: AllowOrigin,
        /// Where an outer layer wants to know.
        place: Option<Place>,
    },
    /// The layer's own policy applies; routes of the app have policies of their own.
    Own {
        policy: Arc<CompiledPolicy>,
        allow_origin: AllowOrigin,
        arrived: Arrived,
    },
    /// The request is for an annotated route, which decides by itself when the request gets there.
    Route {
        entry: usize,
        policy: Arc<CompiledPolicy>,
        /// The request's `Origin`, if there is exactly one.
        origin: Option<HeaderValue>,
        arrived: Arrived,
    },
    AmongOthers(Box<KeptAmongOthers>),
}

/// What came to a layer, to see whether it was rewritten afterwards.
pub(crate) struct Arrived {
    method: Method,
    path: Option<PathAndQuery>,
    path_length: usize,
}

impl Arrived {
    fn of(request: &ServiceRequest) -> Self {
        Arrived {
            method: request.method().clone(),
            path: request.uri().path_and_query().cloned(),
            path_length: request.match_info().as_str().len(),
        }
    }

    fn is(&self, request: &HttpRequest) -> bool {
        *request.method() == self.method
            && request.match_info().as_str().len() == self.path_length
            && request.uri().path_and_query() == self.path.as_ref()
    }
}

pub(crate) struct KeptAmongOthers {
    place: Place,
    /// The headers of what the layer's own policy decides.
    own: ActualHeaders,
    /// The headers of what comes from in front of the code that the request is for.
    in_front: ActualHeaders,
    route: Option<SelectedRoute>,
    arrived: Arrived,
}

/// A request that waits for asynchronous predicates.
pub(crate) struct Waiting {
    request: ServiceRequest,
    selection: Selection,
    /// `None` for a preflight.
    place: Option<Place>,
}

impl<S: Service<ServiceRequest>> CorsLayer<S> {
    fn routes(&self, request: &ServiceRequest) -> &RouteTable {
        self.routes.get_or_init(|| RouteTable::of(request.resource_map()))
    }

    /// Returns whether nothing else on the thread has a say in what the layer does.
    #[inline]
    fn is_alone(&self) -> bool {
        nesting::layers_alive() == 1 && registry::is_empty()
    }

    fn answer(
        self: &Rc<Self>,
        request: ServiceRequest,
        selection: &Selection,
        outcomes: &Outcomes,
    ) -> StateOf<Self> {
        let Some(preflight) = Preflight::of(request.head()) else { return self.actual(request) };
        if let Some(routes) = selection.shadowed {
            self.reports.virtual_hosts(request.path(), routes);
        }
        let report = |denial: Denial<'_>| self.report(&preflight, denial);
        let response = selection.answer(&preflight, outcomes, report);
        State::answered(request, response)
    }

    fn report(&self, preflight: &Preflight<'_>, denial: Denial<'_>) {
        report::denial(preflight.head, "preflight", denial);
        if nesting::layers_alive() > 1 {
            self.reports.maybe_nested(preflight.head.uri.path(), self.presence.other());
        }
    }

    #[inline]
    fn forward_alone(
        &self,
        request: ServiceRequest,
        policy: Arc<CompiledPolicy>,
        place: Option<Place>,
    ) -> StateOf<Self> {
        let outcomes = Outcomes::default();
        let allow_origin = match select::allow_origin(&policy, request.head(), &outcomes) {
            Ok(allowed) => allowed,
            Err(None) => AllowOrigin::None,
            Err(Some(denial)) => {
                report::denial(request.head(), "request", denial);
                if self.reports.enforces(&policy, &request) {
                    return State::answered(request, headers::forbidden(&policy));
                }
                AllowOrigin::None
            }
        };
        let kept = Kept::Alone { policy, allow_origin, place };
        State::Inner { future: self.service.call(request), kept }
    }

    #[inline(never)]
    fn actual_among_others(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self> {
        let origins = request.headers().get_all(&ORIGIN).as_slice();
        if origins.is_empty() && self.config.is_never_any() {
            // Whatever answers, nobody else may read it.
            let place = Place::take_inside(&request);
            if let Some(place) = &place {
                place.cell.inner_layer.set(Some(self.config.location));
                place.decide(&AllowOrigin::None);
            }
            return self.forward_alone(request, self.config.policy.compiled(), place);
        }
        let routes = self.routes(&request);
        let method = request.method().as_str().as_bytes();
        if nesting::layers_alive() == 1
            && let Some(certain) = self.config.select_certain(routes, request.request(), method)
        {
            let origin = if let [origin] = origins { Some(origin) } else { None };
            let Certain { policy, route, .. } = certain;
            let Some((entry, _)) = route else {
                let allow_origin = allow_listed(&policy, origin);
                return self.forward_own(request, policy, allow_origin);
            };
            let (origin, arrived) = (origin.cloned(), Arrived::of(&request));
            let kept = Kept::Route { entry, policy, origin, arrived };
            return State::Inner { future: self.service.call(request), kept };
        }
        let selection = self.config.select(routes, Target::of(request.request(), method));
        let Some(mut selection) = selection else {
            return State::answered(request, headers::forbidden(&self.config.policy.compiled()));
        };
        if !routes.is_empty() && select::may_be_rewritten(request.request()) {
            selection.let_all_decide(routes, request.request());
        }
        let place = Place::take(&request);
        if !place.is_outermost() {
            place.cell.inner_layer.set(Some(self.config.location));
        }
        if let Some(answers) = place.cell.outcomes.ask(selection.policies(), request.head()) {
            let waiting = Some(Waiting { request, selection, place: Some(place) });
            return State::Asking { answers, waiting };
        }
        self.forward(request, selection, place)
    }

    fn forward_own(
        &self,
        request: ServiceRequest,
        policy: Arc<CompiledPolicy>,
        allow_origin: AllowOrigin,
    ) -> StateOf<Self> {
        if !allow_origin.is_allowed() {
            return self.forward_alone(request, policy, None);
        }
        let arrived = Arrived::of(&request);
        let kept = Kept::Own { policy, allow_origin, arrived };
        State::Inner { future: self.service.call(request), kept }
    }

    fn forward(
        &self,
        request: ServiceRequest,
        selection: Selection,
        place: Place,
    ) -> StateOf<Self> {
        let (head, outcomes) = (request.head(), &place.cell.outcomes);
        let own = selection.own_headers(head, outcomes);
        let in_front = selection.headers(head, outcomes);
        if !own.allow_origin.is_allowed() && request.headers().contains_key(&ORIGIN) {
            let mut policies = selection.all_own();
            let enforcing = policies.find(|policy| self.reports.enforces(policy, &request));
            let mut denials = selection
                .all_own()
                .filter_map(|policy| select::allow_origin(policy, head, outcomes).err().flatten());
            let denial = denials.next().filter(|_| selection.includes_own());
            if let Some(denial) = denial {
                report::denial(head, "request", denial);
            }
            if let Some(policy) = enforcing {
                if selection.includes_own() || self.config.authoritative {
                    place.decide(&AllowOrigin::None);
                    place.leave(request.request());
                    let response = headers::forbidden(policy);
                    return State::answered(request, response);
                }
                place.cell.outer_denies.set(true);
            }
        }
        if !place.is_outermost() || self.config.authoritative {
            place.decide(&own.allow_origin);
        }
        let kept = KeptAmongOthers {
            place,
            own,
            in_front,
            route: selection.route,
            arrived: Arrived::of(&request),
        };
        let kept = Kept::AmongOthers(Box::new(kept));
        State::Inner { future: self.service.call(request), kept }
    }
}

impl<S: Service<ServiceRequest>> Layer for CorsLayer<S> {
    type Inner = S;
    type Kept = Kept;
    type Waiting = Waiting;

    #[inline(never)]
    fn preflight(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self> {
        let Some(preflight) = Preflight::of(request.head()) else { return self.actual(request) };
        if let Some(policy) = self.config.constant().filter(|_| registry::is_empty()) {
            let report = |denial: Denial<'_>| self.report(&preflight, denial);
            let response = preflight::answer(policy, &policy.methods, &preflight, report);
            return State::answered(request, response);
        }
        let method = preflight.method.as_bytes();
        let routes = self.routes(&request);
        let certain = self.config.select_certain(routes, request.request(), method);
        if let Some(Certain { policy, route, is_sole: true, .. }) = certain {
            // Names of headers are kept for all methods of the URL.
            let is_apart = route.is_none() || !preflight.names_headers();
            if is_apart || self.config.constant().is_some_and(|own| std::ptr::eq(own, &*policy)) {
                let methods = route.map_or(&policy.methods, |(_, route)| route.allowed_methods());
                let report = |denial: Denial<'_>| self.report(&preflight, denial);
                let response = preflight::answer(&policy, methods, &preflight, report);
                return State::answered(request, response);
            }
        }
        let target = Target::of(request.request(), method);
        let Some(selection) = self.config.select(routes, target) else {
            return State::answered(request, preflight::denied());
        };
        let outcomes = Outcomes::default();
        if let Some(answers) = outcomes.ask(selection.policies(), preflight.head) {
            let waiting = Some(Waiting { request, selection, place: None });
            return State::Asking { answers, waiting };
        }
        self.answer(request, &selection, &outcomes)
    }

    #[inline]
    fn actual(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self> {
        if self.is_alone() && self.config.has_one_policy() {
            let policy = self.config.fixed.clone().unwrap_or_else(|| self.config.policy.compiled());
            if !policy.predicates.is_async() {
                return self.forward_alone(request, policy, None);
            }
        }
        self.actual_among_others(request)
    }

    fn resume(self: &Rc<Self>, waiting: Waiting, answers: Answers) -> StateOf<Self> {
        let Waiting { request, selection, place } = waiting;
        match place {
            Some(place) => {
                place.cell.outcomes.extend(answers);
                self.forward(request, selection, place)
            }
            None => {
                let outcomes = Outcomes::default();
                outcomes.extend(answers);
                self.answer(request, &selection, &outcomes)
            }
        }
    }

    #[inline(always)]
    fn respond<B>(&self, kept: &mut Kept, response: &mut ServiceResponse<B>) {
        match kept {
            Kept::Alone { policy, allow_origin, place } => {
                if self.config.authoritative {
                    headers::remove(response.headers_mut());
                }
                if headers::write(policy, allow_origin, response.response_mut()) == Written::Left {
                    self.left(place.as_ref(), response);
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
            Kept::Route { entry, policy, origin, arrived } => {
                if !arrived.is(response.request()) {
                    self.respond_rewritten(listed_headers(policy, origin.as_ref()), response);
                } else if !response.headers().contains_key(&ACCESS_CONTROL_ALLOW_ORIGIN) {
                    self.respond_for_route(*entry, policy, origin.as_ref(), response);
                }
            }
            Kept::AmongOthers(kept) => self.respond_among_others(kept, response),
        }
    }

    #[cold]
    fn map_error(&self, kept: &mut Kept, error: &mut Error) {
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
            Kept::Route { policy, origin, .. } => {
                let headers = listed_headers(policy, origin.as_ref());
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
                headers::remove(response.headers_mut());
                let _done = own.write(&mut response);
                return response;
            }
            let written = match place.as_ref().and_then(Place::decided_inside) {
                None if response.extensions().contains::<Denied>() => {
                    headers::deny(&mut response);
                    Written::Done
                }
                Some(decided) => write_around(decided, &own, &mut response),
                None => in_front.write(&mut response),
            };
            if let Some(place) = place.as_ref().filter(|_| written == Written::Left) {
                place.decide(&AllowOrigin::Any);
            }
            response
        });
    }
}

impl<S: Service<ServiceRequest>> CorsLayer<S> {
    /// Decides on the response to a request that middleware has rewritten.
    #[cold]
    fn respond_rewritten<B>(&self, headers: ActualHeaders, response: &mut ServiceResponse<B>) {
        let became = self.became(response, &Outcomes::default());
        self.respond_in_between(headers, became, response);
    }

    /// Decides on a response that is not the route's own: from in front of it, or made by middleware in
    /// place of the route's.
    fn respond_for_route<B>(
        &self,
        entry: usize,
        policy: &Arc<CompiledPolicy>,
        origin: Option<&HeaderValue>,
        response: &mut ServiceResponse<B>,
    ) {
        let headers = listed_headers(policy, origin);
        let own = |head| {
            let own = self.config.policy.compiled();
            let allowed = select::allow_origin(&own, head, &Outcomes::default());
            ActualHeaders::new(own, allowed.unwrap_or(AllowOrigin::None))
        };
        let is_reached = response.request().match_info().unprocessed().is_empty();
        if is_reached && headers.allow_origin.is_allowed() {
            let own = own(response.request().head());
            let decided = Decided::from(&headers.allow_origin);
            let _left = write_around(decided, &own, response.response_mut());
            return;
        }
        let is_elsewhere = is_success(response.status()) || is_missed(response.status());
        let own = is_elsewhere.then(|| own(response.request().head()));
        if is_elsewhere && !is_reached {
            self.pass_over(entry, response);
        }
        self.respond_in_between(headers, own, response);
    }

    /// Decides on a response that may come from middleware between this layer and what the request was
    /// for.
    #[inline(never)]
    fn respond_in_between<B>(
        &self,
        headers: ActualHeaders,
        other: Option<ActualHeaders>,
        response: &mut ServiceResponse<B>,
    ) {
        let inner = response.request().extensions_mut().remove::<Rc<RequestCell>>();
        let headers = match &other {
            Some(other) => headers.and(other),
            None => headers,
        };
        let is_denied =
            inner.and_then(|cell| cell.decided()).is_some_and(|inner| !inner.is_allowed);
        if is_denied || !headers.allow_origin.is_allowed() {
            return headers::deny(response.response_mut());
        }
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
            kept.place.cell.inner_layer.get().filter(|_| self.is_surprised_by_inner(kept, response))
        {
            self.reports.nested(response.request().path(), inner);
        }
        if self.config.authoritative {
            headers::remove(response.headers_mut());
            let _done = kept.own.write(response.response_mut());
            return;
        }
        let is_rewritten = !kept.arrived.is(response.request());
        let outcomes = &kept.place.cell.outcomes;
        let became = is_rewritten.then(|| self.became(response, outcomes)).flatten();
        if became.is_none() {
            self.learn(kept, response);
        }
        if let Some(decided) = kept.place.decided_inside() {
            let is_denied = became.is_some() && !kept.in_front.allow_origin.is_allowed();
            if is_denied {
                return headers::deny(response.response_mut());
            }
            let _left = write_around(decided, &kept.own, response.response_mut());
            return;
        }
        let status = response.status();
        let mut is_of_both = false;
        let is_success = is_success(status);
        let headers = match &kept.route {
            None if is_success => kept.own.clone(),
            // Something else has answered: a cache in front of the route, or what a guard let through.
            Some(route) if is_success || is_missed(status) || went_all_the_way(route, response) => {
                is_of_both = true;
                kept.in_front.clone().and(&kept.own)
            }
            _ => kept.in_front.clone(),
        };
        let headers = match became {
            Some(became) => headers.and(&became),
            None => headers,
        };
        kept.place.decide(&headers.allow_origin);
        if headers.write(response.response_mut()) == Written::Left {
            self.left(Some(&kept.place), response);
        } else if is_of_both {
            // The next request may find other policies here, once guards are known to decide.
            headers::vary_by_origin(response.headers_mut());
        }
    }

    /// Leaves a response to the code that has decided by itself.
    #[cold]
    fn left<B>(&self, place: Option<&Place>, response: &ServiceResponse<B>) {
        if let Some(place) = place.filter(|place| place.decided_inside().is_none()) {
            place.decide(&AllowOrigin::Any);
        }
        if place.is_some() || self.is_alone() {
            self.reports.left(response.request().path());
        }
    }

    /// Returns whether an inner layer decides on a path for which this one has no policy from
    /// `Cors::scope`.
    fn is_surprised_by_inner<B>(
        &self,
        kept: &KeptAmongOthers,
        response: &ServiceResponse<B>,
    ) -> bool {
        let path = response.request().match_info().as_str();
        kept.place.is_outermost() && !self.config.authoritative && !self.config.overrides(path)
    }

    /// Returns what applies to the request that middleware has made of another.
    fn became<B>(
        &self,
        response: &ServiceResponse<B>,
        outcomes: &Outcomes,
    ) -> Option<ActualHeaders> {
        let request = response.request();
        let method = request.method().as_str().as_bytes();
        let routes = self.routes.get()?;
        if routes.is_empty() && self.config.has_one_policy() {
            return None;
        }
        self.reports.rewritten();
        let target = Target::rewritten(request, method);
        let headers = match self.config.select(routes, target) {
            Some(selection) => selection.headers(request.head(), outcomes),
            None => ActualHeaders::new(self.config.policy.compiled(), AllowOrigin::None),
        };
        Some(headers)
    }

    /// Remembers that something else than the annotated route has answered.
    #[cold]
    fn pass_over<B>(&self, entry: usize, response: &ServiceResponse<B>) {
        if let Some(passed) = self.routes.get().and_then(|routes| routes.pass_over(entry)) {
            report::passed_over(response.request().path(), passed);
        }
    }

    /// Remembers where the answer shows that guards decide which route is reached.
    fn learn<B>(&self, kept: &KeptAmongOthers, response: &ServiceResponse<B>) {
        let (Some(route), Some(routes)) = (&kept.route, self.routes.get()) else { return };
        match kept.place.cell.reached.get() {
            Some(reached) if route.expects(reached) => {}
            Some(_) => routes.let_guards_decide(),
            None if kept.place.decided_inside().is_none() => {
                let status = response.status();
                let is_elsewhere =
                    is_success(status) || is_missed(status) || went_all_the_way(route, response);
                if is_elsewhere {
                    self.pass_over(route.entry, response);
                }
            }
            None => {}
        }
    }
}

/// Returns whom a policy without predicates lets read the response.
fn allow_listed(policy: &CompiledPolicy, origin: Option<&HeaderValue>) -> AllowOrigin {
    let rules = &policy.rules.origins;
    match origin {
        _ if rules.any() => AllowOrigin::Any,
        Some(origin) if rules.allows(origin.as_bytes()) => AllowOrigin::Exact(origin.clone()),
        _ => AllowOrigin::None,
    }
}

/// Returns the headers of a policy without predicates.
fn listed_headers(policy: &Arc<CompiledPolicy>, origin: Option<&HeaderValue>) -> ActualHeaders {
    ActualHeaders::new(Arc::clone(policy), allow_listed(policy, origin))
}

/// Writes the headers of a response on whose origin an inner layer has decided. What it has denied stays
/// denied; allowed, and still without the header, is what middleware in between has made.
fn write_around<B>(
    decided: Decided,
    own: &ActualHeaders,
    response: &mut HttpResponse<B>,
) -> Written {
    if !decided.is_allowed {
        headers::deny(response);
        return Written::Done;
    }
    let written = own.write(response);
    if written == Written::Done && decided.varies {
        headers::vary_by_origin(response.headers_mut());
    }
    written
}

fn is_success(status: StatusCode) -> bool {
    status.is_success() || status == StatusCode::NOT_MODIFIED
}

fn is_missed(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED)
}

/// Returns whether the router has come to the end of the path, so that nothing is in front of the route
/// any more but the scopes that end where it begins.
fn went_all_the_way<B>(route: &SelectedRoute, response: &ServiceResponse<B>) -> bool {
    !route.is_at_its_scope && response.request().match_info().unprocessed().is_empty()
}
