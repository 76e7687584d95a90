//! What an actual response carries, whoever made it: cases R1 to R7.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use actix_web::{
    App, Error, FromRequest, HttpRequest, HttpResponse, ResponseError,
    body::{BodySize, EitherBody, MessageBody, SizedStream},
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform as _},
    error, get, head,
    http::{StatusCode, header},
    middleware::{Compat, Condition, Next, from_fn},
    post, route, web,
};
use cors_actix::{Any, Cors, Denial, Policy, cors};
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY, Request, Response, Server, VARY, admitted, example, journal, open,
};
use futures_util::stream;

const EVIL: &str = "https://evil.com";

fn from(origin: &str) -> Request {
    Request::get("/").origin(origin)
}

fn get_with(response: impl Fn() -> HttpResponse + Clone + Send + 'static) -> Server {
    Server::start(move || {
        let response = response.clone();
        let get = web::get().to(move || {
            let response = response();
            async { response }
        });
        App::new().wrap(Cors::new(example())).route("/", get)
    })
}

/// DESIGN 2.5, row by row.
mod table {
    use super::*;

    fn server(policy: Policy) -> Server {
        Server::start(move || {
            App::new().wrap(Cors::new(&policy)).route("/", web::get().to(HttpResponse::Ok))
        })
    }

    #[test]
    fn r4_any_is_sent_to_everybody_and_varies_by_nothing() {
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
    fn r3_an_allowed_origin_gets_all_and_others_learn_that_the_response_varies() {
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

    /// Case R6.
    #[test]
    fn r6_credentials_are_true_in_lower_case_or_not_there() {
        let with = server(example()).send(&from(EXAMPLE));
        assert_eq!(with.values("access-control-allow-credentials"), ["true"]);
        let policy = Policy::builder().allow_origins([EXAMPLE]).allow_credentials(false).build();
        let without = server(policy.unwrap()).send(&from(EXAMPLE));
        without.assert(200, ["access-control-allow-origin: https://example.com", VARY]);
    }

    #[test]
    fn a_listed_set_exposes_any_without_credentials() {
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
}

/// Cases R1 and R2: each kind of response, for an allowed and for any other origin.
mod kinds {
    use super::*;

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
    fn r1_r2_below_an_app_layer_every_response_is_decorated() {
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
    fn r1_r2_below_a_scope_layer_every_response_is_decorated() {
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
    fn r1_r2_below_a_resource_layer_every_response_is_decorated() {
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
    fn r1_r2_every_response_of_an_annotated_handler_is_decorated() {
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
    fn r4_errors_under_an_open_policy_are_open() {
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
}

/// Case R5.
mod vary {
    use super::*;

    fn respond(vary: &'static [&'static str]) -> Server {
        get_with(move || {
            let mut response = HttpResponse::Ok();
            for line in vary {
                response.append_header((header::VARY, *line));
            }
            response.finish()
        })
    }

    #[track_caller]
    fn assert_vary(inner: &'static [&'static str], expected: &[&str]) {
        let server = respond(inner);
        for request in [from(EXAMPLE), from(EVIL), Request::get("/")] {
            let response = server.send(&request);
            assert_eq!(response.values("vary"), expected);
        }
    }

    #[test]
    fn r5_inner_lines_survive() {
        assert_vary(&[], &["Origin"]);
        assert_vary(&["Accept-Encoding"], &["Accept-Encoding", "Origin"]);
        assert_vary(&["Accept-Encoding", "Cookie"], &["Accept-Encoding", "Cookie", "Origin"]);
        assert_vary(&["Accept, Cookie", "X-A"], &["Accept, Cookie", "X-A", "Origin"]);
        assert_vary(&["X-Origin"], &["X-Origin", "Origin"]);
        assert_vary(&["Origin-X, XOrigin"], &["Origin-X, XOrigin", "Origin"]);
        assert_vary(&[""], &["", "Origin"]);
    }

    #[test]
    fn r5_nothing_is_named_twice() {
        assert_vary(&["Origin"], &["Origin"]);
        assert_vary(&["origin"], &["origin"]);
        assert_vary(&["ORIGIN"], &["ORIGIN"]);
        assert_vary(&["Accept , Origin\t, Cookie"], &["Accept , Origin\t, Cookie"]);
        assert_vary(&["Accept", "Cookie,origin"], &["Accept", "Cookie,origin"]);
    }

    #[test]
    fn r5_a_star_stays_a_star() {
        assert_vary(&["*"], &["*"]);
        assert_vary(&["Accept", "*"], &["Accept", "*"]);
        assert_vary(&["Accept, *"], &["Accept, *"]);
    }

    #[test]
    fn r5_a_response_that_varies_by_origin_is_admitted_all_the_same() {
        for inner in [&["Origin"] as &[_], &["Accept", "origin"]] {
            let server = respond(inner);
            let lines = admitted(EXAMPLE).into_iter().filter(|line| line != VARY);
            let inner = inner.iter().map(|line| format!("vary: {line}"));
            server.send(&from(EXAMPLE)).assert(200, lines.chain(inner));
        }
    }

    /// GHSA-q7jf-gf43-6x6p.
    #[test]
    fn r5_what_the_request_says_of_vary_is_never_copied() {
        let server = respond(&["Accept"]);
        let request = from(EXAMPLE).line("Vary", "X-Poison, Origin");
        let lines = admitted(EXAMPLE).into_iter().chain(["vary: Accept".to_owned()]);
        let lines = lines.filter(|line| line != VARY).chain([VARY.to_owned()]);
        server.send(&request).assert(200, lines);
        let preflight = Request::preflight("/", EVIL, "GET").line("Vary", "X-Poison");
        server.send(&preflight).assert_denied();
    }

    #[test]
    fn r4_an_open_policy_leaves_vary_alone() {
        let server = Server::start(|| {
            let get = web::get().to(async || {
                let mut response = HttpResponse::Ok();
                response.append_header((header::VARY, "Accept"));
                response.append_header((header::VARY, "Cookie"));
                response.finish()
            });
            App::new().wrap(Cors::new(open())).route("/", get)
        });
        let lines = ["access-control-allow-origin: *", "vary: Accept", "vary: Cookie"];
        server.send(&from(EVIL)).assert(200, lines);
    }

    #[test]
    fn r5_errors_keep_their_lines() {
        #[derive(Debug, derive_more::Display)]
        struct Varied;

        impl ResponseError for Varied {
            fn error_response(&self) -> HttpResponse {
                let mut response = HttpResponse::BadGateway();
                response.append_header((header::VARY, "Accept"));
                response.append_header((header::VARY, "Cookie")).finish()
            }
        }

        let server = Server::start(|| {
            App::new()
                .wrap(from_fn(async |_: ServiceRequest, _: Next<actix_web::body::BoxBody>| {
                    Err::<ServiceResponse, _>(Varied.into())
                }))
                .wrap(Cors::new(example()))
        });
        let response = server.send(&from(EXAMPLE));
        assert_eq!(response.status, 502);
        assert_eq!(response.values("vary"), ["Accept", "Cookie", "Origin"]);
        server.send(&from(EVIL)).assert(502, ["vary: Accept", "vary: Cookie", VARY]);
    }
}

/// A response that was decided nearer to the handler is left alone.
mod decided {
    use super::*;

    /// The handler itself varies by origin, so that nothing in the response tells who decided.
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
    fn a_stranger_to_the_nearest_layer_gets_nothing_from_an_open_one_around_it() {
        let server = closed_under_an_open_app();
        server.send(&Request::get("/closed/plain").origin(EVIL)).assert_closed(200);
        for target in ["/closed/varied", "/closed/failed", "/closed/error"] {
            server.send(&Request::get(target).origin(EVIL)).assert_closed(502);
        }
    }

    #[test]
    fn a_request_without_origin_gets_nothing_from_an_open_layer_around_the_nearest() {
        let server = closed_under_an_open_app();
        server.send(&Request::get("/closed/plain")).assert_closed(200);
        for target in ["/closed/varied", "/closed/failed", "/closed/error"] {
            server.send(&Request::get(target)).assert_closed(502);
        }
    }

    #[test]
    fn an_origin_that_the_nearest_layer_allows_gets_its_headers_alone() {
        let server = closed_under_an_open_app();
        server.send(&Request::get("/closed/plain").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
        for target in ["/closed/varied", "/closed/failed", "/closed/error"] {
            server.send(&Request::get(target).origin(EXAMPLE)).assert(502, admitted(EXAMPLE));
        }
    }

    #[test]
    fn a_handler_that_answers_for_itself_is_left_alone() {
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

    #[test]
    fn other_headers_are_left_alone() {
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
}

/// What stands in front of an annotated handler, and what answers in its place.
mod beside_annotated_handlers {
    use super::*;

    #[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
    #[get("/annotated")]
    async fn strict() -> &'static str {
        "annotated"
    }

    #[cors(allow_origins = any)]
    #[get("/annotated")]
    async fn open_to_all() -> &'static str {
        "annotated"
    }

    /// Authentication that never lets anybody in, as a response and as an error.
    async fn keep_out<B: MessageBody + 'static>(
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        if request.headers().contains_key("x-fail") {
            return Err(error::ErrorUnauthorized("who are you?"));
        }
        if request.headers().contains_key("x-pass") {
            return next.call(request).await.map(ServiceResponse::map_into_left_body);
        }
        let response = HttpResponse::Unauthorized().finish();
        Ok(request.into_response(response).map_into_right_body())
    }

    fn kept_out() -> Server {
        Server::start(|| App::new().wrap(from_fn(keep_out)).wrap(Cors::new(open())).service(strict))
    }

    #[test]
    fn authentication_in_front_of_an_annotated_handler_answers_with_its_headers() {
        let server = kept_out();
        for request in [Request::get("/annotated"), Request::get("/annotated").line("X-Fail", "1")]
        {
            server.send(&request.clone().origin(EXAMPLE)).assert(401, admitted(EXAMPLE));
            server.send(&request.clone().origin(EVIL)).assert_closed(401);
            server.send(&request.clone().origin("null")).assert_closed(401);
            server.send(&request).assert_closed(401);
        }
        let request = Request::get("/annotated").line("X-Pass", "1");
        server.send(&request.clone().origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
        server.send(&request.origin(EVIL)).assert_closed(200);
        server
            .send(&Request::get("/other").origin(EVIL))
            .assert(401, ["access-control-allow-origin: *"]);
    }

    #[test]
    fn o10_two_origin_lines_get_nothing_from_authentication_in_front_of_an_annotated_handler() {
        let server = kept_out();
        for request in [Request::get("/annotated"), Request::get("/annotated").line("X-Fail", "1")]
        {
            for [first, second] in [[EXAMPLE, EVIL], [EVIL, EXAMPLE], [EXAMPLE, EXAMPLE]] {
                let request = request.clone().origin(first).origin(second);
                server.send(&request).assert_closed(401);
            }
        }
    }

    #[test]
    fn l2_an_annotated_handler_is_open_under_an_app_that_denies_the_origin() {
        let server = Server::start(|| {
            App::new().wrap(Cors::new(Policy::same_origin())).service(open_to_all)
        });
        let get = Request::get("/annotated");
        let any = ["access-control-allow-origin: *"];
        server.send(&get).assert(200, any);
        server.send(&get.clone().origin(EVIL)).assert(200, any);

        let partner = "https://partner.example";
        let server = Server::start(move || {
            let policy = Policy::builder().allow_origins([partner]).build().unwrap();
            App::new().wrap(Cors::new(policy)).service(strict)
        });
        server.send(&get.clone().origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
        server.send(&get.clone().origin(partner)).assert_closed(200);
    }

    #[test]
    fn l2_a_scope_is_open_under_an_app_that_denies_the_origin() {
        let server = Server::start(|| {
            let scope = web::scope("/s").wrap(Cors::new(open()));
            let closed = Cors::new(Policy::same_origin()).scope("/s", open());
            App::new().wrap(closed).service(scope.route("", web::get().to(HttpResponse::Ok)))
        });
        let any = ["access-control-allow-origin: *"];
        server.send(&Request::get("/s").origin(EVIL)).assert(200, any);
        server.send(&Request::get("/s")).assert(200, any);

        let server = Server::start(|| {
            let scope = web::scope("/s").wrap(Cors::new(open()));
            let closed = Cors::new(Policy::same_origin());
            App::new().wrap(closed).service(scope.route("", web::get().to(HttpResponse::Ok)))
        });
        server.send(&Request::get("/s").origin(EVIL)).assert(200, any);
        server.send(&Request::get("/s")).assert(200, any);
    }

    /// The headers are those of the layer around the code that made the response.
    #[test]
    fn a_handler_without_annotation_never_borrows_the_policy_of_an_annotated_one() {
        let server = Server::start(|| {
            let other = |status| {
                web::resource("/annotated").guard(actix_web::guard::Header("x-status", status)).to(
                    move || async move { HttpResponse::new(status.parse().unwrap_or_default()) },
                )
            };
            App::new()
                .wrap(Cors::new(Policy::same_origin()))
                .service(other("200"))
                .service(other("404"))
                .service(other("500"))
                .service(open_to_all)
        });
        let get = Request::get("/annotated").origin(EVIL);
        for status in [200, 404, 500] {
            let request = get.clone().line("X-Status", status.to_string());
            server.send(&request).assert_closed(status);
        }
    }
}

/// Where the middleware may stand, and around which bodies.
mod places {
    use super::*;

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
    fn it_wraps_an_app_a_scope_and_a_resource() {
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
    fn it_wraps_a_route() {
        // The route's own method guard keeps OPTIONS away from a layer below it.
        let server = Server::start(|| {
            App::new().service(web::resource("/x").route(web::get().to(body).wrap(cors())))
        });
        server.send(&Request::get("/x").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
        server.send(&Request::get("/x").origin(EVIL)).assert_closed(200);
        server.send(&Request::preflight("/x", EXAMPLE, "GET")).assert_untouched(405);
    }

    #[test]
    fn a_condition_turns_it_on_and_off() {
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
    fn compat_erases_its_body_type() {
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
    fn it_stands_between_middleware_of_other_body_types() {
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

    /// A body that has nothing but what the trait asks for.
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
    fn it_wraps_bodies_of_every_type() {
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
    fn a_large_stream_passes_in_its_chunks() {
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
            client
                .send(&from("https://a.example.com"))
                .assert(200, admitted("https://a.example.com"));
        }
    }
}

/// What the layer wraps has a say in when it takes requests.
mod readiness {
    use super::*;

    struct Busy;

    impl Service<ServiceRequest> for Busy {
        type Response = ServiceResponse;
        type Error = Error;
        type Future = Ready<Result<ServiceResponse, Error>>;

        fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
            Poll::Pending
        }

        fn call(&self, request: ServiceRequest) -> Self::Future {
            ready(Ok(request.into_response(HttpResponse::Ok())))
        }
    }

    #[actix_web::test]
    async fn a_layer_is_as_ready_as_what_it_wraps() {
        let layer = Cors::new(example()).new_transform(Busy).await.unwrap();
        let mut context = Context::from_waker(Waker::noop());
        assert!(layer.poll_ready(&mut context).is_pending());
    }
}

/// Case R7: what a stranger sent is logged once, at debug level, and can't forge a line.
mod log {
    use super::*;
    use ::log::Level;

    fn server() -> Server {
        journal::open();
        Server::start(|| {
            App::new().wrap(Cors::new(example())).default_service(web::to(HttpResponse::Ok))
        })
    }

    /// The one message about a path that starts so.
    #[track_caller]
    fn entry(path: &str) -> journal::Entry {
        let entries = journal::entries_with(&format!(" to {path}"));
        let [entry] = &entries[..] else { panic!("{path}: not one message, but {entries:#?}") };
        let printable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        assert!(printable(&entry.text.replace('\u{2026}', "...")), "{:?}", entry.text);
        entry.clone()
    }

    #[test]
    fn r7_a_denied_request_is_logged_once() {
        let server = server();
        server.send(&Request::get("/actual-r7").origin(EVIL));
        let expected = r#"request to /actual-r7 denied: origin "https://evil.com" is not allowed"#;
        assert_eq!(
            entry("/actual-r7"),
            journal::Entry { level: Level::Debug, text: expected.into() }
        );
    }

    #[test]
    fn r7_a_denied_preflight_is_logged_once_with_its_reason() {
        let server = server();
        let long = "x".repeat(10_000);
        for (name, request, reason) in [
            ("origin", ("/r7-a", EVIL, "GET", ""), r#"origin "https://evil.com" is not allowed"#),
            ("null", ("/r7-b", "null", "GET", ""), r#"origin "null" is not allowed"#),
            ("malformed", ("/r7-c", "evil", "GET", ""), r#"origin "evil" is malformed"#),
            ("method", ("/r7-d", EXAMPLE, "PUT", ""), r#"method "PUT" is not allowed"#),
            ("no method", ("/r7-e", EXAMPLE, "P T", ""), r#"requested method "P T" is malformed"#),
            ("header", ("/r7-f", EXAMPLE, "GET", ",x-a"), r#"request header "x-a" is not allowed"#),
            (
                "long",
                ("/r7-g", EXAMPLE, "GET", long.as_str()),
                &format!("request header \"{}\u{2026}\" is not allowed", &long[..300]),
            ),
        ] {
            let (path, origin, method, headers) = request;
            let request = Request::preflight(path, origin, method).asks_headers(headers);
            server.send(&request).assert_denied();
            let expected = format!("preflight to {path} denied: {reason}");
            let expected = journal::Entry { level: Level::Debug, text: expected };
            assert_eq!(entry(path), expected, "{name}");
        }
    }

    /// Flask-CORS CVE-2024-1681.
    #[test]
    fn r7_what_the_client_sent_is_escaped() {
        let server = server();
        for (path, origin, escaped) in [
            ("/r7-m", b"https://evil.com\xff\x80".as_slice(), r"https://evil.com\xff\x80"),
            ("/r7-n", b"https://e\tvil.com", r"https://e\tvil.com"),
            ("/r7-o", b"https://\"evil\".com", r#"https://\"evil\".com"#),
            ("/r7-p", b"https://evil.com\\n", r"https://evil.com\\n"),
            (
                "/r7-q",
                "https://evil\u{202e}\u{2028}".as_bytes(),
                r"https://evil\xe2\x80\xae\xe2\x80\xa8",
            ),
        ] {
            server.send(&Request::get(path).origin(origin)).assert_closed(200);
            let expected = format!("request to {path} denied: origin \"{escaped}\" is malformed");
            assert_eq!(entry(path).text, expected);
        }
        let method = Request::preflight("/r7-r", EXAMPLE, b"\xff\"\t\"");
        server.send(&method).assert_denied();
        assert!(entry("/r7-r").text.ends_with(r#"requested method "\xff\"\t\"" is malformed"#));
        let header = Request::preflight("/r7-s", EXAMPLE, "GET").asks_headers(b"a\tb\xff");
        server.send(&header).assert_denied();
        assert!(entry("/r7-s").text.ends_with(r#"request header "a\tb\xff" is not allowed"#));
    }

    #[test]
    fn r7_the_path_is_escaped() {
        let server = server();
        for path in ["/r7-x%0d%0a-forged", "/r7-y%1b%5b31m", "/r7-z%e2%80%ae", "/r7-w%ff%00"] {
            server.send(&Request::get(path).origin(EVIL)).assert_closed(200);
            entry(&path[..5]);
        }
    }

    #[test]
    fn r7_every_denial_escapes_every_byte() {
        for byte in 0..=u8::MAX {
            let value = [b'a', byte, b'z'];
            let escaped = value.escape_ascii().to_string();
            for denial in [
                Denial::OriginMalformed(&value),
                Denial::OriginNotAllowed(&value),
                Denial::MethodMalformed(&value),
                Denial::MethodNotAllowed(&value),
                Denial::HeaderNotAllowed(&value),
            ] {
                let text = denial.to_string();
                assert!(text.contains(&format!("\"{escaped}\"")), "{text:?}");
                assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{text:?}");
            }
        }
        let endless = vec![b'\n'; 1_000_000];
        assert!(Denial::OriginMalformed(&endless).to_string().len() < 1_000);
    }

    #[test]
    fn r7_what_is_allowed_is_not_logged() {
        let server = server();
        server.send(&Request::get("/r7-quiet").origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
        server.send(&Request::get("/r7-quiet")).assert_closed(200);
        let preflight = Request::preflight("/r7-quiet", EXAMPLE, "GET");
        assert_eq!(server.send(&preflight).status, 204);
        assert_eq!(journal::entries_with("/r7-quiet"), []);
    }

    #[test]
    fn the_policy_that_allows_no_other_origin_has_no_fault_to_log() {
        journal::open();
        let server = Server::start(|| App::new().wrap(Cors::new(Policy::same_origin())));
        server.send(&from(EVIL)).assert_closed(404);
        assert_eq!(journal::entries_with("allows no origin"), []);
    }

    #[cors(allow_origins = ["https://example.com"], allow_credentials)]
    #[route("/annotated-request", method = "GET", method = "POST")]
    async fn annotated() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[cors(allow_origins = ["https://example.com"], allow_credentials)]
    #[post("/annotated-preflight")]
    async fn annotated_for_preflights() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[test]
    fn r7_an_annotated_handler_logs_its_denials_once() {
        journal::open();
        let server =
            Server::start(|| App::new().service(annotated).service(annotated_for_preflights));
        server.send(&Request::get("/annotated-request").origin(EVIL)).assert_closed(200);
        assert_eq!(entry("/annotated-request").level, Level::Debug);
        server.send(&Request::preflight("/annotated-preflight", EVIL, "POST")).assert_denied();
        let expected =
            r#"preflight to /annotated-preflight denied: origin "https://evil.com" is not allowed"#;
        assert_eq!(entry("/annotated-preflight").text, expected);
        assert_ne!(VARY, PREFLIGHT_VARY);
    }

    #[test]
    fn advisories_are_logged_once_as_warnings_when_a_policy_is_built() {
        journal::open();
        let policy =
            Policy::builder().allow_origins([EXAMPLE]).max_age(31_557_600).build().unwrap();
        for _ in 0..3 {
            let policy = policy.clone();
            let server = Server::start(move || App::new().wrap(Cors::new(&policy)));
            server.send(&from(EXAMPLE));
        }
        let entries = journal::entries_with("31557600");
        let [entry] = &entries[..] else { panic!("not one message, but {entries:#?}") };
        assert_eq!(entry.level, Level::Warn);
        assert!(entry.text.starts_with("max_age: "), "{}", entry.text);
    }
}
