//! Variables: large values, echoed values and long lists, which the limits on documents do not bound.

use serde_json::json;

use super::{assert_alive, numbered};
use crate::app::{TestApp, only_error};

/// The repeated part of a variable.
enum Item {
    Listed(&'static str),
    Repeated(&'static str),
}

#[tokio::test]
async fn a_large_variable_costs_as_much_as_its_copies() {
    let app = TestApp::start().await;
    let many = numbered(30, |n| format!("a{n}: stance(initiative: $t) "));
    let query = format!("query($t: ID!) {{ countries {{ {many} }} }}");
    let before = app.server.sql_statements();
    let response = app.execute(&query, json!({ "t": "x".repeat(1_000_000) }));
    assert_eq!(only_error(&response.await).0, "QUERY_TOO_COMPLEX");
    assert_eq!(app.server.sql_statements(), before);
    let response = app.execute(&query, json!({ "t": "us-third-country-removals" }));
    assert!(response.await.get("errors").is_none());
}

#[tokio::test]
async fn echoed_values_are_shortened() {
    let app = TestApp::start().await;
    let long = "x".repeat(500_000);
    for query in [
        "query($t: ID!) { countries { stance(initiative: $t) } }",
        "query($t: ID!) { relationships(filter: { initiative: $t }) { totalCount } }",
        "query($t: ID!) { countries(filter: { codes: [$t] }) { code } }",
        "query($t: ID!) { countries(filter: { regions: [$t] }) { code } }",
        "query($t: ID!) { stanceChanges(filter: { initiatives: [$t] }) { totalCount } }",
        "query($t: Date!) { countries { position(at: { validOn: $t }) { stance } } }",
        "query($t: DateTime!) { relationships(filter: { changedSince: $t }) { totalCount } }",
        "query($t: String!) { relationships(after: $t) { totalCount } }",
        "query($t: Stance!) { relationships(filter: { stance: [$t] }) { totalCount } }",
        "query($t: Int!) { relationships(first: $t) { totalCount } }",
        "query($t: ID!) { ledger { entries(after: $t) { totalCount } } }",
    ] {
        let body = json!({ "query": query, "variables": { "t": long }, "operationName": null });
        let response = app.http().post(app.url("/graphql")).json(&body).send();
        let response = response.await.unwrap().bytes().await.unwrap();
        assert!(response.len() < 10_000, "{query}: {} bytes", response.len());
    }
}

/// Every list in the inputs, and every text that reaches the database.
const QUERIES: [(&str, Item); 21] = [
    (
        "query($v: [SourceKind!]) { sources(filter: { kinds: $v }) { totalCount } }",
        Item::Listed("NEWS"),
    ),
    (
        "query($v: [Stance!]) { relationships(filter: { stance: $v }) { totalCount } }",
        Item::Listed("AGREED"),
    ),
    (
        "query($v: [Stance!]) { stanceChanges(filter: { from: $v, to: $v }) { totalCount } }",
        Item::Listed("AGREED"),
    ),
    (
        "query($v: [ChangeKind!]) { stanceChanges(filter: { kinds: $v }) { totalCount } }",
        Item::Listed("EVENT"),
    ),
    (
        "query($v: [ID!]) { stanceChanges(filter: { countries: $v }) { totalCount } }",
        Item::Listed("RW"),
    ),
    (
        "query($v: [ID!]) { countries(filter: { codes: $v }) { code } }",
        Item::Listed("RW"),
    ),
    (
        "query($v: [ID!]) { countries(filter: { regions: $v }) { code } }",
        Item::Listed("002"),
    ),
    (
        "query($v: [ID!]) { statements(filter: { countries: $v }) { totalCount } }",
        Item::Listed("RW"),
    ),
    (
        "query($v: [StatementKind!]) { statements(filter: { kinds: $v }) { totalCount } }",
        Item::Listed("STANCE"),
    ),
    (
        "query($v: [ClaimantKind!]) { statements(filter: { claimants: $v }) { totalCount } }",
        Item::Listed("PRESS"),
    ),
    (
        "query($v: [Standing!]) { statements(filter: { standing: $v }) { totalCount } }",
        Item::Listed("STANDING"),
    ),
    (
        "query($v: [EntryKind!]) { ledger { entries(kinds: $v) { totalCount } } }",
        Item::Listed("SOURCE_REGISTERED"),
    ),
    (
        "query($v: [String!]) { sources(filter: { title: { in: $v } }) { totalCount } }",
        Item::Listed("a"),
    ),
    (
        "query($v: [ID!]!) { nodes(ids: $v) { id } }",
        Item::Listed("a"),
    ),
    (
        "query($v: String) { sources(filter: { title: { contains: $v } }) { totalCount } }",
        Item::Repeated("%_"),
    ),
    (
        "query($v: String) { sources(filter: { title: { startsWith: $v } }) { totalCount } }",
        Item::Repeated("%_"),
    ),
    (
        "query($v: String) { sources(filter: { title: { equals: $v } }) { totalCount } }",
        Item::Repeated("%_"),
    ),
    (
        "query($v: String) { countries(filter: { name: { contains: $v } }) { code } }",
        Item::Repeated("%_"),
    ),
    (
        "query($v: String!) { search(text: $v) { fragments { text } } }",
        Item::Repeated("ab "),
    ),
    (
        "query($v: String!) { search(text: $v) { fragments { text } } }",
        Item::Repeated("a"),
    ),
    (
        "query($v: String!) { country(code: \"RW\") { name(language: $v) } }",
        Item::Repeated("%_"),
    ),
];

#[tokio::test]
async fn long_lists_and_texts_in_variables_cause_no_internal_error() {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    for (query, item) in QUERIES {
        // A number below the limits, and one that exceeds what SQLite can bind or the stack can hold.
        for count in [1_900, 40_000] {
            let value = match item {
                Item::Listed(item) => json!(vec![item; count]),
                Item::Repeated(piece) => json!(piece.repeat(count)),
            };
            let response = app.execute(query, json!({ "v": value })).await;
            for error in response["errors"].as_array().into_iter().flatten() {
                let code = error["extensions"]["code"].as_str().unwrap();
                let is_client_error = ["BAD_USER_INPUT", "QUERY_TOO_COMPLEX"].contains(&code);
                assert!(is_client_error, "{count} {query}: {error:#}");
            }
        }
    }
    assert_alive(&mut socket).await;
}
