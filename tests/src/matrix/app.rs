//! An app with every policy at every place, and a record of the requests that reach the app.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    cookie::{Cookie, SameSite},
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, COOKIE,
            HeaderName, LOCATION, ORIGIN,
        },
    },
    middleware::{Next, from_fn},
    web::{self, Query, ServiceConfig},
};
use cors_actix::{Cors, Policy};

use super::{
    page, plan,
    situation::{Heard, Place},
};

/// The requests that have reached the server, by situation.
#[derive(Debug, Clone, Default)]
pub struct Journal(Arc<Mutex<HashMap<usize, Vec<Heard>>>>);

impl Journal {
    /// Returns the requests of a situation since the last call.
    pub fn take(&self, situation: usize) -> Vec<Heard> {
        let mut heard = self.0.lock().expect("nobody panics in between");
        heard.remove(&situation).unwrap_or_default()
    }

    pub(super) fn note(&self, request: &ServiceRequest) {
        let path = request.path();
        let last = path.rsplit('/').next().unwrap_or_default();
        let Ok(situation) = last.trim_end_matches(char::is_alphabetic).parse() else { return };
        let header = |name: HeaderName| {
            let lines: Vec<_> = request
                .headers()
                .get_all(name)
                .map(|line| line.as_bytes().escape_ascii().to_string())
                .collect();
            (!lines.is_empty()).then(|| lines.join("\n"))
        };
        let host = request.connection_info().host().to_owned();
        let heard = Heard {
            method: request.method().to_string(),
            url: format!("{host}{path}"),
            origin: header(ORIGIN),
            asks_method: header(ACCESS_CONTROL_REQUEST_METHOD),
            asks_headers: header(ACCESS_CONTROL_REQUEST_HEADERS),
            cookie: request.headers().contains_key(COOKIE),
            authorization: request.headers().contains_key(AUTHORIZATION),
        };
        self.0.lock().expect("nobody panics in between").entry(situation).or_default().push(heard);
    }
}

/// Makes the app. Every path has its policy, and answers as the query demands.
pub fn make(
    journal: &Journal,
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
    let journal = journal.clone();
    let policies: Vec<_> = plan::all().iter().map(plan::Plan::policy).collect();
    let mut outer = Cors::new(Policy::same_origin());
    for (index, policy) in policies.iter().enumerate() {
        for place in [Place::App, Place::Scope, Place::Locked] {
            outer = outer.scope(&format!("/{place}/{index}"), policy);
        }
    }
    App::new()
        .wrap(from_fn(lock))
        .wrap(outer)
        .wrap(from_fn(move |request: ServiceRequest, next: Next<_>| {
            journal.note(&request);
            next.call(request)
        }))
        .route("/page", web::get().to(page::page))
        .route("/frame", web::get().to(page::frame))
        .route("/cookie", web::get().to(cookie))
        .configure(|config| {
            for (index, policy) in policies.iter().enumerate() {
                for place in [Place::App, Place::Locked] {
                    let path = format!("/{place}/{index}/{{situation}}");
                    config.service(web::resource(path).to(answer));
                }
                let scope = web::scope(&format!("/{}/{index}", Place::Scope))
                    .wrap(Cors::new(policy))
                    .service(web::resource("/{situation}").to(answer));
                config.service(scope);
            }
        })
        .configure(annotated)
}

/// Authenticates.
async fn lock<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let is_locked = request.path().starts_with("/locked/");
    if is_locked && !request.headers().contains_key(AUTHORIZATION) {
        let denied = HttpResponse::Unauthorized().body("locked");
        return Ok(request.into_response(denied).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

pub(super) async fn cookie(request: HttpRequest) -> HttpResponse {
    let is_safe = request.connection_info().scheme() == "https";
    HttpResponse::Ok().cookie(cookie_at(is_safe)).body("")
}

/// Returns a cookie that browsers send to its host and, over TLS, from pages of every site.
pub(super) fn cookie_at(is_safe: bool) -> Cookie<'static> {
    let mut cookie = Cookie::new(if is_safe { "safe" } else { "plain" }, "1");
    if is_safe {
        cookie.set_secure(true);
        cookie.set_same_site(SameSite::None);
    }
    cookie
}

/// Answers as the query demands: with a status, and with the target of a redirect.
pub(super) async fn answer(
    request: HttpRequest,
    query: Query<HashMap<String, String>>,
) -> HttpResponse {
    let status = query.get("status").and_then(|status| status.parse().ok()).unwrap_or(400);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = HttpResponse::build(status);
    response
        .insert_header(("cache-control", "no-store"))
        .insert_header(("content-type", "text/plain"))
        .insert_header(("content-language", "en"))
        .insert_header(("pragma", "x"))
        .insert_header(("etag", "\"1\""))
        .insert_header(("x-one", "1"))
        .insert_header(("x-two", "2"))
        .insert_header(("set-cookie", "noise=1; Max-Age=0"));
    if let Some(to) = query.get("to") {
        let path = request.path();
        response.insert_header((LOCATION, format!("{to}{path}b?status=200")));
    }
    match status {
        StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED => response.finish(),
        _ => response.body(format!("{status}")),
    }
}

/// Makes handlers under `#[cors]`, one for each policy, with few or with many methods.
macro_rules! annotated {
    ($($few:ident $index_of_few:literal $many:ident $index_of_many:literal)+) => {
        $(#[cors_actix::cors(policy = plan::all()[$index_of_few].policy())]
        #[actix_web::route("/{situation}", method = "GET", method = "POST", method = "DELETE")]
        async fn $few(
            request: HttpRequest,
            query: Query<HashMap<String, String>>,
        ) -> HttpResponse {
            answer(request, query).await
        }

        #[cors_actix::cors(policy = plan::all()[$index_of_many].policy())]
        #[actix_web::route(
            "/{situation}",
            method = "GET",
            method = "HEAD",
            method = "POST",
            method = "PUT",
            method = "PATCH",
            method = "DELETE",
            method = "PURGE",
        )]
        async fn $many(
            request: HttpRequest,
            query: Query<HashMap<String, String>>,
        ) -> HttpResponse {
            answer(request, query).await
        })+

        fn annotated(config: &mut ServiceConfig) {
            let scope = |index| web::scope(&format!("/{}/{index}", Place::Route));
            $(config.service(scope($index_of_few).service($few));
            config.service(scope($index_of_many).service($many));)+
            const _: () = assert!([$($index_of_few, $index_of_many),+].len() == plan::COUNT);
        }
    };
}

annotated! {
    few_0 0 many_1 1
    few_2 2 many_3 3
    few_4 4 many_5 5
    few_6 6 many_7 7
    few_8 8 many_9 9
    few_10 10 many_11 11
    few_12 12 many_13 13
    few_14 14 many_15 15
    few_16 16 many_17 17
    few_18 18 many_19 19
    few_20 20 many_21 21
    few_22 22 many_23 23
    few_24 24 many_25 25
    few_26 26 many_27 27
    few_28 28 many_29 29
    few_30 30 many_31 31
    few_32 32 many_33 33
    few_34 34 many_35 35
    few_36 36 many_37 37
    few_38 38 many_39 39
}
