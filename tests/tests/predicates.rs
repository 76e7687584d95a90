//! Origins that code decides on: when it is asked, what comes of its failures, and what it reads.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{
    convert::Infallible,
    io::{self, Write as _},
    net::TcpStream,
    sync::{Arc, LazyLock, mpsc},
    thread,
    time::Duration,
};

use actix_web::{
    App, Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    guard::GuardContext,
    http::{
        Method,
        header::{self, HeaderName},
    },
    middleware::{Next, from_fn},
    put,
    rt::time::sleep,
    test::TestRequest,
    web,
};
use cors_actix::{Cors, Decision, Denial, Policy, PolicyBuilder, PolicyHandle, cors};
use cors_actix_tests::{
    Client, PREFLIGHT_VARY, Request, Server, VARY, calls::Calls, fleet::Fleet, journal,
};
use log::Level;

/// A pattern matches it.
const LISTED: &str = "https://listed.example";
/// The predicate allows it.
const TENANT: &str = "https://tenant.example";
/// Nobody allows it.
const STRANGER: &str = "https://stranger.example";

/// How long an asynchronous predicate waits; long enough to be put aside.
const WAIT: Duration = Duration::from_millis(3);

fn builder() -> PolicyBuilder {
    Policy::builder()
        .allow_origins([LISTED, "https://*.listed.example", "http://localhost:*"])
        .allow_credentials(true)
}

fn sync_policy(calls: &Calls) -> Policy {
    let calls = calls.clone();
    let policy = builder().allow_origins_if(move |origin, _| {
        calls.add();
        origin.as_str() == TENANT
    });
    policy.build().unwrap()
}

fn async_policy(calls: &Calls) -> Policy {
    let calls = calls.clone();
    let policy = builder().allow_origins_if_async(move |origin, _| {
        calls.add();
        let origin = origin.as_str().to_owned();
        async move {
            sleep(WAIT).await;
            origin == TENANT
        }
    });
    policy.build().unwrap()
}

fn start(policy: Policy) -> Server {
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).default_service(web::to(HttpResponse::Ok))
    })
}

fn lines(origin: &str) -> [String; 3] {
    cors_actix_tests::admitted(origin)
}

#[track_caller]
fn assert_decided(server: &Server, target: &str, method: &str, methods: &str, status: u16) {
    for origin in [LISTED, TENANT] {
        let response = server.send(&Request::new(method, target).origin(origin));
        response.assert(status, lines(origin));
        let response = server.send(&Request::preflight(target, origin, method));
        response.assert_granted(cors_actix_tests::granted(origin, methods));
    }
    server.send(&Request::new(method, target).origin(STRANGER)).assert_closed(status);
    server.send(&Request::preflight(target, STRANGER, method)).assert_denied();
    server.send(&Request::new(method, target)).assert_closed(status);
}

const LAYER_METHODS: &str = "GET,HEAD,POST";

mod asked {
    use super::*;

    #[test]
    fn an_origin_that_no_pattern_matches_is_allowed_by_a_predicate() {
        for policy in [sync_policy, async_policy] {
            assert_decided(&start(policy(&Calls::default())), "/", "GET", LAYER_METHODS, 200);
        }
    }

    #[test]
    fn a_predicate_is_asked_about_well_formed_origins_that_no_pattern_matches_alone() {
        for policy in [sync_policy, async_policy] {
            let calls = Calls::default();
            let server = start(policy(&calls));
            for origin in [
                LISTED,
                "https://a.listed.example",
                "http://localhost",
                "http://localhost:3000",
                "null",
                "",
                " ",
                "*",
                "tenant.example",
                "https://",
                "https://tenant.example/",
                "https://tenant.example/x",
                "https://tenant.example?x",
                "https://tenant.example#x",
                "https://user@tenant.example",
                "https://tenant.example:443",
                "https://tenant.example:0",
                "https://tenant.example:65536",
                "https://tenant.example:",
                "https://Tenant.example",
                "HTTPS://tenant.example",
                "https://tenant..example",
                "https://.tenant.example",
                "https://tenant example",
                "https://tenant.example, https://tenant.example",
                "https://t\u{e9}nant.example",
                "https://[::1",
                "//tenant.example",
                "NULL",
                "https://.",
                "http://",
                "wss://",
                "app://:80",
                "app://..",
                "file:///",
            ] {
                server.send(&Request::get("/").origin(origin));
                server.send(&Request::preflight("/", origin, "GET"));
                assert_eq!(calls.take(), 0, "asked about {origin:?}");
            }
            server.send(&Request::get("/").origin(TENANT).origin(TENANT));
            server.send(&Request::preflight("/", TENANT, "GET").origin(STRANGER));
            server.send(&Request::get("/"));
            server.send(&Request::new("OPTIONS", "/").asks_method("GET"));
            assert_eq!(calls.take(), 0);
            for origin in [
                TENANT,
                STRANGER,
                "http://tenant.example",
                "https://tenant.example:8443",
                "file://",
                "app://",
                "app://.",
            ] {
                server.send(&Request::get("/").origin(origin));
                assert_eq!(calls.take(), 1, "{origin}");
                server.send(&Request::preflight("/", origin, "GET"));
                assert_eq!(calls.take(), 1, "{origin}");
            }
        }
    }

    #[test]
    fn what_no_predicate_is_asked_about_is_denied_for_what_it_is() {
        let policy = builder().allow_origins_if(|_, _| true).build().unwrap();
        for (origin, denial) in [
            ("null", Denial::OriginNotAllowed(b"null")),
            ("NULL", Denial::OriginMalformed(b"NULL")),
            ("https://", Denial::OriginMalformed(b"https://")),
        ] {
            let actual = TestRequest::get().insert_header((header::ORIGIN, origin));
            let decision = Decision::Actual(Err(denial));
            assert_eq!(policy.decide(actual.to_srv_request().head()), decision);
            let preflight = TestRequest::default()
                .method(Method::OPTIONS)
                .insert_header((header::ORIGIN, origin))
                .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "GET"));
            let decision = Decision::Preflight(Err(denial));
            assert_eq!(policy.decide(preflight.to_srv_request().head()), decision);
        }
    }

    #[test]
    fn an_open_policy_has_nothing_to_ask() {
        let calls = Calls::default();
        let counter = calls.clone();
        let any = Policy::builder().allow_origins(cors_actix::Any).allow_origins_if(move |_, _| {
            counter.add();
            true
        });
        // It may be denied when it is built, like any other origin beside `any`.
        let Ok(policy) = any.build() else { return };
        let server = start(policy);
        let response = server.send(&Request::get("/").origin(TENANT));
        response.assert(200, ["access-control-allow-origin: *"]);
        server.send(&Request::preflight("/", TENANT, "GET"));
        assert_eq!(calls.take(), 0);
    }

    #[test]
    fn a_policy_may_consist_of_a_predicate_alone() {
        let only =
            Policy::builder().allow_origins_if(|origin, _| origin.host() == "tenant.example");
        let server = start(only.build().unwrap());
        let allowed = format!("access-control-allow-origin: {TENANT}");
        server.send(&Request::get("/").origin(TENANT)).assert(200, [&*allowed, VARY]);
        server.send(&Request::get("/").origin(LISTED)).assert_closed(200);
    }

    #[test]
    fn one_of_several_predicates_is_enough_and_the_rest_are_not_asked() {
        let (first, second, third) = (Calls::default(), Calls::default(), Calls::default());
        let counted = |calls: &Calls, host: &'static str| {
            let calls = calls.clone();
            move |origin: &cors_actix::Origin<'_>, _: &actix_web::dev::RequestHead| {
                calls.add();
                origin.host() == host
            }
        };
        let policy = Policy::builder()
            .allow_origins_if(counted(&first, "a.example"))
            .allow_origins_if(counted(&second, "b.example"))
            .allow_origins_if(counted(&third, "c.example"))
            .build()
            .unwrap();
        let server = start(policy);
        for (origin, expected) in [
            ("https://a.example", [1, 0, 0]),
            ("https://b.example", [1, 1, 0]),
            ("https://c.example", [1, 1, 1]),
            ("https://d.example", [1, 1, 1]),
        ] {
            let response = server.send(&Request::get("/").origin(origin));
            let is_allowed = !response.values("access-control-allow-origin").is_empty();
            assert_eq!(is_allowed, origin != "https://d.example");
            assert_eq!([first.take(), second.take(), third.take()], expected, "{origin}");
        }
    }

    #[test]
    fn an_asynchronous_predicate_is_not_asked_where_another_has_allowed() {
        let (now, later) = (Calls::default(), Calls::default());
        let (asked_now, asked_later) = (now.clone(), later.clone());
        let policy = Policy::builder()
            .allow_origins_if_async(move |origin, _| {
                asked_later.add();
                let is_later = origin.host() == "later.example";
                async move {
                    sleep(WAIT).await;
                    Ok::<_, Infallible>(is_later)
                }
            })
            .allow_origins_if(move |origin, _| {
                asked_now.add();
                origin.host() == "now.example"
            })
            .build()
            .unwrap();
        let server = start(policy);
        for (host, expected) in [("now", [1, 0]), ("later", [1, 1]), ("neither", [1, 1])] {
            let origin = format!("https://{host}.example");
            let response = server.send(&Request::get("/").origin(&origin));
            let is_allowed = !response.values("access-control-allow-origin").is_empty();
            assert_eq!(is_allowed, host != "neither");
            assert_eq!([now.take(), later.take()], expected, "{host}");
        }
    }

    #[test]
    fn a_predicate_sees_the_origin_in_its_parts_and_the_request() {
        let policy = Policy::builder().allow_origins_if(|origin, head| {
            origin.scheme() == "https"
                && origin.host() == "tenant.example"
                && origin.port() == Some(8443)
                && head.uri.path() == "/x"
                && head.headers().contains_key("x-tenant")
        });
        let server = start(policy.build().unwrap());
        let request = |target, origin: &str| Request::get(target).origin(origin);
        let origin = "https://tenant.example:8443";
        let allowed = format!("access-control-allow-origin: {origin}");
        server.send(&request("/x", origin).line("X-Tenant", "1")).assert(200, [&*allowed, VARY]);
        for denied in [
            request("/x", origin),
            request("/y", origin).line("X-Tenant", "1"),
            request("/x", TENANT).line("X-Tenant", "1"),
            request("/x", "http://tenant.example:8443").line("X-Tenant", "1"),
        ] {
            server.send(&denied).assert_closed(200);
        }
    }

    #[test]
    fn a_waiting_predicate_holds_up_no_other_request() {
        let (release, released) = mpsc::channel::<()>();
        let released = Arc::new(std::sync::Mutex::new(released));
        let policy = Policy::builder().allow_origins_if_async(move |_, _| {
            let released = Arc::clone(&released);
            async move {
                while released.lock().unwrap().try_recv().is_err() {
                    sleep(WAIT).await;
                }
                true
            }
        });
        let server = start(policy.allow_origins([LISTED]).build().unwrap());
        let mut waiting = server.connect();
        let waiting = thread::spawn(move || waiting.send(&Request::get("/").origin(TENANT)));
        for _ in 0..20 {
            server.send(&Request::get("/").origin(LISTED));
        }
        assert!(!waiting.is_finished());
        release.send(()).unwrap();
        assert_eq!(waiting.join().unwrap().values("access-control-allow-origin"), [TENANT]);
    }

    #[test]
    fn a_client_that_goes_while_a_predicate_waits_leaves_the_service_working() {
        let policy = Policy::builder().allow_origins_if_async(|_, _| async {
            sleep(Duration::from_millis(50)).await;
            true
        });
        let policy = policy.build().unwrap();
        let server = Fleet::start(1, move || App::new().wrap(Cors::new(&policy)));
        for _ in 0..10 {
            let mut gone = TcpStream::connect(server.address()).unwrap();
            let request = format!("GET / HTTP/1.1\r\nHost: a\r\nOrigin: {TENANT}\r\n\r\n");
            gone.write_all(request.as_bytes()).unwrap();
        }
        let response = Client::connect(server.address()).send(&Request::get("/").origin(TENANT));
        assert_eq!(response.values("access-control-allow-origin"), [TENANT]);
    }
}

mod failures {
    use super::*;

    /// A predicate that fails as the origin's first label says.
    fn policy() -> Policy {
        fn fail(host: &str) -> Result<bool, io::Error> {
            if host.starts_with("sync-panics") {
                panic!("as told");
            }
            if host.starts_with("sync-errs") {
                return Err(io::Error::other("told\r\nforged"));
            }
            Ok(false)
        }
        builder()
            .allow_origins_if(|origin, _| fail(origin.host()))
            .allow_origins_if_async(|origin, _| {
                let host = origin.host().to_owned();
                assert!(!host.starts_with("early-panics"), "as told");
                async move {
                    sleep(WAIT).await;
                    assert!(!host.starts_with("late-panics"), "as told");
                    if host.starts_with("late-errs") {
                        return Err("told\r\nforged");
                    }
                    Ok(host == "tenant.example")
                }
            })
            .build()
            .unwrap()
    }

    const WAYS: [&str; 5] =
        ["sync-panics", "sync-errs", "early-panics", "late-panics", "late-errs"];

    #[test]
    fn a_predicate_that_fails_denies_and_the_service_goes_on() {
        journal::open();
        let server = start(policy());
        let mut client = server.connect();
        for way in WAYS {
            let origin = format!("https://{way}.example");
            for _ in 0..3 {
                client.send(&Request::get("/").origin(&origin)).assert_closed(200);
                client.send(&Request::preflight("/", &origin, "GET")).assert_denied();
                client.send(&Request::get("/").origin(TENANT)).assert(200, lines(TENANT));
                client.send(&Request::get("/").origin(LISTED)).assert(200, lines(LISTED));
                client.send(&Request::get("/").origin(STRANGER)).assert_closed(200);
            }
            let logged = journal::entries_with(&format!("{way}.example"));
            let errors: Vec<_> =
                logged.iter().filter(|entry| entry.level == Level::Error).collect();
            assert_eq!(errors.len(), 6, "{way}: {logged:#?}");
            assert!(errors.iter().all(|entry| !entry.text.contains(['\r', '\n'])), "{errors:#?}");
            let what = if way.ends_with("errs") { "told" } else { "panicked" };
            assert!(errors.iter().all(|entry| entry.text.contains(what)), "{errors:#?}");
        }
        assert_decided(&server, "/", "GET", LAYER_METHODS, 200);
    }

    #[test]
    fn a_predicate_that_denies_is_no_error() {
        journal::open();
        let server = start(policy());
        let origin = "https://simply-denied.example";
        server.send(&Request::get("/").origin(origin)).assert_closed(200);
        let logged = journal::entries_with(origin);
        assert!(logged.iter().all(|entry| entry.level == Level::Debug), "{logged:#?}");
        assert_eq!(logged.len(), 1);
    }

    #[test]
    fn a_predicate_that_allows_makes_up_for_one_that_fails() {
        let (failing, allowing) = (|| -> bool { panic!("as told") }, || true);
        let policies = [
            Policy::builder()
                .allow_origins_if(move |_, _| failing())
                .allow_origins_if(move |_, _| allowing()),
            Policy::builder()
                .allow_origins_if(move |_, _| failing())
                .allow_origins_if_async(move |_, _| async move { allowing() }),
            Policy::builder()
                .allow_origins_if_async(move |_, _| async move { failing() })
                .allow_origins_if_async(move |_, _| async move { allowing() }),
        ];
        for policy in policies {
            let server = start(policy.build().unwrap());
            let response = server.send(&Request::get("/").origin(TENANT));
            assert_eq!(response.values("access-control-allow-origin"), [TENANT]);
        }
    }

    #[test]
    fn an_enforcing_policy_denies_where_its_predicate_fails() {
        let policy = builder()
            .allow_origins_if(|origin, _| -> bool {
                assert_eq!(origin.as_str(), TENANT, "as told");
                true
            })
            .enforce(true);
        let server = start(policy.build().unwrap());
        server.send(&Request::get("/").origin(STRANGER)).assert_closed(403);
        server.send(&Request::get("/").origin(TENANT)).assert(200, lines(TENANT));
    }
}

/// What predicates read beside the origin.
mod reads {
    use super::*;

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
    fn responses_vary_by_what_predicates_read() {
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
    fn preflights_vary_by_what_predicates_read() {
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
    fn nothing_is_named_twice() {
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
    fn what_is_denied_by_enforcement_varies_too() {
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
}

/// Predicates of handlers, below layers that do not ask.
mod annotated {
    use super::*;

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

    static HANDLE: LazyLock<PolicyHandle> =
        LazyLock::new(|| PolicyHandle::new(Policy::same_origin()));

    #[cors(policy = HANDLE)]
    #[put("/handled")]
    async fn handled() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[test]
    fn a_401_is_readable_by_what_the_predicate_of_a_policy_allows_that_came_later() {
        let server = Server::start(|| {
            App::new()
                .wrap(from_fn(respond))
                .wrap(Cors::new(Policy::same_origin()))
                .service(handled)
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
    fn an_unannotated_route_in_front_of_an_annotated_pattern_is_not_opened_by_its_predicate() {
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

    /// The route with guards may pass the request on to the other: a preflight is for both.
    #[test]
    fn the_predicates_of_a_guarded_route_and_of_the_one_behind_it_are_asked() {
        let servers =
            [Server::start(|| App::new().configure(rivals)), rivals_under_a_closed_layer()];
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

    /// The first route has no guards, so that no request ever comes to the guarded one behind it.
    #[test]
    fn the_predicate_of_a_route_that_no_request_comes_to_is_not_asked() {
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

    /// What both routes allow may be read: neither asks for more than the other.
    #[test]
    fn a_401_in_front_of_rivals_whose_predicates_differ_is_readable_by_whom_both_allow() {
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
    fn a_401_in_front_of_an_open_route_is_open_where_another_route_has_a_predicate() {
        let server = Server::start(|| {
            let layer = Cors::new(Policy::same_origin());
            App::new().wrap(from_fn(respond)).wrap(layer).service(open).configure(all)
        });
        let request = Request::get("/open").origin(STRANGER);
        server.send(&request).assert(401, ["access-control-allow-origin: *"]);
        // No policy of the layer is `any`, so that a request without an origin is not selected for.
        server.send(&Request::get("/open")).assert_closed(401);
    }

    static ASKED: LazyLock<Calls> = LazyLock::new(Calls::default);
    static COUNTED: LazyLock<Policy> = LazyLock::new(|| async_policy(&ASKED));

    #[cors(policy = COUNTED)]
    #[put("/counted")]
    async fn counted() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    /// Once per request, however many layers need its answer.
    #[test]
    fn a_handlers_predicate_is_asked_once_by_those_who_need_its_answer() {
        let layer = || Cors::new(Policy::same_origin());
        for (server, by_preflight, by_request) in [
            (Server::start(|| App::new().service(counted)), 1, 1),
            (Server::start(move || App::new().wrap(layer()).service(counted)), 1, 1),
            (
                Server::start(move || App::new().wrap(layer().authoritative()).service(counted)),
                0,
                1,
            ),
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
    fn a_predicate_for_a_path_is_asked_there_alone() {
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
}
