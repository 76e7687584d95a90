//! Scopes that differ only in guards on the host.

use actix_web::{App, get, guard, put, web};
use cors_actix::{Cors, Policy, cors};
use cors_actix_tests::{
    journal,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};
use log::Level;

use crate::{
    FRIENDS, OPEN, assert_allowed_at, assert_denied_at, closed_item, friends, friends_item, open,
    open_item, secret, to_host,
};

const OPEN_HOST: &str = "open.example";
const CLOSED_HOST: &str = "closed.example";
const FRIENDS_HOST: &str = "friends.example";

fn host(prefix: &str, host: &'static str) -> actix_web::Scope {
    web::scope(prefix).guard(guard::Host(host))
}

async fn assert_each_host_answers_for_itself(app: &Local, target: &str) {
    let route = ("PUT", target);
    for (host, body, is_stranger_allowed, is_friend_allowed) in [
        (CLOSED_HOST, "closed", false, false),
        (OPEN_HOST, "open", true, true),
        (FRIENDS_HOST, "friends", false, true),
    ] {
        for (origin, is_allowed) in [(STRANGER, is_stranger_allowed), (FRIEND, is_friend_allowed)] {
            match is_allowed {
                true => assert_allowed_at(app, host, route, origin, body).await,
                false => assert_denied_at(app, host, route, origin, body).await,
            }
        }
    }
}

#[actix_web::test]
async fn without_a_layer_each_host_answers_for_itself() {
    for prefix in ["", "/v", "/{version}", "/{version:v[0-9]*}"] {
        let target = if prefix.is_empty() { "/item" } else { "/v/item" };
        let app = App::new()
            .service(host(prefix, OPEN_HOST).service(open_item))
            .service(host(prefix, CLOSED_HOST).service(closed_item))
            .service(host(prefix, FRIENDS_HOST).service(friends_item));
        assert_each_host_answers_for_itself(&Local::start(app).await, target).await;
        let app = App::new()
            .service(host(prefix, FRIENDS_HOST).service(friends_item))
            .service(host(prefix, CLOSED_HOST).service(closed_item))
            .service(host(prefix, OPEN_HOST).service(open_item));
        assert_each_host_answers_for_itself(&Local::start(app).await, target).await;
    }
}

#[actix_web::test]
async fn hosts_of_different_patterns_answer_for_themselves() {
    #[cors(allow_origins = any)]
    #[put("/{id}")]
    async fn open_id() -> &'static str {
        "open"
    }

    let app = App::new()
        .service(host("", OPEN_HOST).service(open_id))
        .service(host("", CLOSED_HOST).service(closed_item))
        .service(host("", FRIENDS_HOST).service(friends_item));
    assert_each_host_answers_for_itself(&Local::start(app).await, "/item").await;
}

/// Asserts the answer to a preflight below a layer, which does not see the guards on hosts.
async fn assert_preflight(app: &Local, host: &str, origin: &str, is_granted: bool) {
    let response = app.send(to_host(preflight("/v/item", origin, "PUT"), host)).await;
    if is_granted {
        assert_eq!(response.status, 204, "{}", response.request);
        let allowed = response.values("access-control-allow-origin");
        assert!(allowed == ["*"] || allowed == [origin], "{}\n{allowed:?}", response.request);
    } else {
        response.assert_denied();
    }
}

#[actix_web::test]
async fn below_a_layer_no_host_grants_more_than_all_of_them_allow() {
    for swapped in [false, true] {
        let app = App::new().wrap(open());
        let (open, friends) = (
            host("/v", OPEN_HOST).service(open_item),
            host("/v", FRIENDS_HOST).service(friends_item),
        );
        let app = match swapped {
            false => app.service(open).service(friends),
            true => app.service(friends).service(open),
        };
        let app = Local::start(app).await;
        for _ in 0..2 {
            for (host, body) in [(OPEN_HOST, "open"), (FRIENDS_HOST, "friends")] {
                assert_preflight(&app, host, STRANGER, false).await;
                assert_preflight(&app, host, FRIEND, true).await;
                let response = app.send(to_host(actual("PUT", "/v/item", Some(STRANGER)), host));
                assert_eq!(response.await.text(), body);
            }
        }
    }
}

#[actix_web::test]
async fn below_a_layer_a_closed_host_closes_all() {
    let app = App::new()
        .wrap(open())
        .service(host("/v", OPEN_HOST).service(open_item))
        .service(host("/v", CLOSED_HOST).service(closed_item));
    let app = Local::start(app).await;
    for host in [OPEN_HOST, CLOSED_HOST, "other.example"] {
        for origin in [STRANGER, FRIEND] {
            assert_preflight(&app, host, origin, false).await;
        }
    }
    let request = actual("PUT", "/v/item", Some(STRANGER));
    app.send(to_host(request, CLOSED_HOST)).await.assert_closed(200);
}

mod told {
    use super::*;

    #[cors(allow_origins = any)]
    #[get("/told")]
    pub(super) async fn open() -> &'static str {
        "open"
    }

    #[cors(same_origin)]
    #[get("/told")]
    pub(super) async fn closed() -> &'static str {
        "closed"
    }
}

#[actix_web::test]
async fn one_warning_names_the_path_both_places_and_the_solution() {
    journal::open();
    let app = App::new()
        .wrap(open())
        .service(host("/virtual", OPEN_HOST).service(told::open))
        .service(host("/virtual", CLOSED_HOST).service(told::closed));
    let app = Local::start(app).await;
    for host in [OPEN_HOST, CLOSED_HOST, OPEN_HOST] {
        app.send(to_host(preflight("/virtual/told", STRANGER, "GET"), host)).await.assert_denied();
        app.send(to_host(actual("GET", "/virtual/told", Some(STRANGER)), host)).await;
    }
    let entries = journal::entries_with("/virtual/told");
    let warnings: Vec<_> = entries.iter().filter(|entry| entry.level <= Level::Warn).collect();
    let [warning] = &warnings[..] else { panic!("{warnings:#?}") };
    assert_eq!(warning.level, Level::Warn);
    let places: Vec<_> = warning.text.match_indices("virtual_hosts.rs:").collect();
    assert_eq!(places.len(), 2, "{}", warning.text);
    let line = |at: usize| warning.text[at..].split(':').nth(1).unwrap();
    assert_ne!(line(places[0].0), line(places[1].0), "{}", warning.text);
    // The tests without a layer show this solution.
    assert!(warning.text.contains("put `#[cors]` on every handler"), "{}", warning.text);
}

#[actix_web::test]
async fn hosts_with_one_policy_are_not_logged() {
    #[cors(policy = &OPEN)]
    #[get("/alike")]
    async fn one() -> &'static str {
        "one"
    }

    #[cors(policy = &OPEN)]
    #[get("/alike")]
    async fn other() -> &'static str {
        "other"
    }

    journal::open();
    let app = App::new()
        .wrap(open())
        .service(host("/virtual", OPEN_HOST).service(one))
        .service(host("/virtual", CLOSED_HOST).service(other));
    let app = Local::start(app).await;
    for (host, body) in [(OPEN_HOST, "one"), (CLOSED_HOST, "other")] {
        let route = ("GET", "/virtual/alike");
        assert_allowed_at(&app, host, route, STRANGER, body).await;
    }
    let entries = journal::entries_with("/virtual/alike");
    assert!(entries.iter().all(|entry| entry.level > Level::Warn), "{entries:#?}");
}

/// A layer around the scope of one host is inside of the router, but does not see guards either.
mod a_layer_on_the_scope_of_each_host {
    use super::*;

    #[actix_web::test]
    async fn a_layer_grants_no_more_than_the_routes_of_all_hosts_allow() {
        let own = Policy::same_origin();
        let app = App::new()
            .service(host("", OPEN_HOST).wrap(open()).service(open_item))
            .service(host("", CLOSED_HOST).wrap(Cors::new(&own)).service(closed_item))
            .service(host("", FRIENDS_HOST).wrap(friends()).service(friends_item));
        let app = Local::start(app).await;
        for host in [OPEN_HOST, CLOSED_HOST, FRIENDS_HOST] {
            for origin in [STRANGER, FRIEND] {
                let request = to_host(preflight("/item", origin, "PUT"), host);
                app.send(request).await.assert_denied();
            }
        }
        let route = to_host(actual("PUT", "/item", Some(STRANGER)), OPEN_HOST);
        assert_eq!(app.send(route).await.values("access-control-allow-origin"), ["*"]);
    }

    #[actix_web::test]
    async fn a_policy_of_cors_scope_counts_only_on_its_host() {
        let layer = Cors::new(&OPEN).scope("/admin", &FRIENDS);
        let app = App::new()
            .service(host("", FRIENDS_HOST).wrap(layer).default_service(web::to(secret)))
            .service(host("", OPEN_HOST).wrap(open()).default_service(web::to(secret)));
        let app = Local::start(app).await;
        let route = ("PUT", "/admin/x");
        assert_denied_at(&app, FRIENDS_HOST, route, STRANGER, "secret").await;
        assert_allowed_at(&app, OPEN_HOST, route, STRANGER, "secret").await;
    }
}
