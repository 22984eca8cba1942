//! Documents that are expensive to parse, to validate or to execute.

use std::fmt::Write;

use serde_json::json;

use super::{assert_alive, numbered, rejections};
use crate::app::TestApp;

const DEEP: usize = 2_000;

fn nested(open: &str, close: &str) -> String {
    format!("{}1{}", open.repeat(DEEP), close.repeat(DEEP))
}

/// Asserts that every transport rejects each document with the code and the limit, without an SQL statement.
async fn assert_rejected(documents: &[(String, &str)], code: &str) {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    let before = app.server.sql_statements();
    for (document, limit) in documents {
        let start = &document[..document.len().min(120)];
        for error in rejections(&app, &mut socket, document).await {
            let extensions = &error["extensions"];
            assert_eq!(extensions["code"], code, "{start}: {error:#}");
            let reported = extensions["limit"].as_str().unwrap_or_default();
            assert_eq!(reported, *limit, "{start}: {error:#}");
        }
    }
    assert_eq!(app.server.sql_statements(), before);
    assert_alive(&mut socket).await;
}

#[tokio::test]
async fn deeply_nested_values_are_rejected_everywhere() {
    let mut documents = Vec::new();
    for value in [nested("[", "]"), nested("{a:", "}"), nested("[{a:", "}]")] {
        for document in [
            format!("{{ countries(filter: {value}) {{ code }} }}"),
            format!("query($a: [Int] = {value}) {{ countries {{ code }} }}"),
            format!(
                "{{ ...F }} fragment F on Query @include(if: {value}) {{ countries {{ code }} }}"
            ),
            format!("{{ countries {{ code @skip(if: {value}) }} }}"),
            format!("subscription {{ stanceChanged(after: {value}) {{ cursor }} }}"),
            format!("mutation {{ openInitiative(input: {value}) {{ initiative {{ id }} }} }}"),
        ] {
            documents.push((document, "max-nesting"));
        }
    }
    assert_rejected(&documents, "QUERY_TOO_COMPLEX").await;
}

#[tokio::test]
async fn multiplying_fragments_are_rejected() {
    let mut bomb = "{ ...F0 }".to_owned();
    for n in 0..19 {
        let next = n + 1;
        write!(bomb, " fragment F{n} on Query {{ ...F{next} ...F{next} }}").unwrap();
    }
    bomb.push_str(" fragment F19 on Query { regions { code } }");
    let many = "fragment F on Query { regions { code } } ".repeat(21) + "{ ...F }";
    assert_rejected(
        &[(bomb, "max-fields"), (many, "max-fragments")],
        "QUERY_TOO_COMPLEX",
    )
    .await;
}

#[tokio::test]
async fn cyclic_fragments_are_rejected_used_or_unused() {
    let cycle = "fragment A on Query { ...B } fragment B on Query { ...A }";
    let documents = [
        format!("{{ ...A }} {cycle}"),
        format!("{{ regions {{ code }} }} {cycle}"),
        format!("subscription {{ ...A }} {cycle}"),
        "{ ...A } fragment A on Query { ...A }".to_owned(),
    ];
    assert_rejected(
        &documents.map(|document| (document, "")),
        "QUERY_TOO_COMPLEX",
    )
    .await;
}

#[tokio::test]
async fn aliases_repeated_fields_and_directives_are_counted() {
    let aliases: String = numbered(31, |n| format!("a{n}: regions {{ code }} "));
    let directives = "@include(if: true) ".repeat(51);
    assert_rejected(
        &[
            (format!("{{ {aliases} }}"), "max-aliases"),
            (
                format!("{{ {} }}", "regions { code } ".repeat(600)),
                "max-tokens",
            ),
            (
                format!("{{ regions {directives} {{ code }} }}"),
                "max-directives",
            ),
            (
                format!("{{ {} regions {{ code }} }}", " ".repeat(16 << 10)),
                "max-document-bytes",
            ),
        ],
        "QUERY_TOO_COMPLEX",
    )
    .await;
}

#[tokio::test]
async fn selections_nested_through_fragments_are_rejected() {
    let app = TestApp::start().await;
    let mut socket = app.connect_websocket().await;
    let (open, close) = ("...{".repeat(30), "}".repeat(30));
    let mut chain =
        format!("{{ {open} ...F0 {close} }} fragment F18 on Query {{ regions {{ code }} }}");
    for n in 0..18 {
        write!(
            chain,
            " fragment F{n} on Query {{ {open} ...F{} {close} }}",
            n + 1
        )
        .unwrap();
    }
    for error in rejections(&app, &mut socket, &chain).await {
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{error:#}");
    }
    let thirty = format!("{{ {open} regions {{ code }} {close} }}");
    app.query(&thirty).await;
    socket.run(&thirty, json!({})).await;
}
