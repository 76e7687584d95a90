//! Predicates are asked about well-formed origins that no pattern matches.

use std::{
    convert::Infallible,
    io::Write as _,
    net::TcpStream,
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use actix_web::{
    App,
    http::{Method, header},
    rt::time::sleep,
    test::TestRequest,
};
use cors_actix::{Cors, Decision, Denial, Policy};
use cors_actix_tests::{Client, Request, Server, VARY, calls::Calls};

use crate::{
    LAYER_METHODS, LISTED, STRANGER, TENANT, WAIT, assert_decided, async_policy, builder, start,
    sync_policy,
};

#[test]
fn an_origin_that_no_pattern_matches_is_allowed_by_a_predicate() {
    for policy in [sync_policy, async_policy] {
        assert_decided(&start(policy(&Calls::default())), "/", "GET", LAYER_METHODS, 200);
    }
}

#[test]
fn a_predicate_is_asked_only_about_well_formed_origins_that_no_pattern_matches() {
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
fn an_origin_that_no_predicate_is_asked_about_is_denied_with_its_own_reason() {
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

#[actix_web::test]
async fn decide_and_decide_async_differ_only_where_an_asynchronous_predicate_has_to_be_asked() {
    let calls = Calls::default();
    let stranger = Denial::OriginNotAllowed(STRANGER.as_bytes());
    for (policy, origin, decided, awaited) in [
        (sync_policy(&calls), TENANT, None, None),
        (sync_policy(&calls), STRANGER, Some(stranger), Some(stranger)),
        (async_policy(&calls), LISTED, None, None),
        (async_policy(&calls), TENANT, Some(Denial::PredicateNotAsked(TENANT.as_bytes())), None),
        (
            async_policy(&calls),
            STRANGER,
            Some(Denial::PredicateNotAsked(STRANGER.as_bytes())),
            Some(stranger),
        ),
    ] {
        let value = header::HeaderValue::from_static(origin);
        let request = TestRequest::get().insert_header((header::ORIGIN, origin)).to_srv_request();
        let expected = |denial: Option<_>| Decision::Actual(denial.map_or(Ok(&value), Err));
        assert_eq!(policy.decide(request.head()), expected(decided));
        assert_eq!(policy.decide_async(request.head()).await, expected(awaited));
    }
}

#[test]
fn a_policy_for_any_origin_asks_no_predicate() {
    let calls = Calls::default();
    let counter = calls.clone();
    let any = Policy::builder().allow_origins(cors_actix::Any).allow_origins_if(move |_, _| {
        counter.add();
        true
    });
    // `build` may reject a predicate with `any`, like other origins with `any`.
    let Ok(policy) = any.build() else { return };
    let server = start(policy);
    let response = server.send(&Request::get("/").origin(TENANT));
    response.assert(200, ["access-control-allow-origin: *"]);
    server.send(&Request::preflight("/", TENANT, "GET"));
    assert_eq!(calls.take(), 0);
}

#[test]
fn a_policy_may_have_only_a_predicate() {
    let only = Policy::builder().allow_origins_if(|origin, _| origin.host() == "tenant.example");
    let server = start(only.build().unwrap());
    let allowed = format!("access-control-allow-origin: {TENANT}");
    server.send(&Request::get("/").origin(TENANT)).assert(200, [&*allowed, VARY]);
    server.send(&Request::get("/").origin(LISTED)).assert_closed(200);
}

#[test]
fn no_predicate_is_asked_after_a_predicate_has_allowed_the_origin() {
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
fn an_asynchronous_predicate_is_not_asked_if_another_has_allowed() {
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
fn a_waiting_predicate_does_not_delay_other_requests() {
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
fn the_service_keeps_running_if_a_client_disconnects_while_a_predicate_waits() {
    let policy = Policy::builder().allow_origins_if_async(|_, _| async {
        sleep(Duration::from_millis(50)).await;
        true
    });
    let policy = policy.build().unwrap();
    let server = Server::start(move || App::new().wrap(Cors::new(&policy)));
    for _ in 0..10 {
        let mut gone = TcpStream::connect(server.address()).unwrap();
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\nOrigin: {TENANT}\r\n\r\n");
        gone.write_all(request.as_bytes()).unwrap();
    }
    let response = Client::connect(server.address()).send(&Request::get("/").origin(TENANT));
    assert_eq!(response.values("access-control-allow-origin"), [TENANT]);
}
