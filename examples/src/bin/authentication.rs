//! Authentication inside of a `Cors` layer: bearer tokens for `/api`, cookie sessions for `/account`.
//!
//! Preflights carry no credentials. The `Cors` layer is outside of both kinds of authentication, and answers
//! a preflight by the policy of the handler that the actual request is for. A 401 can be read by exactly the
//! origins of that handler.
//!
//! ```sh
//! cargo run -p cors-actix-examples --bin authentication
//!
//! curl -i -X OPTIONS http://127.0.0.1:8081/api/orders -H 'Origin: https://partner.example' \
//!     -H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: authorization'
//! curl -i http://127.0.0.1:8081/api/orders -H 'Origin: https://partner.example'
//! curl -i http://127.0.0.1:8081/api/orders -H 'Origin: https://partner.example' \
//!     -H 'Authorization: Bearer for-partners'
//! ```
//!
//! Expect 204, 401 and 200, each with `access-control-allow-origin: https://partner.example`.

use actix_session::{Session, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{
    App, Error, HttpResponse, HttpServer, Responder,
    body::MessageBody,
    cookie::Key,
    dev::{ServiceRequest, ServiceResponse},
    error::ErrorUnauthorized,
    get,
    middleware::{Next, from_fn},
    post, put,
    web::{self, Path},
};
use actix_web_httpauth::{extractors::bearer::BearerAuth, middleware::HttpAuthentication};
use cors_actix::{Cors, Policy, cors, policy};

static PARTNERS: Policy = policy! {
    allow_origins = ["https://partner.example"],
    allow_headers = ["authorization"],
};

static OWN_APP: Policy = policy! {
    allow_origins = ["https://app.example.com", "http://localhost:*"],
    allow_headers = ["content-type"],
    allow_credentials,
};

#[cors(policy = PARTNERS)]
#[get("/orders")]
async fn orders() -> impl Responder {
    "two anvils"
}

#[cors(policy = OWN_APP)]
#[post("/sign-in/{user}")]
async fn sign_in(session: Session, user: Path<String>) -> Result<impl Responder, Error> {
    session.insert("user", user.into_inner())?;
    Ok(HttpResponse::NoContent())
}

#[cors(policy = OWN_APP)]
#[put("/account/name")]
async fn rename(session: Session) -> Result<impl Responder, Error> {
    let user: Option<String> = session.get("user")?;
    Ok(format!("{} has a new name", user.unwrap_or_default()))
}

async fn check_token(
    request: ServiceRequest,
    token: BearerAuth,
) -> Result<ServiceRequest, (Error, ServiceRequest)> {
    match token.token() {
        "for-partners" => Ok(request),
        _ => Err((ErrorUnauthorized("not a token of ours"), request)),
    }
}

async fn check_session(
    session: Session,
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match session.get::<String>("user")? {
        Some(_) => next.call(request).await,
        None => Err(ErrorUnauthorized("sign in first")),
    }
}

/// Registers the routes, inside of their authentication.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(web::scope("/api").wrap(HttpAuthentication::bearer(check_token)).service(orders))
        .service(sign_in)
        .service(web::scope("").wrap(from_fn(check_session)).service(rename));
}

/// Returns the middleware around the routes. `Cors` is wrapped last, so it is the outermost.
pub fn layers(key: Key) -> (SessionMiddleware<CookieSessionStore>, Cors) {
    (SessionMiddleware::new(CookieSessionStore::default(), key), Cors::new(Policy::same_origin()))
}

/// Serves the app on 127.0.0.1:8081.
#[actix_web::main]
pub async fn main() -> std::io::Result<()> {
    env_logger::init();
    let key = Key::generate();
    let app = move || {
        let (sessions, cors) = layers(key.clone());
        App::new().wrap(sessions).wrap(cors).configure(configure)
    };
    HttpServer::new(app).bind(("127.0.0.1", 8081))?.run().await
}
