//! The methods that set up everything else: the cache, private networks, `Vary`, preflights, blocking.

use std::time::Duration;

use actix_cors::Cors as Before;
use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderName, HeaderValue},
    },
    middleware::{Next, from_fn},
    web,
};
use cors_actix::{Any, Cors, Policy, ProblemKind};
use cors_actix_browser::{Fetch, Mode};
use cors_actix_tests::{PREFLIGHT_VARY, Request, Server, VARY};

use crate::{
    APP, BEFORE_VARY, OTHER,
    pair::{Pair, allow_origin, problem},
};

const PUT: &str = "access-control-allow-methods: PUT";

#[test]
fn max_age_is_max_age() {
    const SECOND: Duration = Duration::from_secs(1);
    let before = || Before::default().allowed_origin(APP).allowed_methods(["PUT"]).max_age(600);
    let after = Policy::builder().allow_origins([APP]).allow_methods(["PUT"]).max_age(600);
    let pair = Pair::new(before, &after);
    let preflights = |pair: &Pair, seconds| {
        let seen = pair.fetch_again_after(SECOND * seconds, APP, &Fetch::put("/"));
        seen.map(|seen| seen.assert_readable().preflighted())
    };
    assert_eq!(preflights(&pair, 599), [false, false]);
    assert_eq!(preflights(&pair, 600), [true, true]);

    // Without a value browsers keep the answer for 5 seconds (Fetch, "CORS-preflight fetch").
    let none = after.clone().max_age(None::<u64>);
    let unset = Policy::builder().allow_origins([APP]).allow_methods(["PUT"]);
    for after in [none, unset] {
        let before =
            || Before::default().allowed_origin(APP).allowed_methods(["PUT"]).max_age(None);
        let pair = Pair::new(before, &after);
        assert_eq!(preflights(&pair, 4), [false, false]);
        assert_eq!(preflights(&pair, 5), [true, true]);
    }
    let long = Policy::builder().allow_origins([APP]).max_age(31_536_000).build().unwrap();
    assert_eq!(long.warnings().len(), 1);
}

const PRIVATE_NETWORK: &str = "access-control-allow-private-network: true";

fn private_network_preflight(origin: &str) -> Request {
    Request::preflight("/", origin, "PUT").line("Access-Control-Request-Private-Network", "true")
}

#[test]
fn allow_private_network_access_has_no_counterpart() {
    let pair = Pair::new(
        || {
            let cors = Before::default().allowed_origin(APP).allowed_methods(["PUT"]);
            cors.allow_private_network_access()
        },
        &Policy::builder().allow_origins([APP]).allow_methods(["PUT"]),
    );
    pair.both_read(APP, Fetch::put("/"));
    pair.both_block(OTHER, Fetch::put("/"));
    let [before, after] = pair.send(&private_network_preflight(APP));
    before.assert(200, [&allow_origin(APP), PUT, PRIVATE_NETWORK, BEFORE_VARY]);
    let methods = "access-control-allow-methods: GET,HEAD,POST,PUT";
    after.assert(204, [&allow_origin(APP), methods, PREFLIGHT_VARY]);
}

async fn private_network<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let asked = request.headers().contains_key("access-control-request-private-network");
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    if asked && headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        let name = HeaderName::from_static("access-control-allow-private-network");
        headers.insert(name, HeaderValue::from_static("true"));
    }
    Ok(response)
}

#[test]
fn allow_private_network_access_can_be_middleware_around_the_layer() {
    let policy = Policy::builder().allow_origins([APP]).allow_methods(["PUT"]).build().unwrap();
    let server =
        Server::start(move || App::new().wrap(Cors::new(&policy)).wrap(from_fn(private_network)));
    let methods = "access-control-allow-methods: GET,HEAD,POST,PUT";
    let granted = server.send(&private_network_preflight(APP));
    granted.assert(204, [&allow_origin(APP), methods, PRIVATE_NETWORK, PREFLIGHT_VARY]);
    server.send(&private_network_preflight(OTHER)).assert_denied();
}

#[test]
fn disable_vary_header_has_no_counterpart() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).disable_vary_header(),
        &Policy::builder().allow_origins([APP]),
    );
    pair.both_read(APP, Fetch::get("/"));
    pair.both_block(OTHER, Fetch::get("/"));
    let [before, after] = pair.send(&Request::get("/").origin(APP));
    before.assert(200, [allow_origin(APP)]);
    after.assert(200, [&allow_origin(APP), VARY]);
    let [before, after] = pair.send(&Request::get("/").origin(OTHER));
    before.assert_untouched(200);
    after.assert(200, [VARY]);

    let any = || Before::default().allow_any_origin().send_wildcard().disable_vary_header();
    let pair = Pair::new(any, &Policy::builder().allow_origins(Any));
    for response in pair.send(&Request::get("/").origin(APP)) {
        response.assert(200, [allow_origin("*")]);
    }
}

#[test]
fn disable_preflight_has_no_counterpart() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).allowed_methods(["PUT"]).disable_preflight(),
        &Policy::builder().allow_origins([APP]).allow_methods(["PUT"]),
    );
    pair.both_read(APP, Fetch::get("/"));
    pair.both_block(OTHER, Fetch::get("/"));
    pair.only_after_reads(APP, Fetch::put("/"));
    let [before, after] = pair.send(&Request::preflight("/", APP, "PUT"));
    before.assert(200, [&allow_origin(APP), BEFORE_VARY]);
    assert_eq!([before.text(), after.text()], ["handled", ""]);
    let methods = "access-control-allow-methods: GET,HEAD,POST,PUT";
    after.assert(204, [&allow_origin(APP), methods, PREFLIGHT_VARY]);
    // An OPTIONS that is no preflight.
    for response in pair.send(&Request::new("OPTIONS", "/").origin(APP)) {
        assert_eq!((response.status, response.text()), (200, "handled".to_owned()));
    }
}

#[test]
fn disable_preflight_is_a_layer_around_the_other_scopes() {
    let policy = Policy::builder().allow_origins([APP]).build().unwrap();
    let server = Server::start(move || {
        let own = || async { HttpResponse::Ok().insert_header(("allow", "OPTIONS")).finish() };
        let scope = web::scope("/api").wrap(Cors::new(&policy));
        App::new().service(scope).route("/own", web::method(Method::OPTIONS).to(own))
    });
    let own = server.send(&Request::preflight("/own", APP, "PUT"));
    own.assert_untouched(200);
    assert_eq!(own.values("allow"), ["OPTIONS"]);
    server.send(&Request::preflight("/api", APP, "PUT")).assert_denied();
}

#[test]
fn block_on_origin_mismatch_is_enforce() {
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).block_on_origin_mismatch(true),
        &Policy::builder().allow_origins([APP]).enforce(true),
    );
    for fetch in [Fetch::get("/"), Fetch::post("/")] {
        pair.both_read(APP, fetch.clone());
        pair.both_block(OTHER, fetch);
    }
    let [before, after] = pair.send(&Request::get("/").origin(OTHER));
    before.assert(400, [BEFORE_VARY]);
    after.assert(403, [VARY]);
    assert_eq!([before.text(), after.text()], ["Origin is not allowed to make this request", ""]);
    for response in pair.send(&Request::get("/")) {
        assert_eq!((response.status, response.text()), (200, "handled".to_owned()));
    }

    let lax = Pair::new(
        || Before::default().allowed_origin(APP).block_on_origin_mismatch(false),
        &Policy::builder().allow_origins([APP]).enforce(false),
    );
    for response in lax.send(&Request::get("/").origin(OTHER)) {
        assert_eq!((response.status, response.text()), (200, "handled".to_owned()));
    }

    let any = Policy::builder().allow_origins(Any).enforce(true);
    assert_eq!(problem(&any), ProblemKind::EnforceWithAnyOrigin);
}

#[test]
fn block_on_origin_mismatch_blocks_the_own_pages_of_the_service() {
    const OWN: &str = "https://api.test";
    let pair = Pair::new(
        || Before::default().allowed_origin(APP).block_on_origin_mismatch(true),
        &Policy::builder().allow_origins([APP]).enforce(true),
    );
    pair.both_read(OWN, Fetch::get("/"));
    let [before, after] = pair.fetch(OWN, Fetch::post("/"));
    assert_eq!([before.status(), after.status()], [400, 200]);

    // Images and scripts of other pages: without `Origin`, with `Sec-Fetch-Site: cross-site`.
    let statuses = pair
        .fetch(OTHER, Fetch::get("/").mode(Mode::NoCors))
        .map(|seen| seen.exchanges()[0].response().unwrap().status());
    assert_eq!(statuses, [200, 200]);
}
