//! If middleware inside of a layer rewrites the method, the policies for both methods have to allow. An annotated
//! route that the request reaches decides alone.

use actix_web::{
    App, Error, HttpResponse,
    body::MessageBody,
    delete,
    dev::{Payload, ServiceRequest, ServiceResponse},
    get,
    guard::fn_guard,
    http::{Method, Uri},
    middleware::{Next, NormalizePath, from_fn},
    post,
    web::{self, Data},
};
use cors_actix::{Cors, Policy, cors, policy};
use cors_actix_tests::{
    Response, VARY,
    calls::Calls,
    local::{Local, actual, preflight},
    sign::{FRIEND, STRANGER},
};

use crate::{ALL_ALLOWED, FRIEND_ALLOWED, open, unauthorized};

static ENFORCED: Policy = policy! { allow_origins = ["https://friend.example"], enforce };

/// Rewrites the method, like frameworks do for forms, which can send only GET and POST.
async fn override_method(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if let Some(method) = request.headers().get("x-http-method-override") {
        request.head_mut().method = Method::from_bytes(method.as_bytes()).unwrap();
    }
    next.call(request).await
}

fn rewrite(request: &mut ServiceRequest, method: Method, uri: Uri) {
    request.match_info_mut().get_mut().update(&uri);
    request.head_mut().uri = uri;
    request.head_mut().method = method;
}

/// Rewrites the method by a part of the URL, which the library does not expect.
async fn override_by_query(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if request.query_string() == "method=DELETE" {
        request.head_mut().method = Method::DELETE;
    }
    next.call(request).await
}

/// Sends every request to the route of another method and path.
async fn delete_item(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    rewrite(&mut request, Method::DELETE, Uri::from_static("/item"));
    next.call(request).await
}

/// Does the same, and hides it from what is around.
async fn delete_item_secretly(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let (request, response) = delete_item(request, next).await?.into_parts();
    let mut request = ServiceRequest::from_parts(request, Payload::None);
    rewrite(&mut request, method, uri);
    Ok(request.into_response(response))
}

#[cors(allow_origins = any)]
#[post("/item")]
async fn open_post(calls: Data<Calls>) -> &'static str {
    calls.add();
    "post"
}

#[cors(same_origin)]
#[delete("/item")]
async fn closed_delete(calls: Data<Calls>) -> &'static str {
    calls.add();
    "delete"
}

#[cors(allow_origins = any)]
#[delete("/item")]
async fn open_delete(calls: Data<Calls>) -> &'static str {
    calls.add();
    "delete"
}

async fn plain(calls: Data<Calls>) -> HttpResponse {
    calls.add();
    HttpResponse::Ok().body("plain")
}

/// Sends a POST that becomes a DELETE.
async fn send_rewritten(app: &Local, origin: &str) -> Response {
    let request = actual("POST", "/item", Some(origin));
    app.send(request.insert_header(("x-http-method-override", "DELETE"))).await
}

fn app() -> App<
    impl actix_web::dev::ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    >,
> {
    App::new().app_data(Data::new(Calls::default()))
}

#[actix_web::test]
async fn the_route_of_the_first_method_does_not_open_an_error_in_front_of_the_rewritten_route() {
    let app = app().wrap(from_fn(unauthorized)).wrap(from_fn(override_method)).wrap(open());
    let app = Local::start(app.service(open_post).service(closed_delete)).await;
    send_rewritten(&app, STRANGER).await.assert_closed(401);
    send_rewritten(&app, FRIEND).await.assert_closed(401);
    let response = app.send(actual("POST", "/item", Some(STRANGER))).await;
    response.assert(401, [ALL_ALLOWED, VARY]);
    app.send(actual("DELETE", "/item", Some(STRANGER))).await.assert_closed(401);
}

#[actix_web::test]
async fn an_error_in_front_of_an_open_rewritten_route_is_denied_if_the_first_method_is() {
    #[cors(same_origin)]
    #[post("/item")]
    async fn closed_post() -> &'static str {
        "post"
    }

    let app = app().wrap(from_fn(unauthorized)).wrap(from_fn(override_method)).wrap(open());
    let app = Local::start(app.service(closed_post).service(open_delete)).await;
    send_rewritten(&app, STRANGER).await.assert_closed(401);
}

#[actix_web::test]
async fn the_rewritten_route_itself_decides_on_its_response() {
    let app = app().wrap(from_fn(override_method)).wrap(open());
    let app = Local::start(app.service(open_post).service(closed_delete)).await;
    let response = send_rewritten(&app, STRANGER).await;
    assert_eq!(response.assert_closed(200).text(), "delete");
}

/// The unannotated route is below a closed layer, and has an open annotated twin.
#[actix_web::test]
async fn an_unannotated_rewritten_route_has_the_layers_policy() {
    let own = Cors::new(Policy::same_origin());
    let app = app().wrap(from_fn(override_method)).wrap(own).service(open_post);
    let app = Local::start(app.route("/item", web::delete().to(plain))).await;
    let response = send_rewritten(&app, STRANGER).await;
    assert_eq!(response.assert_closed(200).text(), "plain");
}

#[actix_web::test]
async fn an_error_in_front_of_an_unannotated_rewritten_route_has_the_layers_policy() {
    let own = Cors::new(Policy::same_origin());
    let app = app().wrap(from_fn(unauthorized)).wrap(from_fn(override_method)).wrap(own);
    let app = app.service(open_post).route("/item", web::delete().to(plain));
    send_rewritten(&Local::start(app).await, STRANGER).await.assert_closed(401);
}

#[actix_web::test]
async fn a_preflight_is_answered_for_the_method_that_arrives() {
    let app = app().wrap(from_fn(override_method)).wrap(open());
    let app = Local::start(app.service(open_post).service(closed_delete)).await;
    assert_eq!(app.send(preflight("/item", STRANGER, "POST")).await.status, 204);
    app.send(preflight("/item", STRANGER, "DELETE")).await.assert_denied();
}

#[actix_web::test]
async fn enforce_denies_a_request_whose_method_is_rewritten() {
    let calls = Calls::default();
    let app = App::new().app_data(Data::new(calls.clone()));
    let app = app.wrap(from_fn(override_method)).wrap(Cors::new(&ENFORCED));
    let app = app.service(open_post).route("/item", web::delete().to(plain));
    let app = Local::start(app).await;
    let response = app.send(actual("POST", "/item", Some(STRANGER))).await;
    assert_eq!(response.assert(200, [ALL_ALLOWED]).text(), "post");
    assert_eq!(calls.take(), 1);
    send_rewritten(&app, STRANGER).await.assert_closed(403);
    assert_eq!(calls.take(), 0, "the unannotated handler has answered a stranger");
    let response = send_rewritten(&app, FRIEND).await;
    assert_eq!(response.assert(200, [FRIEND_ALLOWED, VARY]).text(), "plain");
}

#[actix_web::test]
async fn enforce_of_the_rewritten_route_counts() {
    #[cors(same_origin, enforce)]
    #[delete("/item")]
    async fn enforced_delete(calls: Data<Calls>) -> &'static str {
        calls.add();
        "delete"
    }

    let calls = Calls::default();
    let app = App::new().app_data(Data::new(calls.clone()));
    let app = app.wrap(from_fn(override_method)).wrap(open());
    let app = Local::start(app.service(open_post).service(enforced_delete)).await;
    send_rewritten(&app, STRANGER).await.assert_closed(403);
    assert_eq!(calls.take(), 0);
}

/// The layer's own policy applies to the path that the middleware makes, because a scope has it. If the layer denied
/// the response for some origins, the response to another origin would have to say so to caches.
#[actix_web::test]
async fn a_route_that_the_rewritten_path_reaches_decides_for_every_origin() {
    #[cors(allow_origins = any)]
    #[get("/{path:.*}")]
    async fn everything() -> &'static str {
        "everything"
    }

    let listed = Cors::new(policy! { allow_origins = ["https://friend.example"] });
    let guarded = web::scope("/a/b").guard(fn_guard(|_| false));
    let app = App::new().wrap(NormalizePath::trim()).wrap(listed).service(guarded);
    let app = Local::start(app.service(everything)).await;
    for origin in [None, Some(STRANGER), Some(FRIEND)] {
        let response = app.send(actual("GET", "/a//b/x", origin)).await;
        assert_eq!(response.assert(200, [ALL_ALLOWED]).text(), "everything");
    }
}

#[actix_web::test]
async fn a_route_that_a_redirecting_middleware_reaches_decides_for_every_origin() {
    #[cors(allow_origins = ["https://friend.example"])]
    #[get("/old")]
    async fn old() -> &'static str {
        "old"
    }

    #[cors(allow_origins = any)]
    #[get("/new")]
    async fn new() -> &'static str {
        "new"
    }

    async fn renamed(
        mut request: ServiceRequest,
        next: Next<impl MessageBody + 'static>,
    ) -> Result<ServiceResponse<impl MessageBody>, Error> {
        request.match_info_mut().get_mut().update(&Uri::from_static("/new"));
        request.head_mut().uri = Uri::from_static("/new");
        next.call(request).await
    }

    let listed = Cors::new(policy! { allow_origins = ["https://friend.example"] });
    let app = App::new().wrap(from_fn(renamed)).wrap(listed).service(old).service(new);
    let app = Local::start(app).await;
    for origin in [None, Some(STRANGER), Some(FRIEND)] {
        let response = app.send(actual("GET", "/old", origin)).await;
        assert_eq!(response.assert(200, [ALL_ALLOWED]).text(), "new");
    }
}

/// The path stays as it is, so only the method shows that the request was rewritten.
#[actix_web::test]
async fn a_method_that_is_rewritten_by_other_means_gets_only_what_both_methods_allow() {
    let own = Cors::new(Policy::same_origin());
    let app = app().wrap(from_fn(override_by_query)).wrap(own).service(open_post);
    let app = Local::start(app.route("/item", web::delete().to(plain))).await;
    let response = app.send(actual("POST", "/item?method=DELETE", Some(STRANGER))).await;
    assert_eq!(response.assert_closed(200).text(), "plain");
}

#[actix_web::test]
async fn what_a_route_has_denied_stays_denied_if_the_request_is_restored() {
    let app = app().wrap(from_fn(delete_item_secretly)).wrap(open());
    let app = Local::start(app.service(open_post).service(closed_delete)).await;
    for (method, target) in [("POST", "/item"), ("GET", "/item"), ("GET", "/other")] {
        for origin in [None, Some(STRANGER), Some(FRIEND)] {
            let response = app.send(actual(method, target, origin)).await;
            assert_eq!(response.assert_closed(200).text(), "delete");
        }
    }
}

#[actix_web::test]
async fn an_error_of_a_rewritten_route_stays_denied() {
    #[cors(same_origin)]
    #[delete("/item", wrap = "from_fn(unauthorized)")]
    async fn failing_delete() -> &'static str {
        "delete"
    }

    let app = app().wrap(from_fn(delete_item)).wrap(open());
    let app = Local::start(app.service(open_post).service(failing_delete)).await;
    for (method, target) in [("POST", "/item"), ("GET", "/other")] {
        app.send(actual(method, target, Some(STRANGER))).await.assert_closed(401);
    }
}

/// A page can send a POST without a preflight.
#[actix_web::test]
async fn enforce_denies_a_request_that_becomes_one_for_a_closed_route_of_another_method() {
    let calls = Calls::default();
    let app = App::new().app_data(Data::new(calls.clone()));
    let app = app.wrap(from_fn(override_by_query)).wrap(Cors::new(&ENFORCED));
    let app = app.service(open_post).service(closed_delete);
    let app = app.service(web::scope("/scope").service(open_post).service(closed_delete));
    let app = Local::start(app).await;
    for prefix in ["", "/scope"] {
        let target = format!("{prefix}/item");
        let rewritten = format!("{target}?method=DELETE");
        app.send(actual("POST", &rewritten, Some(STRANGER))).await.assert_closed(403);
        assert_eq!(calls.take(), 0);
        app.send(actual("POST", &target, Some(STRANGER))).await.assert(200, [ALL_ALLOWED]);
        app.send(actual("DELETE", &target, Some(STRANGER))).await.assert_closed(200);
        app.send(actual("POST", &rewritten, Some(FRIEND))).await.assert_closed(200);
        assert_eq!(calls.take(), 3);
    }
}
