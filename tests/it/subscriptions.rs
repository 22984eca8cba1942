//! Subscriptions: what each filter and cursor lets through, over WebSocket and server-sent events.

use std::collections::BTreeMap;

use demarche::ledger::api_tokens;
use demarche::model::cursor::LedgerCursor;
use demarche::model::time::Instant;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use reqwest::{RequestBuilder, StatusCode};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::app::{NOW, TestApp, refusal};
use crate::database::UNGUARD;
use crate::editor::{SLUG, correction, initiative, request, source, standing};
use crate::socket::{LIMIT, Socket};

pub(crate) const CHANGES: &str =
    "subscription($after: String, $filter: StanceChangeFilter) { stanceChanged(after: $after, filter: $filter) {
       cursor from to kind relationship { stance requestedState { code } } } }";

/// All changes of the ledger, page by page, in order, by cursor.
pub(crate) async fn list_cursors(app: &TestApp) -> Vec<String> {
    let query = "query($after: String) { stanceChanges(first: 100, after: $after) {
        nodes { cursor } pageInfo { hasNextPage endCursor } } }";
    let (mut cursors, mut after) = (Vec::new(), Value::Null);
    loop {
        let answer = app.answer(query, json!({ "after": after })).await;
        let page = &answer["data"]["stanceChanges"];
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

/// Cursors of the next `count` changes on a socket.
async fn hear(socket: &mut Socket, count: usize) -> Vec<String> {
    let mut heard = Vec::new();
    for _ in 0..count {
        heard.push(cursor_of(&socket.event().await["stanceChanged"]));
    }
    heard
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
        let response = ask(app, query, &variables, last).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let bytes = response.bytes_stream();
        Self {
            bytes: bytes.map(|bytes| bytes.map(Into::into)).boxed(),
            text: String::new(),
        }
    }

    /// Where it begins, as it says when it has no event yet.
    pub(crate) async fn start(&mut self) -> String {
        let block = self.block().await;
        let id = block
            .strip_prefix("id: ")
            .unwrap_or_else(|| panic!("{block}"));
        assert!(!id.contains('\n'), "{block}");
        id.to_owned()
    }

    /// The next event's `id` and data.
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
            let is_quiet = event.starts_with(':') || event.starts_with("id: ");
            assert!(is_quiet, "{event}");
        }
    }

    /// Everything up to the next empty line.
    async fn block(&mut self) -> String {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return block;
            }
            let bytes = tokio::time::timeout(LIMIT, self.bytes.next()).await;
            let bytes = bytes.expect("nothing came").unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

fn ask(app: &TestApp, query: &str, variables: &Value, last: Option<&str>) -> RequestBuilder {
    let request = app.http().post(app.url("/graphql/stream"));
    let request = request.json(&json!({ "query": query, "variables": variables }));
    match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    }
}

/// Six changes, named by letters; the last one passes every filter that a test gives.
async fn make_changes(app: &TestApp, paper: &str) -> BTreeMap<String, char> {
    app.accept("openInitiative", &initiative("wants")).await;
    app.stand(paper, "RW", "NAMED", "2025-03").await; // a
    let pe = app.stand(paper, "PE", "AGREED", "2025-03").await; // b
    let mut wants = standing(paper, "RW", "NAMED", "2025-03");
    wants["subject"]["relationship"]["initiative"] = "wants".into();
    app.accept("recordStatement", &wants).await; // c
    let wrong = correction(&pe["statement"], paper, "REFUSED", "2025-03");
    let wrong = app.accept("correctStatement", &wrong).await; // d
    let retraction = json!({ "statement": wrong["statement"]["id"], "reason": "Never said." });
    app.accept("retractStatement", &retraction).await; // e
    app.stand(paper, "RW", "AGREED", "2025-04").await; // f
    list_cursors(app).await.into_iter().zip('a'..).collect()
}

#[tokio::test]
async fn each_filter_lets_its_own_changes_through_on_either_transport() {
    let (app, paper) = TestApp::start_asking().await;
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
        (json!({ "kinds": ["EVENT"] }), "abcf"),
        (json!({ "kinds": ["EVENT", "RETRACTION"] }), "abcef"),
        (all, "f"),
    ];
    let mut readers = Vec::new();
    for (filter, expected) in &filters {
        let variables = json!({ "after": after, "filter": filter });
        let socket = app.subscribe(CHANGES, variables.clone()).await;
        let events = Events::open(&app, CHANGES, variables, None).await;
        readers.push((socket, events, *expected));
    }
    let letters = make_changes(&app, &paper).await;
    for (mut socket, mut events, expected) in readers {
        let heard = hear(&mut socket, expected.len()).await;
        let heard: String = heard.iter().map(|cursor| letters[cursor]).collect();
        assert_eq!(heard, expected);
        for letter in expected.chars() {
            assert_eq!(letters[&events.next().await.0], letter, "{expected}");
        }
    }
}

#[tokio::test]
async fn a_filter_that_names_nothing_we_know_is_refused() {
    let app = TestApp::start_empty().await;
    let mut socket = app.socket().await;
    for (field, value) in [
        ("initiatives", "x"),
        ("countries", "ZZ"),
        ("regions", "999"),
    ] {
        let variables = json!({ "filter": { field: [value] } });
        socket.subscribe("1", CHANGES, variables).await;
        let error = socket.next().await;
        assert_eq!(error["type"], "error");
        let refused = refusal(&json!({ "errors": error["payload"] }));
        assert_eq!(refused, ("NOT_FOUND".into(), format!("filter.{field}")));
    }
}

#[tokio::test]
async fn without_a_cursor_a_subscriber_hears_what_comes_and_sees_it_as_it_is_then() {
    let (app, paper) = TestApp::start_asking().await;
    app.stand(&paper, "PE", "NAMED", "2025-03").await;
    let mut socket = app.subscribe(CHANGES, json!({})).await;
    // What is answered after it was begun after it.
    socket.run("{ __typename }", json!({})).await;
    for stance in ["NAMED", "AGREED"] {
        app.stand(&paper, "RW", stance, "2025-04").await;
        let change = socket.event().await["stanceChanged"].take();
        assert_eq!(change["relationship"]["requestedState"]["code"], "RW");
        assert_eq!(change["to"], stance);
        assert_eq!(change["relationship"]["stance"], stance);
    }
}

#[tokio::test]
async fn entries_are_heard_by_kind() {
    let (app, paper) = TestApp::start_asking().await;
    let query = "subscription($after: String!, $kinds: [EntryKind!]) {
        ledgerAppended(after: $after, kinds: $kinds) { seq kind stanceChange { to } } }";
    let genesis = app.genesis().await;
    let all = app.subscribe(query, json!({ "after": genesis })).await;
    let kinds = ["SOURCE_REGISTERED", "STATEMENT_RECORDED"];
    let some = json!({ "after": genesis, "kinds": kinds });
    let some = app.subscribe(query, some).await;
    app.accept("openInitiative", &initiative("wants")).await;
    app.stand(&paper, "RW", "AGREED", "2025-04").await;
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
async fn a_tally_is_told_at_once_and_then_only_when_it_is_another() {
    let (app, paper) = TestApp::start_asking().await;
    app.stand(&paper, "PE", "AGREED", "2025-04").await;
    let query =
        "subscription { tallyChanged(initiative: \"asks\") { total byStance { stance count } } }";
    let mut socket = app.subscribe(query, json!({})).await;
    let agreed = |count: u32| json!({ "total": count, "byStance": [{ "stance": "AGREED", "count": count }] });
    assert_eq!(socket.event().await["tallyChanged"], agreed(1));
    app.register().await;
    app.stand(&paper, "PE", "AGREED", "2025-05").await;
    app.stand(&paper, "RW", "AGREED", "2025-04").await;
    assert_eq!(socket.event().await["tallyChanged"], agreed(2));
}

#[tokio::test]
async fn after_genesis_all_that_was_shipped_is_heard_in_order() {
    let app = TestApp::start().await;
    let (genesis, shipped) = (app.genesis().await, list_cursors(&app).await);
    assert!(shipped.len() > 50);
    let mut socket = app.subscribe(CHANGES, json!({ "after": genesis })).await;
    assert_eq!(hear(&mut socket, shipped.len()).await, shipped);
    // From the middle, by the cursor of a change.
    let mut socket = app
        .subscribe(CHANGES, json!({ "after": shipped[20] }))
        .await;
    assert_eq!(hear(&mut socket, shipped.len() - 21).await, shipped[21..]);
}

#[tokio::test]
async fn after_a_head_comes_what_was_recorded_since() {
    let (app, paper) = TestApp::start_asking().await;
    let before = app.stand(&paper, "PE", "NAMED", "2025-03").await;
    app.stand(&paper, "RW", "NAMED", "2025-03").await;
    let after = &before["ledgerHead"]["cursor"];
    let mut socket = app.subscribe(CHANGES, json!({ "after": after })).await;
    assert_eq!(hear(&mut socket, 1).await, list_cursors(&app).await[1..]);
}

/// Cursors that cannot be honoured.
async fn wrong_cursors(app: &TestApp) -> [String; 5] {
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
async fn a_cursor_that_cannot_be_honoured_is_refused() {
    let (app, _) = TestApp::start_asking().await;
    let entries = "subscription($after: String) { ledgerAppended(after: $after) { seq } }";
    let expected = ("CURSOR_INVALID".to_owned(), "after".to_owned());
    let mut socket = app.socket().await;
    for wrong in wrong_cursors(&app).await {
        for query in [CHANGES, entries] {
            let variables = json!({ "after": wrong });
            socket.subscribe("1", query, variables.clone()).await;
            let error = socket.next().await;
            assert_eq!(error["type"], "error", "{wrong}");
            assert_eq!(refusal(&json!({ "errors": error["payload"] })), expected);
            for request in [
                ask(&app, query, &variables, None),
                ask(&app, query, &json!({}), Some(&wrong)),
            ] {
                let response = request.send().await.unwrap();
                assert_eq!(response.status(), StatusCode::BAD_REQUEST);
                assert_eq!(refusal(&response.json().await.unwrap()), expected);
            }
        }
    }
}

#[tokio::test]
async fn an_event_stream_resumes_by_its_last_id() {
    let (app, paper) = TestApp::start_asking().await;
    let genesis = app.genesis().await;
    let variables = json!({ "after": genesis });
    let mut events = Events::open(&app, CHANGES, variables.clone(), None).await;
    for state in ["RW", "PE", "EC"] {
        app.stand(&paper, state, "NAMED", "2025-03").await;
    }
    let (first, data) = events.next().await;
    assert_eq!(first, cursor_of(&data["stanceChanged"]));
    drop(events);
    // The id of the last event goes before `after`, which a browser sends again unchanged.
    let mut events = Events::open(&app, CHANGES, variables, Some(&first)).await;
    let all = list_cursors(&app).await;
    assert_eq!([events.next().await.0, events.next().await.0], all[1..]);
    app.stand(&paper, "GH", "NAMED", "2025-03").await;
    assert_eq!(events.next().await.0, list_cursors(&app).await[3]);
}

#[tokio::test]
async fn a_stream_can_be_resumed_from_its_start_before_anything_was_heard() {
    let (app, paper) = TestApp::start_asking().await;
    let variables = json!({});
    let mut events = Events::open(&app, CHANGES, variables.clone(), None).await;
    let start = events.start().await;
    drop(events);
    app.stand(&paper, "RW", "NAMED", "2025-03").await;
    let mut events = Events::open(&app, CHANGES, variables, Some(&start)).await;
    let (_, heard) = events.next().await;
    assert_eq!(heard["stanceChanged"]["to"], "NAMED");
}

#[tokio::test]
async fn a_change_is_executed_once_for_all_who_ask_in_the_same_words() {
    let (app, paper) = TestApp::start_asking().await;
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
    for (state, crowd) in [("RW", 1), ("PE", 1), ("RW", 20)] {
        let mut sockets = Vec::new();
        for n in 0..crowd {
            let variables = json!({ "f": filters[n % 2], "code": true });
            sockets.push(app.subscribe(query, variables).await);
            // An answer to another operation shows that the subscription has begun.
            sockets[n].subscribe("2", "{ __typename }", json!({})).await;
            sockets[n].next().await;
            sockets[n].next().await;
        }
        let before = app.server.statements();
        let stance = if crowd == 1 { "NAMED" } else { "AGREED" };
        app.stand(&paper, state, stance, "2025-03").await;
        for socket in &mut sockets {
            let heard = socket.event().await["stanceChanged"].take();
            assert_eq!(heard["relationship"]["requestedState"]["code"], state);
        }
        costs.push(app.server.statements() - before);
    }
    assert_eq!(costs[0], costs[2], "one subscriber and twenty: {costs:?}");
}

#[tokio::test]
async fn an_event_is_executed_and_written_once_for_a_thousand_subscribers() {
    const SOCKETS: usize = 50;
    const OPERATIONS: usize = 20;
    let (app, paper) = TestApp::start_asking().await;
    // With a cursor it does not matter how soon each begins.
    let after = app.head().await["cursor"].take();
    let filters = [json!(null), json!({ "countries": ["RW", "PE"] })];
    let mut sockets = Vec::new();
    for number in 0..SOCKETS {
        let mut socket = app.socket().await;
        for id in 0..OPERATIONS {
            let filter = &filters[(number + id) % 2];
            let variables = json!({ "after": after, "filter": filter });
            socket.subscribe(&format!("{id}"), CHANGES, variables).await;
        }
        sockets.push(socket);
    }
    for stance in ["NAMED", "AGREED"] {
        let before = app.server.executions();
        app.stand(&paper, "RW", stance, "2025-03").await;
        for socket in &mut sockets {
            for _ in 0..OPERATIONS {
                assert_eq!(socket.event().await["stanceChanged"]["to"], stance);
            }
        }
        assert_eq!(app.server.executions() - before, 1);
    }
}

#[tokio::test]
async fn who_asks_in_other_words_is_told_in_those() {
    let (app, paper) = TestApp::start_asking().await;
    let query = "subscription($code: Boolean!) {
        stanceChanged { relationship { requestedState { code @include(if: $code) name } } } }";
    let mut with = app.subscribe(query, json!({ "code": true })).await;
    let mut without = app.subscribe(query, json!({ "code": false })).await;
    for socket in [&mut with, &mut without] {
        socket.subscribe("2", "{ __typename }", json!({})).await;
        socket.next().await;
        socket.next().await;
    }
    app.stand(&paper, "RW", "NAMED", "2025-03").await;
    let state =
        |heard: serde_json::Value| heard["stanceChanged"]["relationship"]["requestedState"].clone();
    assert_eq!(
        state(with.event().await),
        json!({ "code": "RW", "name": "Rwanda" })
    );
    assert_eq!(state(without.event().await), json!({ "name": "Rwanda" }));
}

#[tokio::test]
async fn a_socket_writes_and_reads_as_whom_its_init_says() {
    let app = TestApp::start_empty().await;
    let payload = json!({ "Authorization": format!("Bearer {}", app.token) });
    let mut socket = Socket::open_with(&app.ws_url(), payload).await;
    let (text, variables) = request("openInitiative", &initiative(SLUG));
    let opened = socket.run(&text, variables).await;
    assert_eq!(opened["openInitiative"]["ledgerHead"], app.head().await);
    let read = socket.run("{ ledger { head { seq } } }", json!({})).await;
    assert_eq!(read["ledger"]["head"]["seq"], 1);

    let mut anonymous = app.socket().await;
    let (text, variables) = request("registerSource", &source());
    anonymous.subscribe("1", &text, variables).await;
    let answer = anonymous.next().await;
    let refused = json!({ "errors": answer["payload"] });
    assert_eq!(refusal(&refused).0, "UNAUTHENTICATED");

    let outsider = app.outsider().await;
    api_tokens::revoke(&outsider, "test-0", Instant(NOW))
        .await
        .unwrap();
    let mut revoked = Socket::connect(&app.ws_url()).await;
    let payload = json!({ "Authorization": format!("Bearer {}", app.token) });
    revoked
        .send(&json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(revoked.closed().await.0, 4403);
}

const ENTRIES: &str = "subscription($after: String!) { ledgerAppended(after: $after) { seq } }";

/// Writes entries with these numbers by hand, whether or not others come before them.
async fn plant(app: &TestApp, seqs: &[i64]) {
    let rows: Vec<String> = seqs
        .iter()
        .map(|seq| format!("({seq}, 'SOURCE_REGISTERED', '{{}}', 'x', '{seq}', 0, '', '')"))
        .collect();
    let sql = format!("INSERT INTO ledger_entry VALUES {}", rows.join(", "));
    app.outsider().await.execute_unprepared(&sql).await.unwrap();
}

#[tokio::test]
async fn nothing_behind_a_hole_is_told_before_the_hole_is_filled() {
    let (app, _) = TestApp::start_asking().await;
    let after = app.head().await["cursor"].take();
    let mut socket = app.subscribe(ENTRIES, json!({ "after": after })).await;
    plant(&app, &[3, 5]).await;
    assert_eq!(socket.event().await["ledgerAppended"]["seq"], 3);
    // Another write wakes the feed again while the hole is there.
    plant(&app, &[6]).await;
    plant(&app, &[4]).await;
    for seq in [4, 5, 6] {
        assert_eq!(socket.event().await["ledgerAppended"]["seq"], seq);
    }
}

#[tokio::test]
async fn a_replay_over_a_hole_ends_in_an_error() {
    let (app, _) = TestApp::start_asking().await;
    for _ in 0..3 {
        app.register().await;
    }
    let outsider = app.outsider().await;
    let delete = "DELETE FROM ledger_entry WHERE seq = 3";
    for sql in UNGUARD.iter().chain([&delete]) {
        outsider.execute_unprepared(sql).await.unwrap();
    }
    let app = app.restart().await;
    let after = app.genesis().await;
    let mut socket = app.subscribe(ENTRIES, json!({ "after": after })).await;
    for seq in [1, 2] {
        assert_eq!(socket.event().await["ledgerAppended"]["seq"], seq);
    }
    let error = socket.next().await;
    assert_eq!(refusal(&error["payload"]).0, "INTERNAL_SERVER_ERROR");
}
