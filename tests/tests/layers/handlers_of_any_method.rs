//! Handlers below a layer that take every method, including OPTIONS.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{App, HttpResponse, get, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    Request, Server,
    sign::{FRIEND, Kind, STRANGER, Sign},
};

use crate::{APP, app_layer};

#[cors(allow_origins = ["https://friend.example"])]
#[get("/pay")]
async fn read() -> &'static str {
    "read"
}

#[test]
fn no_handler_of_any_method_runs_on_a_preflight_below_a_layer() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let server = Server::start(move || {
        let counter = Arc::clone(&counter);
        let count = move || {
            counter.fetch_add(1, Ordering::Relaxed);
            async { "ran" }
        };
        App::new()
            .wrap(app_layer().scope("/closed", Policy::same_origin()))
            .service(web::resource("/pay").to(count.clone()))
            .service(read)
            .route("/routed", web::to(count.clone()))
            .service(
                web::scope("/scope")
                    .wrap(Cors::new(Sign::new(Kind::Open, "x-scope", 2).policy()))
                    .service(read)
                    .default_service(web::to(count.clone())),
            )
            .service(web::scope("/closed").default_service(web::to(count.clone())))
            .default_service(web::to(count))
    });
    for target in
        ["/pay", "/routed", "/scope", "/scope/pay", "/scope/x", "/closed/x", "/", "/x", "*"]
    {
        for origin in [FRIEND, STRANGER, "null", "", "?"] {
            for method in ["GET", "POST", "PUT", "PATCH", "OPTIONS", "get", "", "?"] {
                server.send(&Request::preflight(target, origin, method));
            }
        }
    }
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    for target in ["/pay", "/routed", "/scope/x", "/closed/x", "/x"] {
        let before = calls.load(Ordering::Relaxed);
        server.send(&Request::new("OPTIONS", target).origin(FRIEND));
        server.send(&Request::new("OPTIONS", target).asks_method("PUT"));
        assert_eq!(
            calls.load(Ordering::Relaxed),
            before + 2,
            "{target} did not take other OPTIONS"
        );
    }
}

#[test]
fn a_resource_of_any_method_responds_by_the_policy_of_its_layers() {
    let server = Server::start(|| {
        App::new()
            .wrap(app_layer())
            .service(read)
            .service(web::resource("/pay").to(HttpResponse::Ok))
    });
    let response = server.send(&Request::preflight("/pay", STRANGER, "POST"));
    response.assert_preflight_signed(&APP, STRANGER, Sign::LAYER_METHODS);
    server.send(&Request::preflight("/pay", STRANGER, "GET")).assert_denied();
}
