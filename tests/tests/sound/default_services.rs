//! The policy of an annotated pattern does not apply to default services and files in front of the pattern.

use actix_files::Files;
use actix_web::{App, get, http::Method, put, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    local::Local,
    sign::{FRIEND, STRANGER},
};

use crate::{
    FRIENDS, assert_allowed, assert_denied, assert_friends_only, folder, friends, never, open,
    open_page, open_upload, secret,
};

#[actix_web::test]
async fn the_default_service_of_a_scope_has_the_layers_policy() {
    let scope = web::scope("/admin").default_service(web::to(secret));
    let app = App::new().wrap(friends()).service(scope).service(open_page).service(open_upload);
    let app = Local::start(app).await;
    for target in ["/admin/x", "/admin/x/y", "/admin"] {
        for method in ["GET", "PUT"] {
            assert_friends_only(&app, (method, target), "secret").await;
        }
    }
    assert_allowed(&app, ("GET", "/x"), STRANGER, "page").await;
    assert_allowed(&app, ("PUT", "/x"), STRANGER, "upload").await;
}

#[actix_web::test]
async fn the_default_service_of_an_inner_scope_has_the_layers_policy() {
    let inner = web::scope("/{name}").default_service(web::to(secret));
    let outer = web::scope("/admin").service(inner).service(open_page);
    let app = App::new().wrap(friends()).service(outer).service(open_page);
    let app = Local::start(app).await;
    assert_friends_only(&app, ("GET", "/admin/x/y"), "secret").await;
    assert_friends_only(&app, ("GET", "/admin/x"), "secret").await;
    assert_allowed(&app, ("GET", "/x"), STRANGER, "page").await;
}

#[actix_web::test]
async fn the_default_service_of_a_resource_has_the_layers_policy() {
    let me = web::resource("/me").route(web::post().to(secret)).default_service(web::to(secret));
    let app = App::new().wrap(friends()).service(me).service(open_page);
    let app = Local::start(app).await;
    assert_friends_only(&app, ("GET", "/me"), "secret").await;
}

#[actix_web::test]
async fn files_in_front_of_an_annotated_pattern_have_the_layers_policy() {
    let files = Files::new("/private", folder());
    let app = App::new().wrap(friends()).service(files).service(open_page);
    let app = Local::start(app).await;
    assert_friends_only(&app, ("GET", "/private/secret.txt"), "secret").await;
    assert_denied(&app, ("GET", "/private/missing.txt"), STRANGER, "").await;
    assert_denied(&app, ("HEAD", "/private/secret.txt"), STRANGER, "secret").await;
    assert_allowed(&app, ("GET", "/x"), STRANGER, "page").await;
}

#[actix_web::test]
async fn the_default_handler_of_files_has_the_layers_policy() {
    let files = Files::new("/private", folder()).default_handler(web::to(secret));
    let app = App::new().wrap(friends()).service(files).service(open_page);
    let app = Local::start(app).await;
    assert_friends_only(&app, ("GET", "/private/missing.txt"), "secret").await;
}

#[actix_web::test]
async fn a_policy_of_cors_scope_applies_to_the_default_service_of_its_scope() {
    for closed in [FRIENDS.clone(), Policy::same_origin()] {
        let scope = web::scope("/admin").default_service(web::to(secret));
        let layer = open().scope("/admin", &closed);
        let app = App::new().wrap(layer).service(scope).service(open_page).service(open_upload);
        let app = Local::start(app).await;
        for (method, target) in [("GET", "/admin/x"), ("PUT", "/admin/x"), ("GET", "/admin")] {
            assert_denied(&app, (method, target), STRANGER, "secret").await;
        }
        assert_allowed(&app, ("GET", "/x"), STRANGER, "page").await;
    }
}

#[actix_web::test]
async fn a_policy_of_cors_scope_applies_to_files() {
    let layer = open().scope("/private", &FRIENDS);
    let app = App::new().wrap(layer).service(Files::new("/private", folder())).service(open_page);
    let app = Local::start(app).await;
    assert_friends_only(&app, ("GET", "/private/secret.txt"), "secret").await;
}

#[actix_web::test]
async fn the_layer_of_a_scope_decides_on_the_default_service_of_the_scope() {
    let scope = web::scope("/admin").wrap(friends()).default_service(web::to(secret));
    let app = App::new().service(scope).service(open_page).service(open_upload);
    let app = Local::start(app).await;
    for (method, target) in [("GET", "/admin/x"), ("PUT", "/admin/x"), ("GET", "/admin")] {
        assert_friends_only(&app, (method, target), "secret").await;
    }
}

#[actix_web::test]
async fn the_layer_of_a_scope_decides_below_the_layer_of_the_app() {
    let own = Cors::new(Policy::same_origin());
    let scope = web::scope("/admin").wrap(own).default_service(web::to(secret));
    let app = App::new().wrap(friends()).service(scope).service(open_page);
    let app = Local::start(app).await;
    assert_denied(&app, ("GET", "/admin/x"), STRANGER, "secret").await;
}

#[cors(allow_origins = any)]
#[get("/guarded", guard = "never")]
async fn guarded_page() -> &'static str {
    "guarded"
}

#[cors(allow_origins = any)]
#[put("/guarded", guard = "never")]
async fn guarded_upload() -> &'static str {
    "guarded"
}

#[actix_web::test]
async fn the_default_service_behind_a_guarded_route_has_the_layers_policy() {
    let app = App::new().wrap(friends()).service(guarded_page).service(guarded_upload);
    let app = Local::start(app.default_service(web::to(secret))).await;
    for method in ["GET", "PUT"] {
        assert_friends_only(&app, (method, "/guarded"), "secret").await;
    }
}

#[actix_web::test]
async fn the_default_service_of_a_scope_behind_a_guarded_route_has_the_layers_policy() {
    let scope = web::scope("/scope").service(guarded_upload).default_service(web::to(secret));
    let app = App::new().wrap(friends()).service(scope).service(open_upload);
    let app = Local::start(app).await;
    assert_friends_only(&app, ("PUT", "/scope/guarded"), "secret").await;
}

/// An annotated route behind the default service can only reduce what the layer allows.
#[actix_web::test]
async fn a_closed_pattern_behind_a_default_service_is_not_opened() {
    #[cors(same_origin)]
    #[put("/{tail:.*}")]
    async fn closed_upload() -> &'static str {
        "closed"
    }

    let scope = web::scope("/admin").default_service(web::to(secret));
    let app = App::new().wrap(open()).service(scope).service(closed_upload);
    let app = Local::start(app).await;
    assert_denied(&app, ("PUT", "/x"), STRANGER, "closed").await;
    assert_denied(&app, ("PUT", "/x"), FRIEND, "closed").await;
}

#[actix_web::test]
async fn every_method_of_a_default_service_has_the_layers_policy() {
    let scope = web::scope("/admin").default_service(web::to(secret));
    let app = App::new().wrap(friends()).service(scope).service(open_page).service(open_upload);
    let app = Local::start(app).await;
    for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE] {
        assert_friends_only(&app, (method.as_str(), "/admin/x"), "secret").await;
    }
}
