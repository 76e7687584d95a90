use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready},
};

use actix_service::{Service, Transform};
use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    body::EitherBody,
    dev::{ResourceMap, ServiceRequest, ServiceResponse, Url},
    http::{Method, Uri, header::HeaderValue, uri::PathAndQuery},
};
use futures_util::{
    FutureExt as _,
    future::{LocalBoxFuture, OptionFuture, Ready, ready as ready_future},
};
use pin_project_lite::pin_project;

use crate::{
    decision::{self, Preflight},
    directory::Directory,
    layer::{self, App, Applicable, Introduced, Layer, Refused, RouteTerms, Snapshot},
    policy::{Policy, PolicyHandle, ReadyPolicy},
    predicate::Asked,
    respond::{self, Verdict},
    route::Route,
};

/// CORS for an app, a scope or a resource.
///
/// It answers preflights itself, without running anything below it, and adds the headers of its
/// policy to every other response, those made from errors included. A response that a nearer layer
/// has decided is left alone, and a preflight for a route under [`#[cors]`](crate::cors) is answered
/// by that route's policy.
///
/// ```
/// use actix_web::{App, web};
/// use cors_actix::{Cors, Policy};
///
/// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
/// let app = App::new()
///     .wrap(Cors::new(policy))
///     .route("/", web::get().to(|| async { "hello" }));
/// # Ok::<(), cors_actix::PolicyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cors {
    layer: Layer,
}

impl Cors {
    /// A layer with this policy.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy, policy};
    ///
    /// static PARTNERS: Policy = policy! { allow_origins = ["https://partner.example"] };
    /// let scope = actix_web::web::scope("/partners").wrap(Cors::new(&PARTNERS));
    /// ```
    pub fn new(policy: impl PolicySource) -> Self {
        Cors { layer: Layer::new(policy.policy()) }
    }

    /// Gives all paths below `path` another policy. `path` counts from the root of the app, by whole
    /// segments; of several that fit, the longest is taken. Routes under
    /// [`#[cors]`](crate::cors) keep their own.
    ///
    /// A second [`Cors`] around a scope could not do this alone: preflights never reach it.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy, policy};
    ///
    /// static PUBLIC: Policy = policy! { allow_origins = any };
    /// let layer = Cors::new(&PUBLIC).scope("/admin", Policy::same_origin());
    /// ```
    pub fn scope(mut self, path: &str, policy: impl PolicySource) -> Self {
        self.layer.override_at(path, policy.policy());
        self
    }

    /// Makes the layer's word the last: `Access-Control-*` headers that come from below are removed,
    /// and routes under [`#[cors]`](crate::cors) have no say. For gateways, in front of services that
    /// write such headers of their own.
    ///
    /// ```
    /// # use cors_actix::{Cors, Policy};
    /// let gateway = Cors::new(Policy::same_origin()).authoritative();
    /// ```
    pub fn authoritative(mut self) -> Self {
        self.layer.authoritative = true;
        self
    }

    pub(crate) fn of_route(route: &'static Route) -> Self {
        Cors { layer: Layer::of_route(route) }
    }
}

/// Whatever a layer takes its policy from: a [`Policy`], a
/// [`PolicyHandle`](crate::PolicyHandle), or a reference to either.
///
/// ```
/// use cors_actix::{Policy, PolicySource};
///
/// let policy = Policy::same_origin();
/// let shared: Policy = (&policy).policy();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no CORS policy",
    label = "expected a `Policy`, a `PolicyHandle`, or a reference to one",
    note = "make one with `policy! {{ … }}` or `Policy::builder()`"
)]
pub trait PolicySource {
    /// The policy, shared.
    ///
    /// ```
    /// # use cors_actix::{Policy, PolicySource};
    /// let shared: Policy = Policy::same_origin().policy();
    /// ```
    fn policy(&self) -> Policy;
}

impl PolicySource for Policy {
    fn policy(&self) -> Policy {
        self.clone()
    }
}

impl PolicySource for PolicyHandle {
    fn policy(&self) -> Policy {
        self.policy()
    }
}

impl<T: PolicySource> PolicySource for &T {
    fn policy(&self) -> Policy {
        (**self).policy()
    }
}

impl<T: PolicySource> PolicySource for std::sync::LazyLock<T> {
    fn policy(&self) -> Policy {
        (**self).policy()
    }
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready_future(Ok(CorsService {
            inner: Rc::new(Inner {
                service,
                layer: self.layer.clone(),
                app: App::of(&self.layer),
                introduced: Cell::new(false),
                warned: Cell::new(false),
            }),
        }))
    }
}

/// The service that [`Cors`] makes of the one it wraps.
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
    inner: Rc<Inner<S>>,
}

#[derive(Debug)]
struct Inner<S> {
    service: S,
    layer: Layer,
    app: App,
    /// Whether the layers further out know of this one.
    introduced: Cell<bool>,
    /// Whether something that can't work as it stands has been logged.
    warned: Cell<bool>,
}

impl<S, B> Service<ServiceRequest> for CorsService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CorsFuture<S>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.service.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let inner = Rc::clone(&self.inner);
        let state = if request.method() == Method::OPTIONS {
            inner.options(request)
        } else {
            inner.actual(request)
        };
        CorsFuture { inner, state }
    }
}

impl<S, B> Inner<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    /// Lets the layers further out know, until a response has come back to them, that there is another;
    /// and learns the app's annotated routes.
    #[cold]
    fn introduce(&self, request: &ServiceRequest) {
        if self.layer.route.is_some() {
            self.introduced.set(true);
            return;
        }
        self.app.directory(request);
        request.extensions_mut().insert(Introduced(self.address()));
    }

    #[inline(never)]
    fn options(&self, request: ServiceRequest) -> State<S> {
        let Some(preflight) = Preflight::of(request.head()) else { return self.actual(request) };
        let response = if let Some(policy) = self.layer.sole(&self.app) {
            layer::answer(policy, &policy.methods, &preflight)
        } else {
            let applicable = self.layer.applicable(&self.app, &request, &preflight);
            if let Some(asking) = applicable.ask(preflight.head) {
                let asking = asking.boxed_local();
                return State::Preflight { asking, waiting: Some((request, applicable)) };
            }
            applicable.answer(&preflight, &[])
        };
        State::answered(request, response)
    }

    #[inline]
    fn actual(&self, request: ServiceRequest) -> State<S> {
        let Some(policy) = self.layer.constant().filter(|_| self.is_alone()) else {
            return self.actual_among_others(request);
        };
        match self.layer.enter(&self.app, policy, &request, None) {
            Some(verdict) => State::Alone { future: self.service.call(request), verdict },
            None => State::answered(request, respond::forbidden(policy)),
        }
    }

    /// Whether nothing else in the app has a say in what the layer does.
    #[inline]
    fn is_alone(&self) -> bool {
        let alone = |app: &Directory| app.is_empty() && !app.nested.get();
        self.introduced.get() && (self.layer.route.is_some() || self.app.known().is_some_and(alone))
    }

    #[inline(never)]
    fn actual_among_others(&self, request: ServiceRequest) -> State<S> {
        if !self.introduced.get() || self.app.known().is_some_and(|app| app.nested.get()) {
            self.introduce(&request);
        }
        let snapshot = self.layer.snapshot(&request);
        let route = self.layer.route_terms(&self.app, &request);
        let Some(policy) = self.layer.policy_of(&snapshot) else {
            return State::answered(request, respond::refused());
        };
        let of_route = route.as_ref().filter(|route| route.policy.predicates.is_async());
        if policy.predicates.is_async() || of_route.is_some() {
            let own = layer::ask(policy, request.head());
            let of_route = of_route.and_then(|route| layer::ask(&route.policy, request.head()));
            let asking = async move {
                let own = OptionFuture::from(own).await;
                (own, OptionFuture::from(of_route).await)
            };
            return State::Actual {
                asking: asking.boxed_local(),
                waiting: Some((request, snapshot, route)),
            };
        }
        self.forward(request, snapshot, route, (None, None))
    }

    #[inline]
    fn forward(
        &self,
        request: ServiceRequest,
        snapshot: Snapshot,
        route: Option<RouteTerms>,
        (own, of_route): (Option<Asked>, Option<Asked>),
    ) -> State<S> {
        let Some(policy) = self.layer.policy_of(&snapshot) else {
            return State::answered(request, respond::refused());
        };
        let Some(verdict) = self.layer.enter(&self.app, policy, &request, own) else {
            let response = respond::forbidden(policy);
            return State::answered(request, response);
        };
        let mut sent = self.remember(&request);
        if let (Some(sent), Some(route)) = (&mut sent, route) {
            let verdict = route.verdict(request.head(), of_route);
            sent.route = Some(Box::new((route, verdict)));
        }
        let future = self.service.call(request);
        State::AmongOthers { future, passage: Passage { snapshot, verdict, sent } }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// What may be needed of the request when there is but an error left of it.
    #[inline]
    fn remember(&self, request: &ServiceRequest) -> Option<Sent> {
        if self.layer.route.is_some() || !self.layer.reads_paths(&self.app) {
            return None;
        }
        Some(Sent {
            method: request.method().clone(),
            path: request.uri().path_and_query().cloned(),
            path_address: request.match_info().as_str().as_ptr().addr(),
            route: None,
            origin: decision::sole_origin(request.headers()).cloned(),
        })
    }

    #[inline]
    fn respond_alone(&self, verdict: &Verdict, response: &mut ServiceResponse<B>) {
        let marks = response.request().extensions();
        let marked = marks.contains::<Refused>() || marks.contains::<Introduced>();
        drop(marks);
        if marked {
            return self.respond(&Snapshot::Fixed, verdict, None, response);
        }
        if let (Some(said), Some(policy)) = (
            respond::said(self.layer.authoritative, response.response_mut()),
            self.layer.policy_of(&Snapshot::Fixed),
        ) {
            verdict.apply(policy, said, response.response_mut());
        }
    }

    fn respond(
        &self,
        snapshot: &Snapshot,
        verdict: &Verdict,
        sent: Option<&Sent>,
        response: &mut ServiceResponse<B>,
    ) {
        let Some(policy) = self.layer.policy_of(snapshot) else { return };
        if !self.introduced.get() {
            self.introduced.set(self.app.known().is_some());
        }
        if let Some(sent) = sent {
            self.warn_of_rewriting(sent, response);
        }
        let marks = response.request().extensions();
        let nearer_refused = marks.contains::<Refused>();
        let introduced = marks.get::<Introduced>().copied();
        drop(marks);
        if let Some(Introduced(other)) = introduced {
            self.warn_of_another(other, response);
        }
        let response_said = respond::said(self.layer.authoritative, response.response_mut());
        let Some(said) = response_said else { return };
        if let Some(sent) = sent
            && let Some((policy, verdict)) = self.verdict_of_route(sent, response)
        {
            verdict.apply(&policy, said, response.response_mut());
        } else if !nearer_refused || self.layer.authoritative {
            verdict.apply(policy, said, response.response_mut());
        } else {
            Verdict::Closed.apply(policy, said, response.response_mut());
        }
    }

    /// The verdict of the annotated route that the response's request was for, unless another resource
    /// has made the response: where the router has gone all the way, nothing is in front of a route any
    /// more but the scopes that end where it begins.
    fn verdict_of_route(
        &self,
        sent: &Sent,
        response: &ServiceResponse<B>,
    ) -> Option<(Arc<ReadyPolicy>, Verdict)> {
        let path = response.request().match_info();
        let reached = path.unprocessed().is_empty();
        if reached && response.status().is_success() {
            return None;
        }
        let map = Some(response.request().resource_map());
        self.verdict_for(sent, map, path.as_str(), |route| !reached || route.at_its_scope)
    }

    fn verdict_for(
        &self,
        sent: &Sent,
        map: Option<&ResourceMap>,
        path: &str,
        in_front: impl FnOnce(&RouteTerms) -> bool,
    ) -> Option<(Arc<ReadyPolicy>, Verdict)> {
        let directory = self.app.annotated().filter(|_| !self.layer.authoritative)?;
        if directory.eager {
            let (route, verdict) = sent.route.as_deref()?;
            return in_front(route).then(|| (Arc::clone(&route.policy), verdict.clone()));
        }
        let route = RouteTerms::find(directory, map, path, &sent.method).filter(in_front)?;
        let verdict = route.verdict_on(sent.origin.as_ref());
        Some((route.policy, verdict))
    }

    /// The error stays an error on its way out, so that layers further out still see it.
    #[cold]
    fn map_error(
        &self,
        snapshot: &Snapshot,
        verdict: &Verdict,
        sent: Option<&Sent>,
        error: &mut Error,
    ) {
        let of_route = sent.and_then(|sent| {
            let uri = Uri::from(sent.path.clone()?);
            self.verdict_for(sent, None, Url::new(uri).path(), |_| true)
        });
        let own = || Some((self.layer.shared(snapshot)?, verdict.clone()));
        let Some((policy, verdict)) = of_route.or_else(own) else { return };
        let authoritative = self.layer.authoritative;
        error.add_response_mapper(move |mut response| {
            if let Some(said) = respond::said(authoritative, &mut response) {
                verdict.apply(&policy, said, &mut response);
            }
            response
        });
    }

    /// Says, once, that the path by which this layer went is not the path of the route.
    fn warn_of_rewriting(&self, sent: &Sent, response: &ServiceResponse<B>) {
        let path = response.request().match_info().as_str();
        if path.as_ptr().addr() != sent.path_address && !self.warned.replace(true) {
            log::warn!(
                target: "cors_actix",
                "the path of a request was rewritten below a `Cors` layer, which has answered by the \
                 path before; wrap what rewrites it (`NormalizePath`) after `Cors`, so that it is \
                 further out"
            );
        }
    }

    /// Says, once, that two layers answer for one path.
    #[cold]
    fn warn_of_another(&self, other: usize, response: &ServiceResponse<B>) {
        let path = response.request().match_info().as_str();
        if other == self.address() || self.layer.route.is_some() || self.layer.authoritative {
            return;
        }
        if self.layer.overrides(path) {
            // Whether all paths of the other are overridden, the next requests tell.
            if let Some(directory) = self.app.known().filter(|_| !self.warned.get()) {
                directory.nested.set(true);
            }
            return;
        }
        if let Some(directory) = self.app.known() {
            directory.nested.set(false);
        }
        if !self.warned.replace(true) {
            log::warn!(
                target: "cors_actix",
                "another `Cors` stands below this one, around {}: it decides on responses, but its \
                 preflights are answered here; write `Cors::scope(path, policy)` on the outer one",
                path.escape_debug()
            );
        }
    }
}

/// What a request's way in leaves for its response's way out.
#[derive(Debug)]
struct Passage {
    snapshot: Snapshot,
    verdict: Verdict,
    sent: Option<Sent>,
}

#[derive(Debug)]
struct Sent {
    method: Method,
    path: Option<PathAndQuery>,
    /// Where the path lay: elsewhere, if it has been rewritten.
    path_address: usize,
    origin: Option<HeaderValue>,
    /// What was taken when the request began, in an app where that has to be.
    route: Option<Box<(RouteTerms, Verdict)>>,
}

pin_project! {
    /// The future of a [`CorsService`]: an answer of its own, or the wrapped service's with headers.
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
    pub struct CorsFuture<S: Service<ServiceRequest>> {
        inner: Rc<Inner<S>>,
        #[pin]
        state: State<S>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S: Service<ServiceRequest>> {
        Answered {
            response: Option<ServiceResponse>,
        },
        Preflight {
            asking: LocalBoxFuture<'static, Vec<Option<Asked>>>,
            waiting: Option<(ServiceRequest, Applicable)>,
        },
        Actual {
            asking: LocalBoxFuture<'static, (Option<Asked>, Option<Asked>)>,
            waiting: Option<(ServiceRequest, Snapshot, Option<RouteTerms>)>,
        },
        Alone {
            #[pin]
            future: S::Future,
            verdict: Verdict,
        },
        AmongOthers {
            #[pin]
            future: S::Future,
            passage: Passage,
        },
    }
}

impl<S: Service<ServiceRequest>> State<S> {
    fn answered(request: ServiceRequest, response: HttpResponse) -> Self {
        State::Answered { response: Some(request.into_response(response)) }
    }
}

impl<S, B> Future for CorsFuture<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.state.as_mut().project() {
                StateProjection::Alone { future, verdict } => {
                    return Poll::Ready(match ready!(future.poll(context)) {
                        Ok(mut response) => {
                            this.inner.respond_alone(verdict, &mut response);
                            Ok(response.map_into_left_body())
                        }
                        Err(mut error) => {
                            this.inner.map_error(&Snapshot::Fixed, verdict, None, &mut error);
                            Err(error)
                        }
                    });
                }
                StateProjection::AmongOthers { future, passage } => {
                    let Passage { snapshot, verdict, sent } = passage;
                    return Poll::Ready(match ready!(future.poll(context)) {
                        Ok(mut response) => {
                            this.inner.respond(snapshot, verdict, sent.as_ref(), &mut response);
                            Ok(response.map_into_left_body())
                        }
                        Err(mut error) => {
                            this.inner.map_error(snapshot, verdict, sent.as_ref(), &mut error);
                            Err(error)
                        }
                    });
                }
                StateProjection::Answered { response } => {
                    return match response.take() {
                        Some(response) => Poll::Ready(Ok(response.map_into_right_body())),
                        None => Poll::Pending,
                    };
                }
                StateProjection::Preflight { asking, waiting } => {
                    let asked = ready!(asking.as_mut().poll(context));
                    let Some((request, applicable)) = waiting.take() else { return Poll::Pending };
                    let response = match Preflight::of(request.head()) {
                        Some(preflight) => applicable.answer(&preflight, &asked),
                        None => respond::refused(),
                    };
                    State::answered(request, response)
                }
                StateProjection::Actual { asking, waiting } => {
                    let asked = ready!(asking.as_mut().poll(context));
                    let Some((request, snapshot, route)) = waiting.take() else {
                        return Poll::Pending;
                    };
                    this.inner.forward(request, snapshot, route, asked)
                }
            };
            this.state.set(next);
        }
    }
}
