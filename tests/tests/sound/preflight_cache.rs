//! A browser must not use a kept preflight for another route of the same URL.

use actix_web::{
    App, delete, get, post, put, test,
    web::{self, Data},
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_browser::{Browser, Fetch};
use cors_actix_tests::{
    PREFLIGHT_VARY,
    calls::Calls,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{ALL_ALLOWED, assert_granted_once};

static OPEN: Policy = policy! {
    allow_origins = any,
    allow_methods = ["PUT"],
    allow_headers = ["x-token"],
    max_age = 600,
};

fn open() -> Cors {
    Cors::new(&OPEN)
}

async fn plain() -> &'static str {
    "plain"
}

#[cors(same_origin)]
#[put("/item")]
async fn closed_put(calls: Data<Calls>) -> &'static str {
    calls.add();
    "closed"
}

#[cors(same_origin)]
#[post("/item")]
async fn closed_post(calls: Data<Calls>) -> &'static str {
    calls.add();
    "closed"
}

#[cors(allow_origins = any, allow_headers = ["x-token"], max_age = 600)]
#[get("/item")]
async fn open_get() -> &'static str {
    "open"
}

#[cors(allow_origins = any, max_age = 600)]
#[put("/item")]
async fn open_put_without_headers(calls: Data<Calls>) -> &'static str {
    calls.add();
    "put"
}

fn get_with_token(url: &str) -> Fetch {
    Fetch::get(url).header("x-token", "1")
}

async fn ask_with_token(app: &Local, target: &str, method: &str) -> cors_actix_tests::Response {
    let request = preflight(target, STRANGER, method);
    app.send(request.insert_header(("access-control-request-headers", "x-token"))).await
}

/// Sends a request to an open route, and asserts that the next request for the same URL is denied, without
/// running the handler that counts.
macro_rules! assert_kept_apart {
    ($app:expr, $calls:expr, $allowed:expr, $denied:expr) => {{
        let app = test::init_service($app.app_data(Data::new($calls.clone()))).await;
        let browser = Browser::at(STRANGER);
        let seen = browser.fetch(&app, $allowed).await;
        assert_eq!(seen.status(), 200);
        browser.fetch(&app, $denied).await.assert_blocked();
        assert_eq!($calls.take(), 0, "the browser has sent the request without a preflight");
    }};
}

mod a_layer_and_an_annotated_route {
    use super::*;

    #[actix_web::test]
    async fn the_answer_of_the_layer_names_only_what_was_requested_and_is_not_kept() {
        let app = App::new().wrap(open()).service(closed_put);
        let app = Local::start(app.route("/item", web::get().to(plain))).await;
        assert_eq!(app.send(actual("GET", "/item", Some(STRANGER))).await.text(), "plain");
        let response = ask_with_token(&app, "/item", "GET").await;
        assert_granted_once(&response, ALL_ALLOWED, "GET", &["x-token"]);
        let response = app.send(preflight("/item", STRANGER, "GET")).await;
        assert_granted_once(&response, ALL_ALLOWED, "GET", &[]);
        app.send(preflight("/item", STRANGER, "PUT")).await.assert_denied();
    }

    #[actix_web::test]
    async fn a_browser_sends_a_preflight_for_another_method() {
        let calls = Calls::default();
        let app = || App::new().wrap(open()).service(closed_put).service(closed_post);
        let app = || app().route("/item", web::get().to(plain));
        assert_kept_apart!(app(), calls, get_with_token("/item"), Fetch::put("/item"));
        let post = Fetch::post("/item").header("x-token", "1");
        assert_kept_apart!(app(), calls, get_with_token("/item"), post);
    }

    #[actix_web::test]
    async fn a_browser_sends_another_preflight_if_a_pattern_is_annotated() {
        #[cors(same_origin)]
        #[put("/{id}")]
        async fn closed_id(calls: Data<Calls>) -> &'static str {
            calls.add();
            "closed"
        }

        let calls = Calls::default();
        let item = web::resource("/item").guard(actix_web::guard::Get()).to(plain);
        let app = App::new().wrap(open()).service(item).service(closed_id);
        assert_kept_apart!(app, calls, get_with_token("/item"), Fetch::put("/item"));
    }

    #[actix_web::test]
    async fn the_answer_of_a_policy_of_cors_scope_names_only_what_was_requested_and_is_not_kept() {
        let scope = web::scope("/scope").route("/item", web::get().to(plain)).service(closed_put);
        let layer = Cors::new(Policy::same_origin()).scope("/scope", &OPEN);
        let app = Local::start(App::new().wrap(layer).service(scope)).await;
        let response = ask_with_token(&app, "/scope/item", "GET").await;
        assert_granted_once(&response, ALL_ALLOWED, "GET", &["x-token"]);
    }

    #[actix_web::test]
    async fn the_answer_for_an_annotated_route_names_its_method_and_is_not_kept() {
        let app = App::new().wrap(open()).service(open_get);
        let app = Local::start(app.service(closed_put)).await;
        let response = ask_with_token(&app, "/item", "GET").await;
        assert_granted_once(&response, ALL_ALLOWED, "GET", &["x-token"]);
    }
}

/// The browser's cache keeps header names for all methods of the URL, and code without annotation may take other methods.
mod sole_annotated_route {
    use super::*;

    static SOLE: Policy =
        policy! { allow_origins = any, allow_headers = ["x-token", "x-more"], max_age = 600 };

    #[cors(policy = &SOLE)]
    #[put("/sole")]
    async fn sole() -> &'static str {
        "sole"
    }

    #[actix_web::test]
    async fn an_answer_lists_and_keeps_only_headers_that_the_layer_allows_too() {
        static OTHER: Policy = policy! { allow_origins = any, allow_headers = ["x-other"] };
        for (layer, listed, age) in
            [(&SOLE, "x-token,x-more", 600), (&OPEN, "x-token", 600), (&OTHER, "x-token", 0)]
        {
            let app = App::new().wrap(Cors::new(layer)).service(sole);
            let app = Local::start(app.route("/sole", web::get().to(plain))).await;
            let methods = "access-control-allow-methods: PUT";
            let kept = "access-control-max-age: 600";
            let response = app.send(preflight("/sole", STRANGER, "PUT")).await;
            response.assert_granted([ALL_ALLOWED, methods, kept, PREFLIGHT_VARY]);
            let headers = format!("access-control-allow-headers: {listed}");
            let age = format!("access-control-max-age: {age}");
            let response = ask_with_token(&app, "/sole", "PUT").await;
            response.assert_granted([ALL_ALLOWED, &headers, methods, &age, PREFLIGHT_VARY]);
        }
    }
}

mod annotated_routes_of_one_path {
    use super::*;

    #[actix_web::test]
    async fn an_answer_names_what_was_asked_for_and_is_not_kept() {
        for app in [
            Local::start(App::new().service(open_get).service(closed_post)).await,
            Local::start(App::new().service(closed_post).service(open_get)).await,
            Local::start(App::new().wrap(open()).service(open_get).service(closed_post)).await,
        ] {
            assert_eq!(app.send(actual("GET", "/item", Some(STRANGER))).await.text(), "open");
            let response = ask_with_token(&app, "/item", "GET").await;
            assert_granted_once(&response, ALL_ALLOWED, "GET", &["x-token"]);
            app.send(preflight("/item", STRANGER, "POST")).await.assert_denied();
        }
    }

    /// POST need not be in `Access-Control-Allow-Methods`, so a kept header name would be enough.
    #[actix_web::test]
    async fn a_browser_sends_a_preflight_for_a_header_with_another_method() {
        let calls = Calls::default();
        let post = || Fetch::post("/item").header("x-token", "1");
        let app = App::new().service(open_get).service(closed_post);
        assert_kept_apart!(app, calls, get_with_token("/item"), post());
        let app = App::new().wrap(open()).service(closed_post).service(open_get);
        assert_kept_apart!(app, calls, get_with_token("/item"), post());
    }

    #[actix_web::test]
    async fn a_browser_sends_a_preflight_for_a_header_that_one_route_denies() {
        let calls = Calls::default();
        let app = App::new().service(open_get).service(open_put_without_headers);
        let app = test::init_service(app.app_data(Data::new(calls.clone()))).await;
        let browser = Browser::at(STRANGER);
        assert_eq!(browser.fetch(&app, get_with_token("/item")).await.status(), 200);
        assert_eq!(browser.fetch(&app, Fetch::put("/item")).await.status(), 200);
        assert_eq!(calls.take(), 1);
        let put = Fetch::put("/item").header("x-token", "1");
        browser.fetch(&app, put).await.assert_blocked();
        assert_eq!(calls.take(), 0);
    }

    #[cors(policy = &OPEN)]
    #[put("/same")]
    async fn same_put() -> &'static str {
        "put"
    }

    #[cors(policy = &OPEN)]
    #[delete("/same")]
    async fn same_delete() -> &'static str {
        "delete"
    }

    #[actix_web::test]
    async fn an_answer_is_kept_if_all_routes_have_one_policy() {
        let app = Local::start(App::new().service(same_put).service(same_delete)).await;
        for method in ["PUT", "DELETE"] {
            let methods = format!("access-control-allow-methods: {method}");
            let age = "access-control-max-age: 600";
            let response = app.send(preflight("/same", STRANGER, method)).await;
            response.assert_granted([ALL_ALLOWED, &methods, age, PREFLIGHT_VARY]);
        }
    }

    #[actix_web::test]
    async fn an_answer_is_kept_if_no_route_of_the_path_is_annotated() {
        let app = App::new().wrap(open()).service(closed_put).route("/plain", web::get().to(plain));
        let app = Local::start(app).await;
        let response = app.send(preflight("/plain", STRANGER, "GET")).await;
        let methods = "access-control-allow-methods: GET,HEAD,POST,PUT";
        let age = "access-control-max-age: 600";
        response.assert_granted([ALL_ALLOWED, methods, age, PREFLIGHT_VARY]);
    }
}

mod the_layer_of_an_annotated_route {
    use super::*;

    /// The browser keeps header names for all methods of the URL, and the layer decides on the other methods.
    #[actix_web::test]
    async fn an_answer_with_header_names_is_kept_if_the_layer_allows_the_origin_and_the_names() {
        let policy = |origin: &str, headers: &[&str]| {
            Policy::builder().allow_origins([origin]).allow_headers(headers).build().unwrap()
        };
        for (layer, age) in [
            (OPEN.clone(), 600),
            (policy(STRANGER, &["x-token", "x-other"]), 600),
            (policy(STRANGER, &["x-other"]), 0),
            (policy(FRIEND, &["x-token"]), 0),
            (Policy::same_origin(), 0),
        ] {
            let app = Local::start(App::new().wrap(Cors::new(&layer)).service(open_get)).await;
            let response = ask_with_token(&app, "/item", "GET").await;
            let age = format!("access-control-max-age: {age}");
            let methods = "access-control-allow-methods: GET";
            let headers = "access-control-allow-headers: x-token";
            response.assert_granted([ALL_ALLOWED, methods, headers, &age, PREFLIGHT_VARY]);
        }
    }
}

mod overlapping_patterns {
    use super::*;

    #[cors(allow_origins = any, allow_headers = ["x-token"], max_age = 600)]
    #[get("/users/{id}")]
    async fn open_user() -> &'static str {
        "user"
    }

    #[cors(same_origin)]
    #[post("/users/me")]
    async fn closed_me(calls: Data<Calls>) -> &'static str {
        calls.add();
        "me"
    }

    #[actix_web::test]
    async fn an_answer_names_what_was_asked_for_and_is_not_kept() {
        for app in [
            Local::start(App::new().service(open_user).service(closed_me)).await,
            Local::start(App::new().wrap(open()).service(open_user).service(closed_me)).await,
            Local::start(App::new().wrap(open()).service(closed_me).service(open_user)).await,
        ] {
            assert_eq!(app.send(actual("GET", "/users/me", Some(STRANGER))).await.text(), "user");
            let response = ask_with_token(&app, "/users/me", "GET").await;
            assert_granted_once(&response, ALL_ALLOWED, "GET", &["x-token"]);
            app.send(preflight("/users/me", FRIEND, "POST")).await.assert_denied();
        }
    }

    /// The map names the resource in front, and the code between the two routes is not known.
    #[actix_web::test]
    async fn without_a_layer_a_route_behind_another_pattern_denies_preflights() {
        let app = Local::start(App::new().service(closed_me).service(open_user)).await;
        assert_eq!(app.send(actual("GET", "/users/me", Some(STRANGER))).await.text(), "user");
        app.send(preflight("/users/me", STRANGER, "GET")).await.assert_denied();
        app.send(preflight("/users/me", FRIEND, "POST")).await.assert_denied();
    }

    #[actix_web::test]
    async fn a_browser_sends_a_preflight_for_the_closed_route() {
        let calls = Calls::default();
        let post = || Fetch::post("/users/me").header("x-token", "1");
        let app = App::new().service(open_user).service(closed_me);
        assert_kept_apart!(app, calls, get_with_token("/users/me"), post());
        let app = App::new().wrap(open()).service(closed_me).service(open_user);
        assert_kept_apart!(app, calls, get_with_token("/users/me"), post());
    }

    #[actix_web::test]
    async fn an_answer_for_another_path_is_kept() {
        let app = Local::start(App::new().service(open_user).service(closed_me)).await;
        let response = app.send(preflight("/users/7", STRANGER, "GET")).await;
        let methods = "access-control-allow-methods: GET";
        let age = "access-control-max-age: 600";
        response.assert_granted([ALL_ALLOWED, methods, age, PREFLIGHT_VARY]);
    }
}
