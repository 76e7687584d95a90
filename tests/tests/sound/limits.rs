//! The limits that SECURITY.md lists, each in its smallest form. If the library no longer has a limit, its test
//! fails, and the limit has to be removed from SECURITY.md.

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    guard,
    http::Uri,
    middleware::{Next, NormalizePath, TrailingSlash, from_fn},
    put, web,
};
use cors_actix::cors;
use cors_actix_tests::{
    VARY,
    local::{Local, actual, preflight},
    sign::STRANGER,
};

use crate::{
    ALL_ALLOWED, FRIEND_ALLOWED, friends, open, open_item, open_page, open_upload, secret, to_host,
    unauthorized,
};

#[actix_web::test]
async fn a_layer_around_the_scope_of_one_host_sees_the_routes_of_the_others() {
    let on = |host| web::scope("").guard(guard::Host(host));
    let app = App::new()
        .service(on("open.example").service(open_item))
        .service(on("plain.example").wrap(friends()).route("/item", web::put().to(secret)));
    let app = Local::start(app).await;
    let response = app.send(to_host(preflight("/item", STRANGER, "PUT"), "plain.example")).await;
    assert_eq!(response.values("access-control-allow-origin"), ["*"]);
    // The stranger may send the request, but may not read the response.
    let response = app.send(to_host(actual("PUT", "/item", Some(STRANGER)), "plain.example")).await;
    assert_eq!(response.text(), "secret");
    response.assert_closed(200);
}

#[actix_web::test]
async fn a_layer_does_not_foresee_a_slash_that_inner_middleware_adds_in_front_of_an_empty_tail() {
    #[cors(same_origin)]
    #[put("/tail/{rest:.*}")]
    async fn closed_tail() -> &'static str {
        "closed"
    }

    let app = App::new().wrap(NormalizePath::new(TrailingSlash::Always)).wrap(open());
    let app = Local::start(app.service(closed_tail)).await;
    let response = app.send(preflight("/tail", STRANGER, "PUT")).await;
    assert_eq!(response.values("access-control-allow-origin"), ["*"]);
    // The stranger may send the request, but may not read the response.
    let response = app.send(actual("PUT", "/tail", Some(STRANGER))).await;
    assert_eq!(response.text(), "closed");
    response.assert_closed(200);
}

/// Rewrites the path `/open` to `/item`.
async fn rewrite(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let to = Uri::from_static("/item");
    request.match_info_mut().get_mut().update(&to);
    request.head_mut().uri = to;
    next.call(request).await
}

#[cors(allow_origins = any)]
#[put("/open")]
async fn open_other() -> &'static str {
    "other"
}

#[actix_web::test]
async fn an_error_in_front_of_a_rewritten_path_has_the_policy_of_the_path_that_arrived() {
    let item = web::resource("/item").wrap(from_fn(unauthorized)).route(web::put().to(secret));
    let app = App::new().wrap(from_fn(rewrite)).wrap(friends()).service(open_other).service(item);
    let app = Local::start(app).await;
    let response = app.send(actual("PUT", "/open", Some(STRANGER))).await;
    assert_eq!(response.status, 401);
    assert_eq!(response.values("access-control-allow-origin"), ["*"]);
}

#[actix_web::test]
async fn a_rewritten_path_whose_handler_answers_has_the_policies_of_both_paths() {
    let app = App::new()
        .wrap(from_fn(rewrite))
        .wrap(friends())
        .service(open_other)
        .route("/item", web::put().to(secret));
    let app = Local::start(app).await;
    app.send(actual("PUT", "/open", Some(STRANGER))).await.assert_closed(200);
}

#[actix_web::test]
async fn a_get_below_an_inner_layer_may_carry_a_header_that_another_part_of_the_url_allows() {
    #[cors(allow_origins = any, allow_headers = ["x-token"])]
    #[put("/item")]
    async fn open_put() -> &'static str {
        "open"
    }

    let app = App::new()
        .service(open_put)
        .service(web::resource("/item").wrap(friends()).route(web::get().to(secret)));
    let app = Local::start(app).await;
    let request = preflight("/item", STRANGER, "PUT");
    let response =
        app.send(request.insert_header(("access-control-request-headers", "x-token"))).await;
    assert_eq!(response.values("access-control-allow-headers"), ["x-token"]);
    assert!(response.values("access-control-max-age").is_empty(), "not kept for five seconds");
    app.send(actual("GET", "/item", Some(STRANGER))).await.assert_closed(200);
}

#[actix_web::test]
async fn middleware_that_answers_a_request_without_origin_gets_no_wildcard() {
    let app = App::new()
        .wrap(from_fn(unauthorized))
        .wrap(friends())
        .service(open_item)
        .service(web::scope("/in").service(open_item));
    let app = Local::start(app).await;
    for path in ["/item", "/in/item"] {
        app.send(actual("PUT", path, Some(STRANGER))).await.assert(401, [ALL_ALLOWED, VARY]);
        app.send(actual("PUT", path, None)).await.assert_closed(401);
    }
    // The route itself sends the header.
    let app = Local::start(App::new().wrap(friends()).service(open_item)).await;
    app.send(actual("PUT", "/item", None)).await.assert(200, [ALL_ALLOWED]);
}

#[actix_web::test]
async fn an_app_that_copies_all_headers_of_an_inner_app_keeps_its_decision() {
    async fn rebuild(
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        let (request, inner) = next.call(request).await?.into_parts();
        let mut outer = HttpResponse::build(inner.status());
        for (name, value) in inner.headers() {
            outer.append_header((name.clone(), value.clone()));
        }
        let response = outer.message_body(inner.into_body())?;
        Ok(ServiceResponse::new(request, response))
    }

    let app = App::new()
        .wrap(friends())
        .wrap(from_fn(rebuild))
        .service(open_item)
        .route("/plain", web::put().to(secret));
    let app = Local::start(app).await;
    for (path, allowed) in [("/item", ALL_ALLOWED), ("/plain", FRIEND_ALLOWED)] {
        let request = actual("PUT", path, Some(cors_actix_tests::sign::FRIEND));
        let response = app.send(request).await;
        let line = format!(
            "access-control-allow-origin: {}",
            response.values("access-control-allow-origin").join(",")
        );
        assert_eq!(line, allowed);
    }
}

#[cors(allow_origins = any)]
#[put("/{name}")]
async fn open_name() -> &'static str {
    "open"
}

#[actix_web::test]
async fn an_annotated_route_answers_preflights_for_a_plain_route_that_the_map_does_not_show() {
    let guarded = || web::scope("/in").guard(guard::Host("first.example"));
    let plain_and_open =
        || web::scope("/in").route("/item", web::put().to(secret)).service(open_name);
    let second =
        Local::start(App::new().service(guarded().service(open_item)).service(plain_and_open()));
    let at_root = App::new().service(guarded()).route("/in/{name}", web::put().to(secret));
    let at_root = Local::start(at_root.service(open_upload));
    let behind_catch_all = web::scope("").service(open_page).service(plain_and_open());
    let behind_catch_all = Local::start(App::new().service(behind_catch_all));
    for app in [second.await, at_root.await, behind_catch_all.await] {
        let response = app.send(preflight("/in/item", STRANGER, "PUT")).await;
        assert_eq!(response.values("access-control-allow-origin"), ["*"]);
        // The stranger may send the request, but may not read the response.
        let response = app.send(actual("PUT", "/in/item", Some(STRANGER))).await;
        assert_eq!(response.text(), "secret");
        response.assert_untouched(200);
    }
}
