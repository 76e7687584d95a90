//! `#[cors]` on a module.

use std::sync::LazyLock;

use actix_web::{App, put, routes, scope, web};
use cors_actix::{Policy, cors};
use cors_actix_tests::{
    Server,
    sign::{Kind, Sign},
};

use crate::{app_layer, assert_route};

const MODULE: Sign = Sign::new(Kind::Strict, "x-module", 5);
const OWN: Sign = Sign::new(Kind::Open, "x-own", 6);
const INNER: Sign = Sign::new(Kind::Open, "x-inner", 7);
const CLOSED: Sign = Sign::new(Kind::Closed, "", 0);

static SHARED: LazyLock<Policy> = LazyLock::new(|| MODULE.policy());

#[cors(
    allow_origins = ["https://friend.example"],
    expose_headers = ["x-module"],
    allow_credentials,
    max_age = 5,
)]
mod written {
    use super::*;

    #[put("/written")]
    pub(super) async fn handler() -> &'static str {
        help()
    }

    #[cors(allow_origins = any, expose_headers = ["x-own"], max_age = 6)]
    #[put("/written/own")]
    pub(super) async fn own() -> &'static str {
        help()
    }

    #[cors_actix::cors(same_origin)]
    #[put("/written/closed")]
    pub(super) async fn closed() -> &'static str {
        help()
    }

    #[routes]
    #[get("/written/several/a")]
    #[put("/written/several/b")]
    pub(super) async fn several() -> &'static str {
        help()
    }

    #[actix_web::route("/written/routed", method = "PUT")]
    pub(super) async fn routed() -> &'static str {
        help()
    }

    fn help() -> &'static str {
        "written"
    }

    pub(super) mod nested {
        use super::*;

        #[put("/written/nested")]
        pub(in super::super) async fn handler() -> &'static str {
            help()
        }

        pub(in super::super) mod deeper {
            use super::*;

            #[put("/written/deeper")]
            pub(in super::super::super) async fn handler() -> &'static str {
                help()
            }
        }
    }

    #[cors(allow_origins = any, expose_headers = ["x-inner"], max_age = 7)]
    pub(super) mod inner {
        use super::*;

        #[put("/written/inner")]
        pub(in super::super) async fn handler() -> &'static str {
            help()
        }

        #[cors(same_origin)]
        #[put("/written/inner/closed")]
        pub(in super::super) async fn closed() -> &'static str {
            help()
        }
    }
}

/// The expression for the policy uses names outside of the module.
#[cors(policy = SHARED)]
mod by_name {
    use super::{cors, put, web};

    #[put("/by-name")]
    async fn handler() -> &'static str {
        "by name"
    }

    #[cors(same_origin)]
    #[put("/by-name/closed")]
    async fn closed() -> &'static str {
        "by name"
    }

    mod nested {
        use super::put;

        #[put("/by-name/nested")]
        pub(super) async fn handler() -> &'static str {
            "by name"
        }
    }

    pub(super) fn configure(config: &mut web::ServiceConfig) {
        config.service(handler).service(closed).service(nested::handler);
    }
}

#[cors(policy = SHARED)]
#[scope("/scoped")]
mod cors_outside {
    use super::*;

    #[put("/outside")]
    pub(super) async fn handler() -> &'static str {
        "outside"
    }

    #[cors(allow_origins = any, expose_headers = ["x-own"], max_age = 6)]
    #[put("/outside/own")]
    pub(super) async fn own() -> &'static str {
        "outside"
    }
}

#[scope("/scoped")]
#[cors(policy = SHARED)]
mod cors_inside {
    use super::*;

    #[put("/inside")]
    pub(super) async fn handler() -> &'static str {
        "inside"
    }

    #[cors(same_origin)]
    #[put("/inside/closed")]
    pub(super) async fn closed() -> &'static str {
        "inside"
    }
}

#[cors(same_origin)]
mod closed {
    use super::*;

    #[put("/closed")]
    pub(super) async fn handler() -> &'static str {
        "closed"
    }

    #[cors(allow_origins = any, expose_headers = ["x-own"], max_age = 6)]
    #[put("/closed/own")]
    pub(super) async fn own() -> &'static str {
        "closed"
    }
}

fn all(config: &mut web::ServiceConfig) {
    config
        .service(written::handler)
        .service(written::own)
        .service(written::closed)
        .service(written::several)
        .service(written::routed)
        .service(written::nested::handler)
        .service(written::nested::deeper::handler)
        .service(written::inner::handler)
        .service(written::inner::closed)
        .configure(by_name::configure)
        .service(cors_outside::handler)
        .service(cors_outside::own)
        .service(cors_inside::handler)
        .service(cors_inside::closed)
        .service(closed::handler)
        .service(closed::own);
}

#[test]
fn every_route_of_a_module_gets_its_policy_unless_it_has_its_own() {
    let bare = Server::start(|| App::new().configure(all));
    let layered = Server::start(|| App::new().wrap(app_layer()).configure(all));
    for server in [bare, layered] {
        for (target, sign) in [
            ("/written", MODULE),
            ("/written/own", OWN),
            ("/written/closed", CLOSED),
            ("/written/routed", MODULE),
            ("/written/nested", MODULE),
            ("/written/deeper", MODULE),
            ("/written/inner", INNER),
            ("/written/inner/closed", CLOSED),
            ("/by-name", MODULE),
            ("/by-name/closed", CLOSED),
            ("/by-name/nested", MODULE),
            ("/scoped/outside", MODULE),
            ("/scoped/outside/own", OWN),
            ("/scoped/inside", MODULE),
            ("/scoped/inside/closed", CLOSED),
            ("/closed", CLOSED),
            ("/closed/own", OWN),
        ] {
            assert_route(&server, "PUT", target, &sign, "PUT");
        }
        assert_route(&server, "GET", "/written/several/a", &MODULE, "GET");
        assert_route(&server, "PUT", "/written/several/b", &MODULE, "PUT");
    }
}
