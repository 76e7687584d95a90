//! Handlers that `macro_rules!` macros make. Such macros put invisible groups around their arguments.

use actix_web::{HttpRequest, Responder, get, route, web};
use cors_actix::{Policy, cors, policy};
use cors_actix_tests::{
    EXAMPLE,
    local::{actual, preflight},
};

use crate::{EXAMPLE_ONLY, STRANGER, admitted, granted, start};

macro_rules! of_pieces {
    (
        $(#[$meta:meta])*
        $visibility:vis $name:ident: $type:ty = $path:literal, $origin:literal, $body:block
    ) => {
        #[cors(allow_origins = [$origin])]
        #[get($path)]
        $(#[$meta])*
        $visibility async fn $name() -> $type $body
    };
}

of_pieces!(of_pieces: &'static str = "/pieces", "https://example.com", { "pieces" });
of_pieces! {
    /// Documented.
    #[allow(unused_parens)]
    pub(crate) of_more_pieces: impl Responder = "/more-pieces", "https://example.com", { ("more") }
}

macro_rules! of_expressions {
    ($name:ident, $path:expr, $policy:expr) => {
        #[cors(policy = $policy)]
        #[route($path, method = "GET")]
        async fn $name(request: HttpRequest) -> String {
            request.path().to_owned()
        }
    };
}

of_expressions!(of_expressions, "/expressions", &EXAMPLE_ONLY);

macro_rules! of_lists {
    ($name:ident, $path:literal, $origins:expr, $age:expr, $flag:expr) => {
        #[cors(allow_origins = $origins, max_age = $age, allow_credentials = $flag)]
        #[get($path)]
        async fn $name() -> &'static str {
            ""
        }
    };
}

of_lists!(of_lists, "/lists", ["https://example.com"], 5, false);

macro_rules! of_attributes {
    ($cors:meta, $route:meta, $item:item) => {
        #[$cors]
        #[$route]
        $item
    };
}

of_attributes!(
    cors(policy = EXAMPLE_ONLY),
    get("/attributes"),
    async fn of_attributes() -> String {
        "attributes".to_owned()
    }
);

macro_rules! of_item {
    ($item:item) => {
        #[cors(policy = EXAMPLE_ONLY)]
        $item
    };
}

of_item! {
    #[get("/item/{id}")]
    async fn of_item(id: web::Path<u32>) -> String {
        id.to_string()
    }
}

macro_rules! of_tokens {
    ($name:ident [$($cors:tt)*] [$($route:tt)*]) => {
        #[cors($($cors)*)]
        #[$($route)*]
        async fn $name() -> &'static str {
            ""
        }
    };
}

of_tokens!(of_tokens[allow_origins = ["https://example.com"]][actix_web::get("/tokens")]);

macro_rules! of_policy {
    ($name:ident, $($origin:expr),*) => {
        static $name: Policy = policy! { allow_origins = [$($origin),*] };
    };
}

of_policy!(OF_MACRO, "https://example.com");

#[cors(policy = OF_MACRO)]
#[get("/policy")]
async fn of_policy() -> &'static str {
    ""
}

#[actix_web::test]
async fn handlers_of_a_macro_work_like_other_handlers() {
    let app = start(|config| {
        config.service(of_pieces).service(of_more_pieces).service(of_expressions);
        config.service(of_attributes).service(of_item).service(of_tokens).service(of_policy);
    });
    let app = app.await;
    for target in
        ["/pieces", "/more-pieces", "/expressions", "/attributes", "/item/1", "/tokens", "/policy"]
    {
        app.send(preflight(target, EXAMPLE, "GET")).await.assert_granted(granted("GET"));
        app.send(preflight(target, STRANGER, "GET")).await.assert_denied();
        app.send(actual("GET", target, Some(EXAMPLE))).await.assert(200, admitted());
    }
}

#[actix_web::test]
async fn a_macro_may_pass_lists_numbers_and_flags_to_the_attribute() {
    let app = start(|config| {
        config.service(of_lists);
    });
    let [origin, methods, vary] = granted("GET");
    let response = app.await.send(preflight("/lists", EXAMPLE, "GET")).await;
    response.assert_granted([origin, methods, "access-control-max-age: 5".to_owned(), vary]);
}
