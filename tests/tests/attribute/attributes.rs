//! `#[cors]` with other attributes, in every order.

use actix_web::{get, web};
use cors_actix::cors;
use cors_actix_tests::{
    EXAMPLE,
    local::{Local, actual, preflight},
};

use crate::{EXAMPLE_ONLY, admitted, granted, start};

async fn assert_works(app: &Local, target: &str) {
    app.send(preflight(target, EXAMPLE, "GET")).await.assert_granted(granted("GET"));
    app.send(actual("GET", target, Some(EXAMPLE))).await.assert(200, admitted());
}

/// A handler that is configured out leaves no name, and its tokens are not read.
mod cfg {
    use super::*;

    #[cfg(any())]
    #[cors(allow_origins = no such thing)]
    #[get("/above")]
    async fn above() -> Missing {}

    #[cors(allow_origins = no such thing)]
    #[get("/below")]
    #[cfg(any())]
    async fn below() -> Missing {}

    #[cfg(not(any()))]
    #[cors(policy = EXAMPLE_ONLY)]
    #[cfg(not(any()))]
    #[get("/above")]
    #[cfg(not(any()))]
    pub(crate) async fn above() -> &'static str {
        ""
    }

    #[cfg_attr(all(), cors(policy = EXAMPLE_ONLY))]
    #[cfg_attr(any(), cors(same_origin))]
    #[cfg_attr(all(), get("/below"))]
    pub(crate) async fn below() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn a_handler_that_is_configured_out_leaves_nothing() {
    let app = start(|config| {
        config.service(cfg::above).service(cfg::below);
    });
    let app = app.await;
    assert_works(&app, "/above").await;
    assert_works(&app, "/below").await;
}

/// Wraps the functions that it is put on.
mod macros {
    use super::*;

    #[tracing::instrument]
    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/outside/{id}")]
    pub(crate) async fn outside(id: web::Path<u32>) -> String {
        id.to_string()
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[tracing::instrument(skip_all, name = "between")]
    #[get("/between/{id}")]
    pub(crate) async fn between(id: web::Path<u32>) -> String {
        id.to_string()
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/inside/{id}")]
    #[tracing::instrument(fields(%id))]
    pub(crate) async fn inside(id: web::Path<u32>) -> String {
        id.to_string()
    }
}

#[actix_web::test]
async fn attribute_macros_pass_through() {
    let app = start(|config| {
        config.service(macros::outside).service(macros::between).service(macros::inside);
    });
    let app = app.await;
    for target in ["/outside/1", "/between/2", "/inside/3"] {
        assert_works(&app, target).await;
    }
}

mod lints {
    #![deny(warnings)]

    use super::*;

    /// Documented, on a line
    /// and on another.
    #[cors(policy = EXAMPLE_ONLY)]
    #[allow(unreachable_code, clippy::diverging_sub_expression)]
    #[get("/allowed")]
    #[must_use]
    pub(crate) async fn allowed() -> &'static str {
        return "";
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[get("/expected")]
    #[expect(unused_variables)]
    pub(crate) async fn expected() -> &'static str {
        let unused = 0;
        ""
    }

    #[cors(policy = EXAMPLE_ONLY)]
    #[doc(hidden)]
    #[inline(never)]
    #[get("/hidden")]
    #[doc = "Documented."]
    pub(crate) async fn hidden() -> &'static str {
        ""
    }
}

#[actix_web::test]
async fn lints_and_documentation_apply() {
    let app = start(|config| {
        config.service(lints::allowed).service(lints::expected).service(lints::hidden);
    });
    let app = app.await;
    for target in ["/allowed", "/expected", "/hidden"] {
        assert_works(&app, target).await;
    }
}
