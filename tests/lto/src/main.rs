//! Prints all headers of the responses to a fixed set of requests, and checks the warning about the inspector.

mod inspector;

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    delete,
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    http::{
        Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue,
            ORIGIN, VARY,
        },
    },
    middleware::{DefaultHeaders, Next, from_fn},
    put,
    test::{self, TestRequest},
    web,
};
use cors_actix::{Cors, Policy, cors, policy};

static FRIENDS: Policy = policy! {
    allow_origins = ["https://friend.example"],
    allow_methods = ["PUT"],
    allow_headers = ["x-token"],
    expose_headers = ["x-count"],
    allow_credentials,
    max_age = 600,
};
static OPEN: Policy = policy! { allow_origins = any, allow_methods = ["PUT"] };

const ORIGINS: [Option<&str>; 3] =
    [Some("https://friend.example"), Some("https://stranger.example"), None];

/// Makes a response with the same constants as the library. LLVM may merge equal constants.
fn with_vary(values: &[&'static str]) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for value in values {
        response.append_header((VARY, HeaderValue::from_static(value)));
    }
    response.finish()
}

async fn vary_by_origin() -> HttpResponse {
    HttpResponse::Ok().insert_header((VARY, HeaderValue::from_static("Origin"))).finish()
}

async fn vary_by_preflight() -> HttpResponse {
    let names = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    HttpResponse::Ok().insert_header((VARY, HeaderValue::from_static(names))).finish()
}

async fn own_origin() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")))
        .insert_header((ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true")))
        .finish()
}

async fn fails() -> Result<HttpResponse, Error> {
    let mut response = HttpResponse::new(StatusCode::IM_A_TEAPOT);
    response.headers_mut().insert(VARY, HeaderValue::from_static("Origin"));
    Err(error::InternalError::from_response("no", response).into())
}

async fn unauthorized(
    _: ServiceRequest,
    _: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<String>, Error> {
    Err(error::ErrorUnauthorized("no"))
}

#[cors(policy = &FRIENDS)]
#[get("/annotated")]
async fn annotated() -> HttpResponse {
    with_vary(&["Origin"])
}

#[cors(allow_origins = any)]
#[put("/annotated")]
async fn annotated_open() -> HttpResponse {
    with_vary(&["Origin"])
}

#[cors(same_origin)]
#[delete("/annotated")]
async fn annotated_closed() -> HttpResponse {
    with_vary(&["Origin"])
}

#[cors(policy = &FRIENDS)]
#[get("/annotated-fails")]
async fn annotated_fails() -> Result<HttpResponse, Error> {
    fails().await
}

fn handlers(config: &mut web::ServiceConfig) {
    let defaults = DefaultHeaders::new().add((VARY, HeaderValue::from_static("Origin")));
    let defaults = web::scope("/defaults").wrap(defaults);
    let protected = web::scope("/protected").wrap(from_fn(unauthorized));
    config
        .route("/plain", web::get().to(async || with_vary(&[])))
        .route("/origin", web::get().to(vary_by_origin))
        .route("/preflight", web::get().to(vary_by_preflight))
        .route("/lower-case", web::get().to(async || with_vary(&["origin"])))
        .route("/accept", web::get().to(async || with_vary(&["Accept"])))
        .route("/both", web::get().to(async || with_vary(&["Accept, Origin"])))
        .route("/two", web::get().to(async || with_vary(&["Accept", "Origin"])))
        .route("/all", web::get().to(async || with_vary(&["*"])))
        .route("/own", web::get().to(own_origin))
        .route("/fails", web::get().to(fails))
        .service(defaults.route("/plain", web::get().to(async || with_vary(&[]))))
        .service(protected.route("/plain", web::get().to(async || with_vary(&[]))))
        .service(annotated)
        .service(annotated_open)
        .service(annotated_closed)
        .service(annotated_fails);
}

const TARGETS: [&str; 15] = [
    "/plain",
    "/origin",
    "/preflight",
    "/lower-case",
    "/accept",
    "/both",
    "/two",
    "/all",
    "/own",
    "/fails",
    "/defaults/plain",
    "/protected/plain",
    "/annotated",
    "/annotated-fails",
    "/missing",
];

fn print(what: &str, status: StatusCode, headers: &HeaderMap) {
    println!("\n{what}: {status}");
    let mut lines: Vec<_> = headers.iter().collect();
    // Lines of the same name keep their order.
    lines.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in lines {
        println!("{name}: {}", value.as_bytes().escape_ascii());
    }
}

fn requests(prefix: &str) -> impl Iterator<Item = (String, TestRequest)> {
    let methods = [Method::GET, Method::PUT, Method::DELETE];
    let all = TARGETS.iter().flat_map(move |target| {
        let target = format!("{prefix}{target}");
        let methods = methods.clone().into_iter();
        methods.flat_map(move |method| {
            let target = target.clone();
            ORIGINS.into_iter().flat_map(move |origin| {
                let with_origin = |request: TestRequest| match origin {
                    Some(origin) => request.insert_header((ORIGIN, origin)),
                    None => request,
                };
                let what = format!("{method} {target} of {origin:?}");
                let actual = with_origin(TestRequest::with_uri(&target).method(method.clone()));
                let preflight = TestRequest::with_uri(&target).method(Method::OPTIONS);
                let preflight = with_origin(preflight)
                    .insert_header((ACCESS_CONTROL_REQUEST_METHOD, method.as_str()))
                    .insert_header((ACCESS_CONTROL_REQUEST_HEADERS, "x-token"));
                [(format!("preflight for {what}"), preflight), (what, actual)]
            })
        })
    });
    all.collect::<Vec<_>>().into_iter()
}

macro_rules! print_app {
    ($name:literal, $app:expr, $prefix:literal) => {{
        println!("\n== {}", $name);
        let app = test::init_service($app).await;
        for (what, request) in requests($prefix) {
            match test::try_call_service(&app, request.to_request()).await {
                Ok(response) => print(&what, response.status(), response.headers()),
                Err(error) => {
                    let response = error.error_response();
                    print(&what, response.status(), response.headers());
                }
            }
        }
    }};
}

#[actix_web::main]
async fn main() {
    inspector::assert_warned().await;
    print_app!("no layer", App::new().configure(handlers), "");
    for (name, policy) in
        [("friends", &FRIENDS), ("open", &OPEN), ("same origin", &Policy::same_origin())]
    {
        println!("\n==== {name}");
        let layer = || Cors::new(policy);
        print_app!("a layer", App::new().wrap(layer()).configure(handlers), "");
        let authoritative = App::new().wrap(layer().authoritative());
        print_app!("an authoritative layer", authoritative.configure(handlers), "");
        let scope = web::scope("/scope").wrap(layer()).configure(handlers);
        print_app!("in a scope", App::new().service(scope), "/scope");
        for (name, outer) in [("friends", &FRIENDS), ("open", &OPEN)] {
            println!("\n== below {name}");
            let scope = web::scope("/scope").wrap(layer()).configure(handlers);
            let app = App::new().wrap(Cors::new(outer)).service(scope);
            print_app!("nested", app, "/scope");
        }
    }
}
