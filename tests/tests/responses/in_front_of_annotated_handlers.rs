//! Middleware that answers in front of an annotated handler.

use actix_web::{
    App, Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    middleware::{Next, from_fn},
    web,
};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{EXAMPLE, Request, Server, admitted, open};

use crate::EVIL;

#[cors(allow_origins = ["https://example.com", "https://*.example.com"], allow_credentials)]
#[get("/annotated")]
async fn strict() -> &'static str {
    "annotated"
}

#[cors(allow_origins = any)]
#[get("/annotated")]
async fn open_to_all() -> &'static str {
    "annotated"
}

/// Authentication that denies every request, with a response or with an error.
async fn keep_out<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    if request.headers().contains_key("x-fail") {
        return Err(error::ErrorUnauthorized("who are you?"));
    }
    if request.headers().contains_key("x-pass") {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    }
    let response = HttpResponse::Unauthorized().finish();
    Ok(request.into_response(response).map_into_right_body())
}

fn kept_out() -> Server {
    Server::start(|| App::new().wrap(from_fn(keep_out)).wrap(Cors::new(open())).service(strict))
}

#[test]
fn authentication_in_front_of_an_annotated_handler_answers_with_its_headers() {
    let server = kept_out();
    for request in [Request::get("/annotated"), Request::get("/annotated").line("X-Fail", "1")] {
        server.send(&request.clone().origin(EXAMPLE)).assert(401, admitted(EXAMPLE));
        server.send(&request.clone().origin(EVIL)).assert_closed(401);
        server.send(&request.clone().origin("null")).assert_closed(401);
        server.send(&request).assert_closed(401);
    }
    let request = Request::get("/annotated").line("X-Pass", "1");
    server.send(&request.clone().origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
    server.send(&request.origin(EVIL)).assert_closed(200);
    server
        .send(&Request::get("/other").origin(EVIL))
        .assert(401, ["access-control-allow-origin: *"]);
}

#[test]
fn two_origin_headers_are_denied_by_authentication_in_front_of_an_annotated_handler() {
    let server = kept_out();
    for request in [Request::get("/annotated"), Request::get("/annotated").line("X-Fail", "1")] {
        for [first, second] in [[EXAMPLE, EVIL], [EVIL, EXAMPLE], [EXAMPLE, EXAMPLE]] {
            let request = request.clone().origin(first).origin(second);
            server.send(&request).assert_closed(401);
        }
    }
}

#[test]
fn an_annotated_handler_allows_an_origin_that_the_app_denies() {
    let server =
        Server::start(|| App::new().wrap(Cors::new(Policy::same_origin())).service(open_to_all));
    let get = Request::get("/annotated");
    let any = ["access-control-allow-origin: *"];
    server.send(&get).assert(200, any);
    server.send(&get.clone().origin(EVIL)).assert(200, any);

    let partner = "https://partner.example";
    let server = Server::start(move || {
        let policy = Policy::builder().allow_origins([partner]).build().unwrap();
        App::new().wrap(Cors::new(policy)).service(strict)
    });
    server.send(&get.clone().origin(EXAMPLE)).assert(200, admitted(EXAMPLE));
    server.send(&get.clone().origin(partner)).assert_closed(200);
}

#[test]
fn a_scope_allows_an_origin_that_the_app_denies() {
    let server = Server::start(|| {
        let scope = web::scope("/s").wrap(Cors::new(open()));
        let closed = Cors::new(Policy::same_origin()).scope("/s", open());
        App::new().wrap(closed).service(scope.route("", web::get().to(HttpResponse::Ok)))
    });
    let any = ["access-control-allow-origin: *"];
    server.send(&Request::get("/s").origin(EVIL)).assert(200, any);
    server.send(&Request::get("/s")).assert(200, any);

    let server = Server::start(|| {
        let scope = web::scope("/s").wrap(Cors::new(open()));
        let closed = Cors::new(Policy::same_origin());
        App::new().wrap(closed).service(scope.route("", web::get().to(HttpResponse::Ok)))
    });
    server.send(&Request::get("/s").origin(EVIL)).assert(200, any);
    server.send(&Request::get("/s")).assert(200, any);
}

/// The layer around the code that made the response decides.
#[test]
fn an_unannotated_handler_does_not_have_the_policy_of_an_annotated_handler() {
    let server = Server::start(|| {
        let other = |status| {
            web::resource("/annotated")
                .guard(actix_web::guard::Header("x-status", status))
                .to(move || async move { HttpResponse::new(status.parse().unwrap_or_default()) })
        };
        App::new()
            .wrap(Cors::new(Policy::same_origin()))
            .service(other("200"))
            .service(other("404"))
            .service(other("500"))
            .service(open_to_all)
    });
    let get = Request::get("/annotated").origin(EVIL);
    for status in [200, 404, 500] {
        let request = get.clone().line("X-Status", status.to_string());
        server.send(&request).assert_closed(status);
    }
}
