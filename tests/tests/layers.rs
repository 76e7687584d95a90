//! The nearest policy wins, for the preflight as well as for the response: cases L1 to L6 and L8, and
//! F7 below a layer.

use std::{
    collections::HashSet,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use actix_web::{
    App, Error, FromRequest, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error, get,
    guard::{self, GuardContext},
    http::header,
    middleware::{Condition, Next, from_fn},
    post, put, route, routes, scope,
    test::TestRequest,
    web,
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server, VARY,
    fleet::Fleet,
    local::{Local, actual, preflight},
    proxied,
    sign::{FRIEND, Kind, STRANGER, Sign},
};
use futures_util::future::{Ready, ready};

const APP: Sign = Sign::new(Kind::Open, "x-app", 1);
const HANDLER: Sign = Sign::new(Kind::Strict, "x-handler", 3);
const OPEN: Sign = Sign::new(Kind::Open, "x-open", 4);

const ORIGINS: [Option<&str>; 3] = [Some(FRIEND), Some(STRANGER), None];

fn app_layer() -> Cors {
    Cors::new(APP.policy())
}

/// Nothing can extract it.
struct Never;

impl FromRequest for Never {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Err(error::ErrorUnprocessableEntity("never")))
    }
}

fn request(method: &str, target: &str, origin: Option<&str>) -> Request {
    let request = Request::new(method, target);
    origin.into_iter().fold(request, Request::origin)
}

/// Asserts what the three origins get of a route: as an answer to their preflights, and as a response.
#[track_caller]
fn assert_route(server: &Server, method: &str, target: &str, sign: &Sign, methods: &str) {
    let mut client = server.connect();
    for origin in [FRIEND, STRANGER] {
        let response = client.send(&Request::preflight(target, origin, method));
        response.assert_preflight_signed(sign, origin, methods);
    }
    for origin in ORIGINS {
        let response = client.send(&request(method, target, origin));
        let status = if response.status == 404 { 404 } else { 200 };
        response.assert_signed(status, Some(sign), origin);
    }
}

/// Cases L1 to L5: every combination of no policy, an open, a strict and a closed one on app, scope
/// and handler.
mod combinations {
    use super::*;

    const SCOPE: [Sign; 3] = [
        Sign::new(Kind::Open, "x-scope", 2),
        Sign::new(Kind::Strict, "x-scope", 2),
        Sign::new(Kind::Closed, "x-scope", 2),
    ];
    const LAYER: [Sign; 3] = [
        Sign::new(Kind::Open, "x-app", 1),
        Sign::new(Kind::Strict, "x-app", 1),
        Sign::new(Kind::Closed, "x-app", 1),
    ];

    macro_rules! handlers {
        ($module:ident $(, #[$cors:meta])?) => {
            mod $module {
                use super::*;

                $(#[$cors])?
                #[put("/succeeds")]
                async fn succeeds() -> &'static str {
                    "succeeds"
                }

                $(#[$cors])?
                #[get("/fails")]
                async fn fails() -> Result<HttpResponse, Error> {
                    Err(error::ErrorImATeapot("fails"))
                }

                $(#[$cors])?
                #[get("/panics-never")]
                async fn extracts(_: Never) -> &'static str {
                    "extracts"
                }

                pub(super) fn configure(config: &mut web::ServiceConfig) {
                    config.service(succeeds).service(fails).service(extracts);
                }
            }
        };
    }

    handlers!(plain);
    handlers!(open, #[cors(allow_origins = any, expose_headers = ["x-handler"], max_age = 3)]);
    handlers!(
        strict,
        #[cors(
            allow_origins = ["https://friend.example"],
            expose_headers = ["x-handler"],
            allow_credentials,
            max_age = 3,
        )]
    );
    handlers!(closed, #[cors(same_origin)]);

    type Configure = fn(&mut web::ServiceConfig);

    #[derive(Debug, Clone, Copy)]
    struct Combination {
        app: Option<Sign>,
        /// Whether the app's layer is told of the scope's policy.
        told: bool,
        scope: Option<Sign>,
        handler: Option<Sign>,
        configure: Configure,
    }

    impl Combination {
        fn server(self) -> Server {
            let layer = |sign: Option<Sign>| {
                Condition::new(
                    sign.is_some(),
                    Cors::new(sign.map_or_else(Policy::same_origin, |sign| sign.policy())),
                )
            };
            Server::start(move || {
                let scope = web::scope("/scope")
                    .wrap(layer(self.scope))
                    .configure(self.configure)
                    .service(web::resource("/gets").route(web::get().to(HttpResponse::Ok)));
                let app = match (self.app, self.scope) {
                    (Some(app), Some(scope)) if self.told => {
                        let layer = Cors::new(app.policy()).scope("/scope", scope.policy());
                        Condition::new(true, layer)
                    }
                    _ => layer(self.app),
                };
                App::new().wrap(app).service(scope)
            })
        }

        /// The policy of responses that the scope's own code makes.
        fn around(&self) -> Option<Sign> {
            self.scope.or(self.app)
        }

        /// The policy of preflights for what is not annotated.
        fn outermost(&self) -> Option<Sign> {
            if self.told { self.around() } else { self.app.or(self.scope) }
        }

        fn check(self) {
            let server = self.server();
            let mut client = server.connect();
            let annotated = self.handler.or(self.around());
            for origin in ORIGINS {
                for (method, target, status, sign) in [
                    ("PUT", "/scope/succeeds", 200, annotated),
                    ("GET", "/scope/fails", 418, annotated),
                    ("GET", "/scope/panics-never", 422, annotated),
                    ("GET", "/scope/nothing", 404, self.around()),
                    ("PUT", "/scope/fails", 404, self.around()),
                    ("PUT", "/scope/gets", 405, self.around()),
                    ("GET", "/nothing", 404, self.app),
                ] {
                    let response = client.send(&request(method, target, origin));
                    response.assert_signed(status, sign.as_ref(), origin);
                }
            }
            for origin in [FRIEND, STRANGER] {
                for (method, target, unanswered) in [
                    ("PUT", "/scope/succeeds", 404),
                    ("GET", "/scope/fails", 404),
                    ("GET", "/scope/panics-never", 404),
                    ("GET", "/scope/nothing", 404),
                    ("PUT", "/scope/fails", 404),
                    ("PUT", "/scope/gets", 405),
                ] {
                    let of_handler = self.handler.filter(|_| unanswered == 404);
                    let is_route = !matches!(
                        (method, target),
                        ("GET", "/scope/nothing") | ("PUT", "/scope/fails")
                    );
                    let response = client.send(&Request::preflight(target, origin, method));
                    match (of_handler.filter(|_| is_route), self.outermost()) {
                        (Some(handler), _) => {
                            response.assert_preflight_signed(&handler, origin, method)
                        }
                        (None, Some(layer)) => {
                            response.assert_preflight_signed(&layer, origin, Sign::LAYER_METHODS)
                        }
                        (None, None) => response.assert_untouched(unanswered),
                    };
                }
            }
        }
    }

    fn layers(signs: [Sign; 3]) -> impl Iterator<Item = Option<Sign>> {
        [None].into_iter().chain(signs.map(Some))
    }

    fn check(configure: Configure, handler: Option<Sign>) {
        for app in layers(LAYER) {
            for scope in layers(SCOPE) {
                for told in [false, true] {
                    Combination { app, told, scope, handler, configure }.check();
                }
            }
        }
    }

    #[test]
    fn l4_l5_below_any_layers_an_unannotated_handler_gets_the_nearest() {
        check(plain::configure, None);
    }

    #[test]
    fn l2_an_open_handler_is_open_below_any_layers() {
        check(open::configure, Some(Sign::new(Kind::Open, "x-handler", 3)));
    }

    #[test]
    fn l1_a_strict_handler_is_strict_below_any_layers() {
        check(strict::configure, Some(HANDLER));
    }

    #[test]
    fn l3_a_closed_handler_is_closed_below_any_layers() {
        check(closed::configure, Some(Sign::new(Kind::Closed, "x-handler", 3)));
    }
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[put("/items/{id}")]
async fn strict_item() -> &'static str {
    "item"
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[get("/static")]
async fn strict_static() -> &'static str {
    "static"
}

/// Case L6: wherever the annotated handler is registered.
mod registration {
    use super::*;

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

    /// Asserts that the routes are found below the prefix and nowhere else.
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
        // With a slash more it is another path, which middleware may take for this one.
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
    fn l6_a_route_is_found_in_the_app_itself() {
        let server = Server::start(|| App::new().wrap(app_layer()).configure(all));
        assert_below(&server, "");
        assert_nowhere(&server, &["/scope"]);
    }

    #[test]
    fn l6_a_route_is_found_in_a_scope() {
        assert_scoped!(web::scope("/a").configure(all), ["/a"], ["", "/b", "/a/a", "/aa"]);
        assert_scoped!(web::scope("a/b").configure(all), ["/a/b"], ["", "/a", "/b"]);
        assert_scoped!(web::scope("").configure(all), [""], ["/a"]);
    }

    #[test]
    fn l6_a_route_is_found_in_a_scope_with_dynamic_segments() {
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
    fn l6_a_route_is_found_in_a_scope_with_a_segment_of_its_own_grammar() {
        assert_scoped!(
            web::scope("/{number:[0-9]+}").configure(all),
            ["/1", "/23"],
            ["/a", "/1a", ""]
        );
    }

    #[test]
    fn l6_scopes_that_the_grammar_of_their_segments_tells_apart_answer_for_themselves() {
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

    /// Handlers of several modules, all called `index`, as they often are.
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

    /// Another `index`, of the same path.
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
    fn l6_a_scope_whose_segment_spans_several_is_found_where_it_stands() {
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
    fn l6_patterns_of_different_grammar_are_told_apart_in_scopes_of_different_grammar() {
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
    fn l6_patterns_of_different_grammar_are_no_rivals() {
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
    fn l6_an_unannotated_pattern_of_another_grammar_is_nobody_elses() {
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
    fn l6_a_route_of_another_method_does_not_bring_a_later_one_forward() {
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
            // The map names the later one's pattern: both have to grant.
            server.send(&Request::preflight(&target, FRIEND, "GET")).assert_denied();
        }
    }

    #[test]
    fn l6_a_handler_has_rivals_only_where_they_stand_beside_it() {
        let server = Server::start(|| {
            let rivals = web::scope("/{area}").service(strict_item).service(open_item);
            App::new()
                .wrap(app_layer())
                .service(rivals)
                .service(web::scope("/a/b").service(strict_item))
        });
        // The first scope takes the path, and has nothing there.
        for origin in [FRIEND, STRANGER] {
            let response = server.send(&request("PUT", "/a/b/items/7", Some(origin)));
            assert_eq!(response.status, 404);
            assert_eq!(response.values("access-control-allow-credentials"), [""; 0]);
        }
        server.send(&Request::preflight("/a/b/items/7", STRANGER, "PUT")).assert_denied();
    }

    #[test]
    fn l6_a_resource_of_several_patterns_that_passes_a_request_on_hides_no_route() {
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
        // The map names the resource in front; the layer's own policy decides, and the route's on the
        // origin.
        server.send(&Request::preflight("/a/static", STRANGER, "GET")).assert_denied();
        let response = server.send(&Request::preflight("/a/static", FRIEND, "GET"));
        assert_eq!(response.values("access-control-allow-origin"), [FRIEND]);
    }

    #[test]
    fn l6_handlers_of_one_name_are_different_handlers() {
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

    /// A tail without a name matches nothing, and no URL can be made of it.
    #[test]
    fn l6_a_route_with_an_unnamed_tail_hides_no_other() {
        let server =
            Server::start(|| App::new().wrap(app_layer()).service(star).service(strict_static));
        assert_route(&server, "GET", "/static", &HANDLER, "GET");
        assert_route(&server, "GET", "/none", &APP, Sign::LAYER_METHODS);
    }

    #[test]
    fn l6_a_route_is_found_in_a_scope_of_a_segment_that_spans_several() {
        assert_scoped!(
            web::scope("/{path:a(?:/b)*}").configure(all),
            ["/a", "/a/b", "/a/b/b"],
            ["", "/b"]
        );
    }

    #[test]
    fn l6_a_route_is_found_in_nested_scopes() {
        assert_scoped!(
            web::scope("/a").service(
                web::scope("")
                    .service(web::scope("/{b}").service(web::scope("/v{c}").configure(all)))
            ),
            ["/a/b/v1", "/a/x/v2"],
            ["", "/a", "/a/b", "/a/b/c", "/b/x/v1"]
        );
    }

    #[test]
    fn l6_a_route_is_found_in_a_scope_whose_name_is_escaped_in_urls() {
        assert_scoped!(
            web::scope("/caf\u{e9} au lait").configure(all),
            ["/caf%C3%A9%20au%20lait", "/c%61f%c3%a9%20au%20lait"],
            ["/cafe", ""]
        );
    }

    #[test]
    fn l6_one_handler_is_found_in_every_scope_that_has_it() {
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
    fn l6_the_root_of_a_scope_is_a_route_too() {
        let server = Server::start(|| {
            let scope = web::scope("/a").service(nameless);
            App::new()
                .wrap(app_layer())
                .service(scope)
                .service(web::scope("/{b}/c").service(nameless))
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

    /// No request has an empty path, but the route may be there.
    #[test]
    fn l6_a_route_that_no_request_can_reach_hides_no_other() {
        let server =
            Server::start(|| App::new().wrap(app_layer()).service(nameless).service(strict_static));
        assert_route(&server, "GET", "/static", &HANDLER, "GET");
        assert_route(&server, "GET", "/none", &APP, Sign::LAYER_METHODS);
    }

    #[test]
    fn l6_a_route_is_found_in_a_scope_that_ends_in_a_slash() {
        let plain = || web::resource("/static").route(web::get().to(HttpResponse::Ok));
        let twin = Server::start(move || App::new().service(web::scope("/a/").service(plain())));
        let server = Server::start(|| {
            App::new().wrap(app_layer()).service(web::scope("/a/").service(strict_static))
        });
        for target in ["/a/static", "/a//static", "/a", "/a/", "/static"] {
            match twin.send(&Request::get(target)).status {
                // The route's path itself is not in normal form, and middleware may merge its slashes.
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
    fn l6_a_route_is_found_by_layers_of_scope_and_resource_alike() {
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
    fn l6_a_scope_with_too_many_dynamic_segments_still_has_its_routes() {
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
}

#[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
#[put("/items/{id}")]
async fn open_item() -> &'static str {
    "open item"
}

/// Case L6: several apps on one thread, one after another, and on several.
mod apps {
    use super::*;

    const CLOSED: Sign = Sign::new(Kind::Closed, "x-app", 1);

    async fn assert_item(app: &Local, target: &str, sign: &Sign, methods: &str, status: u16) {
        for origin in [FRIEND, STRANGER] {
            let response = app.send(preflight(target, origin, "PUT")).await;
            response.assert_preflight_signed(sign, origin, methods);
        }
        for origin in ORIGINS {
            let response = app.send(actual("PUT", target, origin)).await;
            response.assert_signed(status, Some(sign), origin);
        }
    }

    async fn strict(scope: &str) -> Local {
        let scope = web::scope(scope).service(strict_item);
        Local::start(App::new().wrap(Cors::new(CLOSED.policy())).service(scope)).await
    }

    async fn open(scope: &str) -> Local {
        let scope = web::scope(scope).service(open_item);
        Local::start(App::new().wrap(Cors::new(CLOSED.policy())).service(scope)).await
    }

    #[actix_web::test]
    async fn l6_two_apps_on_one_thread_have_routes_of_their_own() {
        let (one, other, third) = (strict("/a").await, strict("/b").await, open("/a").await);
        for _ in 0..2 {
            assert_item(&one, "/a/items/7", &HANDLER, "PUT", 200).await;
            assert_item(&one, "/b/items/7", &CLOSED, "", 404).await;
            assert_item(&other, "/b/items/7", &HANDLER, "PUT", 200).await;
            assert_item(&other, "/a/items/7", &CLOSED, "", 404).await;
            assert_item(&third, "/a/items/7", &OPEN, "PUT", 200).await;
            assert_item(&third, "/b/items/7", &CLOSED, "", 404).await;
        }
        drop(one);
        assert_item(&other, "/b/items/7", &HANDLER, "PUT", 200).await;
        let fourth = open("/b").await;
        assert_item(&fourth, "/b/items/7", &OPEN, "PUT", 200).await;
        assert_item(&third, "/a/items/7", &OPEN, "PUT", 200).await;
        assert_item(&other, "/b/items/7", &HANDLER, "PUT", 200).await;
    }

    /// The addresses that an app had are soon those of another.
    #[actix_web::test]
    async fn l6_an_app_that_is_gone_leaves_nothing_to_the_next() {
        for round in 0..500 {
            let (scope, elsewhere) = if round % 3 == 0 { ("/a", "/b") } else { ("/b", "/a") };
            let is_strict = round % 2 == 0;
            let app = if is_strict { strict(scope).await } else { open(scope).await };
            // Now and then the app goes without a request.
            if round % 7 != 0 {
                let sign = if is_strict { HANDLER } else { OPEN };
                assert_item(&app, &format!("{scope}/items/7"), &sign, "PUT", 200).await;
                assert_item(&app, &format!("{elsewhere}/items/7"), &CLOSED, "", 404).await;
            }
        }
    }

    /// A layer of an app may be met for the first time when other apps have been asked meanwhile.
    #[actix_web::test]
    async fn l6_layers_of_one_app_know_of_each_other_whatever_other_apps_are_asked() {
        async fn anew(
            request: ServiceRequest,
            next: Next<impl MessageBody + 'static>,
        ) -> Result<ServiceResponse<impl MessageBody>, Error> {
            let (request, _) = next.call(request).await?.into_parts();
            Ok(ServiceResponse::new(request, HttpResponse::Ok().finish()))
        }
        async fn layered() -> Local {
            let inner = web::scope("/a").wrap(Cors::new(CLOSED.policy())).wrap(from_fn(anew));
            Local::start(App::new().wrap(Cors::new(OPEN.policy())).service(inner)).await
        }
        for _ in 0..100 {
            let apps = [layered().await, layered().await];
            for (target, status, sign) in
                [("/b", 404, OPEN), ("/a", 200, CLOSED), ("/a", 200, CLOSED)]
            {
                for app in &apps {
                    let response = app.send(actual("GET", target, Some(STRANGER))).await;
                    response.assert_signed(status, Some(&sign), Some(STRANGER));
                }
            }
        }
    }

    /// A factory outlives the apps that it has made.
    #[actix_web::test]
    async fn l6_apps_that_share_their_configuration_share_no_routes() {
        let cors = Cors::new(CLOSED.policy());
        let with = Local::start(App::new().wrap(cors.clone()).service(strict_item)).await;
        let without = Local::start(App::new().wrap(cors)).await;
        assert_item(&without, "/items/7", &CLOSED, "", 404).await;
        assert_item(&with, "/items/7", &HANDLER, "PUT", 200).await;
        drop(with);
        assert_item(&without, "/items/7", &CLOSED, "", 404).await;
    }

    #[test]
    fn l6_every_worker_knows_the_routes() {
        const WORKERS: usize = 3;
        async fn who() -> String {
            format!("{:?}", thread::current().id())
        }
        let fleet = Fleet::start(WORKERS, || {
            App::new()
                .wrap(app_layer())
                .route("/who", web::get().to(who))
                .service(web::scope("/{tenant}").service(strict_item).service(strict_static))
        });
        for client in fleet.workers(WORKERS, &Request::get("/who")).values_mut() {
            for origin in [FRIEND, STRANGER] {
                for (target, method) in [("/a/items/7", "PUT"), ("/a/static", "GET")] {
                    let response = client.send(&Request::preflight(target, origin, method));
                    response.assert_preflight_signed(&HANDLER, origin, method);
                    let response = client.send(&request(method, target, Some(origin)));
                    response.assert_signed(200, Some(&HANDLER), Some(origin));
                }
            }
        }
    }
}

/// `Cors::scope`: policies for paths below.
mod overrides {
    use super::*;

    const ADMIN: Sign = Sign::new(Kind::Strict, "x-admin", 10);
    const PUBLIC: Sign = Sign::new(Kind::Open, "x-public", 11);
    const CLOSED: Sign = Sign::new(Kind::Closed, "x-closed", 12);

    async fn body(request: HttpRequest) -> String {
        request.match_name().unwrap_or("outside").to_owned()
    }

    fn start(cors: impl Fn() -> Cors + Clone + Send + 'static) -> Server {
        Server::start(move || App::new().wrap(cors()).default_service(web::to(HttpResponse::Ok)))
    }

    #[track_caller]
    fn assert_at(server: &Server, targets: &[&str], sign: &Sign) {
        for target in targets {
            assert_route(server, "GET", target, sign, Sign::LAYER_METHODS);
            assert_route(server, "PUT", target, sign, Sign::LAYER_METHODS);
        }
    }

    /// Asserts that only what both policies allow is allowed: the path can be read as one of each.
    #[track_caller]
    fn assert_in_common(server: &Server, targets: &[&str]) {
        for target in targets {
            server.send(&request("GET", target, None)).assert_closed(200);
            server.send(&request("GET", target, Some(STRANGER))).assert_closed(200);
            let allowed = format!("access-control-allow-origin: {FRIEND}");
            server.send(&request("GET", target, Some(FRIEND))).assert(200, [&allowed, VARY]);
            server.send(&Request::preflight(target, STRANGER, "PUT")).assert_denied();
            let response = server.send(&Request::preflight(target, FRIEND, "PUT"));
            response.assert_granted_once([
                &allowed,
                "access-control-allow-methods: PUT",
                PREFLIGHT_VARY,
            ]);
        }
    }

    #[test]
    fn a_path_is_below_by_whole_segments() {
        let server = start(|| app_layer().scope("/admin", ADMIN.policy()));
        assert_at(&server, &["/admin", "/admin/", "/admin/x", "/admin//x", "/admin/x/"], &ADMIN);
        assert_at(&server, &["/", "/adminx", "/admin.x", "/admin-", "/x/admin", "/adm"], &APP);
        assert_at(&server, &["/ADMIN", "/?/admin"], &APP);
        assert_at(&server, &["/admin?x", "/admin/?x=/y"], &ADMIN);
        assert_in_common(&server, &["//admin", "/x/../admin", "/admin/../x"]);
        assert_at(&server, &["http://api.example/admin/x", "http://api.example/admin"], &ADMIN);
        assert_at(&server, &["http://api.example/x", "http://api.example"], &APP);
    }

    #[test]
    fn a_path_is_read_as_the_router_reads_it() {
        let server = start(|| app_layer().scope("/admin", ADMIN.policy()));
        assert_at(&server, &["/%61dmin", "/%61dmin/x", "/adm%69n", "/%61%64%6D%69%6e"], &ADMIN);
        assert_at(&server, &["/admin%"], &APP);
        assert_in_common(&server, &["/%2561dmin", "/admin%2Fx", "/%2Fadmin"]);
        let server = start(|| app_layer().scope("/caf\u{e9} au lait", ADMIN.policy()));
        assert_at(&server, &["/caf%C3%A9%20au%20lait", "/caf%c3%a9%20%61u%20lait/x"], &ADMIN);
        assert_at(&server, &["/caf%C3%A9", "/caf%E9%20au%20lait"], &APP);
    }

    /// Where the router has a scope, the layer has its policy, and nowhere else.
    #[test]
    fn a_path_is_below_exactly_where_the_router_enters_a_scope_of_that_name() {
        let server = Server::start(|| {
            let scope = web::scope("/admin").default_service(web::to(async || "inside"));
            App::new()
                .wrap(app_layer().scope("/admin", ADMIN.policy()))
                .service(scope)
                .default_service(web::to(async || "outside"))
        });
        for target in [
            "/admin",
            "/admin/",
            "/admin//",
            "/admin/x",
            "/adminx",
            "/admin%2Fx",
            "/%61dmin",
            "/%61dmin%2f",
            "/admi%6E/x",
            "/Admin",
            "//admin",
            "/admin;x",
            "/admin?x",
            "/x/admin",
            "/./admin",
            "/admin/.",
            "/admin%00",
            "/admin%3Fx",
            "/admin%23",
            "/%2561dmin",
            "/admin%",
            "/admin+x",
            "/admin%2Bx",
            "/admin.",
            "/admin%20",
            "/admin%E9",
            "/admin/%E9",
            "/",
        ] {
            let response = server.send(&request("GET", target, None));
            if ["/admin%2Fx", "/%61dmin%2f", "//admin", "/./admin", "/%2561dmin"].contains(&target)
            {
                assert_in_common(&server, &[target]);
                continue;
            }
            let sign = if response.text() == "inside" { ADMIN } else { APP };
            response.assert_signed(200, Some(&sign), None);
            for origin in [FRIEND, STRANGER] {
                let response = server.send(&Request::preflight(target, origin, "PUT"));
                response.assert_preflight_signed(&sign, origin, Sign::LAYER_METHODS);
            }
        }
    }

    #[test]
    fn of_several_the_longest_wins_in_whatever_order_they_are_given() {
        let orders: [fn() -> Cors; 3] = [
            || {
                app_layer()
                    .scope("/admin", ADMIN.policy())
                    .scope("/admin/public", PUBLIC.policy())
                    .scope("/admin/public/closed", CLOSED.policy())
            },
            || {
                app_layer()
                    .scope("/admin/public/closed", CLOSED.policy())
                    .scope("/admin/public", PUBLIC.policy())
                    .scope("/admin", ADMIN.policy())
            },
            || {
                app_layer()
                    .scope("/admin/public", PUBLIC.policy())
                    .scope("/admin/public/closed", CLOSED.policy())
                    .scope("/admin", ADMIN.policy())
            },
        ];
        for order in orders {
            let server = start(order);
            assert_at(
                &server,
                &["/admin", "/admin/x", "/admin/publicity", "/admin/x/public"],
                &ADMIN,
            );
            assert_at(&server, &["/admin/public", "/admin/public/", "/admin/public/x"], &PUBLIC);
            assert_at(&server, &["/admin/public/closed", "/admin/public/closed/x"], &CLOSED);
            assert_at(&server, &["/", "/public", "/public/closed"], &APP);
        }
    }

    #[test]
    fn slashes_around_the_path_do_not_matter() {
        for path in ["/admin", "admin", "/admin/", "admin/"] {
            let server = start(move || app_layer().scope(path, ADMIN.policy()));
            assert_at(&server, &["/admin", "/admin/x", "/admin/"], &ADMIN);
            assert_at(&server, &["/", "/adminx"], &APP);
        }
    }

    #[test]
    fn the_root_is_above_everything() {
        for path in ["", "/"] {
            let server = start(move || app_layer().scope(path, ADMIN.policy()));
            assert_at(&server, &["/", "/x", "/admin/x", "//"], &ADMIN);
        }
    }

    #[test]
    fn routes_with_a_policy_of_their_own_keep_it() {
        let server = Server::start(|| {
            let scope = web::scope("/admin").service(strict_item).service(strict_static);
            let layer = app_layer().scope("/admin", PUBLIC.policy());
            App::new().wrap(layer.scope("/admin/static", CLOSED.policy())).service(scope)
        });
        assert_route(&server, "PUT", "/admin/items/7", &HANDLER, "PUT");
        assert_route(&server, "GET", "/admin/static", &HANDLER, "GET");
        assert_route(&server, "PUT", "/admin/static", &CLOSED, "");
        assert_route(&server, "GET", "/admin/other", &PUBLIC, Sign::LAYER_METHODS);
    }

    #[test]
    fn the_path_counts_from_the_root_of_the_app_in_a_scope_too() {
        let server = Server::start(|| {
            let layer = app_layer().scope("/a/b", ADMIN.policy()).scope("/b", PUBLIC.policy());
            let scope = web::scope("/a").wrap(layer).default_service(web::to(body));
            App::new().service(scope)
        });
        assert_at(&server, &["/a/b", "/a/b/c"], &ADMIN);
        assert_at(&server, &["/a/c", "/a/bb", "/a"], &APP);
    }

    #[test]
    fn without_an_override_the_outer_layer_answers_preflights_and_the_nearer_one_responds() {
        let server = Server::start(|| {
            let scope = web::scope("/a").wrap(Cors::new(ADMIN.policy()));
            App::new().wrap(app_layer()).service(scope.default_service(web::to(HttpResponse::Ok)))
        });
        for origin in [FRIEND, STRANGER] {
            let response = server.send(&Request::preflight("/a/x", origin, "PUT"));
            response.assert_preflight_signed(&APP, origin, Sign::LAYER_METHODS);
        }
        for origin in ORIGINS {
            let response = server.send(&request("PUT", "/a/x", origin));
            response.assert_signed(200, Some(&ADMIN), origin);
        }
    }
}

/// Case F7 below a layer.
mod twins {
    use super::*;

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

    /// The two services below a closed layer, registered in both orders.
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
    fn f7_two_methods_of_one_path_have_policies_of_their_own_below_a_layer() {
        for server in in_both_orders!(get_one, post_two) {
            assert_only(&server, "GET", "/x", ONE, "one");
            assert_only(&server, "POST", "/x", TWO, "two");
            assert_closed(&server, "PUT", "/x", 404);
        }
    }

    #[test]
    fn f7_an_unannotated_twin_has_the_layers_policy() {
        for server in in_both_orders!(get_one, post_plain) {
            assert_only(&server, "GET", "/x", ONE, "one");
            assert_closed(&server, "POST", "/x", 200);
        }
    }

    #[test]
    fn f7_of_overlapping_patterns_the_one_that_serves_the_request_answers_below_a_layer() {
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
    fn f7_overlapping_patterns_are_told_apart_by_method_below_a_layer() {
        let [pattern_first, static_first] = in_both_orders!(user, put_me);
        for server in [&pattern_first, &static_first] {
            assert_closed(server, "PUT", "/u/7", 404);
        }
        assert_only(&pattern_first, "GET", "/u/me", ONE, "user");
        assert_only(&static_first, "PUT", "/u/me", TWO, "put me");
        static_first.send(&Request::preflight("/u/me", ONE, "GET")).assert_denied();
        // What the map names is the pattern; what is behind it is not known to be annotated.
        let preflight = |origin| Request::preflight("/u/me", origin, "PUT");
        pattern_first.send(&preflight(TWO)).assert_denied();
        let response = pattern_first.send(&Request::new("PUT", "/u/me").origin(TWO));
        assert_eq!(
            response.assert(200, [&format!("access-control-allow-origin: {TWO}"), VARY]).text(),
            "put me"
        );
    }

    #[test]
    fn f7_a_pattern_in_one_scope_and_a_static_path_in_another_overlap() {
        let [dynamic_first, static_first] =
            in_both_orders!(web::scope("/{a}").service(me), scoped_me);
        assert_only(&dynamic_first, "GET", "/s/u/me", TWO, "me");
        assert_only(&static_first, "GET", "/s/u/me", ONE, "scoped me");
        assert_only(&static_first, "GET", "/t/u/me", TWO, "me");
    }

    #[cors(allow_origins = ["https://one.example"])]
    #[get("/s/u/me")]
    async fn scoped_me() -> &'static str {
        "scoped me"
    }

    /// The map names the route without annotation.
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

    /// A layer that grants what any route does: what no route takes is its.
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
    fn routes_with_guards_have_something_without_annotation_behind_them() {
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
    fn rivals_told_apart_by_guards_grant_only_what_all_of_them_grant() {
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
    fn a_rival_alone_in_a_method_answers_alone() {
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
    fn each_rival_responds_by_its_own_policy() {
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
    fn an_open_rival_opens_nothing() {
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
        // The open one takes all requests.
        assert_eq!(open_first.send(&put(STRANGER)).status, 204);
        let [open_first, closed_first] = in_both_orders!(rival_open, rival_closed);
        assert_eq!(open_first.send(&put(ONE)).status, 204);
        closed_first.send(&put(ONE)).assert_denied();
    }

    #[test]
    fn a_third_rival_is_asked_too() {
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

    /// The preflight can't tell which of the two it is for, and the second would be written to.
    #[test]
    fn patterns_that_differ_in_a_segments_name_alone_are_rivals_all_the_same() {
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
    fn they_are_rivals_where_the_guards_of_scopes_tell_them_apart() {
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
    fn a_route_whose_guard_may_pass_the_request_on_grants_nothing_that_the_next_would_deny() {
        let server =
            Server::start(|| App::new().service(guarded_open).service(closed_static_behind));
        let response = server.send(&Request::new("PUT", "/g/me").origin(STRANGER));
        assert_eq!(response.assert_closed(200).text(), "closed");
        server.send(&Request::preflight("/g/me", STRANGER, "PUT")).assert_denied();
    }
}

/// Case F2 below a layer: what accepts every method accepts OPTIONS too.
mod any_method {
    use super::*;

    #[cors(allow_origins = ["https://friend.example"])]
    #[get("/pay")]
    async fn read() -> &'static str {
        "read"
    }

    #[test]
    fn f2_no_handler_of_any_method_runs_on_a_preflight_below_a_layer() {
        let calls = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&calls);
        let server = Server::start(move || {
            let counter = Arc::clone(&counter);
            let count = move || {
                counter.fetch_add(1, Ordering::Relaxed);
                async { "ran" }
            };
            App::new()
                .wrap(app_layer().scope("/closed", Policy::same_origin()))
                .service(web::resource("/pay").to(count.clone()))
                .service(read)
                .route("/routed", web::to(count.clone()))
                .service(
                    web::scope("/scope")
                        .wrap(Cors::new(Sign::new(Kind::Open, "x-scope", 2).policy()))
                        .service(read)
                        .default_service(web::to(count.clone())),
                )
                .service(web::scope("/closed").default_service(web::to(count.clone())))
                .default_service(web::to(count))
        });
        for target in
            ["/pay", "/routed", "/scope", "/scope/pay", "/scope/x", "/closed/x", "/", "/x", "*"]
        {
            for origin in [FRIEND, STRANGER, "null", "", "?"] {
                for method in ["GET", "POST", "PUT", "PATCH", "OPTIONS", "get", "", "?"] {
                    server.send(&Request::preflight(target, origin, method));
                }
            }
        }
        assert_eq!(calls.load(Ordering::Relaxed), 0);
        for target in ["/pay", "/routed", "/scope/x", "/closed/x", "/x"] {
            let before = calls.load(Ordering::Relaxed);
            server.send(&Request::new("OPTIONS", target).origin(FRIEND));
            server.send(&Request::new("OPTIONS", target).asks_method("PUT"));
            assert_eq!(calls.load(Ordering::Relaxed), before + 2, "{target} takes other OPTIONS");
        }
    }

    #[test]
    fn f2_a_resource_of_any_method_answers_by_the_policy_of_its_layers() {
        let server = Server::start(|| {
            App::new()
                .wrap(app_layer())
                .service(read)
                .service(web::resource("/pay").to(HttpResponse::Ok))
        });
        let response = server.send(&Request::preflight("/pay", STRANGER, "POST"));
        response.assert_preflight_signed(&APP, STRANGER, Sign::LAYER_METHODS);
        server.send(&Request::preflight("/pay", STRANGER, "GET")).assert_denied();
    }
}

/// `#[cors]` on a module.
mod modules {
    use super::*;

    const MODULE: Sign = Sign::new(Kind::Strict, "x-module", 5);
    const OWN: Sign = Sign::new(Kind::Open, "x-own", 6);
    const INNER: Sign = Sign::new(Kind::Open, "x-inner", 7);
    const CLOSED: Sign = Sign::new(Kind::Closed, "", 0);

    static SHARED: LazyLock<Policy> = LazyLock::new(|| MODULE.policy());

    #[cors(
        allow_origins = ["https://friend.example"],
        expose_headers = ["x-module"],
        allow_credentials,
        max_age = 5,
    )]
    mod written {
        use super::*;

        #[put("/written")]
        pub(super) async fn handler() -> &'static str {
            help()
        }

        #[cors(allow_origins = any, expose_headers = ["x-own"], max_age = 6)]
        #[put("/written/own")]
        pub(super) async fn own() -> &'static str {
            help()
        }

        #[cors_actix::cors(same_origin)]
        #[put("/written/closed")]
        pub(super) async fn closed() -> &'static str {
            help()
        }

        #[routes]
        #[get("/written/several/a")]
        #[put("/written/several/b")]
        pub(super) async fn several() -> &'static str {
            help()
        }

        #[actix_web::route("/written/routed", method = "PUT")]
        pub(super) async fn routed() -> &'static str {
            help()
        }

        fn help() -> &'static str {
            "written"
        }

        pub(super) mod nested {
            use super::*;

            #[put("/written/nested")]
            pub(in super::super) async fn handler() -> &'static str {
                help()
            }

            pub(in super::super) mod deeper {
                use super::*;

                #[put("/written/deeper")]
                pub(in super::super::super) async fn handler() -> &'static str {
                    help()
                }
            }
        }

        #[cors(allow_origins = any, expose_headers = ["x-inner"], max_age = 7)]
        pub(super) mod inner {
            use super::*;

            #[put("/written/inner")]
            pub(in super::super) async fn handler() -> &'static str {
                help()
            }

            #[cors(same_origin)]
            #[put("/written/inner/closed")]
            pub(in super::super) async fn closed() -> &'static str {
                help()
            }
        }
    }

    /// The expression speaks of what is in scope outside of the module.
    #[cors(policy = SHARED)]
    mod by_name {
        use super::{cors, put, web};

        #[put("/by-name")]
        async fn handler() -> &'static str {
            "by name"
        }

        #[cors(same_origin)]
        #[put("/by-name/closed")]
        async fn closed() -> &'static str {
            "by name"
        }

        mod nested {
            use super::put;

            #[put("/by-name/nested")]
            pub(super) async fn handler() -> &'static str {
                "by name"
            }
        }

        pub(super) fn configure(config: &mut web::ServiceConfig) {
            config.service(handler).service(closed).service(nested::handler);
        }
    }

    #[cors(policy = SHARED)]
    #[scope("/scoped")]
    mod cors_outside {
        use super::*;

        #[put("/outside")]
        pub(super) async fn handler() -> &'static str {
            "outside"
        }

        #[cors(allow_origins = any, expose_headers = ["x-own"], max_age = 6)]
        #[put("/outside/own")]
        pub(super) async fn own() -> &'static str {
            "outside"
        }
    }

    #[scope("/scoped")]
    #[cors(policy = SHARED)]
    mod cors_inside {
        use super::*;

        #[put("/inside")]
        pub(super) async fn handler() -> &'static str {
            "inside"
        }

        #[cors(same_origin)]
        #[put("/inside/closed")]
        pub(super) async fn closed() -> &'static str {
            "inside"
        }
    }

    #[cors(same_origin)]
    mod closed {
        use super::*;

        #[put("/closed")]
        pub(super) async fn handler() -> &'static str {
            "closed"
        }

        #[cors(allow_origins = any, expose_headers = ["x-own"], max_age = 6)]
        #[put("/closed/own")]
        pub(super) async fn own() -> &'static str {
            "closed"
        }
    }

    fn all(config: &mut web::ServiceConfig) {
        config
            .service(written::handler)
            .service(written::own)
            .service(written::closed)
            .service(written::several)
            .service(written::routed)
            .service(written::nested::handler)
            .service(written::nested::deeper::handler)
            .service(written::inner::handler)
            .service(written::inner::closed)
            .configure(by_name::configure)
            .service(cors_outside::handler)
            .service(cors_outside::own)
            .service(cors_inside::handler)
            .service(cors_inside::closed)
            .service(closed::handler)
            .service(closed::own);
    }

    #[test]
    fn every_route_of_a_module_gets_its_policy_unless_it_has_its_own() {
        let bare = Server::start(|| App::new().configure(all));
        let layered = Server::start(|| App::new().wrap(app_layer()).configure(all));
        for server in [bare, layered] {
            for (target, sign) in [
                ("/written", MODULE),
                ("/written/own", OWN),
                ("/written/closed", CLOSED),
                ("/written/routed", MODULE),
                ("/written/nested", MODULE),
                ("/written/deeper", MODULE),
                ("/written/inner", INNER),
                ("/written/inner/closed", CLOSED),
                ("/by-name", MODULE),
                ("/by-name/closed", CLOSED),
                ("/by-name/nested", MODULE),
                ("/scoped/outside", MODULE),
                ("/scoped/outside/own", OWN),
                ("/scoped/inside", MODULE),
                ("/scoped/inside/closed", CLOSED),
                ("/closed", CLOSED),
                ("/closed/own", OWN),
            ] {
                assert_route(&server, "PUT", target, &sign, "PUT");
            }
            assert_route(&server, "GET", "/written/several/a", &MODULE, "GET");
            assert_route(&server, "PUT", "/written/several/b", &MODULE, "PUT");
        }
    }
}

/// Case L8: code that writes headers of its own, and gateways that have the last word.
mod authority {
    use super::*;

    async fn own_headers() -> HttpResponse {
        HttpResponse::Ok()
            .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example"))
            .insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, "x-own"))
            .insert_header(("access-control-allow-private-network", "true"))
            .insert_header((header::ACCESS_CONTROL_MAX_AGE, "7"))
            .insert_header((header::VARY, "Accept"))
            .finish()
    }

    async fn own_wildcard() -> HttpResponse {
        HttpResponse::ImATeapot()
            .append_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
            .append_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://two.example"))
            .append_header((header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"))
            .finish()
    }

    #[cors(allow_origins = any, expose_headers = ["x-open"])]
    #[route("/annotated", method = "GET", method = "PUT")]
    async fn annotated() -> HttpResponse {
        own_headers().await
    }

    fn services(config: &mut web::ServiceConfig) {
        config
            .service(annotated)
            .service(strict_item)
            .route("/own", web::get().to(own_headers))
            .route("/wildcard", web::get().to(own_wildcard));
    }

    const OWN: [&str; 5] = [
        "access-control-allow-origin: https://own.example",
        "access-control-expose-headers: x-own",
        "access-control-allow-private-network: true",
        "access-control-max-age: 7",
        "vary: Accept",
    ];

    #[test]
    fn l8_a_handler_that_writes_its_own_headers_keeps_them_alone() {
        let layered = Server::start(|| App::new().wrap(app_layer()).configure(services));
        let twice = Server::start(|| {
            let scope = web::scope("").wrap(Cors::new(HANDLER.policy())).configure(services);
            App::new().wrap(app_layer()).service(scope)
        });
        let closed =
            Server::start(|| App::new().wrap(Cors::new(Policy::same_origin())).configure(services));
        for server in [layered, twice, closed] {
            for origin in ORIGINS {
                for target in ["/own", "/annotated"] {
                    server.send(&request("GET", target, origin)).assert(200, OWN);
                }
            }
        }
    }

    #[test]
    fn l8_the_word_of_an_authoritative_layer_is_the_last() {
        let gate = Sign::new(Kind::Strict, "x-gate", 9);
        let server = Server::start(move || {
            let scope = web::scope("").wrap(app_layer()).configure(services);
            let route = web::scope("/closed").wrap(app_layer()).configure(services);
            let gate = Cors::new(gate.policy()).scope("/closed", Policy::same_origin());
            App::new().wrap(gate.authoritative()).service(route).service(scope)
        });
        let accept = |lines: Vec<String>| lines.into_iter().chain(["vary: Accept".to_owned()]);
        for origin in ORIGINS {
            for target in ["/own", "/annotated"] {
                let response = server.send(&request("GET", target, origin));
                let mut lines: Vec<_> = accept(gate.lines(origin)).collect();
                // What the handler has written comes first.
                let first = lines.pop().into_iter();
                response.assert(200, first.chain(lines));
                let response = server.send(&request("GET", &format!("/closed{target}"), origin));
                response.assert(200, ["vary: Accept", VARY]);
            }
            let response = server.send(&request("GET", "/wildcard", origin));
            response.assert_signed(418, Some(&gate), origin);
            let response = server.send(&request("GET", "/closed/wildcard", origin));
            response.assert_closed(418);
            let response = server.send(&request("PUT", "/items/7", origin));
            response.assert_signed(200, Some(&gate), origin);
            let response = server.send(&request("GET", "/none", origin));
            response.assert_signed(404, Some(&gate), origin);
        }
        for origin in [FRIEND, STRANGER] {
            for (target, method) in [("/annotated", "PUT"), ("/items/7", "PUT"), ("/none", "GET")] {
                let response = server.send(&Request::preflight(target, origin, method));
                response.assert_preflight_signed(&gate, origin, Sign::LAYER_METHODS);
                let target = format!("/closed{target}");
                server.send(&Request::preflight(&target, origin, method)).assert_denied();
            }
        }
    }

    #[test]
    fn an_open_authoritative_layer_opens_what_is_closed_below() {
        let server = Server::start(|| {
            let scope = web::scope("").wrap(Cors::new(Policy::same_origin())).configure(services);
            App::new().wrap(app_layer().authoritative()).service(scope)
        });
        for origin in ORIGINS {
            for (method, target) in [("PUT", "/items/7"), ("GET", "/none")] {
                let response = server.send(&request(method, target, origin));
                let lines = response.cors_lines();
                for line in APP.lines(origin) {
                    assert!(lines.contains(&line), "{line} is missing in {lines:?}");
                }
                assert_eq!(response.values("access-control-allow-origin"), ["*"]);
                assert_eq!(response.values("access-control-allow-credentials"), [""; 0]);
            }
        }
    }

    async fn varies_by_origin() -> HttpResponse {
        HttpResponse::Ok().insert_header((header::VARY, "Origin")).finish()
    }

    async fn varies_by_all() -> HttpResponse {
        HttpResponse::Ok().insert_header((header::VARY, "*")).finish()
    }

    async fn fails_and_varies() -> Result<HttpResponse, Error> {
        let response = HttpResponse::Conflict().insert_header((header::VARY, "Origin")).finish();
        Err(error::InternalError::from_response("conflict", response).into())
    }

    async fn pass_errors(
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        let response = next.call(request).await?;
        match response.response().error() {
            Some(_) => {
                let response =
                    HttpResponse::Conflict().insert_header((header::VARY, "Origin")).finish();
                Err(error::InternalError::from_response("conflict", response).into())
            }
            None => Ok(response),
        }
    }

    /// A nearer layer that has nothing to add has decided all the same.
    #[test]
    fn what_a_nearer_layer_closes_stays_closed_though_the_response_varied_by_origin_before() {
        let closed = || Cors::new(Policy::same_origin());
        let server = Server::start(move || {
            let scope = web::scope("")
                .wrap(from_fn(pass_errors))
                .wrap(closed())
                .route("/origin", web::get().to(varies_by_origin))
                .route("/all", web::get().to(varies_by_all))
                .route("/fails", web::get().to(fails_and_varies));
            App::new().wrap(app_layer()).service(scope)
        });
        for origin in ORIGINS {
            server.send(&request("GET", "/origin", origin)).assert(200, ["vary: Origin"]);
            server.send(&request("GET", "/all", origin)).assert(200, ["vary: *"]);
            server.send(&request("GET", "/fails", origin)).assert(409, ["vary: Origin"]);
        }
    }
}

/// What a client sends on its first request must not matter to the next.
mod hosts {
    use super::*;

    const HOSTS: [&str; 18] = [
        "a b",
        "",
        "[",
        "a:b",
        "a:99999",
        "%",
        "<",
        "a/b",
        "a?b",
        "a#b",
        "a\\b",
        "\u{fc}",
        "*",
        "::1",
        "web.1",
        "a, a",
        "[fe80::1%25eth0]",
        "256.256.256.256",
    ];

    async fn app() -> Local {
        let api = web::scope("/api").service(strict_item).service(strict_static);
        let tenants = web::scope("/{tenant}/v{n}").service(strict_item).service(strict_static);
        Local::start(App::new().wrap(app_layer()).service(api).service(tenants)).await
    }

    /// Each is part of the URL of a request, by which no route may be found or missed.
    fn spoilt() -> Vec<(&'static str, String)> {
        let forwarded = HOSTS.map(|host| ("forwarded", format!("host=\"{host}\"")));
        let schemes =
            ["", "a b", "file", "mailto", "mailto:x", "data:,", "javascript", "http:x?", "1"];
        let mut all: Vec<_> = HOSTS.map(|host| ("host", host.to_owned())).into();
        all.extend(HOSTS.map(|host| ("x-forwarded-host", host.to_owned())));
        all.extend(forwarded);
        all.extend(schemes.map(|scheme| ("x-forwarded-proto", scheme.to_owned())));
        all.extend(schemes.map(|scheme| ("forwarded", format!("proto=\"{scheme}\""))));
        all
    }

    const ROUTES: [(&str, &str); 4] = [
        ("PUT", "/api/items/7"),
        ("GET", "/api/static"),
        ("PUT", "/t/v1/items/7"),
        ("GET", "/t/v1/static"),
    ];

    async fn assert_sound(app: &Local) {
        for (method, target) in ROUTES {
            for origin in [FRIEND, STRANGER] {
                let response = app.send(preflight(target, origin, method)).await;
                response.assert_preflight_signed(&HANDLER, origin, method);
            }
            for origin in ORIGINS {
                let response = app.send(actual(method, target, origin)).await;
                response.assert_signed(200, Some(&HANDLER), origin);
            }
        }
        for (method, target) in [("GET", "/api/items/7"), ("GET", "/items/7"), ("GET", "/static")] {
            let response = app.send(preflight(target, STRANGER, method)).await;
            response.assert_preflight_signed(&APP, STRANGER, Sign::LAYER_METHODS);
        }
    }

    #[actix_web::test]
    async fn routes_are_known_whatever_host_the_first_request_names() {
        for (name, value) in spoilt() {
            for (method, target) in ROUTES {
                let app = app().await;
                let spoil = |request: TestRequest| {
                    let value = header::HeaderValue::from_bytes(value.as_bytes()).unwrap();
                    request.insert_header((header::HeaderName::from_static(name), value))
                };
                for origin in [FRIEND, STRANGER] {
                    let first = app.send(spoil(preflight(target, origin, method))).await;
                    first.assert_preflight_signed(&HANDLER, origin, method);
                }
                let response = app.send(spoil(actual(method, target, Some(STRANGER)))).await;
                response.assert_closed(200);
                assert_sound(&app).await;
            }
        }
    }

    /// As middleware does that learns the client's address from a proxy.
    #[actix_web::test]
    async fn learning_the_routes_leaves_no_connection_info_in_the_request() {
        let app = App::new().wrap(from_fn(proxied::correct)).wrap(app_layer()).service(strict_item);
        let app = Local::start(app.default_service(web::to(proxied::address))).await;
        let forged = actual("GET", "/", None).insert_header(("x-forwarded-for", "6.6.6.6"));
        let response = app.send(forged).await;
        assert_eq!(response.text(), proxied::ADDRESS);
    }

    #[actix_web::test]
    async fn a_malformed_host_on_the_first_actual_request_spoils_nothing() {
        for (name, value) in spoilt() {
            let app = app().await;
            let value = header::HeaderValue::from_bytes(value.as_bytes()).unwrap();
            let name = header::HeaderName::from_static(name);
            let request = actual("GET", "/none", Some(STRANGER)).insert_header((name, value));
            app.send(request).await.assert_signed(404, Some(&APP), Some(STRANGER));
            assert_sound(&app).await;
        }
    }

    #[actix_web::test]
    async fn a_missing_host_is_no_obstacle() {
        let app = app().await;
        assert_sound(&app).await;
    }

    #[actix_web::test]
    async fn a_malformed_host_is_no_obstacle_where_nothing_is_annotated() {
        let app = Local::start(App::new().wrap(app_layer())).await;
        let request = preflight("/", STRANGER, "GET").insert_header(("host", "a b"));
        let response = app.send(request).await;
        response.assert_preflight_signed(&APP, STRANGER, Sign::LAYER_METHODS);
    }
}

/// The names and patterns of resources are those of the same app without `#[cors]`.
mod names {
    use super::*;

    async fn describe(request: HttpRequest) -> String {
        let names = ["item", "items", "deep", "renamed", "overlapping", "me", "post_item"];
        let urls = names.map(|name| match request.url_for(name, ["1", "2", "3"]) {
            Ok(url) => format!("{name}={url}"),
            Err(error) => format!("{name}={error}"),
        });
        format!(
            "{:?} {:?} {:?} {} {:?}",
            request.match_name(),
            request.match_pattern(),
            request.match_info().iter().collect::<Vec<_>>(),
            request.resource_map().has_resource(request.path()),
            urls,
        )
    }

    macro_rules! app {
        ($module:ident $(, #[$cors:meta])?) => {
            mod $module {
                use super::*;

                $(#[$cors])?
                #[put("/items/{id}")]
                async fn item(request: HttpRequest) -> String {
                    describe(request).await
                }

                $(#[$cors])?
                #[get("/items")]
                async fn items(request: HttpRequest) -> String {
                    describe(request).await
                }

                $(#[$cors])?
                #[post("/items")]
                async fn post_item(request: HttpRequest) -> String {
                    describe(request).await
                }

                $(#[$cors])?
                #[get("/deep/{tail:.*}", name = "renamed")]
                async fn deep(request: HttpRequest) -> String {
                    describe(request).await
                }

                $(#[$cors])?
                #[get("/u/{id}")]
                async fn overlapping(request: HttpRequest) -> String {
                    describe(request).await
                }

                $(#[$cors])?
                #[put("/u/me")]
                async fn me(request: HttpRequest) -> String {
                    describe(request).await
                }

                fn services(config: &mut web::ServiceConfig) {
                    config
                        .service(item)
                        .service(items)
                        .service(post_item)
                        .service(deep)
                        .service(me)
                        .service(overlapping);
                }

                pub(super) fn configure(config: &mut web::ServiceConfig) {
                    let nested = web::scope("/{b}").configure(services);
                    config
                        .service(web::scope("/a").service(nested))
                        .configure(services)
                        .external_resource("outside", "https://outside.example/{x}")
                        .default_service(web::to(describe));
                }
            }
        };
    }

    app!(plain);
    app!(annotated, #[cors(allow_origins = any)]);

    fn servers() -> [Server; 2] {
        [
            Server::start(|| App::new().configure(plain::configure)),
            Server::start(|| App::new().configure(annotated::configure)),
        ]
    }

    fn describe_both(method: &str, target: &str) -> [String; 2] {
        servers().map(|server| server.send(&Request::new(method, target)).text())
    }

    /// What code around the router is told, as it is by spans and metrics.
    async fn tell(
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        let told = |request: &HttpRequest| {
            let told = format!("{:?} {:?}", request.match_name(), request.match_pattern());
            header::HeaderValue::from_str(&told).map_err(error::ErrorInternalServerError)
        };
        let before = told(request.request())?;
        let mut response = next.call(request).await?;
        let after = told(response.request())?;
        response.headers_mut().insert(header::HeaderName::from_static("x-before"), before);
        response.headers_mut().insert(header::HeaderName::from_static("x-after"), after);
        Ok(response)
    }

    #[test]
    fn code_around_the_router_is_told_the_same_names_and_patterns() {
        let servers = [
            Server::start(|| App::new().wrap(from_fn(tell)).configure(plain::configure)),
            Server::start(|| App::new().wrap(from_fn(tell)).configure(annotated::configure)),
        ];
        for (method, target) in [
            ("PUT", "/items/7"),
            ("GET", "/deep/x/y"),
            ("GET", "/u/7"),
            ("PUT", "/a/1/items/7"),
            ("GET", "/items"),
            ("PUT", "/u/me"),
            ("GET", "/none"),
            ("PATCH", "/items/7"),
            ("GET", "/items/7/cors-actix"),
            ("GET", "/cors-actix"),
        ] {
            let [plain, annotated] = servers.each_ref().map(|server| {
                let response = server.send(&Request::new(method, target));
                ["x-before", "x-after"].map(|name| response.values(name).concat())
            });
            assert_eq!(annotated, plain, "{method} {target}");
        }
    }

    #[test]
    fn an_annotated_route_has_the_names_urls_and_patterns_of_a_plain_one() {
        for (method, target) in [
            ("PUT", "/items/7"),
            ("GET", "/deep/x/y"),
            ("GET", "/u/7"),
            ("PUT", "/a/1/items/7"),
            ("GET", "/a/1/deep/x/y"),
            ("GET", "/a/1/u/7"),
            ("GET", "/items"),
            ("GET", "/a/b/items"),
            ("PUT", "/u/me"),
            ("GET", "/none"),
            ("GET", "/a/none"),
            ("PUT", "/deep/x"),
        ] {
            let [plain, annotated] = describe_both(method, target);
            assert_eq!(annotated, plain, "{method} {target}");
        }
    }

    /// A known limit: actix-web looks by path alone for what an annotated route's match is called.
    #[test]
    fn of_annotated_routes_on_one_path_all_have_the_name_of_the_first() {
        for (method, target, first, own) in [
            ("POST", "/items", "items", "post_item"),
            ("GET", "/u/me", "me", "overlapping"),
            ("POST", "/a/b/items", "items", "post_item"),
        ] {
            let [plain, annotated] = describe_both(method, target);
            let named = |name: &str| format!("Some(\"{name}\")");
            assert!(plain.starts_with(&named(own)), "{plain}");
            assert!(annotated.starts_with(&named(first)), "{annotated}");
        }
    }

    #[test]
    fn a_reserved_name_leads_to_no_route() {
        let server = Server::start(|| App::new().wrap(app_layer()).service(strict_static));
        for target in ["/cors-actix:0", "/cors-actix/0", "/cors-actix"] {
            server.send(&Request::get(target)).assert_signed(404, Some(&APP), None);
        }
    }

    #[test]
    fn annotated_routes_of_one_name_make_urls_as_plain_ones_do() {
        #[cors(allow_origins = any)]
        #[routes]
        #[get("/one")]
        #[get("/two")]
        async fn both(request: HttpRequest) -> String {
            format!("{:?}", request.url_for_static("both"))
        }

        mod plain {
            use super::*;

            #[routes]
            #[get("/one")]
            #[get("/two")]
            async fn both(request: HttpRequest) -> String {
                format!("{:?}", request.url_for_static("both"))
            }

            pub(super) fn configure(config: &mut web::ServiceConfig) {
                config.service(both);
            }
        }

        let with = Server::start(|| App::new().service(both));
        let without = Server::start(|| App::new().configure(plain::configure));
        for target in ["/one", "/two"] {
            let [with, without] =
                [&with, &without].map(|server| server.send(&Request::get(target)).text());
            assert_eq!(with, without);
        }
    }
}

/// An annotated route of which all is static takes no more of the router than any other.
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
