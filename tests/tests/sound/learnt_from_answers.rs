//! If an answer shows that other code than the selected route answers, the layer's own policy has to grant as well
//! from then on.

use actix_web::{
    App, Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    guard,
    http::StatusCode,
    middleware::{Next, from_fn},
    put, web,
};
use cors_actix::cors;
use cors_actix_tests::{
    VARY, journal,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{ALL_ALLOWED, friends, open};

#[cors(allow_origins = any)]
#[put("/learnt")]
async fn learnt() -> &'static str {
    "route"
}

#[cors(allow_origins = any)]
#[put("/other")]
async fn other() -> &'static str {
    "other"
}

/// Answers in place of the inner services if a request asks for a status, like a cache.
async fn cached(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let status = request.headers().get("x-status").map(|status| status.as_bytes());
    match status.and_then(|status| StatusCode::from_bytes(status).ok()) {
        Some(status) => Ok(request.into_response(HttpResponse::build(status).body("cached"))),
        None => Ok(next.call(request).await?.map_into_boxed_body()),
    }
}

/// Asserts that preflights of a stranger are granted, or those of the friend alone.
async fn assert_granted(app: &Local, target: &str, to_all: bool) {
    assert_eq!(app.send(preflight(target, FRIEND, "PUT")).await.status, 204);
    let response = app.send(preflight(target, STRANGER, "PUT")).await;
    if to_all {
        assert_eq!(response.status, 204, "{}", response.request);
    } else {
        response.assert_denied();
    }
}

/// Returns the number of warnings about something that has answered in place of a route.
fn warnings(target: &str) -> usize {
    let start = format!("{target} is for the handler at");
    let entries = journal::entries_with("something else has answered");
    entries.iter().filter(|entry| entry.text.starts_with(&start)).count()
}

#[actix_web::test]
async fn a_cache_that_answers_in_front_of_the_router_is_noticed() {
    journal::open();
    for scope in ["", "/learnt-scope"] {
        for (status, is_of_other_code) in [
            ("200", true),
            ("304", true),
            ("404", true),
            ("405", true),
            ("401", false),
            ("500", false),
        ] {
            let target = format!("{scope}/learnt");
            let app = App::new().wrap(from_fn(cached)).wrap(friends());
            let app = match scope {
                "" => app.service(learnt),
                _ => app.service(web::scope(scope).service(learnt)),
            };
            let app = Local::start(app).await;
            let before = warnings(&target);
            app.send(actual("PUT", &target, Some(STRANGER))).await.assert(200, [ALL_ALLOWED]);
            assert_granted(&app, &target, true).await;
            for _ in 0..2 {
                let request = actual("PUT", &target, Some(STRANGER));
                let response = app.send(request.insert_header(("x-status", status))).await;
                let code = status.parse().unwrap();
                if is_of_other_code {
                    response.assert_closed(code);
                } else {
                    response.assert(code, [ALL_ALLOWED]);
                }
            }
            assert_granted(&app, &target, !is_of_other_code).await;
            assert_eq!(warnings(&target), before + usize::from(is_of_other_code));
        }
    }
}

fn to_first() -> impl guard::Guard {
    guard::Header("x-scope", "first")
}

/// The handler answers with an error, and the router has come to it, so the guard has passed the request on.
#[actix_web::test]
async fn an_unannotated_handler_to_which_a_guard_passes_requests_is_noticed() {
    for has_layer in [false, true] {
        for answer in [HttpResponse::Ok, HttpResponse::Unauthorized] {
            let first = web::scope("/learnt-guards").guard(to_first()).service(learnt);
            let second = web::scope("/learnt-guards")
                .route("/learnt", web::put().to(move || async move { answer().finish() }));
            let sibling = web::scope("/learnt-sibling").service(learnt);
            let app = App::new().wrap(friends()).service(first).service(sibling).service(other);
            let app = match has_layer {
                true => app.service(second.wrap(friends())),
                false => app.service(second),
            };
            let app = Local::start(app).await;
            let target = "/learnt-guards/learnt";
            for target in [target, "/learnt-sibling/learnt", "/other"] {
                assert_granted(&app, target, true).await;
            }
            let response = app.send(actual("PUT", target, Some(STRANGER))).await;
            response.assert_closed(answer().finish().status().as_u16());
            // The guard may be that of any scope, and no guard is in front of the routes at the root.
            for (target, to_all) in
                [(target, false), ("/learnt-sibling/learnt", false), ("/other", true)]
            {
                assert_granted(&app, target, to_all).await;
            }
        }
    }
}

/// Then guards may also pass over the routes that the map names for other paths.
#[actix_web::test]
async fn another_annotated_route_that_a_guard_passes_requests_to_is_noticed() {
    let first = web::scope("/learnt-twins").guard(to_first()).service(learnt);
    let second = web::scope("/learnt-twins").service(learnt);
    let app = App::new().wrap(friends()).service(first).service(second).service(other);
    let app = Local::start(app).await;
    let request = || actual("PUT", "/learnt-twins/learnt", Some(STRANGER));
    for (is_first, to_all) in [(true, true), (false, false)] {
        let request =
            if is_first { request().insert_header(("x-scope", "first")) } else { request() };
        app.send(request).await.assert(200, [ALL_ALLOWED]);
        for target in ["/learnt-twins/learnt", "/other"] {
            assert_granted(&app, target, to_all).await;
        }
    }
}

/// The outer layer has nothing to decide on the request, and the inner layer notices what has answered.
#[actix_web::test]
async fn the_layers_of_an_app_learn_from_each_other_though_another_app_is_on_the_thread() {
    let target = "/learnt-by-inner/learnt";
    let guarded = web::scope("").guard(to_first()).service(learnt);
    let inner = web::scope("/learnt-by-inner").wrap(open()).service(guarded);
    let inner = inner.route("/learnt", web::put().to(HttpResponse::Ok));
    let app = Local::start(App::new().wrap(friends()).service(inner)).await;
    assert_granted(&app, target, true).await;
    let another = Local::start(App::new().wrap(friends()).service(other)).await;
    assert_granted(&another, "/other", true).await;
    app.send(actual("PUT", target, None)).await.assert(200, [ALL_ALLOWED, VARY]);
    assert_granted(&app, target, false).await;
    assert_granted(&another, "/other", true).await;
}
