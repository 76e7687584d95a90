//! A single-page app that signs in with a cookie session. The app and the API can be of different sites.

use actix_session::{Session, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{
    Error, HttpResponse, Responder,
    cookie::{Key, SameSite},
    error::ErrorUnauthorized,
    web::{self, Json},
};
use cors_actix::{Cors, Policy, policy};

/// The policy of the API. `enforce` keeps other pages from using the session: browsers send a cookie with
/// `SameSite=None` with the requests of every page.
static APP: Policy = policy! {
    allow_origins = ["https://app.example.com"],
    allow_methods = ["DELETE"],
    allow_headers = ["content-type"],
    allow_credentials,
    max_age = 600,
    enforce,
};

/// Returns the middleware around the routes. `Cors` is wrapped last, so it is the outermost.
///
/// `same_site` is `SameSite::None` if the app and the API are of different sites, and `SameSite::Lax` if
/// they are of one site, such as `app.example.com` and `api.example.com`.
pub fn layers(key: Key, same_site: SameSite) -> (SessionMiddleware<CookieSessionStore>, Cors) {
    let sessions = SessionMiddleware::builder(CookieSessionStore::default(), key)
        .cookie_name("session".to_owned())
        .cookie_same_site(same_site)
        .cookie_secure(true)
        .cookie_http_only(true)
        .build();
    (sessions, Cors::new(&APP))
}

async fn sign_in(session: Session, user: Json<String>) -> Result<impl Responder, Error> {
    session.renew();
    session.insert("user", user.into_inner())?;
    Ok(HttpResponse::NoContent())
}

async fn who(session: Session) -> Result<impl Responder, Error> {
    session.get::<String>("user")?.ok_or_else(|| ErrorUnauthorized("sign in first"))
}

/// Takes an order, also from a form: the request needs no preflight.
async fn order(session: Session, tea: String) -> Result<impl Responder, Error> {
    let user = session.get::<String>("user")?.ok_or_else(|| ErrorUnauthorized("sign in first"))?;
    Ok(format!("{user} has ordered {tea}"))
}

async fn sign_out(session: Session) -> impl Responder {
    session.purge();
    HttpResponse::NoContent()
}

/// Registers the routes: sign in, read the name of the user, sign out, and order as the user.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/session").post(sign_in).get(who).delete(sign_out))
        .route("/orders", web::post().to(order));
}
