//! Makes the app that the tree describes.

use actix_web::{
    App, Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    error,
    http::Method,
    middleware::{Condition, Next, from_fn},
    web::{self, ServiceConfig},
};
use cors_actix::{Cors, Policy};
use cors_actix_tests::sign::Sign;

use crate::{Lock, Node, Scope, Tree, respond};

async fn lock<B: MessageBody + 'static>(
    request: ServiceRequest,
    _: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    Ok(request.into_response(HttpResponse::Unauthorized().finish()).map_into_right_body())
}

async fn fail<B: MessageBody + 'static>(
    _: ServiceRequest,
    _: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    Err(error::ErrorUnauthorized("locked"))
}

fn layer(sign: Option<Sign>, overrides: &[(String, Sign)]) -> Condition<Cors> {
    let cors = Cors::new(sign.map_or_else(Policy::same_origin, |sign| sign.policy()));
    let with = |cors: Cors, (path, sign): &(String, Sign)| cors.scope(path, sign.policy());
    Condition::new(sign.is_some(), overrides.iter().fold(cors, with))
}

pub(super) fn make(
    tree: &Tree,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
        Future: 'static,
    > + use<>,
> {
    let Scope { layer: sign, lock: by, nodes, .. } = &tree.scope;
    App::new()
        .wrap(Condition::new(*by == Some(Lock::Responds), from_fn(lock)))
        .wrap(Condition::new(*by == Some(Lock::Fails), from_fn(fail)))
        .wrap(layer(*sign, &tree.overrides))
        .configure(|config| configure(config, nodes))
}

fn configure(config: &mut ServiceConfig, nodes: &[Node]) {
    for node in nodes {
        match node {
            Node::Scope(Scope { prefix, layer: sign, lock: by, nodes }) => {
                let scope = web::scope(prefix)
                    .wrap(Condition::new(*by == Some(Lock::Responds), from_fn(lock)))
                    .wrap(Condition::new(*by == Some(Lock::Fails), from_fn(fail)))
                    .wrap(layer(*sign, &[]))
                    .configure(|config| configure(config, nodes));
                config.service(scope);
            }
            Node::Annotated(handler) => (handler.configure)(config),
            Node::Plain { path, method, status } => {
                let status = *status;
                let route = web::method(method_of(method));
                let handler = move || async move { respond(status, "plain") };
                config.route(path, route.to(handler));
            }
            Node::Resource { path, method } => {
                let route = web::method(method_of(method)).to(HttpResponse::Ok);
                config.service(web::resource(*path).route(route));
            }
            Node::Any { path } => {
                config.service(web::resource(*path).to(HttpResponse::Ok));
            }
        }
    }
}

fn method_of(method: &str) -> Method {
    if method == "GET" { Method::GET } else { Method::PUT }
}
