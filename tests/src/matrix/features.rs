//! The apps and the situations of the features.

use std::collections::HashMap;

use actix_web::{
    App, Error, HttpRequest, HttpResponse, Scope,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    guard,
    middleware::{Next, from_fn},
    route,
    web::{self, Data, Query, ServiceConfig},
};
use cors_actix::{Any, Cors, Policy, PolicyBuilder, cors};
use cors_actix_browser::Browser;
use fastrand::Rng;

use super::{
    app::{Journal, answer, cookie},
    feature::Feature,
    page,
    site::{Site, serve},
    situation::{
        API, FIRST_HOST, Fetch, LAYERED, OTHER, Page, Place, SECOND_HOST, Situation, pick,
    },
};

type Values = Query<HashMap<String, String>>;

/// The time for which every policy lets browsers keep answers to preflights, longer than a run.
const KEPT: u64 = 7200;

fn build(builder: PolicyBuilder) -> Policy {
    builder.max_age(KEPT).build().expect("the policy is good")
}

/// The rights of three groups of origins.
fn rights() -> Policy {
    let staff = Policy::builder()
        .allow_origins([Page::Listed.origin()])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["x-a"])
        .expose_headers(["x-one"])
        .allow_credentials(true);
    let partners = Policy::builder()
        .allow_origins(["https://*.eu.shop.test"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"]);
    let public = Policy::builder().allow_origins(Any).expose_headers(["etag"]);
    Policy::by_origin([staff, partners, public].map(build)).expect("the policies differ")
}

fn prefixes() -> Policy {
    let builder = Policy::builder().allow_origins([Page::Listed.origin(), Page::Port.origin()]);
    let builder = builder.allow_methods(["PUT"]).allow_headers(["x-acme-*", "content-type"]);
    build(builder.allow_credentials(true))
}

fn open_prefixes() -> Policy {
    let builder = Policy::builder().allow_origins(Any).allow_methods(["PUT"]);
    build(builder.allow_headers(["x-acme-*", "x-a"]))
}

fn any_header() -> Policy {
    build(Policy::builder().allow_origins(Any).allow_methods(["PUT"]).allow_headers(Any))
}

fn of_first_host() -> Policy {
    let origins = [Page::Listed.origin(), Page::Subdomain.origin()];
    build(Policy::builder().allow_origins(origins).allow_headers(["x-a"]))
}

fn of_second_host() -> Policy {
    let origins = [Page::Subdomain.origin(), Page::Stranger.origin()];
    build(Policy::builder().allow_origins(origins).allow_headers(["x-a"]).allow_credentials(true))
}

fn of_all_hosts() -> Policy {
    let builder = Policy::builder().allow_origins(Any).allow_methods(["PUT"]);
    build(builder.allow_headers(["x-a"]))
}

fn of_get() -> Policy {
    build(Policy::builder().allow_origins(Any).allow_headers(["x-a"]).expose_headers(["x-one"]))
}

fn of_put() -> Policy {
    let builder = Policy::builder().allow_origins([Page::Listed.origin()]);
    build(builder.allow_headers(["x-a"]).allow_credentials(true))
}

#[cors(policy = rights())]
#[route("/{situation}", method = "GET", method = "PUT", method = "DELETE")]
async fn rights_of_handler(request: HttpRequest, query: Values) -> HttpResponse {
    answer(request, query).await
}

#[cors(policy = of_first_host())]
#[route("/{situation}", method = "GET", method = "PUT")]
async fn first_host(request: HttpRequest, query: Values) -> HttpResponse {
    answer(request, query).await
}

#[cors(policy = of_second_host())]
#[route("/{situation}", method = "GET", method = "PUT")]
async fn second_host(request: HttpRequest, query: Values) -> HttpResponse {
    answer(request, query).await
}

#[cors(policy = of_get())]
#[actix_web::get("/{situation}")]
async fn get_twin(request: HttpRequest, query: Values) -> HttpResponse {
    answer(request, query).await
}

#[cors(policy = of_put())]
#[actix_web::put("/{situation}")]
async fn put_twin(request: HttpRequest, query: Values) -> HttpResponse {
    answer(request, query).await
}

#[cors(same_origin)]
#[actix_web::delete("/{situation}")]
async fn delete_twin(request: HttpRequest, query: Values) -> HttpResponse {
    answer(request, query).await
}

/// The features whose policy a layer has.
fn of_layers() -> [(Feature, Policy); 4] {
    [
        (Feature::Rights, rights()),
        (Feature::Prefixes, prefixes()),
        (Feature::OpenPrefixes, open_prefixes()),
        (Feature::AnyHeader, any_header()),
    ]
}

fn scope(feature: Feature) -> Scope {
    web::scope(&format!("/{}", feature.segment()))
}

fn hosts(config: &mut ServiceConfig, [first, second]: [&str; 2]) {
    let host = |api: &str| guard::Host(api.trim_start_matches("https://"));
    config
        .service(scope(Feature::Hosts).guard(host(first)).service(first_host))
        .service(scope(Feature::Hosts).guard(host(second)).service(second_host))
        .route("/cookie", web::get().to(cookie));
}

fn routes(config: &mut ServiceConfig) {
    for (feature, policy) in of_layers() {
        let layer = scope(feature).wrap(Cors::new(policy));
        config.service(layer.service(web::resource("/{situation}").to(answer)));
    }
    config
        .service(scope(Feature::RightsOfHandler).service(rights_of_handler))
        .service(scope(Feature::Twins).service(get_twin).service(put_twin).service(delete_twin))
        .route("/page", web::get().to(page::page))
        .route("/frame", web::get().to(page::frame))
        .route("/cookie", web::get().to(cookie));
}

/// Starts the apps: without a layer around them, with a layer, and virtual hosts with a layer. A layer learns
/// from answers that guards decide, and then treats all routes of its app with care; so the hosts are an app
/// of their own, whose layer grants what the hosts grant.
pub fn site() -> Site {
    let journal = Journal::default();
    let noted = Data::new(journal.clone());
    let bare = serve(move || {
        App::new()
            .app_data(noted.clone())
            .wrap(from_fn(note))
            .configure(routes)
            .configure(|config| hosts(config, [API, OTHER]))
    });
    let noted = Data::new(journal.clone());
    let layered = serve(move || {
        let layer = Cors::new(Policy::same_origin());
        let layer = of_layers().into_iter().fold(layer, |layer, (feature, policy)| {
            layer.scope(&format!("/{}", feature.segment()), policy)
        });
        App::new().app_data(noted.clone()).wrap(layer).wrap(from_fn(note)).configure(routes)
    });
    let noted = Data::new(journal.clone());
    let of_hosts = serve(move || {
        App::new()
            .app_data(noted.clone())
            .wrap(Cors::new(of_all_hosts()))
            .wrap(from_fn(note))
            .configure(|config| hosts(config, [FIRST_HOST, SECOND_HOST]))
    });
    Site { journal, apps: vec![("layered", layered), ("hosts", of_hosts), ("", bare)] }
}

/// Records a request before a policy decides.
async fn note(
    journal: Data<Journal>,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    journal.note(&request);
    next.call(request).await
}

/// Sends a request that only a guard on a host explains, so that the layer of the hosts knows from now on that
/// guards decide.
///
/// # Panics
/// If the page cannot read the response.
pub async fn show_guards(site: &Site) {
    let url = format!("{SECOND_HOST}/{}/first?status=200", Feature::Hosts.segment());
    let server = site.server(SECOND_HOST.trim_start_matches("https://"));
    let call = cors_actix_browser::Fetch::new("GET", url);
    let seen = Browser::at(Page::Stranger.origin()).fetch(&server, call).await;
    assert!(seen.is_readable(), "{seen}");
}

/// Returns situations with ids from `first`.
pub fn situations(seed: u64, first: usize, count: usize) -> Vec<Situation> {
    let mut rng = Rng::with_seed(seed);
    (first..first + count).map(|id| situation(&mut rng, id)).collect()
}

fn situation(rng: &mut Rng, id: usize) -> Situation {
    let feature = pick(rng, &Feature::ALL);
    let place = Place::Feature(feature);
    let named: &[Page] = match feature {
        Feature::Hosts => &[Page::Listed, Page::Subdomain, Page::Stranger],
        _ => &[Page::Listed, Page::Listed, Page::Subdomain, Page::Port],
    };
    let page = if rng.u8(..3) > 0 { pick(rng, named) } else { pick(rng, &Page::ALL) };
    let apis: &[&str] = match feature {
        Feature::Hosts => &[API, OTHER, FIRST_HOST, SECOND_HOST],
        _ => &[API, LAYERED],
    };
    let url = format!("{}/{place}/{id}?status=200", pick(rng, apis));
    // Several calls with one address, because the preflight cache keeps answers by URL.
    let count = pick(rng, &[1, 1, 2, 3, 4]);
    let fetches = (0..count).map(|_| fetch(rng, &url, feature)).collect();
    Situation { id, place, plan: None, page, fetches }
}

fn fetch(rng: &mut Rng, url: &str, feature: Feature) -> Fetch {
    let methods: &[&str] = match feature {
        Feature::Hosts => &["GET", "PUT"],
        _ => &["GET", "GET", "GET", "POST", "PUT", "PUT", "PUT", "DELETE"],
    };
    const CREDENTIALS: [&str; 3] = ["omit", "same-origin", "include"];
    let names: &[&str] = match feature {
        Feature::Prefixes | Feature::OpenPrefixes => {
            &["x-acme-a", "X-Acme-B", "x-acme-", "x-acme-*", "x-acme", "x-acmes", "x-a", "x-b"]
        }
        Feature::AnyHeader => &["x-a", "x-b", "authorization", "Authorization"],
        _ => &["x-a", "X-A", "x-b", "content-type"],
    };
    let mut headers: Vec<(&str, String)> = Vec::new();
    for _ in 0..pick(rng, &[0, 0, 1, 1, 2]) {
        let name = pick(rng, names);
        if !headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            headers.push((name, "application/json".to_owned()));
        }
    }
    Fetch {
        url: url.to_owned(),
        method: pick(rng, methods),
        headers,
        credentials: pick(rng, &CREDENTIALS),
        body: None,
        pause: 0,
    }
}
