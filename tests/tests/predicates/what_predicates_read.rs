//! The request headers that predicates read.

use actix_web::{
    App, HttpResponse,
    http::header::{self, HeaderName},
    rt::time::sleep,
    web,
};
use cors_actix::{Cors, Policy};
use cors_actix_tests::{PREFLIGHT_VARY, Request, Server, VARY};

use crate::{LAYER_METHODS, LISTED, STRANGER, TENANT, WAIT, builder, lines, start};

fn is_tenant(origin: &cors_actix::Origin<'_>, head: &actix_web::dev::RequestHead) -> bool {
    head.headers().get("x-tenant").is_some_and(|tenant| origin.host() == tenant)
}

fn names() -> [HeaderName; 2] {
    [HeaderName::from_static("x-tenant"), header::ACCEPT_LANGUAGE]
}

fn reading() -> [Policy; 2] {
    [
        builder().allow_origins_if(is_tenant).predicates_read(names()).build().unwrap(),
        builder()
            .allow_origins_if_async(|origin, head| {
                let is_tenant = is_tenant(origin, head);
                async move {
                    sleep(WAIT).await;
                    is_tenant
                }
            })
            .predicates_read(names())
            .build()
            .unwrap(),
    ]
}

const MORE: [&str; 2] = ["vary: x-tenant", "vary: accept-language"];

fn with_more(lines: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    lines.into_iter().map(Into::into).chain(MORE.map(str::to_owned)).collect()
}

fn of_tenant(request: Request) -> Request {
    request.line("X-Tenant", "tenant.example")
}

#[test]
fn responses_vary_by_the_headers_that_predicates_read() {
    for policy in reading() {
        let server = start(policy);
        let get = |origin: &str| Request::get("/").origin(origin);
        server.send(&of_tenant(get(TENANT))).assert(200, with_more(lines(TENANT)));
        server.send(&get(TENANT)).assert(200, with_more([VARY]));
        server.send(&get(LISTED)).assert(200, with_more(lines(LISTED)));
        server.send(&get("null")).assert(200, with_more([VARY]));
        server.send(&Request::get("/")).assert(200, with_more([VARY]));
    }
}

#[test]
fn preflights_vary_by_the_headers_that_predicates_read() {
    for policy in reading() {
        let server = start(policy);
        let preflight = |origin: &str| Request::preflight("/", origin, "GET");
        let granted = |origin| with_more(cors_actix_tests::granted(origin, LAYER_METHODS));
        server.send(&of_tenant(preflight(TENANT))).assert_granted(granted(TENANT));
        server.send(&preflight(LISTED)).assert_granted(granted(LISTED));
        server.send(&preflight(TENANT)).assert(403, with_more([PREFLIGHT_VARY]));
        server.send(&preflight("null")).assert(403, with_more([PREFLIGHT_VARY]));
    }
}

#[test]
fn no_header_name_is_in_vary_twice() {
    let policy = builder()
        .allow_origins_if(|_, _| false)
        .predicates_read([
            header::ORIGIN,
            header::ACCESS_CONTROL_REQUEST_METHOD,
            header::ACCEPT,
            header::ACCEPT,
            header::ACCEPT_ENCODING,
        ])
        .build()
        .unwrap();
    let server = Server::start(move || {
        let varying = |value: &'static str| {
            web::to(move || async move {
                HttpResponse::Ok().insert_header((header::VARY, value)).finish()
            })
        };
        App::new()
            .wrap(Cors::new(&policy))
            .route("/accept", varying("Accept, X-Other"))
            .route("/all", varying("*"))
            .default_service(web::to(HttpResponse::Ok))
    });
    let get = |target| Request::get(target).origin(STRANGER);
    let method = "vary: access-control-request-method";
    let own = [VARY, method, "vary: accept", "vary: accept-encoding"];
    server.send(&get("/")).assert(200, own);
    let own = ["vary: Accept, X-Other", VARY, method, "vary: accept-encoding"];
    server.send(&get("/accept")).assert(200, own);
    server.send(&get("/all")).assert(200, ["vary: *"]);
    let response = server.send(&Request::preflight("/", STRANGER, "GET"));
    response.assert(403, [PREFLIGHT_VARY, "vary: accept", "vary: accept-encoding"]);
}

#[test]
fn responses_denied_by_enforcement_vary_too() {
    for enforced in [true, false] {
        let policy = builder()
            .allow_origins_if(is_tenant)
            .predicates_read(names())
            .enforce(enforced)
            .build()
            .unwrap();
        let response = start(policy).send(&Request::get("/").origin(STRANGER));
        response.assert(if enforced { 403 } else { 200 }, with_more([VARY]));
    }
}
