//! Databases that other tools have changed: start, `verify`, `migrate` and readiness say what differs and what to do.

use std::sync::Arc;

use demarche::server::Server;
use sea_orm::ConnectionTrait;
use serde_json::Value;

use crate::app::{TestApp, config, fixed_clock, run_demarche, try_demarche};
use crate::database::{
    ALTER_TRIGGER, ALTERATIONS, CREATE_FOREIGN_TRIGGER, DISABLE_FOREIGN_KEYS, DROP_TRIGGERS,
    TestDatabase,
};

async fn bundled_after(statements: &[&str]) -> TestDatabase {
    let test_db = TestDatabase::with_bundled_data().await;
    alter(&test_db, statements).await;
    test_db
}

async fn alter(test_db: &TestDatabase, statements: &[&str]) {
    let db = test_db.connect().await;
    for sql in statements {
        db.execute_unprepared(sql).await.unwrap();
    }
    db.close().await.unwrap();
}

/// The text of the error with which a server refuses to start.
async fn refusal_of(test_db: &TestDatabase) -> String {
    let error = Server::start(&config(test_db.url(), false), fixed_clock()).await;
    let error = error.err().expect("the server started");
    assert_eq!(error.code(), "BAD_USER_INPUT");
    error.to_string()
}

#[tokio::test]
async fn lost_triggers_are_refused_until_migrate_puts_them_back() {
    for damage in [DROP_TRIGGERS, &[ALTER_TRIGGER]] {
        let test_db = bundled_after(damage).await;
        let refusal = refusal_of(&test_db).await;
        for part in [
            "trigger `ledger_entry_",
            "on `ledger_entry`",
            "`demarche migrate`",
        ] {
            assert!(refusal.contains(part), "{part}: {refusal}");
        }
        let (code, text) = try_demarche(&test_db, &["verify"]).await;
        assert!(
            code == 1 && text.contains("the trigger `ledger_entry_"),
            "{text}"
        );
        run_demarche(&test_db, &["migrate"]).await;
        run_demarche(&test_db, &["verify"]).await;
        let db = test_db.connect().await;
        for sql in ALTERATIONS {
            let rejection = db.execute_unprepared(sql).await.unwrap_err().to_string();
            assert!(rejection.contains("append-only"), "{sql}: {rejection}");
        }
        drop(db);
        let server = Server::start(&config(test_db.url(), false), fixed_clock()).await;
        server.unwrap().stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_trigger_of_another_tool_is_named_and_never_removed() {
    let test_db = bundled_after(&[CREATE_FOREIGN_TRIGGER]).await;
    let refusal = refusal_of(&test_db).await;
    assert!(
        refusal.contains("`audit` on `source` is not one of demarche's"),
        "{refusal}"
    );
    for command in [
        &["migrate"][..],
        &["verify"],
        &["import", "--bundled"],
        &["token", "list"],
    ] {
        let (code, text) = try_demarche(&test_db, command).await;
        assert_eq!(code, 1, "{command:?}: {text}");
        assert!(text.contains("DROP TRIGGER audit"), "{command:?}: {text}");
    }
}

#[tokio::test]
async fn a_head_that_is_not_that_of_the_newest_entry_is_refused() {
    for (damage, part) in [
        (
            "UPDATE ledger_head SET seq = 0",
            "ledger_head is at 0, entries reach 676: a restore that did not finish",
        ),
        (
            "DELETE FROM ledger_head",
            "ledger_head is at 0, entries reach 676",
        ),
        (
            "UPDATE ledger_head SET seq = seq + 1",
            "ledger_head is at 677, entries reach 676 only",
        ),
        (
            "UPDATE ledger_head SET hash = 'x'",
            "the hash in ledger_head is not that of entry 676",
        ),
    ] {
        let test_db = bundled_after(&[damage]).await;
        let refusal = refusal_of(&test_db).await;
        assert!(refusal.contains(part), "{refusal}");
        for command in [&["import", "--bundled"][..], &["migrate"], &["verify"]] {
            let (code, text) = try_demarche(&test_db, command).await;
            assert_eq!(code, 1, "{damage}, {command:?}: {text}");
        }
    }
}

#[tokio::test]
async fn a_missing_column_or_table_is_named() {
    for (damage, part) in [
        (
            "ALTER TABLE evidence RENAME COLUMN quote TO words",
            "the column `quote` of `evidence` is missing",
        ),
        (
            "ALTER TABLE api_token RENAME TO tokens",
            "the table `api_token` is missing",
        ),
    ] {
        let test_db = bundled_after(&[damage]).await;
        let refusal = refusal_of(&test_db).await;
        assert!(
            refusal.contains(part) && refusal.contains("restore a backup"),
            "{refusal}"
        );
        for command in ["verify", "migrate"] {
            let (code, text) = try_demarche(&test_db, &[command]).await;
            assert!(code == 1 && text.contains(part), "{command}: {text}");
        }
    }
}

#[tokio::test]
async fn readiness_reports_what_other_tools_change_under_a_server() {
    for (damage, check, value) in [
        (DROP_TRIGGERS, "migrations", "altered"),
        (&[CREATE_FOREIGN_TRIGGER], "migrations", "altered"),
        (
            &["ALTER TABLE evidence RENAME COLUMN quote TO words"],
            "migrations",
            "altered",
        ),
        (
            &["UPDATE ledger_head SET seq = 1"],
            "database",
            "inconsistent",
        ),
    ] {
        let app = TestApp::start().await;
        let db = app.connect_to_database().await;
        for sql in damage {
            db.execute_unprepared(sql).await.unwrap();
        }
        let response = app.get_admin("/readyz").await;
        assert_eq!(response.status(), 503, "{damage:?}");
        let report: Value = response.json().await.unwrap();
        assert_eq!(report["checks"][check], value, "{damage:?}: {report}");
    }
}

#[tokio::test]
async fn readiness_reports_a_feed_that_cannot_read_the_ledger() {
    let app = TestApp::start().await;
    let db = app.connect_to_database().await;
    let rename = "ALTER TABLE ledger_entry RENAME COLUMN kind TO sort";
    db.execute_unprepared(rename).await.unwrap();
    loop {
        let report: Value = app.get_admin("/readyz").await.json().await.unwrap();
        if report["checks"]["feed"] == "failing" {
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn verify_counts_the_missing_rows_of_a_table() {
    let delete = "DELETE FROM evidence WHERE seq > 400";
    let test_db = bundled_after(&[DISABLE_FOREIGN_KEYS, delete]).await;
    let (code, text) = try_demarche(&test_db, &["verify"]).await;
    assert_eq!(code, 1);
    let lines = text.lines().filter(|line| {
        line.starts_with("entry 401: ") && line.contains("missing rows in evidence")
    });
    assert_eq!(lines.count(), 1, "{text}");
}

#[tokio::test]
async fn a_new_generation_is_refused_while_a_server_runs_and_says_what_it_did() {
    let app = TestApp::start().await;
    let arguments = ["migrate", "--new-generation"];
    let (code, text) = try_demarche(app.test_db(), &arguments).await;
    assert_eq!(code, 1, "{text}");
    assert!(
        text.contains("a server or another command has the database open"),
        "{text}"
    );
    let head = app.head().await;
    let test_db = app.stop_and_keep().await;
    let (code, text) = try_demarche(&test_db, &arguments).await;
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("cursors issued so far are rejected"),
        "{text}"
    );
    let app = TestApp::start_on(Arc::into_inner(test_db).unwrap()).await;
    assert_eq!(app.head().await["hash"], head["hash"]);
    assert_ne!(app.head().await["cursor"], head["cursor"]);
}
