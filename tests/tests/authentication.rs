//! Authentication and rate limits in every place around layers. Preflights pass without credentials, and a
//! 401 or 429 is readable by exactly the origins of the protected route.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{
    App, Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{Service as _, ServiceRequest, ServiceResponse},
    error, get,
    guard::GuardContext,
    http::header,
    middleware::{Next, from_fn},
    put, web,
};
use actix_web_httpauth::{extractors::bearer::BearerAuth, middleware::HttpAuthentication};
use cors_actix::{Cors, cors};
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server, VARY,
    sign::{FRIEND, Kind, STRANGER, Sign},
};

const ORIGINS: [Option<&str>; 3] = [Some(FRIEND), Some(STRANGER), None];

const STRICT: Sign = Sign::new(Kind::Strict, "x-strict", 3);
const OPEN: Sign = Sign::new(Kind::Open, "x-open", 4);
const CLOSED: Sign = Sign::new(Kind::Closed, "", 0);
const ADMIN: Sign = Sign::new(Kind::Strict, "x-admin", 5);

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-strict"],
    allow_credentials,
    max_age = 3,
)]
#[get("/static")]
async fn strict() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
#[put("/items/{id}")]
async fn open() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(same_origin)]
#[put("/closed/{tail:.*}")]
async fn closed() -> HttpResponse {
    HttpResponse::Ok().finish()
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .service(strict)
        .service(open)
        .service(closed)
        .route("/plain", web::put().to(HttpResponse::Ok))
        .service(web::resource("/any").to(HttpResponse::Ok))
        .route("/admin/plain", web::put().to(HttpResponse::Ok));
}

/// Method and path of a route, the status of its handler, and its policy if it is not the layer's policy.
const ROUTES: [(&str, &str, u16, Option<Sign>); 11] = [
    ("GET", "/static", 200, Some(STRICT)),
    ("PUT", "/items/7", 200, Some(OPEN)),
    ("PUT", "/closed/a/b", 200, Some(CLOSED)),
    ("PUT", "/plain", 200, None),
    ("PUT", "/any", 200, None),
    ("PUT", "/static", 404, None),
    ("GET", "/items/7", 404, None),
    ("PUT", "/items/7/8", 404, None),
    ("GET", "/none", 404, None),
    ("PUT", "/admin/plain", 200, Some(ADMIN)),
    ("GET", "/admin/none", 404, Some(ADMIN)),
];

fn request(method: &str, target: &str, origin: Option<&str>) -> Request {
    let request = Request::new(method, target);
    origin.into_iter().fold(request, Request::origin)
}

fn known(request: &Request) -> Request {
    request.clone().line("Authorization", "Bearer secret")
}

/// Returns the layer with its policy for a scope. `prefix` is the prefix of all routes.
fn layer(sign: &Sign, prefix: &str) -> Cors {
    Cors::new(sign.policy()).scope(&format!("{prefix}/admin"), ADMIN.policy())
}

#[track_caller]
fn assert_protected(server: &Server, prefix: &str, layer: &Sign) {
    let mut client = server.connect();
    for (method, path, status, own) in ROUTES {
        let target = format!("{prefix}{path}");
        let sign = own.unwrap_or(*layer);
        for origin in [FRIEND, STRANGER] {
            let methods = match own {
                Some(ADMIN) | None => Sign::LAYER_METHODS,
                Some(_) => method,
            };
            let response = client.send(&Request::preflight(&target, origin, method));
            response.assert_preflight_signed(&sign, origin, methods);
        }
        for origin in ORIGINS {
            let request = request(method, &target, origin);
            client.send(&request).assert(401, in_front(sign, layer, origin));
            client.send(&known(&request)).assert_signed(status, Some(&sign), origin);
        }
    }
}

/// Returns the CORS headers of a response that middleware in front of the route has made. For a request without
/// `Origin`, only a layer with `any` origin allows such a response. Later responses may have the layer's own policy, if the
/// layer learns that guards decide.
fn in_front(sign: Sign, layer: &Sign, origin: Option<&str>) -> Vec<String> {
    if layer.kind == Kind::Open {
        return sign.lines(origin);
    }
    let mut lines = if origin.is_some() { sign.lines(origin) } else { Vec::new() };
    if !lines.iter().any(|line| line == VARY) {
        lines.push(VARY.to_owned());
    }
    lines
}

fn is_known(request: &ServiceRequest) -> bool {
    request.headers().get(header::AUTHORIZATION).is_some_and(|value| value == "Bearer secret")
}

/// Fails with a 401 if the request has no credentials.
async fn failing<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if is_known(&request) {
        return next.call(request).await;
    }
    Err(error::ErrorUnauthorized("who are you?"))
}

/// Responds with a 401 if the request has no credentials.
async fn responding<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if is_known(&request) {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    Ok(request.into_response(HttpResponse::Unauthorized().finish()).map_into_right_body())
}

/// Checks credentials for `actix-web-httpauth`.
async fn validate(
    request: ServiceRequest,
    bearer: BearerAuth,
) -> Result<ServiceRequest, (Error, ServiceRequest)> {
    if bearer.token() == "secret" {
        return Ok(request);
    }
    Err((error::ErrorUnauthorized("who are you?"), request))
}

/// Makes the same app with each kind of authentication: `wrap_fn` and functions that fail or respond, and
/// `actix-web-httpauth`. In `$app`, `$auth` is the authentication.
macro_rules! with_every_authentication {
    (|$wrap:ident| $app:expr, $check:expr) => {{
        let check = $check;
        macro_rules! $wrap {
            ($on:expr) => {
                $on.wrap_fn(|request, service| {
                    let next = is_known(&request).then(|| service.call(request));
                    async move {
                        match next {
                            Some(next) => next.await,
                            None => Err(error::ErrorUnauthorized("who are you?")),
                        }
                    }
                })
            };
        }
        check(Server::start(move || $app));
        macro_rules! $wrap {
            ($on:expr) => {
                $on.wrap_fn(|request, service| {
                    let next = if is_known(&request) {
                        Ok(service.call(request))
                    } else {
                        Err(request.into_response(HttpResponse::Unauthorized().finish()))
                    };
                    async move {
                        match next {
                            Ok(next) => next.await.map(ServiceResponse::map_into_left_body),
                            Err(response) => Ok(response.map_into_right_body()),
                        }
                    }
                })
            };
        }
        check(Server::start(move || $app));
        macro_rules! $wrap {
            ($on:expr) => {
                $on.wrap(from_fn(failing))
            };
        }
        check(Server::start(move || $app));
        macro_rules! $wrap {
            ($on:expr) => {
                $on.wrap(from_fn(responding))
            };
        }
        check(Server::start(move || $app));
        macro_rules! $wrap {
            ($on:expr) => {
                $on.wrap(HttpAuthentication::bearer(validate))
            };
        }
        check(Server::start(move || $app));
    }};
}

#[test]
fn preflights_pass_authentication_on_the_app_inside_its_layer() {
    for sign in [STRICT, OPEN, CLOSED] {
        with_every_authentication!(
            |auth| auth!(App::new()).wrap(layer(&sign, "")).configure(routes),
            |server: Server| assert_protected(&server, "", &sign)
        );
    }
}

#[test]
fn preflights_pass_authentication_on_a_scope_below_the_apps_layer() {
    for sign in [STRICT, OPEN, CLOSED] {
        with_every_authentication!(
            |auth| App::new()
                .wrap(layer(&sign, "/api"))
                .service(auth!(web::scope("/api")).configure(routes)),
            |server: Server| assert_protected(&server, "/api", &sign)
        );
    }
}

#[test]
fn preflights_pass_authentication_on_a_scope_inside_its_own_layer() {
    with_every_authentication!(
        |auth| App::new()
            .service(auth!(web::scope("/api")).wrap(layer(&OPEN, "/api")).configure(routes)),
        |server: Server| assert_protected(&server, "/api", &OPEN)
    );
}

#[test]
fn preflights_pass_authentication_on_a_scope_with_a_dynamic_prefix() {
    with_every_authentication!(
        |auth| App::new()
            .wrap(layer(&CLOSED, "/t/1"))
            .service(web::scope("/t").service(auth!(web::scope("/{tenant}")).configure(routes))),
        |server: Server| assert_protected(&server, "/t/1", &CLOSED)
    );
}

#[test]
fn preflights_pass_two_authentications() {
    with_every_authentication!(
        |auth| auth!(App::new())
            .wrap(layer(&OPEN, "/api"))
            .service(auth!(web::scope("/api")).configure(routes)),
        |server: Server| assert_protected(&server, "/api", &OPEN)
    );
}

/// The scope's layer is inside of the authentication. The app's layer is outside, and has the scope's policy
/// from `Cors::scope`.
#[test]
fn authentication_outside_a_scopes_layer_responds_by_the_apps_policy() {
    with_every_authentication!(
        |auth| {
            let scope = web::scope("/api").wrap(Cors::new(CLOSED.policy()));
            App::new().wrap(layer(&OPEN, "/api")).service(auth!(scope).configure(routes))
        },
        |server: Server| {
            for (method, path, _, own) in ROUTES {
                let target = format!("/api{path}");
                let sign = own.unwrap_or(OPEN);
                for origin in ORIGINS {
                    let response = server.send(&request(method, &target, origin));
                    response.assert_signed(401, Some(&sign), origin);
                }
                for origin in [FRIEND, STRANGER] {
                    let response = server.send(&Request::preflight(&target, origin, method));
                    let methods = match own {
                        Some(ADMIN) | None => Sign::LAYER_METHODS,
                        Some(_) => method,
                    };
                    response.assert_preflight_signed(&sign, origin, methods);
                }
            }
            for origin in ORIGINS {
                let plain = known(&request("PUT", "/api/plain", origin));
                server.send(&plain).assert_signed(200, Some(&CLOSED), origin);
            }
        }
    );
}

/// This order cannot work, because no layer gets the preflight before authentication.
#[test]
fn authentication_outside_every_layer_sees_preflights() {
    with_every_authentication!(
        |auth| auth!(App::new().wrap(layer(&OPEN, ""))).configure(routes),
        |server: Server| {
            for (method, target, status, own) in ROUTES {
                server.send(&Request::preflight(target, FRIEND, method)).assert_untouched(401);
                for origin in ORIGINS {
                    let request = request(method, target, origin);
                    server.send(&request).assert_untouched(401);
                    let sign = own.unwrap_or(OPEN);
                    server.send(&known(&request)).assert_signed(status, Some(&sign), origin);
                }
            }
        }
    );
}

#[test]
fn preflights_pass_the_authentication_of_an_annotated_route() {
    #[cors(
        allow_origins = ["https://friend.example"],
        expose_headers = ["x-strict"],
        allow_credentials,
        max_age = 3,
    )]
    #[get("/failing", wrap = "from_fn(failing)")]
    async fn fails() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[cors(
        allow_origins = ["https://friend.example"],
        expose_headers = ["x-strict"],
        allow_credentials,
        max_age = 3,
    )]
    #[get("/responding", wrap = "from_fn(responding)")]
    async fn responds() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[cors(
        allow_origins = ["https://friend.example"],
        expose_headers = ["x-strict"],
        allow_credentials,
        max_age = 3,
    )]
    #[get("/bearer", wrap = "HttpAuthentication::bearer(validate)")]
    async fn bearer() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    fn all(config: &mut web::ServiceConfig) {
        config.service(fails).service(responds).service(bearer);
    }

    let bare = Server::start(|| App::new().configure(all));
    let layered = Server::start(|| App::new().wrap(Cors::new(OPEN.policy())).configure(all));
    for server in [bare, layered] {
        for target in ["/failing", "/responding", "/bearer"] {
            for origin in [FRIEND, STRANGER] {
                let response = server.send(&Request::preflight(target, origin, "GET"));
                response.assert_preflight_signed(&STRICT, origin, "GET");
            }
            for origin in ORIGINS {
                let request = request("GET", target, origin);
                server.send(&request).assert_signed(401, Some(&STRICT), origin);
                server.send(&known(&request)).assert_signed(200, Some(&STRICT), origin);
            }
        }
    }
}

#[test]
fn preflights_pass_the_authentication_of_an_unannotated_resource() {
    with_every_authentication!(
        |auth| App::new()
            .wrap(layer(&STRICT, ""))
            .service(auth!(web::resource("/resource")).to(HttpResponse::Ok))
            .service(open),
        |server: Server| {
            for origin in ORIGINS {
                let request = request("PUT", "/resource", origin);
                server.send(&request).assert_signed(401, Some(&STRICT), origin);
                server.send(&known(&request)).assert_signed(200, Some(&STRICT), origin);
            }
        }
    );
}

/// The code that failed is in front of the unannotated resource, not in front of the annotated route behind.
#[test]
fn a_401_of_an_unannotated_resource_does_not_have_the_policy_of_an_annotated_pattern_behind_it() {
    #[cors(allow_origins = any)]
    #[put("/{tail:.*}")]
    async fn everything() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    let server = Server::start(|| {
        let resource = || web::resource("/resource").wrap(from_fn(responding));
        App::new()
            .wrap(Cors::new(CLOSED.policy()))
            .service(resource().to(HttpResponse::Ok))
            .service(everything)
    });
    for origin in ORIGINS {
        server.send(&request("PUT", "/resource", origin)).assert(401, [VARY]);
    }
}

fn wants_a(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key("x-a")
}

#[cors(
    allow_origins = ["https://friend.example", "https://a.example"],
    expose_headers = ["x-a"],
)]
#[get("/rival", guard = "wants_a")]
async fn rival_a() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = ["https://friend.example", "https://b.example"], allow_credentials)]
#[get("/rival")]
async fn rival_b() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[test]
fn a_401_in_front_of_guarded_routes_is_readable_only_if_all_of_them_allow() {
    let server = Server::start(|| {
        App::new()
            .wrap(from_fn(responding))
            .wrap(Cors::new(OPEN.policy()))
            .service(rival_a)
            .service(rival_b)
    });
    for origin in ["https://a.example", "https://b.example", STRANGER] {
        server.send(&request("GET", "/rival", Some(origin))).assert_closed(401);
    }
    server.send(&request("GET", "/rival", None)).assert_closed(401);
    let response = server.send(&Request::preflight("/rival", FRIEND, "GET"));
    response.assert_granted_once([
        "access-control-allow-origin: https://friend.example",
        "access-control-allow-methods: GET",
        PREFLIGHT_VARY,
    ]);
}

#[test]
fn an_authenticated_error_and_a_401_keep_their_vary_lines() {
    async fn varying<B: MessageBody + 'static>(
        request: ServiceRequest,
        _: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        let response = HttpResponse::Unauthorized()
            .insert_header((header::VARY, "Cookie"))
            .insert_header((header::WWW_AUTHENTICATE, "Bearer"))
            .finish();
        Ok(request.into_response(response).map_into_right_body())
    }

    let server = Server::start(|| {
        App::new().wrap(from_fn(varying)).wrap(layer(&OPEN, "")).configure(routes)
    });
    let response = server.send(&request("GET", "/static", Some(FRIEND)));
    let lines = ["vary: Cookie".to_owned()].into_iter().chain(STRICT.lines(Some(FRIEND)));
    response.assert(401, lines);
    assert_eq!(response.values("www-authenticate"), ["Bearer"]);
}

/// A rate limiter, which counts requests and answers with 429 after a few.
mod limiter {
    use super::*;

    const LIMIT: usize = 3;

    #[derive(Clone, Default)]
    struct Limiter {
        seen: Arc<AtomicUsize>,
    }

    impl Limiter {
        fn admits(&self) -> bool {
            self.seen.fetch_add(1, Ordering::Relaxed) < LIMIT
        }

        fn reset(&self) {
            self.seen.store(0, Ordering::Relaxed);
        }
    }

    async fn limit<B: MessageBody + 'static>(
        limiter: web::Data<Limiter>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<EitherBody<B>>, Error> {
        if limiter.admits() {
            return next.call(request).await.map(ServiceResponse::map_into_left_body);
        }
        let response =
            HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, "1")).finish();
        Ok(request.into_response(response).map_into_right_body())
    }

    async fn limit_or_fail<B: MessageBody + 'static>(
        limiter: web::Data<Limiter>,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        if limiter.admits() {
            return next.call(request).await;
        }
        Err(error::ErrorTooManyRequests("later"))
    }

    #[track_caller]
    fn assert_limited(server: &Server, limiter: &Limiter, prefix: &str, layer: &Sign) {
        for (method, path, status, own) in ROUTES {
            let target = format!("{prefix}{path}");
            let sign = own.unwrap_or(*layer);
            limiter.reset();
            for _ in 0..LIMIT {
                for origin in [FRIEND, STRANGER] {
                    server.send(&Request::preflight(&target, origin, method));
                }
            }
            assert_eq!(limiter.seen.load(Ordering::Relaxed), 0, "a preflight was counted");
            for origin in ORIGINS {
                let response = server.send(&request(method, &target, origin));
                response.assert_signed(status, Some(&sign), origin);
            }
            for origin in ORIGINS {
                let response = server.send(&request(method, &target, origin));
                response.assert(429, in_front(sign, layer, origin));
            }
            for origin in [FRIEND, STRANGER] {
                let response = server.send(&Request::preflight(&target, origin, method));
                let methods = match own {
                    Some(ADMIN) | None => Sign::LAYER_METHODS,
                    Some(_) => method,
                };
                response.assert_preflight_signed(&sign, origin, methods);
            }
        }
    }

    #[test]
    fn a_rate_limiter_inside_a_layer_counts_no_preflights_and_its_429_is_readable() {
        for sign in [STRICT, OPEN, CLOSED] {
            let limiter = Limiter::default();
            let data = web::Data::new(limiter.clone());
            let server = Server::start(move || {
                App::new()
                    .app_data(data.clone())
                    .wrap(from_fn(limit))
                    .wrap(layer(&sign, ""))
                    .configure(routes)
            });
            assert_limited(&server, &limiter, "", &sign);

            let data = web::Data::new(limiter.clone());
            let server = Server::start(move || {
                let scope = web::scope("/api").wrap(from_fn(limit_or_fail)).configure(routes);
                App::new().app_data(data.clone()).wrap(layer(&sign, "/api")).service(scope)
            });
            assert_limited(&server, &limiter, "/api", &sign);
        }
    }

    /// This order cannot work, because a layer adds no headers to responses of outer middleware.
    #[test]
    fn a_rate_limiter_outside_every_layer_counts_preflights_and_its_429_is_not_readable() {
        let limiter = Limiter::default();
        let data = web::Data::new(limiter.clone());
        let server = Server::start(move || {
            App::new()
                .app_data(data.clone())
                .wrap(layer(&OPEN, ""))
                .wrap(from_fn(limit))
                .configure(routes)
        });
        for _ in 0..LIMIT {
            let response = server.send(&Request::preflight("/plain", FRIEND, "PUT"));
            response.assert_preflight_signed(&OPEN, FRIEND, Sign::LAYER_METHODS);
        }
        server.send(&Request::preflight("/plain", FRIEND, "PUT")).assert_untouched(429);
        server.send(&request("PUT", "/plain", Some(FRIEND))).assert_untouched(429);
    }
}

/// The policy of the route decides on a 401 in front of the route, not the policy of the outer layer.
#[test]
fn a_401_of_a_same_origin_route_is_not_readable_though_the_app_allows_any_origin() {
    let server = Server::start(|| {
        App::new().wrap(from_fn(failing)).wrap(Cors::new(OPEN.policy())).service(closed)
    });
    for origin in ORIGINS {
        server.send(&request("PUT", "/closed/x", origin)).assert_closed(401);
    }
}
