use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready},
};

use actix_service::{Service, Transform, forward_ready};
use actix_web::{
    Error, HttpMessage as _,
    body::EitherBody,
    dev::{ServiceRequest, ServiceResponse},
};
use futures_util::future::{Ready, ready as ready_future};
use pin_project_lite::pin_project;

use crate::{
    decision::{self, Decision},
    error::Refusal,
    policy::{AllowedMethods, Policy, ReadyPolicy},
    respond::{self, Verdict},
};

/// CORS for an app, a scope or a resource.
///
/// It answers preflights itself, without running anything below it, and adds the headers of its
/// policy to every other response, those made from errors included. A response that a nearer layer
/// has decided is left alone.
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
    pub(crate) layer: Layer,
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
        Cors { layer: Layer { policy: policy.policy(), methods: None } }
    }
}

/// Whatever a layer takes its policy from: a [`Policy`] or a reference to one.
///
/// ```
/// use cors_actix::{Policy, PolicySource};
///
/// let policy = Policy::same_origin();
/// let shared: Policy = (&policy).policy();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no CORS policy",
    label = "expected a `cors_actix::Policy`, or a reference to one",
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

/// A policy at a place.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) policy: Policy,
    /// The methods of an annotated route; those of the policy elsewhere.
    pub(crate) methods: Option<Arc<AllowedMethods>>,
}

impl Layer {
    /// Answers a preflight, or says what the response will get.
    fn enter(&self, policy: &ReadyPolicy, request: &ServiceRequest) -> Entered {
        let methods = self.methods.as_deref().unwrap_or(&policy.methods);
        let decision = decision::decide(policy, methods, request.head());
        match &decision {
            Decision::Preflight(outcome) => {
                if let Err(refusal) = outcome {
                    log(request, "preflight", refusal);
                }
                let response = respond::preflight(policy, methods, outcome, request.headers());
                return Entered::Answered(response);
            }
            Decision::Actual(Err(refusal)) if !policy.rules.origins.any() => {
                log(request, "request", refusal);
                request.extensions_mut().insert(Refused);
            }
            Decision::Actual(_) | Decision::NotCors => {}
        }
        Entered::Forward(Verdict::new(policy, &decision))
    }
}

fn log(request: &ServiceRequest, kind: &str, refusal: &Refusal<'_>) {
    log::debug!(
        target: "cors_actix",
        "{kind} to {} refused: {refusal}",
        request.path().escape_debug()
    );
}

enum Entered {
    Answered(actix_web::HttpResponse),
    Forward(Verdict),
}

/// Tells the layers further out that one has refused the request's origin.
struct Refused;

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
        ready_future(Ok(CorsService { service, layer: Rc::new(self.layer.clone()) }))
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
    service: S,
    layer: Rc<Layer>,
}

impl<S, B> Service<ServiceRequest> for CorsService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CorsFuture<S::Future>;

    forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let policy = self.layer.policy.ready();
        let state = match self.layer.enter(policy, &request) {
            Entered::Answered(response) => {
                State::Answered { response: Some(request.into_response(response)) }
            }
            Entered::Forward(verdict) => State::Forwarded {
                future: self.service.call(request),
                policy: Arc::clone(policy),
                verdict,
            },
        };
        CorsFuture { state }
    }
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
    pub struct CorsFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Answered { response: Option<ServiceResponse> },
        Forwarded { #[pin] future: F, policy: Arc<ReadyPolicy>, verdict: Verdict },
    }
}

impl<F, B> Future for CorsFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Answered { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response.map_into_right_body())),
                None => Poll::Pending,
            },
            StateProjection::Forwarded { future, policy, verdict } => {
                Poll::Ready(match ready!(future.poll(context)) {
                    Ok(mut response) => {
                        decorate(policy, verdict, &mut response);
                        Ok(response.map_into_left_body())
                    }
                    Err(mut error) => {
                        map_error(policy, verdict, &mut error);
                        Err(error)
                    }
                })
            }
        }
    }
}

fn decorate<B>(policy: &ReadyPolicy, verdict: &Verdict, response: &mut ServiceResponse<B>) {
    let refused = !matches!(verdict, Verdict::Closed)
        && response.request().extensions().contains::<Refused>();
    if !refused {
        verdict.apply(policy, response.headers_mut());
    }
}

/// The error stays an error on its way out, so that layers further out still see it.
fn map_error(policy: &Arc<ReadyPolicy>, verdict: &Verdict, error: &mut Error) {
    let (policy, verdict) = (Arc::clone(policy), verdict.clone());
    error.add_response_mapper(move |mut response| {
        verdict.apply(&policy, response.headers_mut());
        response
    });
}
