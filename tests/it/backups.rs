//! Backups during writes, restored ledgers, and cursors of the database that was copied.

use std::sync::atomic::{AtomicBool, Ordering};

use demarche::database::IfMissing;
use demarche::ledger::export::export;
use demarche::ledger::restore::{RestoreSummary, restore};
use demarche::server::open;
use serde_json::{Value, json};

use crate::app::{TestApp, only_error};
use crate::database::TestDatabase;
use crate::subscriptions::{CHANGES, list_cursors};

/// Subjects of the statements, in turn.
const STATES: [&str; 4] = ["RW", "PE", "EC", "GH"];

/// Writes until `is_over`; returns the number of acknowledged writes.
async fn write_until(app: &TestApp, source_id: &str, is_over: &AtomicBool) -> i64 {
    let mut written = 0;
    for (state, stance) in STATES
        .iter()
        .cycle()
        .zip(["NAMED", "AGREED"].iter().cycle())
    {
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        app.record_stance(source_id, state, stance, "2025-06-03")
            .await;
        written += 1;
    }
    written
}

fn seq(head: &Value) -> i64 {
    head["seq"].as_i64().unwrap()
}

/// The errors of a subscription that starts after a cursor.
async fn subscription_errors(app: &TestApp, after: &Value) -> Value {
    let mut socket = app.subscribe(CHANGES, json!({ "after": after })).await;
    let error = socket.next().await;
    assert_eq!(error["type"], "error", "{error:#}");
    json!({ "errors": error["payload"] })
}

#[tokio::test]
async fn a_backup_during_writes_is_complete_and_rejects_earlier_cursors() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let early = app
        .record_stance(&source_id, "RW", "NAMED", "2025-06-02")
        .await["ledgerHead"]
        .take();
    let is_over = AtomicBool::new(false);
    let back_up = async {
        let mut copies = Vec::new();
        for _ in 0..3 {
            let before = seq(&app.head().await);
            let copy = app.test_db().back_up().await;
            copies.push((before, copy, seq(&app.head().await)));
        }
        is_over.store(true, Ordering::SeqCst);
        copies
    };
    let (written, copies) = tokio::join!(write_until(&app, &source_id, &is_over), back_up);
    assert_eq!(seq(&app.head().await), seq(&early) + written);
    for (before, copy, after) in copies {
        let server = TestApp::start_on(copy).await;
        let newest = server.head().await;
        assert!(
            (before..=after).contains(&seq(&newest)),
            "{before} {newest} {after}"
        );
        assert_eq!(server.discrepancies().await, []);
        // Also cursors of entries that the copy contains.
        for cursor in [&early["cursor"], &app.head().await["cursor"]] {
            let rejection = subscription_errors(&server, cursor).await;
            assert_eq!(
                only_error(&rejection),
                ("CURSOR_INVALID".to_owned(), "after".to_owned())
            );
            let reported = &rejection["errors"][0]["extensions"]["head"];
            for field in ["seq", "hash", "cursor"] {
                assert_eq!(reported[field], newest[field]);
            }
        }
        let mut socket = server
            .subscribe(CHANGES, json!({ "after": newest["cursor"] }))
            .await;
        server
            .record_stance(&source_id, "SZ", "AGREED", "2025-07-01")
            .await;
        let event = socket.event().await["stanceChanged"].take();
        assert_eq!(event["relationship"]["requestedState"]["code"], "SZ");
    }
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn subscribers_receive_a_ledger_restored_under_a_running_server() {
    let bundled = TestApp::start().await;
    let mut file = Vec::new();
    let from = open(&bundled.database_url(), IfMissing::Fail)
        .await
        .unwrap();
    let entries = export(from.reader(), &mut file).await.unwrap();

    let app = TestApp::start_empty().await;
    let genesis = app.genesis().await;
    let newest = app.head().await["cursor"].take();
    let mut sockets = Vec::new();
    for after in [json!(genesis), newest] {
        sockets.push(app.subscribe(CHANGES, json!({ "after": after })).await);
    }
    let into = open(&app.database_url(), IfMissing::Fail).await.unwrap();
    let restored = restore(into.writer(), || Ok(file.as_slice()))
        .await
        .unwrap();
    let recorded = entries;
    assert_eq!(
        restored,
        RestoreSummary {
            recorded,
            present: 0
        }
    );

    // The cursors of the exporting server belong to another generation, so only their number is compared.
    let changes = list_cursors(&bundled).await.len();
    sockets.push(app.subscribe(CHANGES, json!({ "after": genesis })).await);
    for socket in &mut sockets {
        let mut cursors = Vec::new();
        for _ in 0..changes {
            cursors.push(socket.event().await["stanceChanged"]["cursor"].take());
        }
        assert_eq!(cursors, list_cursors(&app).await);
    }
    let source_id = app.register_source().await;
    app.mutate(
        "openInitiative",
        &crate::fixtures::initiative(crate::fixtures::SLUG),
    )
    .await;
    app.record_stance(&source_id, "RW", "AGREED", "2025-06-03")
        .await;
    assert_eq!(app.discrepancies().await, []);
    let errors = subscription_errors(&app, &bundled.head().await["cursor"]).await;
    assert_eq!(only_error(&errors).0, "CURSOR_INVALID");
}

#[tokio::test]
async fn a_new_generation_rejects_all_earlier_cursors() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let earlier = app
        .record_stance(&source_id, "RW", "NAMED", "2025-06-02")
        .await["ledgerHead"]
        .take();
    let (app, ()) = app.restart_after(TestDatabase::rotate_generation).await;
    let rejection = subscription_errors(&app, &earlier["cursor"]).await;
    assert_eq!(only_error(&rejection).0, "CURSOR_INVALID");
    assert_eq!(app.head().await["hash"], earlier["hash"]);
    assert_eq!(app.discrepancies().await, []);
}
