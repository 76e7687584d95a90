//! After a response has shown that guards decide which route is reached, layers grant for the routes in doubt only
//! what their own policies grant too.

use actix_web::{App, guard, put, web};
use cors_actix::cors;
use cors_actix_tests::{
    journal,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};
use log::Level;

use crate::{friends, friends_item, open_item, secret, to_host};

/// Returns a scope that no request of these tests reaches.
fn elsewhere(prefix: &str) -> actix_web::Scope {
    web::scope(prefix).guard(guard::Host("elsewhere.example"))
}

/// Returns, for each path, `true` if a preflight of an origin is granted that only the routes allow.
async fn granted<const N: usize>(app: &Local, targets: [&str; N]) -> [bool; N] {
    let mut granted = [false; N];
    for (granted, target) in granted.iter_mut().zip(targets) {
        *granted = app.send(preflight(target, STRANGER, "PUT")).await.status == 204;
    }
    granted
}

/// Sends a request whose route is not reached.
async fn assert_answer(app: &Local, target: &str, body: &str) {
    let request = to_host(actual("PUT", target, Some(FRIEND)), "api.example");
    assert_eq!(app.send(request).await.text(), body);
}

#[actix_web::test]
async fn all_routes_in_scopes_are_in_doubt_after_something_else_has_answered_for_one() {
    journal::open();
    let app = App::new()
        .wrap(friends())
        .service(elsewhere("/passed").service(open_item))
        .service(web::scope("/other").service(open_item))
        .service(open_item);
    let app = Local::start(app.default_service(web::to(secret))).await;
    let targets = ["/passed/item", "/other/item", "/item"];
    assert_eq!(granted(&app, targets).await, [true, true, true]);
    for _ in 0..2 {
        assert_answer(&app, "/passed/item", "secret").await;
        assert_eq!(granted(&app, targets).await, [false, false, true]);
    }
    let entries = journal::entries_with("/passed/item is for the handler at ");
    let levels: Vec<_> = entries.iter().map(|entry| entry.level).collect();
    assert_eq!(levels, [Level::Warn]);
}

#[actix_web::test]
async fn all_routes_are_in_doubt_after_another_annotated_route_has_answered() {
    #[cors(allow_origins = any)]
    #[put("/me")]
    async fn open_me() -> &'static str {
        "me"
    }

    let app = App::new()
        .wrap(friends())
        .service(elsewhere("/v").service(open_item))
        .service(open_me)
        .service(web::scope("/{any}").service(friends_item));
    let app = Local::start(app).await;
    assert_eq!(granted(&app, ["/me"]).await, [true]);
    assert_answer(&app, "/v/item", "friends").await;
    assert_eq!(granted(&app, ["/me"]).await, [false]);
}

/// A layer of an app may get its first request after requests to other apps.
#[actix_web::test]
async fn the_layers_of_an_app_share_what_they_have_learnt() {
    for is_learnt in [false, true] {
        let one = elsewhere("/v").service(open_item);
        let one = web::scope("/one").wrap(friends()).service(one).default_service(web::to(secret));
        let two = web::scope("/two").wrap(friends()).service(open_item);
        let app = Local::start(App::new().service(one).service(two)).await;
        let target = if is_learnt { "/one/v/item" } else { "/one/x" };
        assert_answer(&app, target, "secret").await;
        let other = Local::start(App::new().wrap(friends()).service(open_item)).await;
        assert_eq!(granted(&other, ["/item"]).await, [true]);
        assert_eq!(granted(&app, ["/two/item"]).await, [!is_learnt]);
    }
}
