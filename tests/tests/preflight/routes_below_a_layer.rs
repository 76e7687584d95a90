//! A layer answers for annotated routes inside of the layer, whatever the first request was.

use actix_web::{App, HttpResponse, put, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, granted};

#[cors(same_origin)]
#[put("/closed")]
async fn closed_handler() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(same_origin)]
#[put("/closed/{id}")]
async fn closed_dynamic_handler() -> HttpResponse {
    HttpResponse::Ok().finish()
}

fn server() -> Server {
    Server::start(|| {
        let policy = Policy::builder()
            .allow_origins([EXAMPLE])
            .allow_methods(["PUT"])
            .allow_credentials(true)
            .build()
            .unwrap();
        let scope = web::scope("/scope").service(closed_handler);
        App::new()
            .wrap(Cors::new(policy))
            .service(closed_handler)
            .service(closed_dynamic_handler)
            .service(scope)
            .default_service(web::to(HttpResponse::Ok))
    })
}

#[track_caller]
fn assert_told_apart(server: &Server) {
    for target in ["/closed", "/closed/7", "/scope/closed"] {
        server.send(&Request::preflight(target, EXAMPLE, "PUT")).assert_denied();
        server.send(&Request::new("PUT", target).origin(EXAMPLE)).assert_closed(200);
    }
    let other = server.send(&Request::preflight("/other", EXAMPLE, "PUT"));
    other.assert_granted(granted(EXAMPLE, "GET,HEAD,POST,PUT"));
}

#[test]
fn an_annotated_route_below_a_layer_keeps_its_own_policy() {
    assert_told_apart(&server());
}

/// A worker learns its routes at the first request, whose `Host` must not matter.
#[test]
fn the_host_of_the_first_request_changes_no_later_response() {
    for (name, value) in [
        ("Host", "a/b"),
        ("Host", "a/"),
        ("Host", "a?b"),
        ("Host", "a#b"),
        ("Host", "a\\b"),
        ("Host", "a@b"),
        ("Host", "a b"),
        ("Host", "["),
        ("Host", ""),
        ("Host", "\u{fc}"),
        ("X-Forwarded-Host", "a/b"),
        ("X-Forwarded-Host", "a?b"),
        ("X-Forwarded-Proto", "https://a/b?"),
        ("X-Forwarded-Proto", "javascript"),
        ("X-Forwarded-Proto", "data:x"),
        ("X-Forwarded-Proto", "file"),
        ("Forwarded", "proto=data:x"),
        ("Forwarded", "host=a/b"),
        ("Forwarded", "proto=\"http://a/b?\""),
    ] {
        // actix-web denies a second `Host` line, so this request has only its own.
        let preflight = Request::bare("OPTIONS", "/closed").origin(EXAMPLE).asks_method("PUT");
        for first in [preflight, Request::bare("GET", "/other")] {
            let server = server();
            let first = first.line(name, value);
            let response = server.send(&first);
            let allowed = response.values("access-control-allow-methods");
            assert_eq!(allowed, [] as [&str; 0], "{name}: {value}");
            let closed = Request::preflight("/closed", EXAMPLE, "PUT");
            let response = server.send(&closed);
            assert_eq!(response.status, 403, "after {name}: {value}");
            assert_told_apart(&server);
        }
    }
}
