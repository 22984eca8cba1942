//! Copies of a database that others go on to write to, and ledgers that move.

use std::sync::atomic::{AtomicBool, Ordering};

use demarche::database::Missing;
use demarche::ledger::export::export;
use demarche::ledger::restore::{Restored, restore};
use demarche::server::open;
use serde_json::{Value, json};

use crate::app::{TestApp, refusal};
use crate::database::Home;
use crate::subscriptions::{CHANGES, list_cursors};

/// States that statements are made about, over and over.
const STATES: [&str; 4] = ["RW", "PE", "EC", "GH"];

/// Writes until it is told to stop; how many were acknowledged.
async fn go_on_writing(app: &TestApp, paper: &str, is_over: &AtomicBool) -> i64 {
    let mut written = 0;
    for (state, stance) in STATES
        .iter()
        .cycle()
        .zip(["NAMED", "AGREED"].iter().cycle())
    {
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        app.stand(paper, state, stance, "2025-06-03").await;
        written += 1;
    }
    written
}

fn seq(head: &Value) -> i64 {
    head["seq"].as_i64().unwrap()
}

/// What a subscription is answered that begins after a cursor.
async fn refused(app: &TestApp, after: &Value) -> Value {
    let mut socket = app.subscribe(CHANGES, json!({ "after": after })).await;
    let error = socket.next().await;
    assert_eq!(error["type"], "error", "{error:#}");
    json!({ "errors": error["payload"] })
}

#[tokio::test]
async fn a_backup_made_while_others_write_is_whole_and_refuses_the_cursors_of_before() {
    let (app, paper) = TestApp::start_asking().await;
    let early = app.stand(&paper, "RW", "NAMED", "2025-06-02").await["ledgerHead"].take();
    let is_over = AtomicBool::new(false);
    let back_up = async {
        let mut copies = Vec::new();
        for _ in 0..3 {
            let before = seq(&app.head().await);
            let copy = app.home().back_up().await;
            copies.push((before, copy, seq(&app.head().await)));
        }
        is_over.store(true, Ordering::SeqCst);
        copies
    };
    let (written, copies) = tokio::join!(go_on_writing(&app, &paper, &is_over), back_up);
    assert_eq!(seq(&app.head().await), seq(&early) + written);
    for (before, copy, after) in copies {
        let server = TestApp::start_on(copy).await;
        let newest = server.head().await;
        assert!(
            (before..=after).contains(&seq(&newest)),
            "{before} {newest} {after}"
        );
        assert_eq!(server.faults().await, []);
        // Whatever it says has come, also what is in the copy.
        for cursor in [&early["cursor"], &app.head().await["cursor"]] {
            let refused = refused(&server, cursor).await;
            assert_eq!(
                refusal(&refused),
                ("CURSOR_INVALID".to_owned(), "after".to_owned())
            );
            let told = &refused["errors"][0]["extensions"]["head"];
            for field in ["seq", "hash", "cursor"] {
                assert_eq!(told[field], newest[field]);
            }
        }
        let mut socket = server
            .subscribe(CHANGES, json!({ "after": newest["cursor"] }))
            .await;
        server.stand(&paper, "SZ", "AGREED", "2025-07-01").await;
        let heard = socket.event().await["stanceChanged"].take();
        assert_eq!(heard["relationship"]["requestedState"]["code"], "SZ");
    }
    assert_eq!(app.faults().await, []);
}

#[tokio::test]
async fn a_ledger_restored_under_a_server_is_heard_from_its_first_entry() {
    let shipped = TestApp::start().await;
    let mut file = Vec::new();
    let from = open(&shipped.database_url(), Missing::Refuse)
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
    let into = open(&app.database_url(), Missing::Refuse).await.unwrap();
    let restored = restore(into.writer(), || Ok(file.as_slice()))
        .await
        .unwrap();
    let recorded = entries;
    assert_eq!(
        restored,
        Restored {
            recorded,
            present: 0
        }
    );

    // Their cursors are of another generation.
    let changes = list_cursors(&shipped).await.len();
    sockets.push(app.subscribe(CHANGES, json!({ "after": genesis })).await);
    for socket in &mut sockets {
        let mut heard = Vec::new();
        for _ in 0..changes {
            heard.push(socket.event().await["stanceChanged"]["cursor"].take());
        }
        assert_eq!(heard, list_cursors(&app).await);
    }
    let paper = app.register().await;
    app.accept(
        "openInitiative",
        &crate::editor::initiative(crate::editor::SLUG),
    )
    .await;
    app.stand(&paper, "RW", "AGREED", "2025-06-03").await;
    assert_eq!(app.faults().await, []);
    let told = refused(&app, &shipped.head().await["cursor"]).await;
    assert_eq!(refusal(&told).0, "CURSOR_INVALID");
}

#[tokio::test]
async fn a_database_that_takes_the_place_of_another_can_be_told_to_refuse_all_cursors() {
    let (app, paper) = TestApp::start_asking().await;
    let told = app.stand(&paper, "RW", "NAMED", "2025-06-02").await["ledgerHead"].take();
    let (app, ()) = app.restart_after(Home::renew).await;
    let refused = refused(&app, &told["cursor"]).await;
    assert_eq!(refusal(&refused).0, "CURSOR_INVALID");
    assert_eq!(app.head().await["hash"], told["hash"]);
    assert_eq!(app.faults().await, []);
}
