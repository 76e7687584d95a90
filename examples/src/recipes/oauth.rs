//! A login at another origin (OAuth, OpenID Connect): the API tells scripts with a 401 to sign in, and the
//! page navigates to the login. A redirect is only for navigations.

use actix_session::Session;
use actix_web::{
    Error, HttpResponse, Responder,
    cookie::Key,
    error::ErrorBadRequest,
    get,
    http::header::LOCATION,
    web::{self, Query},
};
use cors_actix::{Policy, cors, policy};
use serde::{Deserialize, Serialize};

static APP: Policy = policy! {
    allow_origins = ["https://app.example.com"],
    allow_credentials,
};

/// The body of a 401, which tells the page where to go: `location.assign(body.login)`.
#[derive(Serialize)]
struct SignIn {
    login: &'static str,
}

#[cors(policy = APP)]
#[get("/orders")]
async fn orders(session: Session) -> Result<impl Responder, Error> {
    Ok(match session.get::<String>("user")? {
        Some(user) => HttpResponse::Ok().body(format!("the orders of {user}")),
        None => HttpResponse::Unauthorized().json(SignIn { login: "/login" }),
    })
}

/// Redirects a navigation to the login. Navigations need no CORS, so the route has no policy.
#[get("/login")]
async fn login(session: Session) -> Result<impl Responder, Error> {
    let random = Key::generate();
    let state: String = random.signing().iter().map(|byte| format!("{byte:02x}")).collect();
    session.insert("state", &state)?;
    let login = format!(
        "https://login.example/authorize?response_type=code&client_id=shop&state={state}\
         &redirect_uri=https://api.example.com/login/callback"
    );
    Ok(HttpResponse::Found().insert_header((LOCATION, login)).finish())
}

#[derive(Deserialize)]
struct Callback {
    code: String,
    state: String,
}

/// Takes the navigation that comes back from the login, and redirects it to the app.
#[get("/login/callback")]
async fn callback(session: Session, query: Query<Callback>) -> Result<impl Responder, Error> {
    if session.get::<String>("state")?.as_ref() != Some(&query.state) {
        return Err(ErrorBadRequest("this login was not started here"));
    }
    session.renew();
    session.remove("state");
    // In place of the request that exchanges the code for the name of the user.
    session.insert("user", &query.code)?;
    Ok(HttpResponse::Found().insert_header((LOCATION, "https://app.example.com/")).finish())
}

/// Registers the routes, which need a session with `SameSite=Lax` around them.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(orders).service(login).service(callback);
}
