//! Handlers that set the headers themselves, and authoritative layers.

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error,
    http::header,
    middleware::{Next, from_fn},
    route, web,
};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    Request, Server, VARY,
    sign::{FRIEND, Kind, STRANGER, Sign},
};

use crate::{APP, HANDLER, ORIGINS, app_layer, request, strict_item};

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
fn layers_leave_headers_alone_that_a_handler_writes_itself() {
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
fn an_authoritative_layer_overrides_inner_policies() {
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
            // The `Vary` line of the handler comes first.
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
fn an_authoritative_layer_allows_any_origin_though_inner_layers_deny() {
    let closed = || Cors::new(Policy::same_origin());
    let scope = move || web::scope("").wrap(closed()).configure(services);
    let outermost = move || App::new().wrap(app_layer().authoritative()).service(scope());
    let below =
        move || App::new().wrap(app_layer().authoritative()).wrap(closed()).service(scope());
    for (server, origin) in [Server::start(outermost), Server::start(below)]
        .iter()
        .flat_map(|server| ORIGINS.map(|origin| (server, origin)))
    {
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

/// The authoritative layer decides, and the layer around it does not take its denial for a lost grant.
#[test]
fn what_an_authoritative_layer_denies_stays_denied_below_another_layer() {
    let closed = || Cors::new(Policy::same_origin()).authoritative();
    let server = Server::start(move || {
        let scope = web::scope("/in").wrap(from_fn(pass_errors)).wrap(app_layer());
        App::new()
            .wrap(closed())
            .wrap(app_layer())
            .service(scope.configure(services).route("/fails", web::get().to(fails_and_varies)))
            .configure(services)
    });
    for origin in ORIGINS {
        for target in ["/in/own", "/in/annotated", "/own", "/annotated"] {
            let response = server.send(&request("GET", target, origin));
            response.assert(200, ["vary: Accept", VARY]);
        }
        for (target, status) in
            [("/in/none", 404), ("/in/fails", 409), ("/in/wildcard", 418), ("/wildcard", 418)]
        {
            server.send(&request("GET", target, origin)).assert_closed(status);
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

/// An inner layer that adds nothing to the response has decided too.
#[test]
fn a_response_that_an_inner_layer_denied_stays_denied_though_it_varied_by_origin_before() {
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
