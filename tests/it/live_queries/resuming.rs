//! Returning to a live query: nothing has changed, the change since, or the whole answer with the reason.

use serde_json::{Value, json};

use super::client::LiveClient;
use super::{LIST, executions, start_about};
use crate::app::{TestApp, limits};
use crate::fixtures::initiative;

const PATCHED: &str = "query($after: String) @live(patch: true, after: $after)";
const WHOLE: &str = "query($after: String) @live(after: $after)";

fn query(head: &str) -> String {
    format!("{head} {{ {LIST} }}")
}

/// A server with a few relationships, and a client that has an answer.
async fn start() -> (TestApp, String, LiveClient) {
    let (app, source) = start_about(&["RW", "PE", "EC", "GH", "SN"]).await;
    let mut client = LiveClient::start(&app, &query(PATCHED), json!({})).await;
    client.receive().await;
    (app, source, client)
}

async fn fresh(app: &TestApp) -> Value {
    app.query(&format!("{{ {LIST} }}")).await
}

#[tokio::test]
async fn a_client_that_missed_nothing_is_told_so_and_nothing_is_executed() {
    let (app, source, client) = start().await;
    app.register_source().await;
    app.mutate("openInitiative", &initiative("others")).await;
    // Another keeps the topic.
    let mut other = LiveClient::start(&app, &query(WHOLE), json!({})).await;
    other.receive().await;
    let before = executions(&app).await;
    let cursor = client.cursor().to_owned();
    let mut client = client.resume(&app, &query(PATCHED)).await;
    let live = client.receive().await["extensions"]["live"].take();
    assert_eq!(live["unchanged"], true);
    assert_eq!(live["from"], cursor);
    assert_eq!(executions(&app).await, before);
    app.record_stance(&source, "PE", "AGREED", "2025-05").await;
    client.receive().await;
    assert_eq!(client.document(), &fresh(&app).await);
}

#[tokio::test]
async fn a_client_at_the_head_waits_for_the_next_entry_without_an_execution() {
    let (app, source, client) = start().await;
    let app = app.restart().await;
    let mut client = client.resume(&app, &query(PATCHED)).await;
    assert_eq!(
        client.receive().await["extensions"]["live"]["unchanged"],
        true
    );
    // The answer is not known here, but it does not change.
    app.register_source().await;
    super::wait_for_metric(&app, "live_unchanged_total", 1).await;
    app.record_stance(&source, "PE", "AGREED", "2025-05").await;
    let change = client.receive().await;
    assert!(change["extensions"]["live"]["patch"].is_array(), "{change}");
    assert_eq!(client.document(), &fresh(&app).await);
}

#[tokio::test]
async fn a_client_that_waits_at_the_head_receives_the_first_change_as_a_patch() {
    let (app, source, client) = start().await;
    let app = app.restart().await;
    let mut client = client.resume(&app, &query(PATCHED)).await;
    client.receive().await;
    // One that has nothing joins it.
    let mut other = LiveClient::start(&app, &query(WHOLE), json!({})).await;
    other.receive().await;
    assert_eq!(other.document(), client.document());
    app.record_stance(&source, "PE", "AGREED", "2025-05").await;
    let change = client.receive().await;
    assert!(change["extensions"]["live"]["patch"].is_array(), "{change}");
    other.receive().await;
    for client in [&client, &other] {
        assert_eq!(client.document(), &fresh(&app).await);
    }
}

#[tokio::test]
async fn a_client_that_missed_changes_receives_one_patch_from_its_own_answer() {
    let (app, source, client) = start().await;
    for (state, stance) in [("PE", "AGREED"), ("RW", "REFUSED"), ("PE", "IMPLEMENTING")] {
        app.record_stance(&source, state, stance, "2025-05").await;
    }
    let cursor = client.cursor().to_owned();
    let mut client = client.resume(&app, &query(PATCHED)).await;
    let live = client.receive().await["extensions"]["live"].take();
    assert_eq!(live["from"], cursor);
    assert!(live["patch"].is_array(), "{live}");
    assert_eq!(client.document(), &fresh(&app).await);
}

#[tokio::test]
async fn a_client_that_reads_no_patches_receives_the_whole_answer() {
    let (app, source, client) = start().await;
    app.record_stance(&source, "PE", "AGREED", "2025-05").await;
    let mut client = client.resume(&app, &query(WHOLE)).await;
    let answer = client.receive().await;
    assert_eq!(answer["data"], fresh(&app).await);
    let head = app.head().await["cursor"].take();
    assert_eq!(answer["extensions"]["live"], json!({ "cursor": head }));
}

#[tokio::test]
async fn a_change_that_was_taken_back_is_no_change() {
    let (app, source, client) = start().await;
    let payload = app.record_stance(&source, "PE", "AGREED", "2025-05").await;
    let retraction = json!({ "statement": crate::fixtures::id(&payload), "reason": "a mistake" });
    app.mutate("retractStatement", &retraction).await;
    let mut client = client.resume(&app, &query(PATCHED)).await;
    let live = client.receive().await["extensions"]["live"].take();
    assert_eq!(live["unchanged"], true, "{live}");
    assert_eq!(live["cursor"], app.head().await["cursor"]);
}

#[tokio::test]
async fn a_client_resumes_after_a_restart() {
    let (app, source, client) = start().await;
    app.record_stance(&source, "PE", "AGREED", "2025-05").await;
    let app = app.restart().await;
    app.record_stance(&source, "RW", "REFUSED", "2025-05").await;
    let mut client = client.resume(&app, &query(PATCHED)).await;
    let change = client.receive().await;
    assert!(change["extensions"]["live"]["patch"].is_array(), "{change}");
    assert_eq!(client.document(), &fresh(&app).await);
}

#[tokio::test]
async fn a_client_resumes_at_another_server() {
    let (app, source, mut client) = start().await;
    let other = app.start_another(limits()).await;
    for (at, stance) in ["NAMED", "AGREED", "REFUSED", "AGREED"].iter().enumerate() {
        let day = format!("2025-05-{:02}", at + 1);
        app.record_stance(&source, "PE", stance, &day).await;
        let server = if at % 2 == 0 { &other } else { &app };
        client = client.resume(server, &query(PATCHED)).await;
        while client.document() != &fresh(&app).await {
            client.receive().await;
        }
    }
}

/// The first message to a client with a cursor.
async fn first_with(app: &TestApp, cursor: &str) -> Value {
    let mut socket = app
        .subscribe(&query(PATCHED), json!({ "after": cursor }))
        .await;
    socket.next().await["payload"].take()
}

#[tokio::test]
async fn a_cursor_that_cannot_be_honoured_gives_the_whole_answer_and_the_reason() {
    let (app, _, client) = start().await;
    let (elsewhere, _) = TestApp::start_with_initiative().await;
    let other_ledger = elsewhere.head().await["cursor"].take();
    let cursor = demarche::model::cursor::LedgerCursor::parse(client.cursor()).unwrap();
    let ahead = demarche::model::cursor::LedgerCursor {
        seq: cursor.seq + 10,
        ..cursor.clone()
    };
    let altered = demarche::model::cursor::LedgerCursor {
        hash_prefix: "0123456789abcdef".to_owned(),
        ..cursor
    };
    for (cursor, reason) in [
        (other_ledger.as_str().unwrap(), "OTHER_LEDGER"),
        (&ahead.to_string(), "AHEAD"),
        (&altered.to_string(), "ALTERED"),
        (&app.genesis().await, "UNAVAILABLE"),
    ] {
        let first = first_with(&app, cursor).await;
        assert_eq!(first["data"], fresh(&app).await);
        let head = app.head().await["cursor"].take();
        let expected = json!({ "cursor": head, "reset": reason });
        assert_eq!(first["extensions"]["live"], expected);
    }
    for malformed in ["", "x", "🦀"] {
        let errors = first_with(&app, malformed).await;
        assert_eq!(
            errors[0]["extensions"]["code"], "CURSOR_INVALID",
            "{errors}"
        );
        assert!(errors[0]["extensions"]["head"]["cursor"].is_string());
    }
}
