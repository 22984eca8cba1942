//! The operations of docs/performance.md, and requests for them.

use serde_json::{Value, json};

pub(super) const QUERIES: [(&str, &str); 4] = [
    (
        "Q1",
        r#"{ country(code: "RW") { code name region { name } capital } }"#,
    ),
    (
        "Q2",
        r#"{ country(code: "RW") { code name region { name } capital
            relationships(direction: INCOMING, first: 50) { nodes { id stance since
            requestingState { code name region { name } capital }
            changes(last: 5) { nodes { from to occurredOn } } } } } }"#,
    ),
    (
        "Q3",
        "{ countries { code name region { name } capital
            relationships(direction: INCOMING, first: 3) { nodes { id stance since } } } }",
    ),
    (
        "Q4",
        "{ relationships(filter: { stance: [AGREED] }, orderBy: { field: SINCE }, first: 100) {
            nodes { id stance since requestedState { code } } } }",
    ),
];

/// Query for the source of the events, and the JSON pointer to its ID.
pub(super) const SOURCE: [&str; 2] = [
    "{ sources(first: 1) { nodes { id } } }",
    "/data/sources/nodes/0/id",
];
/// Query for the start cursor of subscriptions, and the JSON pointer to it.
pub(super) const HEAD: [&str; 2] = ["{ ledger { head { cursor } } }", "/data/ledger/head/cursor"];

/// A mutation whose stance changes with every number.
pub(super) fn event(source: &str, number: u64) -> String {
    let stance = ["ENDED", "NEGOTIATING"][usize::from(number.is_multiple_of(2))];
    let day = format!("2026-{:02}-{:02}", 1 + number / 28, 1 + number % 28);
    format!(
        r#"mutation {{ recordStatement(input: {{ idempotencyKey: "{number:04}", validFrom: "{day}",
            subject: {{ relationship: {{ initiative: "us-third-country-removals", requestedState: "RW" }} }},
            claimant: {{ kind: PRESS, label: "Made Gazette" }}, summary: "Event {number:04}",
            body: {{ stance: {{ stance: {stance} }} }},
            evidence: [{{ source: "{source}", relation: SUPPORTS }}] }}) {{ stanceChange {{ to }} }} }}"#
    )
}

/// A subscription after a cursor, so that the time at which it starts does not matter.
pub(super) fn subscription(after: &str) -> Value {
    json!({ "variables": { "after": after }, "query": "subscription($after: String) {
        stanceChanged(after: $after) { from to relationship { id stance requestingState { code name }
        requestedState { code name } } statement { summary } } }" })
}

/// A complete HTTP request.
pub(super) fn post(query: &str, token: Option<&str>) -> Vec<u8> {
    let body = json!({ "query": query }).to_string();
    let authorization = token.map_or(String::new(), |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\naccept: application/json\r\n\
         {authorization}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
