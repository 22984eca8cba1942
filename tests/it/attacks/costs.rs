//! Operations that are cheap to parse and expensive to execute: depth, cost, page size, batches.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{numbered, rejections};
use crate::app::{TestApp, limits, only_error};
use crate::fixtures::source;

/// Twelve levels of fields, with a list at every second level.
fn deepest(page: usize) -> String {
    let evidence = "evidence { source { derivedFrom { derivedFrom { title } } } }";
    format!(
        "relationships(first: {page}) {{ nodes {{ requestedState {{ relationships(first: 7) {{ nodes {{
           statements(first: 5) {{ nodes {{ {evidence} }} }} }} }} }} }} }}"
    )
}

#[tokio::test]
async fn depth_thirteen_is_rejected_on_every_transport() {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    let twelve = format!("{{ {} }}", deepest(1));
    app.query(&twelve).await;
    socket.run(&twelve, json!({})).await;
    let introspection = "types { fields { type { fields { type { fields { name } } } } } }";
    for (document, limit) in [
        (
            twelve.replace("title", "derivedFrom { title }"),
            "max-depth",
        ),
        (
            format!(
                "subscription {{ stanceChanged {{ relationship {{ initiative {{ {} }} }} }} }}",
                deepest(1)
            ),
            "max-depth",
        ),
        (format!("{{ __schema {{ {introspection} }} }}"), ""),
        (
            format!("subscription {{ __schema {{ {introspection} }} }}"),
            "",
        ),
    ] {
        for error in rejections(&app, &mut socket, &document).await {
            assert_eq!(
                error["extensions"]["code"], "QUERY_TOO_COMPLEX",
                "{error:#}"
            );
            let reported = error["extensions"]["limit"].as_str().unwrap_or_default();
            assert_eq!(reported, limit, "{error:#}");
        }
    }
}

#[tokio::test]
async fn a_too_costly_operation_is_rejected_with_its_cost_and_path() {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    let (before, costly) = (
        app.server.sql_statements(),
        format!("{{ {} }}", deepest(100)),
    );
    for error in rejections(&app, &mut socket, &costly).await {
        let extensions = &error["extensions"];
        assert_eq!(extensions["code"], "QUERY_TOO_COMPLEX");
        assert_eq!(extensions["limit"], "max-cost");
        assert_eq!(extensions["max"], 50_000);
        assert!(extensions["cost"].as_u64().unwrap() > 50_000);
        let path = extensions["path"].as_str().unwrap();
        assert!(
            path.starts_with("relationships.nodes.requestedState."),
            "{path}"
        );
    }
    assert_eq!(app.server.sql_statements(), before);
}

#[tokio::test]
async fn the_costliest_operation_takes_one_sql_statement_per_level() {
    let app = TestApp::start().await;
    let query = json!({ "query": format!("{{ {} }}", deepest(60)) });
    let before = app.server.sql_statements();
    let request = app.http().post(app.url("/graphql")).json(&query);
    let response = request.header("demarche-cost", "1").send().await.unwrap();
    let response: Value = response.json().await.unwrap();
    let cost = response["extensions"]["cost"]["total"].as_u64();
    assert!(
        cost.is_some_and(|cost| (30_000..=50_000).contains(&cost)),
        "{cost:?} {}",
        response["errors"]
    );
    let statements = app.server.sql_statements() - before;
    assert!(statements <= 12, "{statements}");
}

#[tokio::test]
async fn pages_out_of_range_are_rejected_and_nothing_is_read() {
    let app = TestApp::start().await;
    let before = app.server.sql_statements();
    for page in [
        "first: 2147483647",
        "first: -1",
        "first: 101",
        "first: 9999999999999",
        "first: 1e99",
        "first: 1, last: 1",
        "last: 2147483647",
        "after: \"garbage\"",
        "before: \"WzEsMTg0NDY3NDQwNzM3MDk1NTE2MTZd\"",
    ] {
        for list in ["relationships", "statements", "sources", "stanceChanges"] {
            let query = format!("{{ {list}({page}) {{ totalCount }} }}");
            let (code, _) = only_error(&app.execute(&query, json!({})).await);
            assert!(
                ["BAD_USER_INPUT", "CURSOR_INVALID"].contains(&code.as_str()),
                "{query}: {code}"
            );
        }
    }
    assert_eq!(app.server.sql_statements(), before);
}

#[tokio::test]
async fn a_batch_is_rejected_on_every_transport() {
    let app = TestApp::start().await;
    let batch: Vec<Value> = vec![json!({ "query": "{ __typename }" }); 1_000];
    for path in ["/graphql", "/graphql/stream"] {
        let request = app.http().post(app.url(path)).json(&batch);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::BAD_REQUEST,
            "{path}"
        );
    }
    let mut socket = app.connect_websocket().await;
    socket
        .send(&json!({ "id": "1", "type": "subscribe", "payload": batch }))
        .await;
    assert_eq!(socket.close_frame().await.0, 4400);
}

#[tokio::test]
async fn many_writes_in_one_document_are_rejected_as_a_whole() {
    let app = TestApp::start_empty().await;
    let head = app.head().await;
    let one = "registerSource(input: $i) { __typename } ";
    let input = json!({ "i": source() });
    for document in [
        format!(
            "mutation($i: RegisterSourceInput!) {{ {} }} fragment F on Mutation {{ {} }}",
            "...F ".repeat(21),
            one.repeat(10)
        ),
        format!(
            "mutation($i: RegisterSourceInput!) {{ {} }}",
            numbered(31, |n| format!("a{n}: {one}"))
        ),
    ] {
        let (code, _) = only_error(&app.execute_as_editor(&document, input.clone()).await);
        assert_eq!(code, "QUERY_TOO_COMPLEX");
    }
    assert_eq!(app.head().await, head);
}

#[tokio::test]
async fn proofs_cost_what_they_read() {
    let mut small = limits();
    small.document.cost = 4_000;
    let app = TestApp::start_with_limits(small).await;
    let proofs = |count: usize| {
        let selection = "{ hashes treeHead { root } }";
        let proof = |size| format!("p{size}: inclusionProof(seq: 1, treeSize: {size}) {selection}");
        let proofs = (600..600 + count).map(proof);
        format!(
            "{{ ledger {{ {} }} }}",
            proofs.collect::<Vec<_>>().join(" ")
        )
    };
    app.query(&proofs(3)).await;
    let response = app.execute(&proofs(29), json!({})).await;
    for error in response["errors"].as_array().unwrap() {
        assert_eq!(error["extensions"]["code"], "QUERY_TOO_COMPLEX", "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("what the operation reads"), "{message}");
    }
}
