//! Handlers on one path have their own policies below a layer.

use actix_web::{
    App, Error, HttpResponse, error, get,
    guard::{self, GuardContext},
    post, put, route, web,
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server, VARY,
    sign::{Kind, STRANGER, Sign},
};

use crate::app_layer;

const ONE: &str = "https://one.example";
const TWO: &str = "https://two.example";
const BOTH: &str = "https://both.example";

#[cors(allow_origins = ["https://one.example"])]
#[get("/x")]
async fn get_one() -> &'static str {
    "one"
}

#[cors(allow_origins = ["https://two.example"])]
#[post("/x")]
async fn post_two() -> &'static str {
    "two"
}

#[post("/x")]
async fn post_plain() -> &'static str {
    "plain"
}

#[cors(allow_origins = ["https://one.example"])]
#[get("/u/{id}")]
async fn user() -> &'static str {
    "user"
}

#[cors(allow_origins = ["https://two.example"])]
#[get("/u/me")]
async fn me() -> &'static str {
    "me"
}

#[cors(allow_origins = ["https://two.example"])]
#[put("/u/me")]
async fn put_me() -> &'static str {
    "put me"
}

#[cors(allow_origins = ["https://two.example"])]
#[get("/u/{tail:.*}")]
async fn users() -> &'static str {
    "users"
}

#[get("/u/me")]
async fn me_plain() -> &'static str {
    "plain"
}

#[get("/u/me")]
async fn me_failing() -> Result<HttpResponse, Error> {
    Err(error::ErrorNotFound("plain"))
}

const CLOSED: Sign = Sign::new(Kind::Closed, "", 0);

/// Makes apps with the two services below a closed layer, registered in both orders.
macro_rules! in_both_orders {
    ($first:expr, $second:expr) => {
        [
            Server::start(|| {
                App::new().wrap(Cors::new(CLOSED.policy())).service($first).service($second)
            }),
            Server::start(|| {
                App::new().wrap(Cors::new(CLOSED.policy())).service($second).service($first)
            }),
        ]
    };
}

#[track_caller]
fn assert_only(server: &Server, method: &str, target: &str, origin: &str, body: &str) {
    for stranger in [ONE, TWO, STRANGER].into_iter().filter(|stranger| *stranger != origin) {
        server.send(&Request::preflight(target, stranger, method)).assert_denied();
        let response = server.send(&Request::new(method, target).origin(stranger));
        assert_eq!(response.assert_closed(200).text(), body);
    }
    let allowed = format!("access-control-allow-origin: {origin}");
    let methods = format!("access-control-allow-methods: {method}");
    let response = server.send(&Request::preflight(target, origin, method));
    response.assert_granted_once([&allowed, &methods, PREFLIGHT_VARY]);
    let response = server.send(&Request::new(method, target).origin(origin));
    assert_eq!(response.assert(200, [&allowed, VARY]).text(), body);
}

#[track_caller]
fn assert_closed(server: &Server, method: &str, target: &str, status: u16) {
    for origin in [ONE, TWO, STRANGER] {
        server.send(&Request::preflight(target, origin, method)).assert_denied();
        server.send(&Request::new(method, target).origin(origin)).assert_closed(status);
    }
}

#[test]
fn two_methods_of_one_path_have_their_own_policies_below_a_layer() {
    for server in in_both_orders!(get_one, post_two) {
        assert_only(&server, "GET", "/x", ONE, "one");
        assert_only(&server, "POST", "/x", TWO, "two");
        assert_closed(&server, "PUT", "/x", 404);
    }
}

#[test]
fn an_unannotated_route_on_the_path_of_an_annotated_route_has_the_layers_policy() {
    for server in in_both_orders!(get_one, post_plain) {
        assert_only(&server, "GET", "/x", ONE, "one");
        assert_closed(&server, "POST", "/x", 200);
    }
}

#[test]
fn if_patterns_overlap_the_policy_of_the_route_that_gets_the_request_counts_below_a_layer() {
    let [pattern_first, static_first] = in_both_orders!(user, me);
    assert_only(&pattern_first, "GET", "/u/7", ONE, "user");
    assert_only(&pattern_first, "GET", "/u/me", ONE, "user");
    assert_only(&static_first, "GET", "/u/7", ONE, "user");
    assert_only(&static_first, "GET", "/u/me", TWO, "me");

    let [narrow_first, wide_first] = in_both_orders!(user, users);
    assert_only(&narrow_first, "GET", "/u/7", ONE, "user");
    assert_only(&narrow_first, "GET", "/u/7/8", TWO, "users");
    assert_only(&wide_first, "GET", "/u/7", TWO, "users");
}

#[test]
fn overlapping_patterns_are_distinguished_by_method_below_a_layer() {
    let [pattern_first, static_first] = in_both_orders!(user, put_me);
    for server in [&pattern_first, &static_first] {
        assert_closed(server, "PUT", "/u/7", 404);
    }
    assert_only(&pattern_first, "GET", "/u/me", ONE, "user");
    assert_only(&static_first, "PUT", "/u/me", TWO, "put me");
    static_first.send(&Request::preflight("/u/me", ONE, "GET")).assert_denied();
    // The map names the pattern, which is in front of the static path.
    let preflight = |origin| Request::preflight("/u/me", origin, "PUT");
    pattern_first.send(&preflight(TWO)).assert_denied();
    let response = pattern_first.send(&Request::new("PUT", "/u/me").origin(TWO));
    assert_eq!(
        response.assert(200, [&format!("access-control-allow-origin: {TWO}"), VARY]).text(),
        "put me"
    );
}

#[test]
fn a_pattern_in_one_scope_and_a_static_path_in_another_overlap() {
    let [dynamic_first, static_first] = in_both_orders!(web::scope("/{a}").service(me), scoped_me);
    assert_only(&dynamic_first, "GET", "/s/u/me", TWO, "me");
    assert_only(&static_first, "GET", "/s/u/me", ONE, "scoped me");
    assert_only(&static_first, "GET", "/t/u/me", TWO, "me");
}

#[cors(allow_origins = ["https://one.example"])]
#[get("/s/u/me")]
async fn scoped_me() -> &'static str {
    "scoped me"
}

/// The map names the unannotated route.
#[test]
fn an_unannotated_route_in_front_of_an_annotated_pattern_responds_by_the_layers_policy() {
    let server = Server::start(|| {
        App::new().wrap(Cors::new(CLOSED.policy())).service(me_plain).service(user)
    });
    let response = server.send(&Request::get("/u/me").origin(ONE));
    assert_eq!(response.assert_closed(200).text(), "plain");
    let response = server.send(&Request::preflight("/u/me", ONE, "GET"));
    response.assert_denied();
}

#[test]
fn an_unannotated_route_that_fails_responds_by_the_layers_policy() {
    let server = Server::start(|| {
        App::new().wrap(Cors::new(CLOSED.policy())).service(me_failing).service(user)
    });
    let response = server.send(&Request::get("/u/me").origin(ONE));
    assert_eq!(response.assert_closed(404).text(), "plain");
}

fn wants_a(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key("x-a")
}

fn wants_b(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key("x-b")
}

#[cors(
    allow_origins = ["https://one.example", "https://both.example"],
    allow_headers = ["x-a", "x-c"],
    expose_headers = ["x-one"],
    allow_credentials,
    max_age = 60,
)]
#[put("/rival", guard = "wants_a")]
async fn rival_a() -> &'static str {
    "a"
}

#[cors(
    allow_origins = ["https://two.example", "https://both.example"],
    allow_headers = ["x-b", "x-c"],
    max_age = 30,
)]
#[route("/rival", method = "PUT", method = "PATCH", guard = "wants_b")]
async fn rival_b() -> &'static str {
    "b"
}

#[cors(allow_origins = any, allow_headers = any)]
#[put("/rival")]
async fn rival_open() -> &'static str {
    "open"
}

#[cors(same_origin)]
#[put("/rival")]
async fn rival_closed() -> &'static str {
    "closed"
}

/// Returns a layer that grants as much as each route, because its policy applies if no route takes a request.
fn generous() -> Cors {
    static POLICY: Policy = policy! {
        allow_origins = ["https://one.example", "https://two.example", "https://both.example"],
        allow_methods = any,
        allow_headers = any,
        allow_credentials,
    };
    Cors::new(&POLICY)
}

fn rival_servers() -> [Server; 3] {
    let one = Server::start(|| App::new().wrap(generous()).service(rival_a).service(rival_b));
    let other = Server::start(|| App::new().wrap(generous()).service(rival_b).service(rival_a));
    let scoped = Server::start(|| {
        let scope = || web::scope("");
        App::new()
            .wrap(generous())
            .service(scope().guard(guard::fn_guard(wants_a)).service(rival_a))
            .service(scope().service(rival_b))
    });
    [one, other, scoped]
}

#[test]
fn preflights_for_routes_with_guards_are_denied_if_no_other_route_is_behind_them() {
    for server in in_both_orders!(rival_a, rival_b) {
        for origin in [ONE, TWO, BOTH] {
            server.send(&Request::preflight("/rival", origin, "PUT")).assert_denied();
        }
    }
    let bare = Server::start(|| App::new().service(rival_a).service(rival_b));
    server_denies(&bare);
}

fn server_denies(server: &Server) {
    for origin in [ONE, TWO, BOTH] {
        server.send(&Request::preflight("/rival", origin, "PUT")).assert_denied();
    }
}

#[test]
fn routes_distinguished_by_guards_grant_only_what_all_of_them_grant() {
    for server in rival_servers() {
        let put = |origin| Request::preflight("/rival", origin, "PUT");
        server.send(&put(ONE)).assert_denied();
        server.send(&put(TWO)).assert_denied();
        server.send(&put(STRANGER)).assert_denied();
        server.send(&put(BOTH).asks_headers("x-a")).assert_denied();
        server.send(&put(BOTH).asks_headers("x-b")).assert_denied();
        server.send(&put(BOTH).asks_headers("x-c,x-a")).assert_denied();
        let granted = [
            "access-control-allow-origin: https://both.example",
            "access-control-allow-methods: PUT",
            PREFLIGHT_VARY,
        ];
        server.send(&put(BOTH)).assert_granted_once(granted);
        let names = ["access-control-allow-headers: x-c"];
        let response = server.send(&put(BOTH).asks_headers("x-c"));
        response.assert_granted_once(granted.into_iter().chain(names));
    }
}

#[test]
fn a_guarded_route_that_alone_has_a_method_answers_for_that_method() {
    for server in rival_servers() {
        let response = server.send(&Request::preflight("/rival", TWO, "PATCH"));
        response.assert_granted_once([
            "access-control-allow-origin: https://two.example",
            "access-control-allow-methods: PUT,PATCH",
            "access-control-max-age: 30",
            PREFLIGHT_VARY,
        ]);
        server.send(&Request::preflight("/rival", ONE, "PATCH")).assert_denied();
    }
}

#[test]
fn each_guarded_route_responds_by_its_own_policy() {
    for server in rival_servers() {
        let put = |origin, name| Request::new("PUT", "/rival").origin(origin).line(name, "1");
        for origin in [ONE, BOTH] {
            let response = server.send(&put(origin, "x-a"));
            let lines = [
                &format!("access-control-allow-origin: {origin}"),
                "access-control-allow-credentials: true",
                "access-control-expose-headers: x-one",
                VARY,
            ];
            assert_eq!(response.assert(200, lines).text(), "a");
        }
        for origin in [TWO, BOTH] {
            let response = server.send(&put(origin, "x-b"));
            let lines = [&format!("access-control-allow-origin: {origin}"), VARY];
            assert_eq!(response.assert(200, lines).text(), "b");
        }
        server.send(&put(TWO, "x-a")).assert_closed(200);
        server.send(&put(ONE, "x-b")).assert_closed(200);
    }
}

#[test]
fn a_route_for_any_origin_behind_a_guarded_route_adds_no_grant() {
    let [server, open_first] = in_both_orders!(rival_a, rival_open);
    let put = |origin| Request::preflight("/rival", origin, "PUT");
    server.send(&put(STRANGER)).assert_denied();
    server.send(&put(ONE).asks_headers("x-z")).assert_denied();
    server.send(&put(ONE).asks_headers("x-a")).assert_granted_once([
        "access-control-allow-origin: https://one.example",
        "access-control-allow-methods: PUT",
        "access-control-allow-headers: x-a",
        PREFLIGHT_VARY,
    ]);
    // The open route takes all requests.
    assert_eq!(open_first.send(&put(STRANGER)).status, 204);
    let [open_first, closed_first] = in_both_orders!(rival_open, rival_closed);
    assert_eq!(open_first.send(&put(ONE)).status, 204);
    closed_first.send(&put(ONE)).assert_denied();
}

#[test]
fn a_third_route_on_the_path_has_to_grant_too() {
    let orders = [
        Server::start(|| App::new().service(rival_a).service(rival_b).service(rival_closed)),
        Server::start(|| App::new().service(rival_closed).service(rival_a).service(rival_b)),
    ];
    for server in orders {
        for origin in [ONE, TWO, BOTH] {
            server.send(&Request::preflight("/rival", origin, "PUT")).assert_denied();
        }
    }
}

#[cors(allow_origins = any, max_age = 60)]
#[put("/g/{id}", guard = "wants_a")]
async fn guarded_open() -> &'static str {
    "open"
}

#[cors(same_origin)]
#[put("/g/{name}")]
async fn closed_behind() -> &'static str {
    "closed"
}

#[cors(same_origin)]
#[put("/g/me")]
async fn closed_static_behind() -> &'static str {
    "closed"
}

/// A preflight does not show for which of the two routes it is.
#[test]
fn routes_whose_patterns_differ_only_in_the_name_of_a_segment_all_have_to_grant() {
    for server in in_both_orders!(guarded_open, closed_behind) {
        server.send(&Request::preflight("/g/1", STRANGER, "PUT")).assert_denied();
    }
}

#[cors(allow_origins = any)]
#[put("/s/{one}")]
async fn open_in_its_scope() -> &'static str {
    "open"
}

#[cors(same_origin)]
#[put("/s/{other}")]
async fn closed_in_its_scope() -> &'static str {
    "closed"
}

#[test]
fn routes_in_scopes_distinguished_by_guards_all_have_to_grant() {
    for prefix in ["", "/{tenant}"] {
        let server = Server::start(move || {
            let guarded = web::scope(prefix).guard(guard::Header("x-a", "1"));
            App::new()
                .wrap(app_layer())
                .service(guarded.service(open_in_its_scope))
                .service(web::scope(prefix).service(closed_in_its_scope))
        });
        let target = prefix.replace("{tenant}", "t") + "/s/1";
        let response = server.send(&Request::new("PUT", &target).origin(STRANGER));
        assert_eq!(response.assert_closed(200).text(), "closed");
        server.send(&Request::preflight(&target, STRANGER, "PUT")).assert_denied();
    }
}

#[test]
fn a_route_whose_guard_may_pass_the_request_on_grants_nothing_that_the_next_route_denies() {
    let server = Server::start(|| App::new().service(guarded_open).service(closed_static_behind));
    let response = server.send(&Request::new("PUT", "/g/me").origin(STRANGER));
    assert_eq!(response.assert_closed(200).text(), "closed");
    server.send(&Request::preflight("/g/me", STRANGER, "PUT")).assert_denied();
}
