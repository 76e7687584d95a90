//! A layer inside the router decides only by the routes below the layer.

use actix_web::{App, get, guard, put, web};
use cors_actix::{Any, Cors, Policy, cors};
use cors_actix_tests::{
    PREFLIGHT_VARY,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{
    assert_allowed, assert_allowed_at, assert_denied, assert_denied_at, assert_friends_only,
    friends, open, open_item, open_page, open_upload, secret,
};

#[cors(same_origin)]
#[put("/{tail:.*}")]
async fn closed_upload() -> &'static str {
    "closed"
}

#[actix_web::test]
async fn the_layer_of_a_resource_does_not_answer_by_a_route_elsewhere() {
    let resource = web::resource("/me").wrap(friends()).route(web::put().to(secret));
    let app = Local::start(App::new().service(resource).service(open_upload)).await;
    assert_friends_only(&app, ("PUT", "/me"), "secret").await;
    assert_allowed(&app, ("PUT", "/x"), STRANGER, "upload").await;
}

#[actix_web::test]
async fn the_layer_of_a_scope_does_not_answer_by_a_route_elsewhere() {
    let scope = web::scope("/scope").wrap(friends()).route("/me", web::put().to(secret));
    let app = App::new().service(scope).service(open_upload).service(open_page);
    let app = Local::start(app).await;
    assert_friends_only(&app, ("PUT", "/scope/me"), "secret").await;
    assert_friends_only(&app, ("PUT", "/scope/other"), "").await;
    assert_friends_only(&app, ("GET", "/scope"), "").await;
}

#[actix_web::test]
async fn the_layer_of_an_inner_scope_does_not_answer_by_a_route_of_the_outer_scope() {
    let inner = web::scope("/inner").wrap(friends()).route("/me", web::put().to(secret));
    let outer = web::scope("/{outer}").service(inner).service(open_upload);
    let app = Local::start(App::new().service(outer)).await;
    assert_friends_only(&app, ("PUT", "/a/inner/me"), "secret").await;
    assert_allowed(&app, ("PUT", "/a/x"), STRANGER, "upload").await;
}

#[actix_web::test]
async fn a_route_elsewhere_does_not_restrict_the_layer_of_a_scope() {
    let scope = web::scope("/scope").wrap(open()).route("/me", web::put().to(secret));
    let app = Local::start(App::new().service(scope).service(closed_upload)).await;
    assert_allowed(&app, ("PUT", "/scope/me"), STRANGER, "secret").await;
    assert_denied(&app, ("PUT", "/x"), STRANGER, "closed").await;
}

#[actix_web::test]
async fn the_layer_of_a_scope_answers_by_the_routes_below_it() {
    let scope = web::scope("/scope").wrap(friends()).service(open_upload);
    let app = Local::start(App::new().service(scope).service(closed_upload)).await;
    assert_allowed(&app, ("PUT", "/scope/me"), STRANGER, "upload").await;
    let scope = web::scope("/scope").wrap(open()).service(closed_upload);
    let app = Local::start(App::new().service(scope).service(open_upload)).await;
    assert_denied(&app, ("PUT", "/scope/me"), STRANGER, "closed").await;
}

#[actix_web::test]
async fn a_scope_of_the_same_prefix_for_another_host_does_not_count() {
    let x = web::scope("/u").guard(guard::Host("x.example")).wrap(friends());
    let x = x.default_service(web::to(secret));
    let y = web::scope("/u").guard(guard::Host("y.example")).service(open_upload);
    let app = Local::start(App::new().service(x).service(y)).await;
    let route = ("PUT", "/u/me");
    assert_denied_at(&app, "x.example", route, STRANGER, "secret").await;
    assert_allowed_at(&app, "y.example", route, STRANGER, "upload").await;
}

#[cors(allow_origins = any)]
#[put("/{id}")]
async fn open_id() -> &'static str {
    "open"
}

#[cors(same_origin)]
#[put("/me")]
async fn closed_me() -> &'static str {
    "closed"
}

#[actix_web::test]
async fn the_layer_of_an_annotated_route_answers_by_its_own_policy() {
    let x = web::scope("/u").guard(guard::Host("x.example")).service(open_id);
    let y = web::scope("/u").guard(guard::Host("y.example")).service(closed_me);
    let app = Local::start(App::new().service(x).service(y)).await;
    let route = ("PUT", "/u/me");
    assert_denied_at(&app, "y.example", route, STRANGER, "closed").await;
    assert_denied_at(&app, "y.example", route, FRIEND, "closed").await;
    assert_allowed_at(&app, "x.example", route, STRANGER, "open").await;
}

#[actix_web::test]
async fn the_layer_of_an_annotated_route_does_not_open_other_routes_in_the_opposite_order() {
    let y = web::scope("/u").guard(guard::Host("y.example")).service(closed_me);
    let x = web::scope("/u").guard(guard::Host("x.example")).service(open_id);
    let app = Local::start(App::new().service(y).service(x)).await;
    let route = ("PUT", "/u/me");
    assert_denied_at(&app, "y.example", route, STRANGER, "closed").await;
    assert_allowed_at(&app, "x.example", route, STRANGER, "open").await;
}

/// The method guard of the unannotated resource passes the preflight on, but takes the request.
#[actix_web::test]
async fn an_annotated_route_does_not_answer_for_a_guarded_resource_in_front_of_it() {
    let guarded = web::resource("/me").guard(guard::Put()).to(secret);
    let app = Local::start(App::new().service(guarded).service(open_upload)).await;
    let response = app.send(actual("PUT", "/me", Some(STRANGER))).await;
    assert_eq!(response.assert_untouched(200).text(), "secret");
    app.send(preflight("/me", STRANGER, "PUT")).await.assert_denied();
    assert_allowed(&app, ("PUT", "/x"), STRANGER, "upload").await;
}

#[actix_web::test]
async fn layers_on_scope_and_resource_answer_for_themselves_side_by_side() {
    let closed = web::resource("/closed").wrap(Cors::new(Policy::same_origin())).to(secret);
    let friendly = web::scope("/friends").wrap(friends()).default_service(web::to(secret));
    let app = App::new().service(closed).service(friendly).service(open_page).service(open_upload);
    let app = Local::start(app).await;
    for method in ["GET", "PUT"] {
        assert_denied(&app, (method, "/closed"), FRIEND, "secret").await;
        assert_friends_only(&app, (method, "/friends/x"), "secret").await;
    }
}

/// The map names the catch-all for every path, so it does not show the resource in front of the route in the scope.
#[actix_web::test]
async fn a_route_in_a_scope_behind_a_catch_all_does_not_answer_for_a_resource_in_front_of_it() {
    #[cors(allow_origins = any)]
    #[get("/{path:.*}")]
    async fn everything() -> &'static str {
        "everything"
    }

    #[cors(allow_origins = any)]
    #[put("/upload")]
    async fn open_upload() -> &'static str {
        "open"
    }

    let scope = web::scope("/a").route("/{tail}*", web::put().to(|| async { "plain" }));
    let app =
        Local::start(App::new().service(everything).service(scope.service(open_upload))).await;
    let response = app.send(actual("PUT", "/a/upload", Some(STRANGER))).await;
    assert_eq!(response.assert_untouched(200).text(), "plain");
    app.send(preflight("/a/upload", STRANGER, "PUT")).await.assert_denied();
}

/// The request itself gives the path with its escapes, and the router takes the path without them.
#[actix_web::test]
async fn the_layer_of_a_scope_answers_by_the_route_of_a_path_with_escapes() {
    let scope = web::scope("/scope").wrap(friends()).service(open_item);
    let app = Local::start(App::new().service(scope)).await;
    for path in ["/scope/item", "/scope/%69tem", "/%73cope/item"] {
        assert_allowed(&app, ("PUT", path), STRANGER, "open").await;
    }

    let wide = Policy::builder().allow_origins(Any).allow_methods(["PUT"]);
    let wide = wide.allow_headers(["x-token"]).build().unwrap();
    let scope = web::scope("/scope").wrap(Cors::new(&wide)).service(open_item);
    let app = Local::start(App::new().service(scope)).await;
    for path in ["/scope/item", "/scope/%69tem", "/%73cope/item"] {
        let request = preflight(path, STRANGER, "PUT");
        let request = request.insert_header(("access-control-request-headers", "x-token"));
        app.send(request).await.assert(403, [PREFLIGHT_VARY]);
    }
}
