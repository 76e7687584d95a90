//! The app of a row, and its answer.

use actix_web::{
    App, Error, HttpResponse,
    dev::{Service as _, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode,
        header::{HeaderName, HeaderValue},
    },
    test::TestRequest,
    web,
};
use cors_actix::{Cors, Policy, PolicyBuilder, PolicyError};
use cors_actix_tests::local::Local;

use crate::{
    answer::{Request, line_of},
    predicates, routes,
    row::{ACCEPTED, REJECTED, Row},
};

/// Returns our answer to the row: the status and the lines that concern CORS; or the problems of the
/// policy; or `accepted` if the row has no request.
pub(crate) async fn answer(row: &Row) -> Vec<String> {
    let layer = match layer(row) {
        Ok(layer) => layer,
        Err(error) => {
            let problems = error.problems().iter().map(ToString::to_string);
            return [REJECTED.to_owned()].into_iter().chain(problems).collect();
        }
    };
    if row.request.is_empty() {
        return vec![ACCEPTED.to_owned()];
    }
    let request = Request::of(&row.request);
    let method = Method::from_bytes(request.method.as_bytes()).expect("the method is a token");
    let sent = TestRequest::with_uri(&request.target).method(method);
    let sent = request.lines.into_iter().fold(sent, TestRequest::append_header);
    let response = start(row, layer).await.send(sent).await;
    let lines = response.cors_lines();
    [response.status.to_string()].into_iter().chain(lines).collect()
}

async fn start(row: &Row, layer: Option<Cors>) -> Local {
    let (handler, fails) = (row.handler.clone(), row.fails);
    let handle = move || {
        let response = respond(&handler, fails);
        async move { response }
    };
    let app = App::new().configure(|config| {
        if row.routes {
            routes::configure(config);
        }
    });
    let Some(layer) = layer else {
        return Local::start(app.default_service(web::to(handle))).await;
    };
    match &row.layer_on {
        None => {
            let outer = row.outer.clone();
            let app = app.default_service(web::to(handle)).wrap(layer);
            Local::start(app.wrap_fn(move |request, service| add(&outer, service.call(request))))
                .await
        }
        Some(path) => {
            let scope = web::scope(path).wrap(layer).default_service(web::to(handle.clone()));
            Local::start(app.service(scope).default_service(web::to(handle))).await
        }
    }
}

/// Adds lines to a response.
fn add<B, F>(
    lines: &[String],
    response: F,
) -> impl Future<Output = Result<ServiceResponse<B>, Error>> + use<B, F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    let lines: Vec<_> = lines.iter().map(|line| line_of(line)).collect();
    async move {
        let mut response = response.await?;
        for (name, value) in lines {
            let name = HeaderName::try_from(name).expect("the name is one");
            let value = HeaderValue::try_from(value).expect("the value is one");
            response.headers_mut().append(name, value);
        }
        Ok(response)
    }
}

/// Returns the response of the handler.
fn respond(written: &[String], fails: bool) -> actix_web::Result<HttpResponse> {
    let status = written.first().map_or(StatusCode::OK, |status| {
        status.parse().unwrap_or_else(|_| panic!("{status:?} is no status"))
    });
    if fails {
        return Err(InternalError::new("failed", status).into());
    }
    let mut response = HttpResponse::build(status);
    for line in written.iter().skip(1) {
        response.append_header(line_of(line));
    }
    Ok(response.body("handled"))
}

/// Returns the layer, if the row has a policy.
fn layer(row: &Row) -> Result<Option<Cors>, PolicyError> {
    let Some(policy) = policy(row)? else { return Ok(None) };
    let mut layer = Cors::new(policy);
    for (path, policy) in &row.scopes {
        layer = layer.scope(path, policy.build()?);
    }
    Ok(Some(layer))
}

fn policy(row: &Row) -> Result<Option<Policy>, PolicyError> {
    if !row.policies.is_empty() {
        let policies: Result<Vec<_>, _> = row.policies.iter().map(PolicyBuilder::build).collect();
        return Policy::by_origin(policies?).map(Some);
    }
    let Some(policy) = row.policy.clone() else { return Ok(None) };
    let policy = match &row.predicate {
        Some(name) => predicates::add(policy, name),
        None => policy,
    };
    policy.build().map(Some)
}
