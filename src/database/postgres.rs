//! PostgreSQL 15 or later: sessions, and the lock of those who change tables.

use std::time::Duration;

use sea_orm::sqlx::{AssertSqlSafe, Executor, postgres::PgPoolOptions};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, FromQueryResult,
    Statement,
};

use super::statement_timeout::StatementLimit;
use super::{Access, BUSY};
use crate::error::{Error, Result};

/// What processes tell each other by; a channel belongs to a database.
pub(super) const CHANNEL: &str = "demarche_ledger";
/// Of `pg_advisory_xact_lock`: "demarche" in ASCII.
const SCHEMA_LOCK: i64 = 0x6465_6d61_7263_6865;
const OLDEST: i32 = 150_000;
/// A holder of the ledger's lock that stands still for so long is cut off; ours never wait in a transaction.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(30);
/// For one statement that writes: thousands of rows take a second.
const WRITE: Duration = Duration::from_mins(1);
/// A connection unused for so long is asked whether it is still there.
const STALE: Duration = Duration::from_secs(1);

/// Each session is set up as it begins, so that neither the database's nor the role's own settings matter. A limit of
/// statements is that of the moment.
pub(super) fn set_up(options: &mut ConnectOptions, access: Access, limit: Option<StatementLimit>) {
    if limit.is_some() {
        // Where each statement of many counts; the others ask before each.
        options.test_before_acquire_if_idle_for(STALE);
    }
    options.map_sqlx_postgres_pool_opts(move |pool| begin_sessions(pool, access, limit.clone()));
}

fn begin_sessions(
    pool: PgPoolOptions,
    access: Access,
    limit: Option<StatementLimit>,
) -> PgPoolOptions {
    pool.after_connect(move |connection, _| {
        let limit = limit.as_ref().map_or(Duration::ZERO, StatementLimit::get);
        let settings = settings(access, limit);
        Box::pin(async move {
            connection.execute(AssertSqlSafe(settings)).await?;
            Ok(())
        })
    })
}

/// Our statements are short: to compile one would take longer than to run it. An acknowledged commit is on disk: a database that was told to be quick about that is overruled, one that waits for
/// its replicas as well is not.
fn settings(access: Access, limit: Duration) -> String {
    let timeouts = format!(
        "SET application_name = 'demarche'; SET jit = off; SET idle_in_transaction_session_timeout = {}; SET lock_timeout = {};",
        IDLE_IN_TRANSACTION.as_millis(),
        BUSY.as_millis()
    );
    let own = match access {
        Access::Read => format!(
            "SET default_transaction_read_only = on; SET statement_timeout = {}",
            limit.as_micros().div_ceil(1_000)
        ),
        Access::Write(_) => format!(
            "SET statement_timeout = {}; SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local')",
            WRITE.as_millis()
        ),
    };
    timeouts + &own
}

/// Takes the lock of those who change tables, until the transaction ends; that may take as long as a migration.
pub(super) async fn lock_schema(txn: &DatabaseTransaction) -> Result<()> {
    let sql = format!(
        "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; \
         SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock({SCHEMA_LOCK})"
    );
    txn.execute_unprepared(&sql).await?;
    Ok(())
}

/// Tells all processes that something was committed.
pub(super) async fn ring(writer: &DatabaseConnection) {
    if let Err(error) = writer
        .execute_unprepared(&format!("NOTIFY {CHANNEL}"))
        .await
    {
        tracing::warn!(%error, "other processes could not be told of a commit; they find it a moment later");
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
    let server = server.ok_or_else(|| Error::internal("PostgreSQL does not say what it is"))?;
    let refuse = |what: String| Err(Error::bad_input("database-url", what));
    if server.version < OLDEST {
        let major = server.version / 10_000;
        return refuse(format!(
            "PostgreSQL {major} is too old; 15 or later is needed"
        ));
    }
    if server.encoding != "UTF8" {
        return refuse(format!(
            "the database is in {}; UTF8 is needed",
            server.encoding
        ));
    }
    if server.fsync == "off" {
        tracing::warn!(
            "PostgreSQL runs with fsync = off: what it acknowledges may be lost with its machine"
        );
    }
    Ok(())
}
