//! Other middleware outside of, between and inside of layers, and the warnings for orders that cannot work.

use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    http::{StatusCode, Uri, header},
    middleware::{
        Compress, Condition, DefaultHeaders, ErrorHandlerResponse, ErrorHandlers, Logger, Next,
        NormalizePath, TrailingSlash, from_fn,
    },
    put, web,
};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server, VARY, journal,
    sign::{FRIEND, Kind, STRANGER, Sign},
};
use log::Level;

const APP: Sign = Sign::new(Kind::Open, "x-app", 1);
const SCOPE: Sign = Sign::new(Kind::Strict, "x-scope", 2);
const HANDLER: Sign = Sign::new(Kind::Strict, "x-handler", 3);

const ORIGINS: [Option<&str>; 3] = [Some(FRIEND), Some(STRANGER), None];

fn app_layer() -> Cors {
    Cors::new(APP.policy())
}

fn scope_layer() -> Cors {
    Cors::new(SCOPE.policy())
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[get("/annotated")]
async fn annotated() -> String {
    "annotated ".repeat(100)
}

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-handler"],
    allow_credentials,
    max_age = 3,
)]
#[put("/annotated/{id}")]
async fn failing() -> Result<HttpResponse, Error> {
    Err(error::ErrorImATeapot("failing"))
}

#[get("/plain")]
async fn plain() -> String {
    "plain ".repeat(100)
}

#[put("/plain")]
async fn plain_failing() -> Result<HttpResponse, Error> {
    Err(error::ErrorImATeapot("failing"))
}

fn routes(config: &mut web::ServiceConfig) {
    config.service(annotated).service(failing).service(plain).service(plain_failing);
}

/// Method, path, status and policy of the routes, and of a path without a route.
const ROUTES: [(&str, &str, u16, Sign); 6] = [
    ("GET", "/annotated", 200, HANDLER),
    ("PUT", "/annotated/7", 418, HANDLER),
    ("GET", "/plain", 200, APP),
    ("PUT", "/plain", 418, APP),
    ("GET", "/none", 404, APP),
    ("DELETE", "/annotated", 404, APP),
];

fn request(method: &str, target: &str, origin: Option<&str>) -> Request {
    let request = Request::new(method, target);
    origin.into_iter().fold(request, Request::origin)
}

fn methods_of(sign: &Sign, method: &'static str) -> &'static str {
    if *sign == HANDLER { method } else { Sign::LAYER_METHODS }
}

/// Asserts the responses of the routes and the answers to their preflights. Responses to actual requests also
/// have the lines `more`.
#[track_caller]
fn assert_routes(server: &Server, prefix: &str, more: &[&str]) {
    let mut client = server.connect();
    for (method, path, status, sign) in ROUTES {
        let target = format!("{prefix}{path}");
        for origin in [FRIEND, STRANGER] {
            let response = client.send(&Request::preflight(&target, origin, method));
            response.assert_preflight_signed(&sign, origin, methods_of(&sign, method));
        }
        for origin in ORIGINS {
            let response = client.send(&request(method, &target, origin));
            let mut lines = sign.lines(origin);
            lines.extend(more.iter().map(|line| (*line).to_owned()));
            let mut found = response.cors_lines();
            lines.sort();
            found.sort();
            assert_eq!((response.status, found), (status, lines), "{}", response.request);
        }
    }
}

/// Tests the same middleware in every place around a layer on the app, and between the layer and a scope.
macro_rules! assert_in_every_place {
    ($middleware:expr, $more:expr) => {{
        let inside =
            Server::start(|| App::new().wrap($middleware).wrap(app_layer()).configure(routes));
        assert_routes(&inside, "", $more);
        let outside =
            Server::start(|| App::new().wrap(app_layer()).wrap($middleware).configure(routes));
        assert_routes(&outside, "", $more);
        let both = Server::start(|| {
            App::new().wrap($middleware).wrap(app_layer()).wrap($middleware).configure(routes)
        });
        assert_routes(&both, "", $more);
        let between = Server::start(|| {
            let scope = web::scope("/scope").wrap($middleware).configure(routes);
            App::new().wrap(app_layer()).service(scope)
        });
        assert_routes(&between, "/scope", $more);
        let on_scope = Server::start(|| {
            let scope = web::scope("/scope").wrap(app_layer()).wrap($middleware);
            App::new().service(scope.configure(routes))
        });
        assert_routes(&on_scope, "/scope", $more);
    }};
}

mod neighbours {
    use super::*;

    #[test]
    fn a_logger_changes_nothing() {
        assert_in_every_place!(Logger::default(), &[]);
    }

    #[test]
    fn normalization_of_normal_paths_changes_nothing() {
        let _alone = Warnings::watch();
        assert_in_every_place!(NormalizePath::trim(), &[]);
        assert_in_every_place!(NormalizePath::new(TrailingSlash::MergeOnly), &[]);
    }

    #[test]
    fn a_condition_changes_nothing() {
        assert_in_every_place!(Condition::new(true, Logger::default()), &[]);
        assert_in_every_place!(Condition::new(false, Logger::default()), &[]);
    }

    #[test]
    fn default_headers_are_merged() {
        assert_in_every_place!(DefaultHeaders::new().add(("x-version", "1")), &[]);
        let inside = Server::start(|| {
            App::new()
                .wrap(DefaultHeaders::new().add((header::VARY, "Accept")))
                .wrap(app_layer())
                .service(plain)
        });
        let response = inside.send(&request("GET", "/plain", Some(STRANGER)));
        response.assert(200, APP.lines(None).into_iter().chain(["vary: Accept".to_owned()]));
    }

    /// Headers of `DefaultHeaders` inside of the layer count as headers of the handler.
    #[test]
    fn default_headers_with_an_allowed_origin_count_only_inside_a_layer() {
        let server = Server::start(|| {
            App::new()
                .wrap(
                    DefaultHeaders::new()
                        .add((header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example")),
                )
                .wrap(scope_layer())
                .configure(routes)
        });
        let own = ["access-control-allow-origin: https://own.example"];
        for origin in ORIGINS {
            server.send(&request("GET", "/plain", origin)).assert(200, own);
        }
        // The annotated route has allowed the origin before.
        let response = server.send(&request("GET", "/annotated", Some(FRIEND)));
        response.assert(200, HANDLER.lines(Some(FRIEND)));
    }

    #[test]
    fn compressed_responses_vary_by_encoding_and_origin() {
        let start = [
            Server::start(|| {
                App::new().wrap(Compress::default()).wrap(app_layer()).configure(routes)
            }),
            Server::start(|| {
                App::new().wrap(app_layer()).wrap(Compress::default()).configure(routes)
            }),
            Server::start(|| {
                let scope = web::scope("").wrap(Compress::default()).configure(routes);
                App::new().wrap(app_layer()).service(scope)
            }),
        ];
        for server in start {
            assert_routes(&server, "", &[]);
            for origin in ORIGINS {
                for (target, sign) in [("/plain", APP), ("/annotated", HANDLER)] {
                    let gzip = request("GET", target, origin).line("Accept-Encoding", "gzip");
                    let response = server.send(&gzip);
                    assert_eq!(response.values("content-encoding"), ["gzip"]);
                    let mut found = response.cors_lines();
                    let mut lines = sign.lines(origin);
                    lines.push("vary: accept-encoding".to_owned());
                    found.sort();
                    lines.sort();
                    assert_eq!(found, lines, "{}", response.request);
                }
            }
        }
    }

    fn in_place<B>(mut response: ServiceResponse<B>) -> actix_web::Result<ErrorHandlerResponse<B>> {
        let name = header::HeaderName::from_static("x-error");
        response.headers_mut().insert(name, header::HeaderValue::from_static("1"));
        Ok(ErrorHandlerResponse::Response(response.map_into_left_body()))
    }

    fn other_body<B>(response: ServiceResponse<B>) -> actix_web::Result<ErrorHandlerResponse<B>> {
        let (request, response) = response.into_parts();
        let response = response.set_body("other body".to_owned()).map_into_boxed_body();
        let response = ServiceResponse::new(request, response).map_into_right_body();
        Ok(ErrorHandlerResponse::Response(response))
    }

    fn other_response<B>(
        response: ServiceResponse<B>,
    ) -> actix_web::Result<ErrorHandlerResponse<B>> {
        let status = response.status();
        let (request, _) = response.into_parts();
        let response = HttpResponse::build(status).body("other response");
        Ok(ErrorHandlerResponse::Response(
            ServiceResponse::new(request, response).map_into_right_body(),
        ))
    }

    #[test]
    fn error_handlers_that_keep_the_response_change_nothing() {
        assert_in_every_place!(ErrorHandlers::new().default_handler(in_place), &[]);
        let outside = Server::start(|| {
            App::new()
                .wrap(app_layer())
                .wrap(ErrorHandlers::new().handler(StatusCode::IM_A_TEAPOT, other_body))
                .configure(routes)
        });
        assert_routes(&outside, "", &[]);
        assert_in_every_place!(
            ErrorHandlers::new().handler(StatusCode::IM_A_TEAPOT, in_place),
            &[]
        );
    }

    /// The layer is the innermost around the code that has made such a response. But a response that the route
    /// has denied stays denied, also for a request without `Origin`.
    #[test]
    fn responses_of_error_handlers_inside_a_layer_get_its_headers() {
        let handlers = || ErrorHandlers::new().default_handler(other_response);
        let on_app =
            Server::start(move || App::new().wrap(handlers()).wrap(app_layer()).configure(routes));
        let on_scope = Server::start(move || {
            let scope = web::scope("").wrap(handlers()).configure(routes);
            App::new().wrap(app_layer()).service(scope)
        });
        for server in [on_app, on_scope] {
            for (method, target, status, sign) in ROUTES {
                for origin in ORIGINS {
                    let response = server.send(&request(method, target, origin));
                    if status == 200 {
                        response.assert_signed(200, Some(&sign), origin);
                    } else if sign == HANDLER && origin != Some(FRIEND) {
                        response.assert_closed(status);
                    } else if sign == HANDLER {
                        // The route's decision counts too, and depends on the origin.
                        let lines = APP.lines(origin).into_iter().chain([VARY.to_owned()]);
                        response.assert(status, lines);
                    } else {
                        response.assert_signed(status, Some(&APP), origin);
                    }
                }
                let response = server.send(&Request::preflight(target, FRIEND, method));
                response.assert_preflight_signed(&sign, FRIEND, methods_of(&sign, method));
                let response = server.send(&Request::preflight(target, STRANGER, method));
                response.assert_preflight_signed(&sign, STRANGER, methods_of(&sign, method));
            }
        }
    }

    /// The route's policy decides on a response in front of the route, also inside of two layers whose own
    /// policies are different.
    #[test]
    fn a_401_inside_two_layers_has_the_policy_of_the_route_behind_it() {
        async fn deny(
            request: ServiceRequest,
            _: Next<impl MessageBody + 'static>,
        ) -> Result<ServiceResponse<impl MessageBody>, Error> {
            Ok(request.into_response(HttpResponse::Unauthorized().finish()))
        }
        async fn fail<B: MessageBody + 'static>(
            _: ServiceRequest,
            _: Next<B>,
        ) -> Result<ServiceResponse<B>, Error> {
            Err(error::ErrorUnauthorized("who are you?"))
        }
        // The outer layer of each server warns of the inner layer.
        let warnings = Warnings::watch();
        for inner in [Policy::same_origin, || APP.policy()] {
            let server = Server::start(move || {
                let scope = |prefix| web::scope(prefix).service(annotated);
                App::new()
                    .wrap(app_layer())
                    .service(scope("/denies").wrap(from_fn(deny)).wrap(Cors::new(inner())))
                    .service(scope("/fails").wrap(from_fn(fail)).wrap(Cors::new(inner())))
            });
            for target in ["/denies/annotated", "/fails/annotated"] {
                for origin in [FRIEND, STRANGER] {
                    let response = server.send(&request("GET", target, Some(origin)));
                    response.assert_signed(401, Some(&HANDLER), Some(origin));
                }
            }
        }
        warnings.assert(0, 2);
    }

    /// Middleware that makes a new response outside of every layer removes the headers. Preflights still pass,
    /// because their answers are not errors.
    #[test]
    fn error_handlers_outside_every_layer_must_keep_the_response() {
        let server = Server::start(|| {
            App::new()
                .wrap(app_layer())
                .wrap(ErrorHandlers::new().default_handler(other_response))
                .configure(routes)
        });
        for origin in ORIGINS {
            server.send(&request("PUT", "/plain", origin)).assert_untouched(418);
            let response = server.send(&request("GET", "/plain", origin));
            response.assert_signed(200, Some(&APP), origin);
        }
        let response = server.send(&Request::preflight("/plain", STRANGER, "PUT"));
        response.assert_preflight_signed(&APP, STRANGER, Sign::LAYER_METHODS);
    }

    /// The code between the layers has made the response, but the replaced response was denied.
    #[test]
    fn a_response_replaced_between_layers_stays_denied_if_the_inner_layer_denied_it() {
        async fn anew(
            request: ServiceRequest,
            next: Next<impl MessageBody + 'static>,
        ) -> Result<ServiceResponse<impl MessageBody>, Error> {
            let response = next.call(request).await?;
            let (request, response) = response.into_parts();
            Ok(ServiceResponse::new(request, HttpResponse::build(response.status()).finish()))
        }
        let server = Server::start(|| {
            let scope = web::scope("").wrap(scope_layer()).wrap(from_fn(anew)).configure(routes);
            App::new().wrap(app_layer()).service(scope)
        });
        for (method, path, status, _) in ROUTES {
            let response = server.send(&request(method, path, Some(STRANGER)));
            response.assert(status, [VARY]);
        }
    }

    #[test]
    fn the_usual_middleware_works_in_its_usual_order() {
        let server = Server::start(|| {
            App::new()
                .wrap(DefaultHeaders::new().add(("x-version", "1")))
                .wrap(Compress::default())
                .wrap(ErrorHandlers::new().default_handler(in_place))
                .wrap(Condition::new(true, app_layer()))
                .wrap(NormalizePath::trim())
                .wrap(Logger::default())
                .configure(routes)
        });
        assert_routes(&server, "", &[]);
    }
}

/// Counts log lines, while a lock keeps other tests of this file from writing such lines.
struct Warnings {
    _alone: MutexGuard<'static, ()>,
    rewritten: usize,
    another: usize,
}

const REWRITTEN: &str = "was rewritten below";
const ANOTHER: &str = "another `Cors`";

impl Warnings {
    fn watch() -> Self {
        static ALONE: Mutex<()> = Mutex::new(());
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        journal::open();
        let count = |text| journal::entries_with(text).len();
        Warnings { _alone: alone, rewritten: count(REWRITTEN), another: count(ANOTHER) }
    }

    #[track_caller]
    fn assert(&self, rewritten: usize, another: usize) {
        let entries = |text, from: usize| journal::entries_with(text).split_off(from);
        for (text, expected, from) in
            [(REWRITTEN, rewritten, self.rewritten), (ANOTHER, another, self.another)]
        {
            let found = entries(text, from);
            assert_eq!(found.len(), expected, "{text}: {found:#?}");
            assert!(found.iter().all(|entry| entry.level == Level::Warn));
        }
    }
}

/// Middleware that rewrites paths inside of a layer.
mod rewriting {
    use super::*;

    const UNTIDY: [&str; 3] = ["/annotated/", "//annotated", "//annotated//"];

    #[test]
    fn normalization_outside_a_layer_works() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            App::new().wrap(app_layer()).wrap(NormalizePath::trim()).configure(routes)
        });
        assert_routes(&server, "", &[]);
        for target in UNTIDY {
            for origin in [FRIEND, STRANGER] {
                let response = server.send(&Request::preflight(target, origin, "GET"));
                response.assert_preflight_signed(&HANDLER, origin, "GET");
            }
            for origin in ORIGINS {
                let response = server.send(&request("GET", target, origin));
                response.assert_signed(200, Some(&HANDLER), origin);
            }
        }
        let admin = Server::start(|| {
            App::new().wrap(app_layer().scope("/admin", SCOPE.policy())).wrap(NormalizePath::trim())
        });
        for target in ["//admin", "/admin/", "//admin//x"] {
            let response = admin.send(&Request::preflight(target, STRANGER, "GET"));
            response.assert_preflight_signed(&SCOPE, STRANGER, "");
            admin.send(&request("GET", target, Some(STRANGER))).assert_closed(404);
        }
        warnings.assert(0, 0);
    }

    fn inside() -> Server {
        Server::start(|| App::new().wrap(NormalizePath::trim()).wrap(app_layer()).configure(routes))
    }

    /// The layer does not see the path that the router gets. This order grants too little, and is warned about.
    #[test]
    fn normalization_inside_a_layer_is_warned_about_once() {
        let warnings = Warnings::watch();
        let server = inside();
        assert_routes(&server, "", &[]);
        warnings.assert(0, 0);
        for target in UNTIDY {
            // The layer tries all readings of the path, so both policies have to grant.
            server.send(&Request::preflight(target, STRANGER, "GET")).assert_denied();
            server.send(&Request::preflight(target, FRIEND, "GET")).assert_granted([
                "access-control-allow-origin: https://friend.example",
                "access-control-allow-methods: GET",
                "access-control-max-age: 0",
                PREFLIGHT_VARY,
            ]);
            for origin in ORIGINS {
                let response = server.send(&request("GET", target, origin));
                response.assert_signed(200, Some(&HANDLER), origin);
            }
        }
        warnings.assert(1, 0);
        let found = journal::entries_with(REWRITTEN);
        assert!(found.iter().all(|entry| entry.text.contains("NormalizePath")), "{found:#?}");
    }

    #[test]
    fn rewriting_is_warned_about_if_a_layer_has_policies_for_paths() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            App::new()
                .wrap(NormalizePath::trim())
                .wrap(app_layer().scope("/admin", SCOPE.policy()))
                .service(plain)
        });
        server.send(&request("GET", "/plain/", Some(STRANGER)));
        warnings.assert(1, 0);
    }

    #[test]
    fn rewriting_is_not_warned_about_if_no_policy_depends_on_paths() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            App::new().wrap(NormalizePath::trim()).wrap(app_layer()).service(plain)
        });
        server.send(&request("GET", "/plain/", Some(STRANGER)));
        server.send(&request("GET", "//plain", Some(STRANGER)));
        warnings.assert(0, 0);
    }

    #[test]
    fn rewriting_in_a_scope_is_warned_about() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let scope = web::scope("/scope").wrap(NormalizePath::trim()).configure(routes);
            App::new().wrap(app_layer()).service(scope)
        });
        server.send(&request("GET", "/scope/annotated/", Some(STRANGER)));
        warnings.assert(1, 0);
    }

    #[test]
    fn rewriting_is_warned_about_if_the_route_fails() {
        let warnings = Warnings::watch();
        let server = inside();
        server.send(&request("PUT", "/annotated/7/", Some(STRANGER)));
        warnings.assert(1, 0);
    }

    /// `/annotated//7` and `/annotated/7/` have the same length.
    #[test]
    fn rewriting_to_a_path_of_the_same_length_is_warned_about() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            App::new()
                .wrap(NormalizePath::new(TrailingSlash::Always))
                .wrap(app_layer())
                .configure(routes)
        });
        server.send(&request("PUT", "/annotated//7", Some(STRANGER)));
        warnings.assert(1, 0);
    }

    /// A gateway in front of the service has not removed a prefix of the path.
    #[test]
    fn a_401_on_a_rewritten_path_has_the_policy_of_the_new_path() {
        let _alone = Warnings::watch();
        async fn strip(
            mut request: ServiceRequest,
            next: Next<impl MessageBody + 'static>,
        ) -> Result<ServiceResponse<impl MessageBody>, Error> {
            let path = request.path().strip_prefix("/gate").map(str::to_owned);
            if let Some(uri) = path.and_then(|path| path.parse::<Uri>().ok()) {
                request.match_info_mut().get_mut().update(&uri);
                request.head_mut().uri = uri;
            }
            next.call(request).await
        }
        let server =
            Server::start(|| App::new().wrap(app_layer()).wrap(from_fn(strip)).configure(routes));
        assert_routes(&server, "", &[]);
        assert_routes(&server, "/gate", &[]);
    }
}

/// Two layers around one path.
mod another {
    use super::*;

    fn warnings_about(path: &str) -> Vec<String> {
        let entries = journal::entries_with(ANOTHER).into_iter();
        entries.map(|entry| entry.text).filter(|text| text.contains(path)).collect()
    }

    #[test]
    fn two_layers_around_one_path_are_warned_about_once_with_the_repair() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let scope = web::scope("/two").wrap(scope_layer()).configure(routes);
            App::new().wrap(app_layer()).service(scope).service(plain)
        });
        server.send(&request("GET", "/plain", Some(FRIEND)));
        server.send(&Request::preflight("/two/plain", FRIEND, "GET"));
        warnings.assert(0, 0);
        for _ in 0..3 {
            for origin in ORIGINS {
                server.send(&request("GET", "/two/plain", origin));
                server.send(&request("PUT", "/two/plain", origin));
            }
        }
        warnings.assert(0, 1);
        let [warning] = &warnings_about("/two/plain")[..] else { panic!("one warning") };
        assert!(warning.contains("Cors::scope"), "{warning}");
    }

    #[test]
    fn an_inner_layer_is_warned_about_after_other_requests_of_the_outer_layer() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let scope = web::scope("/late").wrap(scope_layer()).service(plain);
            App::new().wrap(app_layer()).service(scope)
        });
        for _ in 0..3 {
            server.send(&request("GET", "/none", Some(FRIEND)));
        }
        warnings.assert(0, 0);
        server.send(&request("GET", "/late/plain", Some(FRIEND)));
        warnings.assert(0, 1);
    }

    #[test]
    fn two_layers_on_one_app_are_warned_about() {
        let warnings = Warnings::watch();
        let server =
            Server::start(|| App::new().wrap(scope_layer()).wrap(app_layer()).service(plain));
        server.send(&request("GET", "/plain", Some(FRIEND)));
        server.send(&request("GET", "/plain", Some(FRIEND)));
        warnings.assert(0, 1);
    }

    #[test]
    fn a_layer_on_a_resource_below_another_layer_is_warned_about() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let resource = web::resource("/resource").wrap(scope_layer()).to(HttpResponse::Ok);
            App::new().wrap(app_layer()).service(resource)
        });
        server.send(&request("GET", "/resource", None));
        warnings.assert(0, 1);
    }

    #[test]
    fn an_inner_layer_is_not_warned_about_if_the_outer_layer_has_a_scope_for_its_path() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let scope = web::scope("/told").wrap(scope_layer()).configure(routes);
            App::new()
                .wrap(app_layer().scope("/told", SCOPE.policy()))
                .service(scope)
                .service(plain)
        });
        for target in ["/plain", "/told/plain", "/told/none", "/told/annotated", "/told"] {
            server.send(&request("GET", target, Some(FRIEND)));
        }
        warnings.assert(0, 0);
    }

    #[test]
    fn an_inner_layer_is_warned_about_if_the_outer_layer_has_a_scope_for_only_some_of_its_paths() {
        let warnings = Warnings::watch();
        fn unannotated(config: &mut web::ServiceConfig) {
            config.service(plain);
        }
        for (warned, configure) in [routes, unannotated].into_iter().enumerate() {
            let server = Server::start(move || {
                let scope = web::scope("/part").wrap(scope_layer()).configure(configure);
                App::new().wrap(app_layer().scope("/part/plain", SCOPE.policy())).service(scope)
            });
            server.send(&request("GET", "/part/plain", Some(FRIEND)));
            warnings.assert(0, warned);
            server.send(&request("GET", "/part/other", Some(FRIEND)));
            warnings.assert(0, warned + 1);
        }
    }

    #[test]
    fn layers_that_are_not_nested_are_not_warned_about() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let scope = |path| web::scope(path).configure(routes);
            App::new()
                .service(scope("/one").wrap(app_layer()))
                .service(scope("/other").wrap(scope_layer()))
                .service(web::resource("/resource").wrap(app_layer()).to(HttpResponse::Ok))
        });
        for target in ["/one/plain", "/other/plain", "/resource", "/one/annotated", "/none"] {
            for _ in 0..2 {
                server.send(&request("GET", target, Some(FRIEND)));
            }
        }
        warnings.assert(0, 0);
    }

    #[test]
    fn annotated_routes_below_a_layer_are_not_warned_about() {
        let warnings = Warnings::watch();
        let server = Server::start(|| App::new().wrap(app_layer()).configure(routes));
        assert_routes(&server, "", &[]);
        warnings.assert(0, 0);
    }

    #[test]
    fn layers_below_an_authoritative_layer_are_not_warned_about() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let scope = web::scope("").wrap(scope_layer()).configure(routes);
            App::new().wrap(app_layer().authoritative()).service(scope)
        });
        server.send(&request("GET", "/plain", Some(FRIEND)));
        warnings.assert(0, 0);
    }

    #[test]
    fn a_disabled_layer_is_not_warned_about() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let scope = web::scope("").wrap(Condition::new(false, scope_layer())).configure(routes);
            App::new().wrap(app_layer()).service(scope)
        });
        server.send(&request("GET", "/plain", Some(FRIEND)));
        warnings.assert(0, 0);
    }

    #[test]
    fn an_inner_layer_is_warned_about_after_its_first_request_failed() {
        async fn fail_once(
            request: ServiceRequest,
            next: Next<impl MessageBody + 'static>,
        ) -> Result<ServiceResponse<impl MessageBody>, Error> {
            if request.headers().contains_key("x-fail") {
                return Err(error::ErrorUnauthorized("failed"));
            }
            next.call(request).await
        }
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let scope = web::scope("/failed").wrap(from_fn(fail_once)).wrap(scope_layer());
            App::new().wrap(app_layer()).service(scope.configure(routes))
        });
        server.send(&request("GET", "/failed/plain", Some(FRIEND)).line("x-fail", "1"));
        server.send(&request("GET", "/failed/plain", Some(FRIEND)));
        warnings.assert(0, 1);
    }

    #[test]
    fn an_inner_layer_is_warned_about_after_its_first_request_was_denied() {
        let warnings = Warnings::watch();
        let server = Server::start(|| {
            let policy = Policy::builder().allow_origins([FRIEND]).enforce(true).build().unwrap();
            let scope = web::scope("/denied").wrap(Cors::new(policy));
            App::new().wrap(app_layer()).service(scope.configure(routes))
        });
        server.send(&request("GET", "/denied/plain", Some(STRANGER))).assert_closed(403);
        warnings.assert(0, 1);
    }
}
