//! Subscriptions: filters, cursors and shared execution, over WebSocket and server-sent events.

use std::collections::BTreeMap;

use demarche::ledger::api_tokens;
use demarche::model::cursor::LedgerCursor;
use demarche::model::time::Timestamp;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::{RequestBuilder, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::app::{NOW, TestApp, only_error, run_demarche};
use crate::database::{DROP_TRIGGERS, TestDatabase};
use crate::fixtures::{SLUG, correction, initiative, request, source, stance_input};
use crate::websocket_client::{RECEIVE_TIMEOUT, WebSocketClient};

pub(crate) const CHANGES: &str =
    "subscription($after: String, $filter: StanceChangeFilter) { stanceChanged(after: $after, filter: $filter) {
       cursor from to kind relationship { stance requestedState { code } } } }";

/// The cursors of all stance changes in ledger order, read page by page.
pub(crate) async fn list_cursors(app: &TestApp) -> Vec<String> {
    let query = "query($after: String) { stanceChanges(first: 100, after: $after) {
        nodes { cursor } pageInfo { hasNextPage endCursor } } }";
    let (mut cursors, mut after) = (Vec::new(), Value::Null);
    loop {
        let response = app.execute(query, json!({ "after": after })).await;
        let page = &response["data"]["stanceChanges"];
        cursors.extend(page["nodes"].as_array().unwrap().iter().map(cursor_of));
        if page["pageInfo"]["hasNextPage"] != true {
            return cursors;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

pub(crate) fn cursor_of(change: &Value) -> String {
    change["cursor"].as_str().unwrap().to_owned()
}

/// The cursors of the next `count` changes on a WebSocket.
async fn next_cursors(socket: &mut WebSocketClient, count: usize) -> Vec<String> {
    let mut cursors = Vec::new();
    for _ in 0..count {
        cursors.push(cursor_of(&socket.event().await["stanceChanged"]));
    }
    cursors
}

/// A stream of server-sent events.
pub(crate) struct Events {
    bytes: BoxStream<'static, reqwest::Result<Vec<u8>>>,
    text: String,
}

impl Events {
    pub(crate) async fn open(
        app: &TestApp,
        query: &str,
        variables: Value,
        last: Option<&str>,
    ) -> Self {
        let response = stream_request(app, query, &variables, last)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let bytes = response.bytes_stream();
        Self {
            bytes: bytes.map(|bytes| bytes.map(Into::into)).boxed(),
            text: String::new(),
        }
    }

    /// The start cursor, which the stream sends before its first event.
    pub(crate) async fn start(&mut self) -> String {
        let block = self.block().await;
        let id = block
            .strip_prefix("id: ")
            .unwrap_or_else(|| panic!("{block}"));
        assert!(!id.contains('\n'), "{block}");
        id.to_owned()
    }

    /// `id` and data of the next event.
    pub(crate) async fn next(&mut self) -> (String, Value) {
        loop {
            let event = self.block().await;
            if let Some(event) = event.strip_prefix("event: next\n") {
                let (id, payload) = event.split_once('\n').unwrap();
                let payload = payload.strip_prefix("data: ").unwrap();
                let payload = serde_json::from_str(payload).unwrap();
                return (
                    id.strip_prefix("id: ").unwrap().to_owned(),
                    crate::app::data(payload),
                );
            }
            let is_keep_alive = event.starts_with(':') || event.starts_with("id: ");
            assert!(is_keep_alive, "{event}");
        }
    }

    /// The text up to the next empty line.
    async fn block(&mut self) -> String {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return block;
            }
            let bytes = tokio::time::timeout(RECEIVE_TIMEOUT, self.bytes.next()).await;
            let bytes = bytes.expect("no event received").unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

fn stream_request(
    app: &TestApp,
    query: &str,
    variables: &Value,
    last: Option<&str>,
) -> RequestBuilder {
    let request = app.http().post(app.url("/graphql/stream"));
    let request = request.json(&json!({ "query": query, "variables": variables }));
    match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    }
}

/// Records six changes and maps their cursors to letters; the last change passes every filter of the tests.
async fn make_changes(app: &TestApp, source_id: &str) -> BTreeMap<String, char> {
    app.mutate("openInitiative", &initiative("wants")).await;
    app.record_stance(source_id, "RW", "NAMED", "2025-03").await; // a
    let pe = app
        .record_stance(source_id, "PE", "AGREED", "2025-03")
        .await; // b
    let mut wants = stance_input(source_id, "RW", "NAMED", "2025-03");
    wants["subject"]["relationship"]["initiative"] = "wants".into();
    app.mutate("recordStatement", &wants).await; // c
    let input = correction(&pe["statement"], source_id, "REFUSED", "2025-03");
    let corrected = app.mutate("correctStatement", &input).await; // d
    let retraction = json!({ "statement": corrected["statement"]["id"], "reason": "Never said." });
    app.mutate("retractStatement", &retraction).await; // e
    app.record_stance(source_id, "RW", "AGREED", "2025-04")
        .await; // f
    list_cursors(app).await.into_iter().zip('a'..).collect()
}

#[tokio::test]
async fn each_filter_passes_its_matches_on_both_transports() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let after = app.head().await["cursor"].take();
    let all = json!({ "initiatives": [SLUG], "countries": ["RW"], "regions": ["014"], "from": ["NAMED"],
        "to": ["AGREED"], "kinds": ["EVENT"] });
    let filters = [
        (json!(null), "abcdef"),
        (json!({ "initiatives": [SLUG] }), "abdef"),
        (json!({ "countries": ["rw"] }), "acf"),
        (json!({ "regions": ["002"] }), "acf"),
        (json!({ "from": ["NAMED", "REFUSED"] }), "ef"),
        (json!({ "to": ["AGREED"] }), "bef"),
        (json!({ "involves": ["REFUSED"] }), "de"),
        (json!({ "involves": ["UNKNOWN", "REFUSED"] }), "abcde"),
        (json!({ "involves": [] }), ""),
        (json!({ "kinds": ["EVENT"] }), "abcf"),
        (json!({ "kinds": ["EVENT", "RETRACTION"] }), "abcef"),
        (all, "f"),
    ];
    let mut subscribers = Vec::new();
    for (filter, expected) in &filters {
        let variables = json!({ "after": after, "filter": filter });
        let socket = app.subscribe(CHANGES, variables.clone()).await;
        let events = Events::open(&app, CHANGES, variables, None).await;
        subscribers.push((socket, events, *expected));
    }
    let letters = make_changes(&app, &source_id).await;
    for (mut socket, mut events, expected) in subscribers {
        let cursors = next_cursors(&mut socket, expected.len()).await;
        let received: String = cursors.iter().map(|cursor| letters[cursor]).collect();
        assert_eq!(received, expected);
        for letter in expected.chars() {
            assert_eq!(letters[&events.next().await.0], letter, "{expected}");
        }
    }
}

#[tokio::test]
async fn a_stream_by_get_starts_with_an_event_that_every_client_keeps() {
    let app = TestApp::start_empty().await;
    let cursor = app.head().await["cursor"].take();
    let cursor = cursor.as_str().unwrap();
    let query = "subscription { stanceChanged { to } }";
    let url = app.url("/graphql/stream");
    let encoded: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let get = app.http().get(format!("{url}?query={encoded}"));
    let post = app.http().post(&url).json(&json!({ "query": query }));
    for (request, expected) in [
        (get, format!("event: place\nid: {cursor}\ndata: ")),
        (post, format!("id: {cursor}")),
    ] {
        let response = request.header("accept", "text/event-stream");
        let bytes = response.send().await.unwrap().bytes_stream();
        let mut events = Events {
            bytes: bytes.map(|bytes| bytes.map(Into::into)).boxed(),
            text: String::new(),
        };
        assert_eq!(events.block().await, expected);
    }
}

#[tokio::test]
async fn a_filter_with_an_unknown_id_is_rejected() {
    let app = TestApp::start_empty().await;
    let mut socket = app.connect_websocket().await;
    for (field, value) in [
        ("initiatives", "x"),
        ("countries", "ZZ"),
        ("regions", "999"),
    ] {
        let variables = json!({ "filter": { field: [value] } });
        socket.subscribe("1", CHANGES, variables).await;
        let error = socket.next().await;
        assert_eq!(error["type"], "error");
        let error = only_error(&json!({ "errors": error["payload"] }));
        assert_eq!(error, ("NOT_FOUND".into(), format!("filter.{field}")));
    }
}

#[tokio::test]
async fn without_a_cursor_a_subscription_starts_at_the_head_and_sees_the_current_state() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    app.record_stance(&source_id, "PE", "NAMED", "2025-03")
        .await;
    let mut socket = app.subscribe(CHANGES, json!({})).await;
    // A response to a later operation shows that the subscription has started.
    socket.run("{ __typename }", json!({})).await;
    for stance in ["NAMED", "AGREED"] {
        app.record_stance(&source_id, "RW", stance, "2025-04").await;
        let change = socket.event().await["stanceChanged"].take();
        assert_eq!(change["relationship"]["requestedState"]["code"], "RW");
        assert_eq!(change["to"], stance);
        assert_eq!(change["relationship"]["stance"], stance);
    }
}

#[tokio::test]
async fn entries_are_filtered_by_kind() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let query = "subscription($after: String!, $kinds: [EntryKind!]) {
        ledgerAppended(after: $after, kinds: $kinds) { seq kind stanceChange { to } } }";
    let genesis = app.genesis().await;
    let all = app.subscribe(query, json!({ "after": genesis })).await;
    let kinds = ["SOURCE_REGISTERED", "STATEMENT_RECORDED"];
    let some = json!({ "after": genesis, "kinds": kinds });
    let some = app.subscribe(query, some).await;
    app.mutate("openInitiative", &initiative("wants")).await;
    app.record_stance(&source_id, "RW", "AGREED", "2025-04")
        .await;
    for (mut socket, expected) in [(all, vec![1, 2, 3, 4]), (some, vec![2, 4])] {
        for seq in expected {
            let entry = socket.event().await["ledgerAppended"].take();
            assert_eq!(entry["seq"], seq);
            let change = (seq == 4).then(|| json!({ "to": "AGREED" }));
            assert_eq!(entry["stanceChange"], json!(change));
        }
    }
}

#[tokio::test]
async fn a_tally_is_sent_at_once_and_then_only_when_it_changes() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    app.record_stance(&source_id, "PE", "AGREED", "2025-04")
        .await;
    let query =
        "subscription { tallyChanged(initiative: \"asks\") { total byStance { stance count } } }";
    let mut socket = app.subscribe(query, json!({})).await;
    let agreed = |count: u32| json!({ "total": count, "byStance": [{ "stance": "AGREED", "count": count }] });
    assert_eq!(socket.event().await["tallyChanged"], agreed(1));
    app.register_source().await;
    app.record_stance(&source_id, "PE", "AGREED", "2025-05")
        .await;
    app.record_stance(&source_id, "RW", "AGREED", "2025-04")
        .await;
    assert_eq!(socket.event().await["tallyChanged"], agreed(2));
}

#[tokio::test]
async fn after_genesis_all_bundled_changes_arrive_in_order() {
    let app = TestApp::start().await;
    let (genesis, bundled_changes) = (app.genesis().await, list_cursors(&app).await);
    assert!(bundled_changes.len() > 50);
    let mut socket = app.subscribe(CHANGES, json!({ "after": genesis })).await;
    assert_eq!(
        next_cursors(&mut socket, bundled_changes.len()).await,
        bundled_changes
    );
    // From the middle, by the cursor of a change.
    let mut socket = app
        .subscribe(CHANGES, json!({ "after": bundled_changes[20] }))
        .await;
    assert_eq!(
        next_cursors(&mut socket, bundled_changes.len() - 21).await,
        bundled_changes[21..]
    );
}

#[tokio::test]
async fn after_a_head_all_later_changes_arrive() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let before = app
        .record_stance(&source_id, "PE", "NAMED", "2025-03")
        .await;
    app.record_stance(&source_id, "RW", "NAMED", "2025-03")
        .await;
    let after = &before["ledgerHead"]["cursor"];
    let mut socket = app.subscribe(CHANGES, json!({ "after": after })).await;
    assert_eq!(
        next_cursors(&mut socket, 1).await,
        list_cursors(&app).await[1..]
    );
}

/// Invalid cursors: malformed, of another generation, of the future, with an altered hash, without a hash.
async fn invalid_cursors(app: &TestApp) -> [String; 5] {
    let head = LedgerCursor::parse(app.head().await["cursor"].as_str().unwrap()).unwrap();
    let other = LedgerCursor {
        generation: "0".repeat(32),
        ..head.clone()
    };
    let ahead = LedgerCursor {
        seq: head.seq + 1,
        ..head.clone()
    };
    let altered = LedgerCursor {
        hash_prefix: "0".repeat(16),
        ..head.clone()
    };
    let short = LedgerCursor {
        hash_prefix: String::new(),
        ..head
    };
    let texts = [other, ahead, altered, short].map(|cursor| cursor.to_string());
    let [other, ahead, altered, short] = texts;
    ["garbage".to_owned(), other, ahead, altered, short]
}

#[tokio::test]
async fn an_invalid_cursor_is_rejected() {
    let (app, _) = TestApp::start_with_initiative().await;
    let entries = "subscription($after: String) { ledgerAppended(after: $after) { seq } }";
    let expected = ("CURSOR_INVALID".to_owned(), "after".to_owned());
    let mut socket = app.connect_websocket().await;
    for invalid in invalid_cursors(&app).await {
        for query in [CHANGES, entries] {
            let variables = json!({ "after": invalid });
            socket.subscribe("1", query, variables.clone()).await;
            let error = socket.next().await;
            assert_eq!(error["type"], "error", "{invalid}");
            assert_eq!(only_error(&json!({ "errors": error["payload"] })), expected);
            for request in [
                stream_request(&app, query, &variables, None),
                stream_request(&app, query, &json!({}), Some(&invalid)),
            ] {
                let response = request.send().await.unwrap();
                assert_eq!(response.status(), StatusCode::BAD_REQUEST);
                assert_eq!(only_error(&response.json().await.unwrap()), expected);
            }
        }
    }
}

#[tokio::test]
async fn an_event_stream_resumes_by_last_event_id() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let genesis = app.genesis().await;
    let variables = json!({ "after": genesis });
    let mut events = Events::open(&app, CHANGES, variables.clone(), None).await;
    for state in ["RW", "PE", "EC"] {
        app.record_stance(&source_id, state, "NAMED", "2025-03")
            .await;
    }
    let (first, data) = events.next().await;
    assert_eq!(first, cursor_of(&data["stanceChanged"]));
    drop(events);
    // `Last-Event-ID` overrides `after`, which a browser sends again unchanged.
    let mut events = Events::open(&app, CHANGES, variables, Some(&first)).await;
    let all = list_cursors(&app).await;
    assert_eq!([events.next().await.0, events.next().await.0], all[1..]);
    app.record_stance(&source_id, "GH", "NAMED", "2025-03")
        .await;
    assert_eq!(events.next().await.0, list_cursors(&app).await[3]);
}

#[tokio::test]
async fn a_stream_resumes_from_its_start_cursor_before_the_first_event() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let variables = json!({});
    let mut events = Events::open(&app, CHANGES, variables.clone(), None).await;
    let start = events.start().await;
    drop(events);
    app.record_stance(&source_id, "RW", "NAMED", "2025-03")
        .await;
    let mut events = Events::open(&app, CHANGES, variables, Some(&start)).await;
    let (_, event) = events.next().await;
    assert_eq!(event["stanceChanged"]["to"], "NAMED");
}

#[tokio::test]
async fn an_event_is_executed_once_for_identical_subscriptions() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let query = "subscription($f: StanceChangeFilter, $after: String, $code: Boolean!) {
        stanceChanged(filter: $f, after: $after) {
          to relationship { id requestedState { code @include(if: $code) name } changes { totalCount } } } }";
    let filters = [
        json!(null),
        json!({}),
        json!({ "countries": ["RW"] }),
        json!({ "to": ["NAMED"] }),
    ];
    let mut costs = Vec::new();
    for (state, count) in [("RW", 1), ("PE", 1), ("RW", 20)] {
        let mut sockets = Vec::new();
        for n in 0..count {
            let variables = json!({ "f": filters[n % 2], "code": true });
            sockets.push(app.subscribe(query, variables).await);
            // A response to a later operation shows that the subscription has started.
            sockets[n].subscribe("2", "{ __typename }", json!({})).await;
            sockets[n].next().await;
            sockets[n].next().await;
        }
        let before = app.server.sql_statements();
        let stance = if count == 1 { "NAMED" } else { "AGREED" };
        app.record_stance(&source_id, state, stance, "2025-03")
            .await;
        for socket in &mut sockets {
            let event = socket.event().await["stanceChanged"].take();
            assert_eq!(event["relationship"]["requestedState"]["code"], state);
        }
        costs.push(app.server.sql_statements() - before);
    }
    assert_eq!(costs[0], costs[2], "one subscriber and twenty: {costs:?}");
}

#[tokio::test]
async fn an_event_is_executed_and_serialised_once_for_a_thousand_subscribers() {
    const SOCKETS: usize = 50;
    const OPERATIONS: usize = 20;
    let (app, source_id) = TestApp::start_with_initiative().await;
    // With a cursor the time at which each subscription starts does not matter.
    let after = app.head().await["cursor"].take();
    let filters = [json!(null), json!({ "countries": ["RW", "PE"] })];
    let mut sockets = Vec::new();
    for number in 0..SOCKETS {
        let mut socket = app.connect_websocket().await;
        for id in 0..OPERATIONS {
            let filter = &filters[(number + id) % 2];
            let variables = json!({ "after": after, "filter": filter });
            socket.subscribe(&format!("{id}"), CHANGES, variables).await;
        }
        sockets.push(socket);
    }
    for stance in ["NAMED", "AGREED"] {
        let before = app.server.event_executions();
        app.record_stance(&source_id, "RW", stance, "2025-03").await;
        for socket in &mut sockets {
            for _ in 0..OPERATIONS {
                assert_eq!(socket.event().await["stanceChanged"]["to"], stance);
            }
        }
        assert_eq!(app.server.event_executions() - before, 1);
    }
}

#[tokio::test]
async fn subscribers_in_several_spellings_share_one_execution() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let after = app.head().await["cursor"].take();
    let mut sockets = Vec::new();
    for (query, name) in [
        (
            "subscription S($after: String) { stanceChanged(after: $after) { from, to } }",
            None,
        ),
        (
            "subscription S($after: String) { stanceChanged(after: $after) { from, to } }",
            Some("S"),
        ),
        (
            "subscription S($after:String){stanceChanged(after:$after){from to}}",
            None,
        ),
        (
            "# changes\nsubscription S(\n  $after: String\n) {\n  stanceChanged(after: $after) {\n    from\n    to\n  }\n}\n",
            Some("S"),
        ),
    ] {
        let mut socket = app.connect_websocket().await;
        let mut payload = json!({ "query": query, "variables": { "after": after } });
        if let Some(name) = name {
            payload["operationName"] = json!(name);
        }
        let message = json!({ "id": "1", "type": "subscribe", "payload": payload });
        socket.send(&message).await;
        sockets.push(socket);
    }
    for stance in ["NAMED", "AGREED"] {
        let before = app.server.event_executions();
        app.record_stance(&source_id, "RW", stance, "2025-03").await;
        for socket in &mut sockets {
            assert_eq!(socket.event().await["stanceChanged"]["to"], stance);
        }
        assert_eq!(app.server.event_executions() - before, 1);
    }
}

#[tokio::test]
async fn different_operations_get_their_own_payloads() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let query = "subscription($code: Boolean!) {
        stanceChanged { relationship { requestedState { code @include(if: $code) name } } } }";
    let mut with = app.subscribe(query, json!({ "code": true })).await;
    let mut without = app.subscribe(query, json!({ "code": false })).await;
    for socket in [&mut with, &mut without] {
        socket.subscribe("2", "{ __typename }", json!({})).await;
        socket.next().await;
        socket.next().await;
    }
    app.record_stance(&source_id, "RW", "NAMED", "2025-03")
        .await;
    let state =
        |event: serde_json::Value| event["stanceChanged"]["relationship"]["requestedState"].clone();
    assert_eq!(
        state(with.event().await),
        json!({ "code": "RW", "name": "Rwanda" })
    );
    assert_eq!(state(without.event().await), json!({ "name": "Rwanda" }));
}

#[tokio::test]
async fn a_websocket_is_authenticated_by_its_init() {
    let app = TestApp::start_empty().await;
    let payload = json!({ "Authorization": format!("Bearer {}", app.token) });
    let mut socket = WebSocketClient::open_with(&app.ws_url(), payload).await;
    let (text, variables) = request("openInitiative", &initiative(SLUG));
    let opened = socket.run(&text, variables).await;
    assert_eq!(opened["openInitiative"]["ledgerHead"], app.head().await);
    let data = socket.run("{ ledger { head { seq } } }", json!({})).await;
    assert_eq!(data["ledger"]["head"]["seq"], 1);

    let mut anonymous = app.connect_websocket().await;
    let (text, variables) = request("registerSource", &source());
    anonymous.subscribe("1", &text, variables).await;
    let response = anonymous.next().await;
    let rejection = json!({ "errors": response["payload"] });
    assert_eq!(only_error(&rejection).0, "UNAUTHENTICATED");

    let db = app.connect_to_database().await;
    api_tokens::revoke(&db, "test-0", Timestamp(NOW))
        .await
        .unwrap();
    let mut revoked = WebSocketClient::connect(&app.ws_url()).await;
    let payload = json!({ "Authorization": format!("Bearer {}", app.token) });
    revoked
        .send(&json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(revoked.close_frame().await.0, 4403);
}

const ENTRIES: &str = "subscription($after: String!) { ledgerAppended(after: $after) { seq } }";

/// Inserts entries with these numbers directly, with or without their predecessors.
async fn insert_entries(app: &TestApp, seqs: &[i64]) {
    let rows: Vec<String> = seqs
        .iter()
        .map(|seq| format!("({seq}, 'SOURCE_REGISTERED', '{{}}', 'x', '{seq}', 0, '', '')"))
        .collect();
    let sql = format!("INSERT INTO ledger_entry VALUES {}", rows.join(", "));
    app.connect_to_database()
        .await
        .execute_unprepared(&sql)
        .await
        .unwrap();
}

#[tokio::test]
async fn entries_after_a_gap_are_held_back_until_it_is_filled() {
    let (app, _) = TestApp::start_with_initiative().await;
    let after = app.head().await["cursor"].take();
    let mut socket = app.subscribe(ENTRIES, json!({ "after": after })).await;
    insert_entries(&app, &[3, 5]).await;
    assert_eq!(socket.event().await["ledgerAppended"]["seq"], 3);
    // Another write wakes the feed while the gap exists.
    insert_entries(&app, &[6]).await;
    insert_entries(&app, &[4]).await;
    for seq in [4, 5, 6] {
        assert_eq!(socket.event().await["ledgerAppended"]["seq"], seq);
    }
}

#[tokio::test]
async fn a_replay_over_a_gap_ends_in_an_error() {
    let (app, _) = TestApp::start_with_initiative().await;
    for _ in 0..3 {
        app.register_source().await;
    }
    let db = app.connect_to_database().await;
    let delete = "DELETE FROM ledger_entry WHERE seq = 3";
    for sql in DROP_TRIGGERS.iter().chain([&delete]) {
        db.execute_unprepared(sql).await.unwrap();
    }
    drop(db);
    let migrate = async |test_db: &TestDatabase| run_demarche(test_db, &["migrate"]).await;
    let app = app.restart_after(migrate).await.0;
    let after = app.genesis().await;
    let mut socket = app.subscribe(ENTRIES, json!({ "after": after })).await;
    for seq in [1, 2] {
        assert_eq!(socket.event().await["ledgerAppended"]["seq"], seq);
    }
    let error = socket.next().await;
    assert_eq!(only_error(&error["payload"]).0, "INTERNAL_SERVER_ERROR");
}
