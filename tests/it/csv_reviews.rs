//! Reviews and editions in `relationships.csv`, imported beside the statements.

use serde_json::{Value, json};

use crate::app::{TestApp, data};
use crate::command_line::WorkingDirectory;
use crate::csv_imports::{edit, export};
use crate::fixtures::document;

const FILES: [&str; 3] = ["statements.csv", "sources.csv", "relationships.csv"];
const REVIEWS: &str =
    "{ initiatives { edition { name } } relationships(orderBy: { field: REQUESTED_STATE }) {
    nodes { requestedState { code } reviewedOn lastReview { note } } } }";

/// An edition about Peru and Rwanda: all was reviewed on 1 October, and Rwanda on the 2nd.
fn reviewed() -> Value {
    let mut document = document("asks", &["RW", "PE"]);
    document["format"] = 2.into();
    document["edition"] = "first".into();
    document["reviews"] = json!([
        { "subject": { "initiative": "asks" }, "reviewedOn": "2026-10-01", "note": null },
        { "subject": { "relationship": "RW" }, "reviewedOn": "2026-10-02", "note": "=The ministry's site" },
    ]);
    document
}

async fn start_reviewed() -> TestApp {
    let app = TestApp::start_empty().await;
    app.import(&reviewed()).await;
    app.restart().await
}

fn import(directory: &WorkingDirectory) -> String {
    directory.stdout_of(&[&["import"][..], &FILES].concat())
}

/// Changes a cell of Rwanda's row; Peru's is the first.
fn set(directory: &WorkingDirectory, column: &str, cell: &str) {
    edit(directory, "relationships.csv", |rows| {
        let row = rows.iter_mut().find(|row| row["requested_state"] == "RW");
        row.unwrap().insert(column.to_owned(), cell.to_owned());
    });
}

/// The exported files, in the directory of a ledger that has them.
async fn with_own_ledger() -> WorkingDirectory {
    let app = start_reviewed().await;
    let directory = export(&app).await;
    directory.write("document.json", reviewed().to_string());
    directory.stdout_of(&["import", "document.json"]);
    directory
}

#[tokio::test]
async fn the_last_reviews_and_the_edition_of_an_export_are_those_of_a_new_ledger() {
    let app = start_reviewed().await;
    let before = data(app.execute(REVIEWS, json!({})).await);
    assert_eq!(before["initiatives"][0]["edition"]["name"], "first");
    let nodes = before["relationships"]["nodes"].to_string();
    assert!(
        nodes.contains("2026-10-02") && nodes.contains("=The ministry's site"),
        "{nodes}"
    );
    let directory = export(&app).await;
    let stdout = import(&directory);
    assert!(
        stdout.contains("review 2") && stdout.contains("edition 1"),
        "{stdout}"
    );
    let stdout = import(&directory);
    assert!(stdout.starts_with("recorded 0"), "{stdout}");
    directory.stdout_of(&["verify"]);
    let again = TestApp::start_on(directory.into_database()).await;
    assert_eq!(data(again.execute(REVIEWS, json!({})).await), before);
}

#[tokio::test]
async fn a_later_day_is_a_new_review_and_other_rows_of_an_export_are_none() {
    let directory = with_own_ledger().await;
    let count = directory.entry_count();
    let stdout = import(&directory);
    assert!(stdout.starts_with("recorded 0"), "{stdout}");
    set(&directory, "reviewed_on", "2026-10-05");
    set(&directory, "review_note", "Three newspapers");
    for recorded in [1, 0] {
        let stdout = import(&directory);
        assert!(
            stdout.starts_with(&format!("recorded {recorded}")),
            "{stdout}"
        );
        assert_eq!(directory.entry_count(), count + 1);
    }
    // An older file says nothing new.
    set(&directory, "reviewed_on", "2026-09-30");
    assert!(import(&directory).starts_with("recorded 0"));
    let entries = directory.stdout_of(&["export", "--entries"]);
    let last: Value = serde_json::from_str(entries.lines().last().unwrap()).unwrap();
    let payload: Value = serde_json::from_str(last["payload"].as_str().unwrap()).unwrap();
    assert_eq!(
        payload,
        json!({ "initiative": 1, "note": "Three newspapers", "requestedState": "RW", "reviewedOn": "2026-10-05" })
    );
}

#[tokio::test]
async fn another_edition_is_recorded_once_and_may_have_new_rows() {
    let directory = with_own_ledger().await;
    let count = directory.entry_count();
    edit(&directory, "relationships.csv", |rows| {
        for row in rows {
            row.insert("initiative_edition".to_owned(), "second".to_owned());
        }
    });
    set(&directory, "reviewed_on", "2026-10-05");
    for recorded in [2, 0] {
        let stdout = import(&directory);
        assert!(
            stdout.starts_with(&format!("recorded {recorded}")),
            "{stdout}"
        );
        assert_eq!(directory.entry_count(), count + 2);
    }
    // The name of an earlier one cannot be taken.
    edit(&directory, "relationships.csv", |rows| {
        for row in rows {
            row.insert("initiative_edition".to_owned(), "first".to_owned());
        }
    });
    set(&directory, "reviewed_on", "2026-10-06");
    let stderr = directory.stderr_of_failure(&[&["import"][..], &FILES].concat());
    let expected =
        "relationships.csv: row 2, column initiative_edition: `first` was imported without";
    assert!(stderr.contains(expected), "{stderr}");
}

#[tokio::test]
async fn wrong_reviews_are_reported_with_row_and_column_and_nothing_is_recorded() {
    let directory = with_own_ledger().await;
    let count = directory.entry_count();
    let original = directory.read("relationships.csv");
    for (column, cell, expected) in [
        ("reviewed_on", "2026-10", "row 3, column reviewed_on: "),
        ("reviewed_on", "2999-01-01", "row 3, column reviewed_on: "),
        (
            "reviewed_on",
            "",
            "row 3, column review_note: is for a row with `reviewed_on`",
        ),
        (
            "review_note",
            "Another",
            "row 3, column review_note: the review of 2026-10-02 is recorded with another note",
        ),
        (
            "requested_state",
            "GH",
            "row 3, column requested_state: no statement of the document is about this relationship",
        ),
        (
            "initiative",
            "other",
            "row 3, column initiative: `other` is the initiative of no statement",
        ),
        (
            "initiative_edition",
            "second",
            "row 3, column initiative_edition: is not `first`, which row 2 has",
        ),
    ] {
        directory.write("relationships.csv", &original);
        set(&directory, column, cell);
        let output = directory.run(&[&["check"][..], &FILES].concat());
        let stdout = String::from_utf8(output.stdout).unwrap();
        let expected = format!("relationships.csv: {expected}");
        assert!(stdout.contains(&expected), "{expected}: {stdout}");
        let stderr = directory.stderr_of_failure(&[&["import"][..], &FILES].concat());
        assert!(stderr.contains(&expected), "{stderr}");
        assert_eq!(directory.entry_count(), count, "{column}");
    }
}
