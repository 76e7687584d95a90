//! A login at another origin: scripts get a 401, and navigations are redirected.

use actix_web::{
    App, HttpResponse,
    cookie::{Key, SameSite},
    get, guard,
    http::header::{LOCATION, SET_COOKIE},
    test::{self, TestRequest},
    web,
};
use cors_actix::cors;
use cors_actix_browser::{Blocked, Browser, CorsFault, Credentials::Include, Fetch};
use cors_actix_examples::recipes::{oauth, session};
use cors_actix_tests::local::Local;

use crate::{APP, EVIL};

const API: &str = "https://api.example.com";

/// Starts the API of the recipe.
macro_rules! api {
    () => {{
        let (sessions, _) = session::layers(Key::generate(), SameSite::Lax);
        App::new().wrap(sessions).configure(oauth::configure)
    }};
}

#[actix_web::test]
async fn a_script_reads_where_to_sign_in() {
    let api = test::init_service(api!()).await;
    let orders = || Fetch::get(format!("{API}/orders")).credentials(Include);
    let seen = Browser::at(APP).fetch(&api, orders()).await;
    seen.assert_status(401);
    assert_eq!(seen.text(), r#"{"login":"/login"}"#);
    Browser::at(EVIL).fetch(&api, orders()).await.assert_blocked();
}

/// A navigation sends no `Origin`, and its response needs no header.
fn navigation(target: &str, cookie: &str) -> TestRequest {
    let request = TestRequest::with_uri(target).insert_header(("sec-fetch-mode", "navigate"));
    request.insert_header(("cookie", cookie))
}

#[actix_web::test]
async fn a_navigation_goes_to_the_login_and_comes_back_with_a_session() {
    let api = Local::start(api!()).await;
    let login = api.send(navigation("/login", "")).await;
    login.assert_untouched(302);
    let location = login.values(LOCATION.as_str())[0].to_owned();
    assert!(location.starts_with("https://login.example/authorize?"), "{location}");
    let (_, state) = location.split_once("&state=").unwrap();
    let state = state.split('&').next().unwrap();
    assert_eq!(state.len(), 64, "{state}");

    let line = login.values(SET_COOKIE.as_str())[0].to_owned();
    let cookie = line.split(';').next().unwrap();
    let forged = api.send(navigation("/login/callback?code=Eve&state=forged", cookie)).await;
    forged.assert_untouched(400);
    let back = format!("/login/callback?code=Ada&state={state}");
    let signed_in = api.send(navigation(&back, cookie)).await;
    signed_in.assert_untouched(302);
    assert_eq!(signed_in.values(LOCATION.as_str()), ["https://app.example.com/"]);
    let line = signed_in.values(SET_COOKIE.as_str())[0].to_owned();

    let request = TestRequest::get().uri("/orders").insert_header(("origin", APP));
    let cookie = line.split(';').next().unwrap();
    let orders = api.send(request.insert_header(("cookie", cookie))).await;
    assert_eq!(orders.status, 200);
    assert_eq!(orders.text(), "the orders of Ada");
}

/// Redirects to the login instead of a 401.
#[cors(allow_origins = ["https://app.example.com"], allow_credentials)]
#[get("/orders")]
async fn redirecting() -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, "https://login.example/authorize")).finish()
}

#[actix_web::test]
async fn a_script_that_is_redirected_to_the_login_is_blocked() {
    let login = |header: Option<&'static str>| {
        let answer = move || async move {
            let mut response = HttpResponse::Ok();
            if let Some(origin) = header {
                response
                    .insert_header(("access-control-allow-origin", origin))
                    .insert_header(("access-control-allow-credentials", "true"));
            }
            response.body("the form of the login")
        };
        web::resource("/authorize").guard(guard::Host("login.example")).to(answer)
    };
    for (header, fault) in [
        (None, CorsFault::AllowOriginMissing { origin: "null".to_owned() }),
        // The login cannot allow the app, because the browser no longer names the app.
        (
            Some(APP),
            CorsFault::AllowOriginDiffers { origin: "null".to_owned(), found: APP.to_owned() },
        ),
    ] {
        let app = App::new().service(login(header)).service(redirecting);
        let app = test::init_service(app).await;
        let orders = Fetch::get(format!("{API}/orders")).credentials(Include);
        let seen = Browser::at(APP).fetch(&app, orders).await;
        assert_eq!(*seen.assert_blocked(), Blocked::Cors { status: 200, fault });
        let [first, second] = seen.exchanges() else { panic!("{seen}") };
        assert_eq!(first.request().header("origin").as_deref(), Some(APP));
        assert_eq!(second.request().header("origin").as_deref(), Some("null"));
    }
}
