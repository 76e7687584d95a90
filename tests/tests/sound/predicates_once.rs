//! A predicate is called once per request, also if several layers need its answer.

use std::sync::{
    LazyLock,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use actix_web::{App, get, middleware::from_fn, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    calls::Calls,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{open, unauthorized};

/// A predicate that allows and denies by turns.
struct Turns {
    calls: Calls,
    allowed: AtomicBool,
}

impl Turns {
    fn next(&self) -> bool {
        self.calls.add();
        self.allowed.fetch_xor(true, SeqCst)
    }
}

macro_rules! route {
    ($module:ident, $path:literal, |$next:ident| $predicate:ident($answer:expr)) => {
        mod $module {
            use super::*;

            pub(super) static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns {
                calls: Calls::default(),
                allowed: AtomicBool::new(false),
            });

            static POLICY: LazyLock<Policy> = LazyLock::new(|| {
                let $next = || TURNS.next();
                Policy::builder().$predicate(move |_, _| $answer).build().unwrap()
            });

            #[cors(policy = &*POLICY)]
            #[get($path)]
            pub(super) async fn route() -> &'static str {
                "route"
            }
        }
    };
}

route!(at_once, "/at-once", |next| allow_origins_if(next()));
route!(awaited, "/awaited", |next| allow_origins_if_async({
    let answer = next();
    async move { answer }
}));
route!(protected, "/protected", |next| allow_origins_if(next()));
route!(protected_awaited, "/protected", |next| allow_origins_if_async({
    let answer = next();
    async move { answer }
}));

/// Asserts that each request has called the predicate once, and that its answer counts.
async fn assert_asked_once(app: &Local, turns: &Turns, target: &str, status: u16) {
    turns.calls.take();
    turns.allowed.store(false, SeqCst);
    for origin in [STRANGER, FRIEND] {
        for is_allowed in [false, true] {
            let response = app.send(actual("GET", target, Some(origin))).await;
            assert_eq!(response.status, status);
            assert_eq!(turns.calls.take(), 1, "{}", response.request);
            let allowed = response.values("access-control-allow-origin");
            assert_eq!(!allowed.is_empty(), is_allowed, "{}", response.request);
        }
        for is_allowed in [false, true] {
            let response = app.send(preflight(target, origin, "GET")).await;
            assert_eq!(turns.calls.take(), 1, "{}", response.request);
            assert_eq!(response.status, if is_allowed { 204 } else { 403 });
        }
    }
    app.send(actual("GET", target, None)).await;
    assert_eq!(turns.calls.take(), 0, "asked without an origin");
}

macro_rules! assert_asked_once {
    ($module:ident, $path:literal) => {{
        let turns = &$module::TURNS;
        let app = Local::start(App::new().service($module::route)).await;
        assert_asked_once(&app, turns, $path, 200).await;
        let app = Local::start(App::new().wrap(open()).service($module::route)).await;
        assert_asked_once(&app, turns, $path, 200).await;
        let app = App::new().wrap(open()).wrap(open()).wrap(open()).service($module::route);
        assert_asked_once(&Local::start(app).await, turns, $path, 200).await;
        let inner = web::scope("/inner").wrap(open()).service($module::route);
        let scope = web::scope("/scope").wrap(open()).service(inner);
        let app = Local::start(App::new().wrap(open()).service(scope)).await;
        assert_asked_once(&app, turns, concat!("/scope/inner", $path), 200).await;
    }};
}

#[actix_web::test]
async fn a_predicate_is_called_once_with_any_layers_around_its_route() {
    assert_asked_once!(at_once, "/at-once");
}

#[actix_web::test]
async fn an_asynchronous_predicate_is_called_once_with_any_layers_around_its_route() {
    assert_asked_once!(awaited, "/awaited");
}

macro_rules! assert_asked_once_in_front {
    ($module:ident) => {{
        let turns = &$module::TURNS;
        let app = App::new().wrap(from_fn(unauthorized)).wrap(open()).service($module::route);
        assert_asked_once(&Local::start(app).await, turns, "/protected", 401).await;
        let app = App::new().wrap(from_fn(unauthorized)).wrap(open()).wrap(open());
        let app = Local::start(app.service($module::route)).await;
        assert_asked_once(&app, turns, "/protected", 401).await;
    }};
}

#[actix_web::test]
async fn a_predicate_is_called_once_if_authentication_answers() {
    assert_asked_once_in_front!(protected);
    assert_asked_once_in_front!(protected_awaited);
}

#[actix_web::test]
async fn the_predicate_of_a_layer_is_called_once() {
    for is_async in [false, true] {
        let calls = Calls::default();
        let counted = calls.clone();
        let builder = Policy::builder();
        let policy = if is_async {
            builder.allow_origins_if_async(move |_, _| {
                counted.add();
                async { true }
            })
        } else {
            builder.allow_origins_if(move |_, _| {
                counted.add();
                true
            })
        };
        let policy = policy.build().unwrap();
        let scope = web::scope("/scope").route("/x", web::to(crate::secret));
        let app = App::new().wrap(Cors::new(&policy)).service(scope).service(crate::open_page);
        let app = Local::start(app).await;
        for target in ["/scope/x", "/scope/y"] {
            app.send(actual("GET", target, Some(STRANGER))).await;
            assert_eq!(calls.take(), 1, "{target}");
            app.send(preflight(target, STRANGER, "GET")).await;
            assert_eq!(calls.take(), 1, "preflight of {target}");
        }
    }
}
