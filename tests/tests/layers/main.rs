//! The innermost policy decides on preflights and on responses.

mod annotated_modules;
mod authoritative_layers;
mod handlers_of_any_method;
mod malformed_hosts;
mod policies_on_app_scope_and_handler;
mod remembered_paths;
mod resource_names;
mod routes_on_one_path;
mod scope_overrides;
mod several_apps;
mod where_routes_are_registered;

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, error, get, put};
use cors_actix::{Cors, cors};
use cors_actix_tests::{
    Request, Server,
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

/// An extractor that always fails.
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

/// Asserts the answers to preflights and the responses that a route gives to three origins.
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

#[cors(allow_origins = any, expose_headers = ["x-open"], max_age = 4)]
#[put("/items/{id}")]
async fn open_item() -> &'static str {
    "open item"
}
