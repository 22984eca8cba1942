//! One state: everything in the answer to a query is of one state of the ledger, also while others write.

use std::sync::atomic::{AtomicBool, Ordering};

use demarche::config::limits::Limits;
use serde_json::{Value, json};

use crate::app::{TestApp, uncached_limits};
use crate::every_field::unlimited;
use crate::random_writer::RandomWriter;
use crate::websocket_client::WebSocketClient;

/// Several batches of SQL statements, and rows in memory between them.
const QUERY: &str = "{ ledger { head { seq cursor hash } entries(last: 2) { totalCount nodes { seq } } }
    initiatives { slug tally { total disputed byStance { stance count } } }
    relationships(first: 20, orderBy: { field: CHANGED, direction: DESC }) { totalCount nodes { id stance since disputed
        changes(last: 3) { totalCount nodes { to statement { id standing correctedBy { id standing } evidence { source { title } } } } } } }
    statements(last: 20) { totalCount nodes { id standing evidence { recordedAt source { title } } contradictedBy { standing } } }
    stanceChanges(last: 3) { totalCount nodes { to relationship { stance } basis { standing } } } sources(last: 1) { totalCount } }";

/// Data for the owner of a token.
async fn answer(app: &TestApp, path: &str, query: &str) -> Value {
    let request = app.http().post(app.url(path)).bearer_auth(&app.token);
    let request = request.json(&json!({ "query": query }));
    let mut body: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(body["errors"], Value::Null);
    body["data"].take()
}

/// Answers until the writer is done.
async fn answer_until(app: &TestApp, query: &str, is_done: &AtomicBool) -> Vec<Value> {
    let mut answers = Vec::new();
    while !is_done.load(Ordering::Relaxed) {
        answers.push(answer(app, "/graphql", query).await);
    }
    answers
}

/// The same over a WebSocket.
async fn answer_over_websocket(
    socket: &mut WebSocketClient,
    query: &str,
    is_done: &AtomicBool,
) -> Vec<Value> {
    let mut answers = Vec::new();
    while !is_done.load(Ordering::Relaxed) {
        let id = answers.len().to_string();
        socket.subscribe(&id, query, json!({})).await;
        let answer = socket.next().await;
        assert_eq!(socket.next().await["type"], "complete");
        answers.push(answer["payload"]["data"].clone());
    }
    answers
}

async fn assert_one_state(limits: Limits, query: &str) {
    let app = TestApp::start_with_limits(limits).await;
    let mut writer = RandomWriter::start(&app, 20_261_130).await;
    let mut socket = app.connect_websocket().await;
    let is_done = AtomicBool::new(false);
    let write = async {
        writer.write(60).await;
        is_done.store(true, Ordering::Relaxed);
    };
    let ((), one, other, third) = tokio::join!(
        write,
        answer_until(&app, query, &is_done),
        answer_until(&app, query, &is_done),
        answer_over_websocket(&mut socket, QUERY, &is_done)
    );
    let answers = [(one, query), (other, query), (third, QUERY)];
    let answers = answers
        .into_iter()
        .flat_map(|(answers, query)| answers.into_iter().map(move |live| (live, query)));
    let mut seqs = Vec::new();
    for (live, query) in answers {
        let seq = &live["ledger"]["head"]["seq"];
        let pinned = answer(&app, &format!("/graphql?seq={seq}"), query).await;
        assert_eq!(live, pinned, "not of the state at its head, {seq}");
        seqs.push(seq.as_i64().unwrap());
    }
    seqs.dedup();
    assert!(seqs.len() > 10, "{seqs:?}");
}

/// It also keeps its caller.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_during_writes_is_of_the_state_at_its_head() {
    let query = QUERY.replacen('{', "{ viewer { role }", 1);
    assert_one_state(uncached_limits(), &query).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cached_answer_during_writes_is_of_the_state_at_its_head() {
    assert_one_state(unlimited(), QUERY).await;
}
