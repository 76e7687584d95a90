//! The inspector and the report: who may call what, decided by the code that serves requests.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that can't go on ends")]

mod pages;

use actix_web::{App, HttpRequest, HttpResponse, Responder, get, put, web};
use cors_actix::{Any, Cors, Policy, cors, inspector, report};
use cors_actix_browser::{Browser, Credentials, Fetch};
use cors_actix_tests::{
    Request, Server, VARY,
    journal::{self, Entry},
};
use log::Level;
use serde_json::{Value, json};

const APP: &str = "https://app.example";
const EVIL: &str = "https://evil.example";

#[cors(allow_origins = ["https://app.example"], allow_headers = ["content-type"], allow_credentials)]
#[put("/items/{id}")]
async fn put_item() -> impl Responder {
    unreachable_handler()
}

#[cors(allow_origins = any)]
#[get("/news")]
async fn news() -> impl Responder {
    unreachable_handler()
}

/// Questions never run a handler.
fn unreachable_handler() -> HttpResponse {
    panic!("a handler ran")
}

fn admin() -> Policy {
    Policy::builder()
        .allow_origins(["https://admin.example"])
        .allow_methods(["DELETE"])
        .build()
        .unwrap()
}

fn layer() -> Cors {
    Cors::new(Policy::builder().allow_origins(Any).build().unwrap()).scope("/admin", admin())
}

fn layered() -> Server {
    Server::start(|| {
        App::new()
            .wrap(layer())
            .service(inspector("/_cors"))
            .service(web::scope("/v1").service(put_item).service(news))
            .default_service(web::to(|| async { unreachable_handler() }))
    })
}

fn json(server: &Server, target: &str) -> Value {
    let response = server.send(&Request::get(target));
    assert_eq!(response.status, 200, "{target}: {}", response.text());
    serde_json::from_slice(&response.body).unwrap()
}

fn ask(server: &Server, query: &str) -> Value {
    json(server, &format!("/_cors/ask.json?{query}"))
}

#[test]
fn the_report_names_routes_and_layers_with_their_policies() {
    let report = json(&layered(), "/_cors/report.json");
    let routes = report["routes"].as_array().unwrap();
    let [items, second] = &routes[..] else { panic!("{routes:#?}") };
    assert_eq!(items["path"], "/v1/items/{id}");
    assert_eq!(items["methods"], json!(["PUT"]));
    let expected = json!({
        "allow_origins": [APP],
        "allow_headers": ["content-type"],
        "allow_credentials": true,
    });
    assert_eq!(items["policy"], expected);
    assert!(items["source"].as_str().unwrap().contains("main.rs:"));
    assert_eq!(second["policy"], json!({ "allow_origins": "*" }));
    let layers = report["layers"].as_array().unwrap();
    let layer = layers.iter().find(|layer| layer["scopes"]["/admin"].is_object()).unwrap();
    assert_eq!(layer["policy"], json!({ "allow_origins": "*" }));
    assert_eq!(layer["scopes"]["/admin"]["allow_methods"], json!(["DELETE"]));
}

#[test]
fn an_answer_tells_what_a_browser_would_do() {
    let server = layered();
    let readable = ask(
        &server,
        &format!(
            "origin={APP}&method=PUT&path=/v1/items/3&headers=content-type&credentials=include"
        ),
    );
    assert_eq!(readable["readable"], true, "{readable}");
    assert_eq!(readable["preflight"], true);
    assert_eq!(readable["reason"], Value::Null);
    assert_eq!(readable["response_headers"]["access-control-allow-origin"], APP);
    assert_eq!(readable["response_headers"]["access-control-allow-credentials"], "true");
    let report = json(&server, "/_cors/report.json");
    assert_eq!(readable["source"], report["routes"][0]["source"]);

    let denied = ask(&server, &format!("origin={EVIL}&method=PUT&path=/v1/items/3"));
    assert_eq!((&denied["readable"], &denied["preflight"]), (&json!(false), &json!(true)));
    let reason = denied["reason"].as_str().unwrap();
    assert!(
        reason.starts_with(&format!("origin \"{EVIL}\" is not allowed by the policy at ")),
        "{reason}"
    );
    assert_eq!(denied["response_headers"].get("access-control-allow-origin"), None);

    let simple = ask(&server, &format!("origin={EVIL}&path=/elsewhere"));
    assert_eq!((&simple["readable"], &simple["preflight"]), (&json!(true), &json!(false)));
    assert_eq!(simple["response_headers"], json!({ "access-control-allow-origin": "*" }));
    let with_cookies = ask(&server, &format!("origin={EVIL}&path=/elsewhere&credentials=include"));
    assert_eq!(with_cookies["readable"], false);
    assert_eq!(with_cookies["reason"], "the policy does not allow credentials");

    let blocked = ask(&server, &format!("origin={EVIL}&path=/admin/users"));
    assert_eq!((&blocked["readable"], &blocked["preflight"]), (&json!(false), &json!(false)));
    let start = format!("origin \"{EVIL}\" is not allowed by the policy at ");
    assert!(blocked["reason"].as_str().unwrap().starts_with(&start), "{blocked}");

    let scoped = ask(&server, "origin=https://admin.example&method=DELETE&path=/admin/users");
    assert_eq!(scoped["readable"], true, "{scoped}");
}

/// A method that is written in lower case, and headers that need no preflight, are sent as browsers send them.
const FETCHES: [(&str, &str, &[&str]); 12] = [
    ("DELETE", "/admin/users", &[]),
    ("delete", "/admin/users", &["accept"]),
    ("DELETE", "/admin/users", &["accept-language", "x-other"]),
    ("GET", "/admin/users", &[]),
    ("PATCH", "/admin/users", &[]),
    ("GET", "/x", &[]),
    ("get", "/x", &["accept", "accept-language", "content-language"]),
    ("GET", "/x", &["accept", "x-other"]),
    ("HEAD", "/x", &[]),
    ("POST", "/x", &[]),
    ("POST", "/x", &["content-type"]),
    ("PUT", "/x", &[]),
];

#[test]
fn answers_agree_with_the_browser_on_the_running_service() {
    let server = Server::start(|| {
        App::new()
            .wrap(layer())
            .service(inspector("/_cors"))
            .route("/admin/users", web::to(HttpResponse::Ok))
            .default_service(web::to(HttpResponse::Ok))
    });
    let (base, target) = (server.url(), cors_actix_browser::Server::at(&server.url()));
    actix_web::rt::System::new().block_on(async {
        for origin in [APP, EVIL, "https://admin.example"] {
            for (method, path, headers) in FETCHES {
                for (credentials, word) in
                    [(Credentials::Omit, "omit"), (Credentials::Include, "include")]
                {
                    let fetch = Fetch::new(method, format!("{base}{path}"));
                    let fetch = headers.iter().fold(fetch, |fetch, name| fetch.header(*name, "a"));
                    let seen =
                        Browser::at(origin).fetch(&target, fetch.credentials(credentials)).await;
                    let question = format!(
                        "origin={origin}&method={method}&path={path}&headers={}&credentials={word}",
                        headers.join(","),
                    );
                    let answer = ask(&server, &question);
                    let (readable, preflight) = (&answer["readable"], &answer["preflight"]);
                    assert_eq!(readable, seen.is_readable(), "{question}: {seen}");
                    assert_eq!(preflight, seen.preflighted(), "{question}: {seen}");
                }
            }
        }
    });
}

#[test]
fn without_a_layer_the_annotated_route_answers() {
    let server =
        Server::start(|| App::new().service(inspector("/_cors")).service(news).service(put_item));
    let answer = ask(&server, &format!("origin={EVIL}&path=/news"));
    assert_eq!(answer["readable"], true, "{answer}");
    let answer = ask(&server, &format!("origin={APP}&method=PUT&path=/items/3"));
    assert_eq!(answer["readable"], true, "{answer}");
    let nothing = ask(&server, &format!("origin={APP}&path=/nothing"));
    assert_eq!(nothing["readable"], false);
    assert!(nothing["reason"].as_str().unwrap().contains("no annotated handler takes the request"));
    assert_eq!(nothing["policy"], Value::Null);
}

#[test]
fn a_question_with_a_mistake_gets_an_error() {
    let server = layered();
    let queries = [
        "",
        "origin=https://a.example",
        "path=/x",
        "origin=x&path=x",
        "origin=x&path=/x&method=P%20T",
        "origin=x&path=/x&credentials=maybe",
        "origin=x%0ay&path=/x",
    ];
    for query in queries {
        let response = server.send(&Request::get(&format!("/_cors/ask.json?{query}")));
        assert_eq!(response.status, 400, "{query}: {}", response.text());
    }
}

#[test]
fn the_log_tells_of_a_path_that_cannot_be_used_and_of_release_builds() {
    journal::open();
    let server = Server::start(|| {
        App::new().service(inspector("/_logged")).service(inspector("/_not-logged/*"))
    });
    server.send(&Request::get("/_logged")).assert(200, [VARY]);
    let problem = "the inspector is not registered: inspector(\"/_not-logged/*\"): `*` is not a wildcard here, \
                   and a scope has all paths below it; write \"/_not-logged\"";
    let error = Entry { level: Level::Error, text: problem.to_owned() };
    assert_eq!(journal::entries_with("/_not-logged"), [error]);
    let warning = "the inspector at /_logged shows all policies to everyone who can reach it; take it out of \
                   release builds";
    let warning = Entry { level: Level::Warn, text: warning.to_owned() };
    let warnings = if cfg!(debug_assertions) { vec![] } else { vec![warning] };
    assert_eq!(journal::entries_with("/_logged"), warnings);
}

#[test]
fn the_inspector_is_closed_to_other_origins() {
    let server = layered();
    for target in
        ["/_cors", "/_cors/report.json", "/_cors/ask.json?origin=x&path=/x", "/_cors/style.css"]
    {
        server.send(&Request::get(target).origin(EVIL)).assert_closed(403);
        server.send(&Request::preflight(target, EVIL, "GET")).assert_denied();
        server.send(&Request::get(target)).assert(200, [VARY]);
    }
}

#[test]
fn the_page_is_html_without_scripts_and_escapes_what_it_shows() {
    let server = layered();
    let page = server.send(&Request::get("/_cors?origin=%22%3E%3Cscript%3E&path=/x"));
    assert_eq!(page.values("content-type"), ["text/html; charset=utf-8"]);
    let csp = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    assert_eq!(page.values("content-security-policy"), [csp]);
    let text = page.text();
    assert!(!text.contains("<script") && text.contains("&quot;&gt;&lt;script&gt;"), "{text}");
    assert!(text.contains("/v1/items/{id}") && text.contains("main.rs:"), "{text}");
}

#[test]
fn the_report_is_a_table_for_snapshots() {
    let server = Server::start(|| {
        App::new().wrap(layer()).service(put_item).route(
            "/table",
            web::get().to(|request: HttpRequest| async move { report(&request).to_string() }),
        )
    });
    let expected = "\
place              | origins               | methods       | headers      | credentials
PUT /items/{id}    | https://app.example   | of the route  | content-type | yes
layer              | *                     | GET HEAD POST | none         | no
layer below /admin | https://admin.example | DELETE        | none         | no
";
    assert_eq!(server.send(&Request::get("/table")).text(), expected);
}
