//! The names, patterns and URLs of routes.

use std::fmt::Write as _;

use actix_web::{App, HttpRequest, get, routes, test::TestRequest, web};
use cors_actix_tests::local::Local;

use crate::assert_alike;

twins! {
    pub(super) fn register(config: &mut web::ServiceConfig) {
        config.service(named).service(unnamed).service(r#type);
        config.service(routed).service(named_routes).service(ordered).service(urls);
    }

    #[get("/named/{id}", name = "a name")]
    pub(crate) async fn named(request: HttpRequest) -> String {
        place(&request)
    }

    #[get("/unnamed/{id}")]
    pub(crate) async fn unnamed(request: HttpRequest) -> String {
        place(&request)
    }

    #[get("/raw")]
    pub(crate) async fn r#type(request: HttpRequest) -> String {
        place(&request)
    }

    #[routes]
    #[get("/first/{id}")]
    #[post("/second/{id}")]
    #[delete("/first/{id}")]
    pub(crate) async fn routed(request: HttpRequest) -> String {
        place(&request)
    }

    #[routes]
    #[get("/get", name = "to get")]
    #[post("/post", name = "to post")]
    pub(crate) async fn named_routes(request: HttpRequest) -> String {
        place(&request)
    }

    #[routes]
    #[get("/order/{id}")]
    #[get("/order/me")]
    pub(crate) async fn ordered(request: HttpRequest) -> String {
        place(&request)
    }

    #[get("/urls")]
    pub(crate) async fn urls(request: HttpRequest) -> String {
        let names = ["a name", "named", "unnamed", "type", "r#type", "routed", "ordered"];
        names.iter().chain(&["to get", "to post"]).fold(String::new(), |mut urls, name| {
            let url = request.url_for(name, ["7", "8"]).map(|url| url.to_string());
            let _ = writeln!(urls, "{name}: {url:?}");
            urls
        })
    }
}

fn place(request: &HttpRequest) -> String {
    format!("{:?} {:?}", request.match_name(), request.match_pattern())
}

#[actix_web::test]
async fn an_annotated_route_has_the_same_name_pattern_and_urls_as_without_the_attribute() {
    let app = |register: fn(&mut web::ServiceConfig)| {
        App::new().configure(register).service(web::scope("/{tenant}").configure(register))
    };
    let annotated = Local::start(app(annotated::register)).await;
    let bare = Local::start(app(bare::register)).await;
    let requests = || {
        let of = |prefix: &str| {
            let get = |path: &str| TestRequest::get().uri(&format!("{prefix}{path}"));
            let paths =
                ["/urls", "/named/1", "/unnamed/1", "/raw", "/first/1", "/get", "/order/me"];
            let mut requests: Vec<_> = paths.map(get).into();
            requests.push(TestRequest::post().uri(&format!("{prefix}/second/1")));
            requests.push(TestRequest::delete().uri(&format!("{prefix}/first/1")));
            requests.push(TestRequest::post().uri(&format!("{prefix}/post")));
            requests
        };
        of("").into_iter().chain(of("/acme")).collect()
    };
    assert_alike(&annotated, &bare, requests).await;
    let urls = annotated.send(TestRequest::get().uri("/urls")).await.text();
    assert!(urls.contains("a name: Ok(\"http://localhost:8080/7/named/8\")"), "{urls}");
    assert!(urls.contains("r#type: Ok(\"http://localhost:8080/7/raw\")"), "{urls}");
}
