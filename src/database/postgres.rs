//! PostgreSQL 15 or later: session settings, the schema lock, commit notifications and the version check.

use std::time::Duration;

use sea_orm::sqlx::{AssertSqlSafe, Executor, postgres::PgPoolOptions};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, FromQueryResult,
    Statement,
};

use super::statement_timeout::StatementTimeout;
use super::{Access, BUSY_TIMEOUT};
use crate::error::{Error, Result};

/// Channel of commit notifications; PostgreSQL scopes it to one database.
pub(super) const CHANNEL: &str = "demarche_ledger";
/// Key of `pg_advisory_xact_lock`: "demarche" in ASCII.
const SCHEMA_LOCK: i64 = 0x6465_6d61_7263_6865;
const OLDEST_VERSION: i32 = 150_000;
/// Disconnects a client that idles in a transaction and may hold the ledger's lock; this program never waits in one.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(30);
/// Timeout of one writing statement; thousands of rows take a second.
const WRITE_TIMEOUT: Duration = Duration::from_mins(1);
/// A pooled connection that was idle for longer is tested before use.
const IDLE_TEST_AFTER: Duration = Duration::from_secs(1);

/// Configures each session when it starts, so that the settings of the database and role have no effect. The statement
/// timeout is the one set at that time.
pub(super) fn configure(
    options: &mut ConnectOptions,
    access: Access,
    timeout: Option<StatementTimeout>,
) {
    if timeout.is_some() {
        // Readers run many statements, so the test before each use is skipped; the other pools keep it.
        options.test_before_acquire_if_idle_for(IDLE_TEST_AFTER);
    }
    options
        .map_sqlx_postgres_pool_opts(move |pool| configure_sessions(pool, access, timeout.clone()));
}

fn configure_sessions(
    pool: PgPoolOptions,
    access: Access,
    timeout: Option<StatementTimeout>,
) -> PgPoolOptions {
    pool.after_connect(move |connection, _| {
        let timeout = timeout
            .as_ref()
            .map_or(Duration::ZERO, StatementTimeout::get);
        let session_settings = session_settings(access, timeout);
        Box::pin(async move {
            connection.execute(AssertSqlSafe(session_settings)).await?;
            Ok(())
        })
    })
}

/// JIT is off because our statements are short: to compile one takes longer than to run it. `synchronous_commit` is raised to
/// `on`, so that an acknowledged commit is on disk; stricter settings, which wait for replicas too, are left unchanged.
fn session_settings(access: Access, timeout: Duration) -> String {
    let timeouts = format!(
        "SET application_name = 'demarche'; SET jit = off; SET idle_in_transaction_session_timeout = {}; SET lock_timeout = {};",
        IDLE_IN_TRANSACTION_TIMEOUT.as_millis(),
        BUSY_TIMEOUT.as_millis()
    );
    let by_access = match access {
        Access::Read | Access::Inspect => format!(
            "SET default_transaction_read_only = on; SET statement_timeout = {}",
            timeout.as_micros().div_ceil(1_000)
        ),
        Access::Write(_) => format!(
            "SET statement_timeout = {}; SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local')",
            WRITE_TIMEOUT.as_millis()
        ),
    };
    timeouts + &by_access
}

/// Takes the schema lock until the transaction ends. This may wait for as long as another process's migration.
pub(super) async fn lock_schema(txn: &DatabaseTransaction) -> Result<()> {
    let sql = format!(
        "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; \
         SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock({SCHEMA_LOCK})"
    );
    txn.execute_unprepared(&sql).await?;
    Ok(())
}

/// Notifies all processes of a commit.
pub(super) async fn notify_commit(writer: &DatabaseConnection) {
    if let Err(error) = writer
        .execute_unprepared(&format!("NOTIFY {CHANNEL}"))
        .await
    {
        tracing::warn!(%error, "NOTIFY failed; other processes find the commit by polling within a second");
    }
}

pub(super) async fn assert_server(connection: &DatabaseConnection) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Server {
        version: i32,
        encoding: String,
        fsync: String,
    }
    let sql = "SELECT current_setting('server_version_num')::integer AS version, \
        current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync";
    let query = Statement::from_string(connection.get_database_backend(), sql);
    let server = Server::find_by_statement(query).one(connection).await?;
    let server = server.ok_or_else(|| Error::internal("PostgreSQL returned no version"))?;
    let unsupported = |what: String| Err(Error::bad_input("database-url", what));
    if server.version < OLDEST_VERSION {
        let major = server.version / 10_000;
        return unsupported(format!(
            "PostgreSQL {major} is not supported; version 15 or later is required"
        ));
    }
    if server.encoding != "UTF8" {
        return unsupported(format!(
            "the encoding of the database is {}; UTF8 is required",
            server.encoding
        ));
    }
    if server.fsync == "off" {
        tracing::warn!(
            "PostgreSQL runs with fsync = off: acknowledged writes may be lost if its machine fails"
        );
    }
    Ok(())
}
