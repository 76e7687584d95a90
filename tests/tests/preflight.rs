//! What a preflight is answered, and what it never reaches: cases F1 to F5, F7 and F8.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::{
    App, Error, FromRequest, HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    delete,
    dev::{Payload, ServiceRequest, ServiceResponse},
    get, guard,
    http::{Method, StatusCode, header},
    middleware::{Next, from_fn},
    options, patch, post, put, route, routes, web,
};
use cors_actix::{Any, Cors, Policy, PolicyBuilder, cors};
use cors_actix_tests::{
    EXAMPLE, PREFLIGHT_VARY, Request, Server, VARY, admitted, example, granted, granted_once, open,
};

const EVIL: &str = "https://evil.com";

fn preflight(method: &str) -> Request {
    Request::preflight("/", EXAMPLE, method)
}

/// A server with the policy around everything, and an answer for every request.
fn server(policy: PolicyBuilder) -> Server {
    let policy = policy.build().unwrap();
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).default_service(web::to(HttpResponse::Ok))
    })
}

fn listed() -> PolicyBuilder {
    Policy::builder().allow_origins([EXAMPLE])
}

/// What is not answered here has reached the application.
mod classification {
    use super::*;

    #[cors(allow_origins = ["https://example.com"], allow_credentials)]
    #[get("/")]
    async fn read() -> &'static str {
        "read"
    }

    #[options("/")]
    async fn own_options() -> &'static str {
        "own"
    }

    fn around_own_options() -> Server {
        Server::start(|| App::new().wrap(Cors::new(example())).service(own_options))
    }

    fn beside_own_options() -> Server {
        Server::start(|| App::new().service(read).service(own_options))
    }

    #[test]
    fn f1_options_without_a_requested_method_reaches_the_application() {
        let request = Request::new("OPTIONS", "/").origin(EXAMPLE);
        let response = around_own_options().send(&request);
        assert_eq!(response.assert(200, admitted(EXAMPLE)).text(), "own");
        let response = beside_own_options().send(&request);
        assert_eq!(response.assert_untouched(200).text(), "own");

        let denied = Request::new("OPTIONS", "/").origin(EVIL);
        let response = around_own_options().send(&denied);
        assert_eq!(response.assert_closed(200).text(), "own");
    }

    #[test]
    fn f1_options_without_an_origin_reaches_the_application() {
        let request = Request::new("OPTIONS", "/").asks_method("GET").asks_headers("x-a");
        let response = around_own_options().send(&request);
        assert_eq!(response.assert_closed(200).text(), "own");
        let response = beside_own_options().send(&request);
        assert_eq!(response.assert_untouched(200).text(), "own");
    }

    #[test]
    fn f1_bare_options_reaches_the_application() {
        let request = Request::new("OPTIONS", "/");
        assert_eq!(around_own_options().send(&request).assert_closed(200).text(), "own");
        assert_eq!(beside_own_options().send(&request).assert_untouched(200).text(), "own");
    }

    #[test]
    fn f1_options_for_the_whole_server_is_no_preflight() {
        let request = Request::new("OPTIONS", "*").origin(EXAMPLE);
        around_own_options().send(&request).assert(404, admitted(EXAMPLE));
    }

    #[test]
    fn a_requested_method_on_another_method_than_options_means_nothing() {
        let server = Server::start(|| App::new().wrap(Cors::new(example())).service(read));
        let request = Request::get("/").origin(EXAMPLE).asks_method("PUT").asks_headers("x-a");
        assert_eq!(server.send(&request).assert(200, admitted(EXAMPLE)).text(), "read");
        let server = Server::start(|| App::new().service(read));
        assert_eq!(server.send(&request).assert(200, admitted(EXAMPLE)).text(), "read");
    }

    #[test]
    fn an_unannotated_method_of_an_annotated_path_is_not_found() {
        let server = Server::start(|| App::new().service(read));
        server.send(&preflight("PUT")).assert_untouched(404);
        server.send(&preflight("HEAD")).assert_untouched(404);
        server.send(&Request::preflight("/other", EXAMPLE, "GET")).assert_untouched(404);
    }
}

/// Case F2: user code is counted, and must not run.
mod user_code {
    use super::*;

    /// How often user code ran, by where it stands.
    #[derive(Debug, Default)]
    struct Ran {
        handler: AtomicUsize,
        extractor: AtomicUsize,
        guard: AtomicUsize,
        middleware: AtomicUsize,
    }

    impl Ran {
        fn counts(&self) -> [usize; 4] {
            [&self.handler, &self.extractor, &self.guard, &self.middleware]
                .map(|count| count.load(Ordering::SeqCst))
        }
    }

    fn count(count: &AtomicUsize) {
        count.fetch_add(1, Ordering::SeqCst);
    }

    struct Extracted;

    impl FromRequest for Extracted {
        type Error = Error;
        type Future = std::future::Ready<Result<Self, Error>>;

        fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
            if let Some(ran) = request.app_data::<Arc<Ran>>() {
                count(&ran.extractor);
            }
            std::future::ready(Ok(Extracted))
        }
    }

    async fn handle(request: HttpRequest, _: Extracted) -> HttpResponse {
        if let Some(ran) = request.app_data::<Arc<Ran>>() {
            count(&ran.handler);
        }
        HttpResponse::Ok().body("ran")
    }

    async fn pass(
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        if let Some(ran) = request.app_data::<Arc<Ran>>() {
            count(&ran.middleware);
        }
        next.call(request).await
    }

    fn ask(context: &guard::GuardContext<'_>) -> bool {
        if let Some(ran) = context.app_data::<Arc<Ran>>() {
            count(&ran.guard);
        }
        true
    }

    #[cors(allow_origins = ["https://example.com"], allow_credentials)]
    #[put("/annotated", guard = "ask", wrap = "from_fn(pass)")]
    async fn annotated(request: HttpRequest, extracted: Extracted) -> HttpResponse {
        handle(request, extracted).await
    }

    #[test]
    fn f2_nothing_below_a_layer_runs_on_a_preflight() {
        let ran = Arc::new(Ran::default());
        let shared = Arc::clone(&ran);
        let server = Server::start(move || {
            let policy = Policy::builder()
                .allow_origins([EXAMPLE])
                .allow_methods([Method::PUT])
                .allow_credentials(true)
                .build()
                .unwrap();
            App::new()
                .app_data(Arc::clone(&shared))
                .wrap(from_fn(pass))
                .wrap(Cors::new(policy))
                .service(web::resource("/any-method").to(handle))
                .service(web::resource("/guarded").guard(guard::fn_guard(ask)).to(handle))
                .service(
                    web::scope("/scope")
                        .wrap(from_fn(pass))
                        .route("/put", web::put().to(handle))
                        .default_service(web::to(handle)),
                )
                .default_service(web::to(handle))
        });
        let mut client = server.connect();
        for target in ["/any-method", "/guarded", "/scope/put", "/scope/none", "/none", "/"] {
            for method in ["PUT", "GET"] {
                let request = Request::preflight(target, EXAMPLE, method);
                client.send(&request).assert_granted(granted(EXAMPLE, "GET,HEAD,POST,PUT"));
            }
            client.send(&Request::preflight(target, EVIL, "PUT")).assert_denied();
            client.send(&Request::preflight(target, EXAMPLE, "DELETE")).assert_denied();
        }
        assert_eq!(ran.counts(), [0, 0, 0, 0]);

        // Everything counts, once it is called.
        client.send(&Request::new("PUT", "/any-method").origin(EVIL)).assert_closed(200);
        client
            .send(&Request::new("PUT", "/guarded").origin(EXAMPLE))
            .assert(200, admitted(EXAMPLE));
        assert_eq!(ran.counts(), [2, 2, 1, 2]);
    }

    /// Takes what the guard of the other does not let pass.
    #[cors(allow_origins = ["https://example.com"], allow_credentials)]
    #[put("/annotated", wrap = "from_fn(pass)")]
    async fn behind(request: HttpRequest, extracted: Extracted) -> HttpResponse {
        handle(request, extracted).await
    }

    #[test]
    fn f2_nothing_of_an_annotated_handler_runs_on_a_preflight() {
        let ran = Arc::new(Ran::default());
        let (shared, shared_alone) = (Arc::clone(&ran), Arc::clone(&ran));
        let server = Server::start(move || {
            App::new().app_data(Arc::clone(&shared)).service(annotated).service(behind)
        });
        // Its guard may pass requests on to what has no policy.
        let alone = Server::start(move || {
            App::new().app_data(Arc::clone(&shared_alone)).service(annotated)
        });
        let mut client = server.connect();
        let request = Request::preflight("/annotated", EXAMPLE, "PUT");
        client.send(&request).assert_granted(granted_once(EXAMPLE, "PUT"));
        alone.send(&request).assert_denied();
        for server in [&server, &alone] {
            server.send(&Request::preflight("/annotated", EVIL, "PUT")).assert_denied();
        }
        assert_eq!(ran.counts(), [0, 0, 0, 0]);

        for server in [server, alone] {
            server
                .send(&Request::new("PUT", "/annotated").origin(EXAMPLE))
                .assert(200, admitted(EXAMPLE));
            let counts = [&ran.handler, &ran.extractor, &ran.guard, &ran.middleware];
            assert_eq!(counts.map(|count| count.swap(0, Ordering::SeqCst)), [1, 1, 1, 1]);
        }
    }

    #[test]
    fn f2_a_layer_on_a_resource_with_any_method_answers_for_it() {
        let ran = Arc::new(Ran::default());
        let shared = Arc::clone(&ran);
        let server = Server::start(move || {
            let pay = web::resource("/pay").wrap(from_fn(pass)).wrap(Cors::new(example()));
            App::new().app_data(Arc::clone(&shared)).service(pay.to(handle))
        });
        let request = Request::preflight("/pay", EXAMPLE, "POST");
        server.send(&request).assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
        server.send(&Request::preflight("/pay", EVIL, "POST")).assert_denied();
        assert_eq!(ran.counts(), [0, 0, 0, 0]);
    }
}

/// DESIGN 2.4, header by header.
mod answer {
    use super::*;

    #[test]
    fn f3_a_grant_names_the_origin_and_credentials_where_the_policy_has_them() {
        let response = server(listed()).send(&preflight("GET"));
        response.assert_granted([
            "access-control-allow-origin: https://example.com",
            "access-control-allow-methods: GET,HEAD,POST",
            PREFLIGHT_VARY,
        ]);
        let response = server(listed().allow_credentials(true)).send(&preflight("GET"));
        response.assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
        let response = server(Policy::builder().allow_origins(Any)).send(&preflight("GET"));
        response.assert_granted([
            "access-control-allow-origin: *",
            "access-control-allow-methods: GET,HEAD,POST",
            PREFLIGHT_VARY,
        ]);
    }

    #[test]
    fn f3_a_denial_says_nothing() {
        let policy = listed()
            .allow_methods([Method::PUT])
            .allow_headers(["x-a"])
            .expose_headers(["x-b"])
            .max_age(60)
            .preflight_status(StatusCode::OK)
            .allow_credentials(true);
        let server = server(policy);
        for request in [
            Request::preflight("/", EVIL, "PUT"),
            Request::preflight("/", "null", "PUT"),
            Request::preflight("/", EXAMPLE, "DELETE"),
            Request::preflight("/", EXAMPLE, "put"),
            Request::preflight("/", EXAMPLE, "PUT").asks_headers("x-b"),
            Request::preflight("/", EXAMPLE, "PUT").asks_headers("x-a,x-b"),
            Request::preflight("/", EVIL, "DELETE").asks_headers("x-b"),
        ] {
            server.send(&request).assert_denied();
        }
    }

    #[test]
    fn the_whole_lists_are_granted() {
        let policy = listed()
            .allow_methods([Method::PUT, Method::DELETE])
            .allow_methods(["PURGE"])
            .allow_headers([header::AUTHORIZATION])
            .allow_headers(["X-Request-Id", "x-a"]);
        let server = server(policy);
        for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PURGE"] {
            server.send(&preflight(method).asks_headers("x-a")).assert_granted([
                "access-control-allow-origin: https://example.com",
                "access-control-allow-methods: GET,HEAD,POST,PUT,DELETE,PURGE",
                "access-control-allow-headers: authorization,x-request-id,x-a",
                PREFLIGHT_VARY,
            ]);
        }
    }

    #[test]
    fn header_names_are_granted_only_when_some_are_requested() {
        let server = server(listed().allow_headers(["x-a"]));
        let without = [
            "access-control-allow-origin: https://example.com",
            "access-control-allow-methods: GET,HEAD,POST",
            PREFLIGHT_VARY,
        ];
        server.send(&preflight("GET")).assert_granted(without);
        for nothing in ["", ",", ",,", " , ,\t,"] {
            server.send(&preflight("GET").asks_headers(nothing)).assert_granted(without);
        }
    }

    #[test]
    fn any_method_is_a_wildcard_without_credentials() {
        let server = server(listed().allow_methods(Any));
        for method in ["GET", "PUT", "PURGE", "patch", "X!"] {
            server.send(&preflight(method)).assert_granted([
                "access-control-allow-origin: https://example.com",
                "access-control-allow-methods: *",
                PREFLIGHT_VARY,
            ]);
        }
    }

    #[test]
    fn any_method_is_the_requested_one_with_credentials() {
        let server = server(listed().allow_methods(Any).allow_credentials(true));
        for method in ["GET", "PUT", "PURGE", "patch", "X!"] {
            server.send(&preflight(method)).assert_granted(granted(EXAMPLE, method));
        }
    }

    #[test]
    fn any_method_covers_no_forbidden_method() {
        for credentials in [false, true] {
            let server = server(listed().allow_methods(Any).allow_credentials(credentials));
            for method in ["TRACE", "trace", "TRACK", "CONNECT"] {
                server.send(&preflight(method)).assert_denied();
            }
        }
    }

    #[test]
    fn any_header_is_a_wildcard_without_credentials() {
        let server = server(listed().allow_headers(Any));
        for names in ["x-a", "x-a,x-b", "content-type", "X!"] {
            server.send(&preflight("GET").asks_headers(names)).assert_granted([
                "access-control-allow-origin: https://example.com",
                "access-control-allow-methods: GET,HEAD,POST",
                "access-control-allow-headers: *",
                PREFLIGHT_VARY,
            ]);
        }
    }

    #[test]
    fn any_header_is_the_requested_list_with_credentials() {
        let server = server(listed().allow_headers(Any).allow_credentials(true));
        for names in ["x-a", "x-a,x-b", "X-A , x-b"] {
            let lines = granted(EXAMPLE, "GET,HEAD,POST");
            let names_line = format!("access-control-allow-headers: {names}");
            let request = preflight("GET").asks_headers(names);
            server.send(&request).assert_granted(lines.into_iter().chain([names_line]));
        }
        let two_lines = preflight("GET").asks_headers("x-a").asks_headers("x-b,x-c");
        let lines = granted(EXAMPLE, "GET,HEAD,POST");
        let names_lines =
            ["access-control-allow-headers: x-a", "access-control-allow-headers: x-b,x-c"];
        let names_lines = names_lines.map(str::to_owned);
        server.send(&two_lines).assert_granted(lines.into_iter().chain(names_lines));
    }

    #[test]
    fn any_header_does_not_echo_what_is_no_name() {
        for credentials in [false, true] {
            let server = server(listed().allow_headers(Any).allow_credentials(credentials));
            for names in ["x a", "x:a", "x-a,x=b", "\"x\"", "x-a;x-b", "<script>", "x-a,(b)"] {
                server.send(&preflight("GET").asks_headers(names)).assert_denied();
            }
            let bytes = preflight("GET").asks_headers(b"x-a,\xff");
            server.send(&bytes).assert_denied();
            let second = preflight("GET").asks_headers("x-a").asks_headers("x b");
            server.send(&second).assert_denied();
        }
    }

    #[test]
    fn any_header_does_not_cover_authorization() {
        for credentials in [false, true] {
            let server = server(listed().allow_headers(Any).allow_credentials(credentials));
            for names in
                ["authorization", "Authorization", "x-a,authorization", "AUTHORIZATION,x-a"]
            {
                server.send(&preflight("GET").asks_headers(names)).assert_denied();
            }
        }
    }

    #[test]
    fn authorization_is_listed_beside_any() {
        let names = ["authorization", "Authorization", "x-a,authorization", "x-a"];
        let listed = listed().allow_headers(Any).allow_headers(["Authorization"]);
        let plain = server(listed.clone());
        for names in names {
            plain.send(&preflight("GET").asks_headers(names)).assert_granted([
                "access-control-allow-origin: https://example.com",
                "access-control-allow-methods: GET,HEAD,POST",
                "access-control-allow-headers: *,authorization",
                PREFLIGHT_VARY,
            ]);
        }
        let with_credentials = server(listed.allow_credentials(true));
        for names in names {
            let lines = granted(EXAMPLE, "GET,HEAD,POST");
            let names_line = format!("access-control-allow-headers: {names}");
            let request = preflight("GET").asks_headers(names);
            with_credentials.send(&request).assert_granted(lines.into_iter().chain([names_line]));
        }
    }

    #[test]
    fn max_age_is_sent_when_it_is_set() {
        for (policy, seconds) in [
            (listed().max_age(3600), "3600"),
            (listed().max_age(0), "0"),
            (listed().max_age(100_000), "100000"),
            (listed().max_age(Duration::from_millis(2_999)), "2"),
            (listed().max_age(60).max_age(30).max_age(Some(90)), "90"),
        ] {
            server(policy).send(&preflight("GET")).assert_granted([
                "access-control-allow-origin: https://example.com",
                "access-control-allow-methods: GET,HEAD,POST",
                &format!("access-control-max-age: {seconds}"),
                PREFLIGHT_VARY,
            ]);
        }
    }

    #[test]
    fn what_is_exposed_is_no_part_of_a_preflight() {
        let server = server(listed().expose_headers(["x-a"]).allow_credentials(true));
        server.send(&preflight("GET")).assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
    }

    #[test]
    fn a_grant_has_the_status_that_the_policy_names_and_no_body() {
        for status in [StatusCode::OK, StatusCode::ACCEPTED, StatusCode::NO_CONTENT] {
            let server = server(listed().allow_credentials(true).preflight_status(status));
            let response = server.send(&preflight("GET"));
            response.assert(status.as_u16(), granted(EXAMPLE, "GET,HEAD,POST"));
            assert_eq!(response.text(), "");
            server.send(&Request::preflight("/", EVIL, "GET")).assert_denied();
        }
    }

    #[test]
    fn a_policy_that_allows_no_other_origin_denies_every_preflight() {
        let server = Server::start(|| {
            let closed = Cors::new(Policy::same_origin());
            App::new().wrap(closed).default_service(web::to(HttpResponse::Ok))
        });
        for origin in [EXAMPLE, EVIL, "null", "http://api.example"] {
            server.send(&Request::preflight("/", origin, "GET")).assert_denied();
            server.send(&Request::get("/").origin(origin)).assert_closed(200);
        }
        server.send(&Request::get("/")).assert_closed(200);
    }

    #[cors(
        allow_origins = any,
        allow_headers = [any, "authorization"],
        expose_headers = ["x-a"],
        max_age = 60,
        preflight_status = 200,
    )]
    #[delete("/open")]
    async fn open_handler() -> HttpResponse {
        HttpResponse::NoContent().finish()
    }

    #[cors(
        allow_origins = ["https://example.com"],
        allow_headers = any,
        allow_credentials,
        max_age = 0,
    )]
    #[route("/many", method = "PUT", method = "PURGE", method = "GET")]
    async fn many() -> HttpResponse {
        HttpResponse::NoContent().finish()
    }

    #[cors(same_origin)]
    #[post("/closed")]
    async fn closed_handler() -> HttpResponse {
        HttpResponse::NoContent().finish()
    }

    fn handlers() -> Server {
        Server::start(|| App::new().service(open_handler).service(many).service(closed_handler))
    }

    #[test]
    fn an_annotated_handler_answers_like_a_layer_but_for_its_methods() {
        let server = handlers();
        let lines = [
            "access-control-allow-origin: *",
            "access-control-allow-methods: DELETE",
            "access-control-max-age: 60",
            PREFLIGHT_VARY,
        ];
        let request = Request::preflight("/open", EVIL, "DELETE");
        server.send(&request).assert(200, lines);
        let names = ["access-control-allow-headers: *,authorization"];
        let request = request.asks_headers("authorization,x-a");
        server.send(&request).assert(200, lines.into_iter().chain(names));
        server.send(&request.asks_headers("x a")).assert_denied();
    }

    #[test]
    fn an_annotated_handler_grants_all_its_methods_to_each() {
        let server = handlers();
        for method in ["PUT", "PURGE", "GET"] {
            let lines = granted(EXAMPLE, "PUT,PURGE,GET").into_iter();
            let max_age = "access-control-max-age: 0".to_owned();
            let request = Request::preflight("/many", EXAMPLE, method);
            server.send(&request).assert_granted(lines.clone().chain([max_age.clone()]));
            let names = "access-control-allow-headers: x-b, x-a".to_owned();
            let request = request.asks_headers("x-b, x-a");
            server.send(&request).assert_granted(lines.chain([max_age, names]));
            server.send(&Request::preflight("/many", EVIL, method)).assert_denied();
        }
        // No method of the route's, not even a safelisted one.
        for method in ["POST", "HEAD", "put", "OPTIONS", "*"] {
            server.send(&Request::preflight("/many", EXAMPLE, method)).assert_untouched(404);
        }
    }

    #[test]
    fn a_handler_closed_to_other_origins_denies_its_preflights() {
        let server = handlers();
        server.send(&Request::preflight("/closed", EXAMPLE, "POST")).assert_denied();
        server.send(&Request::new("POST", "/closed").origin(EXAMPLE)).assert_closed(204);
        server.send(&Request::new("POST", "/closed")).assert_closed(204);
    }
}

/// Cases F4 and F5.
mod asked {
    use super::*;

    #[test]
    fn f4_the_safelisted_methods_pass_unlisted() {
        let server = server(listed().allow_credentials(true));
        for method in ["GET", "HEAD", "POST"] {
            server.send(&preflight(method)).assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
        }
        for method in ["get", "Head", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"] {
            server.send(&preflight(method)).assert_denied();
        }
    }

    #[test]
    fn f4_patch_in_lower_case_is_another_method() {
        let upper = server(listed().allow_methods(["PATCH"]).allow_credentials(true));
        upper.send(&preflight("PATCH")).assert_granted(granted(EXAMPLE, "GET,HEAD,POST,PATCH"));
        upper.send(&preflight("patch")).assert_denied();
        let lower = server(listed().allow_methods(["patch"]).allow_credentials(true));
        lower.send(&preflight("patch")).assert_granted(granted(EXAMPLE, "GET,HEAD,POST,patch"));
        lower.send(&preflight("PATCH")).assert_denied();
    }

    #[test]
    fn f4_what_is_no_method_is_denied() {
        let restricted = server(listed());
        let any = server(listed().allow_methods(Any));
        let any_with_credentials = server(listed().allow_methods(Any).allow_credentials(true));
        for server in [restricted, any, any_with_credentials] {
            for method in [
                b"".as_slice(),
                b"GE T",
                b"GET,PUT",
                b"GET/",
                b"G\xffT",
                "G\u{cb}T".as_bytes(),
                b"\"GET\"",
            ] {
                server.send(&Request::preflight("/", EXAMPLE, method)).assert_denied();
            }
            let twice = preflight("GET").asks_method("GET");
            server.send(&twice).assert_denied();
            let long = "A".repeat(60_000) + " ";
            server.send(&preflight(&(long + "B"))).assert_denied();
        }
    }

    #[test]
    fn f5_a_list_of_names_is_read_as_http_reads_lists() {
        let policy = listed().allow_headers(["x-a", "X-B", "content-type"]).allow_credentials(true);
        let server = server(policy);
        let lines = || granted(EXAMPLE, "GET,HEAD,POST").into_iter();
        let names = || ["access-control-allow-headers: x-a,x-b,content-type".to_owned()];
        for list in [
            "x-a",
            "x-a,x-b",
            "x-a, x-b",
            "x-a ,x-b",
            "  x-a\t,\t x-b  ",
            "x-b,x-a",
            "X-A,X-B",
            "x-a,x-a,X-a",
            ",x-a",
            "x-a,",
            ",,x-a,, ,x-b,,",
            "content-type,x-b,x-a",
        ] {
            let request = preflight("GET").asks_headers(list);
            server.send(&request).assert_granted(lines().chain(names()));
        }
        for list in [
            "x-c",
            "x-a,x-c",
            "x-c,x-a",
            "x-a;x-b",
            "x-a x-b",
            "x-a, x-b x-b",
            "x-",
            "x-aa",
            "-a",
            "x_a",
            "*",
            "authorization",
            "x-a,\"x-b\"",
        ] {
            server.send(&preflight("GET").asks_headers(list)).assert_denied();
        }
        server.send(&preflight("GET").asks_headers(b"x-a,\xc3\xa4")).assert_denied();
    }

    /// API gateways split them: rs/cors#184.
    #[test]
    fn f5_all_lines_are_read() {
        let server = server(listed().allow_headers(["x-a", "x-b"]).allow_credentials(true));
        let names = ["access-control-allow-headers: x-a,x-b".to_owned()];
        let split = preflight("GET").asks_headers("x-a").asks_headers("x-b");
        let lines = granted(EXAMPLE, "GET,HEAD,POST");
        server.send(&split).assert_granted(lines.clone().into_iter().chain(names.clone()));
        let holed = preflight("GET").asks_headers("").asks_headers(",").asks_headers("x-b");
        server.send(&holed).assert_granted(lines.clone().into_iter().chain(names));
        let empty = preflight("GET").asks_headers("").asks_headers(",,");
        server.send(&empty).assert_granted(lines);
        server.send(&preflight("GET").asks_headers("x-a").asks_headers("x-c")).assert_denied();
        server.send(&preflight("GET").asks_headers("x-c").asks_headers("x-a")).assert_denied();
        let late = preflight("GET").asks_headers("").asks_headers("x-a").asks_headers("x-b,x-c");
        server.send(&late).assert_denied();
    }

    #[test]
    fn f5_a_policy_without_names_grants_only_a_preflight_without_names() {
        let server = server(listed().allow_credentials(true));
        let nothing = preflight("GET").asks_headers(" , ");
        server.send(&nothing).assert_granted(granted(EXAMPLE, "GET,HEAD,POST"));
        for list in ["x-a", "*", "content-type", "accept"] {
            server.send(&preflight("GET").asks_headers(list)).assert_denied();
        }
    }

    #[cors(allow_origins = ["https://example.com"], allow_headers = ["x-a", "X-B"], allow_credentials)]
    #[patch("/")]
    async fn handler() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[test]
    fn f4_f5_hold_for_an_annotated_handler() {
        let server = Server::start(|| App::new().service(handler));
        let lines = || granted(EXAMPLE, "PATCH").into_iter();
        let names = || ["access-control-allow-headers: x-a,x-b".to_owned()];
        server.send(&preflight("PATCH")).assert_granted(lines());
        server.send(&preflight("patch")).assert_untouched(404);
        server.send(&preflight("PATCH").asks_headers(",,")).assert_granted(lines());
        let split = preflight("PATCH").asks_headers(" X-B,,").asks_headers("x-a,x-a");
        server.send(&split).assert_granted(lines().chain(names()));
        server.send(&split.asks_headers("x-c")).assert_denied();
        server.send(&preflight("PATCH").asks_headers("x a")).assert_denied();
        server.send(&preflight("PATCH").asks_method("PATCH")).assert_denied();
    }
}

/// Case F7: handlers on one path answer for themselves, in whatever order they are registered.
mod twins {
    use super::*;

    const ONE: &str = "https://one.example";
    const TWO: &str = "https://two.example";

    #[cors(allow_origins = ["https://one.example"], allow_credentials)]
    #[get("/x")]
    async fn get_one() -> &'static str {
        "one"
    }

    #[cors(allow_origins = ["https://two.example"], allow_credentials)]
    #[post("/x")]
    async fn post_two() -> &'static str {
        "two"
    }

    #[get("/x")]
    async fn get_plain() -> &'static str {
        "plain"
    }

    #[post("/x")]
    async fn post_plain() -> &'static str {
        "plain"
    }

    #[cors(allow_origins = ["https://one.example"], allow_credentials)]
    #[get("/u/{id}")]
    async fn user(id: web::Path<String>) -> String {
        format!("user {id}")
    }

    #[cors(allow_origins = ["https://two.example"], allow_credentials)]
    #[get("/u/me")]
    async fn me() -> &'static str {
        "me"
    }

    #[cors(allow_origins = ["https://one.example"], allow_credentials)]
    #[put("/u/{id}")]
    async fn put_user(id: web::Path<String>) -> String {
        format!("user {id}")
    }

    /// The two services, registered in both orders.
    macro_rules! in_both_orders {
        ($first:ident, $second:ident) => {
            [
                Server::start(|| App::new().service($first).service($second)),
                Server::start(|| App::new().service($second).service($first)),
            ]
        };
    }

    /// Asserts that one origin alone may call, and that the browser may keep that it may.
    #[track_caller]
    fn assert_only(server: &Server, method: &str, target: &str, origin: &str, body: &str) {
        let lines = granted(origin, method).to_vec();
        assert_only_with(server, method, target, origin, body, &lines);
    }

    /// Asserts that one origin alone may call, and that the browser keeps nothing of it for the other
    /// policies of the URL.
    #[track_caller]
    fn assert_only_once(server: &Server, method: &str, target: &str, origin: &str, body: &str) {
        assert_only_with(server, method, target, origin, body, &granted_once(origin, method));
    }

    #[track_caller]
    fn assert_only_with(
        server: &Server,
        method: &str,
        target: &str,
        origin: &str,
        body: &str,
        lines: &[String],
    ) {
        let preflight = |origin| Request::preflight(target, origin, method);
        let actual = |origin| Request::new(method, target).origin(origin);
        for stranger in [ONE, TWO, EVIL].into_iter().filter(|stranger| *stranger != origin) {
            server.send(&preflight(stranger)).assert_denied();
            assert_eq!(server.send(&actual(stranger)).assert_closed(200).text(), body);
        }
        server.send(&preflight(origin)).assert_granted(lines);
        assert_eq!(server.send(&actual(origin)).assert(200, admitted(origin)).text(), body);
    }

    #[test]
    fn f7_two_methods_of_one_path_answer_for_themselves() {
        for server in in_both_orders!(get_one, post_two) {
            assert_only_once(&server, "GET", "/x", ONE, "one");
            assert_only_once(&server, "POST", "/x", TWO, "two");
            for origin in [ONE, TWO] {
                server.send(&Request::preflight("/x", origin, "PUT")).assert_untouched(404);
            }
        }
    }

    #[test]
    fn f7_an_unannotated_twin_never_borrows_a_policy() {
        for server in in_both_orders!(get_one, post_plain) {
            assert_only(&server, "GET", "/x", ONE, "one");
            server.send(&Request::preflight("/x", ONE, "POST")).assert_untouched(404);
            let response = server.send(&Request::new("POST", "/x").origin(ONE));
            assert_eq!(response.assert_untouched(200).text(), "plain");
        }
        for server in in_both_orders!(get_plain, post_two) {
            assert_only(&server, "POST", "/x", TWO, "two");
            server.send(&Request::preflight("/x", TWO, "GET")).assert_untouched(404);
            let response = server.send(&Request::get("/x").origin(TWO));
            assert_eq!(response.assert_untouched(200).text(), "plain");
        }
    }

    #[test]
    fn f7_an_unannotated_twin_of_any_method_is_never_run_by_a_preflight_for_the_other() {
        let server = Server::start(|| {
            App::new().service(get_one).service(web::resource("/x").to(HttpResponse::Ok))
        });
        assert_only(&server, "GET", "/x", ONE, "one");
    }

    #[test]
    fn f7_of_overlapping_patterns_the_one_that_serves_the_request_answers() {
        let [pattern_first, static_first] = in_both_orders!(user, me);
        assert_only(&pattern_first, "GET", "/u/7", ONE, "user 7");
        assert_only_once(&pattern_first, "GET", "/u/me", ONE, "user me");
        assert_only(&static_first, "GET", "/u/7", ONE, "user 7");
        assert_only_once(&static_first, "GET", "/u/me", TWO, "me");
    }

    /// The router says which pattern is the first that matches, whatever its methods: what else stands
    /// in front of a route of another pattern is not known, so that its preflights are denied. Its
    /// responses have its own policy all the same.
    #[test]
    fn f7_behind_an_overlapping_pattern_preflights_are_denied_and_responses_are_not() {
        let [pattern_first, static_first] = in_both_orders!(put_user, me);
        let is_denied = |server: &Server, method: &str, origin: &str, body: &str| {
            for origin in [ONE, TWO, EVIL] {
                server.send(&Request::preflight("/u/me", origin, method)).assert_denied();
            }
            for other in [ONE, TWO, EVIL].into_iter().filter(|other| *other != origin) {
                server.send(&Request::new(method, "/u/me").origin(other)).assert_closed(200);
            }
            let response = server.send(&Request::new(method, "/u/me").origin(origin));
            assert_eq!(response.assert(200, admitted(origin)).text(), body);
        };
        assert_only_once(&pattern_first, "PUT", "/u/me", ONE, "user me");
        is_denied(&pattern_first, "GET", TWO, "me");
        assert_only_once(&static_first, "GET", "/u/me", TWO, "me");
        is_denied(&static_first, "PUT", ONE, "user me");
        for server in [pattern_first, static_first] {
            assert_only(&server, "PUT", "/u/7", ONE, "user 7");
            server.send(&Request::preflight("/u/7", TWO, "GET")).assert_untouched(404);
        }
    }

    /// The layer's policy is that of whatever may stand in front of the route.
    #[test]
    fn f7_overlapping_patterns_are_told_apart_by_method_under_a_layer_that_allows_both() {
        fn layer() -> Cors {
            let policy = Policy::builder()
                .allow_origins([ONE, TWO])
                .allow_methods([Method::PUT])
                .allow_credentials(true)
                .build();
            Cors::new(policy.unwrap())
        }
        for server in [
            Server::start(|| App::new().wrap(layer()).service(put_user).service(me)),
            Server::start(|| App::new().wrap(layer()).service(me).service(put_user)),
        ] {
            assert_only_once(&server, "PUT", "/u/me", ONE, "user me");
            assert_only_once(&server, "GET", "/u/me", TWO, "me");
            assert_only(&server, "PUT", "/u/7", ONE, "user 7");
        }
    }

    /// The browser's cache goes by the URL, and not by scopes.
    #[test]
    fn f7_a_layer_on_a_scope_keeps_nothing_for_a_route_outside_of_the_scope() {
        let server = Server::start(|| {
            let policy = Policy::builder().allow_origins([TWO]).allow_methods([Method::PUT]);
            let layer = Cors::new(policy.allow_credentials(true).max_age(600).build().unwrap());
            let read = web::get().to(|| async { "read" });
            App::new().service(put_user).service(web::scope("/u").wrap(layer).route("/{id}", read))
        });
        assert_only(&server, "PUT", "/u/7", ONE, "user 7");
        assert_only_once(&server, "GET", "/u/7", TWO, "read");
    }

    #[cors(allow_origins = ["https://one.example"], allow_credentials)]
    #[routes]
    #[get("/x")]
    #[put("/x")]
    #[get("/y")]
    async fn several() -> &'static str {
        "several"
    }

    #[test]
    fn f7_a_handler_of_several_routes_answers_for_each_path() {
        for server in in_both_orders!(several, post_two) {
            assert_only_once(&server, "GET", "/x", ONE, "several");
            assert_only_once(&server, "PUT", "/x", ONE, "several");
            assert_only(&server, "GET", "/y", ONE, "several");
            assert_only_once(&server, "POST", "/x", TWO, "two");
            server.send(&Request::preflight("/y", ONE, "PUT")).assert_untouched(404);
        }
    }
}

/// Case F8: a preflight has no credentials, so nothing may ask for them before it is answered.
mod authentication {
    use super::*;

    async fn authenticate<B: MessageBody + 'static>(
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        if request.headers().contains_key(header::AUTHORIZATION) {
            return next.call(request).await.map(ServiceResponse::map_into_left_body);
        }
        let response = HttpResponse::Unauthorized().finish();
        Ok(request.into_response(response).map_into_right_body())
    }

    async fn authenticate_or_fail<B: MessageBody + 'static>(
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        if request.headers().contains_key(header::AUTHORIZATION) {
            return next.call(request).await;
        }
        Err(actix_web::error::ErrorUnauthorized("who are you?"))
    }

    fn policy() -> Policy {
        Policy::builder()
            .allow_origins([EXAMPLE])
            .allow_methods([Method::PUT])
            .allow_headers(["authorization"])
            .allow_credentials(true)
            .build()
            .unwrap()
    }

    #[cors(
        allow_origins = ["https://example.com"],
        allow_headers = ["authorization"],
        allow_credentials,
    )]
    #[put("/", wrap = "from_fn(authenticate_or_fail)")]
    async fn guarded() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[cors(
        allow_origins = ["https://example.com"],
        allow_headers = ["authorization"],
        allow_credentials,
    )]
    #[put("/")]
    async fn handler() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[track_caller]
    fn assert_open_to_preflights(server: &Server, methods: &str) {
        let names = ["access-control-allow-headers: authorization".to_owned()];
        let request = preflight("PUT").asks_headers("authorization");
        let lines = granted(EXAMPLE, methods);
        server.send(&request).assert_granted(lines.into_iter().chain(names));
        server.send(&Request::preflight("/", EVIL, "PUT")).assert_denied();

        let put = |origin| Request::new("PUT", "/").origin(origin);
        server.send(&put(EXAMPLE)).assert(401, admitted(EXAMPLE));
        server.send(&put(EVIL)).assert_closed(401);
        server.send(&Request::new("PUT", "/")).assert_closed(401);
        let known = put(EXAMPLE).line("Authorization", "Bearer x");
        server.send(&known).assert(200, admitted(EXAMPLE));
    }

    #[test]
    fn f8_authentication_inside_a_layer_is_not_asked() {
        let app = Server::start(|| {
            App::new()
                .wrap(from_fn(authenticate))
                .wrap(Cors::new(policy()))
                .route("/", web::put().to(HttpResponse::Ok))
        });
        assert_open_to_preflights(&app, "GET,HEAD,POST,PUT");
        let failing = Server::start(|| {
            App::new()
                .wrap(from_fn(authenticate_or_fail))
                .wrap(Cors::new(policy()))
                .route("/", web::put().to(HttpResponse::Ok))
        });
        assert_open_to_preflights(&failing, "GET,HEAD,POST,PUT");
        let scope = Server::start(|| {
            let scope = web::scope("").wrap(from_fn(authenticate)).wrap(Cors::new(policy()));
            App::new().service(scope.route("/", web::put().to(HttpResponse::Ok)))
        });
        assert_open_to_preflights(&scope, "GET,HEAD,POST,PUT");
    }

    #[test]
    fn f8_authentication_of_an_annotated_handler_is_not_asked() {
        let server = Server::start(|| App::new().service(guarded));
        assert_open_to_preflights(&server, "PUT");
    }

    /// The layer around the authentication grants what the route behind it grants.
    #[test]
    fn f8_authentication_between_a_layer_and_an_annotated_handler_is_not_asked() {
        let server = Server::start(|| {
            let scope = web::scope("").wrap(from_fn(authenticate)).service(handler);
            App::new().wrap(Cors::new(policy())).service(scope)
        });
        let request = preflight("PUT").asks_headers("authorization");
        let response = server.send(&request);
        assert_eq!(response.status, 204);
        assert_eq!(response.values("access-control-allow-origin"), [EXAMPLE]);
        assert_eq!(response.values("access-control-allow-headers"), ["authorization"]);
        server.send(&Request::preflight("/", EVIL, "PUT")).assert_denied();

        let put = Request::new("PUT", "/").origin(EXAMPLE);
        server.send(&put).assert(401, admitted(EXAMPLE));
        server.send(&put.line("Authorization", "x")).assert(200, admitted(EXAMPLE));
    }

    /// Nothing of ours stands in front of it, so nothing of ours can answer.
    #[test]
    fn f8_authentication_outside_of_every_layer_is_asked_and_answers_without_cors() {
        let layered = Server::start(|| {
            App::new()
                .wrap(Cors::new(policy()))
                .wrap(from_fn(authenticate))
                .route("/", web::put().to(HttpResponse::Ok))
        });
        let annotated = Server::start(|| App::new().wrap(from_fn(authenticate)).service(handler));
        for server in [layered, annotated] {
            server.send(&preflight("PUT")).assert_untouched(401);
            server.send(&Request::new("PUT", "/").origin(EXAMPLE)).assert_untouched(401);
            let known = Request::new("PUT", "/").origin(EXAMPLE).line("Authorization", "x");
            server.send(&known).assert(200, admitted(EXAMPLE));
        }
    }
}

/// A layer answers for the annotated routes below it, whatever came before.
mod routes_below_a_layer {
    use super::*;

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
    fn an_annotated_route_below_a_layer_keeps_its_own_answer() {
        assert_told_apart(&server());
    }

    /// The first request that a worker sees is no better than any other.
    #[test]
    fn what_the_first_request_says_of_its_host_changes_no_later_answer() {
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
            // A second `Host` line is denied by actix-web, so that there is none but this.
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
}

#[test]
fn an_open_policy_grants_every_origin_the_safelisted_methods() {
    let server = Server::start(|| {
        App::new().wrap(Cors::new(open())).default_service(web::to(HttpResponse::Ok))
    });
    let lines = [
        "access-control-allow-origin: *",
        "access-control-allow-methods: GET,HEAD,POST",
        PREFLIGHT_VARY,
    ];
    for origin in [EXAMPLE, EVIL, "null", "chrome-extension://a"] {
        server.send(&Request::preflight("/", origin, "GET")).assert_granted(lines);
        server.send(&Request::preflight("/", origin, "PUT")).assert_denied();
    }
    assert_ne!(VARY, PREFLIGHT_VARY);
}
