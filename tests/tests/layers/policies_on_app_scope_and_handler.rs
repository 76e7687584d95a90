//! Every combination of no policy, an open, a strict and a closed policy on app, scope and handler.

use actix_web::{App, Error, HttpResponse, error, get, middleware::Condition, put, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    Request, Server,
    sign::{FRIEND, Kind, STRANGER, Sign},
};

use crate::{HANDLER, Never, ORIGINS, request};

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
    /// `true` if the app's layer has the scope's policy from `Cors::scope`.
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

    /// Returns the policy for responses of the scope's own code.
    fn around(&self) -> Option<Sign> {
        self.scope.or(self.app)
    }

    /// Returns the policy for preflights of unannotated routes.
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
fn an_unannotated_handler_has_the_policy_of_the_innermost_layer() {
    check(plain::configure, None);
}

#[test]
fn a_handler_that_allows_any_origin_does_so_below_all_layers() {
    check(open::configure, Some(Sign::new(Kind::Open, "x-handler", 3)));
}

#[test]
fn a_handler_that_allows_one_origin_does_so_below_all_layers() {
    check(strict::configure, Some(HANDLER));
}

#[test]
fn a_handler_that_allows_no_origin_does_so_below_all_layers() {
    check(closed::configure, Some(Sign::new(Kind::Closed, "x-handler", 3)));
}
