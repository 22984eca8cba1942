//! A client that reads patches more slowly than its answer changes.

use serde_json::{Value, json};

use super::client::LiveClient;
use super::{LIST, live, start_about};
use crate::app::TestApp;

/// A hundred kilobytes.
const LARGE: &str = "{ country(code: \"CN\") { a: neighbours { ...N } b: neighbours { ...N } c: neighbours { ...N } } }
    fragment N on Country { neighbours { neighbours { code name neighbours { code } } } }";
/// So many of them are more than the buffers of a connection.
const FILLING: usize = 150;
/// How often the number of answers has to be the same, and milliseconds in between.
const SAME: (usize, u64) = (4, 100);

/// Asks for more than the connection can take, until the server waits for this client to read.
async fn fill(app: &TestApp, client: &mut LiveClient) {
    for number in 0..FILLING {
        let id = format!("large {number}");
        client.socket().subscribe(&id, LARGE, json!({})).await;
    }
    let (mut last, mut same) = (0, 0);
    while last == 0 || same < SAME.0 {
        tokio::time::sleep(std::time::Duration::from_millis(SAME.1)).await;
        let answered = super::metric(app, ANSWERED).await;
        same = if answered == last { same + 1 } else { 0 };
        last = answered;
    }
}

const ANSWERED: &str = "operations_total{type=\"query\",result=\"ok\"}";

/// Reads until the document is the newest; returns what was received.
async fn catch_up(app: &TestApp, client: &mut LiveClient) -> Vec<Value> {
    let head = app.head().await["cursor"].take();
    let mut received = Vec::new();
    while client.cursor() != head {
        received.push(client.receive().await["extensions"]["live"].take());
    }
    received
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_receives_one_patch_in_place_of_several() {
    let (app, source) = start_about(&["RW", "PE", "EC", "GH", "SN", "KE", "UG"]).await;
    let mut client = LiveClient::start(&app, &live("(patch: true)", LIST), json!({})).await;
    client.receive().await;
    let mut reading = LiveClient::start(&app, &live("(patch: true)", LIST), json!({})).await;
    reading.receive().await;
    fill(&app, &mut client).await;
    for (day, stance) in ["AGREED", "REFUSED", "NAMED", "AGREED"].iter().enumerate() {
        let day = format!("2025-05-{:02}", day + 1);
        app.record_stance(&source, "PE", stance, &day).await;
        // Each write is an answer of its own.
        reading.receive().await;
    }
    let received = catch_up(&app, &mut client).await;
    let skipping = received.last().unwrap();
    assert_eq!(skipping["skipped"], true, "{skipping}");
    assert!(skipping["patch"].is_array(), "{skipping}");
    assert!(received.len() < 4, "{received:?}");
    assert_eq!(
        client.text(),
        app.query_text(&format!("{{ {LIST} }}")).await
    );
}
