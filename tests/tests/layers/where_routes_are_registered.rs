//! The places where an annotated handler can be registered.

use std::{collections::HashSet, rc::Rc};

use actix_web::{
    App, Error, HttpResponse,
    dev::{self, Service, ServiceRequest, ServiceResponse, Transform as _},
    get, guard, put, route, web,
};
use cors_actix::{Cors, cors};
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server,
    local::{Local, preflight},
    sign::{FRIEND, Kind, STRANGER, Sign},
};
use futures_util::future::{Ready, ready};

use crate::{
    APP, HANDLER, OPEN, ORIGINS, app_layer, assert_route, open_item, request, strict_item,
    strict_static,
};

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[route("", method = "GET", method = "DELETE")]
async fn nameless() -> &'static str {
    "nameless"
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[get("/files/{tail:.*}")]
async fn tail() -> &'static str {
    "tail"
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[get("/named-tail/{tail}*")]
async fn named_tail() -> &'static str {
    "named tail"
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[get("no-slash")]
async fn no_slash() -> &'static str {
    "no slash"
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[get("/r/{number:[0-9]+}/x")]
async fn regex() -> &'static str {
    "regex"
}

fn all(config: &mut web::ServiceConfig) {
    config
        .service(strict_item)
        .service(strict_static)
        .service(tail)
        .service(named_tail)
        .service(no_slash)
        .service(regex);
}

/// Asserts that the routes are found exactly below the prefix.
#[track_caller]
fn assert_below(server: &Server, prefix: &str) {
    let at = |path: &str| format!("{prefix}{path}");
    for (method, path) in [
        ("PUT", "/items/7"),
        ("GET", "/static"),
        ("GET", "/files/"),
        ("GET", "/files/a/b.txt"),
        ("GET", "/named-tail/a/b"),
        ("GET", "/no-slash"),
        ("GET", "/r/12/x"),
    ] {
        assert_route(server, method, &at(path), &HANDLER, method);
    }
    for (method, path) in [
        ("GET", "/items/7"),
        ("PUT", "/static"),
        ("PUT", "/items"),
        ("PUT", "/items/"),
        ("PUT", "/items/7/8"),
        ("GET", "/Static"),
        ("GET", "/files"),
        ("GET", "/r/a/x"),
        ("GET", "/no-slash/x"),
    ] {
        assert_route(server, method, &at(path), &APP, Sign::LAYER_METHODS);
    }
    // A path with an additional slash is another path, but middleware may remove the slash.
    for (method, path) in [("PUT", "/items/7/"), ("GET", "/static/")] {
        let response = server.send(&Request::preflight(&at(path), FRIEND, method));
        assert_eq!(response.values("access-control-allow-origin"), [FRIEND]);
        assert_eq!(response.values("access-control-allow-credentials"), [""; 0]);
        server.send(&Request::preflight(&at(path), STRANGER, method)).assert_denied();
    }
}

#[track_caller]
fn assert_nowhere(server: &Server, prefixes: &[&str]) {
    for prefix in prefixes {
        for (method, path) in [("PUT", "/items/7"), ("GET", "/static"), ("GET", "/files/x")] {
            let target = format!("{prefix}{path}");
            assert_route(server, method, &target, &APP, Sign::LAYER_METHODS);
        }
    }
}

macro_rules! assert_scoped {
    ($scope:expr, $below:expr, $elsewhere:expr) => {{
        let server = Server::start(|| App::new().wrap(app_layer()).service($scope));
        for prefix in $below {
            assert_below(&server, prefix);
        }
        assert_nowhere(&server, &$elsewhere);
    }};
}

#[test]
fn a_route_is_found_in_the_app_itself() {
    let server = Server::start(|| App::new().wrap(app_layer()).configure(all));
    assert_below(&server, "");
    assert_nowhere(&server, &["/scope"]);
}

#[test]
fn a_route_is_found_in_a_scope() {
    assert_scoped!(web::scope("/a").configure(all), ["/a"], ["", "/b", "/a/a", "/aa"]);
    assert_scoped!(web::scope("a/b").configure(all), ["/a/b"], ["", "/a", "/b"]);
    assert_scoped!(web::scope("").configure(all), [""], ["/a"]);
}

#[test]
fn a_route_is_found_in_a_scope_with_dynamic_segments() {
    assert_scoped!(web::scope("/{tenant}").configure(all), ["/a", "/b"], ["", "/a/b"]);
    assert_scoped!(
        web::scope("/t/{tenant}/u/{user}").configure(all),
        ["/t/1/u/2", "/t/a/u/b"],
        ["", "/t/1", "/t/1/u", "/t/1/v/2"]
    );
    assert_scoped!(web::scope("/v{number}").configure(all), ["/v1", "/v22"], ["/v", "/w1", ""]);
    assert_scoped!(
        web::scope("/{file}.d").configure(all),
        ["/a.d", "/b.c.d"],
        ["/a", "/.d", "/a.d/x"]
    );
}

#[test]
fn a_route_is_found_in_a_scope_whose_segment_has_a_regular_expression() {
    assert_scoped!(web::scope("/{number:[0-9]+}").configure(all), ["/1", "/23"], ["/a", "/1a", ""]);
}

#[test]
fn scopes_whose_regular_expressions_differ_have_their_own_policies() {
    let server = Server::start(|| {
        App::new()
            .wrap(app_layer())
            .service(web::scope("/{number:[0-9]+}").service(strict_item))
            .service(web::scope("/{name:[a-z]+}").service(open_item))
    });
    for (target, sign) in [("/12/items/7", HANDLER), ("/ab/items/7", OPEN)] {
        for origin in ORIGINS {
            let response = server.send(&request("PUT", target, origin));
            response.assert_signed(200, Some(&sign), origin);
        }
        for origin in [FRIEND, STRANGER] {
            let response = server.send(&Request::preflight(target, origin, "PUT"));
            response.assert_preflight_signed(&sign, origin, "PUT");
        }
    }
}

/// Handlers of several modules with the same name, `index`.
mod one {
    use super::*;

    #[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
    #[put("/one/{id}")]
    pub(super) async fn index() -> &'static str {
        "one"
    }
}

mod other {
    use super::*;

    #[cors(
        allow_origins = ["https://friend.example"],
        expose_headers = ["x-handler"],
        allow_credentials,
        max_age = 3,
    )]
    #[put("/other/{id}")]
    pub(super) async fn index() -> &'static str {
        "other"
    }

    #[cors(
        allow_origins = ["https://friend.example"],
        expose_headers = ["x-handler"],
        allow_credentials,
        max_age = 3,
    )]
    #[put("")]
    pub(super) async fn root() -> &'static str {
        "root"
    }
}

mod third {
    use super::*;

    #[get("/third/{id}")]
    pub(super) async fn index() -> &'static str {
        "third"
    }
}

/// Another `index` with the same path.
mod twin {
    use super::*;

    #[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
    #[put("/other/{id}")]
    pub(super) async fn index() -> &'static str {
        "twin"
    }

    #[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
    #[put("")]
    pub(super) async fn root() -> &'static str {
        "root"
    }
}

#[test]
fn scopes_that_match_the_same_path_keep_their_order_if_a_segment_spans_several() {
    fn others(config: &mut web::ServiceConfig) {
        config.service(other::index).service(other::root);
    }
    fn twins(config: &mut web::ServiceConfig) {
        config.service(twin::index).service(twin::root);
    }
    fn start(strict: &'static str, open: &'static str) -> Server {
        Server::start(move || {
            App::new()
                .wrap(app_layer())
                .service(web::scope(strict).service(strict_item).configure(others))
                .service(web::scope(open).service(open_item).configure(twins))
        })
    }
    const WIDE: &str = "/{area:[a-b]/[a-b]}";
    for narrow in ["/a/b", "/a/{b}", "/{a:[a-z]}/b"] {
        for item in ["/items/7", "/other/7", ""] {
            let server = start(WIDE, narrow);
            assert_route(&server, "PUT", &format!("/a/b{item}"), &HANDLER, "PUT");
            let server = start(narrow, WIDE);
            assert_route(&server, "PUT", &format!("/a/b{item}"), &HANDLER, "PUT");
            assert_route(&server, "PUT", &format!("/b/a{item}"), &OPEN, "PUT");
        }
    }
}

#[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
#[put("/items/{tail:.*}")]
async fn open_tail() -> &'static str {
    "open"
}

mod digits {
    use super::*;

    #[cors(
        allow_origins = ["https://friend.example"],
        expose_headers = ["x-handler"],
        allow_credentials,
        max_age = 3,
    )]
    #[put("/things/{id:[0-9]+}")]
    pub(super) async fn thing() -> &'static str {
        "digits"
    }
}

mod letters {
    use super::*;

    #[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
    #[put("/things/{id:[a-z]+}")]
    pub(super) async fn thing() -> &'static str {
        "letters"
    }
}

#[test]
fn routes_in_scopes_whose_regular_expressions_differ_have_their_own_policies() {
    let server = Server::start(|| {
        App::new()
            .wrap(app_layer())
            .service(web::scope("/{n:[0-9]+}").service(strict_item).service(digits::thing))
            .service(web::scope("/{s:[a-z]+}").service(open_tail).service(letters::thing))
    });
    assert_route(&server, "PUT", "/12/items/7", &HANDLER, "PUT");
    assert_route(&server, "PUT", "/ab/items/7", &OPEN, "PUT");
    assert_route(&server, "PUT", "/12/things/7", &HANDLER, "PUT");
    assert_route(&server, "PUT", "/ab/things/x", &OPEN, "PUT");
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[put("/days/{year:[0-9]{4}}")]
async fn strict_year() -> &'static str {
    "year"
}

#[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
#[put("/days/{day:[0-9]{8}}")]
async fn open_day() -> &'static str {
    "day"
}

#[test]
fn routes_whose_regular_expressions_differ_have_their_own_policies() {
    for scope in ["", "/{tenant}"] {
        let server = Server::start(move || {
            let scope = web::scope(scope).service(strict_year).service(open_day);
            App::new().wrap(app_layer()).service(scope)
        });
        let prefix = scope.replace("{tenant}", "t");
        assert_route(&server, "PUT", &format!("{prefix}/days/2026"), &HANDLER, "PUT");
        assert_route(&server, "PUT", &format!("{prefix}/days/20261122"), &OPEN, "PUT");
    }
}

#[test]
fn an_unannotated_route_whose_regular_expression_differs_has_the_layers_policy() {
    let server = Server::start(|| {
        let letters = web::scope("/{s:[a-z]+}");
        App::new()
            .wrap(app_layer())
            .service(web::scope("/{n:[0-9]+}").service(digits::thing))
            .service(letters.route("/things/{id:[a-z]+}", web::put().to(HttpResponse::Ok)))
    });
    assert_route(&server, "PUT", "/12/things/7", &HANDLER, "PUT");
    assert_route(&server, "PUT", "/ab/things/x", &APP, Sign::LAYER_METHODS);
}

#[cors(allow_origins = any)]
#[put("/both")]
async fn put_both() -> &'static str {
    "put"
}

#[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
#[get("/{either}")]
async fn get_either() -> &'static str {
    "either"
}

#[cors(same_origin)]
#[get("/both")]
async fn get_both() -> &'static str {
    "both"
}

#[test]
fn a_route_of_another_method_does_not_change_the_order_of_routes() {
    for scope in ["", "/{tenant}"] {
        let server = Server::start(move || {
            let scope = web::scope(scope).service(put_both).service(get_either);
            App::new().wrap(app_layer()).service(scope.service(get_both))
        });
        let target = scope.replace("{tenant}", "t") + "/both";
        for origin in ORIGINS {
            let response = server.send(&request("GET", &target, origin));
            assert_eq!(response.assert_signed(200, Some(&OPEN), origin).text(), "either");
        }
        // The map names the pattern of the later route, so both have to grant.
        server.send(&Request::preflight(&target, FRIEND, "GET")).assert_denied();
    }
}

#[test]
fn the_first_matching_scope_decides_if_a_handler_is_in_several_scopes() {
    let server = Server::start(|| {
        let rivals = web::scope("/{area}").service(strict_item).service(open_item);
        App::new()
            .wrap(app_layer())
            .service(rivals)
            .service(web::scope("/a/b").service(strict_item))
    });
    // The first scope takes the path, and has no route for it.
    for origin in [FRIEND, STRANGER] {
        let response = server.send(&request("PUT", "/a/b/items/7", Some(origin)));
        assert_eq!(response.status, 404);
        assert_eq!(response.values("access-control-allow-credentials"), [""; 0]);
    }
    server.send(&Request::preflight("/a/b/items/7", STRANGER, "PUT")).assert_denied();
}

#[test]
fn a_resource_of_several_patterns_whose_guard_rejects_a_request_hides_no_route() {
    let server = Server::start(|| {
        let posts = web::resource(["/a/static", "/b/static"]).guard(guard::Post());
        App::new()
            .wrap(app_layer())
            .service(posts.to(HttpResponse::Ok))
            .service(web::scope("/{area}").service(strict_static))
    });
    for origin in ORIGINS {
        let response = server.send(&request("GET", "/a/static", origin));
        response.assert_signed(200, Some(&HANDLER), origin);
    }
    // The map names the resource in front. So the layer's own policy decides, and the route's policy has
    // to allow the origin.
    server.send(&Request::preflight("/a/static", STRANGER, "GET")).assert_denied();
    let response = server.send(&Request::preflight("/a/static", FRIEND, "GET"));
    assert_eq!(response.values("access-control-allow-origin"), [FRIEND]);
}

#[test]
fn handlers_of_the_same_name_have_their_own_policies() {
    for scope in ["", "/t", "/{tenant}", "/{tenant:[a-z]+}", "/v{n}"] {
        let server = Server::start(move || {
            let scope = web::scope(scope).service(one::index).service(other::index);
            App::new().wrap(app_layer()).service(scope.service(third::index))
        });
        let prefix = match scope.split_once('{') {
            Some((start, _)) => format!("{start}t"),
            None => scope.to_owned(),
        };
        let at = |path: &str| format!("{prefix}{path}");
        assert_route(&server, "PUT", &at("/one/7"), &OPEN, "PUT");
        assert_route(&server, "PUT", &at("/other/7"), &HANDLER, "PUT");
        for (method, path) in [("GET", "/third/7"), ("PUT", "/third/7"), ("PUT", "/one")] {
            assert_route(&server, method, &at(path), &APP, Sign::LAYER_METHODS);
        }
    }
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[get("/star*")]
async fn star() -> &'static str {
    "star"
}

/// A tail without a name matches nothing, and actix-web cannot make its URL.
#[test]
fn a_route_with_an_unnamed_tail_hides_no_other_route() {
    let server =
        Server::start(|| App::new().wrap(app_layer()).service(star).service(strict_static));
    assert_route(&server, "GET", "/static", &HANDLER, "GET");
    assert_route(&server, "GET", "/none", &APP, Sign::LAYER_METHODS);
}

#[test]
fn a_route_is_found_in_a_scope_whose_segment_spans_several() {
    assert_scoped!(
        web::scope("/{path:a(?:/b)*}").configure(all),
        ["/a", "/a/b", "/a/b/b"],
        ["", "/b"]
    );
}

#[test]
fn a_route_is_found_in_nested_scopes() {
    assert_scoped!(
        web::scope("/a").service(
            web::scope("").service(web::scope("/{b}").service(web::scope("/v{c}").configure(all)))
        ),
        ["/a/b/v1", "/a/x/v2"],
        ["", "/a", "/a/b", "/a/b/c", "/b/x/v1"]
    );
}

#[test]
fn a_route_is_found_in_a_scope_whose_prefix_is_escaped_in_urls() {
    assert_scoped!(
        web::scope("/caf\u{e9} au lait").configure(all),
        ["/caf%C3%A9%20au%20lait", "/c%61f%c3%a9%20au%20lait"],
        ["/cafe", ""]
    );
}

#[test]
fn a_handler_in_several_scopes_is_found_in_each() {
    let server = Server::start(|| {
        App::new()
            .wrap(app_layer())
            .service(web::scope("/a").configure(all))
            .service(web::scope("/b").service(web::scope("/{c}").configure(all)))
            .service(web::scope("/d").configure(all))
    });
    for prefix in ["/a", "/b/1", "/b/2", "/d"] {
        assert_below(&server, prefix);
    }
    assert_nowhere(&server, &["", "/b", "/c", "/d/1"]);
}

#[test]
fn a_route_with_an_empty_path_is_found_in_its_scope() {
    let server = Server::start(|| {
        let scope = web::scope("/a").service(nameless);
        App::new().wrap(app_layer()).service(scope).service(web::scope("/{b}/c").service(nameless))
    });
    for target in ["/a", "/x/c"] {
        for method in ["GET", "DELETE"] {
            assert_route(&server, method, target, &HANDLER, "GET,DELETE");
        }
        assert_route(&server, "POST", target, &APP, Sign::LAYER_METHODS);
    }
    server.send(&Request::preflight("/a/", STRANGER, "GET")).assert_denied();
    assert_route(&server, "GET", "/", &APP, Sign::LAYER_METHODS);
}

/// No request has an empty path, but an app may have such a route.
#[test]
fn a_route_that_no_request_can_reach_hides_no_other_route() {
    let server =
        Server::start(|| App::new().wrap(app_layer()).service(nameless).service(strict_static));
    assert_route(&server, "GET", "/static", &HANDLER, "GET");
    assert_route(&server, "GET", "/none", &APP, Sign::LAYER_METHODS);
}

#[test]
fn a_route_is_found_in_a_scope_that_ends_in_a_slash() {
    let plain = || web::resource("/static").route(web::get().to(HttpResponse::Ok));
    let twin = Server::start(move || App::new().service(web::scope("/a/").service(plain())));
    let server = Server::start(|| {
        App::new().wrap(app_layer()).service(web::scope("/a/").service(strict_static))
    });
    for target in ["/a/static", "/a//static", "/a", "/a/", "/static"] {
        match twin.send(&Request::get(target)).status {
            // The path of the route is not in normal form, and middleware may merge its slashes.
            200 => {
                server.send(&Request::preflight(target, STRANGER, "GET")).assert_denied();
                let response = server.send(&Request::preflight(target, FRIEND, "GET"));
                response.assert_granted_once([
                    "access-control-allow-origin: https://friend.example",
                    "access-control-allow-methods: GET",
                    PREFLIGHT_VARY,
                ]);
            }
            _ => assert_route(&server, "GET", target, &APP, Sign::LAYER_METHODS),
        }
    }
}

#[test]
fn a_route_is_found_by_the_layer_of_a_scope() {
    let scope = Sign::new(Kind::Open, "x-scope", 2);
    let server = Server::start(move || {
        let outer = web::scope("/a").wrap(Cors::new(scope.policy()));
        App::new().service(outer.service(web::scope("/{b}").configure(all)))
    });
    assert_route(&server, "PUT", "/a/1/items/7", &HANDLER, "PUT");
    assert_route(&server, "GET", "/a/1/static", &HANDLER, "GET");
    assert_route(&server, "GET", "/a/1/none", &scope, Sign::LAYER_METHODS);
    server.send(&Request::preflight("/b", FRIEND, "GET")).assert_untouched(404);
}

#[test]
fn a_route_is_found_below_more_dynamic_segments_than_actix_web_keeps() {
    const EIGHT: &str = "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}";
    const NINE: &str = "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}";
    fn start(prefix: &'static str) -> Server {
        Server::start(move || {
            let inner = web::scope(prefix).service(strict_static);
            App::new().wrap(app_layer()).service(web::scope(EIGHT).service(inner))
        })
    }
    let target = "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/static";
    assert_route(&start(EIGHT), "GET", target, &HANDLER, "GET");
    let server = start(NINE);
    let target = "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/static";
    assert_route(&server, "GET", target, &HANDLER, "GET");
}

/// Tests an app with thousands of annotated routes.
#[test]
fn unique_routes_are_found_among_thousands() {
    const ROUTES: usize = 3000;
    let server = Server::start(|| {
        let scopes = (0..ROUTES).map(|n| web::scope(&format!("/s{n}")).service(strict_static));
        scopes.fold(App::new().wrap(app_layer()), App::service)
    });
    let mut seen = HashSet::new();
    for n in [0, 1, ROUTES / 2, ROUTES - 1] {
        assert!(seen.insert(n));
        assert_route(&server, "GET", &format!("/s{n}/static"), &HANDLER, "GET");
    }
    assert_route(&server, "GET", &format!("/s{ROUTES}/static"), &APP, Sign::LAYER_METHODS);
}

/// Services of actix-web can be printed, and a layer prints the routes that it has learnt.
#[actix_web::test]
async fn a_layer_prints_the_annotated_routes_of_its_app() {
    #[derive(Debug)]
    struct Inner;

    impl Service<ServiceRequest> for Inner {
        type Response = ServiceResponse;
        type Error = Error;
        type Future = Ready<Result<ServiceResponse, Error>>;

        dev::always_ready!();

        fn call(&self, request: ServiceRequest) -> Self::Future {
            ready(Ok(request.into_response(HttpResponse::Ok())))
        }
    }

    let layer = app_layer().new_transform(Inner).await.expect("the layer starts");
    let layer = Rc::new(layer);
    let outer = Rc::clone(&layer);
    let app = App::new().wrap_fn(move |request, _| outer.call(request)).service(strict_item);
    Local::start(app).await.send(preflight("/", STRANGER, "PUT")).await;
    let printed = format!("{layer:?}");
    let route = r#"Route("/items/{id}", "strict_item", ["PUT"], Location { file: "#;
    assert!(printed.contains(route), "{printed}");
}
