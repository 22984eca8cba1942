//! Administration of a PostgreSQL database by others: dumps, replication roles, settings of the database, connection limits.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use demarche::database::IfMissing;
use demarche::server::{Server, open};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use crate::app::{TestApp, config, fixed_clock, run_demarche, try_demarche};
use crate::database::TestDatabase;
use crate::fixtures::stance_input;
use crate::operators::{drop_role, make_role};

/// The database has no name in `ALTER DATABASE … SET`, hence the block.
async fn set_for_database(test_db: &TestDatabase, setting: &str) {
    let sql = format!(
        "DO $do$ BEGIN EXECUTE format('ALTER DATABASE %I SET {}', current_database()); END $do$",
        setting.replace('\'', "''")
    );
    let db = test_db.connect().await;
    db.execute_unprepared(&sql).await.unwrap();
    db.close().await.unwrap();
}

#[tokio::test]
async fn disabled_triggers_are_refused_until_migrate_enables_them() {
    for table in ["ledger_entry", "search_index"] {
        let test_db = TestDatabase::with_bundled_data().await;
        let db = test_db.connect().await;
        let disable = format!("ALTER TABLE {table} DISABLE TRIGGER ALL");
        db.execute_unprepared(&disable).await.unwrap();
        let count = "UPDATE search_total SET rows = rows + 1";
        db.execute_unprepared(count).await.unwrap();
        let (code, text) = try_demarche(&test_db, &["verify"]).await;
        let part = format!("on `{table}` is disabled");
        assert!(code == 1 && text.contains(&part), "{text}");
        assert!(text.contains("the totals in search_total"), "{text}");
        let start = Server::start(&config(test_db.url(), false), fixed_clock()).await;
        let refusal = start.err().unwrap().to_string();
        assert!(
            refusal.contains(&part) && refusal.contains("`demarche migrate`"),
            "{refusal}"
        );
        run_demarche(&test_db, &["migrate"]).await;
        run_demarche(&test_db, &["verify"]).await;
    }
}

#[tokio::test]
async fn no_entry_can_be_altered_while_replication_applies_changes() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    let role = "SET session_replication_role = replica";
    db.execute_unprepared(role).await.unwrap();
    for sql in [
        "UPDATE ledger_entry SET actor = 'x' WHERE seq = 7",
        "DELETE FROM ledger_entry WHERE seq = 7",
        "TRUNCATE ledger_entry",
    ] {
        let rejection = db.execute_unprepared(sql).await.unwrap_err().to_string();
        assert!(rejection.contains("append-only"), "{sql}: {rejection}");
    }
}

#[tokio::test]
async fn a_rule_on_a_table_is_refused() {
    let test_db = TestDatabase::with_bundled_data().await;
    let rule = "CREATE RULE quiet AS ON INSERT TO source DO INSTEAD NOTHING";
    test_db
        .connect()
        .await
        .execute_unprepared(rule)
        .await
        .unwrap();
    let start = Server::start(&config(test_db.url(), false), fixed_clock()).await;
    let refusal = start.err().unwrap().to_string();
    assert!(refusal.contains("`quiet` on `source`"), "{refusal}");
}

#[tokio::test]
async fn a_dump_is_restored_with_its_schema_first_and_its_data_later() {
    let test_db = TestDatabase::with_bundled_data().await;
    let copy = TestDatabase::empty().await;
    let script = format!(
        "set -euo pipefail; PATH=$PATH:$(echo /usr/lib/postgresql/*/bin | tr ' ' :); \
         pg_dump --format=custom --no-owner --file=dump '{}'; \
         for part in --schema-only '--data-only --disable-triggers'; do pg_restore --exit-on-error --no-owner $part --dbname='{}' dump; done",
        test_db.url(),
        copy.url()
    );
    let folder = copy.path().to_owned();
    let restore = move || {
        Command::new("bash")
            .args(["-c", &script])
            .current_dir(folder)
            .output()
            .unwrap()
    };
    let output = tokio::task::spawn_blocking(restore).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    run_demarche(&copy, &["verify"]).await;
    let server = Server::start(&config(copy.url(), false), fixed_clock()).await;
    server.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn triggers_work_in_a_session_without_a_search_path() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    for sql in [
        "SET search_path = ''",
        "INSERT INTO public.search_index (id, kind, title, body, words, size) VALUES (9000, 'Source', 'x', 'x', 'x', 1)",
        "DELETE FROM public.search_index WHERE id = 9000",
    ] {
        db.execute_unprepared(sql).await.unwrap();
    }
    run_demarche(&test_db, &["verify"]).await;
}

#[tokio::test]
async fn settings_of_the_database_have_no_effect_on_our_sessions() {
    for setting in [
        "default_transaction_read_only = on",
        "default_transaction_isolation = 'serializable'",
        "search_path = 'nix'",
        "search_path = ''",
        "standard_conforming_strings = off",
        "lock_timeout = 1",
    ] {
        let test_db = TestDatabase::empty().await;
        set_for_database(&test_db, setting).await;
        let server = Server::start(&config(test_db.url(), false), fixed_clock()).await;
        let server = server.unwrap_or_else(|error| panic!("{setting}: {error}"));
        assert_eq!(server.entries, 676, "{setting}");
        server.stop().await.unwrap();
        run_demarche(&test_db, &["import", "--bundled"]).await;
        run_demarche(
            &test_db,
            &["token", "create", "--role", "editor", "--name", "desk"],
        )
        .await;
        run_demarche(&test_db, &["migrate", "--new-generation"]).await;
        run_demarche(&test_db, &["verify"]).await;
    }
}

/// Makes every write of the ledger fail with an SQLSTATE.
async fn fail_writes(app: &TestApp, sqlstate: &str) {
    let sql = format!(
        "CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql \
         AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlstate}'; END $$;
         CREATE OR REPLACE TRIGGER fail BEFORE UPDATE ON ledger_head FOR EACH STATEMENT EXECUTE FUNCTION fail()"
    );
    app.connect_to_database()
        .await
        .execute_unprepared(&sql)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_read_only_database_and_a_deadlock_are_unavailable_and_no_internal_error() {
    for (sqlstate, writes) in [("25006", "read_only"), ("40P01", "ok"), ("40001", "ok")] {
        let (app, source_id) = TestApp::start_with_initiative().await;
        fail_writes(&app, sqlstate).await;
        let input = stance_input(&source_id, "RW", "AGREED", "2026-11-20");
        let rejection = app.try_mutate("recordStatement", &input).await;
        let code = &rejection["errors"][0]["extensions"]["code"];
        assert_eq!(code, "UNAVAILABLE", "{sqlstate}: {rejection:#}");
        let report: Value = app.get_admin("/readyz").await.json().await.unwrap();
        assert_eq!(report["checks"]["writes"], writes, "{sqlstate}: {report}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_an_error_with_its_cause() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let error = open(&format!("postgres://{closed}/none"), IfMissing::Create)
        .await
        .err()
        .unwrap();
    let text = error.to_string();
    assert!(text.contains("Connection refused"), "{text}");
    let test_db = TestDatabase::empty().await;
    let error = open(&test_db.url_as("nobody_at_all"), IfMissing::Create)
        .await
        .err()
        .unwrap();
    let text = error.to_string();
    assert!(text.contains("nobody_at_all"), "{text}");
}

#[tokio::test]
async fn a_role_with_too_few_connections_is_named_at_the_start() {
    let test_db = TestDatabase::with_bundled_data().await;
    let role = make_role(&test_db, "demarche_few").await;
    let owner = open(&test_db.url(), IfMissing::Fail).await.unwrap();
    demarche::database::grant(owner.writer(), &role)
        .await
        .unwrap();
    owner.close().await.unwrap();
    let db = test_db.connect().await;
    let limit = format!("ALTER ROLE \"{role}\" CONNECTION LIMIT 5");
    db.execute_unprepared(&limit).await.unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
    command.args(["serve", "--listen=127.0.0.1:0"]);
    command.env("DEMARCHE_DATABASE_URL", test_db.url_as(&role));
    let mut server = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let warning = lines
        .map(Result::unwrap)
        .find(|line| line.contains("CONNECTION LIMIT"));
    assert!(warning.unwrap().contains("may open 5 connections"));
    server.kill().unwrap();
    server.wait().unwrap();
    let query = Statement::from_string(
        DbBackend::Postgres,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()",
    );
    db.query_all_raw(query).await.unwrap();
    drop_role(&test_db, &role).await;
}
