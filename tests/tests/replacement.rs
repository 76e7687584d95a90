//! Policies that are replaced while the service runs, and all types that can be given to a layer or a handler
//! as a policy.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use actix_web::{
    App, Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    http::header,
    middleware::{Next, from_fn},
    put,
    rt::time::sleep,
    web,
};
use cors_actix::{Cors, Policy, PolicyHandle, cors, policy};
use cors_actix_tests::{Client, Request, Response, Server};

/// An origin that every numbered policy allows.
const SHARED: &str = "https://shared.example";

fn origin_of(number: u64) -> String {
    format!("https://n{number}.example")
}

/// Returns a policy whose headers all contain its number.
fn numbered(number: u64) -> Policy {
    let name = format!("x-n{number}");
    Policy::builder()
        .allow_origins([SHARED, &origin_of(number)])
        .allow_methods(["PUT", &format!("N{number}")])
        .allow_headers(["x-shared", &name])
        .expose_headers([name])
        .allow_credentials(number % 2 == 1)
        .max_age(number)
        .build()
        .unwrap()
}

/// Returns the number after `prefix` in the value of the line.
fn number_in(value: &str, prefix: &str) -> Option<u64> {
    let number = value.split(',').find_map(|item| item.trim().strip_prefix(prefix))?;
    number.parse().ok()
}

#[track_caller]
fn one<'r>(response: &'r Response, name: &str) -> &'r str {
    let values = response.values(name);
    let [value] = values[..] else { panic!("{name} is there {values:?} in {response:#?}") };
    value
}

#[track_caller]
fn assert_credentials(response: &Response, number: u64) {
    let expected: &[&str] = if number % 2 == 1 { &["true"] } else { &[] };
    assert_eq!(response.values("access-control-allow-credentials"), expected, "{response:#?}");
}

/// Returns the number of the policy of a response to the shared origin, and asserts that no header has another
/// number.
#[track_caller]
fn number_of_response(response: &Response) -> u64 {
    assert_eq!(one(response, "access-control-allow-origin"), SHARED);
    assert_eq!(one(response, "vary"), "Origin");
    let exposed = one(response, "access-control-expose-headers");
    let number = number_in(exposed, "x-n").unwrap();
    assert_eq!(exposed, format!("x-n{number}"));
    assert_credentials(response, number);
    number
}

/// The place of the policy that answers a preflight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A layer.
    Layer,
    /// A route, whose methods are in the answer.
    Route,
    /// A route inside of a layer with another policy. The answer names only the requested headers, because
    /// the browser keeps header names for all methods of the URL.
    RouteUnderAnother,
}

/// Returns the number of the policy of a granted preflight of the shared origin, and asserts that no header has
/// another number.
#[track_caller]
fn number_of_preflight(response: &Response, place: Place) -> u64 {
    assert_eq!(response.status, 204);
    assert_eq!(one(response, "access-control-allow-origin"), SHARED);
    let number = one(response, "access-control-max-age").parse().unwrap();
    let methods = one(response, "access-control-allow-methods");
    match place {
        Place::Layer => assert_eq!(number_in(methods, "N"), Some(number), "{response:#?}"),
        Place::Route | Place::RouteUnderAnother => assert_eq!(methods, "PUT"),
    }
    if place == Place::RouteUnderAnother {
        assert_eq!(response.values("access-control-allow-headers").len(), 0, "{response:#?}");
    } else {
        let headers = one(response, "access-control-allow-headers");
        assert_eq!(number_in(headers, "x-n"), Some(number), "{response:#?}");
    }
    assert_credentials(response, number);
    number
}

/// Returns `true` if the answer names only the requested method and headers, because two policies decide.
#[track_caller]
fn is_echoed(response: &Response) -> bool {
    let is_echoed = response.values("access-control-allow-headers") == ["x-shared"];
    if is_echoed {
        assert_eq!(response.status, 204);
        assert_eq!(one(response, "access-control-allow-origin"), SHARED);
        assert_eq!(one(response, "access-control-allow-methods"), "PUT");
        let number = one(response, "access-control-max-age").parse().unwrap();
        if number != 0 {
            assert_credentials(response, number);
        }
    }
    is_echoed
}

/// Makes a preflight whose answer contains the number of the policy.
fn preflight(target: &str, place: Place) -> Request {
    let request = Request::preflight(target, SHARED, "PUT");
    if place == Place::RouteUnderAnother { request } else { request.asks_headers("x-shared") }
}

/// Asserts that the answer for a route inside of a layer with another policy names only the requested method
/// and headers, and is not cached.
#[track_caller]
fn assert_echoed(client: &mut Client, target: &str, number: u64) {
    let preflight = Request::preflight(target, SHARED, "PUT");
    let response = client.send(&preflight.clone().asks_headers(format!("x-shared,x-n{number}")));
    assert!(response.status == 204, "{response:#?}");
    assert_eq!(one(&response, "access-control-max-age"), "0");
    assert_eq!(one(&response, "access-control-allow-methods"), "PUT");
    assert_eq!(one(&response, "access-control-allow-headers"), format!("x-shared,x-n{number}"));
    assert_credentials(&response, number);
    let stale = preflight.asks_headers(format!("x-n{}", number + 1));
    client.send(&stale).assert_denied();
}

fn actual(target: &str) -> Request {
    Request::new("PUT", target).origin(SHARED)
}

/// Makes a handle, and routes under `#[cors]` with this handle.
macro_rules! handled {
    ($module:ident) => {
        mod $module {
            use super::*;

            pub(super) static HANDLE: LazyLock<PolicyHandle> =
                LazyLock::new(|| PolicyHandle::new(numbered(0)));

            #[cors(policy = HANDLE)]
            #[put("/annotated")]
            pub(super) async fn annotated() -> HttpResponse {
                HttpResponse::Ok().finish()
            }
        }
    };
}

/// A place for each way to use a handle.
const TARGETS: [(&str, Place); 4] = [
    ("/plain", Place::Layer),
    ("/scope/plain", Place::Layer),
    ("/annotated", Place::Route),
    ("/closed/annotated", Place::RouteUnderAnother),
];

macro_rules! app {
    ($module:ident) => {{
        let handle = &*$module::HANDLE;
        let cors =
            Cors::new(handle).scope("/scope", handle).scope("/closed", Policy::same_origin());
        App::new()
            .wrap(cors)
            .service($module::annotated)
            .service(web::scope("/closed").service($module::annotated))
            .default_service(web::to(HttpResponse::NoContent))
    }};
}

mod everywhere {
    use super::*;

    handled!(one_after_another);

    #[test]
    fn a_replaced_policy_applies_in_all_places_and_workers() {
        const WORKERS: usize = 3;
        async fn who() -> String {
            format!("{:?}", thread::current().id())
        }
        let fleet = Server::with_workers(WORKERS, || {
            app!(one_after_another).route("/who", web::get().to(who))
        });
        let mut workers = fleet.workers(WORKERS, &Request::get("/who"));
        for number in [1, 2, 3, 2, 70] {
            one_after_another::HANDLE.replace(numbered(number));
            for client in workers.values_mut() {
                for (target, place) in TARGETS {
                    let response = client.send(&preflight(target, place));
                    assert_eq!(number_of_preflight(&response, place), number, "{target}");
                    if place == Place::RouteUnderAnother {
                        assert_echoed(client, target, number);
                    }
                    assert_eq!(number_of_response(&client.send(&actual(target))), number);
                    let stale = Request::preflight(target, origin_of(number + 1), "PUT");
                    client.send(&stale).assert_denied();
                    let own = Request::new("PUT", target).origin(origin_of(number));
                    assert_eq!(
                        one(&client.send(&own), "access-control-allow-origin"),
                        origin_of(number)
                    );
                }
            }
        }
    }

    #[test]
    fn clones_of_a_handle_share_one_policy() {
        let handle = PolicyHandle::new(numbered(1));
        let cors = Cors::new(handle.clone());
        let server = {
            let cors = cors.clone();
            Server::start(move || App::new().wrap(cors.clone()))
        };
        handle.clone().replace(numbered(2));
        assert_eq!(number_of_response(&server.send(&actual("/"))), 2);
        let policy = handle.policy();
        let other = Server::start(move || App::new().wrap(Cors::new(&policy)));
        handle.replace(numbered(3));
        drop(handle);
        for server in [server, other] {
            assert_eq!(number_of_response(&server.send(&actual("/"))), 3);
        }
    }

    #[test]
    fn a_handle_returns_its_current_policy() {
        let asks = |number: u64| {
            let builder = Policy::builder().allow_origins([origin_of(number)]);
            let builder = builder.allow_headers(["X-A"]).allow_origins_if(|_, _| true);
            builder.predicates_read([header::COOKIE]).build().unwrap()
        };
        let handle = PolicyHandle::new(asks(1));
        handle.replace(asks(2));
        for shown in [format!("{handle:?}"), format!("{:?}", handle.policy())] {
            assert!(shown.contains(r#"{"https://n2.example"}"#), "{shown}");
            assert!(shown.contains(r#"["x-a"]"#), "{shown}");
            assert!(!shown.contains("n1"), "{shown}");
        }
        assert!(format!("{handle:?}").contains("cookie"), "{handle:?}");
    }

    #[test]
    fn a_policy_taken_from_a_handle_does_not_change_in_another_handle() {
        let (one, other) = (PolicyHandle::new(numbered(1)), PolicyHandle::new(numbered(2)));
        other.replace(one.policy());
        let third = PolicyHandle::new(one.policy());
        one.replace(numbered(9));
        for handle in [other, third] {
            let server = Server::start(move || App::new().wrap(Cors::new(&handle)));
            assert_eq!(number_of_response(&server.send(&actual("/"))), 1);
        }
    }

    #[test]
    fn a_handle_may_be_replaced_by_its_own_policy() {
        const PATIENCE: Duration = Duration::from_secs(20);
        let handle = PolicyHandle::new(numbered(1));
        let (replaced, done) = mpsc::channel();
        let same = handle.clone();
        thread::spawn(move || {
            same.replace(same.policy());
            replaced.send(())
        });
        done.recv_timeout(PATIENCE).expect("the replacement ends");
        let server = Server::start(move || App::new().wrap(Cors::new(&handle)));
        assert_eq!(number_of_response(&server.send(&actual("/"))), 1);
    }

    #[test]
    fn a_policy_may_be_replaced_by_a_policy_of_another_kind() {
        let handle = PolicyHandle::new(Policy::same_origin());
        let app = handle.clone();
        let server = Server::start(move || App::new().wrap(Cors::new(&app)));
        server.send(&actual("/")).assert_closed(404);
        handle.replace(Policy::builder().allow_origins(cors_actix::Any).build().unwrap());
        server.send(&actual("/")).assert(404, ["access-control-allow-origin: *"]);
        let enforced = Policy::builder().allow_origins(["https://a.example"]).enforce(true);
        handle.replace(enforced.build().unwrap());
        server.send(&actual("/")).assert_closed(403);
        handle.replace(Policy::same_origin());
        server.send(&actual("/")).assert_closed(404);
        server.send(&preflight("/", Place::Layer)).assert_denied();
    }

    #[test]
    fn a_policy_with_problems_denies_and_enforces_in_the_place_of_another() {
        const YES: bool = true;
        static REJECTED: Policy = policy! {
            allow_origins = [concat!("https://*", ".co.uk")],
            allow_credentials = YES,
            enforce,
        };
        let handle = PolicyHandle::new(Policy::same_origin());
        let app = handle.clone();
        let server = Server::start(move || App::new().wrap(Cors::new(&app)));
        server.send(&actual("/")).assert_closed(404);
        handle.replace(REJECTED.clone());
        server.send(&actual("/")).assert_closed(403);
        server.send(&preflight("/", Place::Layer)).assert_denied();
    }
}

/// Requests that wait while the policy is replaced.
mod in_flight {
    use super::*;

    /// A gate at which requests wait until the gate is opened.
    #[derive(Clone, Default)]
    struct Gate {
        entered: Arc<AtomicUsize>,
        open: Arc<AtomicBool>,
    }

    impl Gate {
        const PAUSE: Duration = Duration::from_millis(2);

        async fn pass(&self) {
            self.entered.fetch_add(1, Ordering::SeqCst);
            while !self.open.load(Ordering::SeqCst) {
                sleep(Self::PAUSE).await;
            }
        }

        fn wait_for(&self, count: usize) {
            while self.entered.load(Ordering::SeqCst) < count {
                thread::sleep(Self::PAUSE);
            }
        }
    }

    async fn handler(gate: web::Data<Gate>) -> HttpResponse {
        gate.pass().await;
        HttpResponse::Ok().finish()
    }

    async fn failing(gate: web::Data<Gate>) -> Result<HttpResponse, Error> {
        gate.pass().await;
        Err(error::ErrorImATeapot("failing"))
    }

    async fn wait_and_respond<B: MessageBody + 'static>(
        gate: web::Data<Gate>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        gate.pass().await;
        if request.headers().contains_key("authorization") {
            return next.call(request).await.map(ServiceResponse::map_into_left_body);
        }
        Ok(request.into_response(HttpResponse::Unauthorized().finish()).map_into_right_body())
    }

    async fn wait_and_fail<B: MessageBody + 'static>(
        gate: web::Data<Gate>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        gate.pass().await;
        if request.headers().contains_key("authorization") {
            return next.call(request).await;
        }
        Err(error::ErrorUnauthorized("failing"))
    }

    static ANNOTATED: LazyLock<PolicyHandle> = LazyLock::new(|| PolicyHandle::new(numbered(1)));

    #[cors(policy = ANNOTATED)]
    #[put("/annotated")]
    async fn annotated(gate: web::Data<Gate>) -> HttpResponse {
        handler(gate).await
    }

    #[cors(policy = ANNOTATED)]
    #[put("/annotated-failing")]
    async fn annotated_failing(gate: web::Data<Gate>) -> Result<HttpResponse, Error> {
        failing(gate).await
    }

    /// Replaces the handle's first policy while a request to each target waits, and asserts that all requests get
    /// the first policy.
    #[track_caller]
    fn assert_kept(server: &Server, gate: &Gate, handle: &PolicyHandle, targets: &[(&str, u16)]) {
        let clients: Vec<_> = targets
            .iter()
            .map(|(target, _)| {
                let (mut client, request) = (server.connect(), actual(target));
                thread::spawn(move || client.send(&request))
            })
            .collect();
        gate.wait_for(targets.len());
        handle.replace(numbered(2));
        gate.open.store(true, Ordering::SeqCst);
        for (client, (target, status)) in clients.into_iter().zip(targets) {
            let response = client.join().unwrap();
            assert_eq!(response.status, *status, "{target}");
            assert_eq!(number_of_response(&response), 1, "{target}");
            let response = server.send(&actual(target));
            assert_eq!(number_of_response(&response), 2, "{target} afterwards");
        }
    }

    #[test]
    fn a_request_keeps_the_layers_policy_that_it_began_with() {
        let (gate, handle) = (Gate::default(), PolicyHandle::new(numbered(1)));
        let (data, policy) = (web::Data::new(gate.clone()), handle.clone());
        let server = Server::start(move || {
            App::new()
                .app_data(data.clone())
                .wrap(Cors::new(&policy).scope("/scope", &policy))
                .route("/handler", web::to(handler))
                .route("/failing", web::to(failing))
                .route("/scope/handler", web::to(handler))
                .service(web::scope("/w").wrap(from_fn(wait_and_respond)))
                .service(web::scope("/f").wrap(from_fn(wait_and_fail)))
        });
        let targets = [
            ("/handler", 200),
            ("/failing", 418),
            ("/scope/handler", 200),
            ("/w/x", 401),
            ("/f/x", 401),
        ];
        assert_kept(&server, &gate, &handle, &targets);
    }

    #[test]
    fn a_request_keeps_the_handlers_policy_that_it_began_with() {
        let gate = Gate::default();
        let data = web::Data::new(gate.clone());
        let routes = |config: &mut web::ServiceConfig| {
            config.service(annotated).service(annotated_failing);
        };
        let server = Server::start(move || {
            let closed = web::scope("/closed").wrap(Cors::new(Policy::same_origin()));
            App::new().app_data(data.clone()).service(closed.configure(routes)).configure(routes)
        });
        let targets = [
            ("/annotated", 200),
            ("/annotated-failing", 418),
            ("/closed/annotated", 200),
            ("/closed/annotated-failing", 418),
        ];
        assert_kept(&server, &gate, &ANNOTATED, &targets);
    }

    static PROTECTED: LazyLock<PolicyHandle> = LazyLock::new(|| PolicyHandle::new(numbered(1)));

    #[cors(policy = PROTECTED)]
    #[put("/annotated")]
    async fn protected() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[test]
    fn a_401_keeps_the_policy_that_the_request_for_its_route_began_with() {
        let gate = Gate::default();
        let data = web::Data::new(gate.clone());
        let server = Server::start(move || {
            let scope = |path| web::scope(path).service(protected);
            App::new()
                .app_data(data.clone())
                .wrap(Cors::new(Policy::same_origin()))
                .service(scope("/w").wrap(from_fn(wait_and_respond)))
                .service(scope("/f").wrap(from_fn(wait_and_fail)))
        });
        let targets = [("/w/annotated", 401), ("/f/annotated", 401)];
        assert_kept(&server, &gate, &PROTECTED, &targets);
    }

    /// The predicate of the old policy has not answered when the policy is replaced.
    #[test]
    fn a_preflight_and_a_request_keep_the_policy_whose_predicate_they_asked() {
        let gate = Gate::default();
        let asked = gate.clone();
        let waiting = Policy::builder()
            .allow_origins_if_async(move |_, _| {
                let gate = asked.clone();
                async move {
                    gate.pass().await;
                    true
                }
            })
            .allow_methods(["PUT", "N1"])
            .allow_headers(["x-shared", "x-n1"])
            .expose_headers(["x-n1"])
            .allow_credentials(true)
            .max_age(1)
            .build()
            .unwrap();
        let handle = PolicyHandle::new(waiting);
        let policy = handle.clone();
        let server = Server::start(move || App::new().wrap(Cors::new(&policy)));
        let send = |request: Request| {
            let mut client = server.connect();
            thread::spawn(move || client.send(&request))
        };
        let (preflighted, requested) = (send(preflight("/", Place::Layer)), send(actual("/")));
        gate.wait_for(2);
        handle.replace(numbered(2));
        gate.open.store(true, Ordering::SeqCst);
        assert_eq!(number_of_preflight(&preflighted.join().unwrap(), Place::Layer), 1);
        assert_eq!(number_of_response(&requested.join().unwrap()), 1);
        let response = server.send(&preflight("/", Place::Layer));
        assert_eq!(number_of_preflight(&response, Place::Layer), 2);
    }
}

mod under_load {
    use super::*;

    handled!(loaded);

    const REPLACEMENTS: u64 = 1000;
    /// A pause that is short enough that some replacements come between two requests, and long enough that some
    /// requests come between two replacements.
    const PAUSE: Duration = Duration::from_micros(500);

    /// Sends a request, and asserts that the number of the policy is not lower than before.
    fn ask(client: &mut Client, target: &str, place: Place, at_least: &mut u64) {
        let response = client.send(&preflight(target, place));
        // The library reads the policies of layer and route one after the other. If the policy is replaced in
        // between, two policies apply, and the answer names only what was requested.
        let number = if place == Place::Route && is_echoed(&response) {
            *at_least
        } else {
            number_of_preflight(&response, place)
        };
        assert!(number >= *at_least, "{number} after {at_least}");
        let response = client.send(&actual(target));
        assert!(matches!(response.status, 200 | 204), "{response:#?}");
        let next = number_of_response(&response);
        assert!(next >= number, "{next} after {number}");
        // Only one policy allows this origin.
        let own = client.send(&Request::new("PUT", target).origin(origin_of(next)));
        match own.values("access-control-expose-headers")[..] {
            [] => assert_eq!(own.cors_lines(), ["vary: Origin"]),
            [exposed] => {
                assert_eq!(exposed, format!("x-n{next}"));
                assert_eq!(one(&own, "access-control-allow-origin"), origin_of(next));
                assert_credentials(&own, next);
            }
            _ => panic!("more than one line: {own:#?}"),
        }
        *at_least = next;
    }

    #[test]
    fn a_thousand_replacements_lose_no_request_and_mix_no_policies() {
        const CLIENTS: usize = 4;
        let fleet = Server::with_workers(2, || app!(loaded));
        let (done, asked) = (AtomicBool::new(false), AtomicU64::new(0));
        let address = fleet.address();
        thread::scope(|scope| {
            for client in 0..CLIENTS {
                let (done, asked) = (&done, &asked);
                scope.spawn(move || {
                    let mut connection = Client::connect(address);
                    let (mut at_least, mut round) = (0, client);
                    loop {
                        let last = done.load(Ordering::SeqCst);
                        let (target, place) = TARGETS[round % TARGETS.len()];
                        ask(&mut connection, target, place, &mut at_least);
                        asked.fetch_add(1, Ordering::SeqCst);
                        round += 1;
                        if last {
                            assert_eq!(at_least, REPLACEMENTS);
                            break;
                        }
                    }
                });
            }
            for number in 1..=REPLACEMENTS {
                loaded::HANDLE.replace(numbered(number));
                thread::sleep(PAUSE);
            }
            done.store(true, Ordering::SeqCst);
        });
        assert!(asked.load(Ordering::SeqCst) > 20, "there was almost no load");
    }
}

/// Every type that can be given as a policy, in every place.
mod sources {
    use super::*;

    static WRITTEN: Policy = policy! {
        allow_origins = ["https://shared.example"],
        allow_methods = ["PUT", "N7"],
        allow_headers = ["x-shared", "x-n7"],
        expose_headers = ["x-n7"],
        allow_credentials,
        max_age = 7,
    };
    static LAZY: LazyLock<Policy> = LazyLock::new(|| numbered(7));
    static HANDLE: LazyLock<PolicyHandle> = LazyLock::new(|| PolicyHandle::new(numbered(7)));

    #[track_caller]
    fn assert_seven(server: &Server, targets: &[(&str, Place)]) {
        for (target, place) in targets {
            let response = server.send(&preflight(target, *place));
            assert_eq!(number_of_preflight(&response, *place), 7, "{target}");
            if *place == Place::RouteUnderAnother {
                assert_echoed(&mut server.connect(), target, 7);
            }
            assert_eq!(number_of_response(&server.send(&actual(target))), 7, "{target}");
        }
    }

    /// Asserts that a layer takes the value as its own policy, and as the policy of a scope.
    macro_rules! assert_taken {
        ($($source:expr),+ $(,)?) => {$(
            let server = Server::start(|| App::new().wrap(Cors::new($source)));
            assert_seven(&server, &[("/", Place::Layer)]);
            let server = Server::start(|| {
                App::new().wrap(Cors::new(Policy::same_origin()).scope("/scope", $source))
            });
            assert_seven(&server, &[("/scope/x", Place::Layer)]);
        )+};
    }

    #[test]
    fn layers_accept_policies_statics_macros_and_handles() {
        assert_taken!(
            numbered(7),
            &numbered(7),
            &WRITTEN,
            WRITTEN.clone(),
            &LAZY,
            LAZY.clone(),
            &*HANDLE,
            HANDLE.clone(),
            &HANDLE,
            HANDLE.policy(),
            policy! {
                allow_origins = ["https://shared.example"],
                allow_methods = ["PUT", "N7"],
                allow_headers = ["x-shared", "x-n7"],
                expose_headers = ["x-n7"],
                allow_credentials,
                max_age = 7,
            },
        );
    }

    fn made() -> Policy {
        MADE.fetch_add(1, Ordering::SeqCst);
        numbered(7)
    }

    static MADE: AtomicUsize = AtomicUsize::new(0);

    /// Makes a handler for each type.
    macro_rules! annotated {
        ($($name:ident: $source:expr),+ $(,)?) => {
            $(
                #[cors(policy = $source)]
                #[put("/")]
                async fn $name() -> HttpResponse {
                    HttpResponse::Ok().finish()
                }
            )+

            fn all(config: &mut web::ServiceConfig) {
                $(config.service(web::scope(concat!("/", stringify!($name))).service($name));)+
            }

            const NAMES: &[&str] = &[$(concat!("/", stringify!($name), "/")),+];
        };
    }

    annotated! {
        from_policy: numbered(7),
        from_function: made(),
        from_reference: &WRITTEN,
        from_static: WRITTEN,
        from_lazy: LAZY,
        from_reference_to_lazy: &LAZY,
        from_handle: HANDLE,
        from_reference_to_handle: &*HANDLE,
        from_macro: policy! {
            allow_origins = ["https://shared.example"],
            allow_methods = ["PUT", "N7"],
            allow_headers = ["x-shared", "x-n7"],
            expose_headers = ["x-n7"],
            allow_credentials,
            max_age = 7,
        },
    }

    #[test]
    fn handlers_accept_policies_statics_macros_and_handles_and_evaluate_them_once() {
        let bare = Server::start(|| App::new().configure(all));
        let layered =
            Server::start(|| App::new().wrap(Cors::new(Policy::same_origin())).configure(all));
        for (server, place) in [(bare, Place::Route), (layered, Place::RouteUnderAnother)] {
            let targets: Vec<_> = NAMES.iter().map(|name| (*name, place)).collect();
            assert_seven(&server, &targets);
        }
        assert_eq!(MADE.load(Ordering::SeqCst), 1);
    }

    #[get("/unused")]
    async fn plain() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[test]
    fn a_handle_in_several_handlers_is_replaced_in_all_of_them() {
        static BOTH: LazyLock<PolicyHandle> = LazyLock::new(|| PolicyHandle::new(numbered(1)));

        #[cors(policy = BOTH)]
        #[put("/one")]
        async fn first() -> HttpResponse {
            HttpResponse::Ok().finish()
        }

        #[cors(policy = &BOTH)]
        #[put("/two")]
        async fn second() -> HttpResponse {
            HttpResponse::Ok().finish()
        }

        let server = Server::start(|| {
            App::new().wrap(Cors::new(&*BOTH)).service(first).service(second).service(plain)
        });
        for number in [2, 3] {
            BOTH.replace(numbered(number));
            for target in ["/one", "/two", "/unused"] {
                let method = if target == "/unused" { "GET" } else { "PUT" };
                let request = Request::new(method, target).origin(SHARED);
                assert_eq!(number_of_response(&server.send(&request)), number);
            }
        }
    }
}
