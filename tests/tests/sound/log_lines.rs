//! Faults that users have to know are logged once, at a level that users see.

use actix_web::{App, HttpResponse, get, http::header, web};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    journal::{self, Entry},
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};
use log::Level;

use crate::{OPEN, friends, open, secret, to_host};

static ENFORCED: Policy = policy! { allow_origins = ["https://friend.example"], enforce };

/// Returns the log lines about the path with the level, without those that only name the reason of a denial.
fn logged(level: Level, path: &str) -> Vec<Entry> {
    let entries = journal::entries_with(path).into_iter();
    entries.filter(|entry| entry.level == level && !entry.text.contains(" kind=")).collect()
}

#[track_caller]
fn sole(level: Level, path: &str) -> String {
    match &logged(level, path)[..] {
        [entry] => entry.text.clone(),
        entries => panic!("{:#?} of {:#?}", entries, journal::entries_with(path)),
    }
}

mod enforcement {
    use super::*;

    async fn assert_told(app: &Local, path: &str) {
        journal::open();
        for _ in 0..3 {
            let request = to_host(actual("POST", path, Some(STRANGER)), "internal.example:8080");
            app.send(request).await.assert_closed(403);
        }
        let text = sole(Level::Info, path);
        for part in ["http", "internal.example:8080", "X-Forwarded-Host"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[actix_web::test]
    async fn a_denied_request_is_logged_once_with_the_compared_values() {
        let app = App::new().wrap(Cors::new(&ENFORCED)).default_service(web::to(secret));
        assert_told(&Local::start(app).await, "/told-by-the-app").await;
    }

    #[actix_web::test]
    async fn a_request_that_an_annotated_route_denies_is_logged_once() {
        #[cors(allow_origins = ["https://friend.example"], enforce)]
        #[actix_web::post("/told-by-the-route")]
        async fn route() -> &'static str {
            "route"
        }

        let app = Local::start(App::new().service(route)).await;
        assert_told(&app, "/told-by-the-route").await;
        let app =
            Local::start(App::new().wrap(open()).service(web::scope("/below").service(route)));
        assert_told(&app.await, "/below/told-by-the-route").await;
    }

    #[actix_web::test]
    async fn a_request_that_passes_is_not_logged() {
        journal::open();
        let app = App::new().wrap(Cors::new(&ENFORCED)).default_service(web::to(secret));
        let app = Local::start(app).await;
        for origin in [Some(FRIEND), None, Some("http://api.example")] {
            let request = to_host(actual("POST", "/passes", origin), "api.example");
            assert_eq!(app.send(request).await.status, 200);
        }
        assert_eq!(logged(Level::Info, "/passes"), []);
    }
}

mod nested_layers {
    use super::*;

    async fn nested(scope: &str) -> Local {
        journal::open();
        let scope = web::scope(scope).wrap(friends()).route("/x", web::to(secret));
        Local::start(App::new().wrap(open()).service(scope)).await
    }

    #[track_caller]
    fn assert_told(path: &str) {
        let text = sole(Level::Warn, path);
        assert!(text.contains("Cors::scope"), "{text}");
    }

    #[actix_web::test]
    async fn nested_layers_are_logged_once() {
        let app = nested("/nested").await;
        for origin in [Some(STRANGER), Some(FRIEND), None] {
            app.send(actual("GET", "/nested/x", origin)).await;
        }
        assert_told("/nested/x");
    }

    #[actix_web::test]
    async fn nested_layers_are_logged_if_the_handler_only_fails() {
        async fn fails() -> actix_web::Result<HttpResponse> {
            Err(actix_web::error::ErrorImATeapot("fails"))
        }

        journal::open();
        let scope = web::scope("/nested-fails").wrap(friends()).route("/x", web::to(fails));
        let app = Local::start(App::new().wrap(open()).service(scope)).await;
        for _ in 0..3 {
            app.send(actual("GET", "/nested-fails/x", Some(STRANGER))).await;
        }
        assert_told("/nested-fails/x");
    }

    /// Preflights never reach the inner layer, but both layers are on one thread.
    #[actix_web::test]
    async fn nested_layers_are_logged_if_there_are_only_preflights() {
        journal::open();
        let stopped = Local::start(App::new().wrap(Cors::new(&ENFORCED))).await;
        let (inner, line) = (Cors::new(&OPEN), line!());
        let scope = web::scope("/nested-preflights").wrap(inner).route("/x", web::to(secret));
        let app = Local::start(App::new().wrap(friends()).service(scope)).await;
        drop(stopped);
        for _ in 0..3 {
            app.send(preflight("/nested-preflights/x", STRANGER, "PUT")).await.assert_denied();
        }
        assert_told("/nested-preflights/x");
        let text = sole(Level::Warn, "/nested-preflights/x");
        assert!(text.contains(&format!("log_lines.rs:{line}:")), "{text}");
    }

    #[actix_web::test]
    async fn layers_side_by_side_are_not_logged() {
        journal::open();
        let app = App::new()
            .service(web::scope("/beside-one").wrap(open()).route("/x", web::to(secret)))
            .service(web::scope("/beside-two").wrap(friends()).route("/x", web::to(secret)));
        let app = Local::start(app).await;
        for target in ["/beside-one/x", "/beside-two/x"] {
            app.send(preflight(target, FRIEND, "PUT")).await;
            app.send(actual("GET", target, Some(FRIEND))).await;
        }
        assert_eq!(logged(Level::Warn, "/beside-"), []);
    }

    #[actix_web::test]
    async fn layers_of_two_apps_are_not_logged() {
        journal::open();
        let one = Local::start(App::new().wrap(open()).route("/app-one", web::to(secret))).await;
        let two = Local::start(App::new().wrap(friends()).route("/app-two", web::to(secret))).await;
        for _ in 0..2 {
            one.send(preflight("/app-one", FRIEND, "PUT")).await;
            one.send(actual("GET", "/app-one", Some(FRIEND))).await;
            two.send(preflight("/app-two", FRIEND, "PUT")).await;
            two.send(actual("GET", "/app-two", Some(FRIEND))).await;
        }
        assert_eq!(logged(Level::Warn, "/app-"), []);
    }

    #[actix_web::test]
    async fn annotated_routes_below_a_layer_are_not_logged() {
        #[cors(same_origin)]
        #[get("/annotated-below")]
        async fn annotated() -> &'static str {
            "annotated"
        }

        journal::open();
        let app = Local::start(App::new().wrap(open()).service(annotated)).await;
        app.send(preflight("/annotated-below", STRANGER, "GET")).await;
        app.send(actual("GET", "/annotated-below", Some(STRANGER))).await;
        assert_eq!(logged(Level::Warn, "/annotated-below"), []);
    }
}

/// Layers on a thread with annotated routes do not know if they are alone.
#[actix_web::test]
async fn a_handlers_own_origin_is_logged_after_an_app_with_annotated_routes_has_ended() {
    async fn own() -> HttpResponse {
        HttpResponse::Ok().insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")).finish()
    }

    journal::open();
    drop(Local::start(App::new().service(crate::open_item)).await);
    let app = Local::start(App::new().wrap(friends()).default_service(web::to(own))).await;
    for _ in 0..2 {
        app.send(actual("GET", "/own-origin", Some(STRANGER))).await;
    }
    let text = sole(Level::Warn, "/own-origin");
    assert!(text.contains("that no policy has set"), "{text}");
}

mod lengths {
    use super::*;

    /// A length that is nearly the longest possible URI.
    const LONG: usize = 65_000;

    fn long(start: &str) -> String {
        format!("{start}{}", "x".repeat(LONG))
    }

    #[track_caller]
    fn assert_cut(start: &str) {
        let entries = journal::entries_with(start);
        assert!(!entries.is_empty(), "{start}");
        for entry in entries {
            let length = entry.text.len();
            assert!(length < 1_500, "{length} bytes: {}", &entry.text[..300]);
        }
    }

    #[actix_web::test]
    async fn the_path_of_a_denied_request_is_cut() {
        journal::open();
        let app = Local::start(App::new().wrap(friends()).default_service(web::to(secret))).await;
        app.send(preflight(&long("/cut-preflight"), STRANGER, "GET")).await.assert_denied();
        app.send(actual("GET", &long("/cut-request"), Some(STRANGER))).await.assert_closed(200);
        assert_cut("/cut-preflight");
        assert_cut("/cut-request");
    }

    /// An escaped character is longer than the character.
    #[actix_web::test]
    async fn the_path_is_cut_after_it_has_been_escaped() {
        journal::open();
        let app = Local::start(App::new().wrap(friends()).default_service(web::to(secret))).await;
        let target = format!("/cut-escaped{}", "\"".repeat(10_000));
        app.send(preflight(&target, STRANGER, "GET")).await.assert_denied();
        assert_cut("/cut-escaped");
    }

    #[actix_web::test]
    async fn the_path_of_an_enforced_denial_is_cut() {
        journal::open();
        let app = App::new().wrap(Cors::new(&ENFORCED)).default_service(web::to(secret));
        let app = Local::start(app).await;
        app.send(actual("GET", &long("/cut-enforced"), Some(STRANGER))).await.assert_closed(403);
        assert_cut("/cut-enforced");
    }

    #[actix_web::test]
    async fn the_host_of_an_enforced_denial_is_cut() {
        journal::open();
        let app = App::new().wrap(Cors::new(&ENFORCED)).default_service(web::to(secret));
        let app = Local::start(app).await;
        let request = actual("GET", "/cut-host", Some(STRANGER));
        app.send(to_host(request, &"x".repeat(10_000))).await.assert_closed(403);
        assert_cut("/cut-host");
    }

    #[actix_web::test]
    async fn the_path_of_nested_layers_is_cut() {
        journal::open();
        let scope = web::scope("/cut-nested").wrap(friends()).default_service(web::to(secret));
        let app = Local::start(App::new().wrap(open()).service(scope)).await;
        app.send(actual("GET", &long("/cut-nested/"), Some(STRANGER))).await;
        assert_cut("/cut-nested");
    }

    #[actix_web::test]
    async fn the_path_of_a_handlers_own_origin_is_cut() {
        async fn own() -> HttpResponse {
            let all = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            HttpResponse::Ok().insert_header(all).finish()
        }

        journal::open();
        let app = Local::start(App::new().wrap(friends()).default_service(web::to(own))).await;
        app.send(actual("GET", &long("/cut-own"), Some(STRANGER))).await;
        assert_cut("/cut-own");
    }
}
