//! Server-sent events, by `EventSource` and by `fetch`.

use actix_web::{App, HttpResponse, get, test::init_service};
use cors_actix::cors;
use cors_actix_browser::{Blocked, Browser, CorsFault, Credentials::Include, Fetch};
use cors_actix_examples::recipes::server_sent_events;
use cors_actix_tests::{Request, Server, admitted};

use crate::{APP, EVIL};

const ALL: &str = "id: 1\ndata: event 1\n\nid: 2\ndata: event 2\n\nid: 3\ndata: event 3\n\n";

#[test]
fn the_headers_are_on_a_streamed_response_too() {
    let server = Server::start(|| App::new().configure(server_sent_events::configure));
    let response = server.send(&Request::get("/events").origin(APP));
    response.assert(200, admitted(APP));
    assert_eq!(response.values("transfer-encoding"), ["chunked"]);
    assert_eq!(response.values("content-type"), ["text/event-stream"]);
    assert_eq!(response.text(), ALL);
    // `EventSource` sends this header without a preflight.
    let next = Request::get("/events").origin(APP).line("Last-Event-ID", "2");
    assert_eq!(server.send(&next).assert(200, admitted(APP)).text(), "id: 3\ndata: event 3\n\n");
}

#[actix_web::test]
async fn the_page_of_the_app_reads_the_events_and_other_pages_do_not() {
    let api = init_service(App::new().configure(server_sent_events::configure)).await;
    let events = || Fetch::get("/events").credentials(Include);
    let seen = Browser::at(APP).fetch(&api, events()).await;
    seen.assert_status(200);
    assert_eq!(seen.text(), ALL);
    assert!(!seen.preflighted());

    let after = events().header("last-event-id", "2");
    let seen = Browser::at(APP).fetch(&api, after).await;
    assert_eq!(seen.text(), "id: 3\ndata: event 3\n\n");
    assert!(seen.preflighted());
    Browser::at(EVIL).fetch(&api, events()).await.assert_blocked();
}

#[cors(allow_origins = ["https://app.example.com"])]
#[get("/events")]
async fn no_credentials() -> HttpResponse {
    HttpResponse::Ok().content_type("text/event-stream").body(ALL)
}

#[actix_web::test]
async fn an_event_source_with_credentials_needs_a_policy_with_credentials() {
    let api = init_service(App::new().service(no_credentials)).await;
    let browser = Browser::at(APP);
    let seen = browser.fetch(&api, Fetch::get("/events").credentials(Include)).await;
    let fault = CorsFault::AllowCredentials { found: None };
    assert_eq!(*seen.assert_blocked(), Blocked::Cors { status: 200, fault });
    let seen = browser.fetch(&api, Fetch::get("/events").header("last-event-id", "2")).await;
    assert!(matches!(seen.assert_blocked(), Blocked::PreflightCors { status: 403, .. }), "{seen}");
}
