//! The `Host` of a request does not change which policy applies.

use actix_web::{App, get, middleware::from_fn, put, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server, VARY,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{FRIEND_ALLOWED, to_host, unauthorized};

const HOSTS: [&str; 16] = [
    "web.1",
    "a, a",
    "",
    "[fe80::1%25eth0]",
    "256.256.256.256",
    "localhost:99999",
    "1.2.3",
    "[::1",
    "a b",
    "user@host",
    "host/path",
    "host:",
    ":80",
    "ex\\ample",
    "%41",
    "xn--a",
];

#[cors(allow_origins = ["https://friend.example"])]
#[put("/item")]
async fn item() -> &'static str {
    "item"
}

#[cors(allow_origins = ["https://friend.example"])]
#[get("/{tenant}/item")]
async fn dynamic() -> &'static str {
    "dynamic"
}

const ROUTES: [(&str, &str); 3] =
    [("PUT", "/item"), ("PUT", "/scope/item"), ("GET", "/scope/a/item")];

fn granted(method: &str) -> [String; 3] {
    let methods = format!("access-control-allow-methods: {method}");
    [FRIEND_ALLOWED.to_owned(), methods, PREFLIGHT_VARY.to_owned()]
}

/// The layers of an app learn its routes at the first request.
#[actix_web::test]
async fn preflights_are_answered_whatever_host_they_name() {
    for host in HOSTS {
        let scope = web::scope("/scope").service(item).service(dynamic);
        let app = App::new().wrap(Cors::new(Policy::same_origin())).service(item).service(scope);
        let app = Local::start(app).await;
        for (method, target) in ROUTES {
            let response = app.send(to_host(preflight(target, FRIEND, method), host)).await;
            response.assert_granted(granted(method));
            app.send(to_host(preflight(target, STRANGER, method), host)).await.assert_denied();
            let response = app.send(to_host(actual(method, target, Some(FRIEND)), host)).await;
            response.assert(200, [FRIEND_ALLOWED, VARY]);
        }
    }
}

#[actix_web::test]
async fn a_401_is_readable_whatever_host_the_request_names() {
    for host in HOSTS {
        let scope = web::scope("/scope").service(item).service(dynamic);
        let app = App::new().wrap(from_fn(unauthorized)).wrap(Cors::new(Policy::same_origin()));
        let app = Local::start(app.service(item).service(scope)).await;
        for (method, target) in ROUTES {
            let response = app.send(to_host(actual(method, target, Some(FRIEND)), host)).await;
            response.assert(401, [FRIEND_ALLOWED, VARY]);
            let response = app.send(to_host(actual(method, target, Some(STRANGER)), host)).await;
            response.assert_closed(401);
        }
    }
}

#[test]
fn preflights_on_the_wire_are_answered_whatever_host_they_name() {
    for host in HOSTS {
        let server =
            Server::start(|| App::new().wrap(Cors::new(Policy::same_origin())).service(item));
        let ask = |origin| {
            Request::bare("OPTIONS", "/item").line("Host", host).origin(origin).asks_method("PUT")
        };
        let mut client = server.connect();
        client.send(&ask(FRIEND)).assert_granted(granted("PUT"));
        client.send(&ask(STRANGER)).assert_denied();
    }
}
