//! The places of the middleware, and the types of bodies that it wraps.

use actix_web::{
    App, Error, HttpResponse,
    body::{BodySize, EitherBody, MessageBody, SizedStream},
    dev::{ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::{Compat, Condition, Next, from_fn},
    web,
};
use cors_actix::Cors;
use cors_actix_tests::{EXAMPLE, Request, Response, Server, admitted, example};
use futures_util::stream;

use crate::{EVIL, from, get_with};

#[track_caller]
fn assert_layered(response: impl Fn(&Request) -> Response, body: &str) {
    let request = Request::get("/x");
    let allowed = response(&request.clone().origin(EXAMPLE));
    assert_eq!(allowed.assert(200, admitted(EXAMPLE)).text(), body);
    assert_eq!(response(&request.clone().origin(EVIL)).assert_closed(200).text(), body);
    assert_eq!(response(&request).assert_closed(200).text(), body);
    let preflight = response(&Request::preflight("/x", EXAMPLE, "GET"));
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.values("access-control-allow-origin"), [EXAMPLE]);
    response(&Request::preflight("/x", EVIL, "GET")).assert_denied();
}

macro_rules! assert_app {
    ($app:expr, $body:expr) => {{
        let server = Server::start(move || $app);
        assert_layered(|request| server.send(request), $body);
    }};
}

fn cors() -> Cors {
    Cors::new(example())
}

async fn body() -> &'static str {
    "body"
}

#[test]
fn a_layer_wraps_an_app_a_scope_and_a_resource() {
    let get = || web::get().to(body);
    assert_app!(App::new().wrap(cors()).route("/x", get()), "body");
    assert_app!(App::new().service(web::scope("").wrap(cors()).route("/x", get())), "body");
    assert_app!(App::new().service(web::scope("/x").wrap(cors()).route("", get())), "body");
    let nested = move || web::scope("").service(web::scope("").wrap(cors()).route("/x", get()));
    assert_app!(App::new().service(nested()), "body");
    assert_app!(App::new().service(web::resource("/x").wrap(cors()).route(get())), "body");
    assert_app!(App::new().service(web::resource("/x").wrap(cors()).to(body)), "body");
}

#[test]
fn a_layer_wraps_a_route() {
    // The method guard of the route rejects OPTIONS before the layer gets the request.
    let server = Server::start(|| {
        App::new().service(web::resource("/x").route(web::get().to(body).wrap(cors())))
    });
    server.send(&Request::get("/x").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
    server.send(&Request::get("/x").origin(EVIL)).assert_closed(200);
    server.send(&Request::preflight("/x", EXAMPLE, "GET")).assert_untouched(405);
}

#[test]
fn a_condition_enables_and_disables_a_layer() {
    let get = || web::get().to(body);
    assert_app!(App::new().wrap(Condition::new(true, cors())).route("/x", get()), "body");
    let scope = || web::scope("").wrap(Condition::new(true, Compat::new(cors())));
    assert_app!(App::new().service(scope().route("/x", get())), "body");
    let resource = || web::resource("/x").wrap(Condition::new(true, cors()));
    assert_app!(App::new().service(resource().to(body)), "body");

    let off = Server::start(|| {
        App::new().wrap(Condition::new(false, cors())).route("/x", web::get().to(body))
    });
    off.send(&Request::get("/x").origin(EXAMPLE)).assert_untouched(200);
    off.send(&Request::preflight("/x", EXAMPLE, "GET")).assert_untouched(404);
}

#[test]
fn compat_erases_the_body_type_of_a_layer() {
    let compat = || Compat::new(cors());
    assert_app!(App::new().wrap(compat()).route("/x", web::get().to(body)), "body");
    let scope = move || web::scope("").wrap(compat()).route("/x", web::get().to(body));
    assert_app!(App::new().service(scope()), "body");
    assert_app!(App::new().service(web::resource("/x").wrap(compat()).to(body)), "body");
    assert_app!(
        App::new().wrap(Compat::new(Compat::new(cors()))).route("/x", web::get().to(body)),
        "body"
    );
}

#[test]
fn a_layer_works_between_middleware_of_other_body_types() {
    async fn either<B: MessageBody + 'static>(
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B, String>>, Error> {
        next.call(request).await.map(ServiceResponse::map_into_left_body)
    }
    let app = || {
        App::new()
            .wrap(from_fn(either))
            .wrap(cors())
            .wrap(from_fn(either))
            .route("/x", web::get().to(body))
    };
    assert_app!(app(), "body");
    let scope = || web::scope("").wrap(from_fn(either)).wrap(cors()).wrap(from_fn(either));
    assert_app!(App::new().service(scope().route("/x", web::get().to(body))), "body");
}

/// A body with only the required methods of the trait.
struct Bare(Option<web::Bytes>);

impl MessageBody for Bare {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<web::Bytes, Self::Error>>> {
        std::task::Poll::Ready(self.0.take().map(Ok))
    }
}

#[test]
fn a_layer_wraps_bodies_of_every_type() {
    fn with(
        route: actix_web::Route,
    ) -> App<
        impl actix_web::dev::ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody>,
            Error = Error,
            InitError = (),
        >,
    > {
        App::new().wrap(cors()).route("/x", route)
    }
    assert_app!(with(web::get().to(async || HttpResponse::Ok().finish())), "");
    assert_app!(with(web::get().to(async || "text".to_owned())), "text");
    assert_app!(with(web::get().to(async || web::Bytes::from_static(b"bytes"))), "bytes");
    assert_app!(
        with(web::get().to(async || HttpResponse::with_body(StatusCode::OK, "typed"))),
        "typed"
    );
    assert_app!(
        with(web::get().to(async || {
            let bare = Bare(Some(web::Bytes::from_static(b"bare")));
            HttpResponse::with_body(StatusCode::OK, bare)
        })),
        "bare"
    );
    assert_app!(
        with(web::get().to(async || {
            let chunks = ["si", "zed"].map(|chunk| Ok::<_, Error>(web::Bytes::from(chunk)));
            HttpResponse::Ok().body(SizedStream::new(5, stream::iter(chunks)))
        })),
        "sized"
    );
    assert_app!(
        with(web::get().to(async || {
            let chunks = ["str", "eam"].map(|chunk| Ok::<_, Error>(web::Bytes::from(chunk)));
            HttpResponse::Ok().streaming(stream::iter(chunks))
        })),
        "stream"
    );
}

#[test]
fn a_large_stream_passes_chunk_by_chunk() {
    let server = Server::start(|| {
        let get = web::get().to(async || {
            let chunk = web::Bytes::from(vec![b'x'; 10_000]);
            let chunks = (0..100).map(move |_| Ok::<_, Error>(chunk.clone()));
            HttpResponse::Ok().streaming(stream::iter(chunks))
        });
        App::new().wrap(cors()).route("/", get)
    });
    let response = server.send(&from(EXAMPLE));
    assert_eq!(response.assert(200, admitted(EXAMPLE)).body.len(), 1_000_000);
}

#[test]
fn head_has_the_headers_of_get() {
    let server = Server::start(|| {
        let route = web::route().to(async || HttpResponse::Ok().body("body"));
        App::new().wrap(cors()).route("/", route)
    });
    let get = server.send(&from(EXAMPLE));
    let head = server.send(&Request::new("HEAD", "/").origin(EXAMPLE));
    assert_eq!(head.assert(200, admitted(EXAMPLE)).cors_lines(), get.cors_lines());
    assert_eq!(head.values("content-length"), ["4"]);
    server.send(&Request::new("HEAD", "/")).assert_closed(200);
}

#[test]
fn every_connection_has_the_same_policy() {
    let server = get_with(|| HttpResponse::Ok().finish());
    let mut clients = [server.connect(), server.connect(), server.connect()];
    for round in 0..9 {
        let client = &mut clients[round % 3];
        client.send(&from(EXAMPLE)).assert(200, admitted(EXAMPLE));
        client.send(&from(EVIL)).assert_closed(200);
        client.send(&from("https://a.example.com")).assert(200, admitted("https://a.example.com"));
    }
}
