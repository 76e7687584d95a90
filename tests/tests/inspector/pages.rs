//! The pages of the inspector, word for word. `CORS_ACTIX_RECORD=1` records them in the folder `pages`.

use std::{env, fs, path::Path, sync::LazyLock};

use actix_web::{App, HttpResponse, Responder, delete, get, put, route, web};
use cors_actix::{Any, Cors, Policy, PolicyBuilder, cors, inspector};
use cors_actix_tests::{Request, Server};

/// Every option that the page shows.
#[cors(
    allow_origins = ["https://app.example", "https://*.preview.example", "http://localhost:*"],
    allow_headers = ["content-type", "x-acme-*"],
    expose_headers = ["x-total-count", "etag"],
    allow_credentials,
    timing_allow_origin,
    enforce,
    max_age = 600,
)]
#[put("/items/{id}")]
async fn put_item() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(same_origin)]
#[delete("/items/{id}")]
async fn delete_item() -> impl Responder {
    HttpResponse::Ok()
}

static BY_PREDICATE: LazyLock<Policy> =
    LazyLock::new(|| Policy::builder().allow_origins_if(|_, _| false).build().unwrap());

#[cors(policy = &*BY_PREDICATE)]
#[get("/reports")]
async fn reports() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(allow_origins = any)]
#[route("/news/<&\"'>", method = "GET", method = "POST")]
async fn news() -> impl Responder {
    HttpResponse::Ok()
}

/// Returns a builder of a policy whose location is not a line of this file.
fn policy(name: &str) -> PolicyBuilder {
    Policy::builder().written_at(format!("cors.toml: {name}"))
}

fn staff() -> Policy {
    let policy = policy("staff").allow_origins(["https://staff.example", "https://admin.example"]);
    policy.allow_methods(["PUT", "DELETE"]).allow_credentials(true).build().unwrap()
}

fn open() -> Policy {
    policy("open").allow_origins(Any).build().unwrap()
}

fn partners() -> Policy {
    let policy = policy("partners").allow_origins(["https://partner.example"]);
    policy.allow_origins_if(|_, _| false).build().unwrap()
}

fn layer() -> Cors {
    Cors::new(Policy::by_origin([staff(), open()]).unwrap())
        .scope("/partners", partners())
        .scope("/tenants", Policy::by_request(|_| open()))
}

fn every_policy() -> Server {
    Server::start(|| {
        let routes = web::scope("/v1").service((put_item, delete_item, reports, news));
        App::new().wrap(layer()).service(inspector("/_cors")).service(routes)
    })
}

fn one_layer() -> Server {
    let server = Server::start(|| App::new().wrap(Cors::new(staff())).service(inspector("/_cors")));
    // A layer knows after its first request that it is around the app.
    server.send(&Request::get("/_cors"));
    server
}

fn no_policy() -> Server {
    Server::start(|| App::new().service(inspector("/_cors")))
}

/// Returns a page as it is recorded: each tag in a line of its own, and without the numbers of lines of the source.
fn recordable(page: &str) -> String {
    let lines = page.replace("><", ">\n<") + "\n";
    let parts =
        lines.split(".rs:").map(|part| part.trim_start_matches(|char: char| char.is_ascii_digit()));
    parts.collect::<Vec<_>>().join(".rs:")
}

#[track_caller]
fn assert_recorded(server: &Server, name: &str, target: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inspector/pages");
    let path = folder.join(name).with_extension("html");
    let response = server.send(&Request::get(target));
    assert_eq!(response.status, 200, "{target}");
    let page = recordable(&response.text());
    if env::var_os("CORS_ACTIX_RECORD").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap_or_default();
    assert!(page == recorded, "{target} differs from {}:\n{page}", path.display());
}

#[test]
fn a_page_without_a_question_shows_all_policies() {
    assert_recorded(&every_policy(), "policies", "/_cors?path=/v1/reports");
    assert_recorded(&no_policy(), "no-policies", "/_cors");
}

#[test]
fn a_page_with_a_question_shows_the_question_and_its_answer() {
    let readable = "origin=https://staff.example&method=PUT&path=/items/3&credentials=include";
    let denied = "origin=https://stranger.example&method=PUT&path=/items/3&headers=X-A,x-b";
    let blocked = "origin=https://stranger.example&path=/items";
    let server = one_layer();
    assert_recorded(&server, "readable", &format!("/_cors?{readable}"));
    assert_recorded(&server, "denied", &format!("/_cors?{denied}"));
    assert_recorded(&server, "blocked", &format!("/_cors?{blocked}"));
    assert_recorded(&no_policy(), "no-policy-applies", &format!("/_cors?{blocked}"));
}

#[test]
fn a_page_with_a_mistake_in_the_question_shows_the_mistake() {
    assert_recorded(
        &no_policy(),
        "mistake",
        "/_cors?origin=https://app.example&credentials=include",
    );
}
