//! Subscriptions across reconnects, restarts and other processes' writes: no gap, no repeat.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::app::{TestApp, limits, operate};
use crate::editor::{document, request, standing};
use crate::socket::Socket;
use crate::subscriptions::{CHANGES, cursor_of, list_cursors};

/// Another process records a document in the database of a running server.
async fn import(app: &TestApp, document: &Value) {
    let file = app.directory().join("document.json");
    std::fs::write(&file, document.to_string()).unwrap();
    operate(app.home(), &["import", file.to_str().unwrap()]).await;
}

#[tokio::test]
async fn after_a_restart_every_change_comes_once() {
    let (app, paper) = TestApp::start_asking().await;
    let after = app.genesis().await;
    let mut socket = app.subscribe(CHANGES, json!({ "after": after })).await;
    app.stand(&paper, "RW", "NAMED", "2025-03").await;
    let mut heard = vec![cursor_of(&socket.event().await["stanceChanged"])];
    let (app, (code, _)) = tokio::join!(app.restart(), socket.closed());
    assert_eq!(code, 1012);

    app.stand(&paper, "PE", "NAMED", "2025-03").await;
    let mut socket = app.subscribe(CHANGES, json!({ "after": heard[0] })).await;
    app.stand(&paper, "EC", "NAMED", "2025-03").await;
    for _ in 0..2 {
        heard.push(cursor_of(&socket.event().await["stanceChanged"]));
    }
    assert_eq!(heard, list_cursors(&app).await);
}

#[tokio::test]
async fn another_server_takes_over_the_clients_of_one_that_ends() {
    let (app, paper) = TestApp::start_asking().await;
    let other = app.another(limits()).await;
    let after = json!({ "after": app.genesis().await });
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push((app.subscribe(CHANGES, after.clone()).await, Vec::new()));
    }
    app.stand(&paper, "RW", "NAMED", "2025-03").await;
    for (socket, heard) in &mut clients {
        heard.push(cursor_of(&socket.event().await["stanceChanged"]));
    }
    let codes = join_all(clients.iter_mut().map(|(socket, _)| socket.closed()));
    let ((), codes) = tokio::join!(app.stop(), codes);
    assert!(codes.iter().all(|(code, _)| *code == 1012), "{codes:?}");

    other.stand(&paper, "PE", "NAMED", "2025-03").await;
    for (socket, heard) in &mut clients {
        *socket = other.subscribe(CHANGES, json!({ "after": heard[0] })).await;
    }
    other.stand(&paper, "EC", "NAMED", "2025-03").await;
    for (mut socket, mut heard) in clients {
        for _ in 0..2 {
            heard.push(cursor_of(&socket.event().await["stanceChanged"]));
        }
        assert_eq!(heard, list_cursors(&other).await);
    }
}

#[tokio::test]
async fn what_another_process_imports_is_heard() {
    let (app, paper) = TestApp::start_asking().await;
    let after = app.head().await["cursor"].take();
    let mut socket = app.subscribe(CHANGES, json!({ "after": after })).await;
    import(&app, &document("wants", &["RW", "PE"])).await;
    app.stand(&paper, "EC", "NAMED", "2025-03").await;
    for state in ["RW", "PE", "EC"] {
        let change = socket.event().await["stanceChanged"].take();
        assert_eq!(change["relationship"]["requestedState"]["code"], state);
    }
    assert_eq!(app.faults().await, []);
}

/// Marsaglia's xorshift64; the seed makes a run repeatable.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// The state that the last change of a test is about.
const LAST: &str = "NZ";

/// Reads from `after` until the last change, hanging up now and then and coming back with the last cursor.
async fn read_in_pieces(url: String, mut after: String, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let mut heard = Vec::new();
    loop {
        let mut socket = Socket::open(&url).await;
        socket
            .subscribe("1", CHANGES, json!({ "after": after }))
            .await;
        for _ in 0..random.below(12) {
            let change = socket.event().await["stanceChanged"].take();
            after = cursor_of(&change);
            heard.push(after.clone());
            if change["relationship"]["requestedState"]["code"] == LAST {
                return heard;
            }
        }
        if random.below(2) == 0 {
            // Some say good-bye; what was under way to them is lost with the socket all the same.
            socket.send(&json!({ "type": "complete", "id": "1" })).await;
        }
    }
}

/// Moves eight states of its own, so that every write is a change.
async fn write_forty(app: &TestApp, paper: &str, states: [&str; 8]) {
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
            let (text, variables) =
                request("recordStatement", &standing(paper, state, stance, &from));
            let answer = crate::app::data(app.write(&text, variables).await);
            assert_eq!(answer["recordStatement"]["stanceChange"]["to"], *stance);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_pauses_hears_every_change_once_and_in_order() {
    let (app, paper) = TestApp::start_asking().await;
    // Tens of kilobytes each, so that the connection takes a part of them only.
    let near = "neighbours { neighbours { neighbours { code name neighbours { code } } } }";
    let query = format!(
        "subscription($after: String) {{ stanceChanged(after: $after) {{ cursor
           relationship {{ requestedState {{ a: {near} b: {near} c: {near} }} }} }} }}"
    );
    let after = app.head().await["cursor"].take();
    let variables = json!({ "after": after });
    let mut socket = app.subscribe(&query, variables).await;
    let heard = |change: Value| cursor_of(&change["stanceChanged"]);
    app.stand(&paper, "NO", "NAMED", "2025-03").await;
    let mut cursors = vec![heard(socket.event().await)];
    write_forty(
        &app,
        &paper,
        ["SE", "FI", "RU", "CN", "DE", "PL", "FR", "AT"],
    )
    .await;
    while cursors.len() < 41 {
        cursors.push(heard(socket.event().await));
    }
    assert_eq!(cursors, list_cursors(&app).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_come_and_go_hear_every_change_once_and_in_order() {
    let (app, paper) = TestApp::start_asking().await;
    let genesis = app.genesis().await;
    let seeds = (1..=8_u64).map(|seed| seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let readers: Vec<_> = seeds
        .map(|seed| tokio::spawn(read_in_pieces(app.ws_url(), genesis.clone(), seed)))
        .collect();
    let imported = document(
        "wants",
        &["RW", "PE", "EC", "GH", "SN", "KE", "UG", "TZ", "MX", "BR"],
    );
    tokio::join!(
        write_forty(
            &app,
            &paper,
            ["RW", "PE", "EC", "GH", "SN", "KE", "UG", "TZ"]
        ),
        write_forty(
            &app,
            &paper,
            ["SE", "NO", "FI", "DK", "IS", "EE", "LV", "LT"]
        ),
        import(&app, &imported),
    );
    app.stand(&paper, LAST, "NAMED", "2025-03").await;
    let expected = list_cursors(&app).await;
    assert_eq!(expected.len(), 40 + 40 + 10 + 1);
    for reader in readers {
        assert_eq!(reader.await.unwrap(), expected);
    }
    assert_eq!(app.faults().await, []);
}
