//! Keeps the tenants' origins in SQLite or PostgreSQL, and the policy that is made of them.

use std::time::Duration;

use cors_actix::{Policy, PolicyBuilder, PolicyError, PolicyHandle};
use futures_util::{StreamExt as _, lock::Mutex};
use sqlx::{AnyPool, any::AnyPoolOptions};

use super::error::TenantError;

/// The channel on which PostgreSQL tells all processes about a change.
pub(super) const CHANNEL: &str = "origins";

/// The origin of our own console, which is always allowed.
const CONSOLE: &str = "https://console.example";

/// The longest wait for a connection to the database.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// The origins of all tenants, and the policy that allows them.
pub struct Tenants {
    database: AnyPool,
    pub(super) url: String,
    /// The list from which the policy was made. Locked while a list is read and applied, because the
    /// older of two lists must not be applied last.
    applied: Mutex<Vec<String>>,
    policy: PolicyHandle,
}

impl Tenants {
    /// Connects to the database at `url` (`sqlite:…` or `postgres:…`), creates the table if it is
    /// missing, and reads the origins.
    ///
    /// # Errors
    /// [`TenantError::Database`] if the database failed.
    pub async fn open(url: &str) -> Result<Self, TenantError> {
        sqlx::any::install_default_drivers();
        let database = AnyPoolOptions::new().acquire_timeout(PATIENCE).connect(url).await?;
        let tenants = Tenants {
            database,
            url: url.to_owned(),
            applied: Mutex::default(),
            policy: PolicyHandle::new(lossy_policy(&[])?),
        };
        tenants.create_table().await?;
        tenants.reload().await?;
        Ok(tenants)
    }

    /// Returns the handle of the policy.
    pub fn policy(&self) -> &PolicyHandle {
        &self.policy
    }

    /// Returns `true` if other processes may change the list, and PostgreSQL tells when.
    pub(super) fn is_shared(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Adds an origin to a tenant's list. Once this returns, this process allows the origin; with
    /// PostgreSQL, all other processes are notified.
    ///
    /// # Errors
    /// [`TenantError::Policy`] with the problem of the origin: nothing has changed.
    /// [`TenantError::Database`] if the database failed.
    pub async fn add(&self, tenant: u32, origin: &str) -> Result<(), TenantError> {
        policy_of([origin]).build()?;
        let mut change = self.database.begin().await?;
        sqlx::query("INSERT INTO origin (tenant, text) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(i64::from(tenant))
            .bind(origin)
            .execute(&mut *change)
            .await?;
        if self.is_shared() {
            // PostgreSQL sends the notification when the transaction is committed.
            let notify = format!("NOTIFY {CHANNEL}");
            sqlx::query(&notify).execute(&mut *change).await?;
        }
        change.commit().await?;
        self.reload().await
    }

    /// Reads the list, and replaces the policy if the list has changed.
    pub(super) async fn reload(&self) -> Result<(), TenantError> {
        let mut applied = self.applied.lock().await;
        let origins = self.origins().await?;
        if origins != *applied {
            self.policy.replace(lossy_policy(&origins)?);
            *applied = origins;
        }
        Ok(())
    }

    async fn create_table(&self) -> sqlx::Result<()> {
        let mut change = self.database.begin().await?;
        if self.is_shared() {
            // Of two processes that create the table at once, PostgreSQL lets one fail.
            let lock = "SELECT pg_advisory_xact_lock(8081)";
            sqlx::query(lock).execute(&mut *change).await?;
        }
        let table = "CREATE TABLE IF NOT EXISTS origin (
            tenant BIGINT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (tenant, text))";
        sqlx::query(table).execute(&mut *change).await?;
        change.commit().await
    }

    async fn origins(&self) -> sqlx::Result<Vec<String>> {
        let list = "SELECT DISTINCT text FROM origin ORDER BY text";
        let mut rows = sqlx::query_scalar(list).fetch(&self.database);
        let mut origins = Vec::new();
        while let Some(row) = rows.next().await {
            match row {
                Ok(origin) => origins.push(origin),
                Err(error @ (sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. })) => {
                    log::warn!("a row that is not text is skipped: {error}");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(origins)
    }
}

/// Returns a policy of our own console and these origins.
fn policy_of<'a>(origins: impl IntoIterator<Item = &'a str>) -> PolicyBuilder {
    // With another origin in the list, `*` is a problem. Alone it would allow every site.
    Policy::builder()
        .allow_origins(origins)
        .allow_origins([CONSOLE])
        .allow_headers(["content-type"])
}

/// Returns the policy without the origins that have a problem, and logs the problems: what another
/// program writes into the database must not stop the service.
fn lossy_policy(origins: &[String]) -> Result<Policy, PolicyError> {
    let (policy, problems) = policy_of(origins.iter().map(String::as_str)).build_lossy()?;
    for problem in problems {
        log::warn!("an origin in the database is skipped: {problem}");
    }
    Ok(policy)
}
