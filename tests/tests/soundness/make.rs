//! Makes the app that a tree describes.

use std::{fs, path::PathBuf, rc::Rc, sync::OnceLock};

use actix_files::Files;
use actix_service::boxed::{self, BoxService};
use actix_web::{
    App, Error, HttpRequest, HttpResponse, Resource,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse, Transform},
    error::{ErrorUnauthorized, InternalError},
    guard::{self, Guard as _, GuardContext},
    http::Method,
    middleware::{Next, NormalizePath, TrailingSlash, from_fn},
    web::{self, ServiceConfig},
};
use cors_actix::{Cors, Policy, PolicyHandle};
use cors_actix_tests::local::Local;
use futures_util::future::{FutureExt as _, LocalBoxFuture};

use crate::{
    policies::Kind,
    requests,
    trace::{self, Maker},
    tree::{Guard, Layer, Node, Tree, Wrap},
};

/// Starts the app. With `enforced`, all policies that can have `enforce` have it.
pub(crate) async fn start(tree: &Tree, enforced: bool) -> Local {
    let app = App::new()
        .wrap(Wraps::new(&tree.wraps, enforced))
        .configure(|config| add(config, &tree.nodes, enforced));
    Local::start(if tree.has_default { app.default_service(web::to(plain)) } else { app }).await
}

fn add(config: &mut ServiceConfig, nodes: &[Node], enforced: bool) {
    for node in nodes {
        match node {
            Node::Annotated(handler) if enforced => (handler.configure_enforced)(config),
            Node::Annotated(handler) => (handler.configure)(config),
            Node::Route { path, method, guard } => {
                let route = web::method(parse(method)).to(plain);
                config.route(
                    path,
                    match guard {
                        None => route,
                        Some(guard) => route.guard(guard.make()),
                    },
                );
            }
            Node::Resource { paths, methods, guard, wraps } => {
                let resource = resource(paths, methods);
                let resource = match guard {
                    None => resource,
                    Some(guard) => resource.guard(guard.make()),
                };
                config.service(resource.wrap(Wraps::new(wraps, enforced)));
            }
            Node::Files { path } => {
                config.service(Files::new(path, directory()));
            }
            Node::Scope { prefix, guard, has_default, wraps, nodes } => {
                let scope = web::scope(prefix).configure(|config| add(config, nodes, enforced));
                let scope = match guard {
                    None => scope,
                    Some(guard) => scope.guard(guard.make()),
                };
                let scope =
                    if *has_default { scope.default_service(web::to(plain)) } else { scope };
                config.service(scope.wrap(Wraps::new(wraps, enforced)));
            }
        }
    }
}

fn resource(paths: &[&str], methods: &[&str]) -> Resource {
    let resource = web::resource(paths.to_vec());
    if methods.is_empty() {
        return resource.to(plain);
    }
    let with = |resource: Resource, method| resource.route(web::method(parse(method)).to(plain));
    methods.iter().copied().fold(resource, with)
}

fn parse(method: &str) -> Method {
    method.parse().expect("the method is one")
}

async fn plain(request: HttpRequest) -> HttpResponse {
    trace::answer(Maker::Plain, request.match_info().as_str());
    HttpResponse::Ok().body("plain")
}

/// Returns a directory with files whose names are segments of generated paths.
fn directory() -> PathBuf {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    let make = || {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("soundness");
        fs::create_dir_all(root.join("a")).expect("a directory can be made");
        for name in ["me", "5", "x-y", "a/b", "a/me"] {
            fs::write(root.join(name), "file").expect("a file can be written");
        }
        root
    };
    DIRECTORY.get_or_init(make).clone()
}

impl Guard {
    fn make(self) -> impl guard::Guard {
        guard::fn_guard(move |context: &GuardContext<'_>| match self {
            Guard::Host(host) => guard::Host(host).check(context),
            Guard::Flag => requests::is_flagged(context),
        })
    }
}

impl Layer {
    fn make(&self, enforced: bool) -> Cors {
        let policy = |kind: Kind| if enforced { kind.enforced() } else { kind.policy() };
        let own: Policy = policy(self.made_of);
        let cors = if self.has_handle { Cors::new(PolicyHandle::new(own)) } else { Cors::new(own) };
        let with = |cors: Cors, (path, kind): &(&str, Kind)| cors.scope(path, policy(*kind));
        let cors = self.overrides.iter().fold(cors, with);
        if self.is_authoritative { cors.authoritative() } else { cors }
    }
}

/// All middleware of a place, in one `wrap`. The type of an app depends on the number of calls of `wrap`, so this
/// number must be fixed.
struct Wraps {
    wraps: Rc<[Wrap]>,
    enforced: bool,
}

impl Wraps {
    fn new(wraps: &[Wrap], enforced: bool) -> Self {
        Wraps { wraps: Rc::from(wraps), enforced }
    }
}

type Boxed = BoxService<ServiceRequest, ServiceResponse, Error>;

impl<S, B> Transform<S, ServiceRequest> for Wraps
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = Boxed;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Boxed, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let (wraps, enforced) = (Rc::clone(&self.wraps), self.enforced);
        async move {
            let mut service = around(from_fn(pass), service).await?;
            for wrap in &*wraps {
                service = match wrap {
                    Wrap::Cors(layer) => {
                        let inner = around(layer.make(enforced), service).await?;
                        let layer = Rc::clone(layer);
                        let note = move |request: ServiceRequest, next: Next<_>| {
                            trace::enter(&layer, request.match_info().as_str());
                            next.call(request)
                        };
                        around(from_fn(note), inner).await?
                    }
                    Wrap::Fails => around(from_fn(fail), service).await?,
                    Wrap::Denies => around(from_fn(deny), service).await?,
                    Wrap::Answers => around(from_fn(respond), service).await?,
                    Wrap::Replaces => around(from_fn(replace), service).await?,
                    Wrap::Normalizes => {
                        around(NormalizePath::new(TrailingSlash::Trim), service).await?
                    }
                    Wrap::Merges => {
                        around(NormalizePath::new(TrailingSlash::MergeOnly), service).await?
                    }
                };
            }
            Ok(service)
        }
        .boxed_local()
    }
}

async fn around<T, S, B>(transform: T, service: S) -> Result<Boxed, ()>
where
    T: Transform<S, ServiceRequest, Response = ServiceResponse<B>, Error = Error, InitError = ()>,
    T::Transform: 'static,
    <T::Transform as Service<ServiceRequest>>::Future: 'static,
    S: Service<ServiceRequest>,
    B: MessageBody + 'static,
{
    let service = transform.new_transform(service).await?;
    Ok(boxed::service(Mapped { service }))
}

/// A service that boxes the bodies of responses.
struct Mapped<S> {
    service: S,
}

impl<S, B> Service<ServiceRequest> for Mapped<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;

    actix_service::forward_ready!(service);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let response = self.service.call(request);
        async move { Ok(response.await?.map_into_boxed_body()) }.boxed_local()
    }
}

type Answered = Result<ServiceResponse, Error>;

async fn pass(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answered {
    Ok(next.call(request).await?.map_into_boxed_body())
}

async fn fail(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answered {
    if requests::has_token(request.head()) {
        return pass(request, next).await;
    }
    trace::answer_in_front(request.match_info().as_str());
    Err(ErrorUnauthorized("fails"))
}

async fn deny(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answered {
    if requests::has_token(request.head()) {
        return pass(request, next).await;
    }
    trace::answer_in_front(request.match_info().as_str());
    Ok(request.into_response(HttpResponse::Unauthorized().body("denied")))
}

async fn respond(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answered {
    if requests::has_token(request.head()) || request.method() == Method::OPTIONS {
        return pass(request, next).await;
    }
    trace::answer_in_front(request.match_info().as_str());
    Ok(request.into_response(HttpResponse::Ok().body("kept")))
}

async fn replace(request: ServiceRequest, next: Next<impl MessageBody + 'static>) -> Answered {
    if requests::has_token(request.head()) || request.method() == Method::OPTIONS {
        return pass(request, next).await;
    }
    let depth = trace::depth();
    let inner = next.call(request).await;
    trace::replace(depth);
    let response = HttpResponse::ServiceUnavailable().body("replaced");
    match inner {
        Ok(inner) => Ok(inner.into_response(response)),
        Err(error) => Err(InternalError::from_response(error, response).into()),
    }
}
