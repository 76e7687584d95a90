//! The layer that decides on a response writes all of its `Access-Control-*` headers.

use actix_web::{
    App, Error, HttpResponse, error, get, http::header, middleware::DefaultHeaders, web,
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    VARY, journal,
    local::{Local, actual},
    sign::{FRIEND, STRANGER},
};
use log::Level;

use crate::{ALL_ALLOWED, FRIEND_ALLOWED, friends, open};

static EXPOSING: Policy =
    policy! { allow_origins = ["https://friend.example"], expose_headers = ["x-count"] };

const LEFTOVERS: [(&str, &str); 5] = [
    ("access-control-allow-credentials", "true"),
    ("access-control-expose-headers", "x-secret"),
    ("access-control-allow-methods", "DELETE"),
    ("access-control-allow-headers", "x-token"),
    ("access-control-max-age", "600"),
];

fn with_leftovers() -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for line in LEFTOVERS {
        response.append_header(line);
    }
    response.body("secret")
}

fn adding_leftovers() -> DefaultHeaders {
    LEFTOVERS.into_iter().fold(DefaultHeaders::new(), |headers, line| headers.add(line))
}

async fn leaving() -> HttpResponse {
    with_leftovers()
}

async fn failing() -> Result<HttpResponse, Error> {
    let error = error::InternalError::from_response("no", with_leftovers());
    Err(error.into())
}

async fn secret() -> &'static str {
    "secret"
}

async fn assert_only(app: &Local, target: &str, origin: Option<&str>, lines: &[&str]) {
    app.send(actual("GET", target, origin)).await.assert(200, lines);
}

#[actix_web::test]
async fn a_layer_removes_other_cors_headers_of_a_handler() {
    for target in ["/leaving", "/failing"] {
        let services = |config: &mut web::ServiceConfig| {
            config.route("/leaving", web::get().to(leaving));
            config.route("/failing", web::get().to(failing));
        };
        let app = Local::start(App::new().wrap(friends()).configure(services)).await;
        assert_only(&app, target, Some(FRIEND), &[FRIEND_ALLOWED, VARY]).await;
        assert_only(&app, target, Some(STRANGER), &[VARY]).await;
        assert_only(&app, target, None, &[VARY]).await;
        let app = Local::start(App::new().wrap(Cors::new(&EXPOSING)).configure(services)).await;
        let exposed = "access-control-expose-headers: x-count";
        assert_only(&app, target, Some(FRIEND), &[FRIEND_ALLOWED, exposed, VARY]).await;
        assert_only(&app, target, Some(STRANGER), &[VARY]).await;
        let app = Local::start(App::new().wrap(open()).configure(services)).await;
        for origin in [Some(STRANGER), None] {
            assert_only(&app, target, origin, &[ALL_ALLOWED]).await;
        }
        let own = Cors::new(Policy::same_origin());
        let app = Local::start(App::new().wrap(own).configure(services)).await;
        assert_only(&app, target, Some(FRIEND), &[VARY]).await;
    }
}

#[actix_web::test]
async fn a_layer_removes_other_cors_headers_of_default_headers() {
    let app = App::new().wrap(adding_leftovers()).wrap(friends()).route("/", web::to(secret));
    let app = Local::start(app).await;
    assert_only(&app, "/", Some(FRIEND), &[FRIEND_ALLOWED, VARY]).await;
    assert_only(&app, "/", Some(STRANGER), &[VARY]).await;
    assert_only(&app, "/", None, &[VARY]).await;
    let response = app.send(actual("GET", "/missing", Some(STRANGER))).await;
    response.assert_closed(404);
}

#[cors(allow_origins = ["https://friend.example"])]
#[get("/annotated")]
async fn annotated() -> HttpResponse {
    with_leftovers()
}

#[cors(allow_origins = ["https://friend.example"])]
#[get("/wrapped", wrap = "adding_leftovers()")]
async fn wrapped() -> &'static str {
    "wrapped"
}

#[actix_web::test]
async fn an_annotated_route_removes_other_cors_headers() {
    for app in [
        Local::start(App::new().service(annotated).service(wrapped)).await,
        Local::start(App::new().wrap(open()).service(annotated).service(wrapped)).await,
    ] {
        for target in ["/annotated", "/wrapped"] {
            assert_only(&app, target, Some(FRIEND), &[FRIEND_ALLOWED, VARY]).await;
            assert_only(&app, target, Some(STRANGER), &[VARY]).await;
            assert_only(&app, target, None, &[VARY]).await;
        }
    }
}

/// Middleware adds the headers between the layer that has denied and the layer of the app.
#[actix_web::test]
async fn cors_headers_from_between_two_layers_are_removed_if_the_inner_layer_denies() {
    let scope = web::scope("/scope").wrap(friends()).route("/", web::get().to(secret));
    let app = App::new().wrap(adding_leftovers()).wrap(open()).service(scope).service(annotated);
    let app = Local::start(app).await;
    for target in ["/scope/", "/annotated"] {
        assert_only(&app, target, Some(STRANGER), &[VARY]).await;
        assert_only(&app, target, None, &[VARY]).await;
    }
}

async fn own() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"))
        .finish()
}

#[actix_web::test]
async fn a_handler_that_allows_an_origin_itself_keeps_its_headers_and_is_logged_once() {
    const OWN: [&str; 2] = [
        "access-control-allow-origin: https://own.example",
        "access-control-allow-credentials: true",
    ];
    journal::open();
    let app = App::new().wrap(friends()).route("/its-own-origin", web::get().to(own));
    let app = Local::start(app).await;
    for origin in [None, Some(FRIEND), Some(STRANGER), Some(STRANGER)] {
        assert_only(&app, "/its-own-origin", origin, &OWN).await;
    }
    let entries = journal::entries_with("/its-own-origin");
    let warnings: Vec<_> = entries.iter().filter(|entry| entry.level == Level::Warn).collect();
    let [warning] = &warnings[..] else { panic!("{entries:#?}") };
    assert!(warning.text.contains("Access-Control-Allow-Origin"), "{}", warning.text);
}

#[actix_web::test]
async fn the_first_response_that_allows_an_origin_itself_is_logged() {
    #[cors(same_origin)]
    #[get("/annotated")]
    async fn annotated() -> &'static str {
        "annotated"
    }

    journal::open();
    for (path, origin, has_route) in [
        ("/first-of-a-friend", FRIEND, false),
        ("/first-beside-a-route", FRIEND, true),
        ("/first-of-a-stranger", STRANGER, false),
    ] {
        let plain = format!("{path}/plain");
        let app = App::new().wrap(friends()).configure(|config| {
            if has_route {
                config.service(annotated);
            }
        });
        let app = app.route(path, web::get().to(own)).route(&plain, web::get().to(secret));
        let app = Local::start(app).await;
        let warnings = || {
            let entries = journal::entries_with(path).into_iter();
            entries.filter(|entry| entry.level == Level::Warn).count()
        };
        app.send(actual("GET", &plain, Some(origin))).await;
        assert_eq!(warnings(), 0, "{path}");
        app.send(actual("GET", path, Some(origin))).await;
        assert_eq!(warnings(), 1, "{path}");
    }
}

#[actix_web::test]
async fn default_headers_that_allow_an_origin_are_logged_once() {
    journal::open();
    let headers = DefaultHeaders::new().add((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    let app = App::new().wrap(headers).wrap(friends());
    let app = Local::start(app.route("/default-origin", web::get().to(secret))).await;
    for origin in [STRANGER, FRIEND, STRANGER] {
        assert_only(&app, "/default-origin", Some(origin), &[ALL_ALLOWED]).await;
    }
    let entries = journal::entries_with("/default-origin");
    let warnings: Vec<_> = entries.iter().filter(|entry| entry.level == Level::Warn).collect();
    let [warning] = &warnings[..] else { panic!("{entries:#?}") };
    assert!(warning.text.contains("Access-Control-Allow-Origin"), "{}", warning.text);
}

/// Headers of an inner layer are not headers of a handler.
#[actix_web::test]
async fn headers_of_an_inner_policy_are_not_logged() {
    journal::open();
    let scope = web::scope("/inner-policy").wrap(open()).route("/", web::get().to(secret));
    let app = Local::start(App::new().wrap(friends()).service(scope)).await;
    assert_only(&app, "/inner-policy/", Some(STRANGER), &[ALL_ALLOWED]).await;
    let entries = journal::entries_with("/inner-policy");
    let overrides = |text: &str| text.contains("Access-Control-Allow-Origin");
    assert!(entries.iter().all(|entry| !overrides(&entry.text)), "{entries:#?}");
}
