//! `examples/cite-check`: which citations of a file fell. Passes without a check on a machine without Python.

use std::process::Command;

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::fixtures::{correction, id, stance_input};

const PROGRAM: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/cite-check/cite_check.py"
);
const SITE: &str = "https://demarche.example";

/// Exit status and output; `None` without Python.
async fn check(app: &TestApp, file: &str, content: &str, more: &[&str]) -> Option<(i32, String)> {
    std::fs::write(app.directory().join(file), content).unwrap();
    let mut program = Command::new("python3");
    program.arg(PROGRAM).args([file, "--server", &app.url("")]);
    program.args(more).current_dir(app.directory());
    // It blocks, and the server of the test needs the thread.
    let output = tokio::task::spawn_blocking(move || program.output()).await;
    let output = output.unwrap().ok()?;
    let text = [output.stdout, output.stderr].concat();
    Some((
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    ))
}

async fn citation(app: &TestApp, payload: &Value, format: &str) -> String {
    let number = &payload["statement"]["number"];
    let query = format!("{{ statement(number: {number}) {{ citation(format: {format}) }} }}");
    let data = app.query(&query).await;
    data["statement"]["citation"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn corrected_and_retracted_citations_fall_and_contradicted_ones_are_news() {
    let (app, source) = TestApp::start_with_initiative().await;
    let mut statements = Vec::new();
    for state in ["RW", "PE", "XK", "UG"] {
        statements.push(
            app.record_stance(&source, state, "AGREED", "2025-03~")
                .await,
        );
    }
    let [first, second, third, fourth] = &statements[..] else {
        unreachable!()
    };
    let (mut bibtex, mut csl) = (
        String::from("@comment{x,}\n@book{other, title = {A book}}\n"),
        Vec::new(),
    );
    for statement in &statements {
        bibtex.push_str(&citation(&app, statement, "BIBTEX").await);
        let items: Value =
            serde_json::from_str(&citation(&app, statement, "CSL_JSON").await).unwrap();
        csl.push(items[0].clone());
    }
    let Some(unchanged) = check(&app, "refs.bib", &bibtex, &[]).await else {
        return;
    };
    let expected = "4 statements cited: 0 fell, 0 with news, 4 as they were; 1 other citations\n";
    assert_eq!(unchanged, (0, expected.to_owned()));

    app.set_clock("2026-11-24T12:00:00Z");
    let mut input = correction(&first["statement"], &source, "REFUSED", "2025-03");
    input["reason"] = "Misread.".into();
    let corrected = app.mutate("correctStatement", &input).await;
    let retraction = json!({ "statement": id(second), "reason": "Never said." });
    app.mutate("retractStatement", &retraction).await;
    let mut denial = stance_input(&source, "XK", "REFUSED", "2025-04");
    denial["contradicts"] = json!([id(third)]);
    let denial = app.mutate("recordStatement", &denial).await;
    csl.push(json!({ "id": "gone", "URL": format!("{SITE}/statements/999") }));
    csl.push(json!({ "id": "article", "URL": "https://example.org/statements" }));

    let number = |payload: &Value| payload["statement"]["number"].to_string();
    let [one, two, three] = [first, second, third].map(number);
    let (by, denying) = (number(&corrected), number(&denial));
    let lines = format!(
        "demarche{one}: CORRECTED: {SITE}/statements/{one}
  2026-11-24: corrected by statement {by} (Foreign ministry): Misread.
  cite instead: {SITE}/statements/{by}
demarche{two}: RETRACTED: {SITE}/statements/{two}
  2026-11-24: retracted: Never said.
demarche{three}: valid, with news: {SITE}/statements/{three}
  2026-11-24: contradicted by statement {denying} (Foreign ministry)
"
    );
    let summary = "4 statements cited: 2 fell, 1 with news, 1 as they were; 1 other citations\n";
    let checked = check(&app, "refs.bib", &bibtex, &[]).await.unwrap();
    assert_eq!(checked, (1, format!("{lines}{summary}")));
    let gone = format!("gone: UNKNOWN: {SITE} has no statement 999\n");
    let summary = "5 statements cited: 3 fell, 1 with news, 1 as they were; 1 other citations\n";
    let checked = check(&app, "refs.json", &json!(csl).to_string(), &[])
        .await
        .unwrap();
    assert_eq!(checked, (1, format!("{lines}{gone}{summary}")));

    let valid = citation(&app, third, "BIBTEX").await + &citation(&app, fourth, "BIBTEX").await;
    let since = ["--since", "2026-11-24T13:00:00Z"];
    let checked = check(&app, "valid.bib", &valid, &since).await.unwrap();
    let summary = "2 statements cited: 0 fell, 0 with news, 2 as they were; 0 other citations\n";
    assert_eq!(checked, (0, summary.to_owned()));
    let failed = check(&app, "refs.json", "[{", &[]).await.unwrap();
    assert_eq!(failed.0, 2, "{}", failed.1);
    let failed = check(&app, "valid.bib", &valid, &["--since", "yesterday"])
        .await
        .unwrap();
    assert!(failed.0 == 2 && failed.1.contains("since"), "{}", failed.1);
}
