//! The heap allocations of layers: none if a layer is alone, and a bounded number if layers and annotated
//! routes share a cell. Allocations are counted per thread, so tests may run at the same time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::cell::Cell;

use actix_web::{
    App, Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse},
    get,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AGE, ALLOW, ETAG,
            EXPIRES, HeaderName, HeaderValue, ORIGIN, SERVER, VARY,
        },
    },
    test::{self, TestRequest},
    web,
};
use allocation_counter::measure;
use cors_actix::{Any, Cors, Decision, Policy, cors};
use cors_actix_core::{Origin, Origins, PolicySpec, RequestHeadersCheck, RequestNames, Rules};
use cors_actix_tests::{EXAMPLE, example, open};
use futures_util::{FutureExt as _, future::ready};

const EVIL: &str = "https://evil.com";
const LARGE: usize = 120_000;

fn rules(origins: &[&str], headers: &[&str]) -> Rules {
    let spec = PolicySpec { allow_origins: origins, allow_headers: headers, ..PolicySpec::EMPTY };
    spec.check().unwrap().rules
}

#[track_caller]
fn assert_free<T>(what: &str, call: impl FnOnce() -> T) -> T {
    let mut result = None;
    let info = measure(|| result = Some(call()));
    assert_eq!(info.count_total, 0, "{what} allocated {info:?}");
    result.unwrap()
}

/// Returns values of an `Origin` line: allowed origins, denied origins, and bytes that are not an origin.
fn origin_values() -> Vec<Vec<u8>> {
    let mut values: Vec<Vec<u8>> = [
        EXAMPLE,
        "https://a.b.example.com",
        "http://localhost:3000",
        "moz-extension://3f1c6c4e",
        "https://[::1]:8443",
        EVIL,
        "https://example.com.evil.com",
        "http://localhost:0",
        "null",
        "",
        "://",
        "https://",
        "https://example.com/",
        "https://b\u{fc}cher.example.com",
    ]
    .map(|value| value.as_bytes().to_vec())
    .to_vec();
    values.push(b"https://\xff.example.com".to_vec());
    for part in ["a", "a.", ".", "*", ":", "[", "\u{fc}", "https://", "9"] {
        let long = part.repeat(LARGE / part.len());
        values.push(format!("https://{long}").into_bytes());
        values.push(format!("https://{long}.example.com").into_bytes());
        values.push(format!("http://localhost:{long}").into_bytes());
        values.push(long.into_bytes());
    }
    values
}

#[test]
fn reading_and_matching_an_origin_allocates_nothing() {
    let patterns = [
        EXAMPLE,
        "https://*.example.com",
        "http://localhost:*",
        "moz-extension://*",
        "https://[::1]:8443",
        "null",
    ];
    let sets: [Origins; 4] = [
        rules(&patterns, &[]).origins,
        rules(&patterns[..1], &[]).origins,
        rules(&["*"], &[]).origins,
        Origins::default(),
    ];
    for value in origin_values() {
        let start = value.get(..40).unwrap_or(&value).escape_ascii();
        assert_free(&format!("reading {start}"), || Origin::parse(&value).is_some());
        for set in &sets {
            assert_free(&format!("matching {start}"), || set.allows(&value));
        }
    }
}

#[test]
fn reading_requested_names_allocates_nothing() {
    let listed = ["x-a", "x-b", "content-type", "authorization"];
    let sets: [RequestNames; 3] =
        [rules(&["*"], &listed).headers, rules(&["*"], &["*"]).headers, RequestNames::default()];
    let large = [
        ",".repeat(LARGE),
        " ".repeat(LARGE),
        ", \t".repeat(LARGE / 3),
        "x-a,".repeat(LARGE / 4),
        "X-A , ".repeat(LARGE / 6),
        "x".repeat(LARGE),
        (0..LARGE / 8).map(|index| format!("x-{index:05},")).collect(),
    ];
    for set in &sets {
        for text in ["", "x-a", "x-a,x-b", "X-B,x-a", "x-c", "x a", ",,", "authorization"] {
            assert_free(text, || set.check([text.as_bytes()]));
        }
        for text in &large {
            assert_free(&text[..8], || set.check([text.as_bytes()]));
            assert_free(&text[..8], || set.check([text.as_bytes(); 2]));
        }
        assert_free("\\xff", || set.check([b"x-a,\xff,\x00".as_slice(), b"\x80"]));
    }
    assert_eq!(sets[0].check([b"x-a".as_slice()]), RequestHeadersCheck::Allowed);
}

#[test]
fn a_decision_allocates_nothing() {
    let listed = Policy::builder()
        .allow_origins([EXAMPLE, "https://*.example.com"])
        .allow_methods(["PUT"])
        .allow_headers(["x-a", "x-b"])
        .allow_credentials(true)
        .build()
        .unwrap();
    let wide = Policy::builder()
        .allow_origins([EXAMPLE])
        .allow_methods(Any)
        .allow_headers(Any)
        .build()
        .unwrap();
    let policies = [listed, wide, open(), Policy::same_origin()];
    // A policy of `policy!` is compiled at its first use.
    for policy in &policies {
        let _ = policy.decide(TestRequest::get().to_srv_request().head());
    }
    let names = ["x-a", "x-a,x-b", ",,", "x-c", "x a"].map(str::to_owned);
    let names = names.into_iter().chain([",".repeat(LARGE), "x-a,".repeat(LARGE / 4)]);
    let mut requests = vec![TestRequest::get(), TestRequest::default().method(Method::OPTIONS)];
    for origin in [EXAMPLE, "https://a.example.com", EVIL, "null", "", "\u{fc}"] {
        requests.push(TestRequest::get().insert_header((ORIGIN, origin)));
        requests.push(preflight(origin, "PUT"));
        requests.push(preflight(origin, "P T"));
    }
    requests.push(preflight(EXAMPLE, "PUT").append_header((ORIGIN, EXAMPLE)));
    for names in names {
        let names = (ACCESS_CONTROL_REQUEST_HEADERS, names);
        requests.push(preflight(EXAMPLE, "PUT").append_header(names.clone()));
        requests.push(preflight(EXAMPLE, "PUT").append_header(names.clone()).append_header(names));
    }
    for request in requests {
        let request = request.to_srv_request();
        for policy in &policies {
            let _: Decision<'_> = assert_free("deciding", || policy.decide(request.head()));
        }
    }
}

fn preflight(origin: &str, method: &str) -> TestRequest {
    TestRequest::default()
        .method(Method::OPTIONS)
        .insert_header(shared(ORIGIN, origin))
        .insert_header(shared(ACCESS_CONTROL_REQUEST_METHOD, method))
}

/// Returns a header whose value shares its bytes, like the values that actix-http reads from a connection.
/// The first clone of any other value allocates a counter of owners.
fn shared(name: HeaderName, value: &str) -> (HeaderName, HeaderValue) {
    let bytes = web::Bytes::copy_from_slice(value.as_bytes());
    drop(bytes.clone());
    (name, HeaderValue::from_maybe_shared(bytes).unwrap())
}

/// The number of allocations and their bytes.
type Cost = (u64, u64);

/// Returns the allocations of a request between its arrival and its response, after the pools of actix-web
/// are filled.
fn cost<S, B>(app: &S, request: impl Fn() -> TestRequest) -> Cost
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    const UNTIL_POOLS_ARE_FILLED: usize = 8;
    let mut cost = (0, 0);
    for _ in 0..UNTIL_POOLS_ARE_FILLED {
        let request = request().to_request();
        let mut response = None;
        let info = measure(|| response = app.call(request).now_or_never());
        assert!(matches!(response, Some(Ok(_))), "the service waits or fails");
        cost = (info.count_total, info.bytes_total);
    }
    cost
}

fn origin_of(origin: Option<&str>) -> TestRequest {
    match origin {
        Some(origin) => TestRequest::get().insert_header(shared(ORIGIN, origin)),
        None => TestRequest::get(),
    }
}

const CALLERS: [Option<&str>; 5] =
    [Some(EXAMPLE), Some("https://a.example.com"), Some(EVIL), Some("null"), None];

async fn plain() -> HttpResponse {
    HttpResponse::Ok().insert_header((ETAG, "\"x\"")).finish()
}

fn full() -> Policy {
    Policy::builder()
        .allow_origins([EXAMPLE, "https://*.example.com"])
        .allow_headers(["x-a"])
        .allow_credentials(true)
        .expose_headers(["x-a"])
        .max_age(60)
        .build()
        .unwrap()
}

#[actix_web::test]
async fn a_layer_adds_no_allocation_to_its_service() {
    let app = || App::new().route("/", web::get().to(plain));
    let bare = test::init_service(app()).await;
    let mut wrong = Vec::new();
    for (name, policy) in [
        ("example", example()),
        ("full", full()),
        ("open", open()),
        ("closed", Policy::same_origin()),
    ] {
        let layered = test::init_service(app().wrap(Cors::new(&policy))).await;
        for origin in CALLERS {
            let [bare, layered] =
                [cost(&bare, || origin_of(origin)), cost(&layered, || origin_of(origin))];
            if layered != bare {
                wrong.push(format!("{name}, {origin:?}: {layered:?}, without {bare:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Clients choose the paths of a dynamic pattern.
#[actix_web::test]
async fn the_candidates_for_long_paths_are_not_remembered() {
    #[cors(same_origin)]
    #[get("/long/{tail:.*}")]
    async fn long() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    let app = test::init_service(App::new().wrap(Cors::new(open())).service(long)).await;
    let ask = |number: usize| {
        let target = format!("/long/{number}/{}", "x".repeat(LARGE / 2));
        let request = TestRequest::with_uri(&target).insert_header((ORIGIN, EVIL));
        let request = request.method(Method::OPTIONS);
        let request = request.insert_header((ACCESS_CONTROL_REQUEST_METHOD, "GET"));
        let response = app.call(request.to_request()).now_or_never();
        assert_eq!(response.unwrap().unwrap().status(), 403);
    };
    (0..8).for_each(ask);
    let kept = measure(|| (8..108).for_each(ask)).bytes_current;
    assert!(kept < 100_000, "{kept} bytes are kept for 100 paths");
}

/// Without guards, actix-web does not allocate the request's extensions.
#[actix_web::test]
async fn a_layer_around_a_service_without_guards_allocates_nothing() {
    let app = || App::new().default_service(web::to(plain));
    let bare = test::init_service(app()).await;
    let layered = test::init_service(app().wrap(Cors::new(full()))).await;
    let mut wrong = Vec::new();
    for origin in CALLERS {
        let [bare, layered] =
            [cost(&bare, || origin_of(origin)), cost(&layered, || origin_of(origin))];
        if layered != bare {
            wrong.push(format!("{origin:?}: {layered:?}, without {bare:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The limit for a request if a layer is not alone: the cell in the request's extensions, the table of
/// extensions, and the state that is kept for the response.
const KNOWING_OTHERS: Cost = (10, 436);

/// The limit if there are two layers, which both keep state for the response.
const OF_TWO: Cost = (17, 760);

/// The limit for the lists of the policies and of the routes that a preflight may be for.
const SELECTED: Cost = (2, 16);

/// Returns the additional cost of `layered` over `bare`, if it is above the limit.
fn above(limit: Cost, layered: Cost, bare: Cost) -> Option<Cost> {
    let above = (layered.0.saturating_sub(bare.0), layered.1.saturating_sub(bare.1));
    (above.0 > limit.0 || above.1 > limit.1).then_some(above)
}

#[actix_web::test]
async fn two_layers_allocate_the_cell_of_the_request() {
    let app = || App::new().route("/", web::get().to(plain));
    let bare = test::init_service(app()).await;
    let layered = app().wrap(Cors::new(example())).wrap(Cors::new(open()));
    let layered = test::init_service(layered).await;
    let mut wrong = Vec::new();
    for origin in CALLERS {
        let [bare, layered] =
            [cost(&bare, || origin_of(origin)), cost(&layered, || origin_of(origin))];
        if let Some(above) = above(OF_TWO, layered, bare) {
            wrong.push(format!("{origin:?}: {above:?} above {bare:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn two_layers_for_the_same_origin_allocate_nothing_for_a_request_without_an_origin() {
    let app = || App::new().route("/", web::get().to(plain));
    let bare = test::init_service(app()).await;
    let layered = app().wrap(Cors::new(example())).wrap(Cors::new(full()));
    let layered = test::init_service(layered).await;
    assert_eq!(cost(&layered, || origin_of(None)), cost(&bare, || origin_of(None)));
}

#[cors(
    allow_origins = ["https://example.com", "https://*.example.com"],
    allow_headers = ["x-a"],
    allow_credentials,
    expose_headers = ["x-a"],
    max_age = 60,
)]
#[get("/annotated")]
async fn annotated_get() -> HttpResponse {
    plain().await
}

#[actix_web::test]
async fn an_annotated_handler_allocates_no_more_than_a_plain_one() {
    let plain = test::init_service(App::new().route("/annotated", web::get().to(plain))).await;
    let annotated = test::init_service(App::new().service(annotated_get)).await;
    for origin in CALLERS {
        let request = || origin_of(origin).uri("/annotated");
        let [plain, annotated] = [cost(&plain, request).0, cost(&annotated, request).0];
        assert!(annotated <= plain, "{origin:?}: {annotated} times, not {plain}");
    }
}

#[actix_web::test]
async fn a_layer_around_annotated_handlers_allocates_the_cell_of_the_request() {
    let app = || App::new().service(annotated_get).route("/", web::get().to(plain));
    let bare = test::init_service(app()).await;
    let layered = test::init_service(app().wrap(Cors::new(example()))).await;
    let mut wrong = Vec::new();
    for target in ["/", "/annotated"] {
        for origin in CALLERS {
            let request = || origin_of(origin).uri(target);
            let [bare, layered] = [cost(&bare, request), cost(&layered, request)];
            // Without `Origin` no policy here allows the request, so no cell is needed.
            let limit = if origin.is_some() { KNOWING_OTHERS } else { (0, 0) };
            if let Some(above) = above(limit, layered, bare) {
                wrong.push(format!("{target}, {origin:?}: {above:?} above {bare:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn the_response_to_a_preflight_allocates_only_its_headers() {
    let alone = test::init_service(App::new().wrap(Cors::new(full()))).await;
    assert_preflights_cost(&alone, &["/"], (0, 0)).await;
}

#[actix_web::test]
async fn the_response_to_a_preflight_for_an_annotated_handler_allocates_the_selected_policies() {
    let layered = App::new().wrap(Cors::new(full())).service(annotated_get);
    let layered = test::init_service(layered).await;
    assert_preflights_cost(&layered, &["/", "/annotated"], SELECTED).await;
}

#[cors(same_origin)]
#[get("/items/{id}")]
async fn annotated_item() -> HttpResponse {
    plain().await
}

/// A path of this length is remembered, and a longer path is not.
#[actix_web::test]
async fn a_remembered_path_of_a_dynamic_pattern_costs_no_more_than_a_static_path() {
    let layered = App::new().wrap(Cors::new(full())).service(annotated_get).service(annotated_item);
    let layered = test::init_service(layered).await;
    let longest = |last: &str| format!("/items/{last:x>249}");
    let (one, other) = (longest("1"), longest("2"));
    let turn = Cell::new(false);
    let dynamic = || {
        let target = if turn.replace(!turn.get()) { &one } else { &other };
        preflight(EVIL, "GET").uri(target)
    };
    let fixed = cost(&layered, || preflight(EVIL, "GET").uri("/annotated"));
    assert_eq!(cost(&layered, dynamic).0, fixed.0);
}

/// Clients choose the paths.
#[actix_web::test]
async fn paths_of_dynamic_patterns_keep_little_memory() {
    let layered = App::new().wrap(Cors::new(full())).service(annotated_item);
    let layered = test::init_service(layered).await;
    let _ = cost(&layered, || preflight(EVIL, "GET").uri("/items/0"));
    for (length, paths) in [(100, 600), (5_000, 60)] {
        let kept: i64 = (0..paths)
            .map(|number| {
                let target = format!("/items/{number:x>length$}");
                let request = preflight(EVIL, "GET").uri(&target).to_request();
                measure(|| drop(layered.call(request).now_or_never())).bytes_current
            })
            .sum();
        assert!(kept < 150_000, "{kept} bytes for paths of {length} bytes");
    }
}

#[actix_web::test]
async fn an_app_that_has_ended_leaves_no_memory() {
    let run = || {
        let app = App::new().wrap(Cors::new(example())).service(annotated_get);
        let app = test::init_service(app).now_or_never().expect("the app starts at once");
        let request = preflight(EVIL, "GET").uri("/annotated").to_request();
        let response = app.call(request).now_or_never();
        assert!(matches!(response, Some(Ok(_))), "the service waits or fails");
    };
    (0..8).for_each(|_| run());
    let left = measure(|| (0..64).for_each(|_| run())).bytes_current;
    assert!(left < 64 * 64, "{left} bytes");
}

#[cors(same_origin)]
#[get("/")]
async fn annotated_root() -> HttpResponse {
    plain().await
}

/// Every pattern but this one that ends in a slash has a second path, which costs more.
#[actix_web::test]
async fn a_preflight_costs_no_more_if_the_root_is_annotated() {
    let layered = test::init_service(App::new().wrap(Cors::new(full())).service(annotated_root));
    assert_preflights_cost(&layered.await, &["/elsewhere"], (0, 0)).await;
}

/// Asserts the cost above a closure that answers at once with the same number of headers.
async fn assert_preflights_cost<S, B>(app: &S, targets: &[&str], limit: Cost)
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let floor = App::new().wrap_fn(|request: ServiceRequest, _| {
        let mut response = HttpResponse::NoContent();
        for name in [ETAG, VARY, ALLOW, AGE, EXPIRES, SERVER] {
            response.insert_header((name, HeaderValue::from_static("x")));
        }
        let response: HttpResponse<BoxBody> = response.finish();
        ready(Ok(request.into_response(response)))
    });
    let floor = test::init_service(floor).await;
    let mut wrong = Vec::new();
    for target in targets {
        for (origin, names) in [(EXAMPLE, "x-a"), (EXAMPLE, "x-c"), (EVIL, "x-a")] {
            let request = || {
                let names = shared(ACCESS_CONTROL_REQUEST_HEADERS, names);
                preflight(origin, "GET").uri(target).insert_header(names)
            };
            let [found, floor] = [cost(app, request), cost(&floor, request)];
            if let Some(above) = above(limit, found, floor) {
                wrong.push(format!("{target} {origin} {names}: {above:?} above {floor:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
