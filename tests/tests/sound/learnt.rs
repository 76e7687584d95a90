//! If an answer shows that other code than the selected route answers, the layer's own policy has to grant as well
//! from then on.

use actix_web::{
    App, Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    guard,
    http::StatusCode,
    middleware::{Next, NormalizePath, from_fn},
    put, web,
};
use cors_actix::cors;
use cors_actix_tests::{
    VARY, journal,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};
use log::Level;

use crate::{
    ALL_ALLOWED, friends, friends_item, open, open_item, open_upload, secret, to_host, unauthorized,
};

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
                    response.assert(code, [ALL_ALLOWED, VARY]);
                }
            }
            assert_granted(&app, &target, !is_of_other_code).await;
            assert_eq!(warnings(&target), before + usize::from(is_of_other_code));
        }
    }
}

/// A shared cache may keep the response for other origins.
#[actix_web::test]
async fn an_error_of_middleware_varies_if_another_policy_may_apply_later() {
    for (is_open, has_twin, varies) in
        [(true, false, false), (true, true, true), (false, false, true)]
    {
        let layer = || if is_open { open() } else { friends() };
        let expected: &[&str] = if varies { &[ALL_ALLOWED, VARY] } else { &[ALL_ALLOWED] };
        for prefix in ["", "/in"] {
            let add = |config: &mut web::ServiceConfig| {
                config.service(open_item);
                if has_twin {
                    config.service(friends_item);
                }
            };
            let services = |config: &mut web::ServiceConfig| match prefix {
                "" => add(config),
                _ => drop(config.service(web::scope(prefix).configure(add))),
            };
            let target = format!("{prefix}/item");
            let request = || actual("PUT", &target, Some(STRANGER));
            let answers = App::new().wrap(from_fn(cached)).wrap(layer()).configure(services);
            let request_of_status = request().insert_header(("x-status", "401"));
            let response = Local::start(answers).await.send(request_of_status).await;
            response.assert(401, expected.iter().copied());
            let fails = App::new().wrap(from_fn(unauthorized)).wrap(layer()).configure(services);
            let response = Local::start(fails).await.send(request()).await;
            response.assert(401, expected.iter().copied());
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
    app.send(actual("PUT", target, None)).await.assert(200, [ALL_ALLOWED]);
    assert_granted(&app, target, false).await;
    assert_granted(&another, "/other", true).await;
}

/// Returns a scope that no request of these tests reaches.
fn elsewhere(prefix: &str) -> actix_web::Scope {
    web::scope(prefix).guard(guard::Host("elsewhere.example"))
}

/// Returns, for each path, `true` if a preflight of an origin is granted that only the routes allow.
async fn granted<const N: usize>(app: &Local, targets: [&str; N]) -> [bool; N] {
    let mut granted = [false; N];
    for (granted, target) in granted.iter_mut().zip(targets) {
        *granted = app.send(preflight(target, STRANGER, "PUT")).await.status == 204;
    }
    granted
}

/// Sends a request whose route is not reached.
async fn assert_answer(app: &Local, target: &str, body: &str) {
    let request = to_host(actual("PUT", target, Some(FRIEND)), "api.example");
    assert_eq!(app.send(request).await.text(), body);
}

#[actix_web::test]
async fn all_routes_in_scopes_are_in_doubt_after_something_else_has_answered_for_one() {
    journal::open();
    let app = App::new()
        .wrap(friends())
        .service(elsewhere("/passed").service(open_item))
        .service(web::scope("/other").service(open_item))
        .service(open_item);
    let app = Local::start(app.default_service(web::to(secret))).await;
    let targets = ["/passed/item", "/other/item", "/item"];
    assert_eq!(granted(&app, targets).await, [true, true, true]);
    for _ in 0..2 {
        assert_answer(&app, "/passed/item", "secret").await;
        assert_eq!(granted(&app, targets).await, [false, false, true]);
    }
    let entries = journal::entries_with("/passed/item is for the handler at ");
    let levels: Vec<_> = entries.iter().map(|entry| entry.level).collect();
    assert_eq!(levels, [Level::Warn]);
}

/// The router gets another path than the layer.
#[actix_web::test]
async fn a_guard_is_noticed_below_middleware_that_rewrites_the_path() {
    let app = App::new()
        .wrap(NormalizePath::trim())
        .wrap(friends())
        .service(elsewhere("/slashes").service(open_upload));
    let app = Local::start(app.default_service(web::to(secret))).await;
    let targets = ["/slashes//item", "/slashes/item"];
    assert_eq!(granted(&app, targets).await, [true, true]);
    assert_answer(&app, "/slashes//item", "secret").await;
    assert_eq!(granted(&app, targets).await, [false, false]);
}

#[actix_web::test]
async fn all_routes_are_in_doubt_after_another_annotated_route_has_answered() {
    #[cors(allow_origins = any)]
    #[put("/me")]
    async fn open_me() -> &'static str {
        "me"
    }

    let app = App::new()
        .wrap(friends())
        .service(elsewhere("/v").service(open_item))
        .service(open_me)
        .service(web::scope("/{any}").service(friends_item));
    let app = Local::start(app).await;
    assert_eq!(granted(&app, ["/me"]).await, [true]);
    assert_answer(&app, "/v/item", "friends").await;
    assert_eq!(granted(&app, ["/me"]).await, [false]);
}

/// A layer of an app may get its first request after requests to other apps.
#[actix_web::test]
async fn the_layers_of_an_app_share_what_they_have_learnt() {
    for is_learnt in [false, true] {
        let one = elsewhere("/v").service(open_item);
        let one = web::scope("/one").wrap(friends()).service(one).default_service(web::to(secret));
        let two = web::scope("/two").wrap(friends()).service(open_item);
        let app = Local::start(App::new().service(one).service(two)).await;
        let target = if is_learnt { "/one/v/item" } else { "/one/x" };
        assert_answer(&app, target, "secret").await;
        let another = Local::start(App::new().wrap(friends()).service(open_item)).await;
        assert_eq!(granted(&another, ["/item"]).await, [true]);
        assert_eq!(granted(&app, ["/two/item"]).await, [!is_learnt]);
    }
}
