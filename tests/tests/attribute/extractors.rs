//! The extractors and the return types of handlers.

use actix_web::{
    App, Either, Error, HttpRequest, HttpResponse, Responder,
    error::{ErrorConflict, ErrorImATeapot, JsonPayloadError},
    get,
    http::{StatusCode, header},
    post,
    test::TestRequest,
    web,
};
use cors_actix_tests::{
    EXAMPLE,
    local::{Local, actual, preflight},
};
use serde_json::Value;

use crate::{admitted, assert_alike, granted};

twins! {
    pub(super) fn register(config: &mut web::ServiceConfig) {
        config.app_data(web::Data::new(42_u32));
        config.service(of_none).service(of_path).service(of_pair).service(of_optional);
        config.service(of_fallible);
        config.service(of_json).service(of_either).service(of_many).service(of_missing_data);
        config.service(of_response).service(of_opaque).service(of_result).service(either_response);
        config.service(of_option).service(with_status).service(of_redirect);
    }

    #[get("/none")]
    pub(crate) async fn of_none() -> &'static str {
        "none"
    }

    #[get("/path/{id}")]
    pub(crate) async fn of_path(id: web::Path<u8>) -> String {
        format!("{id}")
    }

    #[get("/pair/{a}/{b:\\d+}")]
    pub(crate) async fn of_pair(path: web::Path<(String, u8)>) -> String {
        let (a, b) = path.into_inner();
        format!("{a} {b}")
    }

    #[get("/optional/{id}")]
    pub(crate) async fn of_optional(id: Option<web::Path<u8>>) -> String {
        format!("{id:?}")
    }

    #[post("/fallible")]
    pub(crate) async fn of_fallible(json: Result<web::Json<Value>, Error>) -> String {
        json.map_or_else(|error| error.to_string(), |json| json.to_string())
    }

    #[post("/json")]
    pub(crate) async fn of_json(web::Json(value): web::Json<Value>) -> web::Json<Value> {
        web::Json(value)
    }

    #[post("/either")]
    pub(crate) async fn of_either(body: Either<web::Json<Value>, web::Bytes>) -> String {
        match body {
            Either::Left(json) => format!("json {json}"),
            Either::Right(bytes) => format!("{} bytes", bytes.len()),
        }
    }

    #[allow(clippy::too_many_arguments)]
    #[post("/many/{id}")]
    pub(crate) async fn of_many(
        request: HttpRequest,
        id: web::Path<u8>,
        query: web::Query<Vec<(String, String)>>,
        data: web::Data<u32>,
        mut body: web::Bytes,
        header: web::Header<header::ContentType>,
        connection: actix_web::dev::ConnectionInfo,
        peer: Option<actix_web::dev::PeerAddr>,
    ) -> String {
        let start = body.split_to(1);
        let has_peer = peer.is_some();
        format!(
            "{} {id} {query:?} {data:?} {start:?} {body:?} {header:?} {} {has_peer}",
            request.path(),
            connection.host(),
        )
    }

    #[get("/missing-data")]
    pub(crate) async fn of_missing_data(data: web::Data<String>) -> String {
        data.to_string()
    }

    #[get("/response")]
    pub(crate) async fn of_response() -> HttpResponse {
        HttpResponse::Created().insert_header(("x-made", "1")).body("made")
    }

    #[get("/opaque")]
    pub(crate) async fn of_opaque() -> impl Responder {
        "opaque".customize().with_status(StatusCode::ACCEPTED)
    }

    #[get("/result/{id}")]
    pub(crate) async fn of_result(id: web::Path<u8>) -> Result<impl Responder, Error> {
        match *id {
            0 => Err(ErrorConflict("conflict")),
            1 => Err(ErrorImATeapot(JsonPayloadError::ContentType)),
            _ => Ok("well"),
        }
    }

    #[get("/either/{id}")]
    pub(crate) async fn either_response(
        id: web::Path<u8>,
    ) -> Either<HttpResponse, Result<String, Error>> {
        match *id {
            0 => Either::Left(HttpResponse::NotModified().finish()),
            1 => Either::Right(Ok("right".to_owned())),
            _ => Either::Right(Err(ErrorConflict("wrong"))),
        }
    }

    #[get("/option/{id}")]
    pub(crate) async fn of_option(id: web::Path<u8>) -> Option<String> {
        (*id > 0).then(|| id.to_string())
    }

    #[get("/status")]
    pub(crate) async fn with_status() -> (&'static str, StatusCode) {
        ("gone", StatusCode::GONE)
    }

    #[get("/redirect")]
    pub(crate) async fn of_redirect() -> web::Redirect {
        web::Redirect::to("/elsewhere").permanent()
    }
}

fn requests() -> Vec<(TestRequest, u16)> {
    let get = |target: &str| actual("GET", target, Some(EXAMPLE));
    let post = |target: &str| actual("POST", target, Some(EXAMPLE));
    let json = |request: TestRequest| request.insert_header(("content-type", "application/json"));
    vec![
        (get("/none"), 200),
        (get("/path/7"), 200),
        (get("/path/seven"), 404),
        (get("/pair/a/1"), 200),
        (get("/pair/a/1000"), 404),
        (get("/optional/7"), 200),
        (get("/optional/seven"), 200),
        (json(post("/fallible")).set_payload("{}"), 200),
        (json(post("/fallible")).set_payload("{"), 200),
        (json(post("/json")).set_payload("[1]"), 200),
        (json(post("/json")).set_payload("[1"), 400),
        (post("/json").set_payload("[1]"), 400),
        (json(post("/either")).set_payload("1"), 200),
        (post("/either").set_payload("1"), 200),
        (json(post("/many/7?a=b")).set_payload("body"), 200),
        (json(post("/many/x?a=b")).set_payload("body"), 404),
        (post("/many/7?a=b").set_payload("body"), 400),
        (get("/missing-data"), 500),
        (get("/response"), 201),
        (get("/opaque"), 202),
        (get("/result/0"), 409),
        (get("/result/1"), 418),
        (get("/result/2"), 200),
        (get("/either/0"), 304),
        (get("/either/1"), 200),
        (get("/either/2"), 409),
        (get("/option/0"), 404),
        (get("/option/1"), 200),
        (get("/status"), 410),
        (get("/redirect"), 308),
    ]
}

fn app_of(register: fn(&mut web::ServiceConfig)) -> impl Future<Output = Local> {
    Local::start(App::new().configure(register))
}

#[actix_web::test]
async fn responses_and_errors_of_every_kind_can_be_read() {
    let app = app_of(annotated::register).await;
    for (request, status) in requests() {
        app.send(request).await.assert(status, admitted());
    }
}

#[actix_web::test]
async fn extractors_and_responders_work_as_without_the_attribute() {
    let (annotated, bare) = (app_of(annotated::register).await, app_of(bare::register).await);
    let requests = || requests().into_iter().map(|(request, _)| request).collect();
    assert_alike(&annotated, &bare, requests).await;
}

#[actix_web::test]
async fn nothing_is_extracted_for_a_preflight() {
    let app = app_of(annotated::register).await;
    for (target, method) in
        [("/path/seven", "GET"), ("/json", "POST"), ("/many/x", "POST"), ("/missing-data", "GET")]
    {
        app.send(preflight(target, EXAMPLE, method)).await.assert_granted(granted(method));
    }
}
