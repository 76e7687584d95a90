//! The record of the requests that have reached the API.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
    web,
};

const CAPACITY: usize = 1000;

/// The latest requests that have reached the API. Each request has a tag (its query) and a method.
#[derive(Default)]
pub(super) struct Seen(Mutex<VecDeque<(String, Method)>>);

impl Seen {
    pub(super) fn methods(&self, tag: &str) -> Vec<String> {
        let log = self.log();
        log.iter().filter(|(of, _)| of == tag).map(|(_, method)| method.to_string()).collect()
    }

    fn push(&self, tag: &str, method: &Method) {
        let mut log = self.log();
        if log.len() == CAPACITY {
            log.pop_front();
        }
        log.push_back((tag.to_owned(), method.clone()));
    }

    fn log(&self) -> MutexGuard<'_, VecDeque<(String, Method)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records every tagged request, also preflights, before a policy decides.
pub(super) async fn note(
    seen: web::Data<Seen>,
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !req.query_string().is_empty() {
        seen.push(req.query_string(), req.method());
    }
    next.call(req).await
}
