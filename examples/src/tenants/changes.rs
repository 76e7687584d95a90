//! Follows the changes that other processes make in PostgreSQL.

use std::{io, time::Duration};

use actix_web::rt::time::{sleep, timeout};
use sqlx::postgres::{PgListener, PgPoolOptions};

use super::{
    error::TenantError,
    store::{CHANNEL, PATIENCE, Tenants},
};

/// The first pause between two attempts to connect. Each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The time without a notification after which a new connection replaces the old one, because a lost
/// connection is not always reported.
const QUIET: Duration = Duration::from_secs(60);

/// Applies the changes of all processes, as long as the service runs. While PostgreSQL cannot be reached,
/// the last policy stays. Returns at once if the database is SQLite.
pub async fn follow(tenants: &Tenants) {
    let mut pause = FIRST_PAUSE;
    while tenants.is_shared() {
        if let Err(error) = listen(tenants, &mut pause).await {
            log::warn!("cannot follow the changes, next attempt in {pause:?}: {error:?}");
            sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }
}

/// Applies changes until the connection is quiet or lost.
async fn listen(tenants: &Tenants, pause: &mut Duration) -> Result<(), TenantError> {
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
    let mut listener = PgListener::connect_with(&pool.connect(&tenants.url).await?).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    loop {
        // PostgreSQL keeps no notifications: what has changed before LISTEN is read here.
        tenants.reload().await?;
        *pause = FIRST_PAUSE;
        let Ok(received) = timeout(QUIET, listener.try_recv()).await else { return Ok(()) };
        if received?.is_none() {
            return Err(sqlx::Error::Io(io::ErrorKind::ConnectionAborted.into()).into());
        }
    }
}
