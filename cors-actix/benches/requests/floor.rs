//! The floor: a hand-written layer that inserts the same headers as this library, without conditions and
//! from constants. The layer reads only the method and, if the response echoes the origin, the origin.

use std::{
    future::{Future, Ready, ready},
    pin::Pin,
    task::{self, Context, Poll},
};

use actix_service::{Service, Transform};
use actix_web::{
    Error, HttpResponse,
    body::EitherBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
};
use pin_project_lite::pin_project;

#[derive(Clone, Copy)]
pub(crate) enum Floor {
    /// An empty answer to OPTIONS.
    Nothing,
    Vary,
    Any,
    Allowed,
}

impl Floor {
    fn insert(self, origin: Option<HeaderValue>, headers: &mut HeaderMap) {
        let value = HeaderValue::from_static;
        match (self, origin) {
            (Floor::Allowed, Some(origin)) => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, value("true"));
                headers.insert(header::VARY, value("Origin"));
            }
            (Floor::Any, _) => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, value("*"));
            }
            (Floor::Vary, _) | (Floor::Allowed, None) => {
                headers.insert(header::VARY, value("Origin"));
            }
            (Floor::Nothing, _) => {}
        }
    }

    fn preflight(self, request: &HeaderMap) -> HttpResponse {
        let value = HeaderValue::from_static;
        let status = match self {
            Floor::Vary => StatusCode::FORBIDDEN,
            _ => StatusCode::NO_CONTENT,
        };
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        if let (Floor::Allowed, Some(origin)) = (self, request.get(header::ORIGIN)) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, value("GET,HEAD,POST,PUT"));
            if request.contains_key(header::ACCESS_CONTROL_REQUEST_HEADERS) {
                headers.insert(
                    header::ACCESS_CONTROL_ALLOW_HEADERS,
                    value("content-type,x-a,x-b,x-c,x-d,x-e,x-f,x-g,x-h,x-i,x-j,x-request-id"),
                );
            }
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, value("true"));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, value("600"));
        }
        if !matches!(self, Floor::Nothing) {
            headers.insert(
                header::VARY,
                value("Origin, Access-Control-Request-Method, Access-Control-Request-Headers"),
            );
        }
        response
    }
}

impl<S, B> Transform<S, ServiceRequest> for Floor
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = FloorService<S>;
    type InitError = ();
    type Future = Ready<Result<FloorService<S>, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(FloorService { floor: *self, service }))
    }
}

pub(crate) struct FloorService<S> {
    floor: Floor,
    service: S,
}

impl<S, B> Service<ServiceRequest> for FloorService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = FloorFuture<S::Future>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if request.method() == Method::OPTIONS {
            let response = self.floor.preflight(request.headers());
            return FloorFuture::Answered { response: Some(request.into_response(response)) };
        }
        let origin = match self.floor {
            Floor::Allowed => request.headers().get(header::ORIGIN).cloned(),
            _ => None,
        };
        FloorFuture::Forwarded { future: self.service.call(request), floor: self.floor, origin }
    }
}

pin_project! {
    #[project = FloorProjection]
    pub(crate) enum FloorFuture<F> {
        Answered { response: Option<ServiceResponse> },
        Forwarded { #[pin] future: F, floor: Floor, origin: Option<HeaderValue> },
    }
}

impl<F, B> Future for FloorFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            FloorProjection::Answered { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response.map_into_right_body())),
                None => Poll::Pending,
            },
            FloorProjection::Forwarded { future, floor, origin } => {
                let mut response = task::ready!(future.poll(context))?;
                floor.insert(origin.take(), response.headers_mut());
                Poll::Ready(Ok(response.map_into_left_body()))
            }
        }
    }
}
