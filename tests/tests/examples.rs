//! Runs each example over real sockets, as its documentation describes.

#![allow(clippy::unwrap_used, reason = "a test that can't go on ends")]

use std::{fs, path::Path};

use actix_web::{App, cookie::Key, rt::System, web::Data};
use cors_actix::Cors;
use cors_actix_examples::{app_wide, authentication, layers, per_handler, scoped, tenants};
use cors_actix_tests::{PREFLIGHT_VARY, Request, Server, VARY};

const PARTNER: &str = "https://partner.example";
const APP: &str = "https://app.example.com";

fn origin_line(origin: &str) -> String {
    format!("access-control-allow-origin: {origin}")
}

#[test]
fn app_wide_reads_its_origins_from_a_list() {
    let policy = app_wide::policy("https://app.example.com, http://localhost:*").unwrap();
    let server =
        Server::start(move || App::new().wrap(Cors::new(&policy)).configure(app_wide::configure));
    for origin in [APP, "http://localhost:3000"] {
        server
            .send(&Request::get("/hello").origin(origin))
            .assert(200, [origin_line(origin).as_str(), VARY]);
    }
    server.send(&Request::get("/hello").origin(PARTNER)).assert_closed(200);
    server.send(&Request::preflight("/hello", PARTNER, "PUT")).assert_denied();
}

#[test]
fn app_wide_reports_every_problem_of_its_list() {
    let error =
        app_wide::policy("https://App.example.com/, *.example.com").unwrap_err().to_string();
    assert!(error.contains("2 problems"), "{error}");
    assert!(error.contains(r#"write "https://app.example.com""#), "{error}");
    assert!(error.contains(r#"write "https://*.example.com""#), "{error}");
}

#[test]
fn per_handler_works_without_middleware() {
    let server = Server::start(|| App::new().configure(per_handler::configure));
    server.send(&Request::preflight("/items/7", APP, "PUT").asks_headers("content-type")).assert(
        204,
        [
            origin_line(APP).as_str(),
            "access-control-allow-credentials: true",
            "access-control-allow-headers: content-type",
            "access-control-allow-methods: PUT",
            PREFLIGHT_VARY,
        ],
    );
    server
        .send(&Request::get("/report").origin(PARTNER))
        .assert(200, [origin_line(PARTNER).as_str(), VARY]);
    server.send(&Request::get("/status").origin(PARTNER)).assert(200, [origin_line("*")]);
    server.send(&Request::preflight("/account", PARTNER, "DELETE")).assert_denied();
}

#[test]
fn scoped_has_a_policy_for_each_part() {
    let server = Server::start(|| App::new().configure(scoped::configure));
    server
        .send(&Request::get("/partners/report").origin(PARTNER))
        .assert(200, [origin_line(PARTNER).as_str(), VARY]);
    server.send(&Request::get("/partners/audit").origin(PARTNER)).assert_closed(200);
    server.send(&Request::get("/status").origin(PARTNER)).assert(200, [origin_line("*")]);
    server.send(&Request::new("DELETE", "/account").origin(PARTNER)).assert_untouched(200);
}

#[test]
fn layers_gives_each_path_its_innermost_policy() {
    let server = Server::start(|| App::new().wrap(layers::layer()).configure(layers::configure));
    let get = |path: &str| server.send(&Request::get(path).origin(PARTNER));
    get("/news").assert(200, [origin_line("*")]);
    get("/partners/orders").assert(200, [origin_line(PARTNER).as_str(), VARY]);
    get("/partners/audit").assert_closed(200);
    get("/admin/users").assert_closed(200);
    get("/account").assert_closed(200);

    let ask = |path: &str, origin: &str, method: &str| {
        server.send(&Request::preflight(path, origin, method))
    };
    ask("/news", PARTNER, "GET").assert(
        204,
        [origin_line("*").as_str(), "access-control-allow-methods: GET,HEAD,POST", PREFLIGHT_VARY],
    );
    ask("/partners/orders", PARTNER, "GET").assert(
        204,
        [origin_line(PARTNER).as_str(), "access-control-allow-methods: GET", PREFLIGHT_VARY],
    );
    ask("/partners/audit", PARTNER, "GET").assert_denied();
    ask("/admin/users", PARTNER, "DELETE").assert_denied();
    ask("/admin/users", "https://admin.example.com", "DELETE").assert(
        204,
        [
            origin_line("https://admin.example.com").as_str(),
            "access-control-allow-credentials: true",
            "access-control-allow-methods: GET,HEAD,POST,DELETE",
            PREFLIGHT_VARY,
        ],
    );
    ask("/account", PARTNER, "GET").assert_denied();
}

#[test]
fn authentication_lets_preflights_pass() {
    let key = Key::generate();
    let server = Server::start(move || {
        let (sessions, cors) = authentication::layers(key.clone());
        App::new().wrap(sessions).wrap(cors).configure(authentication::configure)
    });
    let readable = [origin_line(PARTNER), VARY.to_owned()];

    server
        .send(&Request::preflight("/api/orders", PARTNER, "GET").asks_headers("authorization"))
        .assert(
            204,
            [
                origin_line(PARTNER).as_str(),
                "access-control-allow-headers: authorization",
                "access-control-allow-methods: GET",
                // The layer's own policy, which other methods have, does not allow this.
                "access-control-max-age: 0",
                PREFLIGHT_VARY,
            ],
        );
    let orders = || Request::get("/api/orders").origin(PARTNER);
    server.send(&orders()).assert(401, &readable);
    server.send(&orders().line("Authorization", "Bearer of tidings")).assert(401, &readable);
    server.send(&orders().line("Authorization", "Bearer for-partners")).assert(200, &readable);
    server.send(&Request::get("/api/orders").origin(APP)).assert_closed(401);

    let with_credentials =
        [origin_line(APP), "access-control-allow-credentials: true".to_owned(), VARY.to_owned()];
    let rename = || Request::new("PUT", "/account/name").origin(APP);
    server.send(&Request::preflight("/account/name", APP, "PUT")).assert(
        204,
        [
            origin_line(APP).as_str(),
            "access-control-allow-credentials: true",
            "access-control-allow-methods: PUT",
            PREFLIGHT_VARY,
        ],
    );
    server.send(&rename()).assert(401, &with_credentials);
    server.send(&Request::new("PUT", "/account/name").origin(PARTNER)).assert_closed(401);
    let signed_in = server.send(&Request::new("POST", "/sign-in/ada").origin(APP));
    signed_in.assert(204, &with_credentials);
    let cookie = signed_in.values("set-cookie")[0].split(';').next().unwrap().to_owned();
    let renamed = server.send(&rename().line("Cookie", cookie));
    renamed.assert(200, &with_credentials);
    assert_eq!(renamed.text(), "ada has a new name");
}

#[test]
fn tenants_add_origins_at_run_time() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tenants.sqlite");
    let _ = fs::remove_file(&file);
    let url = format!("sqlite:{}?mode=rwc", file.display());
    let start = || {
        let tenants = System::new().block_on(tenants::Tenants::open(&url)).unwrap();
        let tenants = Data::new(tenants);
        Server::start(move || {
            let layer = tenants::layer(&tenants);
            App::new().app_data(tenants.clone()).wrap(layer).configure(tenants::configure)
        })
    };
    let server = start();
    let shop = "https://shop.example";
    let orders = || server.send(&Request::get("/orders").origin(shop));
    let add = |origin: &str, token: &str| {
        let body = format!("\"{origin}\"");
        server.send(
            &Request::new("PUT", "/tenants/7/origins")
                .line("Authorization", format!("Bearer {token}"))
                .line("Content-Type", "application/json")
                .body(body),
        )
    };
    let allowed = [origin_line(shop), VARY.to_owned()];

    orders().assert_closed(200);
    add(shop, "guest").assert_closed(403);
    orders().assert_closed(200);
    add(shop, "admin").assert_closed(204);
    orders().assert(200, &allowed);
    add(shop, "admin").assert_closed(204);
    orders().assert(200, &allowed);

    let denied = add("https://Shop.example/", "admin");
    denied.assert_closed(422);
    assert!(denied.text().contains(r#"write "https://shop.example""#), "{}", denied.text());
    add("*", "admin").assert_closed(422);
    orders().assert(200, &allowed);
    server.send(&Request::get("/orders").origin(PARTNER)).assert_closed(200);
    server.send(&Request::preflight("/tenants/7/origins", shop, "PUT")).assert_denied();

    drop(server);
    start().send(&Request::get("/orders").origin(shop)).assert(200, &allowed);
}
