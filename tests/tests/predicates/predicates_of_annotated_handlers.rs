//! Predicates of annotated handlers, also below layers without predicates.

use std::sync::LazyLock;

use actix_web::{
    App, Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    guard::GuardContext,
    middleware::{Next, from_fn},
    put, web,
};
use cors_actix::{Cors, Policy, PolicyHandle, cors};
use cors_actix_tests::{PREFLIGHT_VARY, Request, Server, VARY, calls::Calls};

use crate::{LAYER_METHODS, LISTED, STRANGER, TENANT, assert_decided, async_policy, sync_policy};

static NOW: LazyLock<Policy> = LazyLock::new(|| sync_policy(&Calls::default()));
static LATER: LazyLock<Policy> = LazyLock::new(|| async_policy(&Calls::default()));

#[cors(policy = NOW)]
#[put("/now/{id}")]
async fn now() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(policy = LATER)]
#[put("/later/{id}")]
async fn later() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(policy = LATER)]
#[put("/fails/{id}")]
async fn fails() -> Result<HttpResponse, Error> {
    Err(error::ErrorImATeapot("fails"))
}

fn all(config: &mut web::ServiceConfig) {
    config.service(now).service(later).service(fails);
}

const TARGETS: [(&str, u16); 3] = [("/now/7", 200), ("/later/7", 200), ("/fails/7", 418)];

fn layers() -> [Policy; 3] {
    [
        Policy::same_origin(),
        cors_actix_tests::open(),
        Policy::builder().allow_origins(["https://other.example"]).build().unwrap(),
    ]
}

#[test]
fn a_handlers_predicate_decides_alone() {
    let server = Server::start(|| App::new().configure(all));
    for (target, status) in TARGETS {
        assert_decided(&server, target, "PUT", "PUT", status);
    }
}

#[test]
fn a_handlers_predicate_decides_below_a_layer() {
    for policy in layers() {
        let server = Server::start(move || {
            let scope = web::scope("/{tenant}").configure(all);
            App::new().wrap(Cors::new(&policy)).configure(all).service(scope)
        });
        for (target, status) in TARGETS {
            assert_decided(&server, target, "PUT", "PUT", status);
            assert_decided(&server, &format!("/t{target}"), "PUT", "PUT", status);
        }
    }
}

async fn respond<B: MessageBody + 'static>(
    request: ServiceRequest,
    _: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let response = HttpResponse::Unauthorized().finish();
    Ok(request.into_response(response).map_into_right_body())
}

async fn fail<B: MessageBody + 'static>(
    _: ServiceRequest,
    _: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    Err(error::ErrorUnauthorized("who are you?"))
}

#[test]
fn a_401_is_readable_by_the_origins_that_the_predicate_of_its_route_allows() {
    for policy in layers() {
        let server = {
            let policy = policy.clone();
            Server::start(move || {
                let scope = |path| web::scope(path).configure(all);
                App::new()
                    .wrap(Cors::new(&policy))
                    .service(scope("/responds").wrap(from_fn(respond)))
                    .service(scope("/fails").wrap(from_fn(fail)))
            })
        };
        for prefix in ["/responds", "/fails"] {
            for (target, _) in TARGETS {
                assert_decided(&server, &format!("{prefix}{target}"), "PUT", "PUT", 401);
            }
        }
        let on_app = Server::start(move || {
            App::new().wrap(from_fn(fail)).wrap(Cors::new(&policy)).configure(all)
        });
        for (target, _) in TARGETS {
            assert_decided(&on_app, target, "PUT", "PUT", 401);
        }
    }
}

static HANDLE: LazyLock<PolicyHandle> = LazyLock::new(|| PolicyHandle::new(Policy::same_origin()));

#[cors(policy = HANDLE)]
#[put("/handled")]
async fn handled() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn a_401_has_the_policy_that_replaced_the_first() {
    let server = Server::start(|| {
        App::new().wrap(from_fn(respond)).wrap(Cors::new(Policy::same_origin())).service(handled)
    });
    server.send(&Request::new("PUT", "/handled").origin(TENANT)).assert_closed(401);
    HANDLE.replace(async_policy(&Calls::default()));
    assert_decided(&server, "/handled", "PUT", "PUT", 401);
    HANDLE.replace(sync_policy(&Calls::default()));
    assert_decided(&server, "/handled", "PUT", "PUT", 401);
}

static TENANTS: LazyLock<Policy> = LazyLock::new(|| {
    Policy::builder().allow_origins_if(|_, _| true).allow_headers(["x-a"]).build().unwrap()
});

#[cors(policy = TENANTS)]
#[get("/u/{tail:.*}")]
async fn everything() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[get("/u/me")]
async fn me() -> &'static str {
    "me"
}

#[test]
fn the_predicate_of_an_annotated_pattern_does_not_count_for_an_unannotated_route_in_front_of_it() {
    let server = Server::start(|| {
        App::new().wrap(Cors::new(Policy::same_origin())).service(me).service(everything)
    });
    for _ in 0..2 {
        let response = server.send(&Request::get("/u/me").origin(STRANGER));
        assert_eq!(response.assert_closed(200).text(), "me");
    }
}

fn wants_a(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key("x-a")
}

#[cors(policy = LATER)]
#[get("/rival", guard = "wants_a")]
async fn rival() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(policy = TENANTS)]
#[get("/rival")]
async fn open_rival() -> HttpResponse {
    HttpResponse::Ok().finish()
}

fn rivals(config: &mut web::ServiceConfig) {
    config.service(rival).service(open_rival);
}

fn rivals_under_a_closed_layer() -> Server {
    Server::start(|| App::new().wrap(Cors::new(Policy::same_origin())).configure(rivals))
}

/// The route with guards may pass the request on to the other route, so a preflight is for both.
#[test]
fn the_predicates_of_a_guarded_route_and_of_the_route_behind_it_are_asked() {
    let servers = [Server::start(|| App::new().configure(rivals)), rivals_under_a_closed_layer()];
    for server in servers {
        for origin in [LISTED, TENANT] {
            let response = server.send(&Request::preflight("/rival", origin, "GET"));
            let origin = format!("access-control-allow-origin: {origin}");
            response.assert_granted([
                &*origin,
                "access-control-allow-methods: GET",
                "access-control-max-age: 0",
                PREFLIGHT_VARY,
            ]);
        }
        server.send(&Request::preflight("/rival", STRANGER, "GET")).assert_denied();
    }
}

/// The first route has no guards, so no request comes to the guarded route behind it.
#[test]
fn the_predicate_of_a_route_that_no_request_reaches_is_not_asked() {
    let servers = [
        Server::start(|| App::new().service(open_rival).service(rival)),
        Server::start(|| {
            let layer = Cors::new(Policy::same_origin());
            App::new().wrap(layer).service(open_rival).service(rival)
        }),
    ];
    for server in servers {
        for origin in [LISTED, TENANT, STRANGER] {
            let response = server.send(&Request::preflight("/rival", origin, "GET"));
            let allowed = format!("access-control-allow-origin: {origin}");
            response.assert_granted([
                &*allowed,
                "access-control-allow-methods: GET",
                "access-control-max-age: 0",
                PREFLIGHT_VARY,
            ]);
            let response = server.send(&Request::get("/rival").origin(origin));
            response.assert(200, [&*allowed, VARY]);
        }
    }
}

/// A 401 is readable for origins that both routes allow.
#[test]
fn a_401_in_front_of_guarded_routes_is_readable_only_if_both_predicates_allow() {
    let servers = [
        Server::start(|| {
            let layer = Cors::new(cors_actix_tests::open());
            App::new().wrap(from_fn(respond)).wrap(layer).configure(rivals)
        }),
        Server::start(|| {
            let layer = Cors::new(Policy::same_origin());
            App::new().wrap(from_fn(respond)).wrap(layer).configure(rivals)
        }),
    ];
    for server in servers {
        for origin in [LISTED, TENANT] {
            let allowed = format!("access-control-allow-origin: {origin}");
            server.send(&Request::get("/rival").origin(origin)).assert(401, [&*allowed, VARY]);
        }
        server.send(&Request::get("/rival").origin(STRANGER)).assert_closed(401);
    }
}

#[cors(allow_origins = any)]
#[get("/open")]
async fn open() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn a_401_of_a_route_for_any_origin_is_readable_though_another_route_has_a_predicate() {
    let server = Server::start(|| {
        let layer = Cors::new(Policy::same_origin());
        App::new().wrap(from_fn(respond)).wrap(layer).service(open).configure(all)
    });
    let request = Request::get("/open").origin(STRANGER);
    server.send(&request).assert(401, ["access-control-allow-origin: *", VARY]);
    // No policy of the layer allows any origin, so nothing is selected for a request without `Origin`.
    server.send(&Request::get("/open")).assert_closed(401);
}

static ASKED: LazyLock<Calls> = LazyLock::new(Calls::default);
static COUNTED: LazyLock<Policy> = LazyLock::new(|| async_policy(&ASKED));

#[cors(policy = COUNTED)]
#[put("/counted")]
async fn counted() -> HttpResponse {
    HttpResponse::Ok().finish()
}

/// Several layers may need the answer of the predicate.
#[test]
fn a_handlers_predicate_is_asked_once_per_request() {
    let layer = || Cors::new(Policy::same_origin());
    for (server, by_preflight, by_request) in [
        (Server::start(|| App::new().service(counted)), 1, 1),
        (Server::start(move || App::new().wrap(layer()).service(counted)), 1, 1),
        (Server::start(move || App::new().wrap(layer().authoritative()).service(counted)), 0, 1),
    ] {
        for _ in 0..2 {
            server.send(&Request::preflight("/counted", TENANT, "PUT"));
            assert_eq!(ASKED.take(), by_preflight);
            server.send(&Request::new("PUT", "/counted").origin(TENANT));
            assert_eq!(ASKED.take(), by_request);
        }
    }
}

#[test]
fn a_predicate_of_a_scope_override_is_asked_only_below_its_path() {
    let calls = Calls::default();
    for policy in [sync_policy, async_policy] {
        let policy = policy(&calls);
        let server = Server::start(move || {
            let layer = Cors::new(Policy::same_origin()).scope("/tenants", &policy);
            App::new().wrap(layer).default_service(web::to(HttpResponse::Ok))
        });
        assert_decided(&server, "/tenants/x", "GET", LAYER_METHODS, 200);
        assert_eq!(calls.take(), 4);
        for origin in [LISTED, TENANT, STRANGER] {
            server.send(&Request::get("/x").origin(origin)).assert_closed(200);
            server.send(&Request::preflight("/x", origin, "GET")).assert_denied();
        }
        assert_eq!(calls.take(), 0);
    }
}
