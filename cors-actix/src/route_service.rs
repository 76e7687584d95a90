//! The service of an annotated route: one entry of the router for the requests of the route and their
//! preflights, with a layer around the handler and its own middleware.

use std::{
    any::TypeId,
    cell::{Cell, OnceCell},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_service::{Service, ServiceFactory, ServiceFactoryExt as _, Transform, apply};
use actix_web::{
    Error, Route as Endpoint,
    body::{EitherBody, MessageBody},
    dev::{AppService, ServiceRequest, ServiceResponse},
    guard::{GuardContext, fn_guard},
};
use futures_util::future::{Ready, ready};

use crate::{
    decision::Preflight,
    error::Excerpt,
    headers::{self, ActualHeaders, AllowOrigin, Written},
    middleware::{
        effective_policy::EffectivePolicy,
        future::{Layer, LayerFuture, State, StateOf},
        grant,
        nesting::{self, Denied, Place},
        report::{self, Reports},
        selection::Selection,
    },
    outcomes::{Answers, Outcomes},
    policy::CompiledPolicy,
    preflight,
    reason::Reason,
    route::{
        Registration, Route, RouteTable,
        table::{Candidate, Names},
    },
};

impl Route {
    /// Registers a handler without middleware. No generic parameter: compiled once.
    pub(crate) fn register_endpoint(&'static self, config: &mut AppService, endpoint: Endpoint) {
        self.register(config, endpoint);
    }

    /// Registers a service of the handler and its middleware.
    pub fn register<F, B>(&'static self, config: &mut AppService, endpoint: F)
    where
        F: ServiceFactory<
                ServiceRequest,
                Config = (),
                Response = ServiceResponse<B>,
                Error = Error,
                InitError = (),
            > + 'static,
        B: MessageBody + 'static,
    {
        let registration = Registration::new(self, config);
        registration.register_mark(config);
        let guard = fn_guard(|context| self.admits(context));
        let (pattern, container) = (registration.own.clone(), Rc::clone(&registration.container));
        let is_wrapped = TypeId::of::<F>() != TypeId::of::<Endpoint>();
        let endpoint = apply(RouteTransform { registration, is_wrapped }, endpoint)
            .map(|response| response.map_into_boxed_body());
        config.register_service(pattern, Some(vec![Box::new(guard)]), endpoint, Some(container));
    }

    /// Returns `true` if the route takes the request: a request with one of its methods that its guards
    /// accept, or a preflight for one of its methods. A preflight lacks the headers that guards look at.
    fn admits(&self, context: &GuardContext<'_>) -> bool {
        let head = context.head();
        match Preflight::of(head) {
            Some(preflight) => self.takes(preflight.method.as_bytes()),
            None => {
                self.has_method(head.method.as_str())
                    && self.guards.is_none_or(|guards| guards(context))
            }
        }
    }
}

/// The layer of an annotated route.
struct RouteTransform {
    registration: Rc<Registration>,
    is_wrapped: bool,
}

impl<S, B> Transform<S, ServiceRequest> for RouteTransform
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = RouteService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let route = self.registration.route;
        if route.policy().is_rejected() {
            let (name, location) = (route.name(), route.location);
            tracing::error!(
                target: "cors_actix",
                "the app does not start: the policy of handler `{name}` at {location} has problems"
            );
            return ready(Err(()));
        }
        ready(Ok(RouteService {
            layer: Rc::new(RouteLayer {
                service,
                fixed: route.policy().fixed(),
                registration: Rc::clone(&self.registration),
                is_wrapped: self.is_wrapped,
                routes: OnceCell::new(),
                reports: Reports::default(),
                reported: Cell::new(false),
            }),
        }))
    }
}

struct RouteService<S> {
    layer: Rc<RouteLayer<S>>,
}

struct RouteLayer<S> {
    service: S,
    registration: Rc<Registration>,
    /// `true` if the handler has middleware of its own, which may contain a layer.
    is_wrapped: bool,
    /// The policy, if no handle can replace it.
    fixed: Option<Arc<CompiledPolicy>>,
    /// The app's annotated routes, from the first preflight on.
    routes: OnceCell<Rc<RouteTable>>,
    reports: Reports,
    /// `true` if the reason was logged for which this route denies preflights that its policy would grant.
    reported: Cell<bool>,
}

impl<S, B> Service<ServiceRequest> for RouteService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = LayerFuture<RouteLayer<S>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.layer.service.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        LayerFuture::start(Rc::clone(&self.layer), request)
    }
}

/// The state that is kept from a request for its response.
struct Kept {
    policy: Arc<CompiledPolicy>,
    allow_origin: AllowOrigin,
    place: Option<Place>,
}

/// A request that waits for asynchronous predicates.
struct Waiting {
    request: ServiceRequest,
    purpose: Purpose,
}

enum Purpose {
    Preflight(Selection),
    Actual(Arc<CompiledPolicy>, Option<Place>),
}

impl<S: Service<ServiceRequest>> RouteLayer<S> {
    fn policy(&self) -> Arc<CompiledPolicy> {
        self.fixed.clone().unwrap_or_else(|| self.registration.route.policy().compiled())
    }

    /// Selects the policies for a preflight. Returns `None` if something else can take the actual request.
    ///
    /// The router has reached this route, and the guards of its scopes have accepted the preflight. But the
    /// router looked for OPTIONS: a resource in front of the route may take the actual request.
    fn select(&self, request: &ServiceRequest) -> Option<Selection> {
        let map = request.resource_map();
        let path = request.match_info().as_str();
        let table = self.routes.get_or_init(|| RouteTable::of(map));
        let Registration { id, route, .. } = *self.registration;
        table.candidates(map, path, |candidates| {
            let mut behind = candidates.all.iter();
            let itself = behind.find(|other| other.registration.id == id)?;
            let named = candidates.named();
            let is_named = itself.is_pattern_named
                || named.is_some_and(|named| named.registration.id == id);
            // The guards of another scope, which is in front, have passed the preflight on.
            let is_on_another_host =
                !itself.is_reached && named.is_some_and(Candidate::is_in_scope);
            if candidates.is_served && !is_named && !is_on_another_host {
                let pattern = Names::Map(map, path).pattern().unwrap_or_default();
                let reason = format!(
                    "\"{pattern}\" was registered before it, and may take the requests; register that \
                     one later, or put a `Cors` around both"
                );
                self.report_denied(path, &reason);
                return None;
            }
            let mut selection = Selection::of_route(candidates, route);
            if route.is_guarded() {
                // The routes behind this route may take this method and not the route's other methods.
                selection.this_request_only = true;
                let twins =
                    behind.filter(|next| next.is_pattern_named == itself.is_pattern_named);
                let method = Preflight::of(request.head())?.method.as_bytes();
                let mut is_closed = false;
                for next in twins.map(Candidate::route).filter(|next| next.takes(method)) {
                    selection.add(EffectivePolicy::of_route(next));
                    is_closed = !next.is_guarded();
                    if is_closed {
                        break;
                    }
                }
                if !is_closed {
                    self.report_denied(path, "its guards can pass requests on to what has no `#[cors]`: register a handler of the same path and method without guards behind it, or put a `Cors` around it");
                    return None;
                }
            }
            Some(selection)
        })
    }

    /// Logs, once, the reason for which the route denies preflights that its policy would grant.
    fn report_denied(&self, path: &str, reason: &str) {
        if !self.reported.replace(true) {
            tracing::warn!(
                target: "cors_actix",
                "preflights to {} for the handler at {} are denied: {reason}",
                Excerpt(path.as_bytes()),
                self.registration.route.location,
            );
        }
    }

    fn answer(
        self: &Rc<Self>,
        request: ServiceRequest,
        mut selection: Selection,
        outcomes: &Outcomes,
    ) -> StateOf<Self> {
        let Some(preflight) = Preflight::of(request.head()) else { return self.actual(request) };
        selection.resolve(preflight.head, outcomes);
        let report = |reason: Reason<'_>| report::preflight_denial(&reason, &request);
        let response = selection.answer(&preflight, outcomes, report);
        State::answered(request, response)
    }

    #[inline]
    fn forward(
        &self,
        request: ServiceRequest,
        policy: Arc<CompiledPolicy>,
        place: Option<Place>,
        alone: &Outcomes,
    ) -> StateOf<Self> {
        let outcomes = place.as_ref().map_or(alone, |place| &place.cell.outcomes);
        let policy = outcomes.resolve(&policy, request.head());
        let outcome = outcomes.of(&policy, request.head());
        let allow_origin = match grant::allow_origin(&policy, request.head(), outcome) {
            Ok(allowed) => allowed,
            Err(None) => AllowOrigin::None,
            Err(Some(reason)) => {
                report::actual_denial(&reason);
                let denied = AllowOrigin::denied(&reason);
                if let Some(place) = &place {
                    place.decide(&AllowOrigin::None);
                }
                if self.reports.enforces(&policy, &request)
                    || is_denied_outside(place.as_ref(), &request)
                {
                    return State::answered(request, headers::forbidden(&policy, &denied));
                }
                denied
            }
        };
        // An outer layer makes no cell if the map names this route and the policy is certain.
        let is_denied_inside = !allow_origin.is_allowed() && nesting::layers_alive() > 0;
        let place = place.or_else(|| is_denied_inside.then(|| Place::take(&request)));
        if let Some(place) = &place {
            place.decide(&allow_origin);
        }
        let kept = Kept { policy, allow_origin, place };
        State::Inner { future: self.service.call(request), kept }
    }
}

/// Returns `true` if middleware has changed the method of the request, and the outermost layer would have
/// denied the first request because of `enforce`.
fn is_denied_outside(place: Option<&Place>, request: &ServiceRequest) -> bool {
    place.is_some_and(|place| {
        place.cell.outer_denies.get() && place.cell.method != *request.method()
    })
}

impl<S: Service<ServiceRequest>> Layer for RouteLayer<S> {
    type Inner = S;
    type Kept = Kept;
    type Waiting = Waiting;

    #[inline(never)]
    fn options(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self> {
        if Preflight::of(request.head()).is_none() {
            return self.actual(request);
        }
        let Some(selection) = self.select(&request) else {
            return State::answered(request, preflight::denied());
        };
        let outcomes = Outcomes::default();
        if let Some(answers) = outcomes.ask(selection.policies(), request.head()) {
            let waiting = Some(Waiting { request, purpose: Purpose::Preflight(selection) });
            return State::Asking { answers, waiting };
        }
        self.answer(request, selection, &outcomes)
    }

    #[inline]
    fn actual(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self> {
        let policy = self.policy();
        let place = match nesting::layers_alive() {
            _ if self.is_wrapped => Some(Place::take(&request)),
            0 => None,
            _ => Place::take_inside(&request),
        };
        if let Some(place) = &place {
            place.cell.reached.set(Some(self.registration.id));
        }
        if policy.predicates.is_async() || policy.choice.is_some() {
            let alone = Outcomes::default();
            let outcomes = place.as_ref().map_or(&alone, |place| &place.cell.outcomes);
            if let Some(answers) = outcomes.ask(std::iter::once(&policy), request.head()) {
                let waiting = Some(Waiting { request, purpose: Purpose::Actual(policy, place) });
                return State::Asking { answers, waiting };
            }
        }
        self.forward(request, policy, place, &Outcomes::default())
    }

    fn resume(self: &Rc<Self>, waiting: Waiting, answers: Answers) -> StateOf<Self> {
        let Waiting { request, purpose } = waiting;
        let outcomes = Outcomes::default();
        match purpose {
            Purpose::Preflight(selection) => {
                outcomes.extend(answers);
                self.answer(request, selection, &outcomes)
            }
            Purpose::Actual(policy, place) => {
                place.as_ref().map_or(&outcomes, |place| &place.cell.outcomes).extend(answers);
                self.forward(request, policy, place, &outcomes)
            }
        }
    }

    #[inline(always)]
    fn respond<B>(&self, kept: &mut Kept, response: &mut ServiceResponse<B>) {
        let Kept { policy, allow_origin, place } = kept;
        let decided = place.as_ref().and_then(Place::decided_inside);
        if decided.is_some_and(|decided| !decided.is_allowed) {
            return headers::deny(response.response_mut());
        }
        let written = headers::write(policy, allow_origin, response.response_mut());
        if written == Written::Left && decided.is_none() {
            self.reports.left(response.request().path());
            if let Some(place) = place {
                place.decide(&AllowOrigin::Any);
            }
        }
    }

    #[cold]
    fn map_error(&self, kept: &mut Kept, error: &mut Error) {
        let headers = ActualHeaders::new(Arc::clone(&kept.policy), kept.allow_origin.clone());
        let place = kept.place.clone();
        error.add_response_mapper(move |mut response| {
            let decided = place.as_ref().and_then(Place::decided_inside);
            let decided = decided.map(|decided| decided.is_allowed);
            if decided == Some(false) {
                headers::deny(&mut response);
            } else {
                let _left = headers.write(&mut response);
            }
            if !decided.unwrap_or(headers.allow_origin.is_allowed()) {
                response.extensions_mut().insert(Denied);
            }
            response
        });
    }
}
