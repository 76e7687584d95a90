//! Runs the quickstart's page in real browsers: every row has the result that it announces.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy takes the functions that tests share for production code"
)]

use std::process::Command;

use actix_web::{App, HttpServer, rt};
use cors_actix_examples::quickstart;
use cors_actix_tests::browser::{self, Browser, Engine, certificate};

/// The number of rows of the page, one for each situation.
const ROWS: usize = 19;

async fn in_every_engine(page: &str) {
    for engine in Engine::named() {
        let browser = Browser::open(engine, browser::loopback).await;
        assert_every_row_is_green(&browser, page).await;
    }
}

async fn assert_every_row_is_green(browser: &Browser, page: &str) {
    browser.tab.goto(page).await.unwrap();
    browser.wait_for("document.documentElement.dataset.done === 'true'").await;
    let rows = browser
        .run("return [...document.querySelectorAll('[data-row]')].map(row => `${row.dataset.state} ${row.dataset.row}\n${row.innerText}`)")
        .await;
    let rows: Vec<&str> = rows.as_array().unwrap().iter().filter_map(|row| row.as_str()).collect();
    let red: Vec<_> = rows.iter().filter(|row| !row.starts_with("pass ")).collect();
    assert!(red.is_empty(), "not green on {page}:\n{red:#?}");
    assert!(rows.len() >= ROWS, "only {} rows", rows.len());
    let summary = browser.run("return document.querySelector('#summary').innerText").await;
    let agreeing = format!("{0} of {0}", rows.len());
    assert!(summary.as_str().unwrap().contains(&agreeing), "the summary says {summary}");
}

#[actix_web::test]
async fn every_row_of_the_page_is_green_on_loopback() {
    let api = quickstart::api();
    let page = quickstart::page("http://127.0.0.1:8081".to_owned());
    let api = HttpServer::new(move || App::new().configure(api.clone()))
        .workers(1)
        .bind(("127.0.0.1", 8081))
        .expect("port 8081 is free");
    let page = HttpServer::new(move || App::new().configure(page.clone()))
        .workers(1)
        .bind(("127.0.0.1", 8080))
        .expect("port 8080 is free");
    rt::spawn(api.disable_signals().run());
    rt::spawn(page.disable_signals().run());
    in_every_engine("http://127.0.0.1:8080/").await;
    assert_readme_asks_the_quickstart();
}

/// Runs the `curl` command of the README as it is printed.
fn assert_readme_asks_the_quickstart() {
    let blocks = include_str!("../../README.md").split("```");
    let command =
        blocks.filter_map(|block| block.strip_prefix("sh\n")).find(|sh| sh.contains("curl"));
    let command = command.expect("the README has a curl command");
    let output = Command::new("sh").args(["-c", command]).output().expect("sh runs");
    let response = String::from_utf8_lossy(&output.stdout).to_ascii_lowercase();
    assert!(response.starts_with("http/1.1 204 "), "{command}\n{response}");
    for line in
        ["access-control-allow-origin: http://127.0.0.1:8080", "access-control-allow-methods: put"]
    {
        assert!(response.lines().any(|sent| sent == line), "{line} is missing in\n{response}");
    }
}

/// Without host names and TLS, browsers do not send cookies to other sites.
#[actix_web::test]
async fn every_row_of_the_page_is_green_between_host_names_over_tls() {
    let tls = certificate("*.quickstart.test");
    let api = quickstart::api();
    let api = HttpServer::new(move || App::new().configure(api.clone()))
        .workers(1)
        .bind_rustls_0_23(("127.0.0.1", 0), tls.clone())
        .unwrap();
    let page = quickstart::page(format!("https://api.quickstart.test:{}", api.addrs()[0].port()));
    let page = HttpServer::new(move || App::new().configure(page.clone()))
        .workers(1)
        .bind_rustls_0_23(("127.0.0.1", 0), tls)
        .unwrap();
    let address = format!("https://app.quickstart.test:{}/", page.addrs()[0].port());
    rt::spawn(api.disable_signals().run());
    rt::spawn(page.disable_signals().run());
    in_every_engine(&address).await;
}
