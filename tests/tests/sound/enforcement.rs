//! A layer with `enforce` lets requests of a denied origin pass only to annotated routes.

use actix_files::Files;
use actix_web::{
    App, HttpResponse, get, guard,
    http::header::ORIGIN,
    post,
    web::{self, Data},
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    VARY,
    calls::Calls,
    local::{Local, actual},
    sign::{FRIEND, STRANGER},
};

use crate::{ALL_ALLOWED, FRIEND_ALLOWED, never, to_host, wants_json};

static ENFORCED: Policy = policy! { allow_origins = ["https://friend.example"], enforce };

fn enforced() -> Cors {
    Cors::new(&ENFORCED)
}

async fn secret(calls: Data<Calls>) -> &'static str {
    calls.add();
    "secret"
}

async fn missing(calls: Data<Calls>) -> HttpResponse {
    calls.add();
    HttpResponse::NotFound().finish()
}

#[cors(allow_origins = any)]
#[get("/{tail:.*}")]
async fn page() -> &'static str {
    "page"
}

#[cors(allow_origins = any)]
#[post("/{tail:.*}")]
async fn upload() -> &'static str {
    "upload"
}

/// Starts an app with an enforcing layer, and with these services in front of open patterns.
macro_rules! start {
    ($calls:expr $(, $service:expr)*) => {
        Local::start(
            App::new()
                .app_data(Data::new($calls.clone()))
                .wrap(enforced())
                $(.service($service))*
                .service(page)
                .service(upload),
        )
        .await
    };
}

/// Asserts that the layer denies a stranger's request, and that requests of friends and clients pass.
async fn assert_enforced(app: &Local, calls: &Calls, (method, target): (&str, &str)) {
    let response = app.send(actual(method, target, Some(STRANGER))).await;
    assert_eq!(calls.take(), 0, "{} reached the handler", response.request);
    response.assert_closed(403);
    let response = app.send(actual(method, target, Some(FRIEND))).await;
    response.assert(response.status, [FRIEND_ALLOWED, VARY]);
    app.send(actual(method, target, None)).await.assert_closed(response.status);
    assert_eq!(calls.take(), 2, "{}", response.request);
}

async fn assert_open(app: &Local) {
    for (method, body) in [("GET", "page"), ("POST", "upload")] {
        let response = app.send(actual(method, "/x", Some(STRANGER))).await;
        assert_eq!(response.text(), body);
        response.assert(200, [ALL_ALLOWED]);
    }
}

#[actix_web::test]
async fn a_pattern_with_a_grammar_is_protected_from_the_pattern_behind() {
    let calls = Calls::default();
    let id = web::resource("/{id:[0-9]+}").route(web::get().to(secret));
    let tenant = web::scope("/t-{tenant:[a-z]+}").route("/{id}", web::get().to(secret));
    let app = start!(calls, id, tenant);
    assert_enforced(&app, &calls, ("GET", "/5")).await;
    assert_enforced(&app, &calls, ("GET", "/t-a/5")).await;
    assert_open(&app).await;
}

#[actix_web::test]
async fn a_default_service_is_protected_from_the_pattern_behind() {
    let calls = Calls::default();
    let scope = web::scope("/admin").default_service(web::to(secret));
    let resource =
        web::resource("/me").route(web::put().to(secret)).default_service(web::to(missing));
    let app = start!(calls, scope, resource);
    for route in [("GET", "/admin/x"), ("POST", "/admin/x"), ("GET", "/me"), ("POST", "/me")] {
        assert_enforced(&app, &calls, route).await;
    }
    assert_open(&app).await;
}

#[actix_web::test]
async fn files_are_protected_from_the_pattern_behind() {
    let calls = Calls::default();
    let app = start!(calls, Files::new("/private", crate::folder()));
    app.send(actual("GET", "/private/secret.txt", Some(STRANGER))).await.assert_closed(403);
    let response = app.send(actual("GET", "/private/secret.txt", Some(FRIEND))).await;
    assert_eq!(response.assert(200, [FRIEND_ALLOWED, VARY]).text(), "secret");
}

#[cors(allow_origins = any)]
#[get("/item", guard = "never")]
async fn open_never() -> &'static str {
    "never"
}

#[cors(allow_origins = any)]
#[get("/item", guard = "wants_json")]
async fn open_json() -> &'static str {
    "json"
}

#[actix_web::test]
async fn an_unannotated_route_behind_a_guarded_route_is_protected() {
    let calls = Calls::default();
    let item = || web::resource("/item").route(web::get().to(secret));
    let app = start!(calls, open_never, item());
    assert_enforced(&app, &calls, ("GET", "/item")).await;
    let app = start!(calls, open_json, item());
    assert_enforced(&app, &calls, ("GET", "/item")).await;
}

#[actix_web::test]
async fn a_default_service_behind_a_guarded_route_is_protected() {
    let calls = Calls::default();
    let app = App::new().app_data(Data::new(calls.clone())).wrap(enforced());
    let app = app.service(open_json).default_service(web::to(secret));
    assert_enforced(&Local::start(app).await, &calls, ("GET", "/item")).await;
}

#[actix_web::test]
async fn annotated_routes_elsewhere_do_not_change_what_the_layer_of_a_scope_enforces() {
    let calls = Calls::default();
    let scope = web::scope("/scope").wrap(enforced()).default_service(web::to(secret));
    let app = App::new().app_data(Data::new(calls.clone())).service(scope);
    let app = Local::start(app.service(page).service(upload)).await;
    assert_enforced(&app, &calls, ("GET", "/scope/x")).await;
    assert_enforced(&app, &calls, ("POST", "/scope/x")).await;
    assert_open(&app).await;
}

#[actix_web::test]
async fn annotated_routes_behind_do_not_change_what_a_policy_of_cors_scope_enforces() {
    let calls = Calls::default();
    let layer = Cors::new(&crate::OPEN).scope("/admin", &ENFORCED);
    let scope = web::scope("/admin").default_service(web::to(secret));
    let app = App::new().app_data(Data::new(calls.clone())).wrap(layer).service(scope);
    let app = Local::start(app.service(page).service(upload)).await;
    assert_enforced(&app, &calls, ("GET", "/admin/x")).await;
    assert_open(&app).await;
}

#[actix_web::test]
async fn an_unannotated_route_of_one_host_is_protected_from_an_annotated_route_of_another() {
    #[cors(allow_origins = any)]
    #[get("/item")]
    async fn open_item() -> &'static str {
        "open"
    }

    let calls = Calls::default();
    let plain = web::scope("/v").guard(guard::Host("plain.example"));
    let plain = plain.route("/item", web::get().to(secret));
    let annotated = web::scope("/v").guard(guard::Host("annotated.example")).service(open_item);
    let app = start!(calls, plain, annotated);
    let request = actual("GET", "/v/item", None).insert_header((ORIGIN, STRANGER));
    app.send(to_host(request, "plain.example")).await.assert_closed(403);
    assert_eq!(calls.take(), 0);
    let request = actual("GET", "/v/item", Some(FRIEND));
    let response = app.send(to_host(request, "plain.example")).await;
    assert_eq!(response.assert(200, [FRIEND_ALLOWED, VARY]).text(), "secret");
}

#[actix_web::test]
async fn only_its_own_policy_enforces_a_closed_annotated_route() {
    #[cors(same_origin, enforce)]
    #[get("/me")]
    async fn me(calls: Data<Calls>) -> &'static str {
        calls.add();
        "me"
    }

    let calls = Calls::default();
    let app = start!(calls, me);
    for origin in [STRANGER, FRIEND] {
        app.send(actual("GET", "/me", Some(origin))).await.assert_closed(403);
    }
    assert_eq!(calls.take(), 0);
    assert_open(&app).await;
}
