//! An allow-list per tenant in an SQLite database, which changes while the service runs.
//!
//! The list becomes a policy behind a handle. An administrator adds an origin, the policy is made
//! anew and put in the place of the one before: all workers follow at once.
//!
//! ```sh
//! cargo run -p cors-actix-examples --features tenants --bin tenants
//!
//! curl -i http://127.0.0.1:8081/orders -H 'Origin: https://shop.example'
//! curl -i -X PUT http://127.0.0.1:8081/tenants/7/origins -H 'Authorization: Bearer admin' \
//!     -H 'Content-Type: application/json' -d '"https://shop.example"'
//! curl -i http://127.0.0.1:8081/orders -H 'Origin: https://shop.example'
//! ```
//!
//! The first answer has no `access-control-allow-origin`, the last has. An origin that browsers never
//! send (`"https://Shop.example/"`) is denied with the repaired text, and changes nothing.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use actix_web::{
    App, HttpServer, Responder, ResponseError, get,
    http::{StatusCode, header::ContentType},
    put,
    web::{self, Data, Json, Path},
};
use actix_web_httpauth::extractors::bearer::BearerAuth;
use cors_actix::{Cors, Policy, PolicyError, PolicyHandle, cors};
use rusqlite::Connection;

/// The tenants' origins, and the policy made of them.
pub struct Tenants {
    database: Mutex<Connection>,
    /// What the layer takes its policy from.
    pub policy: PolicyHandle,
}

impl Tenants {
    /// Opens the database, `":memory:"` for one that is gone afterwards, and makes the policy.
    ///
    /// # Errors
    /// What the database says, or the faults of an origin in it.
    pub fn open(path: &str) -> Result<Self, TenantError> {
        let database = Connection::open(path)?;
        database.execute_batch(
            "CREATE TABLE IF NOT EXISTS origin (
                 tenant INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (tenant, text))",
        )?;
        let policy = PolicyHandle::new(policy(origins(&database)?)?);
        Ok(Tenants { database: Mutex::new(database), policy })
    }

    /// Adds an origin to a tenant's list; from the next request on it is allowed.
    ///
    /// # Errors
    /// The faults of the origin, or what the database says. Nothing has changed then.
    pub fn add(&self, tenant: u32, origin: &str) -> Result<(), TenantError> {
        let mut database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let change = database.transaction()?;
        change.execute("INSERT OR IGNORE INTO origin VALUES (?1, ?2)", (tenant, origin))?;
        let policy = policy(origins(&change)?)?;
        change.commit()?;
        self.policy.replace(policy);
        Ok(())
    }
}

fn origins(database: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut query = database.prepare("SELECT DISTINCT text FROM origin")?;
    query.query_map([], |row| row.get(0))?.collect()
}

fn policy(origins: Vec<String>) -> Result<Policy, PolicyError> {
    if origins.is_empty() {
        return Ok(Policy::same_origin());
    }
    Policy::builder().allow_origins(origins).allow_headers(["content-type"]).build()
}

/// Why an origin was not added.
#[derive(Debug)]
pub enum TenantError {
    /// The origin is none, or can't be allowed.
    Policy(PolicyError),
    /// The database failed.
    Database(rusqlite::Error),
}

impl From<PolicyError> for TenantError {
    fn from(error: PolicyError) -> Self {
        TenantError::Policy(error)
    }
}

impl From<rusqlite::Error> for TenantError {
    fn from(error: rusqlite::Error) -> Self {
        TenantError::Database(error)
    }
}

impl fmt::Display for TenantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TenantError::Policy(error) => error.fmt(f),
            TenantError::Database(_) => f.write_str("the list of origins is out of reach"),
        }
    }
}

impl ResponseError for TenantError {
    fn status_code(&self) -> StatusCode {
        match self {
            TenantError::Policy(_) => StatusCode::UNPROCESSABLE_ENTITY,
            TenantError::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> actix_web::HttpResponse {
        actix_web::HttpResponse::build(self.status_code())
            .content_type(ContentType::plaintext())
            .body(self.to_string())
    }
}

#[get("/orders")]
async fn orders() -> impl Responder {
    "two anvils"
}

// Whatever origins tenants have: only our own pages administer them.
#[cors(same_origin)]
#[put("/tenants/{tenant}/origins")]
async fn add_origin(
    administrator: BearerAuth,
    tenants: Data<Tenants>,
    tenant: Path<u32>,
    origin: Json<String>,
) -> Result<impl Responder, actix_web::Error> {
    if administrator.token() != "admin" {
        return Err(actix_web::error::ErrorForbidden("not an administrator"));
    }
    // SQLite waits for its disk, and a worker should not.
    let stored = web::block(move || tenants.add(*tenant, &origin)).await?;
    stored?;
    Ok(actix_web::HttpResponse::NoContent())
}

/// The layer around the app.
pub fn layer(tenants: &Tenants) -> Cors {
    Cors::new(&tenants.policy)
}

/// The routes.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.service(orders).service(add_origin);
}

/// Serves on 127.0.0.1:8081.
#[actix_web::main]
pub async fn main() -> std::io::Result<()> {
    env_logger::init();
    let tenants = Tenants::open("tenants.sqlite").map_err(std::io::Error::other)?;
    let tenants = Data::new(tenants);
    let app =
        move || App::new().app_data(tenants.clone()).wrap(layer(&tenants)).configure(configure);
    HttpServer::new(app).bind(("127.0.0.1", 8081))?.run().await
}

impl std::error::Error for TenantError {}
