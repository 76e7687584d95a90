//! `Policy::by_origin`: the first policy that allows the origin decides as a whole.

use actix_web::{App, HttpResponse, web};
use cors_actix::{
    Any, Cors, Decision, Denial, Policy, PolicyError, PolicyHandle, ProblemKind, cors,
};
use cors_actix_tests::{PREFLIGHT_VARY, Request, Server, VARY};

use crate::{APP, OTHER, origin_line};

fn front_end() -> Policy {
    Policy::builder()
        .allow_origins([APP])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .allow_credentials(true)
        .expose_headers(["x-total-count"])
        .build()
        .unwrap()
}

fn public() -> Policy {
    Policy::builder().allow_origins(Any).build().unwrap()
}

fn both() -> Policy {
    Policy::by_origin([front_end(), public()]).unwrap()
}

fn server(policy: Policy) -> Server {
    Server::start(move || {
        App::new().wrap(Cors::new(&policy)).route("/items", web::to(HttpResponse::Ok))
    })
}

#[test]
fn the_listed_origin_gets_the_rights_of_its_policy() {
    let server = server(both());
    server.send(&Request::get("/items").origin(APP)).assert(
        200,
        [
            origin_line(APP).as_str(),
            "access-control-allow-credentials: true",
            "access-control-expose-headers: x-total-count",
            VARY,
        ],
    );
    server.send(&Request::preflight("/items", APP, "PUT").asks_headers("content-type")).assert(
        204,
        [
            origin_line(APP).as_str(),
            "access-control-allow-credentials: true",
            "access-control-allow-headers: content-type",
            "access-control-allow-methods: GET,HEAD,POST,PUT",
            PREFLIGHT_VARY,
        ],
    );
}

#[test]
fn every_other_origin_may_only_read_and_the_response_varies() {
    let server = server(both());
    server
        .send(&Request::get("/items").origin(OTHER))
        .assert(200, [origin_line("*").as_str(), VARY]);
    server.send(&Request::get("/items")).assert(200, [origin_line("*").as_str(), VARY]);
    server.send(&Request::preflight("/items", OTHER, "PUT")).assert_denied();
    server
        .send(&Request::preflight("/items", OTHER, "GET").asks_headers("content-type"))
        .assert_denied();
    server.send(&Request::preflight("/items", OTHER, "GET")).assert(
        204,
        [origin_line("*").as_str(), "access-control-allow-methods: GET,HEAD,POST", PREFLIGHT_VARY],
    );
}

#[test]
fn an_origin_that_no_policy_allows_is_denied() {
    let other = Policy::builder().allow_origins(["https://b.example"]).build().unwrap();
    let server = server(Policy::by_origin([front_end(), other]).unwrap());
    server.send(&Request::get("/items").origin(OTHER)).assert_closed(200);
    server.send(&Request::preflight("/items", OTHER, "GET")).assert_denied();
    server
        .send(&Request::get("/items").origin("https://b.example"))
        .assert(200, [origin_line("https://b.example").as_str(), VARY]);
}

#[test]
fn one_enforcing_policy_denies_the_request_of_an_origin_that_no_policy_allows() {
    let enforcing =
        Policy::builder().allow_origins(["https://b.example"]).enforce(true).build().unwrap();
    let server = server(Policy::by_origin([front_end(), enforcing]).unwrap());
    server.send(&Request::get("/items").origin(OTHER)).assert_closed(403);
    server.send(&Request::get("/items")).assert_closed(200);
    let allowed = server.send(&Request::get("/items").origin("https://b.example"));
    allowed.assert(200, [origin_line("https://b.example").as_str(), VARY]);
}

#[test]
fn a_policy_that_follows_a_handle_takes_part_as_it_is_now() {
    let handle = PolicyHandle::new(front_end());
    let server = server(Policy::by_origin([handle.policy(), public()]).unwrap());
    server.send(&Request::preflight("/items", OTHER, "PUT")).assert_denied();
    let wider = Policy::builder().allow_origins([OTHER]).allow_methods(["PUT"]).build().unwrap();
    handle.replace(wider);
    server.send(&Request::preflight("/items", OTHER, "PUT")).assert(
        204,
        [
            origin_line(OTHER).as_str(),
            "access-control-allow-methods: GET,HEAD,POST,PUT",
            PREFLIGHT_VARY,
        ],
    );
    server.send(&Request::get("/items").origin(APP)).assert(200, [origin_line("*").as_str(), VARY]);
}

#[test]
fn asynchronous_predicates_are_awaited_before_the_choice() {
    let asked = Policy::builder()
        .allow_origins_if_async(|origin, _| {
            let is_friend = origin.host() == "friend.example";
            async move { is_friend }
        })
        .allow_methods(["PUT"])
        .build()
        .unwrap();
    let server = server(Policy::by_origin([asked, public()]).unwrap());
    server.send(&Request::preflight("/items", "https://friend.example", "PUT")).assert(
        204,
        [
            origin_line("https://friend.example").as_str(),
            "access-control-allow-methods: GET,HEAD,POST,PUT",
            PREFLIGHT_VARY,
        ],
    );
    server
        .send(&Request::get("/items").origin("https://friend.example"))
        .assert(200, [origin_line("https://friend.example").as_str(), VARY]);
    server.send(&Request::preflight("/items", OTHER, "PUT")).assert_denied();
    server
        .send(&Request::get("/items").origin(OTHER))
        .assert(200, [origin_line("*").as_str(), VARY]);
}

mod annotated {
    use std::sync::LazyLock;

    use actix_web::{HttpResponse, Responder, put};

    use super::{Policy, both, cors};

    static BOTH: LazyLock<Policy> = LazyLock::new(both);

    #[cors(policy = BOTH)]
    #[put("/items")]
    pub(super) async fn put_item() -> impl Responder {
        HttpResponse::Ok()
    }
}

#[test]
fn an_annotated_handler_chooses_with_and_without_a_layer() {
    let alone = Server::start(|| App::new().service(annotated::put_item));
    let layered = Server::start(|| {
        App::new().wrap(Cors::new(Policy::same_origin())).service(annotated::put_item)
    });
    for server in [alone, layered] {
        server.send(&Request::preflight("/items", APP, "PUT")).assert(
            204,
            [
                origin_line(APP).as_str(),
                "access-control-allow-credentials: true",
                "access-control-allow-methods: PUT",
                PREFLIGHT_VARY,
            ],
        );
        let put = server.send(&Request::new("PUT", "/items").origin(OTHER));
        put.assert(200, [origin_line("*").as_str(), VARY]);
        let put = server.send(&Request::new("PUT", "/items").origin(APP));
        put.assert(
            200,
            [
                origin_line(APP).as_str(),
                "access-control-allow-credentials: true",
                "access-control-expose-headers: x-total-count",
                VARY,
            ],
        );
    }
}

fn kinds(error: &PolicyError) -> Vec<(String, &ProblemKind)> {
    error.problems().iter().map(|problem| (problem.location.to_string(), &problem.kind)).collect()
}

#[test]
fn an_empty_list_is_an_error() {
    let error = Policy::by_origin(Vec::<Policy>::new()).unwrap_err();
    assert_eq!(kinds(&error), [("by_origin".to_owned(), &ProblemKind::NoPolicies)]);
    assert!(error.to_string().contains("by_origin.rs:"), "{error}");
}

#[test]
fn a_policy_that_no_request_can_reach_is_an_error() {
    let again = Policy::builder().allow_origins([APP]).build().unwrap();
    let handle = PolicyHandle::new(front_end());
    let unreachable = |policies: Vec<Policy>| Policy::by_origin(policies).unwrap_err();
    let second = [("by_origin[1]".to_owned(), &ProblemKind::UnreachablePolicy)];
    assert_eq!(kinds(&unreachable(vec![public(), front_end()])), second);
    assert_eq!(kinds(&unreachable(vec![public(), handle.policy()])), second);
    assert_eq!(kinds(&unreachable(vec![front_end(), again.clone()])), second);
    assert_eq!(kinds(&unreachable(vec![front_end(), Policy::same_origin()])), second);
    assert!(Policy::by_origin([handle.policy(), again]).is_ok());
    let pattern = |text: &str| Policy::builder().allow_origins([text]).build().unwrap();
    let (one, other) = (pattern("https://*.a.example"), pattern("https://*.b.example"));
    assert_eq!(kinds(&unreachable(vec![one.clone(), one.clone()])), second);
    assert!(Policy::by_origin([one, other]).is_ok());
}

#[test]
fn a_policy_that_chooses_itself_through_a_handle_denies() {
    let handle = PolicyHandle::new(front_end());
    handle.replace(Policy::by_origin([handle.policy()]).unwrap());
    let server = server(handle.policy());
    server.send(&Request::get("/items").origin(APP)).assert_closed(200);
    server.send(&Request::preflight("/items", APP, "GET")).assert_denied();
}

#[actix_web::test]
async fn decide_does_not_guess_where_a_predicate_has_to_be_awaited() {
    let asked = Policy::builder().allow_origins([APP]);
    let asked = asked.allow_origins_if_async(|_, _| async { true }).build().unwrap();
    let policy = Policy::by_origin([front_end(), asked.clone(), public()]).unwrap();
    let request = |origin: &'static str| {
        actix_web::test::TestRequest::get().insert_header(("origin", origin)).to_srv_request()
    };
    let (listed, other) = (request(APP), request(OTHER));
    assert!(matches!(policy.decide_async(listed.head()).await, Decision::Actual(Ok(_))));
    assert!(matches!(policy.decide_async(other.head()).await, Decision::Actual(Ok(_))));
    let decision = policy.decide(other.head());
    assert!(
        matches!(decision, Decision::Actual(Err(Denial::PredicateNotAsked(_)))),
        "{decision:?}"
    );
    for policy in [both(), Policy::by_origin([asked.clone(), public()]).unwrap()] {
        assert!(matches!(policy.decide(listed.head()), Decision::Actual(Ok(_))));
    }
    assert!(matches!(both().decide(other.head()), Decision::Actual(Ok(_))));
}
