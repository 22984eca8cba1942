//! Subscriptions to changes of disputes, and to the entries of one initiative: live, resumed, and after restarts.

use serde_json::{Value, json};

use crate::app::{TestApp, data, limits, only_error};
use crate::fixtures::{SLUG, correction, evidence, id, initiative, stance_input};
use crate::websocket_client::WebSocketClient;

pub(crate) const DISPUTES: &str = "subscription($filter: DisputeChangeFilter, $after: String) {
    disputeChanged(filter: $filter, after: $after) { cursor kind disputed recordedAt
    relationship { requestedState { code } } entry { seq kind cursor recordedAt stanceChange { to } }
    rivals { statement { number } contradicts { number } } added { statement { number } }
    removed { statement { number } contradicts { number } } } }";

/// The changes that [`make_disputes`] makes: state, kind, kind of the entry.
const EXPECTED: [[&str; 3]; 8] = [
    ["RW", "BEGAN", "STATEMENT_RECORDED"],
    ["RW", "GREW", "STATEMENT_RECORDED"],
    ["RW", "SHRANK", "STATEMENT_RETRACTED"],
    ["RW", "ENDED", "STATEMENT_RECORDED"],
    ["PE", "BEGAN", "STATEMENT_RECORDED"],
    ["PE", "ENDED", "STATEMENT_CORRECTED"],
    ["GH", "BEGAN", "STATEMENT_RECORDED"],
    ["GH", "ENDED", "STATEMENT_RETRACTED"],
];

/// Records a statement that contradicts another one.
async fn contradict(app: &TestApp, source: &str, state: &str, other: &Value) -> Value {
    let mut input = stance_input(source, state, "REFUSED", "2025-04-01");
    input["contradicts"] = json!([id(other)]);
    app.mutate("recordStatement", &input).await
}

async fn retract(app: &TestApp, payload: &Value) {
    let input = json!({ "statement": id(payload), "reason": "A test." });
    app.mutate("retractStatement", &input).await;
}

/// Disputes of three states: one grows, shrinks and is superseded, one ends by a correction, one by a retraction.
pub(crate) async fn make_disputes(app: &TestApp, source: &str) {
    let talks = app
        .record_stance(source, "RW", "NEGOTIATING", "2025-03-01")
        .await;
    contradict(app, source, "RW", &talks).await;
    let second = contradict(app, source, "RW", &talks).await;
    app.mutate("addEvidence", &evidence(&second, source)).await;
    retract(app, &second).await;
    app.record_stance(source, "RW", "SUSPENDED", "2025-09-01")
        .await;

    let talks = app
        .record_stance(source, "PE", "NEGOTIATING", "2025-03-01")
        .await;
    let denial = contradict(app, source, "PE", &talks).await;
    let mut agreed = correction(&denial["statement"], source, "AGREED", "2025-05-01");
    agreed["settlesDisputes"] = json!(true);
    app.mutate("correctStatement", &agreed).await;

    let talks = app
        .record_stance(source, "GH", "NEGOTIATING", "2025-03-01")
        .await;
    let denial = contradict(app, source, "GH", &talks).await;
    retract(app, &denial).await;
}

async fn next_changes(socket: &mut WebSocketClient, count: usize) -> Vec<Value> {
    let mut changes = Vec::new();
    for _ in 0..count {
        changes.push(socket.event().await["disputeChanged"].take());
    }
    changes
}

fn summary(change: &Value) -> [&str; 3] {
    let texts = [
        &change["relationship"]["requestedState"]["code"],
        &change["kind"],
        &change["entry"]["kind"],
    ];
    texts.map(|text| text.as_str().unwrap())
}

#[tokio::test]
async fn a_dispute_begins_grows_shrinks_and_ends_and_every_replay_sends_the_same() {
    let (app, source) = TestApp::start_with_initiative().await;
    let genesis = json!({ "after": app.genesis().await });
    let mut socket = app.subscribe(DISPUTES, genesis.clone()).await;
    make_disputes(&app, &source).await;
    let live = next_changes(&mut socket, EXPECTED.len()).await;
    let found: Vec<[&str; 3]> = live.iter().map(summary).collect();
    assert_eq!(found, EXPECTED);
    for change in &live {
        assert_eq!(change["disputed"], change["kind"] != "ENDED", "{change:#}");
        assert_eq!(change["cursor"], change["entry"]["cursor"]);
        assert_eq!(change["recordedAt"], change["entry"]["recordedAt"]);
    }
    let [began, grew, shrank, ended] = [&live[0], &live[1], &live[2], &live[3]];
    let count = |change: &Value, list: &str| change[list].as_array().unwrap().len();
    assert_eq!((count(began, "rivals"), count(grew, "rivals")), (1, 2));
    assert_eq!((count(grew, "added"), count(shrank, "removed")), (1, 1));
    assert_eq!(
        shrank["removed"][0]["statement"],
        grew["added"][0]["statement"]
    );
    assert_eq!(ended["removed"], began["rivals"]);
    assert_eq!(ended["entry"]["stanceChange"]["to"], "SUSPENDED");

    let other = app.start_another(limits()).await;
    let mut socket = other.subscribe(DISPUTES, genesis.clone()).await;
    assert_eq!(next_changes(&mut socket, live.len()).await, live);
    other.stop().await;
    let app = app.restart().await;
    let mut socket = app.subscribe(DISPUTES, genesis).await;
    assert_eq!(next_changes(&mut socket, live.len()).await, live);
    for (index, change) in live.iter().enumerate() {
        let after = json!({ "after": change["cursor"] });
        let mut socket = app.subscribe(DISPUTES, after).await;
        let rest = &live[index + 1..];
        assert_eq!(next_changes(&mut socket, rest.len()).await, rest);
    }
}

const RIVALS: &str =
    "query($at: MomentInput) { relationships(filter: { initiative: \"asks\" }, first: 1) { nodes {
    position(at: $at) { disputed rivals { statement { number } contradicts { number } } } } } }";

/// The pairs of statements in dispute, as (denying, denied).
async fn rivals(app: &TestApp, at: Value) -> Vec<(i64, i64)> {
    let response = data(app.execute(RIVALS, json!({ "at": at })).await);
    let position = &response["relationships"]["nodes"][0]["position"];
    let pairs = position["rivals"].as_array().unwrap().iter();
    let number = |value: &Value| value["number"].as_i64().unwrap();
    let pairs = pairs.map(|pair| (number(&pair["statement"]), number(&pair["contradicts"])));
    let pairs: Vec<(i64, i64)> = pairs.collect();
    assert_eq!(position["disputed"], !pairs.is_empty());
    pairs
}

fn number(payload: &Value) -> i64 {
    payload["statement"]["number"].as_i64().unwrap()
}

async fn correct(app: &TestApp, source: &str, payload: &Value) -> Value {
    let input = correction(&payload["statement"], source, "AGREED", "2025-04-01");
    app.mutate("correctStatement", &input).await
}

#[tokio::test]
async fn a_correction_keeps_the_disputes_of_what_it_replaces_unless_it_settles_them() {
    let (app, source) = TestApp::start_with_initiative().await;
    let agreed = app
        .record_stance(&source, "RW", "AGREED", "2025-03-01")
        .await;
    let denial = contradict(&app, &source, "RW", &agreed).await;
    let first = correct(&app, &source, &agreed).await;
    let pair = (number(&denial), number(&first));
    assert_eq!(rivals(&app, json!({})).await, [pair]);
    // Both ends, and through a chain of corrections.
    let second = correct(&app, &source, &first).await;
    let second_denial = correct(&app, &source, &denial).await;
    let pair = (number(&second_denial), number(&second));
    assert_eq!(rivals(&app, json!({})).await, [pair]);
    let before = app.head().await["recordedAt"].clone();
    // What denies a corrected statement later denies its correction.
    let third = contradict(&app, &source, "RW", &agreed).await;
    let both = [pair, (number(&third), number(&second))];
    assert_eq!(rivals(&app, json!({})).await, both);
    let page = app.get(&format!("/statements/{}", number(&second))).await;
    let page = page.text().await.unwrap();
    for denying in [&second_denial, &third] {
        let link = format!(
            "Contradicted by <a href=\"/statements/{}\"",
            number(denying)
        );
        assert!(page.contains(&link), "{page}");
    }
    let mut settlement = correction(&second["statement"], &source, "AGREED", "2025-04-01");
    settlement["settlesDisputes"] = json!(true);
    let settled = app.mutate("correctStatement", &settlement).await;
    assert_eq!(rivals(&app, json!({})).await, []);
    assert_eq!(rivals(&app, json!({ "recordedBy": before })).await, [pair]);
    // Without the settlement, the disputes are back.
    retract(&app, &settled).await;
    assert_eq!(rivals(&app, json!({})).await, both);
    assert_eq!(app.discrepancies().await, []);
    let app = app.restart().await;
    assert_eq!(rivals(&app, json!({})).await, both);
    assert_eq!(rivals(&app, json!({ "recordedBy": before })).await, [pair]);
    let query = format!(
        "{{ one: statement(number: {}) {{ keepsDisputes }} two: statement(number: {}) {{ keepsDisputes }} }}",
        number(&second),
        number(&settled)
    );
    let expected = json!({ "one": { "keepsDisputes": true }, "two": { "keepsDisputes": false } });
    assert_eq!(app.query(&query).await, expected);
}

#[tokio::test]
async fn disputes_are_filtered_by_initiative_state_region_and_kind() {
    let (app, source) = TestApp::start_with_initiative().await;
    app.mutate("openInitiative", &initiative("wants")).await;
    let genesis = app.genesis().await;
    let cases = [
        (json!({ "countries": ["pe", "GH"] }), vec![4, 5, 6, 7]),
        (json!({ "regions": ["002"] }), vec![0, 1, 2, 3, 6, 7]),
        (
            json!({ "regions": ["002"], "countries": ["PE", "GH"] }),
            vec![6, 7],
        ),
        (json!({ "kinds": ["BEGAN", "GREW"] }), vec![0, 1, 4, 6]),
        (
            json!({ "initiatives": [SLUG], "kinds": ["SHRANK"] }),
            vec![2],
        ),
    ];
    let mut live = Vec::new();
    for (filter, _) in &cases {
        let variables = json!({ "filter": filter, "after": genesis });
        live.push(app.subscribe(DISPUTES, variables).await);
    }
    let none = json!({ "filter": { "initiatives": ["wants"] }, "after": genesis });
    let mut none = app.subscribe(DISPUTES, none).await;
    make_disputes(&app, &source).await;
    for ((filter, indexes), mut socket) in cases.into_iter().zip(live) {
        let variables = json!({ "filter": filter, "after": genesis });
        let mut replay = app.subscribe(DISPUTES, variables).await;
        let expected: Vec<[&str; 3]> = indexes.iter().map(|index| EXPECTED[*index]).collect();
        for socket in [&mut socket, &mut replay] {
            let found = next_changes(socket, indexes.len()).await;
            let found: Vec<[&str; 3]> = found.iter().map(summary).collect();
            assert_eq!(found, expected, "{filter}");
        }
    }
    let mut matching = stance_input(&source, "RW", "NEGOTIATING", "2025-03-01");
    matching["subject"]["relationship"]["initiative"] = "wants".into();
    let talks = app.mutate("recordStatement", &matching).await;
    matching["contradicts"] = json!([id(&talks)]);
    app.mutate("recordStatement", &matching).await;
    let change = next_changes(&mut none, 1).await;
    assert_eq!(summary(&change[0]), EXPECTED[0]);
}

#[tokio::test]
async fn an_unknown_value_of_a_filter_is_not_found() {
    let (app, _) = TestApp::start_with_initiative().await;
    let of_disputes =
        |filter: &str| format!("subscription {{ disputeChanged(filter: {filter}) {{ kind }} }}");
    for (query, field) in [
        (
            of_disputes(r#"{ initiatives: ["nope"] }"#),
            "filter.initiatives",
        ),
        (of_disputes(r#"{ countries: ["ZZ"] }"#), "filter.countries"),
        (of_disputes(r#"{ regions: ["999"] }"#), "filter.regions"),
        (
            r#"subscription { ledgerAppended(initiative: "nope") { seq } }"#.to_owned(),
            "initiative",
        ),
    ] {
        let mut socket = app.connect_websocket().await;
        socket.subscribe("1", &query, json!({})).await;
        let message = socket.next().await;
        let (code, found) = only_error(&json!({ "errors": message["payload"] }));
        assert_eq!(
            (code.as_str(), found.as_str()),
            ("NOT_FOUND", field),
            "{message:#}"
        );
    }
}

#[tokio::test]
async fn identical_subscriptions_to_disputes_share_one_execution() {
    let (app, source) = TestApp::start_with_initiative().await;
    let talks = app
        .record_stance(&source, "RW", "NEGOTIATING", "2025-03-01")
        .await;
    let after = json!({ "after": app.head().await["cursor"] });
    let mut sockets = Vec::new();
    for _ in 0..20 {
        sockets.push(app.subscribe(DISPUTES, after.clone()).await);
    }
    let before = app.server.event_executions();
    contradict(&app, &source, "RW", &talks).await;
    for socket in &mut sockets {
        assert_eq!(next_changes(socket, 1).await[0]["kind"], "BEGAN");
    }
    assert_eq!(app.server.event_executions() - before, 1);
}

#[tokio::test]
async fn entries_of_one_initiative_are_those_about_it_and_its_relationships() {
    let (app, source) = TestApp::start_with_initiative().await;
    let query = "subscription($after: String, $initiative: ID, $kinds: [EntryKind!]) {
        ledgerAppended(after: $after, initiative: $initiative, kinds: $kinds) { seq kind stanceChange { to } } }";
    let of = |slug: &str| json!({ "after": null, "initiative": slug });
    let genesis = app.genesis().await;
    let from_genesis = |mut variables: Value| {
        variables["after"] = genesis.as_str().into();
        variables
    };
    let mut asks = app.subscribe(query, from_genesis(of(SLUG))).await;
    // 3 to 5
    app.mutate("openInitiative", &initiative("wants")).await;
    let ours = app.record_stance(&source, "RW", "NAMED", "2025-03").await;
    let mut matching = stance_input(&source, "RW", "NAMED", "2025-03");
    matching["subject"]["relationship"]["initiative"] = "wants".into();
    let theirs = app.mutate("recordStatement", &matching).await;
    // 6 and 7
    for subject in [json!({ "initiative": SLUG }), json!({ "country": "RW" })] {
        let mut concern = stance_input(&source, "RW", "NAMED", "2025-03");
        concern["subject"] = subject;
        concern["body"] = json!({ "concern": { "category": "TRANSPARENCY" } });
        app.mutate("recordStatement", &concern).await;
    }
    // 8 to 11
    app.mutate("addEvidence", &evidence(&ours, &source)).await;
    let corrected = correction(&ours["statement"], &source, "AGREED", "2025-04");
    let corrected = app.mutate("correctStatement", &corrected).await;
    retract(&app, &theirs).await;
    retract(&app, &corrected).await;
    for seq in [1, 4, 6, 8, 9, 11] {
        let entry = asks.event().await["ledgerAppended"].take();
        assert_eq!(entry["seq"], seq);
        let has_change = [4, 9, 11].contains(&seq);
        assert_eq!(entry["stanceChange"].is_object(), has_change, "{entry}");
    }
    let app = app.restart().await;
    let mut wants = app.subscribe(query, from_genesis(of("wants"))).await;
    for seq in [3, 5, 10] {
        assert_eq!(wants.event().await["ledgerAppended"]["seq"], seq);
    }
    let mut retractions = from_genesis(of(SLUG));
    retractions["kinds"] = json!(["STATEMENT_RETRACTED", "EVIDENCE_ADDED"]);
    let mut retractions = app.subscribe(query, retractions).await;
    for seq in [8, 11] {
        assert_eq!(retractions.event().await["ledgerAppended"]["seq"], seq);
    }
}
