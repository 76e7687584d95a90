//! The ways to give a handler its policy.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use actix_web::{App, get, put, routes, rt, web};
use cors_actix::{Decision, Policy, PolicyHandle, cors, policy};
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY,
    local::{Local, actual, preflight},
};

use crate::{EXAMPLE_ONLY, STRANGER, admitted, granted, start};

static LAZY: LazyLock<Policy> = LazyLock::new(example);
static HANDLE: LazyLock<PolicyHandle> = LazyLock::new(|| PolicyHandle::new(example()));
static MADE: AtomicUsize = AtomicUsize::new(0);

fn example() -> Policy {
    Policy::builder().allow_origins([EXAMPLE]).build().unwrap()
}

fn counted() -> Policy {
    MADE.fetch_add(1, Ordering::Relaxed);
    example()
}

struct Made {
    policy: Policy,
}

#[cors(policy = EXAMPLE_ONLY)]
#[get("/static")]
async fn of_static() -> &'static str {
    ""
}

#[cors(policy = &EXAMPLE_ONLY)]
#[get("/reference")]
async fn of_reference() -> &'static str {
    ""
}

#[cors(policy = LAZY)]
#[get("/lazy")]
async fn of_lazy() -> &'static str {
    ""
}

#[cors(policy = *LAZY)]
#[get("/place")]
async fn of_place() -> &'static str {
    ""
}

#[cors(policy = example())]
#[get("/function")]
async fn of_function() -> &'static str {
    ""
}

#[cors(policy = Made { policy: example() }.policy)]
#[get("/struct")]
async fn of_struct() -> &'static str {
    ""
}

#[cors(policy = {
    let origins = [EXAMPLE];
    Policy::builder().allow_origins(origins).build().unwrap()
})]
#[get("/block")]
async fn of_block() -> &'static str {
    ""
}

#[cors(policy = policy! { allow_origins = ["https://example.com"] })]
#[get("/macro")]
async fn of_macro() -> &'static str {
    ""
}

#[cors(policy = HANDLE)]
#[get("/handle")]
async fn of_handle() -> &'static str {
    ""
}

#[cors(allow_origins = ["https://example.com"])]
#[get("/words")]
async fn of_words() -> &'static str {
    ""
}

#[cors(allow_origins = "https://example.com")]
#[get("/string")]
async fn of_string() -> &'static str {
    ""
}

#[actix_web::test]
async fn the_policy_may_be_any_expression_for_a_policy() {
    let app = start(|config| {
        config.service(of_static).service(of_reference).service(of_lazy).service(of_place);
        config.service(of_function).service(of_struct).service(of_block).service(of_macro);
        config.service(of_handle).service(of_words).service(of_string);
    });
    let app = app.await;
    for target in [
        "/static",
        "/reference",
        "/lazy",
        "/place",
        "/function",
        "/struct",
        "/block",
        "/macro",
        "/handle",
        "/words",
        "/string",
    ] {
        app.send(preflight(target, EXAMPLE, "GET")).await.assert_granted(granted("GET"));
        app.send(preflight(target, STRANGER, "GET")).await.assert_denied();
        app.send(actual("GET", target, Some(EXAMPLE))).await.assert(200, admitted());
        app.send(actual("GET", target, Some(STRANGER))).await.assert_closed(200);
    }
}

#[cors(policy = counted())]
#[routes]
#[get("/one")]
#[get("/two")]
#[post("/two")]
async fn counting() -> &'static str {
    ""
}

#[test]
fn the_expression_is_evaluated_once_per_process() {
    let worker = || {
        rt::System::new().block_on(async {
            let app = App::new().service(counting).service(web::scope("/again").service(counting));
            let app = Local::start(app).await;
            for target in ["/one", "/two", "/again/one"] {
                app.send(preflight(target, EXAMPLE, "GET")).await.assert_granted(granted("GET"));
                app.send(actual("GET", target, Some(EXAMPLE))).await.assert(200, admitted());
            }
        });
    };
    let workers: Vec<_> = (0..4).map(|_| thread::spawn(worker)).collect();
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    assert_eq!(MADE.load(Ordering::Relaxed), 1);
}

#[cors(
    allow_origins = ["https://example.com", "https://*.example.com", null],
    allow_headers = ["Content-Type", "x-request-id",],
    expose_headers = ["X-Total-Count", "x-page"],
    max_age = 3_600,
    preflight_status = 200,
)]
#[put("/all-words")]
async fn all_words() -> &'static str {
    ""
}

#[cors(
    allow_origins = any,
    allow_headers = [any, "authorization"],
    expose_headers = any,
    max_age = 0,
)]
#[put("/any")]
async fn any() -> &'static str {
    ""
}

#[cors(
    allow_credentials = true,
    danger_insecure_origins,
    danger_public_suffixes = true,
    allow_origins = ["http://intranet.example", "https://*.co.uk"],
)]
#[put("/danger")]
async fn danger() -> &'static str {
    ""
}

#[cors(same_origin)]
#[put("/same-origin")]
async fn same_origin() -> &'static str {
    ""
}

#[cors(allow_origins = ["https://example.com"], enforce, allow_credentials = false)]
#[put("/enforced")]
async fn enforced() -> &'static str {
    ""
}

#[actix_web::test]
async fn every_key_sets_its_header() {
    let app = start(|config| {
        config.service(all_words).service(any).service(danger).service(same_origin);
        config.service(enforced);
    });
    let app = app.await;
    let ask = |target: &str, origin: &str| {
        preflight(target, origin, "PUT")
            .insert_header(("access-control-request-headers", "content-type"))
    };

    for origin in [EXAMPLE, "https://a.b.example.com", "null"] {
        app.send(ask("/all-words", origin)).await.assert(
            200,
            [
                &format!("access-control-allow-origin: {origin}"),
                "access-control-allow-methods: PUT",
                "access-control-allow-headers: content-type,x-request-id",
                "access-control-max-age: 3600",
                PREFLIGHT_VARY,
            ],
        );
        app.send(actual("PUT", "/all-words", Some(origin))).await.assert(
            200,
            [
                &format!("access-control-allow-origin: {origin}"),
                "access-control-expose-headers: x-total-count,x-page",
                "vary: Origin",
            ],
        );
    }

    app.send(ask("/any", STRANGER)).await.assert_granted([
        "access-control-allow-origin: *",
        "access-control-allow-methods: PUT",
        "access-control-allow-headers: *,authorization",
        "access-control-max-age: 0",
        PREFLIGHT_VARY,
    ]);
    app.send(actual("PUT", "/any", None))
        .await
        .assert(200, ["access-control-allow-origin: *", "access-control-expose-headers: *"]);

    for origin in ["http://intranet.example", "https://any.co.uk"] {
        app.send(preflight("/danger", origin, "PUT")).await.assert_granted([
            &format!("access-control-allow-origin: {origin}"),
            "access-control-allow-methods: PUT",
            "access-control-allow-credentials: true",
            PREFLIGHT_VARY,
        ]);
    }

    app.send(preflight("/same-origin", EXAMPLE, "PUT")).await.assert_denied();
    app.send(actual("PUT", "/same-origin", Some(EXAMPLE))).await.assert_closed(200);

    app.send(actual("PUT", "/enforced", Some(EXAMPLE))).await.assert(200, admitted());
    app.send(actual("PUT", "/enforced", Some(STRANGER))).await.assert_closed(403);
}

#[test]
fn the_policy_macro_also_takes_methods() {
    static METHODS: Policy = policy! { allow_origins = any, allow_methods = ["PUT", "PURGE"] };
    static ALL: Policy = policy! { allow_origins = any, allow_methods = any };
    let grants = |policy: &Policy, method: &str| {
        let preflight = preflight("/", EXAMPLE, method).to_srv_request();
        matches!(policy.decide(preflight.head()), Decision::Preflight(Ok(_)))
    };
    for (method, by_methods) in [("PUT", true), ("PURGE", true), ("GET", true), ("PATCH", false)] {
        assert_eq!(grants(&METHODS, method), by_methods, "{method}");
        assert!(grants(&ALL, method), "{method}");
    }
}
