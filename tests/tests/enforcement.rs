//! Tests of `enforce`: requests from other origins do not reach a handler.

#![allow(
    clippy::unwrap_used,
    reason = "clippy takes the functions that tests share for production code"
)]

use actix_web::{
    App, Error, HttpRequest, HttpResponse, get,
    http::header,
    middleware::from_fn,
    post, put,
    test::TestRequest,
    web::{self, Bytes},
};
use cors_actix::{Any, Cors, Policy, PolicyBuilder, PolicyHandle, cors, policy};
use cors_actix_tests::{
    PREFLIGHT_VARY, Request, Server, VARY,
    calls::Calls,
    local::{Local, actual},
    proxied,
};

const FRIEND: &str = "https://friend.example";
const STRANGER: &str = "https://stranger.example";
/// The origin that a [`Request`] is sent to.
const ITSELF: &str = "http://api.example";

const FRIEND_LINES: [&str; 2] = ["access-control-allow-origin: https://friend.example", VARY];

fn friendly() -> PolicyBuilder {
    Policy::builder().allow_origins([FRIEND])
}

fn enforced() -> Policy {
    friendly().enforce(true).build().unwrap()
}

fn lax() -> Policy {
    friendly().build().unwrap()
}

async fn count(calls: web::Data<Calls>) -> HttpResponse {
    calls.add();
    HttpResponse::Ok().finish()
}

#[cors(allow_origins = ["https://friend.example"], enforce)]
#[post("/enforced/{id}")]
async fn handler_enforced(calls: web::Data<Calls>, _body: Bytes) -> HttpResponse {
    count(calls).await
}

#[cors(allow_origins = ["https://friend.example"])]
#[post("/lax/{id}")]
async fn handler_lax(calls: web::Data<Calls>, _body: Bytes) -> HttpResponse {
    count(calls).await
}

#[cors(same_origin, enforce)]
#[post("/own")]
async fn handler_own(calls: web::Data<Calls>) -> HttpResponse {
    count(calls).await
}

#[cors(allow_origins = any)]
#[post("/open")]
async fn handler_open(calls: web::Data<Calls>) -> HttpResponse {
    count(calls).await
}

#[cors(same_origin, enforce)]
mod module {
    use super::{Calls, HttpResponse, cors, count, post, web};

    #[post("/module/own")]
    async fn own(calls: web::Data<Calls>) -> HttpResponse {
        count(calls).await
    }

    #[cors(same_origin)]
    #[post("/module/lax")]
    async fn lax(calls: web::Data<Calls>) -> HttpResponse {
        count(calls).await
    }

    pub(super) fn configure(config: &mut web::ServiceConfig) {
        config.service(own).service(lax);
    }
}

fn handlers(config: &mut web::ServiceConfig) {
    config
        .service(handler_enforced)
        .service(handler_lax)
        .service(handler_own)
        .service(handler_open)
        .configure(module::configure)
        .route("/plain", web::post().to(count))
        .service(web::resource("/any").to(count));
}

fn post_to(target: &str) -> Request {
    Request::new("POST", target)
}

/// Asserts that the request is denied, without running the handler.
#[track_caller]
fn assert_stops(server: &Server, calls: &Calls, request: &Request) {
    let response = server.send(request);
    assert_eq!(response.assert_closed(403).text(), "");
    assert_eq!(calls.take(), 0, "the handler ran");
}

#[track_caller]
fn assert_passes<'l>(
    server: &Server,
    calls: &Calls,
    request: &Request,
    lines: impl IntoIterator<Item = &'l str>,
) {
    server.send(request).assert(200, lines);
    assert_eq!(calls.take(), 1, "the handler did not run");
}

macro_rules! start {
    ($calls:expr, |$app:ident| $built:expr) => {{
        let data = web::Data::new($calls.clone());
        Server::start(move || {
            let $app = App::new().app_data(data.clone());
            $built
        })
    }};
}

/// `enforce` in every place of a policy.
mod places {
    use super::*;

    #[track_caller]
    fn assert_enforced(server: &Server, calls: &Calls, target: &str) {
        for origin in [STRANGER, "null", "", "https://friend.example.evil", "http://friend.example"]
        {
            assert_stops(server, calls, &post_to(target).origin(origin));
        }
        assert_stops(server, calls, &post_to(target).origin(FRIEND).origin(FRIEND));
        assert_passes(server, calls, &post_to(target).origin(FRIEND), FRIEND_LINES);
        assert_passes(server, calls, &post_to(target), [VARY]);
        assert_passes(server, calls, &post_to(target).origin(ITSELF), [VARY]);
    }

    #[track_caller]
    fn assert_not_enforced(server: &Server, calls: &Calls, target: &str) {
        assert_passes(server, calls, &post_to(target).origin(STRANGER), [VARY]);
        assert_passes(server, calls, &post_to(target).origin(FRIEND), FRIEND_LINES);
        assert_passes(server, calls, &post_to(target), [VARY]);
    }

    #[test]
    fn an_app_may_enforce() {
        let calls = Calls::default();
        let server = start!(calls, |app| app.wrap(Cors::new(enforced())).configure(handlers));
        assert_enforced(&server, &calls, "/plain");
        assert_enforced(&server, &calls, "/any");
        server.send(&Request::get("/none").origin(STRANGER)).assert_closed(403);
        server.send(&Request::get("/plain").origin(STRANGER)).assert_closed(403);
        server.send(&Request::get("/none")).assert_closed(404);
    }

    #[test]
    fn a_scope_and_a_resource_may_enforce() {
        let calls = Calls::default();
        let server = start!(calls, |app| {
            let scope = web::scope("/scope").wrap(Cors::new(enforced()));
            let resource = web::resource("/resource").wrap(Cors::new(enforced()));
            app.service(scope.configure(handlers))
                .service(resource.to(count))
                .route("/plain", web::post().to(count))
        });
        assert_enforced(&server, &calls, "/scope/plain");
        assert_enforced(&server, &calls, "/resource");
        assert_passes(&server, &calls, &post_to("/plain").origin(STRANGER), []);
    }

    #[test]
    fn a_handler_may_enforce() {
        let calls = Calls::default();
        let server = start!(calls, |app| app.configure(handlers));
        assert_enforced(&server, &calls, "/enforced/7");
        assert_not_enforced(&server, &calls, "/lax/7");
    }

    #[test]
    fn a_handler_and_a_module_may_enforce_their_own_origin() {
        let calls = Calls::default();
        let server = start!(calls, |app| app.configure(handlers));
        for target in ["/own", "/module/own"] {
            for origin in [FRIEND, STRANGER, "null"] {
                assert_stops(&server, &calls, &post_to(target).origin(origin));
                server.send(&Request::preflight(target, origin, "POST")).assert_denied();
            }
            assert_passes(&server, &calls, &post_to(target), [VARY]);
            assert_passes(&server, &calls, &post_to(target).origin(ITSELF), [VARY]);
        }
        assert_passes(&server, &calls, &post_to("/module/lax").origin(STRANGER), [VARY]);
    }

    #[test]
    fn a_path_below_a_layer_may_be_enforced_or_not() {
        let calls = Calls::default();
        let server = start!(calls, |app| {
            let layer = Cors::new(lax()).scope("/strict", enforced()).scope("/strict/lax", lax());
            let scope = |path| web::scope(path).route("/plain", web::post().to(count));
            let strict = scope("/strict").service(scope("/lax"));
            app.wrap(layer).service(strict).service(scope("/other"))
        });
        assert_enforced(&server, &calls, "/strict/plain");
        assert_enforced(&server, &calls, "/%73trict/plain");
        assert_not_enforced(&server, &calls, "/strict/lax/plain");
        assert_not_enforced(&server, &calls, "/other/plain");

        let server = start!(calls, |app| {
            let layer = Cors::new(enforced()).scope("/lax", lax());
            let scope = |path| web::scope(path).route("/plain", web::post().to(count));
            app.wrap(layer).service(scope("/lax")).service(scope("/other"))
        });
        assert_not_enforced(&server, &calls, "/lax/plain");
        assert_enforced(&server, &calls, "/other/plain");
    }

    #[test]
    fn a_handler_that_does_not_enforce_is_reached_below_an_app_that_does() {
        let calls = Calls::default();
        let server = start!(calls, |app| {
            let scope = web::scope("/{scope}").configure(handlers);
            app.wrap(Cors::new(enforced())).configure(handlers).service(scope)
        });
        for prefix in ["", "/scope"] {
            let at = |path: &str| format!("{prefix}{path}");
            assert_not_enforced(&server, &calls, &at("/lax/7"));
            assert_enforced(&server, &calls, &at("/enforced/7"));
            let open = ["access-control-allow-origin: *"];
            assert_passes(&server, &calls, &post_to(&at("/open")).origin(STRANGER), open);
            let own = post_to(&at("/own"));
            assert_stops(&server, &calls, &own.clone().origin(FRIEND));
            assert_passes(&server, &calls, &own, [VARY]);
            // The handler does not take this method.
            let put = Request::new("PUT", &at("/lax/7")).origin(STRANGER);
            assert_stops(&server, &calls, &put);
        }
    }

    #[test]
    fn a_handler_that_enforces_is_not_reached_below_an_app_that_does_not() {
        let calls = Calls::default();
        let open = || Policy::builder().allow_origins(Any).build().unwrap();
        for policy in [lax(), open(), Policy::same_origin()] {
            let server = start!(calls, |app| app.wrap(Cors::new(&policy)).configure(handlers));
            assert_enforced(&server, &calls, "/enforced/7");
            for origin in [FRIEND, STRANGER] {
                assert_stops(&server, &calls, &post_to("/own").origin(origin));
            }
        }
    }

    #[test]
    fn a_scope_that_enforces_is_not_reached_below_an_app_that_does_not() {
        let calls = Calls::default();
        let open = Policy::builder().allow_origins(Any).build().unwrap();
        let server = start!(calls, |app| {
            let scope = web::scope("/scope").wrap(Cors::new(enforced())).configure(handlers);
            app.wrap(Cors::new(&open)).service(scope)
        });
        assert_enforced(&server, &calls, "/scope/plain");
        assert_not_enforced(&server, &calls, "/scope/lax/7");
    }

    #[test]
    fn an_authoritative_layer_that_enforces_overrides_inner_policies() {
        let calls = Calls::default();
        let server = start!(calls, |app| {
            app.wrap(Cors::new(enforced()).authoritative()).configure(handlers)
        });
        for target in ["/plain", "/lax/7", "/open"] {
            assert_stops(&server, &calls, &post_to(target).origin(STRANGER));
            assert_passes(&server, &calls, &post_to(target).origin(FRIEND), FRIEND_LINES);
        }
    }

    #[test]
    fn policies_of_every_source_enforce() {
        static WRITTEN: Policy = policy! { allow_origins = ["https://friend.example"], enforce };
        let calls = Calls::default();
        let server = start!(calls, |app| app.wrap(Cors::new(&WRITTEN)).configure(handlers));
        assert_enforced(&server, &calls, "/plain");

        let handle = PolicyHandle::new(lax());
        let live = handle.clone();
        let server = start!(calls, |app| app.wrap(Cors::new(&live)).configure(handlers));
        assert_not_enforced(&server, &calls, "/plain");
        handle.replace(enforced());
        assert_enforced(&server, &calls, "/plain");
        handle.replace(lax());
        assert_not_enforced(&server, &calls, "/plain");
    }

    #[test]
    fn enforcement_changes_no_preflight() {
        let calls = Calls::default();
        let server = start!(calls, |app| app.wrap(Cors::new(enforced())).configure(handlers));
        for (target, methods) in [("/plain", "GET,HEAD,POST"), ("/enforced/7", "POST")] {
            let response = server.send(&Request::preflight(target, FRIEND, "POST"));
            let methods = format!("access-control-allow-methods: {methods}");
            response.assert_granted([FRIEND_LINES[0], &methods, PREFLIGHT_VARY]);
            server.send(&Request::preflight(target, STRANGER, "POST")).assert_denied();
            server.send(&Request::preflight(target, ITSELF, "POST")).assert_denied();
        }
        assert_eq!(calls.take(), 0);
    }

    #[test]
    fn an_options_request_that_is_not_a_preflight_is_enforced_too() {
        let calls = Calls::default();
        let server = start!(calls, |app| app.wrap(Cors::new(enforced())).configure(handlers));
        assert_stops(&server, &calls, &Request::new("OPTIONS", "/any").origin(STRANGER));
        assert_passes(&server, &calls, &Request::new("OPTIONS", "/any").origin(ITSELF), [VARY]);
    }
}

/// Requests that a page of the service itself has sent.
mod same_origin {
    use super::*;

    /// Sends a request with these header lines to an app that denies every other origin.
    async fn status_of(lines: &[(&str, &str)]) -> u16 {
        status_by(policy! { same_origin, enforce }, lines).await
    }

    async fn status_by(own: Policy, lines: &[(&str, &str)]) -> u16 {
        let app = App::new().wrap(Cors::new(own)).default_service(web::to(HttpResponse::Ok));
        let app = Local::start(app).await;
        let request = lines.iter().fold(actual("POST", "/", None), |request, (name, value)| {
            TestRequest::append_header(request, (*name, *value))
        });
        let response = app.send(request).await;
        assert!(matches!(response.status, 200 | 403));
        response.assert_closed(response.status);
        response.status
    }

    async fn assert_passes(lines: &[(&str, &str)]) {
        assert_eq!(status_of(lines).await, 200, "{lines:?}");
    }

    async fn assert_stops(lines: &[(&str, &str)]) {
        assert_eq!(status_of(lines).await, 403, "{lines:?}");
    }

    #[actix_web::test]
    async fn sec_fetch_site_counts_whatever_the_origin_is() {
        for site in ["same-origin", "none"] {
            for origin in ["https://public.example", "http://localhost:3000", "null", ""] {
                assert_passes(&[("sec-fetch-site", site), ("origin", origin)]).await;
            }
        }
        let itself = ("origin", "http://api.example");
        for site in ["cross-site", "same-site", "", "Same-Origin", "same-origin, none", "x"] {
            assert_stops(&[("sec-fetch-site", site), ("host", "api.example"), itself]).await;
        }
    }

    /// A page with `Referrer-Policy: no-referrer` posts to its own origin with `Origin: null`.
    #[actix_web::test]
    async fn a_page_without_referrer_may_post_to_its_own_origin() {
        assert_passes(&[("sec-fetch-site", "same-origin"), ("origin", "null")]).await;
        assert_stops(&[("origin", "null"), ("host", "null")]).await;
    }

    #[actix_web::test]
    async fn without_sec_fetch_site_scheme_and_host_are_compared() {
        for (host, origin) in [
            ("api.example", "http://api.example"),
            ("api.example:80", "http://api.example"),
            ("API.Example", "http://api.example"),
            ("api.example:8080", "http://api.example:8080"),
            ("localhost:3000", "http://localhost:3000"),
            ("127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("[::1]", "http://[::1]"),
            ("[::1]:80", "http://[::1]"),
            ("[::1]:8080", "http://[::1]:8080"),
            ("xn--bcher-kva.example", "http://xn--bcher-kva.example"),
        ] {
            assert_passes(&[("host", host), ("origin", origin)]).await;
        }
        for (host, origin) in [
            ("api.example", "https://api.example"),
            ("api.example:443", "https://api.example"),
            ("api.example", "http://api.example:8080"),
            ("api.example:8080", "http://api.example"),
            ("api.example:8080", "http://api.example:80"),
            ("api.example", "http://api.example.evil"),
            ("api.example", "http://xapi.example"),
            ("api.example", "http://a.api.example"),
            ("api.example", "http://example"),
            ("api.example", "api.example"),
            ("api.example", "//api.example"),
            ("api.example", "http:/api.example"),
            ("api.example", "http://api.example/"),
            ("api.example", "ws://api.example"),
            ("[::1]:8080", "http://[::1]"),
            ("[::1]", "http://[::1]:8080"),
            ("[::1]", "http://::1"),
            ("[::1]", "http://[::2]"),
            ("api.example:443", "http://api.example"),
        ] {
            assert_stops(&[("host", host), ("origin", origin)]).await;
        }
    }

    #[actix_web::test]
    async fn two_origin_headers_are_not_the_services_own_origin() {
        let twice = [("origin", "http://api.example"), ("origin", "http://api.example")];
        assert_stops(&[&[("host", "api.example")], &twice[..]].concat()).await;
    }

    #[actix_web::test]
    async fn a_request_without_origin_is_not_enforced() {
        assert_passes(&[]).await;
        assert_passes(&[("host", "api.example")]).await;
        assert_passes(&[("sec-fetch-site", "cross-site")]).await;
    }

    #[actix_web::test]
    async fn scheme_and_host_are_read_from_the_headers_of_a_proxy() {
        const ORIGIN: (&str, &str) = ("origin", "https://public.example");
        for proxy in [
            &[("x-forwarded-proto", "https"), ("x-forwarded-host", "public.example")][..],
            &[("x-forwarded-proto", "https"), ("x-forwarded-host", "public.example:443")],
            &[("x-forwarded-proto", "https"), ("host", "public.example")],
            &[("forwarded", "proto=https;host=public.example")],
            &[("forwarded", "for=1.2.3.4; proto=\"https\"; host=\"public.example:443\"")],
            &[("forwarded", "host=public.example"), ("x-forwarded-proto", "https")],
            &[("forwarded", "for=1.2.3.4, for=5.6.7.8;Proto=https"), ("host", "public.example")],
            &[("x-forwarded-proto", "https, http"), ("x-forwarded-host", "public.example, a")],
            &[("x-forwarded-proto", "HTTPS"), ("x-forwarded-host", "Public.Example")],
            &[("x-forwarded-proto", "wss"), ("x-forwarded-host", "public.example")],
        ] {
            let lines = [&[("host", "internal:8080")], proxy, &[ORIGIN]].concat();
            // A `Host` line of the proxy replaces the first `Host` line.
            let own_host = proxy.iter().any(|(name, _)| *name == "host");
            let lines = if own_host { &lines[1..] } else { &lines[..] };
            assert_passes(lines).await;
        }
        for proxy in [
            &[("x-forwarded-proto", "http"), ("x-forwarded-host", "public.example")][..],
            &[("x-forwarded-proto", "https"), ("x-forwarded-host", "other.example")],
            &[("x-forwarded-host", "public.example")],
            &[("x-forwarded-proto", "https")],
            &[("forwarded", "proto=http;host=public.example")],
            &[
                ("forwarded", "proto=https;host=other.example"),
                ("x-forwarded-host", "public.example"),
            ],
        ] {
            assert_stops(&[&[("host", "internal:8080")], proxy, &[ORIGIN]].concat()).await;
        }
    }

    #[actix_web::test]
    async fn the_port_is_read_from_the_headers_of_a_proxy() {
        let sent = |proto, host, port| {
            [("x-forwarded-proto", proto), ("x-forwarded-host", host), ("x-forwarded-port", port)]
        };
        for (lines, origin) in [
            (sent("https", "public.example", "443"), "https://public.example"),
            (sent("https", "public.example", "443, 80"), "https://public.example"),
            (sent("http", "public.example", "80"), "http://public.example"),
            (sent("http", "public.example", "443"), "http://public.example:443"),
            (sent("https", "public.example", "8443"), "https://public.example:8443"),
            (sent("https", "public.example", " 8443 , 80"), "https://public.example:8443"),
            (sent("https", "public.example:8443", "8443"), "https://public.example:8443"),
            (sent("https", "public.example:8080", "443"), "https://public.example"),
            (sent("https", "[::1]", "8443"), "https://[::1]:8443"),
            (sent("https", "[::1]:8080", "8443"), "https://[::1]:8443"),
            // The value is not a port.
            (sent("https", "public.example:8443", ""), "https://public.example:8443"),
            (sent("https", "public.example", "x"), "https://public.example"),
            (sent("https", "public.example", "65536"), "https://public.example"),
        ] {
            let itself = [("host", "internal:8080"), ("origin", origin)];
            assert_passes(&[&itself[..], &lines].concat()).await;
        }
        for (lines, origin) in [
            (sent("https", "public.example", "8443"), "https://public.example"),
            (sent("https", "public.example:8443", "443"), "https://public.example:8443"),
            (sent("https", "public.example", "443"), "https://public.example:443"),
            (sent("https", "public.example", "80"), "https://public.example"),
            (sent("http", "public.example", "443"), "https://public.example"),
            (sent("ftp", "public.example", "21"), "ftp://public.example"),
        ] {
            let itself = [("host", "internal:8080"), ("origin", origin)];
            assert_stops(&[&itself[..], &lines].concat()).await;
        }

        // A proxy that does not change `Host`, and a proxy that sends only `Forwarded`.
        let kept = [("host", "public.example"), ("x-forwarded-proto", "https")];
        let port = [("x-forwarded-port", "8443")];
        let itself = [("origin", "https://public.example:8443")];
        assert_passes(&[&kept[..], &port, &itself].concat()).await;
        let whole = [("forwarded", "proto=https;host=\"public.example:8443\"")];
        assert_passes(&[&whole[..], &[("x-forwarded-port", "443")], &itself].concat()).await;
        let whole = [("forwarded", "proto=https;host=public.example")];
        assert_stops(&[&whole[..], &port, &itself].concat()).await;
    }

    /// After a granted preflight, a page may send every header.
    #[actix_web::test]
    async fn the_headers_of_proxies_are_ignored_if_pages_may_send_any_header() {
        let status = async |lines: &[(&str, &str)]| {
            let policy = Policy::builder().allow_origins([FRIEND]).allow_headers(Any);
            status_by(policy.enforce(true).build().unwrap(), lines).await
        };
        let evil = ("origin", "https://evil.example");
        for forged in [
            &[("x-forwarded-proto", "https"), ("x-forwarded-host", "evil.example")][..],
            &[("x-forwarded-proto", "https"), ("host", "evil.example")],
            &[("forwarded", "proto=https;host=evil.example")],
        ] {
            assert_eq!(status(&[&[evil], forged].concat()).await, 403, "{forged:?}");
            assert_passes(&[&[evil], forged].concat()).await;
        }
        let port = [("host", "api.example"), ("x-forwarded-port", "8080")];
        let other = [("origin", "http://api.example:8080")];
        assert_eq!(status(&[&port[..], &other].concat()).await, 403);
        let itself = [("origin", "http://api.example")];
        assert_eq!(status(&[&port[..], &itself].concat()).await, 200);
        let site = [("sec-fetch-site", "same-origin")];
        assert_eq!(status(&[&port[..], &other, &site].concat()).await, 200);
    }

    /// A proxy that ends TLS and sends no headers hides the scheme, so only `Sec-Fetch-Site` shows the site.
    #[actix_web::test]
    async fn sec_fetch_site_is_enough_behind_a_proxy_without_headers() {
        let itself = [("host", "api.example"), ("origin", "https://api.example")];
        assert_passes(&[&itself[..], &[("sec-fetch-site", "same-origin")]].concat()).await;
        assert_stops(&[&itself[..], &[("sec-fetch-site", "cross-site")]].concat()).await;
        assert_stops(&itself).await;
    }

    /// Inner middleware may change the client's address.
    #[actix_web::test]
    async fn no_connection_info_is_left_in_the_request() {
        let app = App::new().wrap(from_fn(proxied::correct)).wrap(Cors::new(enforced()));
        let app = Local::start(app.default_service(web::to(proxied::address))).await;
        let forged = actual("POST", "/", Some("http://localhost:8080"))
            .insert_header(("x-forwarded-for", "6.6.6.6"));
        let response = app.send(forged).await;
        assert_eq!((response.status, response.text().as_str()), (200, proxied::ADDRESS));
    }

    #[actix_web::test]
    async fn handlers_read_sec_fetch_site_and_proxies_like_layers() {
        let own = Local::start(
            App::new().app_data(web::Data::new(Calls::default())).service(handler_own),
        );
        let own = own.await;
        let send = async |site: &str| {
            let request = actual("POST", "/own", Some("https://public.example"));
            own.send(request.insert_header(("sec-fetch-site", site))).await
        };
        send("same-origin").await.assert_closed(200);
        send("none").await.assert_closed(200);
        send("same-site").await.assert_closed(403);
        send("cross-site").await.assert_closed(403);
    }
}

/// WebSocket handshakes carry an origin, but browsers do not apply CORS to them. Only `enforce` does.
mod web_sockets {
    use super::*;

    async fn talk(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
        let (response, session, _) = actix_ws::handle(&request, body)?;
        session.close(None).await.map_err(actix_web::error::ErrorInternalServerError)?;
        Ok(response)
    }

    async fn counted(
        calls: web::Data<Calls>,
        request: HttpRequest,
        body: web::Payload,
    ) -> Result<HttpResponse, Error> {
        calls.add();
        talk(request, body).await
    }

    #[cors(allow_origins = ["https://friend.example"], enforce)]
    #[get("/annotated")]
    async fn annotated(
        calls: web::Data<Calls>,
        request: HttpRequest,
        body: web::Payload,
    ) -> Result<HttpResponse, Error> {
        counted(calls, request, body).await
    }

    #[cors(allow_origins = ["https://friend.example"])]
    #[get("/lax")]
    async fn lax(
        calls: web::Data<Calls>,
        request: HttpRequest,
        body: web::Payload,
    ) -> Result<HttpResponse, Error> {
        counted(calls, request, body).await
    }

    fn handshake(target: &str) -> Request {
        Request::get(target)
            .line("Connection", "Upgrade")
            .line("Upgrade", "websocket")
            .line("Sec-WebSocket-Version", "13")
            .line("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
    }

    #[test]
    fn a_handshake_of_another_origin_is_denied() {
        let calls = Calls::default();
        let server = start!(calls, |app| {
            app.wrap(Cors::new(enforced()))
                .service(annotated)
                .service(lax)
                .route("/plain", web::get().to(counted))
        });
        for target in ["/plain", "/annotated"] {
            for origin in [STRANGER, "null", "http://api.example.evil"] {
                let response = server.send(&handshake(target).origin(origin));
                response.assert_closed(403);
                assert_eq!(response.values("upgrade"), [""; 0]);
            }
            let other = handshake(target).origin(ITSELF).line("Sec-Fetch-Site", "cross-site");
            server.send(&other).assert_closed(403);
            assert_eq!(calls.take(), 0);
            for request in [
                handshake(target),
                handshake(target).origin(ITSELF),
                handshake(target).origin(STRANGER).line("Sec-Fetch-Site", "same-origin"),
            ] {
                let response = server.send(&request);
                assert_eq!(response.assert_closed(101).values("upgrade"), ["websocket"]);
                assert_eq!(calls.take(), 1);
            }
            server.send(&handshake(target).origin(FRIEND)).assert(101, FRIEND_LINES);
            assert_eq!(calls.take(), 1);
        }
        server.send(&handshake("/lax").origin(STRANGER)).assert_closed(101);
        assert_eq!(calls.take(), 1);
    }

    #[cors(allow_origins = any)]
    #[get("/{tail:.*}")]
    async fn page() -> &'static str {
        "page"
    }

    /// The annotated pattern of a single-page app matches every path, but the socket is registered before it.
    #[test]
    fn a_handshake_is_denied_in_front_of_an_annotated_pattern_that_would_allow_it() {
        let calls = Calls::default();
        let server = start!(calls, |app| {
            app.wrap(Cors::new(enforced())).route("/socket", web::get().to(counted)).service(page)
        });
        let response = server.send(&Request::get("/x").origin(STRANGER));
        assert_eq!(response.text(), "page");
        server.send(&handshake("/socket").origin(STRANGER)).assert_closed(403);
        assert_eq!(calls.take(), 0);
    }
}

/// The body of a denied request must not be read as the next request.
#[test]
fn a_denied_request_leaves_its_connection_usable() {
    let calls = Calls::default();
    let server = start!(calls, |app| app.wrap(Cors::new(enforced())).configure(handlers));
    let mut client = server.connect();
    for _ in 0..3 {
        let stopped = post_to("/plain").origin(STRANGER).line("Content-Length", "0");
        client.send(&stopped).assert_closed(403);
        client.send(&post_to("/plain").origin(FRIEND)).assert(200, FRIEND_LINES);
    }
    assert_eq!(calls.take(), 3);
}

#[put("/unused")]
async fn own_headers() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")).finish()
}

/// Headers of a handler are not a policy, so they do not allow a request.
#[test]
fn a_handler_that_writes_its_own_headers_is_enforced_too() {
    let server = Server::start(|| App::new().wrap(Cors::new(enforced())).service(own_headers));
    server.send(&Request::new("PUT", "/unused").origin(STRANGER)).assert_closed(403);
}
