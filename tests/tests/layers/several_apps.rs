//! Several apps: on one thread, one after another on one thread, and on several threads.

use std::thread;

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    web,
};
use cors_actix::Cors;
use cors_actix_tests::{
    Request, Server,
    local::{Local, actual, preflight},
    sign::{FRIEND, Kind, STRANGER, Sign},
};

use crate::{HANDLER, OPEN, ORIGINS, app_layer, open_item, request, strict_item, strict_static};

const CLOSED: Sign = Sign::new(Kind::Closed, "x-app", 1);

async fn assert_item(app: &Local, target: &str, sign: &Sign, methods: &str, status: u16) {
    for origin in [FRIEND, STRANGER] {
        let response = app.send(preflight(target, origin, "PUT")).await;
        response.assert_preflight_signed(sign, origin, methods);
    }
    for origin in ORIGINS {
        let response = app.send(actual("PUT", target, origin)).await;
        response.assert_signed(status, Some(sign), origin);
    }
}

async fn strict(scope: &str) -> Local {
    let scope = web::scope(scope).service(strict_item);
    Local::start(App::new().wrap(Cors::new(CLOSED.policy())).service(scope)).await
}

async fn open(scope: &str) -> Local {
    let scope = web::scope(scope).service(open_item);
    Local::start(App::new().wrap(Cors::new(CLOSED.policy())).service(scope)).await
}

#[actix_web::test]
async fn two_apps_on_one_thread_have_their_own_routes() {
    let (one, other, third) = (strict("/a").await, strict("/b").await, open("/a").await);
    for _ in 0..2 {
        assert_item(&one, "/a/items/7", &HANDLER, "PUT", 200).await;
        assert_item(&one, "/b/items/7", &CLOSED, "", 404).await;
        assert_item(&other, "/b/items/7", &HANDLER, "PUT", 200).await;
        assert_item(&other, "/a/items/7", &CLOSED, "", 404).await;
        assert_item(&third, "/a/items/7", &OPEN, "PUT", 200).await;
        assert_item(&third, "/b/items/7", &CLOSED, "", 404).await;
    }
    drop(one);
    assert_item(&other, "/b/items/7", &HANDLER, "PUT", 200).await;
    let fourth = open("/b").await;
    assert_item(&fourth, "/b/items/7", &OPEN, "PUT", 200).await;
    assert_item(&third, "/a/items/7", &OPEN, "PUT", 200).await;
    assert_item(&other, "/b/items/7", &HANDLER, "PUT", 200).await;
}

/// A new app may get the memory addresses of a dropped app.
#[actix_web::test]
async fn a_dropped_app_leaves_no_routes_to_the_next() {
    for round in 0..500 {
        let (scope, elsewhere) = if round % 3 == 0 { ("/a", "/b") } else { ("/b", "/a") };
        let is_strict = round % 2 == 0;
        let app = if is_strict { strict(scope).await } else { open(scope).await };
        // Some apps get no request.
        if round % 7 != 0 {
            let sign = if is_strict { HANDLER } else { OPEN };
            assert_item(&app, &format!("{scope}/items/7"), &sign, "PUT", 200).await;
            assert_item(&app, &format!("{elsewhere}/items/7"), &CLOSED, "", 404).await;
        }
    }
}

/// A layer of an app may get its first request after requests to other apps.
#[actix_web::test]
async fn layers_of_one_app_know_of_each_other_while_other_apps_serve_requests() {
    async fn anew(
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        let (request, _) = next.call(request).await?.into_parts();
        Ok(ServiceResponse::new(request, HttpResponse::Ok().finish()))
    }
    async fn layered() -> Local {
        let inner = web::scope("/a").wrap(Cors::new(CLOSED.policy())).wrap(from_fn(anew));
        Local::start(App::new().wrap(Cors::new(OPEN.policy())).service(inner)).await
    }
    for _ in 0..100 {
        let apps = [layered().await, layered().await];
        for (target, status, sign) in [("/b", 404, OPEN), ("/a", 200, CLOSED), ("/a", 200, CLOSED)]
        {
            for app in &apps {
                let response = app.send(actual("GET", target, Some(STRANGER))).await;
                response.assert_signed(status, Some(&sign), Some(STRANGER));
            }
        }
    }
}

/// A factory lives longer than the apps that it has made.
#[actix_web::test]
async fn apps_that_share_a_layers_factory_share_no_routes() {
    let cors = Cors::new(CLOSED.policy());
    let with = Local::start(App::new().wrap(cors.clone()).service(strict_item)).await;
    let without = Local::start(App::new().wrap(cors)).await;
    assert_item(&without, "/items/7", &CLOSED, "", 404).await;
    assert_item(&with, "/items/7", &HANDLER, "PUT", 200).await;
    drop(with);
    assert_item(&without, "/items/7", &CLOSED, "", 404).await;
}

#[test]
fn every_worker_knows_the_routes() {
    const WORKERS: usize = 3;
    async fn who() -> String {
        format!("{:?}", thread::current().id())
    }
    let fleet = Server::with_workers(WORKERS, || {
        App::new()
            .wrap(app_layer())
            .route("/who", web::get().to(who))
            .service(web::scope("/{tenant}").service(strict_item).service(strict_static))
    });
    for client in fleet.workers(WORKERS, &Request::get("/who")).values_mut() {
        for origin in [FRIEND, STRANGER] {
            for (target, method) in [("/a/items/7", "PUT"), ("/a/static", "GET")] {
                let response = client.send(&Request::preflight(target, origin, method));
                response.assert_preflight_signed(&HANDLER, origin, method);
                let response = client.send(&request(method, target, Some(origin)));
                response.assert_signed(200, Some(&HANDLER), Some(origin));
            }
        }
    }
}
