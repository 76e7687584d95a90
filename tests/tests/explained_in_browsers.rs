//! `explain_denials` in real browsers: the console names the cause of a denial, and the page reads nothing.

#![allow(
    clippy::unwrap_used,
    reason = "clippy takes the functions that tests share for production code"
)]

use actix_web::{App, HttpResponse, http::header::ContentType, web};
use cors_actix::{Any, Cors, Policy, explain_denials};
use cors_actix_tests::{
    Server,
    browser::{Browser, Engine},
};
use serde_json::{Value, json};

const API: &str = "http://api.shop.test";
const APP: &str = "http://app.shop.test";
const STRANGER: &str = "http://stranger.test";

/// A request that the policy denies.
struct Denied {
    /// The path, which no other request has, so that its messages are known.
    path: &'static str,
    page: &'static str,
    method: &'static str,
    headers: &'static [(&'static str, &'static str)],
    /// The words of the engines for the cause: Blink and Gecko.
    explained: [&'static str; 2],
    /// The words of the engines without explanations.
    generic: [&'static str; 2],
}

/// The words for a preflight without CORS headers.
const NO_HEADERS: [&str; 2] = [
    "No 'Access-Control-Allow-Origin' header is present on the requested resource",
    "CORS header ‘Access-Control-Allow-Origin’ missing",
];

/// The words for a header that the policy does not allow.
const X_TRACE: [&str; 2] = [
    "Request header field x-trace is not allowed by Access-Control-Allow-Headers in preflight response",
    "header ‘x-trace’ is not allowed according to header ‘Access-Control-Allow-Headers’",
];

/// The words for a response to the request itself, without CORS headers.
const NOT_FOR_STRANGERS: [&str; 2] = [
    "from origin 'http://stranger.test' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present",
    "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200",
];

const DENIED: [Denied; 7] = [
    Denied {
        path: "/denied-method",
        page: APP,
        method: "DELETE",
        headers: &[],
        explained: [
            "Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response",
            "Did not find method in CORS header ‘Access-Control-Allow-Methods’",
        ],
        generic: NO_HEADERS,
    },
    Denied {
        path: "/denied-header",
        page: APP,
        method: "PUT",
        headers: &[("content-type", "application/json"), ("x-trace", "1")],
        explained: X_TRACE,
        generic: NO_HEADERS,
    },
    Denied {
        path: "/denied-header-of-a-safelisted-method",
        page: APP,
        method: "POST",
        headers: &[("content-type", "application/json"), ("x-trace", "1")],
        explained: X_TRACE,
        generic: NO_HEADERS,
    },
    // The header in front of the denied header is allowed by the policy, and in no list.
    Denied {
        path: "/any/denied-header",
        page: APP,
        method: "POST",
        headers: &[("a-custom", "1"), ("authorization", "1")],
        explained: [
            "Request header field authorization is not allowed by Access-Control-Allow-Headers in preflight response",
            "header ‘authorization’ is not allowed according to header ‘Access-Control-Allow-Headers’",
        ],
        generic: NO_HEADERS,
    },
    Denied {
        path: "/prefix/denied-header",
        page: APP,
        method: "POST",
        headers: &[("x-acme-id", "1"), ("x-trace", "1")],
        explained: X_TRACE,
        generic: NO_HEADERS,
    },
    Denied {
        path: "/denied-origin",
        page: STRANGER,
        method: "PUT",
        headers: &[],
        explained: [
            "The 'Access-Control-Allow-Origin' header has a value 'http://app.shop.test' that is not equal to the supplied origin",
            "CORS header ‘Access-Control-Allow-Origin’ does not match ‘http://app.shop.test’",
        ],
        generic: NO_HEADERS,
    },
    // No preflight. An answer to the request itself is the same with explanations, except for `cors-denied`.
    Denied {
        path: "/denied-request",
        page: STRANGER,
        method: "GET",
        headers: &[],
        explained: NOT_FOR_STRANGERS,
        generic: NOT_FOR_STRANGERS,
    },
];

fn policy() -> Policy {
    Policy::builder()
        .allow_origins([APP])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()
        .unwrap()
}

fn app() -> Server {
    let any = Policy::builder().allow_origins([APP]).allow_headers(Any).build().unwrap();
    let prefix =
        Policy::builder().allow_origins([APP]).allow_headers(["x-acme-*"]).build().unwrap();
    Server::start(move || {
        App::new()
            .wrap(Cors::new(policy()).scope("/any", &any).scope("/prefix", &prefix))
            .route(
                "/page",
                web::get().to(|| async {
                    HttpResponse::Ok().insert_header(ContentType::html()).body("")
                }),
            )
            .default_service(web::to(|| async { HttpResponse::Ok().body("secret") }))
    })
}

/// Sends the request from its page. Returns what the page reads, or the error that it gets.
async fn read(browser: &Browser, denied: &Denied, query: &str) -> Value {
    const FETCH: &str = "
        const [url, init, done] = arguments;
        fetch(url, init).then((response) => response.text()).then(done, (error) => done(error.name));
    ";
    let Denied { path, page, method, headers, .. } = denied;
    browser.tab.goto(&format!("{page}/page")).await.unwrap();
    let init = json!({ "method": method, "headers": headers });
    let arguments = vec![json!(format!("{API}{path}?{query}")), init];
    browser.tab.execute_async(FETCH, arguments).await.unwrap()
}

#[actix_web::test]
async fn the_console_names_the_cause_of_an_explained_denial() {
    let server = app();
    let port = server.address().port();
    for engine in Engine::named() {
        let browser =
            Browser::open(engine, move |host, _| host.ends_with(".test").then_some(port)).await;
        let index = usize::from(engine == Engine::Gecko);
        for (is_explained, query) in [(false, "off"), (true, "on")] {
            explain_denials(is_explained);
            for denied in &DENIED {
                assert_eq!(read(&browser, denied, query).await, "TypeError", "{}", denied.path);
                let about = format!("{}?{query}", denied.path);
                // WebKit shows its console to no program, so there only the page is asked.
                let Some(messages) = browser.console_about(&about).await else { continue };
                let messages = messages.join("\n");
                let (told, not_told) = match is_explained {
                    true => (denied.explained[index], denied.generic[index]),
                    false => (denied.generic[index], denied.explained[index]),
                };
                assert!(messages.contains(told), "{engine:?}: {told:?} is not in {messages}");
                let is_only = told == not_told || !messages.contains(not_told);
                assert!(is_only, "{engine:?}: {not_told:?} is in {messages}");
                println!("{engine:?}, explanations {query}: {messages}");
            }
        }
        println!("{engine:?}: {}", browser.version());
    }
}

/// The comparison above would also pass if no page could read anything.
#[actix_web::test]
async fn a_page_reads_what_is_allowed() {
    let server = app();
    let port = server.address().port();
    for engine in Engine::named() {
        let browser =
            Browser::open(engine, move |host, _| host.ends_with(".test").then_some(port)).await;
        let allowed = Denied {
            page: APP,
            method: "PUT",
            headers: &[("content-type", "application/json")],
            ..DENIED[0]
        };
        assert_eq!(read(&browser, &allowed, "allowed").await, "secret", "{engine:?}");
        let messages = browser.console().await.unwrap_or_default();
        assert!(messages.iter().all(|message| !message.contains("?allowed")), "{messages:#?}");
    }
}
