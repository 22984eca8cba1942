//! Several servers on one database: each hears what another one writes, and nobody who reads goes back in time.

use demarche::config::Serve;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::app::{TestApp, forgetful, limits};
use crate::database::Home;
use crate::subscriptions::CHANGES;

async fn hear(socket: &mut crate::socket::Socket, state: &str) {
    let change = socket.event().await["stanceChanged"].take();
    assert_eq!(change["relationship"]["requestedState"]["code"], state);
}

#[tokio::test]
async fn what_one_server_writes_another_tells() {
    let (one, paper) = TestApp::start_asking().await;
    let other = one.another(limits()).await;
    let mut socket = other
        .subscribe(CHANGES, json!({ "after": one.genesis().await }))
        .await;
    one.stand(&paper, "RW", "AGREED", "2025-06-03").await;
    hear(&mut socket, "RW").await;
    other.stand(&paper, "PE", "REFUSED", "2025-06-03").await;
    hear(&mut socket, "PE").await;
    one.stand(&paper, "EC", "NAMED", "2025-06-03").await;
    hear(&mut socket, "EC").await;
    assert_eq!(one.faults().await, []);
}

#[tokio::test]
async fn what_is_written_while_nobody_listens_is_told() {
    let (one, paper) = TestApp::start_asking().await;
    let other = one.another(limits()).await;
    let mut socket = other
        .subscribe(CHANGES, json!({ "after": one.genesis().await }))
        .await;
    let outsider = one.outsider().await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    for state in ["RW", "PE", "EC", "GH"] {
        outsider.execute_unprepared(kill).await.unwrap();
        one.stand(&paper, state, "NAMED", "2025-06-03").await;
        hear(&mut socket, state).await;
    }
}

#[tokio::test]
async fn whoever_has_seen_more_than_the_replica_reads_the_primary() {
    let (app, paper) = TestApp::start_asking().await;
    app.stand(&paper, "RW", "NAMED", "2025-06-03").await;
    // A replica that has come so far and stands still.
    let (app, behind) = app.restart_after(Home::copy).await;
    let config = |serve: Serve| Serve {
        read_database_url: Some(behind.url()),
        ..serve
    };
    let server = app.another_as(config).await;
    let count = "{ statements { totalCount } }";
    let counted = |count: i64| json!({ "statements": { "totalCount": count } });
    assert_eq!(server.query(count).await, counted(1));
    server.stand(&paper, "PE", "REFUSED", "2025-06-03").await;
    assert_eq!(server.query(count).await, counted(2));
    let written = app.stand(&paper, "EC", "NAMED", "2025-06-03").await;
    let after = &written["ledgerHead"]["cursor"];
    let page =
        "query($after: String!) { ledger { entries(before: $after, last: 1) { nodes { seq } } } }";
    let page = server.answer(page, json!({ "after": after })).await;
    let seq = page["data"]["ledger"]["entries"]["nodes"][0]["seq"].as_i64();
    assert_eq!(
        seq,
        Some(written["ledgerHead"]["seq"].as_i64().unwrap() - 1),
        "{page}"
    );
    assert_eq!(server.query(count).await, counted(3));
}

#[tokio::test]
async fn a_replica_is_read_while_it_is_up_to_date_and_missed_by_nobody_when_it_is_gone() {
    let (app, paper) = TestApp::start_asking().await;
    app.stand(&paper, "RW", "NAMED", "2025-06-03").await;
    let (app, copy) = app.restart_after(Home::copy).await;
    // What only the replica says shows who was read.
    let mark = "UPDATE source SET title = 'the replica''s'";
    copy.connect().await.execute_unprepared(mark).await.unwrap();
    let config = |serve: Serve| Serve {
        read_database_url: Some(copy.url()),
        limits: forgetful(),
        ..serve
    };
    let server = app.another_as(config).await;
    let title = async || {
        let query = "{ sources(first: 1) { nodes { title } } }";
        let answer = server.answer(query, json!({})).await;
        let title = answer.pointer("/data/sources/nodes/0/title");
        title.cloned().unwrap_or_default()
    };
    let primary = title().await;
    while title().await != "the replica's" {}
    copy.shut().await;
    // A query may fail that was under way.
    while title().await != primary {}
}
