//! A layer that lives longer than its app does not use the routes of the old app in the next app.

use actix_web::{
    App,
    dev::{Service as _, ServiceRequest, Transform as _, fn_service},
    http::header,
    put,
    test::{self, TestRequest},
    web,
};
use cors_actix::cors;
use cors_actix_tests::{
    local::{Local, actual, preflight},
    sign::STRANGER,
};

use crate::{assert_allowed, assert_denied, friends, open, open_upload};

#[cors(same_origin)]
#[put("/item")]
async fn closed_item() -> &'static str {
    "closed"
}

/// The number of apps, so large that some app gets the memory of an earlier app.
const TIMES: usize = 50;

#[actix_web::test]
async fn a_layer_without_an_app_does_not_change_the_next_app() {
    let mut outliving = Vec::new();
    for _ in 0..TIMES {
        let layer = open().new_transform(test::ok_service()).await.unwrap();
        let request = preflight("/item", STRANGER, "PUT").to_srv_request();
        assert_eq!(test::call_service(&layer, request).await.status(), 204);
        outliving.push(layer);
        let app = Local::start(App::new().wrap(open()).service(closed_item)).await;
        assert_denied(&app, ("PUT", "/item"), STRANGER, "closed").await;
    }
}

#[actix_web::test]
async fn a_layer_that_has_served_one_app_serves_another() {
    let layer = open().new_transform(test::ok_service()).await.unwrap();
    for _ in 0..TIMES {
        let app = Local::start(App::new().wrap(open()).service(closed_item)).await;
        assert_denied(&app, ("PUT", "/item"), STRANGER, "closed").await;
        let request = preflight("/item", STRANGER, "PUT").to_srv_request();
        let response = test::call_service(&layer, request).await;
        assert!(response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    }
}

#[actix_web::test]
async fn apps_one_after_another_have_their_own_routes() {
    for turn in 0..TIMES {
        let app = App::new().wrap(friends());
        if turn % 2 == 0 {
            let app = Local::start(app.service(closed_item).service(open_upload)).await;
            assert_denied(&app, ("PUT", "/item"), STRANGER, "closed").await;
        } else {
            let app = Local::start(app.service(open_upload).service(closed_item)).await;
            assert_allowed(&app, ("PUT", "/item"), STRANGER, "upload").await;
        }
    }
}

#[actix_web::test]
async fn a_dropped_app_grants_nothing_in_the_next_app() {
    for _ in 0..TIMES {
        let opened = Local::start(App::new().wrap(friends()).service(open_upload)).await;
        opened.send(preflight("/item", STRANGER, "PUT")).await;
        drop(opened);
        let app = App::new().wrap(friends()).default_service(web::to(crate::secret));
        let app = Local::start(app).await;
        assert_denied(&app, ("PUT", "/item"), STRANGER, "secret").await;
    }
}

/// Tests of middleware send requests that do not belong to an app.
#[actix_web::test]
async fn the_layers_own_policy_answers_a_request_without_an_app() {
    async fn ask(request: TestRequest) -> Option<String> {
        let inner = |request: ServiceRequest| async {
            Ok::<_, actix_web::Error>(request.into_response(actix_web::HttpResponse::Ok()))
        };
        let layer = friends().new_transform(fn_service(inner)).await.unwrap();
        let response = layer.call(request.to_srv_request()).await.unwrap();
        let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
        Some(allowed.to_str().unwrap().to_owned())
    }

    let _app = Local::start(App::new().wrap(open()).service(open_upload)).await;
    assert_eq!(ask(preflight("/item", STRANGER, "PUT")).await, None);
    assert_eq!(ask(actual("PUT", "/item", Some(STRANGER))).await, None);
}
