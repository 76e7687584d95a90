//! Measures preflights with long lists of header names.

use actix_http::Request;
use actix_web::{
    App, HttpResponse,
    dev::{Service, ServiceResponse},
    http::{Method, header},
    test::{self, TestRequest},
    web,
};
use cors_actix::{Cors, Policy};
use futures_util::FutureExt as _;
use stats_alloc::Region;

use crate::{ALLOCATOR, callgrind::cell_boundary};

const SIZES: [usize; 2] = [60_000, 120_000];
const ORIGIN: &str = "https://a.example";

/// A function that makes a list of about this number of bytes.
type List = fn(usize) -> String;

const LISTS: [(&str, List); 4] = [
    ("names, each another", |size| {
        let names: String = (0..).map(|number| format!("x-{number:06},")).take(size / 9).collect();
        names.trim_end_matches(',').to_owned()
    }),
    ("allowed names", |size| "x-request-id,".repeat(size / 13)),
    ("commas", |size| ",".repeat(size)),
    ("one name", |size| "x".repeat(size)),
];

pub(crate) async fn count() {
    for (name, list) in LISTS {
        for size in SIZES {
            let policy = Policy::builder().allow_origins([ORIGIN]).allow_headers(["x-request-id"]);
            let policy = policy.build().unwrap_or_else(|error| unreachable!("{error}"));
            let app = App::new().wrap(Cors::new(policy)).default_service(web::to(empty));
            cell(name, size, "Cors", test::init_service(app).await, list(size));
            let theirs = actix_cors::Cors::default()
                .allowed_origin(ORIGIN)
                .allowed_methods(["GET"])
                .allowed_headers(["x-request-id"]);
            let app = App::new().wrap(theirs).default_service(web::to(empty));
            cell(name, size, "actix-cors", test::init_service(app).await, list(size));
        }
    }
}

async fn empty() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

fn cell<S, B>(name: &str, size: usize, column: &str, app: S, list: String)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
{
    let request = || {
        TestRequest::default()
            .method(Method::OPTIONS)
            .insert_header((header::ORIGIN, ORIGIN))
            .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "GET"))
            .insert_header((header::ACCESS_CONTROL_REQUEST_HEADERS, list.clone()))
            .to_request()
    };
    drop(app.call(request()).now_or_never());
    let preflight = request();
    let region = Region::new(ALLOCATOR);
    cell_boundary();
    let response = app.call(preflight).now_or_never();
    cell_boundary();
    let change = region.change();
    let status = response.and_then(Result::ok).map_or(0, |response| response.status().as_u16());
    println!("{name}\t{size}\t{column}\t{status}\t{}", change.bytes_allocated);
}

pub(crate) fn print(counted: &[(String, f64)]) {
    println!("instructions of a whole preflight (bytes allocated), by bytes of its header list\n");
    for line in counted.chunks(2) {
        let [(ours, count), (theirs, other)] = line else { continue };
        let cell = |text: &str| text.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let (ours, theirs) = (cell(ours), cell(theirs));
        println!(
            "{:<22}{:>8}  Cors {count:>9.0} ({}, {} B)  actix-cors {other:>11.0} ({}, {} B)  ratio {:.4}",
            ours[0],
            ours[1],
            ours[3],
            ours[4],
            theirs[3],
            theirs[4],
            count / other
        );
    }
}
