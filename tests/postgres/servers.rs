//! Several servers on one database: each delivers the writes of the others, and reads from a replica never go back in time.

use demarche::config::Serve;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::app::{TestApp, limits, uncached_limits};
use crate::database::TestDatabase;
use crate::fixtures::source;
use crate::subscriptions::CHANGES;
use crate::webhook_receiver::Receiver;

async fn expect_change(socket: &mut crate::websocket_client::WebSocketClient, state: &str) {
    let change = socket.event().await["stanceChanged"].take();
    assert_eq!(change["relationship"]["requestedState"]["code"], state);
}

#[tokio::test]
async fn writes_of_one_server_reach_the_subscribers_of_another() {
    let (one, source_id) = TestApp::start_with_initiative().await;
    let other = one.start_another(limits()).await;
    let mut socket = other
        .subscribe(CHANGES, json!({ "after": one.genesis().await }))
        .await;
    one.record_stance(&source_id, "RW", "AGREED", "2025-06-03")
        .await;
    expect_change(&mut socket, "RW").await;
    other
        .record_stance(&source_id, "PE", "REFUSED", "2025-06-03")
        .await;
    expect_change(&mut socket, "PE").await;
    one.record_stance(&source_id, "EC", "NAMED", "2025-06-03")
        .await;
    expect_change(&mut socket, "EC").await;
    assert_eq!(one.discrepancies().await, []);
}

#[tokio::test]
async fn one_server_of_several_sends_a_webhook_and_another_one_continues() {
    let (one, source_id) = TestApp::start_with_initiative().await;
    let other = one.start_another(limits()).await;
    let mut receiver = Receiver::start(&[]).await;
    one.add_webhook(&receiver, &[]).await;
    for (state, stance) in [("RW", "NAMED"), ("PE", "NAMED"), ("RW", "AGREED")] {
        one.record_stance(&source_id, state, stance, "2025-06-03")
            .await;
        other
            .record_stance(&source_id, "EC", stance, "2025-06-03")
            .await;
    }
    // Entry 6 changes nothing: the state was named before.
    let sent: Vec<String> = receiver
        .changes(5)
        .await
        .into_iter()
        .map(|it| it.0)
        .collect();
    assert_eq!(sent, ["RW", "EC", "PE", "RW", "EC"]);
    one.webhooks_until("after entry 8  active").await;
    one.stop().await;
    other
        .record_stance(&source_id, "GH", "NAMED", "2025-06-03")
        .await;
    assert_eq!(receiver.next().await.change().0, "GH");
    assert!(receiver.is_quiet());
}

#[tokio::test]
async fn writes_without_a_listen_connection_are_delivered() {
    let (one, source_id) = TestApp::start_with_initiative().await;
    let other = one.start_another(limits()).await;
    let mut socket = other
        .subscribe(CHANGES, json!({ "after": one.genesis().await }))
        .await;
    let db = one.connect_to_database().await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    for state in ["RW", "PE", "EC", "GH"] {
        db.execute_unprepared(kill).await.unwrap();
        one.record_stance(&source_id, state, "NAMED", "2025-06-03")
            .await;
        expect_change(&mut socket, state).await;
    }
}

#[tokio::test]
async fn a_client_ahead_of_the_replica_reads_the_primary() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    app.record_stance(&source_id, "RW", "NAMED", "2025-06-03")
        .await;
    // A replica that has stopped following the primary.
    let (app, behind) = app.restart_after(TestDatabase::copy).await;
    let config = |serve: Serve| Serve {
        read_database_url: Some(behind.url()),
        ..serve
    };
    let server = app.start_another_with(config).await;
    let count = "{ statements { totalCount } }";
    let expected = |count: i64| json!({ "statements": { "totalCount": count } });
    assert_eq!(server.query(count).await, expected(1));
    server
        .record_stance(&source_id, "PE", "REFUSED", "2025-06-03")
        .await;
    assert_eq!(server.query(count).await, expected(2));
    let written = app
        .record_stance(&source_id, "EC", "NAMED", "2025-06-03")
        .await;
    let after = &written["ledgerHead"]["cursor"];
    let page =
        "query($after: String!) { ledger { entries(before: $after, last: 1) { nodes { seq } } } }";
    let page = server.execute(page, json!({ "after": after })).await;
    let seq = page["data"]["ledger"]["entries"]["nodes"][0]["seq"].as_i64();
    assert_eq!(
        seq,
        Some(written["ledgerHead"]["seq"].as_i64().unwrap() - 1),
        "{page}"
    );
    assert_eq!(server.query(count).await, expected(3));
}

#[tokio::test]
async fn a_current_replica_is_read_and_the_primary_replaces_it_when_it_fails() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    app.record_stance(&source_id, "RW", "NAMED", "2025-06-03")
        .await;
    let (app, copy) = app.restart_after(TestDatabase::copy).await;
    // A title that only the replica has shows which database was read.
    let mark = "UPDATE source SET title = 'the replica''s'";
    copy.connect().await.execute_unprepared(mark).await.unwrap();
    let config = |serve: Serve| Serve {
        read_database_url: Some(copy.url()),
        limits: uncached_limits(),
        ..serve
    };
    let server = app.start_another_with(config).await;
    let title = async || {
        let query = "{ sources(first: 1) { nodes { title } } }";
        let response = server.execute(query, json!({})).await;
        let title = response.pointer("/data/sources/nodes/0/title");
        title.cloned().unwrap_or_default()
    };
    // The server may read the replica from its first query on.
    let primary = source()["title"].clone();
    while title().await != "the replica's" {}
    copy.deny_connections().await;
    // A query in progress may fail.
    while title().await != primary {}
}
