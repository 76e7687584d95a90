//! The places and the names of handlers.

use actix_web::{App, HttpRequest, get, scope, web};
use cors_actix::cors;
use cors_actix_tests::{
    EXAMPLE,
    local::{Local, actual, preflight},
};

use crate::{EXAMPLE_ONLY, admitted, assert_alike, every_method, granted, start};

async fn assert_works(app: &Local, target: &str) {
    app.send(preflight(target, EXAMPLE, "GET")).await.assert_granted(granted("GET"));
    app.send(actual("GET", target, Some(EXAMPLE))).await.assert(200, admitted());
}

mod seen {
    use super::*;

    /// Code outside of the module registers this handler, which also works without `#[cors]`.
    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/private")]
    async fn private() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/crate")]
    pub(crate) async fn of_crate() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/super")]
    pub(super) async fn of_super() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/path")]
    pub(in crate::places) async fn in_path() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/public")]
    pub async fn public() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn a_handler_of_any_visibility_can_be_registered_outside_of_its_module() {
    let app = start(|config| {
        config.service(seen::private).service(seen::of_crate).service(seen::of_super);
        config.service(seen::in_path).service(seen::public);
    });
    let app = app.await;
    for target in ["/private", "/crate", "/super", "/path", "/public"] {
        assert_works(&app, target).await;
    }
}

#[actix_web::test]
async fn a_handler_may_stand_in_a_function() {
    const GREETING: &str = "hello";

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/inside")]
    async fn inside() -> &'static str {
        GREETING
    }

    let app = start(|config| {
        config.service(inside);
    });
    assert_works(&app.await, "/inside").await;
}

/// Handlers with names that generated code uses.
mod called {
    use ::actix_web::{get, route, routes};
    use ::cors_actix::cors;

    use crate::EXAMPLE_ONLY;

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/get")]
    pub(crate) async fn get() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[route("/route", method = "GET")]
    pub(crate) async fn route() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[routes]
    #[get("/routes")]
    pub(crate) async fn routes() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/cors")]
    pub(crate) async fn cors() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/core")]
    pub(crate) async fn core() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/private")]
    pub(crate) async fn private() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/cors_actix")]
    pub(crate) async fn cors_actix() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/register")]
    pub(crate) async fn register() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/match")]
    pub(crate) async fn r#match() -> &'static str {
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/CamelCase")]
    #[allow(non_snake_case)]
    pub(crate) async fn CamelCase() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn a_handler_may_have_any_name() {
    let app = start(|config| {
        config.service(called::get).service(called::route).service(called::routes);
        config.service(called::cors).service(called::core).service(called::private);
        config.service(called::cors_actix).service(called::register);
        config.service(called::r#match).service(called::CamelCase);
    });
    let app = app.await;
    for name in
        ["get", "route", "routes", "cors", "core", "private", "cors_actix", "register", "match"]
    {
        assert_works(&app, &format!("/{name}")).await;
    }
    assert_works(&app, "/CamelCase").await;
}

#[scope("/v2")]
mod v2 {
    use super::*;

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/item/{id}")]
    pub(crate) async fn item(id: web::Path<u32>) -> String {
        id.to_string()
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[actix_web::routes]
    #[get("/items")]
    #[post("/items")]
    pub(crate) async fn items(request: HttpRequest) -> String {
        request.method().to_string()
    }
}

#[actix_web::test]
async fn a_handler_may_stand_in_a_scope() {
    let app = App::new().service(v2::item).service(v2::items);
    let app = Local::start(app.service(web::scope("/nested").service(v2::item))).await;
    for target in ["/v2/item/1", "/v2/items", "/nested/v2/item/2"] {
        assert_works(&app, target).await;
    }
    app.send(preflight("/v2/items", EXAMPLE, "POST")).await.assert_granted(granted("POST"));
    app.send(actual("GET", "/item/1", Some(EXAMPLE))).await.assert_untouched(404);
}

twins! {
    pub(super) fn register_empty(config: &mut web::ServiceConfig) {
        config.service(empty).service(web::scope("/scope").service(empty));
    }

    #[actix_web::get("")]
    pub(crate) async fn empty() -> &'static str {
        "empty"
    }
}

/// Outside of scopes, no request has an empty path.
#[actix_web::test]
async fn an_empty_path_matches_the_same_requests_as_without_the_attribute() {
    let app = start(annotated::register_empty).await;
    app.send(actual("GET", "/", Some(EXAMPLE))).await.assert_untouched(404);
    let bare = start(bare::register_empty).await;
    assert_alike(&app, &bare, || every_method(&["/", "/scope", "/scope/"])).await;
}
