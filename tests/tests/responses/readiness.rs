//! A layer takes requests only if the wrapped service does.

use std::{
    future::{Ready, ready},
    task::{Context, Poll, Waker},
};

use actix_web::{
    Error, HttpResponse,
    dev::{Service, ServiceRequest, ServiceResponse, Transform as _},
};
use cors_actix::Cors;
use cors_actix_tests::example;

struct Busy;

impl Service<ServiceRequest> for Busy {
    type Response = ServiceResponse;
    type Error = Error;
    type Future = Ready<Result<ServiceResponse, Error>>;

    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Pending
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        ready(Ok(request.into_response(HttpResponse::Ok())))
    }
}

#[actix_web::test]
async fn a_layer_is_ready_if_the_service_inside_is_ready() {
    let layer = Cors::new(example()).new_transform(Busy).await.unwrap();
    let mut context = Context::from_waker(Waker::noop());
    assert!(layer.poll_ready(&mut context).is_pending());
}
