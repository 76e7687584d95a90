//! A path with several readings gets only what the policies of all readings grant.

use actix_files::Files;
use actix_web::{
    App, HttpRequest,
    middleware::{NormalizePath, TrailingSlash},
    put,
    web::{self, Data},
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    VARY,
    calls::Calls,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{
    ALL_ALLOWED, FRIEND_ALLOWED, FRIENDS, OPEN, assert_allowed, assert_denied, assert_friends_only,
    assert_granted_once, open, open_item, open_upload, secret,
};

static ENFORCED: Policy = policy! { allow_origins = ["https://friend.example"], enforce };

/// Serves files, of which `admin/secret.txt` is secret.
fn files() -> Files {
    Files::new("/", crate::folder())
}

/// Other ways to write a path below `/admin`, which files, gateways or `NormalizePath` read as such a path.
const OTHER_WAYS: [&str; 22] = [
    "//admin/secret.txt",
    "///admin/secret.txt",
    "/./admin/secret.txt",
    "/%2e/admin/secret.txt",
    "/%2E/admin/secret.txt",
    "//./admin/secret.txt",
    "/public/../admin/secret.txt",
    "/public/%2e%2e/admin/secret.txt",
    "/public/%2E./admin/secret.txt",
    "/public/.%2e/admin/secret.txt",
    "/public//../admin/secret.txt",
    "/public/x/../../admin/secret.txt",
    "/../admin/secret.txt",
    "/%2Fadmin/secret.txt",
    "/%2fadmin/secret.txt",
    "/public/..%2Fadmin/secret.txt",
    "/public%2F..%2Fadmin/secret.txt",
    "/admin%2Fsecret.txt",
    "/%5Cadmin/secret.txt",
    "/public/..%5Cadmin/secret.txt",
    "/public%5c..%5cadmin/secret.txt",
    "/admin%5Csecret.txt",
];

const USUAL: [&str; 4] =
    ["/admin/secret.txt", "/admin//secret.txt", "/admin/./secret.txt", "/admin/secret.txt/"];

/// Asserts that pages of a stranger cannot read the response.
async fn assert_closed(app: &Local, target: &str) {
    for method in ["GET", "PUT"] {
        app.send(preflight(target, STRANGER, method)).await.assert_denied();
        let response = app.send(actual(method, target, Some(STRANGER))).await;
        response.assert_closed(response.status);
    }
}

mod policies_by_path {
    use super::*;

    #[actix_web::test]
    async fn files_of_a_closed_path_are_closed_however_the_path_is_written() {
        let app = Local::start(App::new().wrap(open().scope("/admin", &FRIENDS)).service(files()));
        let app = app.await;
        let response = app.send(actual("GET", "//admin/secret.txt", Some(STRANGER))).await;
        assert_eq!(response.text(), "secret", "`actix_files` did not merge slashes");
        for target in USUAL.into_iter().chain(OTHER_WAYS) {
            assert_closed(&app, target).await;
        }
        let response = app.send(actual("GET", "/public/page.txt", Some(STRANGER))).await;
        assert_eq!(response.assert(200, [ALL_ALLOWED]).text(), "page");
    }

    /// A gateway may read a path in its own way.
    #[actix_web::test]
    async fn a_service_behind_a_gateway_is_closed_however_its_path_is_written() {
        let layer = open().scope("/admin", Policy::same_origin());
        let app = App::new().wrap(layer).default_service(web::to(secret));
        let app = Local::start(app).await;
        for target in USUAL.into_iter().chain(OTHER_WAYS) {
            assert_closed(&app, target).await;
        }
        for target in ["/x", "/x/", "/administration", "/x/admin", "/a.b/..c/d..", "/x%20y"] {
            assert_allowed(&app, ("GET", target), STRANGER, "secret").await;
        }
    }

    #[actix_web::test]
    async fn an_open_path_does_not_open_other_paths_however_it_is_written() {
        let layer = Cors::new(&FRIENDS).scope("/public", &OPEN);
        let app = App::new().wrap(layer).default_service(web::to(secret));
        let app = Local::start(app).await;
        for target in [
            "/public/../admin",
            "/public/%2e%2e/admin",
            "/public/..%2Fadmin",
            "/public/..%5Cadmin",
            "/public%2F..%2Fadmin",
            "//public",
            "/./public",
            "/%2Fpublic",
            "/x/../public",
        ] {
            assert_closed(&app, target).await;
            assert_allowed(&app, ("GET", target), FRIEND, "secret").await;
        }
        for target in ["/public", "/public/x"] {
            assert_allowed(&app, ("GET", target), STRANGER, "secret").await;
        }
        assert_friends_only(&app, ("GET", "/publicity"), "secret").await;
    }

    #[actix_web::test]
    async fn the_layer_of_a_scope_also_tries_all_readings_of_a_path() {
        let layer = open().scope("/scope/admin", &FRIENDS);
        let scope = web::scope("/scope").wrap(layer).default_service(web::to(secret));
        let app = Local::start(App::new().service(scope)).await;
        for target in
            ["/scope//admin/x", "/scope/./admin/x", "/scope/x/%2e%2e/admin", "/scope/x/..%2Fadmin"]
        {
            assert_friends_only(&app, ("GET", target), "secret").await;
        }
        assert_allowed(&app, ("GET", "/scope/x"), STRANGER, "secret").await;
    }
}

mod enforcement {
    use super::*;

    async fn counted(calls: Data<Calls>, request: HttpRequest) -> String {
        calls.add();
        request.path().to_owned()
    }

    async fn assert_enforced(app: &Local, calls: &Calls, target: &str) {
        app.send(actual("GET", target, Some(STRANGER))).await.assert_closed(403);
        assert_eq!(calls.take(), 0, "{target}");
        app.send(actual("GET", target, None)).await;
        assert_eq!(calls.take(), 1, "{target}");
    }

    #[actix_web::test]
    async fn no_way_to_write_a_path_bypasses_a_policy_by_path() {
        let calls = Calls::default();
        let layer = open().scope("/admin", &ENFORCED);
        let app = App::new().app_data(Data::new(calls.clone())).wrap(layer);
        let app = Local::start(app.default_service(web::to(counted))).await;
        for target in USUAL.into_iter().chain(OTHER_WAYS) {
            assert_enforced(&app, &calls, target).await;
        }
        app.send(actual("GET", "/public", Some(STRANGER))).await.assert(200, [ALL_ALLOWED]);
    }

    #[actix_web::test]
    async fn no_way_to_write_a_path_reaches_files_of_an_enforced_path() {
        let layer = open().scope("/admin", &ENFORCED);
        let app = Local::start(App::new().wrap(layer).service(files())).await;
        for target in USUAL.into_iter().chain(OTHER_WAYS) {
            let response = app.send(actual("GET", target, Some(STRANGER))).await;
            response.assert_closed(403);
            assert_ne!(response.text(), "secret");
        }
    }

    #[actix_web::test]
    async fn an_annotated_route_does_not_open_other_ways_to_write_its_path() {
        #[cors(allow_origins = any)]
        #[actix_web::get("/item")]
        async fn open_item() -> &'static str {
            "open"
        }

        let calls = Calls::default();
        let app = App::new().app_data(Data::new(calls.clone())).wrap(Cors::new(&ENFORCED));
        let app = app.service(open_item).default_service(web::to(counted));
        let app = Local::start(app).await;
        let response = app.send(actual("GET", "/item", Some(STRANGER))).await;
        assert_eq!(response.assert(200, [ALL_ALLOWED]).text(), "open");
        for target in ["//item", "/item/", "/./item", "/x/../item", "/%2Fitem"] {
            assert_enforced(&app, &calls, target).await;
        }
    }
}

mod annotated_routes {
    use super::*;

    #[cors(same_origin)]
    #[put("/x")]
    async fn closed_x(calls: Data<Calls>) -> &'static str {
        calls.add();
        "closed"
    }

    #[cors(same_origin)]
    #[put("/u/{id}")]
    async fn closed_user(calls: Data<Calls>) -> &'static str {
        calls.add();
        "closed"
    }

    const WAYS: [(&str, bool); 11] = [
        ("/x", true),
        ("//x", true),
        ("///x", true),
        ("/x/", true),
        ("/x//", true),
        ("//u/7", true),
        ("/u//7", true),
        ("/u/7/", true),
        ("/./x", false),
        ("/u/../x", false),
        ("/u%2F7", false),
    ];

    /// In this order, middleware rewrites the path after the layer has read it.
    #[actix_web::test]
    async fn normalization_below_the_layer_opens_no_closed_route() {
        for mode in [TrailingSlash::Trim, TrailingSlash::MergeOnly] {
            let calls = Calls::default();
            let app = App::new().app_data(Data::new(calls.clone()));
            let app = app.wrap(NormalizePath::new(mode)).wrap(open());
            let app = Local::start(app.service(closed_x).service(closed_user)).await;
            for (target, is_normalized) in WAYS {
                app.send(preflight(target, STRANGER, "PUT")).await.assert_denied();
                let response = app.send(actual("PUT", target, Some(STRANGER))).await;
                let reached = calls.take() == 1;
                assert!(reached || !is_normalized || target.ends_with('/'), "{target}");
                response.assert_closed(response.status);
            }
        }
    }

    #[actix_web::test]
    async fn normalization_that_adds_a_slash_opens_no_closed_route() {
        let app = App::new().wrap(NormalizePath::new(TrailingSlash::Always)).wrap(open());
        let app = Local::start(app.service(slashed)).await;
        for target in ["/slashed/", "/slashed", "//slashed"] {
            assert_denied(&app, ("PUT", target), STRANGER, "closed").await;
        }
    }

    #[cors(same_origin)]
    #[put("/slashed/")]
    async fn slashed() -> &'static str {
        "closed"
    }

    /// The browser's cache does not know that the paths are one.
    #[actix_web::test]
    async fn a_grant_is_not_kept_if_another_reading_has_a_closed_route_of_another_method() {
        let app = App::new().wrap(NormalizePath::trim()).wrap(open()).service(closed_x);
        let app = Local::start(app.route("/x", web::get().to(secret))).await;
        let response = app.send(preflight("/x/", STRANGER, "GET")).await;
        assert_granted_once(&response, ALL_ALLOWED, "GET", &[]);
    }

    #[actix_web::test]
    async fn a_slash_more_at_the_end_where_nothing_is_denies_nothing() {
        let app = App::new().wrap(Cors::new(&FRIENDS)).service(slashed);
        let app = Local::start(app.service(open_item)).await;
        assert_allowed(&app, ("PUT", "/item"), STRANGER, "open").await;
        assert_denied(&app, ("PUT", "/slashed/"), STRANGER, "closed").await;
    }

    #[actix_web::test]
    async fn normalization_below_the_layer_opens_no_closed_scope() {
        let layer = open().scope("/admin", Policy::same_origin());
        let app = App::new().wrap(NormalizePath::trim()).wrap(layer);
        let app = Local::start(app.route("/admin/u", web::to(secret))).await;
        for target in ["//admin/u", "/admin//u", "/admin/u/", "///admin/u"] {
            for method in ["GET", "PUT"] {
                assert_denied(&app, (method, target), STRANGER, "secret").await;
            }
        }
    }

    #[actix_web::test]
    async fn an_open_route_does_not_open_the_route_of_another_reading_of_the_path() {
        let app = App::new().wrap(Cors::new(&FRIENDS)).service(open_upload);
        let app = Local::start(app.service(web::scope("/x").default_service(web::to(secret))));
        assert_allowed(&app.await, ("PUT", "/x/y"), STRANGER, "upload").await;
        let scope = web::scope("/x").default_service(web::to(secret));
        let app = App::new().wrap(Cors::new(&FRIENDS)).service(scope).service(open_upload);
        let app = Local::start(app).await;
        for target in ["//x/y", "/./x/y", "/u/../x/y", "/u/%2e%2e/x/y", "/%2Fx/y"] {
            let response = app.send(actual("PUT", target, Some(STRANGER))).await;
            assert_eq!(response.text(), "upload", "{target} was rewritten");
            app.send(preflight(target, STRANGER, "PUT")).await.assert_denied();
            let response = app.send(preflight(target, FRIEND, "PUT")).await;
            assert_eq!(response.status, 204, "{target}");
        }
    }

    /// The response may come from no route: then the layer's own policies of all readings decide.
    #[actix_web::test]
    async fn a_preflight_is_granted_only_if_all_policies_of_the_layer_grant_it() {
        #[cors(allow_origins = any)]
        #[put("/a//b")]
        async fn unusual() -> &'static str {
            "unusual"
        }

        for layer in
            [Cors::new(&FRIENDS).scope("/a/b", &OPEN), Cors::new(&OPEN).scope("/a/b", &FRIENDS)]
        {
            let app = App::new().wrap(NormalizePath::trim()).wrap(layer).service(unusual);
            let app = Local::start(app).await;
            app.send(preflight("/a//b", STRANGER, "PUT")).await.assert_denied();
            app.send(actual("PUT", "/a//b", Some(STRANGER))).await.assert_closed(404);
            let response = app.send(preflight("/a//b", FRIEND, "PUT")).await;
            assert_granted_once(&response, FRIEND_ALLOWED, "PUT", &[]);
            app.send(actual("PUT", "/a//b", Some(FRIEND)))
                .await
                .assert(404, [FRIEND_ALLOWED, VARY]);
        }
    }

    /// Without middleware that rewrites paths, an unusual path is like any other path.
    #[actix_web::test]
    async fn an_open_route_of_an_unusual_path_is_open() {
        #[cors(allow_origins = any)]
        #[put("/a//b/")]
        async fn unusual() -> &'static str {
            "unusual"
        }

        let app = Local::start(App::new().wrap(open()).service(unusual)).await;
        assert_allowed(&app, ("PUT", "/a//b/"), STRANGER, "unusual").await;
        let response = app.send(actual("PUT", "/a//b/", Some(FRIEND))).await;
        response.assert(200, [ALL_ALLOWED]);
        let closed = Local::start(App::new().wrap(Cors::new(&FRIENDS)).service(closed_x)).await;
        let response = closed.send(actual("PUT", "/missing/", Some(FRIEND))).await;
        response.assert(404, ["access-control-allow-origin: https://friend.example", VARY]);
    }
}

/// Only where policies differ by path, the readings of a path matter.
#[actix_web::test]
async fn a_path_with_too_many_readings_is_denied_only_where_policies_differ_by_path() {
    let target = format!("/.//{}", "x".repeat(40_000));
    let annotated = Local::start(App::new().wrap(open()).service(open_upload)).await;
    annotated.send(preflight(&target, STRANGER, "PUT")).await.assert_denied();
    let plain = Local::start(App::new().wrap(open()).default_service(web::to(secret))).await;
    assert_allowed(&plain, ("PUT", &target), STRANGER, "secret").await;
}

mod bounds {
    use super::*;

    /// A path that is read in `count` other ways: each reading decodes one more of the escapes in each other.
    fn escaped(count: usize) -> String {
        format!("/%{}41", "25".repeat(count - 1))
    }

    /// A path with one other reading, which together have `bytes` bytes.
    fn long(bytes: usize) -> String {
        format!("/./{}", "a".repeat((bytes - 4) / 2))
    }

    #[actix_web::test]
    async fn a_path_with_more_or_longer_readings_than_are_tried_is_denied() {
        let layer = open().scope("/admin", &FRIENDS);
        let app = Local::start(App::new().wrap(layer).default_service(web::to(secret))).await;
        for target in [escaped(32), long(64 * 1024)] {
            assert_allowed(&app, ("GET", &target), STRANGER, "secret").await;
        }
        for target in [escaped(33), long(64 * 1024 + 2)] {
            app.send(actual("GET", &target, Some(STRANGER))).await.assert_closed(403);
            app.send(preflight(&target, STRANGER, "GET")).await.assert_denied();
        }
    }

    #[actix_web::test]
    async fn no_reading_is_tried_if_every_path_has_the_same_policy() {
        let scope = web::scope("").wrap(open()).default_service(web::to(secret));
        let app = Local::start(App::new().wrap(open()).service(scope)).await;
        assert_allowed(&app, ("GET", &escaped(33)), STRANGER, "secret").await;
    }
}
