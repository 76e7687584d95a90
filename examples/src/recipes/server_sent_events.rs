//! Server-sent events: a response whose body is a stream, for `EventSource` and for `fetch`.

use std::{convert::Infallible, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, Responder, get,
    http::header::{CacheControl, CacheDirective},
    rt::time,
    web::{self, Bytes},
};
use cors_actix::cors;
use futures_util::{StreamExt as _, stream};

/// The number of the last event.
const LAST: u32 = 3;

/// Sends the events that follow `Last-Event-ID`. `EventSource` sends this header without a preflight, and
/// `fetch` needs `allow_headers` for it. `new EventSource(url, { withCredentials: true })` needs
/// `allow_credentials`.
#[cors(
    allow_origins = ["https://app.example.com"],
    allow_headers = ["last-event-id"],
    allow_credentials,
)]
#[get("/events")]
async fn events(request: HttpRequest) -> impl Responder {
    let received = request.headers().get("last-event-id").and_then(|id| id.to_str().ok());
    let first = received.and_then(|id| id.parse::<u32>().ok()).map_or(1, |id| id.saturating_add(1));
    let events = stream::iter(first..=LAST).then(|id| async move {
        time::sleep(Duration::from_millis(20)).await;
        Ok::<_, Infallible>(Bytes::from(format!("id: {id}\ndata: event {id}\n\n")))
    });
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(CacheControl(vec![CacheDirective::NoCache]))
        .streaming(events)
}

/// Registers the route.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(events);
}
