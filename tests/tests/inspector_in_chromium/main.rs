//! The page of the inspector in Chromium: strict CSP, keyboard, contrast, widths.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::{fs, path::Path};

use actix_web::{App, HttpResponse, Responder, delete, get, put, route, web};
use cors_actix::{Any, Cors, Policy, cors, inspector};
use cors_actix_tests::{
    Request, Server,
    browser::{Browser, Engine},
};
use serde_json::{Value, json};

const PAGE: &str = "http://api.shop.test/_cors";

#[cors(
    allow_origins = ["https://app.shop.example", "https://*.preview.shop.example", "http://localhost:*"],
    allow_headers = ["content-type", "x-request-id", "x-acme-*"],
    expose_headers = ["x-total-count"],
    allow_credentials,
    max_age = 600,
)]
#[put("/items/{id}")]
async fn put_item() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(allow_origins = any)]
#[get("/items/{id}")]
async fn get_item() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(same_origin, enforce)]
#[delete("/tenants/{tenant:[a-z0-9-]{3,40}}/accounts/{account}/sessions/{session}")]
async fn end_session() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(allow_origins = ["https://a-partner-with-quite-a-long-name.department.of.the.partner.example:8443"])]
#[route("/reports/{year}", method = "GET", method = "POST", method = "PATCH", method = "DELETE")]
async fn reports() -> impl Responder {
    HttpResponse::Ok()
}

fn layer() -> Cors {
    let staff = Policy::builder()
        .allow_origins(["https://admin.shop.example"])
        .allow_methods(["PUT", "DELETE"])
        .allow_credentials(true)
        .build()
        .unwrap();
    let open = Policy::builder().allow_origins(Any).expose_headers(["x-total-count"]).build();
    let rights = Policy::by_origin([staff.clone(), open.unwrap()]).unwrap();
    Cors::new(rights).scope("/admin", staff).scope("/internal", Policy::same_origin())
}

fn app() -> Server {
    let server = Server::start(|| {
        App::new().wrap(layer()).service(inspector("/_cors")).service(
            web::scope("/v1")
                .service(put_item)
                .service(get_item)
                .service(end_session)
                .service(reports),
        )
    });
    // A layer knows after its first request that it is around the app.
    server.send(&Request::get("/_cors"));
    server
}

async fn open(server: &Server) -> Browser {
    let port = server.address().port();
    Browser::open(Engine::Blink, move |host, _| host.ends_with(".test").then_some(port)).await
}

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";

/// Presses keys, one after the other. No element is chosen: the keys go to the focus.
fn press(browser: &Browser, keys: &str) {
    let key = |kind: &str, key: char| json!({ "type": kind, "value": key });
    let actions: Vec<_> =
        keys.chars().flat_map(|char| [key("keyDown", char), key("keyUp", char)]).collect();
    let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
    browser.command("actions", &json!({ "actions": [keyboard] }));
}

async fn text(browser: &Browser, expression: &str) -> String {
    let value = browser.run(&format!("return {expression}")).await;
    value.as_str().unwrap_or_else(|| panic!("{expression} is {value}")).to_owned()
}

#[actix_web::test]
async fn a_question_is_asked_and_its_answer_read_by_keyboard_alone() {
    let server = app();
    let browser = open(&server).await;
    browser.tab.goto(PAGE).await.unwrap();
    let mut names = Vec::new();
    for typed in ["https://stranger.example", "PUT", "/v1/items/3", "x-acme-id", " ", ""] {
        press(&browser, TAB);
        let focused = "document.activeElement.name || document.activeElement.localName";
        names.push(text(&browser, focused).await);
        let outline = "getComputedStyle(document.activeElement).outlineStyle";
        assert_eq!(text(&browser, outline).await, "solid", "the focus on {names:?} is not visible");
        press(&browser, typed);
    }
    assert_eq!(names, ["origin", "method", "path", "headers", "credentials", "button"]);
    press(&browser, ENTER);
    browser.wait_for("document.querySelector('#answer pre')").await;
    let verdict = text(&browser, "document.querySelector('#answer h2').innerText").await;
    assert_eq!(verdict, "The page cannot read the response");
    let answer = text(&browser, "document.querySelector('#answer').innerText").await;
    for part in [
        "https://stranger.example sends PUT /v1/items/3 with x-acme-id, with credentials.",
        "origin \"https://stranger.example\" is not allowed by the policy at ",
        "Headers of the response to the preflight\n",
        "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    ] {
        assert!(answer.contains(part), "{part:?} is not in {answer}");
    }
    let top = "document.querySelector('#answer').getBoundingClientRect().top";
    browser.wait_for(&format!("{top} >= 0 && {top} < innerHeight")).await;
    assert_eq!(browser.tab.title().await.unwrap(), "Not readable · CORS policies");

    // The next stop behind the answer is the link at the end; the form still has the question.
    press(&browser, TAB);
    assert_eq!(text(&browser, "document.activeElement.innerText").await, "report.json");
    assert_eq!(text(&browser, "document.querySelector('[name=path]').value").await, "/v1/items/3");
    assert_eq!(browser.console().await, Some(Vec::new()));
}

/// Questions, with a part of the text of the answer.
const QUESTIONS: [(&str, &str, &str); 4] = [
    ("start", "", "Annotated routes"),
    (
        "granted",
        "?origin=https://app.shop.example&method=PUT&path=/v1/items/3&headers=content-type,x-acme-id&credentials=include#answer",
        "The page can read the response",
    ),
    (
        "denied",
        "?origin=https://stranger.example&method=PUT&path=/v1/items/3&headers=content-type#answer",
        "The page cannot read the response",
    ),
    ("mistake", "?origin=https://app.shop.example&path=items#answer", "The question has a mistake"),
];

#[actix_web::test]
async fn the_page_fits_and_has_contrast_at_every_width_in_light_and_dark() {
    const WIDTHS: [u32; 3] = [360, 768, 1280];
    let server = app();
    let browser = open(&server).await;
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("screenshots");
    fs::create_dir_all(&pictures).unwrap();
    for scheme in ["light", "dark"] {
        let media = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        devtools(&browser, "Emulation.setEmulatedMedia", json!({ "features": media }));
        for width in WIDTHS {
            for (name, query, part) in QUESTIONS {
                resize(&browser, width, 800);
                browser.tab.goto(&format!("{PAGE}{query}")).await.unwrap();
                let place = format!("{name}, {scheme}, {width} pixels");
                let shown = text(&browser, "document.body.innerText").await;
                assert!(shown.contains(part), "{place}: {part:?} is not in {shown}");
                let is_scheme =
                    format!("return matchMedia('(prefers-color-scheme: {scheme})').matches");
                assert_eq!(browser.run(&is_scheme).await, true, "{place}");
                let audit = browser.run(include_str!("audit.js")).await;
                assert_eq!(audit["problems"], json!([]), "{place}");
                assert!(audit["texts"].as_u64().unwrap() > 50, "{place}: {audit}");
                println!("{place}: {audit}");
                let height = browser.run("return document.documentElement.scrollHeight").await;
                resize(&browser, width, height.as_u64().unwrap().try_into().unwrap());
                let picture = browser.tab.screenshot().await.unwrap();
                let file = pictures.join(format!("inspector-{name}-{scheme}-{width}.png"));
                fs::write(file, picture).unwrap();
            }
        }
    }
    assert_eq!(browser.console().await, Some(Vec::new()));
}

/// Sends a command of the DevTools protocol.
fn devtools(browser: &Browser, name: &str, parameters: Value) {
    browser.command("goog/cdp/execute", &json!({ "cmd": name, "params": parameters }));
}

fn resize(browser: &Browser, width: u32, height: u32) {
    let metrics =
        json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
    devtools(browser, "Emulation.setDeviceMetricsOverride", metrics);
}
