//! The future of both services. It resolves to a response of the layer, or to the response of the
//! wrapped service with the headers of the policy.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_service::Service;
use actix_web::{
    Error, HttpResponse,
    body::EitherBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use futures_util::future::LocalBoxFuture;
use pin_project_lite::pin_project;

use crate::outcomes::Answers;

/// A layer around a service.
pub(crate) trait Layer: Sized {
    type Inner: Service<ServiceRequest>;
    /// The state that is kept from a request for its response.
    type Kept;
    /// A request that waits for asynchronous predicates.
    type Waiting;

    /// Begins with an OPTIONS request: answers a preflight.
    fn options(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self>;

    /// Begins with a request that is not a preflight.
    fn actual(self: &Rc<Self>, request: ServiceRequest) -> StateOf<Self>;

    /// Goes on with a request when asynchronous predicates have answered.
    fn resume(self: &Rc<Self>, waiting: Self::Waiting, answers: Answers) -> StateOf<Self>;

    /// Decides on the response.
    fn respond<B>(&self, kept: &mut Self::Kept, response: &mut ServiceResponse<B>);

    /// Decides on the response that actix-web will make from the error. The error itself is passed on, so
    /// that outer middleware still sees an error.
    fn map_error(&self, kept: &mut Self::Kept, error: &mut Error);
}

/// The state of a layer's future.
pub(crate) type StateOf<L> = State<
    <<L as Layer>::Inner as Service<ServiceRequest>>::Future,
    <L as Layer>::Kept,
    <L as Layer>::Waiting,
>;

pin_project! {
    #[project = StateProjection]
    pub(crate) enum State<F, K, W> {
        Answered {
            response: Option<ServiceResponse>,
        },
        Asking {
            answers: LocalBoxFuture<'static, Answers>,
            waiting: Option<W>,
        },
        Inner {
            #[pin]
            future: F,
            kept: K,
        },
    }
}

impl<F, K, W> State<F, K, W> {
    #[inline]
    pub(crate) fn answered(request: ServiceRequest, response: HttpResponse) -> Self {
        State::Answered { response: Some(request.into_response(response)) }
    }
}

pin_project! {
    pub(crate) struct LayerFuture<L: Layer> {
        layer: Rc<L>,
        #[pin]
        state: StateOf<L>,
    }
}

impl<L: Layer> LayerFuture<L> {
    #[inline]
    pub(crate) fn start(layer: Rc<L>, request: ServiceRequest) -> Self {
        let state = match *request.method() == Method::OPTIONS {
            true => layer.options(request),
            false => layer.actual(request),
        };
        LayerFuture { layer, state }
    }
}

impl<L, B> Future for LayerFuture<L>
where
    L: Layer<Inner: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.state.as_mut().project() {
                StateProjection::Inner { future, kept } => {
                    return Poll::Ready(match ready!(future.poll(context)) {
                        Ok(mut response) => {
                            this.layer.respond(kept, &mut response);
                            Ok(response.map_into_left_body())
                        }
                        Err(mut error) => {
                            this.layer.map_error(kept, &mut error);
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
                StateProjection::Asking { answers, waiting } => {
                    let answers = ready!(answers.as_mut().poll(context));
                    let Some(waiting) = waiting.take() else { return Poll::Pending };
                    this.layer.resume(waiting, answers)
                }
            };
            this.state.set(next);
        }
    }
}
