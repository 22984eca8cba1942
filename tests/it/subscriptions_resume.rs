//! Resuming subscriptions across reconnects, restarts and writes of other processes: no gap, no duplicate.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::app::{TestApp, limits, run_demarche};
use crate::fixtures::{document, request, stance_input};
use crate::subscriptions::{CHANGES, cursor_of, list_cursors};
use crate::websocket_client::WebSocketClient;

/// Imports a document by another process while the server runs.
async fn import(app: &TestApp, document: &Value) {
    let file = app.directory().join("document.json");
    std::fs::write(&file, document.to_string()).unwrap();
    run_demarche(app.test_db(), &["import", file.to_str().unwrap()]).await;
}

#[tokio::test]
async fn after_a_restart_every_change_arrives_once() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let after = app.genesis().await;
    let mut socket = app.subscribe(CHANGES, json!({ "after": after })).await;
    app.record_stance(&source_id, "RW", "NAMED", "2025-03")
        .await;
    let mut cursors = vec![cursor_of(&socket.event().await["stanceChanged"])];
    let (app, (code, _)) = tokio::join!(app.restart(), socket.close_frame());
    assert_eq!(code, 1012);

    app.record_stance(&source_id, "PE", "NAMED", "2025-03")
        .await;
    let mut socket = app.subscribe(CHANGES, json!({ "after": cursors[0] })).await;
    app.record_stance(&source_id, "EC", "NAMED", "2025-03")
        .await;
    for _ in 0..2 {
        cursors.push(cursor_of(&socket.event().await["stanceChanged"]));
    }
    assert_eq!(cursors, list_cursors(&app).await);
}

#[tokio::test]
async fn another_server_takes_over_the_clients_of_one_that_stops() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let other = app.start_another(limits()).await;
    let after = json!({ "after": app.genesis().await });
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push((app.subscribe(CHANGES, after.clone()).await, Vec::new()));
    }
    app.record_stance(&source_id, "RW", "NAMED", "2025-03")
        .await;
    for (socket, cursors) in &mut clients {
        cursors.push(cursor_of(&socket.event().await["stanceChanged"]));
    }
    let codes = join_all(clients.iter_mut().map(|(socket, _)| socket.close_frame()));
    let ((), codes) = tokio::join!(app.stop(), codes);
    assert!(codes.iter().all(|(code, _)| *code == 1012), "{codes:?}");

    other
        .record_stance(&source_id, "PE", "NAMED", "2025-03")
        .await;
    for (socket, cursors) in &mut clients {
        *socket = other
            .subscribe(CHANGES, json!({ "after": cursors[0] }))
            .await;
    }
    other
        .record_stance(&source_id, "EC", "NAMED", "2025-03")
        .await;
    for (mut socket, mut cursors) in clients {
        for _ in 0..2 {
            cursors.push(cursor_of(&socket.event().await["stanceChanged"]));
        }
        assert_eq!(cursors, list_cursors(&other).await);
    }
}

#[tokio::test]
async fn subscribers_receive_imports_of_another_process() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let after = app.head().await["cursor"].take();
    let mut socket = app.subscribe(CHANGES, json!({ "after": after })).await;
    import(&app, &document("wants", &["RW", "PE"])).await;
    app.record_stance(&source_id, "EC", "NAMED", "2025-03")
        .await;
    for state in ["RW", "PE", "EC"] {
        let change = socket.event().await["stanceChanged"].take();
        assert_eq!(change["relationship"]["requestedState"]["code"], state);
    }
    assert_eq!(app.discrepancies().await, []);
}

/// Marsaglia's xorshift64; the seed makes a run reproducible.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// The requested state of the last change of a test.
const LAST: &str = "NZ";

/// Receives changes from `after` until the last one; disconnects at random and resumes with the last cursor.
async fn receive_with_reconnects(url: String, mut after: String, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let mut cursors = Vec::new();
    loop {
        let mut socket = WebSocketClient::open(&url).await;
        socket
            .subscribe("1", CHANGES, json!({ "after": after }))
            .await;
        for _ in 0..random.below(12) {
            let change = socket.event().await["stanceChanged"].take();
            after = cursor_of(&change);
            cursors.push(after.clone());
            if change["relationship"]["requestedState"]["code"] == LAST {
                return cursors;
            }
        }
        if random.below(2) == 0 {
            // Some complete the subscription first; events in flight are lost with the connection in both cases.
            socket.send(&json!({ "type": "complete", "id": "1" })).await;
        }
    }
}

/// Writes forty statements about eight states, each of which changes a stance.
async fn write_forty(app: &TestApp, source_id: &str, states: [&str; 8]) {
    let stances = [
        "NAMED",
        "APPROACHED",
        "NEGOTIATING",
        "AGREED",
        "IMPLEMENTING",
    ];
    for (month, stance) in stances.iter().enumerate() {
        for state in states {
            let from = format!("2025-{:02}", month + 1);
            let (text, variables) = request(
                "recordStatement",
                &stance_input(source_id, state, stance, &from),
            );
            let response = crate::app::data(app.execute_as_editor(&text, variables).await);
            assert_eq!(response["recordStatement"]["stanceChange"]["to"], *stance);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_pauses_receives_every_change_once_and_in_order() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    // Events of tens of kilobytes, so that the connection accepts only a part of them.
    let near = "neighbours { neighbours { neighbours { code name neighbours { code } } } }";
    let query = format!(
        "subscription($after: String) {{ stanceChanged(after: $after) {{ cursor
           relationship {{ requestedState {{ a: {near} b: {near} c: {near} }} }} }} }}"
    );
    let after = app.head().await["cursor"].take();
    let variables = json!({ "after": after });
    let mut socket = app.subscribe(&query, variables).await;
    let cursor_in = |change: Value| cursor_of(&change["stanceChanged"]);
    app.record_stance(&source_id, "NO", "NAMED", "2025-03")
        .await;
    let mut cursors = vec![cursor_in(socket.event().await)];
    write_forty(
        &app,
        &source_id,
        ["SE", "FI", "RU", "CN", "DE", "PL", "FR", "AT"],
    )
    .await;
    while cursors.len() < 41 {
        cursors.push(cursor_in(socket.event().await));
    }
    assert_eq!(cursors, list_cursors(&app).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_that_reconnect_receive_every_change_once_and_in_order() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let genesis = app.genesis().await;
    let seeds = (1..=8_u64).map(|seed| seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let subscribers: Vec<_> = seeds
        .map(|seed| tokio::spawn(receive_with_reconnects(app.ws_url(), genesis.clone(), seed)))
        .collect();
    let imported = document(
        "wants",
        &["RW", "PE", "EC", "GH", "SN", "KE", "UG", "TZ", "MX", "BR"],
    );
    tokio::join!(
        write_forty(
            &app,
            &source_id,
            ["RW", "PE", "EC", "GH", "SN", "KE", "UG", "TZ"]
        ),
        write_forty(
            &app,
            &source_id,
            ["SE", "NO", "FI", "DK", "IS", "EE", "LV", "LT"]
        ),
        import(&app, &imported),
    );
    app.record_stance(&source_id, LAST, "NAMED", "2025-03")
        .await;
    let expected = list_cursors(&app).await;
    assert_eq!(expected.len(), 40 + 40 + 10 + 1);
    for subscriber in subscribers {
        assert_eq!(subscriber.await.unwrap(), expected);
    }
    assert_eq!(app.discrepancies().await, []);
}
