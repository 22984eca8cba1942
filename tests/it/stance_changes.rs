//! Stance changes: what each rests on, what it takes back, and the filter that follows a stance, in lists and subscriptions.

use serde_json::{Value, json};

use crate::app::{TestApp, data};
use crate::fixtures::{correction, id};

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
