//! The cells of the table: each is a request, and an app that serves the request in one of the compared ways.

use std::sync::LazyLock;

use actix_http::Request;
use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{Service, ServiceResponse},
    get,
    http::{
        Method,
        header::{self, HeaderName},
    },
    put,
    test::{self, TestRequest},
    web,
};
use cors_actix::{Cors, Policy, PolicyHandle, cors};
use futures_util::FutureExt as _;
use stats_alloc::Region;

use crate::{ALLOCATOR, callgrind::cell_boundary, floor::Floor, routes, written::Written};

/// Requests per cell: enough that rare costs, such as the growth of a buffer, do not change the average.
pub(crate) const REQUESTS: usize = 200;

pub(crate) const COLUMNS: [&str; 5] = ["bare", "floor", "actix-cors", "Cors", "#[cors]"];
const BARE: &str = COLUMNS[0];
/// The bare app for preflights of an attribute. These preflights reach a route, so the bare app also answers
/// with an empty 204 in a route.
pub(crate) const BARE_ROUTE: &str = "bare route";
const FLOOR: &str = COLUMNS[1];
const ACTIX_CORS: &str = COLUMNS[2];
pub(crate) const CORS: &str = COLUMNS[3];
pub(crate) const ATTRIBUTE: &str = COLUMNS[4];

macro_rules! annotated {
    ($($module:ident = $written:expr;)+) => {$(
        mod $module {
            use super::*;

            pub(super) static POLICY: LazyLock<Policy> = LazyLock::new(|| $written.policy());

            #[cors(policy = POLICY)]
            #[get("/")]
            pub(super) async fn hello() -> &'static str {
                "hello"
            }

            #[cors(policy = POLICY)]
            #[put("/")]
            pub(super) async fn save() -> &'static str {
                "saved"
            }

            #[cors(policy = POLICY)]
            #[get("/error")]
            pub(super) async fn fail() -> Result<&'static str, Error> {
                Err(actix_web::error::ErrorBadRequest("no"))
            }
        }
    )+};
}

annotated! {
    exact_1 = Written::exact(1);
    exact_3 = Written::exact(3);
    exact_100 = Written::exact(100);
    pattern_1 = Written::patterns(1);
    patterns_100 = Written::patterns(100);
    any = Written::any();
}

static HANDLE: LazyLock<PolicyHandle> =
    LazyLock::new(|| PolicyHandle::new(Written::exact(3).policy()));

#[cors(policy = HANDLE)]
#[get("/")]
async fn behind_handle() -> &'static str {
    "hello"
}

async fn fail() -> Result<&'static str, Error> {
    Err(actix_web::error::ErrorBadRequest("no"))
}

fn plain(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(|| async { "hello" }))
        .route("/", web::put().to(|| async { "saved" }))
        .route("/error", web::get().to(fail));
}

fn actual(path: &str, origin: Option<&str>) -> TestRequest {
    let request = TestRequest::with_uri(path).insert_header(("accept", "*/*"));
    match origin {
        Some(origin) => request.insert_header((header::ORIGIN, origin)),
        None => request,
    }
}

fn preflight(path: &str, origin: &str, method: &str, names: &str) -> TestRequest {
    let request = actual(path, Some(origin))
        .method(Method::OPTIONS)
        .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, method));
    if names.is_empty() {
        request
    } else {
        request.insert_header((HeaderName::from_static("access-control-request-headers"), names))
    }
}

/// Serves the requests that are counted. No service waits.
#[inline(never)]
fn serve_all<S: Service<Request>>(app: &S, requests: Vec<Request>) {
    for request in requests {
        drop(app.call(request).now_or_never());
    }
}

/// Counts one cell.
fn count<S, B>(row: &str, column: &str, app: S, request: impl Fn() -> TestRequest)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    if std::env::var("CELL").is_ok_and(|cell| cell != format!("{row}/{column}")) {
        return;
    }
    let requests = |count: usize| (0..count).map(|_| request().to_request()).collect::<Vec<_>>();
    serve_all(&app, requests(50));
    let measured = requests(REQUESTS);
    let region = Region::new(ALLOCATOR);
    cell_boundary();
    serve_all(&app, measured);
    cell_boundary();
    let change = region.change();
    println!("{row}\t{column}\t{}", change.allocations + change.reallocations);
}

async fn empty() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// One row: the same request in every column.
macro_rules! row {
    ($row:literal, $written:expr, $floor:expr, $attribute:expr, $request:expr) => {{
        let (row, request) = ($row, $request);
        let (floor, written): (Floor, Written) = ($floor, $written);
        if request().to_request().method() == Method::OPTIONS {
            let app = App::new().wrap(Floor::Nothing).configure(plain);
            count(row, BARE, test::init_service(app).await, &request);
            let options = web::method(Method::OPTIONS).to(empty);
            let app = App::new().route("/", web::get().to(empty)).route("/", options);
            count(row, BARE_ROUTE, test::init_service(app).await, &request);
        } else {
            count(row, BARE, test::init_service(App::new().configure(plain)).await, &request);
        }
        let app = App::new().wrap(floor).configure(plain);
        count(row, FLOOR, test::init_service(app).await, &request);
        let app = App::new().wrap(written.actix_cors()).configure(plain);
        count(row, ACTIX_CORS, test::init_service(app).await, &request);
        let app = App::new().wrap(Cors::new(written.policy())).configure(plain);
        count(row, CORS, test::init_service(app).await, &request);
        let app = App::new().configure(|config| {
            $attribute(config);
        });
        count(row, ATTRIBUTE, test::init_service(app).await, &request);
    }};
}

/// One row of an app with 200 routes, which are annotated in both columns of this library.
macro_rules! routes_row {
    ($routes:ident, $row:literal, $path:literal, $floor:expr, $request:expr) => {{
        let (row, request) = ($row, $request);
        let written = Written::exact(3);
        let neighbour = || web::get().to(|| async { "hello" });
        if request().to_request().method() == Method::OPTIONS {
            let app = App::new().wrap(Floor::Nothing).configure(routes::$routes::plain);
            count(row, BARE, test::init_service(app).await, &request);
            let options = web::method(Method::OPTIONS).to(empty);
            let app = App::new().configure(routes::$routes::plain).route($path, options);
            count(row, BARE_ROUTE, test::init_service(app).await, &request);
        } else {
            let app = App::new().configure(routes::$routes::plain).route("/", neighbour());
            count(row, BARE, test::init_service(app).await, &request);
        }
        let app = App::new().wrap($floor).configure(routes::$routes::plain).route("/", neighbour());
        count(row, FLOOR, test::init_service(app).await, &request);
        let app = App::new()
            .wrap(written.actix_cors())
            .configure(routes::$routes::plain)
            .route("/", neighbour());
        count(row, ACTIX_CORS, test::init_service(app).await, &request);
        let layer = Cors::new(written.policy());
        let app =
            App::new().wrap(layer).configure(routes::$routes::annotated).route("/", neighbour());
        count(row, CORS, test::init_service(app).await, &request);
        let app = App::new().configure(routes::$routes::annotated).route("/", neighbour());
        count(row, ATTRIBUTE, test::init_service(app).await, &request);
    }};
}

macro_rules! handlers {
    ($module:ident) => {
        |config: &mut web::ServiceConfig| {
            config.service($module::hello).service($module::save).service($module::fail);
        }
    };
}

pub(crate) async fn run() {
    const LAST_OF_3: Option<&str> = Some("https://site2.example");
    const ALL: &str = "content-type,x-a,x-b,x-c,x-d,x-e,x-f,x-g,x-h,x-i,x-j,x-request-id";

    row!("no Origin, 3 origins", Written::exact(3), Floor::Vary, handlers!(exact_3), || actual(
        "/", None
    ));
    row!("allowed, 1 origin", Written::exact(1), Floor::Allowed, handlers!(exact_1), || {
        actual("/", Some("https://site0.example"))
    });
    row!("allowed, 3 origins", Written::exact(3), Floor::Allowed, handlers!(exact_3), || actual(
        "/", LAST_OF_3
    ));
    row!("allowed, 100 origins", Written::exact(100), Floor::Allowed, handlers!(exact_100), || {
        actual("/", Some("https://site99.example"))
    });
    row!("allowed, 1 pattern", Written::patterns(1), Floor::Allowed, handlers!(pattern_1), || {
        actual("/", Some("https://a.b.site0.example"))
    });
    row!(
        "allowed, 100 patterns",
        Written::patterns(100),
        Floor::Allowed,
        handlers!(patterns_100),
        || { actual("/", Some("https://a.b.site99.example")) }
    );
    row!("denied, 3 origins", Written::exact(3), Floor::Vary, handlers!(exact_3), || {
        actual("/", Some("https://evil.example"))
    });
    row!("denied, 100 origins", Written::exact(100), Floor::Vary, handlers!(exact_100), || {
        actual("/", Some("https://evil.example"))
    });
    row!(
        "denied, 100 patterns",
        Written::patterns(100),
        Floor::Vary,
        handlers!(patterns_100),
        || { actual("/", Some("https://a.b.evil.example")) }
    );
    row!("any origin", Written::any(), Floor::Any, handlers!(any), || {
        actual("/", Some("https://site0.example"))
    });
    row!("any origin, no Origin", Written::any(), Floor::Any, handlers!(any), || actual("/", None));
    row!(
        "error, allowed, 3 origins",
        Written::exact(3),
        Floor::Allowed,
        handlers!(exact_3),
        || { actual("/error", LAST_OF_3) }
    );
    row!("preflight, 3 origins", Written::exact(3), Floor::Allowed, handlers!(exact_3), || {
        preflight("/", "https://site2.example", "PUT", "")
    });
    row!("preflight, 1 header", Written::exact(3), Floor::Allowed, handlers!(exact_3), || {
        preflight("/", "https://site2.example", "PUT", "content-type")
    });
    row!("preflight, 12 headers", Written::exact(3), Floor::Allowed, handlers!(exact_3), || {
        preflight("/", "https://site2.example", "PUT", ALL)
    });
    row!("preflight, origin denied", Written::exact(3), Floor::Vary, handlers!(exact_3), || {
        preflight("/", "https://evil.example", "PUT", "content-type")
    });
    row!("preflight, method denied", Written::exact(3), Floor::Vary, handlers!(exact_3), || {
        preflight("/", "https://site2.example", "DELETE", "content-type")
    });
    row!("preflight, header denied", Written::exact(3), Floor::Vary, handlers!(exact_3), || {
        preflight("/", "https://site2.example", "PUT", "content-type,x-evil")
    });

    let app = App::new().wrap(Cors::new(&*HANDLE)).configure(plain);
    let allowed = || actual("/", LAST_OF_3);
    count(
        "allowed, 3 origins, handle",
        BARE,
        test::init_service(App::new().configure(plain)).await,
        allowed,
    );
    count("allowed, 3 origins, handle", CORS, test::init_service(app).await, allowed);
    let app = App::new().service(behind_handle);
    count("allowed, 3 origins, handle", ATTRIBUTE, test::init_service(app).await, allowed);

    routes_row!(fixed, "200 routes: first", "", Floor::Allowed, || actual(
        "/routes/000",
        LAST_OF_3
    ));
    routes_row!(fixed, "200 routes: last", "", Floor::Allowed, || actual("/routes/199", LAST_OF_3));
    routes_row!(fixed, "200 routes: plain neighbour", "", Floor::Allowed, || actual(
        "/", LAST_OF_3
    ));
    routes_row!(fixed, "200 routes: plain neighbour, no Origin", "", Floor::Vary, || actual(
        "/", None
    ));
    routes_row!(fixed, "200 routes: preflight of the first", "/routes/000", Floor::Allowed, || {
        preflight("/routes/000", "https://site2.example", "GET", "")
    });
    routes_row!(fixed, "200 routes: preflight of the last", "/routes/199", Floor::Allowed, || {
        preflight("/routes/199", "https://site2.example", "GET", "")
    });
    routes_row!(dynamic, "200 dynamic routes: last", "", Floor::Allowed, || actual(
        "/routes/199/5",
        LAST_OF_3
    ));
    routes_row!(dynamic, "200 dynamic routes: plain neighbour", "", Floor::Allowed, || actual(
        "/", LAST_OF_3
    ));
    routes_row!(
        dynamic,
        "200 dynamic routes: preflight of the first",
        "/routes/000/{id}",
        Floor::Allowed,
        || preflight("/routes/000/5", "https://site2.example", "GET", "")
    );
    routes_row!(
        dynamic,
        "200 dynamic routes: preflight of the last",
        "/routes/199/{id}",
        Floor::Allowed,
        || preflight("/routes/199/5", "https://site2.example", "GET", "")
    );
}
