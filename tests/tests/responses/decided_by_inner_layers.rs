//! Outer layers leave a response unchanged if an inner layer or the handler has set the CORS headers.

use actix_web::{
    App, Error, HttpResponse, ResponseError,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    get,
    http::header,
    middleware::{Next, from_fn},
    web,
};
use cors_actix::{Cors, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, admitted, example, open};

use crate::{EVIL, from, get_with};

/// The handler itself sets `Vary: Origin`, so that the response does not show which layer has decided.
fn closed_under_an_open_app() -> Server {
    Server::start(|| {
        let closed = web::scope("/closed")
            .wrap(from_fn(async |request: ServiceRequest, next: Next<_>| {
                if request.path() == "/closed/error" {
                    return Err(Varied.into());
                }
                next.call(request).await
            }))
            .wrap(Cors::new(example()))
            .route("/plain", web::get().to(HttpResponse::Ok))
            .route("/varied", web::get().to(async || Varied.error_response()))
            .route("/failed", web::get().to(async || Err::<String, _>(Varied)));
        App::new().wrap(Cors::new(open())).service(closed)
    })
}

#[derive(Debug, derive_more::Display)]
struct Varied;

impl ResponseError for Varied {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::BadGateway().insert_header((header::VARY, "Origin")).finish()
    }
}

#[test]
fn an_origin_that_the_inner_layer_denies_gets_no_headers_from_the_outer_layer() {
    let server = closed_under_an_open_app();
    server.send(&Request::get("/closed/plain").origin(EVIL)).assert_closed(200);
    for target in ["/closed/varied", "/closed/failed", "/closed/error"] {
        server.send(&Request::get(target).origin(EVIL)).assert_closed(502);
    }
}

#[test]
fn a_request_without_origin_gets_no_headers_from_the_outer_layer() {
    let server = closed_under_an_open_app();
    server.send(&Request::get("/closed/plain")).assert_closed(200);
    for target in ["/closed/varied", "/closed/failed", "/closed/error"] {
        server.send(&Request::get(target)).assert_closed(502);
    }
}

#[test]
fn an_origin_that_the_inner_layer_allows_gets_only_the_headers_of_the_inner_layer() {
    let server = closed_under_an_open_app();
    server.send(&Request::get("/closed/plain").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
    for target in ["/closed/varied", "/closed/failed", "/closed/error"] {
        server.send(&Request::get(target).origin(EXAMPLE)).assert(502, admitted(EXAMPLE));
    }
}

#[test]
fn headers_that_a_handler_writes_itself_are_left_unchanged() {
    for own in ["*", EVIL, "null", EXAMPLE] {
        let server = get_with(move || {
            let allow_origin = (header::ACCESS_CONTROL_ALLOW_ORIGIN, own);
            HttpResponse::Ok().insert_header(allow_origin).finish()
        });
        for request in [from(EXAMPLE), from(EVIL), Request::get("/")] {
            server.send(&request).assert(200, [format!("access-control-allow-origin: {own}")]);
        }
    }
}

/// A path with two readings has two policies.
#[test]
fn headers_that_a_handler_writes_itself_are_left_unchanged_if_several_policies_apply() {
    let server = Server::start(|| {
        let handler = async || {
            HttpResponse::Ok()
                .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, EVIL))
                .insert_header((header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"))
                .insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, "x-own"))
                .finish()
        };
        let layer = Cors::new(example()).scope("/other", open());
        App::new().wrap(layer).default_service(web::to(handler))
    });
    for origin in [EXAMPLE, EVIL] {
        server.send(&Request::get("/x/../other").origin(origin)).assert(
            200,
            [
                &*format!("access-control-allow-origin: {EVIL}"),
                "access-control-allow-credentials: true",
                "access-control-expose-headers: x-own",
            ],
        );
    }
}

#[test]
fn other_headers_are_left_unchanged() {
    let server = get_with(|| {
        HttpResponse::Created()
            .append_header(("x-a", "1"))
            .append_header(("x-a", "2"))
            .append_header((header::SET_COOKIE, "a=1"))
            .append_header((header::SET_COOKIE, "b=2"))
            .append_header((header::CACHE_CONTROL, "no-store"))
            .body("body")
    });
    for request in [from(EXAMPLE), from(EVIL), Request::get("/")] {
        let response = server.send(&request);
        assert_eq!((response.status, response.text().as_str()), (201, "body"));
        assert_eq!(response.values("x-a"), ["1", "2"]);
        assert_eq!(response.values("set-cookie"), ["a=1", "b=2"]);
        assert_eq!(response.values("cache-control"), ["no-store"]);
        assert_eq!(response.values("content-length"), ["4"]);
    }
}

fn listed() -> Cors {
    Cors::new(example())
}

async fn failing(
    _: ServiceRequest,
    _: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<String>, Error> {
    Err(Varied.into())
}

#[cors(allow_origins = any)]
#[get("/wrapped", wrap = "listed()")]
async fn wrapped() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = any)]
#[get("/wrapped-failing", wrap = "from_fn(failing)", wrap = "listed()")]
async fn wrapped_failing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn a_layer_between_the_annotation_and_the_handler_decides() {
    for server in [
        Server::start(|| App::new().service(wrapped).service(wrapped_failing)),
        Server::start(|| {
            App::new().wrap(Cors::new(open())).service(wrapped).service(wrapped_failing)
        }),
        Server::start(|| {
            let scope = web::scope("").service(wrapped).service(wrapped_failing);
            App::new().wrap(Cors::new(open())).service(scope)
        }),
    ] {
        for (target, status) in [("/wrapped", 200), ("/wrapped-failing", 502)] {
            server.send(&Request::get(target)).assert_closed(status);
            server.send(&Request::get(target).origin(EVIL)).assert_closed(status);
            server.send(&Request::get(target).origin(EXAMPLE)).assert(status, admitted(EXAMPLE));
        }
    }
}
