//! A worker that starts again: because a service of the app has failed, or because its thread has ended.

use std::{
    cell::Cell,
    task::{Context, Poll},
};

use actix_rt::Arbiter;
use actix_service::{Service, Transform};
use actix_web::{
    App, Error, HttpResponse, dev::ServiceRequest, error::ErrorInternalServerError, get, web,
};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    Client, PREFLIGHT_VARY, Request, Server, VARY, calls::Calls, process::eventually,
};
use futures_util::future::{Ready, ready};

const PAGE: &str = "https://app.example";
const OTHER: &str = "https://other.example";

#[cors(allow_origins = ["https://app.example"])]
#[get("/annotated")]
async fn annotated() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Ends the thread of the worker.
async fn end() -> HttpResponse {
    Arbiter::current().stop();
    HttpResponse::Ok().finish()
}

/// A service that is not ready after the path `/fail` was requested, so that actix-web makes all services of the
/// worker anew.
struct Failing;

struct FailingService<S> {
    service: S,
    has_failed: Cell<bool>,
}

impl<S> Transform<S, ServiceRequest> for Failing
where
    S: Service<ServiceRequest, Error = Error>,
{
    type Response = S::Response;
    type Error = Error;
    type Transform = FailingService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(FailingService { service, has_failed: Cell::new(false) }))
    }
}

impl<S> Service<ServiceRequest> for FailingService<S>
where
    S: Service<ServiceRequest, Error = Error>,
{
    type Response = S::Response;
    type Error = Error;
    type Future = S::Future;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.has_failed.get() {
            true => Poll::Ready(Err(ErrorInternalServerError("the service has failed"))),
            false => self.service.poll_ready(context),
        }
    }

    fn call(&self, request: ServiceRequest) -> S::Future {
        self.has_failed.set(request.path() == "/fail");
        self.service.call(request)
    }
}

/// Starts a server with one worker. `made` counts the apps.
fn serve(made: &Calls) -> Server {
    let made = made.clone();
    Server::start(move || {
        made.add();
        App::new()
            .wrap(Cors::new(Policy::builder().allow_origins([OTHER]).build().unwrap()))
            .wrap(Failing)
            .service(annotated)
            .route("/end", web::get().to(end))
            .default_service(web::to(HttpResponse::Ok))
    })
}

#[track_caller]
fn assert_policies(server: &Server) {
    for (path, origin, stranger) in [("/annotated", PAGE, OTHER), ("/plain", OTHER, PAGE)] {
        let allowed = format!("access-control-allow-origin: {origin}");
        let response = server.send(&Request::get(path).origin(origin));
        response.assert(200, [allowed.as_str(), VARY]);
        server.send(&Request::get(path).origin(stranger)).assert_closed(200);
        let response = server.send(&Request::preflight(path, origin, "GET"));
        let methods = response.values("access-control-allow-methods").join(" and ");
        let methods = format!("access-control-allow-methods: {methods}");
        response.assert(204, [allowed.as_str(), &methods, PREFLIGHT_VARY]);
        server.send(&Request::preflight(path, stranger, "GET")).assert_denied();
    }
}

/// Waits until an app that was made anew answers. A worker looks at its services when a connection comes.
#[track_caller]
fn eventually_made_anew(server: &Server, made: &Calls) {
    eventually("the app is made anew", || {
        let answered = Client::connect(server.address()).try_send(&Request::get("/")).is_ok();
        answered && made.take() > 0
    });
}

#[test]
fn services_that_are_made_anew_have_the_same_policies() {
    let _alone = crate::alone();
    let made = Calls::default();
    let server = serve(&made);
    assert_policies(&server);
    for _ in 0..3 {
        made.take();
        server.send(&Request::get("/fail"));
        eventually_made_anew(&server, &made);
        assert_policies(&server);
    }
}

#[test]
fn a_worker_in_a_new_thread_has_the_same_policies() {
    let _alone = crate::alone();
    let made = Calls::default();
    let server = serve(&made);
    assert_policies(&server);
    made.take();
    let _gone = Client::connect(server.address()).try_send(&Request::get("/end"));
    eventually_made_anew(&server, &made);
    assert_policies(&server);
}
