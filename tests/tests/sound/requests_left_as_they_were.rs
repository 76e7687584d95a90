//! The library leaves no traces in a request that middleware or handlers could see.

use std::cell::Cell;

use actix_web::{
    App, Error, HttpMessage as _, HttpRequest, HttpResponse,
    body::MessageBody,
    dev::{ConnectionInfo, Payload, Service as _, ServiceRequest, ServiceResponse, Transform as _},
    get,
    http::header::{HOST, HeaderName, HeaderValue},
    middleware::{Next, from_fn},
    post, test, web,
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    calls::Calls,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{friends, to_host};

static ENFORCED: Policy = policy! { allow_origins = ["https://friend.example"], enforce };

/// The origin of a request to `api.example`.
const ITSELF: &str = "http://api.example";

fn has_connection_info(request: &HttpRequest) -> bool {
    request.extensions().contains::<ConnectionInfo>()
}

thread_local! {
    static FOUND: Cell<usize> = const { Cell::new(0) };
}

/// Counts the traces in requests on their way in, and in the requests of responses on their way out.
async fn look(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    FOUND.set(FOUND.get() + usize::from(has_connection_info(request.request())));
    let response = next.call(request).await?;
    FOUND.set(FOUND.get() + usize::from(has_connection_info(response.request())));
    Ok(response)
}

async fn plain(request: HttpRequest) -> HttpResponse {
    FOUND.set(FOUND.get() + usize::from(has_connection_info(&request)));
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = ["https://friend.example"])]
#[get("/annotated")]
async fn annotated(request: HttpRequest) -> HttpResponse {
    plain(request).await
}

#[cors(same_origin, enforce)]
#[post("/enforced/{id}")]
async fn enforced(request: HttpRequest) -> HttpResponse {
    plain(request).await
}

const ROUTES: [(&str, &str); 4] =
    [("GET", "/annotated"), ("POST", "/enforced/7"), ("GET", "/plain"), ("POST", "/plain")];

/// Each of the requests is the first request of an app once.
#[actix_web::test]
async fn no_connection_info_is_found_inside_or_outside_of_a_layer() {
    for layer in [friends(), Cors::new(&ENFORCED), Cors::new(Policy::same_origin())] {
        for (method, target) in ROUTES {
            for origin in [Some(FRIEND), Some(STRANGER), Some(ITSELF), None] {
                let app = App::new()
                    .wrap(from_fn(look))
                    .wrap(layer.clone())
                    .wrap(from_fn(look))
                    .service(annotated)
                    .service(enforced)
                    .route("/plain", web::to(plain));
                let app = Local::start(app).await;
                for _ in 0..2 {
                    app.send(to_host(actual(method, target, origin), "api.example")).await;
                    let origin = origin.unwrap_or(FRIEND);
                    app.send(to_host(preflight(target, origin, method), "api.example")).await;
                }
                assert_eq!(FOUND.take(), 0, "{method} {target} of {origin:?}");
            }
        }
    }
}

#[actix_web::test]
async fn no_connection_info_is_found_around_an_annotated_route_alone() {
    let app = App::new().wrap(from_fn(look)).service(annotated).service(enforced);
    let app = Local::start(app).await;
    for (method, target) in ROUTES {
        for origin in [FRIEND, STRANGER, ITSELF] {
            app.send(to_host(actual(method, target, Some(origin)), "api.example")).await;
            app.send(to_host(preflight(target, origin, method), "api.example")).await;
            assert_eq!(FOUND.take(), 0, "{method} {target} of {origin}");
        }
    }
}

/// Sets the client's address, like middleware behind a proxy.
async fn correct(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let address = HeaderName::from_static("x-forwarded-for");
    request.headers_mut().insert(address, HeaderValue::from_static("10.0.0.1"));
    request.headers_mut().insert(HOST, HeaderValue::from_static("corrected.example"));
    next.call(request).await
}

async fn who(request: HttpRequest) -> String {
    let info = request.connection_info();
    format!("{} {}", info.realip_remote_addr().unwrap_or_default(), info.host())
}

#[cors(same_origin, enforce)]
#[post("/who")]
async fn annotated_who(request: HttpRequest) -> String {
    who(request).await
}

#[actix_web::test]
async fn a_handler_sees_the_address_that_inner_middleware_has_corrected() {
    for layer in [friends(), Cors::new(&ENFORCED)] {
        let app = App::new().wrap(from_fn(correct)).wrap(layer).service(annotated);
        let app = Local::start(app.route("/{tail:.*}", web::to(who))).await;
        for _ in 0..2 {
            for method in ["GET", "POST"] {
                let request = to_host(actual(method, "/x", Some(ITSELF)), "api.example");
                let forged = request.insert_header(("x-forwarded-for", "6.6.6.6"));
                assert_eq!(app.send(forged).await.text(), "10.0.0.1 corrected.example");
            }
        }
    }
}

#[actix_web::test]
async fn a_wrap_of_an_annotated_route_corrects_the_address_too() {
    #[cors(same_origin, enforce)]
    #[post("/wrapped", wrap = "from_fn(correct)")]
    async fn wrapped(request: HttpRequest) -> String {
        who(request).await
    }

    for app in [
        Local::start(App::new().service(wrapped)).await,
        Local::start(App::new().wrap(friends()).service(wrapped)).await,
    ] {
        let request = to_host(actual("POST", "/wrapped", Some(ITSELF)), "api.example");
        let forged = request.insert_header(("x-forwarded-for", "6.6.6.6"));
        assert_eq!(app.send(forged).await.text(), "10.0.0.1 corrected.example");
    }
}

/// Middleware outside of the layer may have made the `ConnectionInfo`.
#[actix_web::test]
async fn a_connection_info_of_outer_middleware_stays() {
    async fn ask(
        request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        drop(request.connection_info().clone());
        request.extensions_mut().insert(7_u8);
        let response = next.call(request).await?;
        assert!(has_connection_info(response.request()));
        assert_eq!(response.request().extensions().get(), Some(&7_u8));
        Ok(response)
    }

    async fn look(request: HttpRequest) -> &'static str {
        assert!(has_connection_info(&request));
        assert_eq!(request.extensions().get(), Some(&7_u8));
        "looked"
    }

    let app = App::new().wrap(Cors::new(&ENFORCED)).wrap(from_fn(ask)).service(annotated_who);
    let app = Local::start(app.route("/x", web::to(look))).await;
    for origin in [Some(ITSELF), Some(FRIEND), None] {
        let request = to_host(actual("POST", "/x", origin), "api.example");
        assert_eq!(app.send(request).await.text(), "looked");
    }
    let request = to_host(actual("POST", "/who", Some(ITSELF)), "api.example");
    assert_eq!(app.send(request).await.status, 200);
}

/// Layers change neither the headers nor the path of a request.
#[actix_web::test]
async fn the_headers_and_the_path_of_a_request_do_not_change() {
    async fn describe(request: HttpRequest) -> String {
        let mut lines: Vec<_> = request.headers().iter().map(|line| format!("{line:?}")).collect();
        lines.sort();
        format!("{} {:?}\n{}", request.uri(), request.match_info(), lines.join("\n"))
    }

    let with = App::new().wrap(Cors::new(&ENFORCED)).wrap(friends()).service(annotated);
    let with = Local::start(with.route("/{a}/{b:.*}", web::to(describe))).await;
    let without = App::new().service(annotated).route("/{a}/{b:.*}", web::to(describe));
    let without = Local::start(without).await;
    for target in ["/a/b?c", "/a//b%2Fc", "/%C3%BC/../x", "/a/%2e%2e/b"] {
        let ask = || to_host(actual("POST", target, Some(FRIEND)), "api.example");
        assert_eq!(with.send(ask()).await.text(), without.send(ask()).await.text());
    }
}

/// Middleware may send a request again, such as for another page if there is none for the path.
#[actix_web::test]
async fn a_request_that_is_sent_again_is_decided_anew() {
    let calls = Calls::default();
    let counted = calls.clone();
    let asked = Policy::builder().allow_origins_if(move |_, _| {
        counted.add();
        true
    });
    let inner = friends().new_transform(test::ok_service()).await.unwrap();
    let outer = Cors::new(asked.build().unwrap()).new_transform(inner).await.unwrap();
    let mut request = actual("GET", "/", Some(FRIEND)).to_srv_request();
    for _ in 0..3 {
        let response = outer.call(request).await.unwrap();
        request = ServiceRequest::from_parts(response.into_parts().0, Payload::None);
        assert_eq!(calls.take(), 1);
    }
}
