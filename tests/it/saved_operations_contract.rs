//! Saved operations and their description: the parameters are those of the router, the errors those that occur, and the data
//! those of GraphQL, in the order of the selection.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use crate::app::TestApp;

async fn openapi(app: &TestApp) -> Value {
    app.get("/openapi.json").await.json().await.unwrap()
}

/// The paths with the names of their parameters.
fn described(document: &Value) -> Vec<(String, BTreeSet<String>)> {
    let paths = document["paths"].as_object().unwrap();
    let name_of = |parameter: &Value| {
        let parameter = match parameter["$ref"].as_str() {
            Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => parameter,
        };
        parameter["name"].as_str().unwrap().to_owned()
    };
    let paths = paths.iter().map(|(path, item)| {
        let parameters = item["get"]["parameters"].as_array().unwrap();
        (path.clone(), parameters.iter().map(name_of).collect())
    });
    paths.collect()
}

#[tokio::test]
async fn the_described_parameters_are_those_that_the_router_accepts() {
    let app = TestApp::start_empty().await;
    let document = openapi(&app).await;
    let paths = described(&document);
    assert!(paths.len() > 7, "{paths:?}");
    for (path, described) in paths {
        let refused: Value = app
            .get(&format!("{path}?nothing=1"))
            .await
            .json()
            .await
            .unwrap();
        let message = refused["errors"][0]["message"].as_str().unwrap();
        let (_, accepted) = message.split_once("it accepts ").unwrap();
        let accepted: BTreeSet<String> = accepted
            .split(", ")
            .map(|name| name.trim_matches('`').to_owned())
            .collect();
        assert_eq!(described, accepted, "{path}");
    }
}

#[tokio::test]
async fn the_described_errors_of_a_request_are_those_that_occur() {
    let app = TestApp::start().await;
    let document = openapi(&app).await;
    for (path, parameters) in described(&document) {
        let mut occurred = BTreeSet::new();
        let mut queries = vec!["nothing=1".to_owned()];
        for (name, value) in [
            ("code", "QQ"),
            ("code", "RW"),
            ("number", "x"),
            ("number", "99999"),
            ("texts", "nowhere"),
            ("initiative", "nothing"),
            ("initiatives", "nothing"),
            ("countries", "QQ"),
            ("countries", "RW"),
            ("regions", "999"),
            ("first", "1"),
            ("first", "1000"),
            ("after", "x"),
            ("validOn", "2025-01-01"),
            ("seq", "5"),
            ("seq", "99999"),
        ] {
            if parameters.contains(name) {
                queries.push(format!("{name}={value}"));
            }
        }
        for query in queries {
            let response = app.get(&format!("{path}?{query}")).await;
            occurred.insert(response.status().as_u16());
        }
        let responses = document["paths"][&path]["get"]["responses"].as_object();
        let described: BTreeSet<u16> = responses
            .unwrap()
            .keys()
            .map(|status| status.parse().unwrap())
            .collect();
        assert!(described.is_superset(&occurred), "{path}: {occurred:?}");
        // The others need a token, a tag, or a server under load.
        let rare = BTreeSet::from([304, 401, 429, 500, 503, 504]);
        let unproven: Vec<_> = described.difference(&occurred).collect();
        assert!(
            unproven.iter().all(|status| rare.contains(status)),
            "{path}: {unproven:?}"
        );
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Box<RawValue>,
}

#[tokio::test]
async fn the_data_are_those_of_graphql_in_the_order_of_the_selection() {
    let app = TestApp::start().await;
    let text = app
        .get("/api/positions?first=3")
        .await
        .text()
        .await
        .unwrap();
    assert!(
        text.starts_with(r#"{"data":{"relationships":{"totalCount":"#),
        "{text}"
    );
    let answer: Answer = serde_json::from_str(&text).unwrap();
    let document = include_str!("../../web/operations/positions.graphql");
    let request = json!({ "query": document, "variables": { "first": 3 } });
    let sent = app.http().post(app.url("/graphql")).json(&request);
    let sent = sent.send().await.unwrap().text().await.unwrap();
    let expected: Answer = serde_json::from_str(&sent).unwrap();
    assert_eq!(answer.data.get(), expected.data.get());
    for (name, arguments) in [
        ("positions", json!({ "first": 3 })),
        (
            "run_query",
            json!({ "query": document, "variables": { "first": 3 } }),
        ),
    ] {
        let message = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": name, "arguments": arguments },
        });
        let called = app.http().post(app.url("/mcp")).json(&message);
        let called: Value = called.send().await.unwrap().json().await.unwrap();
        let content = called["result"]["content"][0]["text"].as_str().unwrap();
        let answer: Answer = serde_json::from_str(content).unwrap();
        assert_eq!(answer.data.get(), expected.data.get(), "{name}");
    }
}
