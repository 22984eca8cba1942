//! PostgreSQL 15 or later: session settings, the schema lock, commit notifications and the version check.

use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions as _, Connection, Executor};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr,
    FromQueryResult, RuntimeErr, Statement,
};

use super::statement_timeout::StatementTimeout;
use super::{ACQUIRE_TIMEOUT, Access, BUSY_TIMEOUT, Purpose};
use crate::error::{Error, Result};

/// Channel of commit notifications; PostgreSQL scopes it to one database.
pub(super) const CHANNEL: &str = "demarche_ledger";
/// Key of `pg_advisory_xact_lock`: "demarche" in ASCII.
const SCHEMA_LOCK: i64 = 0x6465_6d61_7263_6865;
/// Key of the advisory lock that every session of a server shares: the key above, plus one.
pub(super) const SERVER_LOCK: i64 = SCHEMA_LOCK + 1;
/// Four readers, the writer, the tailer, the listener.
const SERVER_CONNECTIONS: i32 = 7;
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
    purpose: Purpose,
) {
    if timeout.is_some() {
        // Readers run many statements, so the test before each use is skipped; the other pools keep it.
        options.test_before_acquire_if_idle_for(IDLE_TEST_AFTER);
    }
    options.map_sqlx_postgres_opts(move |postgres| {
        postgres.statement_cache_capacity(access.cached_statements())
    });
    options.map_sqlx_postgres_pool_opts(move |pool| {
        configure_sessions(pool, access, timeout.clone(), purpose)
    });
}

fn configure_sessions(
    pool: PgPoolOptions,
    access: Access,
    timeout: Option<StatementTimeout>,
    purpose: Purpose,
) -> PgPoolOptions {
    pool.after_connect(move |connection, _| {
        let timeout = timeout
            .as_ref()
            .map_or(Duration::ZERO, StatementTimeout::get);
        let session_settings = session_settings(access, timeout, purpose);
        Box::pin(async move {
            connection.execute(AssertSqlSafe(session_settings)).await?;
            Ok(())
        })
    })
}

/// JIT is off because our statements are short: to compile one takes longer than to run it. `synchronous_commit` is raised to
/// `on`, so that an acknowledged commit is on disk; stricter settings, which wait for replicas too, are left unchanged.
fn session_settings(access: Access, timeout: Duration, purpose: Purpose) -> String {
    let common = format!(
        "SET application_name = 'demarche'; SET jit = off; SET idle_in_transaction_session_timeout = {}; SET lock_timeout = {}; \
         SET default_transaction_isolation = 'read committed'; SET default_transaction_deferrable = off; \
         SET standard_conforming_strings = on; SET idle_session_timeout = 0; {SEARCH_PATH};",
        IDLE_IN_TRANSACTION_TIMEOUT.as_millis(),
        BUSY_TIMEOUT.as_millis()
    );
    let by_access = match access {
        Access::Read | Access::Inspect => format!(
            "SET default_transaction_read_only = on; SET statement_timeout = {};",
            timeout.as_micros().div_ceil(1_000)
        ),
        Access::Write(_) => format!(
            "SET default_transaction_read_only = off; SET statement_timeout = {}; \
             SELECT set_config('synchronous_commit', 'on', false) \
             WHERE current_setting('synchronous_commit') IN ('off', 'local');",
            WRITE_TIMEOUT.as_millis()
        ),
    };
    let lock = match purpose {
        Purpose::Serve => format!("SELECT pg_advisory_lock_shared({SERVER_LOCK})"),
        Purpose::Command | Purpose::Migrate => String::new(),
    };
    common + &by_access + &lock
}

/// One schema: the first of the path that has our tables, else the first that exists, else `public`. A path that names no
/// existing schema has no effect.
const SEARCH_PATH: &str = "SELECT set_config('search_path', quote_ident(coalesce( \
    (SELECT s.name::text FROM unnest(current_schemas(false)) WITH ORDINALITY AS s (name, place) \
     JOIN pg_class c ON c.relname = 'ledger_head' AND c.relnamespace = quote_ident(s.name)::regnamespace \
     ORDER BY s.place LIMIT 1), current_schema()::text, 'public')), false)";

/// Connects once, for the first real error of a server that is away.
pub(super) async fn try_connect(url: &str) -> Result<()> {
    let options: PgConnectOptions = url.parse().map_err(unavailable)?;
    let connected = tokio::time::timeout(ACQUIRE_TIMEOUT, options.connect()).await;
    let connection: PgConnection = connected
        .unwrap_or_else(|_| {
            let error = std::io::Error::new(
                std::io::ErrorKind::TimedOut,
                "no response from the server in time",
            );
            Err(sqlx::Error::Io(error))
        })
        .map_err(unavailable)?;
    connection.close().await.map_err(unavailable)
}

fn unavailable(error: sqlx::Error) -> Error {
    DbErr::Conn(RuntimeErr::SqlxError(error.into())).into()
}

/// Whether PostgreSQL accepts no writes because it is a standby.
pub(super) async fn is_standby(connection: &DatabaseConnection) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Recovery {
        is_standby: bool,
    }
    let sql = "SELECT pg_is_in_recovery() AS is_standby";
    let query = Statement::from_string(connection.get_database_backend(), sql);
    let row = Recovery::find_by_statement(query).one(connection).await?;
    Ok(row.is_some_and(|row| row.is_standby))
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

/// Updates the planner's statistics of the tables that this role owns; another role may not.
pub(super) async fn analyze(writer: &DatabaseConnection) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Owned {
        tables: Option<String>,
    }
    let sql = "SELECT string_agg(quote_ident(relname), ', ') AS tables FROM pg_class \
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND pg_has_role(relowner, 'USAGE')";
    let query = Statement::from_string(writer.get_database_backend(), sql);
    let owned = Owned::find_by_statement(query).one(writer).await?;
    if let Some(tables) = owned.and_then(|owned| owned.tables) {
        writer
            .execute_unprepared(&format!("ANALYZE {tables}"))
            .await?;
    }
    Ok(())
}

pub(super) async fn assert_server(connection: &DatabaseConnection, purpose: Purpose) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Server {
        version: i32,
        encoding: String,
        fsync: String,
        role: String,
        connections: i32,
    }
    let sql = "SELECT current_setting('server_version_num')::integer AS version, \
        current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync, \
        current_user::text AS role, least( \
            (SELECT CASE WHEN rolconnlimit < 0 THEN 1000000 ELSE rolconnlimit END FROM pg_roles WHERE rolname = current_user), \
            (SELECT CASE WHEN datconnlimit < 0 THEN 1000000 ELSE datconnlimit END FROM pg_database \
             WHERE datname = current_database()), \
            current_setting('max_connections')::integer) AS connections";
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
    if purpose == Purpose::Serve && server.connections < SERVER_CONNECTIONS {
        tracing::warn!(
            "the role `{}` may open {} connections to this database, a server uses {SERVER_CONNECTIONS}: requests will fail with \
             UNAVAILABLE. Raise CONNECTION LIMIT of the role and the database, and max_connections",
            server.role,
            server.connections
        );
    }
    if server.fsync == "off" {
        tracing::warn!(
            "PostgreSQL runs with fsync = off: acknowledged writes may be lost if its machine fails"
        );
    }
    Ok(())
}
