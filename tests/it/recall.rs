//! Recall: what became of statements that somebody cited, as a query and as a subscription.

use serde_json::{Value, json};

use crate::app::{TestApp, data, only_error};
use crate::fixtures::{correction, evidence, id, stance_input};

const REVISION: &str = "cursor kind reason recordedAt statement { number } by { number } entry { seq about { number } }";

async fn recall(app: &TestApp, statements: Value, since: Value) -> Value {
    let query = format!(
        "query($s: [ID!]!, $since: DateTime) {{ recalled(statements: $s, since: $since) {{
           statement {{ number standing }} successors {{ number }} current {{ number }}
           revisions {{ {REVISION} }} }} }}"
    );
    let variables = json!({ "s": statements, "since": since });
    data(app.execute(&query, variables).await)["recalled"].take()
}

fn number(payload: &Value) -> i64 {
    payload["statement"]["number"].as_i64().unwrap()
}

async fn correct(app: &TestApp, payload: &Value, source: &str, stance: &str) -> Value {
    let mut input = correction(&payload["statement"], source, stance, "2025-03");
    input["reason"] = "Misread.".into();
    app.mutate("correctStatement", &input).await
}

async fn retract(app: &TestApp, payload: &Value) {
    let input = json!({ "statement": id(payload), "reason": "Never said." });
    app.mutate("retractStatement", &input).await;
}

/// Kind, revised statement and `by` of each.
fn kinds(revisions: &Value) -> Vec<(String, i64, Option<i64>)> {
    let revisions = revisions.as_array().unwrap().iter();
    let parts = |one: &Value| {
        let kind = one["kind"].as_str().unwrap().to_owned();
        let statement = one["statement"]["number"].as_i64().unwrap();
        (kind, statement, one["by"]["number"].as_i64())
    };
    revisions.map(parts).collect()
}

fn revised(kind: &str, statement: i64, by: Option<i64>) -> (String, i64, Option<i64>) {
    (kind.to_owned(), statement, by)
}

#[tokio::test]
async fn a_cited_statement_is_followed_through_its_corrections() {
    let (app, source) = TestApp::start_with_initiative().await;
    let first = app.record_stance(&source, "RW", "AGREED", "2025-03").await;
    let second = correct(&app, &first, &source, "AGREED").await;
    let third = correct(&app, &second, &source, "REFUSED").await;
    let other = app.record_stance(&source, "PE", "NAMED", "2025-03").await;
    let numbers = [&first, &second, &third].map(number);
    let recalled = recall(
        &app,
        json!([
            id(&first),
            numbers[2].to_string(),
            "999",
            id(&other),
            id(&first)
        ]),
        Value::Null,
    )
    .await;
    let items = recalled.as_array().unwrap();
    assert_eq!(items.len(), 5);
    assert_eq!(
        items[0]["statement"],
        json!({ "number": numbers[0], "standing": "CORRECTED" })
    );
    assert_eq!(
        items[0]["successors"],
        json!([{ "number": numbers[1] }, { "number": numbers[2] }])
    );
    assert_eq!(items[0]["current"]["number"], numbers[2]);
    let expected = [
        revised("CORRECTED", numbers[0], Some(numbers[1])),
        revised("CORRECTED", numbers[1], Some(numbers[2])),
    ];
    assert_eq!(kinds(&items[0]["revisions"]), expected);
    assert_eq!(items[0]["revisions"][0]["reason"], "Misread.");
    assert_eq!(items[1]["successors"], json!([]));
    assert_eq!(items[1]["current"]["number"], numbers[2]);
    assert_eq!(items[1]["revisions"], items[0]["revisions"]);
    assert_eq!(items[2], Value::Null);
    assert_eq!(items[3]["statement"]["number"], number(&other));
    assert_eq!(items[3]["revisions"], json!([]));
    assert_eq!(items[4], items[0]);

    retract(&app, &third).await;
    let items = recall(&app, json!([id(&first), id(&third)]), Value::Null).await;
    assert_eq!(items[0]["current"]["number"], numbers[1]);
    assert_eq!(items[1]["current"], Value::Null);
    let expected = [
        revised("REINSTATED", numbers[1], Some(numbers[2])),
        revised("RETRACTED", numbers[2], None),
    ];
    assert_eq!(kinds(&items[0]["revisions"])[2..], expected);
    assert_eq!(items[0]["revisions"][2]["reason"], "Never said.");
}

#[tokio::test]
async fn only_revisions_after_a_time_are_news_and_the_pin_hides_later_ones() {
    let (app, source) = TestApp::start_with_initiative().await;
    let first = app.record_stance(&source, "RW", "AGREED", "2025-03").await;
    let second = correct(&app, &first, &source, "AGREED").await;
    let (head, cited_at) = {
        let head = app.head().await;
        (head["seq"].clone(), head["recordedAt"].clone())
    };
    let mut denial = stance_input(&source, "RW", "REFUSED", "2025-04");
    denial["contradicts"] = json!([id(&second)]);
    let denial = app.mutate("recordStatement", &denial).await;
    app.mutate("addEvidence", &evidence(&first, &source)).await;
    let (first, second, denial) = (number(&first), number(&second), number(&denial));
    let news = recall(&app, json!([first]), cited_at).await;
    let expected = [
        revised("CONTRADICTED", second, Some(denial)),
        revised("EVIDENCE_ADDED", first, None),
    ];
    assert_eq!(kinds(&news[0]["revisions"]), expected);
    let query = format!(
        "{{ recalled(statements: [{first}, {denial}]) {{ current {{ number }} revisions {{ kind }} }} }}"
    );
    let request = json!({ "query": query, "extensions": { "ledger": { "seq": head } } });
    let request = app.http().post(app.url("/graphql")).json(&request);
    let pinned: Value = request.send().await.unwrap().json().await.unwrap();
    let expected =
        json!([{ "current": { "number": second }, "revisions": [{ "kind": "CORRECTED" }] }, null]);
    assert_eq!(pinned["data"]["recalled"], expected);
}

#[tokio::test]
async fn a_correction_that_leaves_the_stance_reaches_the_follower_of_the_statement_and_no_other() {
    let (app, source) = TestApp::start_with_initiative().await;
    let first = app.record_stance(&source, "RW", "AGREED", "2025-03").await;
    let other = app.record_stance(&source, "PE", "AGREED", "2025-03").await;
    let query = format!(
        "subscription($s: [ID!]!, $after: String) {{ statementRevised(statements: $s, after: $after) {{ {REVISION} }} }}"
    );
    let mut socket = app.subscribe(&query, json!({ "s": [id(&first)] })).await;
    socket.run("{ __typename }", json!({})).await;
    retract(&app, &other).await;
    let second = correct(&app, &first, &source, "AGREED").await;
    assert_eq!(second["stanceChange"], Value::Null);
    let third = correct(&app, &second, &source, "AGREED").await;
    retract(&app, &third).await;
    app.mutate("addEvidence", &evidence(&second, &source)).await;
    let mut events = Vec::new();
    for _ in 0..4 {
        events.push(socket.event().await["statementRevised"].take());
    }
    let all: Vec<Value> = events
        .iter()
        .flat_map(|event| event.as_array().unwrap().clone())
        .collect();
    let recalled = recall(&app, json!([id(&second)]), Value::Null).await;
    assert_eq!(json!(all), recalled[0]["revisions"]);
    assert_eq!(all[0]["entry"]["about"]["number"], number(&second));

    let (app, after) = (app.restart().await, events[1][0]["cursor"].clone());
    let variables = json!({ "s": [id(&first), id(&other)], "after": after });
    let mut socket = app.subscribe(&query, variables).await;
    for event in &events[2..] {
        assert_eq!(socket.event().await["statementRevised"], *event);
    }
}

#[tokio::test]
async fn one_entry_is_one_event_with_all_that_it_revised() {
    let (app, source) = TestApp::start_with_initiative().await;
    let first = app.record_stance(&source, "RW", "AGREED", "2025-03").await;
    let second = app.record_stance(&source, "RW", "REFUSED", "2025-04").await;
    let query =
        format!("subscription($s: [ID!]!) {{ statementRevised(statements: $s) {{ {REVISION} }} }}");
    let mut socket = app
        .subscribe(&query, json!({ "s": [id(&second), id(&second)] }))
        .await;
    socket.run("{ __typename }", json!({})).await;
    let mut input = correction(&first["statement"], &source, "ENDED", "2025-03");
    input["contradicts"] = json!([id(&second), id(&first)]);
    let third = app.mutate("correctStatement", &input).await;
    let event = socket.event().await["statementRevised"].take();
    let by = Some(number(&third));
    let expected = [
        revised("CORRECTED", number(&first), by),
        revised("CONTRADICTED", number(&first), by),
        revised("CONTRADICTED", number(&second), by),
    ];
    assert_eq!(kinds(&event), expected);
}

#[tokio::test]
async fn what_is_no_statement_is_named() {
    let (app, source) = TestApp::start_with_initiative().await;
    let first = app.record_stance(&source, "RW", "AGREED", "2025-03").await;
    let many = vec![json!("1"); 501];
    for (statements, code, field) in [
        (json!([id(&first), "x"]), "BAD_USER_INPUT", "statements[1]"),
        (json!([source]), "BAD_USER_INPUT", "statements[0]"),
        (json!(["007"]), "BAD_USER_INPUT", "statements[0]"),
        (json!(many), "BAD_USER_INPUT", "statements"),
    ] {
        let query = "query($s: [ID!]!) { recalled(statements: $s) { statement { number } } }";
        let response = app.execute(query, json!({ "s": statements })).await;
        assert_eq!(only_error(&response), (code.to_owned(), field.to_owned()));
    }
    let none = recall(&app, json!([]), Value::Null).await;
    assert_eq!(none, json!([]));
    let query = "subscription($s: [ID!]!) { statementRevised(statements: $s) { kind } }";
    for (statements, code, field) in [
        (json!([]), "BAD_USER_INPUT", "statements"),
        (json!([id(&first), "999"]), "NOT_FOUND", "statements[1]"),
        (json!(["x"]), "BAD_USER_INPUT", "statements[0]"),
    ] {
        let mut socket = app.subscribe(query, json!({ "s": statements })).await;
        let error = socket.next().await["payload"][0].take();
        let extensions = &error["extensions"];
        assert_eq!(
            (&extensions["code"], &extensions["field"]),
            (&json!(code), &json!(field)),
            "{error}"
        );
    }
}
