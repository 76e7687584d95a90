//! Layers remember which annotated routes a path of a dynamic pattern could be for. The answers do not show it.

use actix_web::{App, HttpResponse, web};
use cors_actix_tests::{
    local::{Local, preflight},
    sign::{FRIEND, STRANGER, Sign},
};

use crate::{APP, HANDLER, app_layer, strict_item};

/// More paths than a table remembers.
const MANY: usize = 700;

async fn assert_answers(app: &Local, segment: &str) {
    let item = format!("/items/{segment}");
    let granted = app.send(preflight(&item, FRIEND, "PUT")).await;
    granted.assert_preflight_signed(&HANDLER, FRIEND, "PUT");
    app.send(preflight(&item, STRANGER, "PUT")).await.assert_denied();
    // The path begins as the pattern does, and no annotated route takes the path.
    let plain = app.send(preflight(&format!("{item}/plain"), STRANGER, "PUT")).await;
    plain.assert_preflight_signed(&APP, STRANGER, Sign::LAYER_METHODS);
}

#[actix_web::test]
async fn answers_do_not_depend_on_the_paths_that_were_asked_for_before() {
    let plain = web::resource("/items/{id}/plain").to(HttpResponse::Ok);
    let app = App::new().wrap(app_layer()).service(strict_item).service(plain);
    let app = Local::start(app).await;
    for _ in 0..2 {
        for number in 0..MANY {
            assert_answers(&app, &number.to_string()).await;
        }
    }
    for length in [250, 1_000] {
        assert_answers(&app, &"x".repeat(length)).await;
        assert_answers(&app, &"y".repeat(length)).await;
    }
    assert_answers(&app, "0").await;
}
