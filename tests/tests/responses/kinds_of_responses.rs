//! Each kind of response, for an allowed origin and for any other origin.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{
    App, Error, FromRequest, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error, get, head,
    http::header,
    middleware::{Next, from_fn},
    web,
};
use cors_actix::{Cors, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, admitted, example, open};
use futures_util::stream;

use crate::EVIL;

/// An extractor that always fails.
struct Never;

impl FromRequest for Never {
    type Error = Error;
    type Future = std::future::Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Err(error::ErrorUnprocessableEntity("never")))
    }
}

async fn fail(_: HttpRequest) -> Result<HttpResponse, Error> {
    Err(error::ErrorInternalServerError("failed"))
}

async fn unextractable(_: Never) -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn stream() -> HttpResponse {
    let chunks = ["stream", "ed"].map(|chunk| Ok::<_, Error>(web::Bytes::from(chunk)));
    HttpResponse::Ok().streaming(stream::iter(chunks))
}

async fn unmodified() -> HttpResponse {
    HttpResponse::NotModified().insert_header((header::ETAG, "\"x\"")).finish()
}

async fn redirect() -> HttpResponse {
    HttpResponse::Found().insert_header((header::LOCATION, "/")).finish()
}

async fn busy() -> HttpResponse {
    HttpResponse::ServiceUnavailable().finish()
}

async fn inner_failure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.path() == "/inner" {
        return Err(error::ErrorImATeapot("inner"));
    }
    next.call(request).await
}

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[get("/fail")]
async fn cors_fail() -> Result<HttpResponse, Error> {
    Err(error::ErrorInternalServerError("failed"))
}

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[get("/extract")]
async fn cors_unextractable(_never: Never) -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[get("/inner", wrap = "from_fn(inner_failure)")]
async fn cors_inner() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[get("/stream")]
async fn cors_stream() -> HttpResponse {
    stream().await
}

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[get("/unmodified")]
async fn cors_unmodified() -> HttpResponse {
    unmodified().await
}

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[get("/redirect")]
async fn cors_redirect() -> HttpResponse {
    redirect().await
}

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[head("/head")]
async fn cors_head() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[track_caller]
fn assert_each(server: &Server, kinds: &[(&str, &str, u16)]) {
    let mut client = server.connect();
    for &(method, target, status) in kinds {
        let request = Request::new(method, target);
        client.send(&request.clone().origin(EXAMPLE)).assert(status, admitted(EXAMPLE));
        client.send(&request.clone().origin(EVIL)).assert_closed(status);
        client.send(&request.clone().origin("null")).assert_closed(status);
        client.send(&request).assert_closed(status);
    }
}

const HANDLED: [(&str, &str, u16); 6] = [
    ("GET", "/fail", 500),
    ("GET", "/extract", 422),
    ("GET", "/inner", 418),
    ("GET", "/stream", 200),
    ("GET", "/unmodified", 304),
    ("GET", "/redirect", 302),
];

#[test]
fn every_response_below_the_apps_layer_gets_headers() {
    let server = Server::start(|| {
        App::new()
            .wrap(from_fn(inner_failure))
            .wrap(Cors::new(example()))
            .route("/fail", web::get().to(fail))
            .route("/extract", web::get().to(unextractable))
            .route("/stream", web::get().to(stream))
            .route("/unmodified", web::get().to(unmodified))
            .route("/redirect", web::get().to(redirect))
            .route("/busy", web::get().to(busy))
            .route("/path/{number}", web::get().to(async |_: web::Path<u32>| "number"))
            .service(web::resource("/one-method").route(web::put().to(HttpResponse::Ok)))
            .route("/head", web::head().to(HttpResponse::Ok))
    });
    assert_each(&server, &HANDLED);
    let more = [
        ("GET", "/none", 404),
        ("PUT", "/fail", 404),
        ("GET", "/one-method", 405),
        ("GET", "/busy", 503),
        ("GET", "/path/x", 404),
        ("GET", "/path/1", 200),
        ("HEAD", "/head", 200),
        ("PURGE", "/none", 404),
    ];
    assert_each(&server, &more);
    let streamed = server.send(&Request::get("/stream").origin(EXAMPLE));
    assert_eq!(streamed.text(), "streamed");
    assert_eq!(streamed.values("transfer-encoding"), ["chunked"]);
    let failed = server.send(&Request::get("/fail").origin(EXAMPLE));
    assert_eq!(failed.text(), "failed");
    let redirected = server.send(&Request::get("/redirect").origin(EXAMPLE));
    assert_eq!(redirected.values("location"), ["/"]);
}

#[test]
fn every_response_below_a_scopes_layer_gets_headers() {
    let server = Server::start(|| {
        let scope = web::scope("/s")
            .wrap(from_fn(async |request: ServiceRequest, next: Next<_>| {
                if request.path() == "/s/inner" {
                    return Err(error::ErrorImATeapot("inner"));
                }
                next.call(request).await
            }))
            .wrap(Cors::new(example()))
            .route("/fail", web::get().to(fail))
            .route("/extract", web::get().to(unextractable))
            .route("/stream", web::get().to(stream))
            .route("/unmodified", web::get().to(unmodified))
            .service(web::resource("/one-method").route(web::put().to(HttpResponse::Ok)));
        App::new().service(scope).route("/outside", web::get().to(HttpResponse::Ok))
    });
    let kinds = [
        ("GET", "/s/fail", 500),
        ("GET", "/s/extract", 422),
        ("GET", "/s/inner", 418),
        ("GET", "/s/stream", 200),
        ("GET", "/s/unmodified", 304),
        ("GET", "/s/none", 404),
        ("GET", "/s/one-method", 405),
    ];
    assert_each(&server, &kinds);
    server.send(&Request::get("/outside").origin(EXAMPLE)).assert_untouched(200);
    server.send(&Request::get("/none").origin(EXAMPLE)).assert_untouched(404);
}

#[test]
fn every_response_below_a_resources_layer_gets_headers() {
    let server = Server::start(|| {
        let resource = |path| web::resource(path).wrap(Cors::new(example()));
        App::new()
            .service(resource("/fail").route(web::get().to(fail)))
            .service(resource("/extract").route(web::get().to(unextractable)))
            .service(resource("/stream").route(web::get().to(stream)))
            .service(
                web::resource("/inner")
                    .wrap(from_fn(inner_failure))
                    .wrap(Cors::new(example()))
                    .to(HttpResponse::Ok),
            )
    });
    let kinds = [
        ("GET", "/fail", 500),
        ("PUT", "/fail", 405),
        ("GET", "/extract", 422),
        ("GET", "/stream", 200),
        ("GET", "/inner", 418),
    ];
    assert_each(&server, &kinds);
}

#[test]
fn every_response_of_an_annotated_handler_gets_headers() {
    let server = Server::start(|| {
        App::new()
            .service(cors_fail)
            .service(cors_unextractable)
            .service(cors_inner)
            .service(cors_stream)
            .service(cors_unmodified)
            .service(cors_redirect)
            .service(cors_head)
    });
    assert_each(&server, &HANDLED);
    assert_each(&server, &[("HEAD", "/head", 200)]);
    let streamed = server.send(&Request::get("/stream").origin(EXAMPLE));
    assert_eq!(streamed.text(), "streamed");
}

#[test]
fn an_error_of_inner_middleware_stays_an_error_for_outer_middleware() {
    let errors = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&errors);
    let server = Server::start(move || {
        let seen = Arc::clone(&seen);
        App::new()
            .wrap(from_fn(inner_failure))
            .wrap(Cors::new(example()))
            .wrap(from_fn(move |request, next: Next<_>| {
                let seen = Arc::clone(&seen);
                async move {
                    let result = next.call(request).await;
                    if let Err(error) = &result {
                        assert_eq!(error.to_string(), "inner");
                        seen.fetch_add(1, Ordering::SeqCst);
                    }
                    result
                }
            }))
            .default_service(web::to(HttpResponse::Ok))
    });
    let inner = Request::get("/inner");
    let response = server.send(&inner.clone().origin(EXAMPLE));
    assert_eq!(response.assert(418, admitted(EXAMPLE)).text(), "inner");
    server.send(&inner.clone().origin(EVIL)).assert_closed(418);
    server.send(&inner).assert_closed(418);
    assert_eq!(errors.load(Ordering::SeqCst), 3);
    server.send(&Request::get("/").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
    assert_eq!(errors.load(Ordering::SeqCst), 3);
}

#[test]
fn errors_below_a_policy_for_any_origin_are_readable() {
    let server = Server::start(|| {
        App::new()
            .wrap(from_fn(inner_failure))
            .wrap(Cors::new(open()))
            .route("/fail", web::get().to(fail))
    });
    for (target, status) in [("/inner", 418), ("/fail", 500), ("/none", 404)] {
        let any = ["access-control-allow-origin: *"];
        server.send(&Request::get(target).origin(EVIL)).assert(status, any);
        server.send(&Request::get(target)).assert(status, any);
    }
}
