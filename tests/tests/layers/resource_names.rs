//! Resources have the same names and patterns as in an app without `#[cors]`.

use actix_web::{
    App, Error, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    error, get,
    http::header,
    middleware::{Next, from_fn},
    post, put, routes, web,
};
use cors_actix::cors;
use cors_actix_tests::{Request, Server};

use crate::{APP, app_layer, strict_static};

async fn describe(request: HttpRequest) -> String {
    let names = ["item", "items", "deep", "renamed", "overlapping", "me", "post_item"];
    let urls = names.map(|name| match request.url_for(name, ["1", "2", "3"]) {
        Ok(url) => format!("{name}={url}"),
        Err(error) => format!("{name}={error}"),
    });
    format!(
        "{:?} {:?} {:?} {} {:?}",
        request.match_name(),
        request.match_pattern(),
        request.match_info().iter().collect::<Vec<_>>(),
        request.resource_map().has_resource(request.path()),
        urls,
    )
}

macro_rules! app {
    ($module:ident $(, #[$cors:meta])?) => {
        mod $module {
            use super::*;

            $(#[$cors])?
            #[put("/items/{id}")]
            async fn item(request: HttpRequest) -> String {
                describe(request).await
            }

            $(#[$cors])?
            #[get("/items")]
            async fn items(request: HttpRequest) -> String {
                describe(request).await
            }

            $(#[$cors])?
            #[post("/items")]
            async fn post_item(request: HttpRequest) -> String {
                describe(request).await
            }

            $(#[$cors])?
            #[get("/deep/{tail:.*}", name = "renamed")]
            async fn deep(request: HttpRequest) -> String {
                describe(request).await
            }

            $(#[$cors])?
            #[get("/u/{id}")]
            async fn overlapping(request: HttpRequest) -> String {
                describe(request).await
            }

            $(#[$cors])?
            #[put("/u/me")]
            async fn me(request: HttpRequest) -> String {
                describe(request).await
            }

            fn services(config: &mut web::ServiceConfig) {
                config
                    .service(item)
                    .service(items)
                    .service(post_item)
                    .service(deep)
                    .service(me)
                    .service(overlapping);
            }

            pub(super) fn configure(config: &mut web::ServiceConfig) {
                let nested = web::scope("/{b}").configure(services);
                config
                    .service(web::scope("/a").service(nested))
                    .configure(services)
                    .external_resource("outside", "https://outside.example/{x}")
                    .default_service(web::to(describe));
            }
        }
    };
}

app!(plain);
app!(annotated, #[cors(allow_origins = any)]);

fn servers() -> [Server; 2] {
    [
        Server::start(|| App::new().configure(plain::configure)),
        Server::start(|| App::new().configure(annotated::configure)),
    ]
}

fn describe_both(method: &str, target: &str) -> [String; 2] {
    servers().map(|server| server.send(&Request::new(method, target)).text())
}

/// Records the names and patterns that middleware sees, which spans and metrics use.
async fn tell(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let told = |request: &HttpRequest| {
        let told = format!("{:?} {:?}", request.match_name(), request.match_pattern());
        header::HeaderValue::from_str(&told).map_err(error::ErrorInternalServerError)
    };
    let before = told(request.request())?;
    let mut response = next.call(request).await?;
    let after = told(response.request())?;
    response.headers_mut().insert(header::HeaderName::from_static("x-before"), before);
    response.headers_mut().insert(header::HeaderName::from_static("x-after"), after);
    Ok(response)
}

#[test]
fn middleware_sees_the_same_names_and_patterns() {
    let servers = [
        Server::start(|| App::new().wrap(from_fn(tell)).configure(plain::configure)),
        Server::start(|| App::new().wrap(from_fn(tell)).configure(annotated::configure)),
    ];
    for (method, target) in [
        ("PUT", "/items/7"),
        ("GET", "/deep/x/y"),
        ("GET", "/u/7"),
        ("PUT", "/a/1/items/7"),
        ("GET", "/items"),
        ("PUT", "/u/me"),
        ("GET", "/none"),
        ("PATCH", "/items/7"),
        ("GET", "/items/7/cors-actix"),
        ("GET", "/cors-actix"),
    ] {
        let [plain, annotated] = servers.each_ref().map(|server| {
            let response = server.send(&Request::new(method, target));
            ["x-before", "x-after"].map(|name| response.values(name).concat())
        });
        assert_eq!(annotated, plain, "{method} {target}");
    }
}

#[test]
fn an_annotated_route_has_the_names_urls_and_patterns_of_a_plain_one() {
    for (method, target) in [
        ("PUT", "/items/7"),
        ("GET", "/deep/x/y"),
        ("GET", "/u/7"),
        ("PUT", "/a/1/items/7"),
        ("GET", "/a/1/deep/x/y"),
        ("GET", "/a/1/u/7"),
        ("GET", "/items"),
        ("GET", "/a/b/items"),
        ("PUT", "/u/me"),
        ("GET", "/none"),
        ("GET", "/a/none"),
        ("PUT", "/deep/x"),
    ] {
        let [plain, annotated] = describe_both(method, target);
        assert_eq!(annotated, plain, "{method} {target}");
    }
}

/// A known limit: actix-web finds the name of a match by path alone, without the method.
#[test]
fn annotated_routes_on_one_path_all_have_the_name_of_the_first() {
    for (method, target, first, own) in [
        ("POST", "/items", "items", "post_item"),
        ("GET", "/u/me", "me", "overlapping"),
        ("POST", "/a/b/items", "items", "post_item"),
    ] {
        let [plain, annotated] = describe_both(method, target);
        let named = |name: &str| format!("Some(\"{name}\")");
        assert!(plain.starts_with(&named(own)), "{plain}");
        assert!(annotated.starts_with(&named(first)), "{annotated}");
    }
}

#[test]
fn a_reserved_name_is_not_a_path() {
    let server = Server::start(|| App::new().wrap(app_layer()).service(strict_static));
    for target in ["/cors-actix:0", "/cors-actix/0", "/cors-actix"] {
        server.send(&Request::get(target)).assert_signed(404, Some(&APP), None);
    }
}

#[test]
fn annotated_routes_of_one_name_make_the_same_urls_as_plain_routes() {
    #[cors(allow_origins = any)]
    #[routes]
    #[get("/one")]
    #[get("/two")]
    async fn both(request: HttpRequest) -> String {
        format!("{:?}", request.url_for_static("both"))
    }

    mod plain {
        use super::*;

        #[routes]
        #[get("/one")]
        #[get("/two")]
        async fn both(request: HttpRequest) -> String {
            format!("{:?}", request.url_for_static("both"))
        }

        pub(super) fn configure(config: &mut web::ServiceConfig) {
            config.service(both);
        }
    }

    let with = Server::start(|| App::new().service(both));
    let without = Server::start(|| App::new().configure(plain::configure));
    for target in ["/one", "/two"] {
        let [with, without] =
            [&with, &without].map(|server| server.send(&Request::get(target)).text());
        assert_eq!(with, without);
    }
}
