//! A preflight runs no code of the user. The tests count the runs.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{
    App, Error, FromRequest, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    guard,
    http::Method,
    middleware::{Next, from_fn},
    put, web,
};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, admitted, example, granted, granted_once};

use crate::EVIL;

/// The number of runs of user code, by its place.
#[derive(Debug, Default)]
struct Ran {
    handler: AtomicUsize,
    extractor: AtomicUsize,
    guard: AtomicUsize,
    middleware: AtomicUsize,
}

impl Ran {
    fn counts(&self) -> [usize; 4] {
        [&self.handler, &self.extractor, &self.guard, &self.middleware]
            .map(|count| count.load(Ordering::SeqCst))
    }
}

fn count(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::SeqCst);
}

struct Extracted;

impl FromRequest for Extracted {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Some(ran) = request.app_data::<Arc<Ran>>() {
            count(&ran.extractor);
        }
        std::future::ready(Ok(Extracted))
    }
}

async fn handle(request: HttpRequest, _: Extracted) -> HttpResponse {
    if let Some(ran) = request.app_data::<Arc<Ran>>() {
        count(&ran.handler);
    }
    HttpResponse::Ok().body("ran")
}

async fn pass(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(ran) = request.app_data::<Arc<Ran>>() {
        count(&ran.middleware);
    }
    next.call(request).await
}

fn ask(context: &guard::GuardContext<'_>) -> bool {
    if let Some(ran) = context.app_data::<Arc<Ran>>() {
        count(&ran.guard);
    }
    true
}

#[cors(allow_origins = ["https://example.com"], allow_credentials)]
#[put("/annotated", guard = "ask", wrap = "from_fn(pass)")]
async fn annotated(request: HttpRequest, extracted: Extracted) -> HttpResponse {
    handle(request, extracted).await
}

#[test]
fn no_code_below_a_layer_runs_on_a_preflight() {
    let ran = Arc::new(Ran::default());
    let shared = Arc::clone(&ran);
    let server = Server::start(move || {
        let policy = Policy::builder()
            .allow_origins([EXAMPLE])
            .allow_methods([Method::PUT])
            .allow_credentials(true)
            .build()
            .unwrap();
        App::new()
            .app_data(Arc::clone(&shared))
            .wrap(from_fn(pass))
            .wrap(Cors::new(policy))
            .service(web::resource("/any-method").to(handle))
            .service(web::resource("/guarded").guard(guard::fn_guard(ask)).to(handle))
            .service(
                web::scope("/scope")
                    .wrap(from_fn(pass))
                    .route("/put", web::put().to(handle))
                    .default_service(web::to(handle)),
            )
            .default_service(web::to(handle))
    });
    let mut client = server.connect();
    for target in ["/any-method", "/guarded", "/scope/put", "/scope/none", "/none", "/"] {
        for method in ["PUT", "GET"] {
            let request = Request::preflight(target, EXAMPLE, method);
            client.send(&request).assert_granted(granted(EXAMPLE, "GET,HEAD,POST,PUT"));
        }
        client.send(&Request::preflight(target, EVIL, "PUT")).assert_denied();
        client.send(&Request::preflight(target, EXAMPLE, "DELETE")).assert_denied();
    }
    assert_eq!(ran.counts(), [0, 0, 0, 0]);

    // An actual request increases every counter.
    client.send(&Request::new("PUT", "/any-method").origin(EVIL)).assert_closed(200);
    client.send(&Request::new("PUT", "/guarded").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
    assert_eq!(ran.counts(), [2, 2, 1, 2]);
}

/// The handler behind the guard.
#[cors(allow_origins = ["https://example.com"], allow_credentials)]
#[put("/annotated", wrap = "from_fn(pass)")]
async fn behind(request: HttpRequest, extracted: Extracted) -> HttpResponse {
    handle(request, extracted).await
}

#[test]
fn no_code_of_an_annotated_handler_runs_on_a_preflight() {
    let ran = Arc::new(Ran::default());
    let (shared, shared_alone) = (Arc::clone(&ran), Arc::clone(&ran));
    let server = Server::start(move || {
        App::new().app_data(Arc::clone(&shared)).service(annotated).service(behind)
    });
    // Without `behind`, the guard may pass requests on to code without a policy.
    let alone =
        Server::start(move || App::new().app_data(Arc::clone(&shared_alone)).service(annotated));
    let mut client = server.connect();
    let request = Request::preflight("/annotated", EXAMPLE, "PUT");
    client.send(&request).assert_granted(granted_once(EXAMPLE, "PUT"));
    alone.send(&request).assert_denied();
    for server in [&server, &alone] {
        server.send(&Request::preflight("/annotated", EVIL, "PUT")).assert_denied();
    }
    assert_eq!(ran.counts(), [0, 0, 0, 0]);

    for server in [server, alone] {
        server
            .send(&Request::new("PUT", "/annotated").origin(EXAMPLE))
            .assert(200, admitted(EXAMPLE));
        let counts = [&ran.handler, &ran.extractor, &ran.guard, &ran.middleware];
        assert_eq!(counts.map(|count| count.swap(0, Ordering::SeqCst)), [1, 1, 1, 1]);
    }
}

#[test]
fn a_layer_on_a_resource_of_any_method_answers_its_preflights() {
    let ran = Arc::new(Ran::default());
    let shared = Arc::clone(&ran);
    let server = Server::start(move || {
        let pay = web::resource("/pay").wrap(from_fn(pass)).wrap(Cors::new(example()));
        App::new().app_data(Arc::clone(&shared)).service(pay.to(handle))
    });
    let request = Request::preflight("/pay", EXAMPLE, "POST");
    server.send(&request).assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
    server.send(&Request::preflight("/pay", EVIL, "POST")).assert_denied();
    assert_eq!(ran.counts(), [0, 0, 0, 0]);
}
