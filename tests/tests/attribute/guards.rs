use std::cell::Cell;

use actix_web::{guard::GuardContext, route, routes, web};
use cors_actix_tests::{
    EXAMPLE,
    local::{actual, preflight},
};

use crate::{STRANGER, admitted, assert_alike, granted, start};

thread_local! {
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

twins! {
    pub(super) fn register(config: &mut web::ServiceConfig) {
        config.service(guarded).service(routed).service(fallback);
    }

    fn has_token(context: &GuardContext<'_>) -> bool {
        ASKED.set(ASKED.get() + 1);
        context.head().headers().contains_key("x-token")
    }

    #[actix_web::put("/guarded", guard = "has_token", guard = "crate::guards::accepts_json")]
    pub(crate) async fn guarded() -> &'static str {
        "guarded"
    }

    #[routes]
    #[get("/routed", guard = "has_token")]
    #[options("/routed", guard = "has_token")]
    #[post("/routed", guard = "header_is::<7>")]
    pub(crate) async fn routed() -> &'static str {
        "routed"
    }

    #[route("/guarded", method = "PUT", method = "GET")]
    pub(crate) async fn fallback() -> &'static str {
        "fallback"
    }
}

fn accepts_json(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key("accept")
}

fn header_is<const N: u8>(context: &GuardContext<'_>) -> bool {
    context.head().headers().get("x-number").is_some_and(|value| value.as_bytes() == [b'0' + N])
}

#[actix_web::test]
async fn are_not_asked_on_preflights() {
    let app = start(annotated::register).await;
    for (target, method, listed) in
        [("/guarded", "PUT", "PUT"), ("/routed", "GET", "GET"), ("/routed", "POST", "POST")]
    {
        app.send(preflight(target, EXAMPLE, method)).await.assert_granted(granted(listed));
        app.send(preflight(target, STRANGER, method)).await.assert_refused();
    }
    assert_eq!(ASKED.get(), 0);

    let request = actual("PUT", "/guarded", Some(EXAMPLE));
    let request = request.insert_header(("x-token", "1")).insert_header(("accept", "*"));
    assert_eq!(app.send(request).await.assert(200, admitted()).text(), "guarded");
    assert_eq!(ASKED.get(), 1);
}

#[actix_web::test]
async fn choose_between_handlers_as_they_do_without_the_attribute() {
    let (annotated, bare) = (start(annotated::register).await, start(bare::register).await);
    let requests = || {
        let mut requests = Vec::new();
        for method in ["GET", "PUT", "POST", "OPTIONS", "PATCH"] {
            for target in ["/guarded", "/routed"] {
                for headers in [&[][..], &["x-token"], &["accept"], &["x-token", "accept"]] {
                    let request = actual(method, target, None).insert_header(("x-number", "7"));
                    requests.push(
                        headers
                            .iter()
                            .fold(request, |request, name| request.insert_header((*name, "1"))),
                    );
                }
                requests.push(actual(method, target, None).insert_header(("x-number", "8")));
            }
        }
        requests
    };
    assert_alike(&annotated, &bare, requests).await;
}
