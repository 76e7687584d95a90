//! Routes are found in scopes whose text a URL parser would rewrite.

use actix_web::{App, put, web};
use cors_actix::cors;
use cors_actix_tests::{
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{assert_denied, open, open_upload};

#[cors(same_origin)]
#[put("/item")]
async fn closed_item() -> &'static str {
    "closed"
}

#[cors(same_origin)]
#[put("/{id}")]
async fn closed_id() -> &'static str {
    "closed"
}

/// A scope, and a request that reaches it.
const REACHED: [(&str, &str); 12] = [
    ("/a\\b", "/a%5Cb"),
    ("/a\tb", "/a%09b"),
    ("/a\nb", "/a%0Ab"),
    ("/x/../y", "/x/../y"),
    ("/x/./y", "/x/./y"),
    ("/x/..", "/x/.."),
    ("/..", "/.."),
    ("//x", "//x"),
    ("/x//y", "/x//y"),
    ("/ x ", "/%20x%20"),
    ("/\u{fc}ber", "/%C3%BCber"),
    ("/a\"<>`|^", "/a%22%3C%3E%60%7C%5E"),
];

#[actix_web::test]
async fn a_closed_route_is_found_in_every_scope_that_requests_reach() {
    for (scope, target) in REACHED {
        let closed = web::scope(scope).service(closed_item).service(closed_id);
        let app = App::new().wrap(open()).service(closed).service(open_upload);
        let app = Local::start(app).await;
        for route in ["item", "7"] {
            let target = format!("{target}/{route}");
            assert_denied(&app, ("PUT", &target), STRANGER, "closed").await;
            assert_denied(&app, ("PUT", &target), FRIEND, "closed").await;
        }
    }
}

#[actix_web::test]
async fn a_closed_route_is_found_in_an_inner_scope_too() {
    for (scope, target) in REACHED {
        let inner = web::scope(scope).service(closed_item);
        let outer = web::scope("/{outer}").service(inner);
        let app = Local::start(App::new().wrap(open()).service(outer)).await;
        assert_denied(&app, ("PUT", &format!("/o{target}/item")), STRANGER, "closed").await;
    }
}

/// Unusual texts of scopes. No request reaches some of these scopes, because the router decodes `%7B` to `{`.
const NOT_REACHED: [&str; 10] =
    ["/%7B", "/%7D", "/%7Bx%7D", "/%2F", "/%", "/%zz", "/a?b", "/a#b", "/%20", "/%5C"];

#[actix_web::test]
async fn a_scope_that_no_request_reaches_does_not_change_other_scopes() {
    for scope in NOT_REACHED {
        let odd = web::scope(scope).service(closed_id);
        let app = App::new().wrap(open()).service(odd).service(closed_item);
        let app = Local::start(app).await;
        assert_denied(&app, ("PUT", "/item"), STRANGER, "closed").await;
        let outer = web::scope("/outer").service(web::scope(scope).service(closed_id));
        let app = Local::start(App::new().wrap(open()).service(outer).service(closed_item)).await;
        assert_denied(&app, ("PUT", "/item"), STRANGER, "closed").await;
    }
}

#[actix_web::test]
async fn code_in_a_scope_with_an_unusual_text_is_not_opened() {
    for scope in NOT_REACHED {
        let odd = web::scope(scope).service(closed_id);
        let app = Local::start(App::new().wrap(open()).service(odd)).await;
        let Ok(target) = format!("{scope}/x").parse::<actix_web::http::Uri>() else { continue };
        let response = app.send(actual("PUT", &target.to_string(), Some(STRANGER))).await;
        let preflight = app.send(preflight(&target.to_string(), STRANGER, "PUT")).await;
        if response.text() == "closed" {
            response.assert_closed(200);
            preflight.assert_denied();
        }
    }
}
