//! A route attribute for each method.

use actix_web::{
    HttpRequest, connect, delete, get, head, options, patch, post, put, query, trace, web,
};
use cors_actix_tests::{
    EXAMPLE,
    local::{actual, preflight},
};

use crate::{METHODS, STRANGER, admitted, assert_alike, every_method, granted, start};

macro_rules! handlers {
    ($($word:ident at $path:literal, $full:ident at $full_path:literal;)*) => {
        twins! {
            pub(super) fn register(config: &mut web::ServiceConfig) {
                config$(.service($word).service($full))*;
            }

            $(
                #[$word($path)]
                pub(crate) async fn $word(request: HttpRequest) -> String {
                    request.method().to_string()
                }

                #[actix_web::$word($full_path)]
                pub(crate) async fn $full(request: HttpRequest) -> String {
                    request.method().to_string()
                }
            )*
        }

        const TARGETS: &[&str] = &[$($path, $full_path),*];
    };
}

handlers! {
    get at "/get", get_by_path at "/path/get";
    post at "/post", post_by_path at "/path/post";
    put at "/put", put_by_path at "/path/put";
    delete at "/delete", delete_by_path at "/path/delete";
    head at "/head", head_by_path at "/path/head";
    connect at "/connect", connect_by_path at "/path/connect";
    options at "/options", options_by_path at "/path/options";
    trace at "/trace", trace_by_path at "/path/trace";
    patch at "/patch", patch_by_path at "/path/patch";
    query at "/query", query_by_path at "/path/query";
}

#[actix_web::test]
async fn a_route_answers_preflights_for_its_own_method_only() {
    let app = start(annotated::register).await;
    for target in TARGETS {
        let own = target.rsplit('/').next().unwrap().to_uppercase();
        for method in METHODS {
            let granted_to_example = app.send(preflight(target, EXAMPLE, method)).await;
            let denied = app.send(preflight(target, STRANGER, method)).await;
            // Browsers never send CONNECT and TRACE.
            if method == own && !["CONNECT", "TRACE"].contains(&method) {
                granted_to_example.assert_granted(granted(method));
                denied.assert_denied();
            } else {
                granted_to_example.assert_untouched(404);
                denied.assert_untouched(404);
            }
        }
    }
}

#[actix_web::test]
async fn only_responses_to_the_routes_own_method_get_headers() {
    let app = start(annotated::register).await;
    for target in TARGETS {
        let own = target.rsplit('/').next().unwrap().to_uppercase();
        for method in METHODS {
            let of_example = app.send(actual(method, target, Some(EXAMPLE))).await;
            let of_stranger = app.send(actual(method, target, Some(STRANGER))).await;
            let of_nobody = app.send(actual(method, target, None)).await;
            if method == own {
                of_example.assert(200, admitted());
                of_stranger.assert_closed(200);
                of_nobody.assert_closed(200);
            } else {
                of_example.assert_untouched(404);
                of_stranger.assert_untouched(404);
                of_nobody.assert_untouched(404);
            }
        }
    }
}

#[actix_web::test]
async fn a_route_differs_only_in_cors_from_a_route_without_the_attribute() {
    let annotated = start(annotated::register).await;
    let bare = start(bare::register).await;
    assert_alike(&annotated, &bare, || every_method(TARGETS)).await;
}
