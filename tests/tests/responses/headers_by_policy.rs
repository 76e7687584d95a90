//! The headers of responses, for each option of the policy.

use actix_web::{App, HttpResponse, get, web};
use cors_actix::{Any, Cors, Policy, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, VARY, admitted, example};

use crate::{EVIL, from};

fn server(policy: Policy) -> Server {
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).route("/", web::get().to(HttpResponse::Ok))
    })
}

#[test]
fn any_is_sent_to_every_client_without_vary() {
    let policy =
        Policy::builder().allow_origins(Any).expose_headers(["x-a", "X-B"]).max_age(60).build();
    let server = server(policy.unwrap());
    let lines = ["access-control-allow-origin: *", "access-control-expose-headers: x-a,x-b"];
    for origin in [EXAMPLE, EVIL, "null", "", "https://example.com/", "\u{fc}"] {
        server.send(&from(origin)).assert(200, lines);
    }
    server.send(&Request::get("/")).assert(200, lines);
    server.send(&from(EXAMPLE).origin(EVIL)).assert(200, lines);
}

#[test]
fn any_may_expose_any() {
    let policy = Policy::builder().allow_origins(Any).expose_headers(Any).build().unwrap();
    let server = server(policy);
    let lines = ["access-control-allow-origin: *", "access-control-expose-headers: *"];
    server.send(&from(EVIL)).assert(200, lines);
    server.send(&Request::get("/")).assert(200, lines);
}

#[test]
fn an_allowed_origin_gets_all_headers_and_others_get_vary_alone() {
    let policy = Policy::builder()
        .allow_origins([EXAMPLE])
        .allow_methods(["PUT"])
        .allow_headers(["x-a"])
        .allow_credentials(true)
        .expose_headers(["x-b", "x-c"])
        .max_age(60)
        .build()
        .unwrap();
    let server = server(policy);
    let exposed = "access-control-expose-headers: x-b,x-c".to_owned();
    server.send(&from(EXAMPLE)).assert(200, admitted(EXAMPLE).into_iter().chain([exposed]));
    server.send(&from(EVIL)).assert_closed(200);
    server.send(&from("null")).assert_closed(200);
    server.send(&Request::get("/")).assert_closed(200);
}

#[test]
fn credentials_are_true_in_lower_case_or_absent() {
    let with = server(example()).send(&from(EXAMPLE));
    assert_eq!(with.values("access-control-allow-credentials"), ["true"]);
    let policy = Policy::builder().allow_origins([EXAMPLE]).allow_credentials(false).build();
    let without = server(policy.unwrap()).send(&from(EXAMPLE));
    without.assert(200, ["access-control-allow-origin: https://example.com", VARY]);
}

#[test]
fn listed_origins_may_expose_any_without_credentials() {
    let policy = Policy::builder().allow_origins([EXAMPLE]).expose_headers(Any).build();
    server(policy.unwrap()).send(&from(EXAMPLE)).assert(
        200,
        [
            "access-control-allow-origin: https://example.com",
            "access-control-expose-headers: *",
            VARY,
        ],
    );
}

#[cors(allow_origins = any, expose_headers = ["x-a"])]
#[get("/any")]
async fn any() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = ["https://example.com"], expose_headers = ["x-a"], allow_credentials)]
#[get("/listed")]
async fn listed() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(same_origin)]
#[get("/closed")]
async fn closed() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn an_annotated_handler_sends_the_same_as_a_layer() {
    let server = Server::start(|| App::new().service(any).service(listed).service(closed));
    let get = Request::get;
    let lines = ["access-control-allow-origin: *", "access-control-expose-headers: x-a"];
    server.send(&get("/any")).assert(200, lines);
    server.send(&get("/any").origin(EVIL)).assert(200, lines);
    let lines = admitted(EXAMPLE).into_iter();
    let exposed = ["access-control-expose-headers: x-a".to_owned()];
    server.send(&get("/listed").origin(EXAMPLE)).assert(200, lines.chain(exposed));
    server.send(&get("/listed").origin(EVIL)).assert_closed(200);
    server.send(&get("/listed")).assert_closed(200);
    server.send(&get("/closed").origin(EXAMPLE)).assert_closed(200);
    server.send(&get("/closed")).assert_closed(200);
    server.send(&get("/none").origin(EXAMPLE)).assert_untouched(404);
}
