//! The service of a layer: the decision on a request, on its way in.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_service::Service;
use actix_web::{
    Error,
    body::EitherBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::ORIGIN,
};
use pin_project_lite::pin_project;

use super::{
    future::{Layer, LayerFuture, State, StateOf},
    grant,
    layer::{Arrived, CorsLayer, Kept, KeptAmongOthers, Waiting},
    nesting::{self, Place},
    report,
    select::{self, Certain, Target},
    selection::Selection,
};
use crate::{
    decision::Preflight,
    headers::{self, AllowOrigin},
    outcomes::{Answers, Outcomes},
    policy::CompiledPolicy,
    preflight,
    reason::Reason,
    route::registry,
};

/// The service that [`Cors`](crate::Cors) puts around the wrapped service.
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

pin_project! {
    /// The future of a [`CorsService`]. It resolves to the layer's own response, or to the response of
    /// the wrapped service with the headers of the policy.
    ///
    /// ```
    /// use actix_service::{Service, Transform as _};
    /// use actix_web::test::{self, TestRequest};
    /// use cors_actix::{Cors, CorsFuture, Policy};
    ///
    /// # actix_web::rt::System::new().block_on(async {
    /// let inner = test::ok_service();
    /// let service = Cors::new(Policy::same_origin()).new_transform(inner).await.unwrap();
    /// let future: CorsFuture<_> = service.call(TestRequest::get().to_srv_request());
    /// assert!(future.await.is_ok());
    /// # });
    /// ```
    #[must_use = "futures do nothing unless polled"]
    pub struct CorsFuture<S: Service<ServiceRequest>> {
        #[pin]
        inner: LayerFuture<CorsLayer<S>>,
    }
}

impl<S, B> Future for CorsFuture<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().inner.poll(context)
    }
}

impl<S: Service<ServiceRequest>> CorsLayer<S> {
    fn answer(
        self: &Rc<Self>,
        request: ServiceRequest,
        mut selection: Selection,
        outcomes: &Outcomes,
    ) -> StateOf<Self> {
        let Some(preflight) = Preflight::of(request.head()) else { return self.actual(request) };
        selection.resolve(preflight.head, outcomes);
        if let Some(routes) = selection.shadowed {
            self.reports.virtual_hosts(request.path(), routes);
        }
        let report = |reason: Reason<'_>| self.report(&reason, &request);
        let response = selection.answer(&preflight, outcomes, report);
        State::answered(request, response)
    }

    fn report(&self, reason: &Reason<'_>, request: &ServiceRequest) {
        report::preflight_denial(reason, request);
        // For speed alone: a layer without another has no other to name.
        if nesting::layers_alive() > 1 {
            self.reports.maybe_nested(reason.head.uri.path(), self.presence.other());
        }
    }

    #[inline]
    fn forward_alone(&self, request: ServiceRequest, policy: Arc<CompiledPolicy>) -> StateOf<Self> {
        let allow_origin = match grant::allow_origin(&policy, request.head(), None) {
            Ok(allowed) => allowed,
            Err(None) => AllowOrigin::None,
            Err(Some(reason)) => {
                report::actual_denial(&reason);
                if self.reports.enforces(&policy, &request) {
                    let response = headers::forbidden(&policy, &AllowOrigin::denied(&reason));
                    return State::answered(request, response);
                }
                AllowOrigin::denied(&reason)
            }
        };
        let kept = Kept::Alone { policy, allow_origin, place: None };
        State::Inner { future: self.service.call(request), kept }
    }

    #[inline(never)]
    fn actual_among_others(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self> {
        #[cfg(feature = "inspector")]
        if request.match_info().unprocessed().len() == request.match_info().as_str().len() {
            self.presence.is_around_app();
        }
        let origins = request.headers().get_all(&ORIGIN).as_slice();
        if origins.is_empty() && self.config.is_never_any() {
            // No other origin may read the response, whichever code answers.
            let place = Place::take_inside(&request);
            if let Some(place) = &place {
                place.cell.inner_layer.set(Some(self.config.location));
                place.decide(&AllowOrigin::None);
            }
            let (policy, allow_origin) = (self.config.current(), AllowOrigin::None);
            let kept = Kept::Alone { policy, allow_origin, place };
            return State::Inner { future: self.service.call(request), kept };
        }
        let routes = self.routes(&request);
        let method = request.method().as_str().as_bytes();
        if nesting::layers_alive() == 1
            && let Some(certain) = self.config.select_certain(routes, request.request(), method)
        {
            let origin = if let [origin] = origins { Some(origin) } else { None };
            let Certain { policy, route, is_sole } = certain;
            let Some((entry, _)) = route else {
                let allow_origin = grant::allow_listed(&policy, origin);
                return self.forward_own(request, policy, allow_origin);
            };
            let (origin, arrived) = (origin.cloned(), Arrived::of(&request));
            let kept = Kept::Route { entry, policy, is_sole, origin, arrived };
            return State::Inner { future: self.service.call(request), kept };
        }
        let selection = self.config.select(routes, Target::of(request.request(), method));
        let Some(mut selection) = selection else {
            return State::answered(
                request,
                headers::forbidden(&self.config.policy.compiled(), &AllowOrigin::None),
            );
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
            return self.forward_alone(request, policy);
        }
        let arrived = Arrived::of(&request);
        let kept = Kept::Own { policy, allow_origin, arrived };
        State::Inner { future: self.service.call(request), kept }
    }

    fn forward(
        &self,
        request: ServiceRequest,
        mut selection: Selection,
        place: Place,
    ) -> StateOf<Self> {
        let (head, outcomes) = (request.head(), &place.cell.outcomes);
        selection.resolve(head, outcomes);
        let own = selection.own_headers(head, outcomes);
        let in_front = selection.headers(head, outcomes);
        // A shared cache may keep a response of middleware, and other policies may apply after the library has
        // learnt that guards decide.
        let is_own_any = matches!(own.allow_origin, AllowOrigin::Any);
        let may_change = selection.route.is_some() && (selection.this_request_only || !is_own_any);
        let in_front = if may_change { in_front.varying() } else { in_front };
        if !own.allow_origin.is_allowed() && request.headers().contains_key(&ORIGIN) {
            let mut policies = selection.all_own();
            let enforcing = policies.find(|policy| self.reports.enforces(policy, &request));
            let mut denials = selection.all_own().filter_map(|policy| {
                grant::allow_origin(policy, head, outcomes.of(policy, head)).err().flatten()
            });
            let denial = denials.next().filter(|_| selection.includes_own());
            if let Some(denial) = denial {
                report::actual_denial(&denial);
            }
            if let Some(policy) = enforcing {
                if selection.includes_own() || self.config.authoritative {
                    place.decide(&AllowOrigin::None);
                    place.leave(request.request());
                    let response = headers::forbidden(policy, &own.allow_origin);
                    return State::answered(request, response);
                }
                place.cell.outer_denies.set(true);
            }
        }
        // Middleware around this layer may give up waiting for the response.
        place.decide(&own.allow_origin);
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
    fn options(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self> {
        let Some(preflight) = Preflight::of(request.head()) else { return self.actual(request) };
        if let Some(policy) = self.config.constant().filter(|_| registry::is_empty()) {
            let report = |reason: Reason<'_>| self.report(&reason, &request);
            let response = preflight::answer(policy, &policy.methods, &preflight, report);
            return State::answered(request, response);
        }
        let method = preflight.method.as_bytes();
        let routes = self.routes(&request);
        let certain = self.config.select_certain(routes, request.request(), method);
        if let Some(Certain { policy, route, is_sole: true }) = certain {
            // The browser's cache keeps header names for all methods of the URL.
            let is_apart = route.is_none() || !preflight.names_headers();
            if is_apart || self.config.constant().is_some_and(|own| std::ptr::eq(own, &*policy)) {
                let methods = route.map_or(&policy.methods, |(_, route)| route.allowed_methods());
                let report = |reason: Reason<'_>| self.report(&reason, &request);
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
        self.answer(request, selection, &outcomes)
    }

    #[inline]
    fn actual(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self> {
        if self.is_alone() && self.config.has_one_policy() {
            let policy = self.config.current();
            if !policy.predicates.is_async() && policy.choice.is_none() {
                return self.forward_alone(request, policy);
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
                self.answer(request, selection, &outcomes)
            }
        }
    }

    #[inline(always)]
    fn respond<B>(&self, kept: &mut Kept, response: &mut ServiceResponse<B>) {
        self.decide_on_response(kept, response);
    }

    #[cold]
    fn map_error(&self, kept: &mut Kept, error: &mut Error) {
        self.decide_on_error(kept, error);
    }
}
