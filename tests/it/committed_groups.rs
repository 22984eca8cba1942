//! A server is handed the entries that it writes itself, and reads those of other processes: both ways have the same effects.

use serde_json::{Value, json};

use crate::app::{TestApp, uncached_limits};
use crate::fixtures::{id, stance_input};
use crate::random_writer::RandomWriter;
use crate::websocket_client::WebSocketClient;

/// Every kind of event, with what a subscription shows of it.
const SUBSCRIPTIONS: [&str; 3] = [
    "subscription($after: String) { ledgerAppended(after: $after) { cursor kind hash payload about { id number } } }",
    "subscription($after: String) { stanceChanged(after: $after) { cursor from to kind unusual disputed
        relationship { id } statement { id } basis { id } revises { cursor } } }",
    "subscription($after: String) { disputeChanged(after: $after) { cursor kind disputed relationship { id }
        rivals { statement { id } } added { statement { id } } removed { statement { id } } } }",
];

/// What the read model answers.
const LISTS: &str = "{ ledger { head { cursor } }
    initiatives { slug reviewedOn tally { total disputed byStance { stance count } } }
    relationships(first: 100, orderBy: { field: CHANGED, direction: DESC }) { totalCount nodes { id stance since disputed reviewedOn
        position(at: { publishedBy: \"2026-01-01\" }) { stance since disputed } } }
    stanceChanges(last: 50, filter: { claimants: [PRESS, REQUESTED_STATE] }) { totalCount nodes { cursor } } }";

async fn subscribe(app: &TestApp, after: &Value) -> Vec<WebSocketClient> {
    let mut sockets = Vec::new();
    for query in SUBSCRIPTIONS {
        sockets.push(app.subscribe(query, json!({ "after": after })).await);
    }
    sockets
}

/// The events of each subscription up to that with a cursor.
async fn list_events(sockets: Vec<WebSocketClient>, ends: &[Value; 3]) -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    for (mut socket, end) in sockets.into_iter().zip(ends) {
        let mut events: Vec<Value> = Vec::new();
        while events.last().is_none_or(|event| event["cursor"] != *end) {
            let mut event = socket.event().await;
            let fields = event.as_object_mut().unwrap().values_mut().next();
            events.push(fields.unwrap().take());
        }
        all.push(events);
    }
    all
}

/// Records a stance and a denial of it, and returns the cursors of both.
async fn record_dispute(app: &TestApp) -> [Value; 2] {
    let source = app.register_source().await;
    let stated = app.record_stance(&source, "NZ", "AGREED", "2025-03").await;
    let stated_at = app.head().await["cursor"].take();
    let mut denial = stance_input(&source, "NZ", "REFUSED", "2025-03");
    denial["contradicts"] = json!([id(&stated)]);
    app.mutate("recordStatement", &denial).await;
    [stated_at, app.head().await["cursor"].take()]
}

#[tokio::test]
async fn own_entries_have_the_effects_that_another_server_reads() {
    let app = TestApp::start_with_limits(uncached_limits()).await;
    let reader = app.start_another(uncached_limits()).await;
    let mut writer = RandomWriter::start(&app, 20_261_201).await;
    let after = app.head().await["cursor"].take();
    let handed_over = subscribe(&app, &after).await;
    let read = subscribe(&reader, &after).await;
    writer.write(80).await;
    let [stated, denied] = record_dispute(&app).await;
    let ends = [denied.clone(), stated, denied];
    let events = list_events(handed_over, &ends).await;
    assert_eq!(events, list_events(read, &ends).await);
    assert!(events.iter().all(|events| events.len() > 3), "{events:?}");
    assert_eq!(app.query(LISTS).await, reader.query(LISTS).await);
    assert_eq!(app.discrepancies().await, []);
}
