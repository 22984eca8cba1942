//! Stance changes: what each rests on, what it takes back, and the filter that follows a stance, in lists and subscriptions.

use demarche::model::id::GlobalId;
use serde_json::{Value, json};

use crate::app::{TestApp, data};
use crate::fixtures::{correction, id, stance_input};

const SELECTION: &str = "kind from to statement { number } basis { number } revises { to cursor }";

/// Changes that involve a refusal, as a list.
async fn listed(app: &TestApp) -> Vec<Value> {
    let query = format!(
        "{{ stanceChanges(filter: {{ involves: [REFUSED] }}) {{ totalCount nodes {{ cursor {SELECTION} }} }} }}"
    );
    let page = app.query(&query).await["stanceChanges"].take();
    let nodes = page["nodes"].as_array().unwrap().clone();
    assert_eq!(page["totalCount"], nodes.len());
    nodes
}

/// The number of the statement in a payload.
fn number(payload: &Value) -> &Value {
    &payload["statement"]["number"]
}

async fn retract(app: &TestApp, payload: &Value) -> Value {
    let input = json!({ "statement": id(payload), "reason": "Never said." });
    app.mutate("retractStatement", &input).await
}

#[tokio::test]
async fn who_follows_refusals_learns_of_their_withdrawal_and_what_the_stance_rests_on() {
    let (app, source) = TestApp::start_with_initiative().await;
    let query = format!(
        "subscription {{ stanceChanged(filter: {{ involves: [REFUSED] }}) {{ cursor {SELECTION} }} }}"
    );
    let mut socket = app.subscribe(&query, json!({})).await;
    socket.run("{ __typename }", json!({})).await;
    let refused = app.record_stance(&source, "RW", "REFUSED", "2025-01").await;
    let agreed = app.record_stance(&source, "RW", "AGREED", "2025-02").await;
    retract(&app, &agreed).await;
    retract(&app, &refused).await;
    let mut received = Vec::new();
    for _ in 0..4 {
        received.push(socket.event().await["stanceChanged"].take());
    }
    assert_eq!(received, listed(&app).await);
    let [refusal, agreement, withdrawal, end] = received.try_into().unwrap();
    let of = |change: &Value| {
        let number = |field: &str| change[field]["number"].clone();
        (
            number("statement"),
            number("basis"),
            change["revises"]["cursor"].clone(),
        )
    };
    let (refused, agreed) = (number(&refused).clone(), number(&agreed).clone());
    let cursor = |change: &Value| change["cursor"].clone();
    assert_eq!(
        of(&refusal),
        (refused.clone(), refused.clone(), Value::Null)
    );
    assert_eq!(
        of(&agreement),
        (agreed.clone(), agreed.clone(), Value::Null)
    );
    assert_eq!(
        of(&withdrawal),
        (agreed, refused.clone(), cursor(&agreement))
    );
    assert_eq!(of(&end), (refused, Value::Null, cursor(&withdrawal)));
    // Each names the one that takes it back.
    let query = "{ stanceChanges { nodes { revisedBy { cursor } } } }";
    let nodes = app.query(query).await["stanceChanges"]["nodes"].take();
    let revised_by = |change: &Value| change["revisedBy"]["cursor"].clone();
    assert_eq!(
        nodes
            .as_array()
            .unwrap()
            .iter()
            .map(revised_by)
            .collect::<Vec<_>>(),
        [Value::Null, cursor(&withdrawal), cursor(&end), Value::Null]
    );
}

#[tokio::test]
async fn a_correction_names_the_change_that_it_takes_back_and_later_entries_alter_neither() {
    let (app, source) = TestApp::start_with_initiative().await;
    let agreed = app.record_stance(&source, "PE", "AGREED", "2025-03").await;
    let input = correction(&agreed["statement"], &source, "REFUSED", "2025-03");
    let corrected = app.mutate("correctStatement", &input).await;
    let before = listed(&app).await;
    assert_eq!(before.len(), 1);
    assert_eq!(before[0]["kind"], "CORRECTION");
    assert_eq!(before[0]["basis"]["number"], *number(&corrected));
    assert_eq!(before[0]["revises"]["to"], "AGREED");
    retract(&app, &corrected).await;
    app.record_stance(&source, "PE", "ENDED", "2025-06").await;
    let after = listed(&app).await;
    assert_eq!(after[0], before[0]);
    assert_eq!(after[1]["basis"]["number"], *number(&agreed));
    assert_eq!(after[1]["revises"]["cursor"], before[0]["cursor"]);
}

#[tokio::test]
async fn the_payload_of_a_retraction_names_its_basis() {
    let (app, source) = TestApp::start_with_initiative().await;
    let refused = app.record_stance(&source, "RW", "REFUSED", "2025-01").await;
    let agreed = app.record_stance(&source, "RW", "AGREED", "2025-02").await;
    let text = format!(
        "mutation($input: RetractStatementInput!) {{ retractStatement(input: $input) {{
           stanceChange {{ {SELECTION} }} }} }}"
    );
    let input = json!({ "input": { "statement": id(&agreed), "reason": "Never said.", "idempotencyKey": "k" } });
    let payload = data(app.execute_as_editor(&text, input).await);
    let change = &payload["retractStatement"]["stanceChange"];
    assert_eq!(change["basis"]["number"], *number(&refused));
    assert_eq!(change["revises"]["to"], "AGREED");
}

/// A press report names Rwanda, the ministry denies it, an unusual transition follows, and is retracted.
async fn record_changes_of_every_kind(app: &TestApp, source: &str) -> Vec<i64> {
    let mut named = stance_input(source, "RW", "NAMED", "2025-01-01");
    named["claimant"] = json!({ "kind": "PRESS", "label": "A newspaper" });
    let named = app.mutate("recordStatement", &named).await;
    let mut refused = stance_input(source, "RW", "REFUSED", "2025-02-01");
    refused["contradicts"] = json!([id(&named)]);
    let refused = app.mutate("recordStatement", &refused).await;
    let mut ended = stance_input(source, "RW", "IMPLEMENTING", "2025-03-01");
    ended["claimant"] = json!({ "kind": "NGO", "label": "A charity" });
    ended["contradicts"] = json!([id(&refused)]);
    let ended = app.mutate("recordStatement", &ended).await;
    retract(app, &ended).await;
    let seqs = [&named, &refused, &ended].map(|one| number(one).as_i64().unwrap());
    let head = app.head().await["seq"].as_i64().unwrap();
    seqs.into_iter().chain([head]).collect()
}

#[tokio::test]
async fn lists_and_subscriptions_filter_by_claimant_dispute_and_transition_alike() {
    let (app, source) = TestApp::start_with_initiative().await;
    let genesis = app.genesis().await;
    let seqs = record_changes_of_every_kind(&app, &source).await;
    for (filter, expected) in [
        (json!({ "claimants": ["PRESS"] }), vec![0]),
        (json!({ "claimants": ["NGO"] }), vec![2, 3]),
        (
            json!({ "claimants": ["PRESS", "REQUESTED_STATE", "PRESS"] }),
            vec![0, 1],
        ),
        (json!({ "claimants": [] }), vec![]),
        (json!({ "disputed": true }), vec![1, 2, 3]),
        (json!({ "disputed": false }), vec![0]),
        (json!({ "unusual": true }), vec![2]),
        (json!({ "unusual": false, "kinds": ["EVENT"] }), vec![0, 1]),
        (
            json!({ "claimants": ["NGO"], "kinds": ["RETRACTION"] }),
            vec![3],
        ),
        (
            json!({ "claimants": ["NGO"], "involves": ["REFUSED"], "disputed": true }),
            vec![2, 3],
        ),
    ] {
        let expected: Vec<i64> = expected
            .into_iter()
            .map(|index: usize| seqs[index])
            .collect();
        let query = "query($f: StanceChangeFilter) { stanceChanges(filter: $f) { totalCount nodes { id } } }";
        let page = data(app.execute(query, json!({ "f": filter })).await)["stanceChanges"].take();
        assert_eq!(page["totalCount"], expected.len(), "{filter}");
        let listed = page["nodes"].as_array().unwrap();
        let ids = expected
            .iter()
            .map(|seq| json!({ "id": GlobalId::StanceChange(*seq).to_string() }));
        assert_eq!(*listed, ids.collect::<Vec<_>>(), "{filter}");
        let query = "subscription($f: StanceChangeFilter, $after: String) { stanceChanged(filter: $f, after: $after) { id } }";
        let mut socket = app
            .subscribe(query, json!({ "f": filter, "after": genesis }))
            .await;
        for change in listed {
            assert_eq!(socket.event().await["stanceChanged"], *change, "{filter}");
        }
    }
}
