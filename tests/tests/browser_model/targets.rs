//! The targets: a service within the test, and a server at an address.

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt, test::init_service, web};
use cors_actix::Cors;
use cors_actix_browser::{Blocked, Browser, Credentials::Include, Fetch, Server};

use crate::{ALLOW, PAGE, blocked};

#[actix_web::test]
async fn a_service_within_the_test_gets_the_request_as_a_server_does() {
    async fn echo(request: HttpRequest, body: String) -> HttpResponse {
        let connection = request.connection_info().clone();
        let text = format!(
            "{} {}://{}{} {} {body}",
            request.method(),
            connection.scheme(),
            connection.host(),
            request.uri().path_and_query().unwrap(),
            connection.peer_addr().unwrap(),
        );
        HttpResponse::Ok().insert_header(ALLOW).body(text)
    }
    let app = init_service(App::new().default_service(web::to(echo))).await;
    let browser = Browser::at(PAGE);
    for (url, text) in [
        ("/a b?c=d", "POST https://api.test/a%20b?c=d 127.0.0.1 tea"),
        ("https://example.com:8443/", "POST https://example.com:8443/ 127.0.0.1 tea"),
        ("http://localhost/", "POST http://localhost/ 127.0.0.1 tea"),
    ] {
        let seen = browser.fetch(&app, Fetch::post(url).body("tea")).await;
        assert_eq!(seen.text(), text);
        assert_eq!(seen.header("content-length").unwrap(), text.len().to_string());
    }
}

#[actix_web::test]
async fn an_error_of_the_service_is_its_response() {
    async fn failing() -> Result<HttpResponse, actix_web::Error> {
        Err(actix_web::error::ErrorImATeapot("short and stout"))
    }
    let app = App::new()
        .wrap(Cors::new(cors_actix_tests::open()))
        .wrap_fn(|request, service| {
            use actix_web::dev::Service as _;
            let fails = request.path() == "/layer";
            let response = service.call(request);
            async move {
                if fails {
                    return Err(actix_web::error::ErrorBadGateway("outside"));
                }
                response.await
            }
        })
        .default_service(web::to(failing));
    let app = init_service(app).await;
    let seen = Browser::at(PAGE).fetch(&app, "/").await;
    assert_eq!((seen.status(), &*seen.text()), (418, "short and stout"));
    let reason = blocked(&app, "/layer").await;
    assert!(matches!(reason, Blocked::Cors { status: 502, .. }), "{reason}");
}

#[actix_web::test]
async fn a_real_server_answers_as_the_service_does() {
    let server = HttpServer::new(|| {
        App::new()
            .wrap(Cors::new(cors_actix_tests::example()).scope("/open", cors_actix_tests::open()))
            .service(web::redirect("/from", "/open/to").permanent())
            .default_service(web::to(|request: HttpRequest, body: String| async move {
                let host = request.connection_info().host().to_owned();
                HttpResponse::Ok().body(format!("{} {host} {body}", request.method()))
            }))
    });
    let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
    let base = format!("http://{}", server.addrs()[0]);
    rt::spawn(server.disable_signals().run());
    let server = Server::at(&base);
    let browser = Browser::at("https://example.com");
    let seen = browser.fetch(&server, Fetch::post("/").body("tea").credentials(Include)).await;
    assert_eq!(seen.text(), format!("POST {} tea", &base["http://".len()..]));
    assert_eq!(seen.url(), format!("{base}/"));
    let seen = browser.fetch(&server, Fetch::get("https://api.example.net/")).await;
    assert_eq!(seen.text(), "GET api.example.net ");
    let seen = browser.fetch(&server, "/from").await;
    assert_eq!(seen.url(), format!("{base}/open/to"));
    let seen = browser.fetch(&server, Fetch::put("/open")).await;
    assert!(matches!(seen.assert_blocked(), Blocked::PreflightCors { status: 403, .. }), "{seen}");
    Browser::at("https://evil.example").fetch(&server, "/").await.assert_blocked();
}

#[actix_web::test]
async fn a_server_that_does_not_run_is_unreachable() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Server::at(&format!("http://{address}"));
    let seen = Browser::at(PAGE).fetch(&server, "/").await;
    assert!(matches!(seen.assert_blocked(), Blocked::Unreachable { .. }));
    assert!(seen.exchanges()[0].response().is_none());
}
