//! The service that shows the policies of an app: a page, a report, and answers to questions.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    dev::{AppService, HttpServiceFactory},
    get,
    http::header::{self, ContentType},
    web,
};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{
    ask::{self, Answer, Question},
    page::Page,
    report::report,
};
use crate::{cors, error::Excerpt, middleware::scope_path, policy::PolicyForPeople};

/// Returns a service that shows who may call what, for development:
///
/// - `GET {path}`: a page with all annotated routes and layers, and a form for questions: what may a page of an
///   origin do?
/// - `GET {path}/report.json`: the [`Report`](crate::Report).
/// - `GET {path}/ask.json?origin=…&method=…&path=…&headers=a,b&credentials=include`: the answer to a question,
///   decided by the code that serves requests, without running a handler: `readable`, `preflight`, `reason`,
///   `policy`, `source` and `response_headers`.
///
/// The service is closed to other origins. It shows all policies to everyone who can reach it, so a release
/// build logs a warning when an app with it starts. The inspector does not know which paths a layer on a scope is
/// for.
///
/// # Errors
/// The service is not registered, and an error is logged, if `path` is not a path of `web::scope`.
///
/// ```
/// use actix_web::{App, test};
///
/// # actix_web::rt::System::new().block_on(async {
/// let app = test::init_service(App::new().service(cors_actix::inspector("/_cors"))).await;
/// let request = test::TestRequest::get().uri("/_cors/report.json").to_request();
/// assert!(test::call_service(&app, request).await.status().is_success());
/// # });
/// ```
pub fn inspector(path: &str) -> Inspector {
    Inspector { path: path.to_owned() }
}

/// The service that [`inspector`] returns.
///
/// ```
/// let service: cors_actix::Inspector = cors_actix::inspector("/_cors");
/// let app = actix_web::App::new().service(service);
/// ```
#[derive(Debug, Clone)]
#[must_use = "register the service with `App::service`"]
pub struct Inspector {
    path: String,
}

impl HttpServiceFactory for Inspector {
    fn register(self, config: &mut AppService) {
        if let Err(problem) = scope_path::parse(&self.path) {
            tracing::error!(
                target: "cors_actix",
                "the inspector is not registered: inspector(\"{}\"): {problem}",
                Excerpt(self.path.as_bytes())
            );
            return;
        }
        if !cfg!(debug_assertions) {
            tracing::warn!(
                target: "cors_actix",
                "the inspector at {} shows all policies to everyone who can reach it; take it out of release \
                 builds",
                self.path
            );
        }
        let scope = web::scope(&self.path);
        scope
            .service(page)
            .service(style)
            .service(icon)
            .service(report_json)
            .service(ask_json)
            .register(config);
    }
}

/// Returns the parameters of the query. A malformed query has none.
fn query(request: &HttpRequest) -> Vec<(String, String)> {
    let query = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    query.map(web::Query::into_inner).unwrap_or_default()
}

#[cors(crate = crate, same_origin, enforce)]
#[get("")]
async fn page(request: HttpRequest) -> impl Responder {
    let query = query(&request);
    let is_asked = query.iter().any(|(name, _)| name == "origin");
    let answer = match Question::parse(&query) {
        _ if !is_asked => None,
        Ok(question) => {
            let answer = ask::ask(&request, &question).await;
            Some(Ok((question, answer)))
        }
        Err(error) => Some(Err(error)),
    };
    let base = request.path().trim_end_matches('/').to_owned();
    let page = Page { base, query, answer, report: report(&request) };
    HttpResponse::Ok()
        .insert_header(ContentType::html())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .body(page.to_string())
}

#[cors(crate = crate, same_origin, enforce)]
#[get("/style.css")]
async fn style() -> impl Responder {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(include_str!("style.css"))
}

#[cors(crate = crate, same_origin, enforce)]
#[get("/icon.svg")]
async fn icon() -> impl Responder {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(include_str!("icon.svg"))
}

#[cors(crate = crate, same_origin, enforce)]
#[get("/report.json")]
async fn report_json(request: HttpRequest) -> impl Responder {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(report(&request))
}

#[cors(crate = crate, same_origin, enforce)]
#[get("/ask.json")]
async fn ask_json(request: HttpRequest) -> impl Responder {
    match Question::parse(&query(&request)) {
        Ok(question) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .json(ask::ask(&request, &question).await),
        Err(error) => {
            HttpResponse::BadRequest().insert_header(ContentType::plaintext()).body(error)
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut answer = serializer.serialize_struct("Answer", 6)?;
        answer.serialize_field("readable", &self.readable)?;
        answer.serialize_field("preflight", &self.preflight)?;
        answer.serialize_field("reason", &self.reason)?;
        answer.serialize_field("policy", &self.policy.as_ref().map(PolicyForPeople))?;
        answer.serialize_field("source", &self.source)?;
        answer.serialize_field("response_headers", &Headers(&self.response_headers))?;
        answer.end()
    }
}

struct Headers<'a>(&'a [(String, String)]);

impl Serialize for Headers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
