//! Prefixes of header names, `timing_allow_origin`, `permissive`, and what a policy can be taken from.

use std::sync::Arc;

use actix_web::{App, HttpResponse, web};
use cors_actix::{Any, Cors, Policy, PolicyBuilder, ProblemKind, cors};
use cors_actix_tests::{PREFLIGHT_VARY, Request, Server, VARY};

use crate::{APP, OTHER, origin_line};

fn serve(policy: Policy) -> Server {
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).route("/items", web::to(HttpResponse::Ok))
    })
}

fn problem(builder: &PolicyBuilder) -> ProblemKind {
    builder.build().unwrap_err().problems()[0].kind.clone()
}

fn with_headers(names: &[&str]) -> PolicyBuilder {
    Policy::builder().allow_origins([APP]).allow_headers(names)
}

#[test]
fn a_prefix_allows_its_names_and_the_answer_lists_the_requested_names() {
    let server = serve(with_headers(&["X-Acme-*", "content-type"]).build().unwrap());
    let ask =
        |names: &str| server.send(&Request::preflight("/items", APP, "GET").asks_headers(names));
    for names in ["x-acme-trace", "content-type,x-acme-a,x-acme-b", "X-ACME-TRACE", "x-acme-"] {
        let listed = format!("access-control-allow-headers: {names}");
        ask(names).assert(
            204,
            [
                origin_line(APP).as_str(),
                &listed,
                "access-control-allow-methods: GET,HEAD,POST",
                PREFLIGHT_VARY,
            ],
        );
    }
    for names in ["x-acme", "x-other", "x-acme-a,authorization", "x-acme-a b", "x-acme-*,x"] {
        ask(names).assert_denied();
    }
}

#[test]
fn no_prefix_allows_authorization() {
    let server = serve(with_headers(&["auth*"]).build().unwrap());
    let ask =
        |names: &str| server.send(&Request::preflight("/items", APP, "GET").asks_headers(names));
    ask("authorization").assert_denied();
    ask("Authorization").assert_denied();
    assert_eq!(ask("auth-token").status, 204);
}

#[test]
fn a_wildcard_elsewhere_in_a_header_name_is_an_error() {
    for name in ["x-*-id", "*-id", "x-**"] {
        let kind = ProblemKind::HeaderWildcard { value: name.to_owned() };
        assert_eq!(problem(&with_headers(&[name])), kind);
    }
    let exposed = Policy::builder().allow_origins([APP]).expose_headers(["x-acme-*"]);
    let kind = ProblemKind::HeaderWildcard { value: "x-acme-*".to_owned() };
    assert_eq!(problem(&exposed), kind);
    let forbidden = |value: &str| ProblemKind::ForbiddenRequestHeader { value: value.to_owned() };
    assert_eq!(problem(&with_headers(&["sec-*"])), forbidden("sec-*"));
    let kind = ProblemKind::ForwardedHeaderWithEnforce { value: "x-forwarded-*".to_owned() };
    assert_eq!(problem(&with_headers(&["x-forwarded-*"]).enforce(true)), kind);
}

#[test]
fn the_word_any_in_a_string_is_an_error_in_every_list() {
    let kind = |value: &str| ProblemKind::AnyInString { value: value.to_owned() };
    assert_eq!(problem(&Policy::builder().allow_origins(["any"])), kind("any"));
    assert_eq!(problem(&with_headers(&["any"])), kind("any"));
    assert_eq!(problem(&with_headers(&[]).allow_methods(["ANY"])), kind("ANY"));
    assert_eq!(problem(&with_headers(&[]).expose_headers(["Any"])), kind("Any"));
    assert!(kind("any").to_string().contains(r#"write `Any` or "*""#));
    assert_eq!(kind("any").repaired(), Some("*"));
}

#[test]
fn timing_allow_origin_has_the_value_of_allow_origin() {
    let listed = Policy::builder().allow_origins([APP]).timing_allow_origin(true);
    let server = serve(listed.build().unwrap());
    let value = |request: &Request| {
        let response = server.send(request);
        response.values("timing-allow-origin").join(" and ")
    };
    assert_eq!(value(&Request::get("/items").origin(APP)), APP);
    assert_eq!(value(&Request::get("/items").origin(OTHER)), "");
    assert_eq!(value(&Request::get("/items")), "");
    let any = Policy::builder().allow_origins(Any).timing_allow_origin(true).build().unwrap();
    let response = serve(any).send(&Request::get("/items"));
    assert_eq!(response.values("timing-allow-origin"), ["*"]);
}

mod timed {
    use actix_web::{HttpResponse, Responder, get};

    use super::cors;

    #[cors(allow_origins = ["https://app.example"], timing_allow_origin)]
    #[get("/timed")]
    pub(super) async fn handler() -> impl Responder {
        HttpResponse::Ok()
    }
}

#[test]
fn the_attribute_takes_timing_allow_origin() {
    let server = Server::start(|| App::new().service(timed::handler));
    let response = server.send(&Request::get("/timed").origin(APP));
    assert_eq!(response.values("timing-allow-origin"), [APP]);
}

#[test]
fn permissive_allows_everything_except_credentials() {
    let server = serve(Policy::permissive());
    server
        .send(&Request::preflight("/items", OTHER, "PATCH").asks_headers("authorization,x-a"))
        .assert(
            204,
            [
                origin_line("*").as_str(),
                "access-control-allow-headers: *,authorization",
                "access-control-allow-methods: *",
                PREFLIGHT_VARY,
            ],
        );
    server
        .send(&Request::get("/items").origin(OTHER))
        .assert(200, [origin_line("*").as_str(), "access-control-expose-headers: *"]);
}

#[test]
fn a_layer_takes_shared_policies() {
    let shared = Arc::new(Policy::builder().allow_origins([APP]).build().unwrap());
    let data = web::Data::new(Policy::builder().allow_origins([APP]).build().unwrap());
    let servers = [
        Server::start({
            let shared = Arc::clone(&shared);
            move || {
                App::new()
                    .wrap(Cors::new(Arc::clone(&shared)))
                    .route("/items", web::to(HttpResponse::Ok))
            }
        }),
        Server::start(move || {
            App::new().wrap(Cors::new(data.clone())).route("/items", web::to(HttpResponse::Ok))
        }),
    ];
    for server in servers {
        server
            .send(&Request::get("/items").origin(APP))
            .assert(200, [origin_line(APP).as_str(), VARY]);
    }
}
