//! CSV files of an export, imported: into a new database, into their own, edited by a spreadsheet, and with errors.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::app::{TestApp, data};
use crate::command_line::WorkingDirectory;
use crate::fixtures::{correction, in_bundled_initiative, record_bundled_stance, stance_input};

const POSITIONS: &str = "{ relationships(first: 100) { nodes { requestedState { code } stance since disputed
    position { certain basis { summary } rivals { statement { summary } contradicts { summary } } } } } }";

pub type Rows = Vec<BTreeMap<String, String>>;

/// The rows of a CSV file by the names of their columns.
fn parse(text: &str) -> Rows {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

fn write(rows: &Rows) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns: Vec<&String> = rows[0].keys().collect();
    writer.write_record(&columns).unwrap();
    for row in rows {
        writer
            .write_record(columns.iter().map(|name| &row[*name]))
            .unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The files of a server, in a directory without a database.
pub async fn export(app: &TestApp) -> WorkingDirectory {
    let directory = WorkingDirectory::new();
    for name in ["statements.csv", "sources.csv", "relationships.csv"] {
        let text = app
            .get(&format!("/export/{name}"))
            .await
            .text()
            .await
            .unwrap();
        directory.write(name, text);
    }
    directory
}

pub fn rows_of(directory: &WorkingDirectory, name: &str) -> Rows {
    parse(&String::from_utf8(directory.read(name)).unwrap())
}

/// Writes rows that a change was made to.
pub fn edit(directory: &WorkingDirectory, name: &str, change: impl FnOnce(&mut Rows)) {
    let mut rows = rows_of(directory, name);
    change(&mut rows);
    directory.write(name, write(&rows));
}

const IMPORT: [&str; 3] = ["import", "statements.csv", "sources.csv"];
const CHECK: [&str; 3] = ["check", "statements.csv", "sources.csv"];

/// The rows without what another ledger has otherwise: numbers are by order, and times are those of the import.
fn comparable(rows: &Rows, statements: &Rows, sources: &Rows) -> Rows {
    let ranks = |rows: &Rows| {
        let numbers = rows.iter().enumerate();
        let ranks = numbers.map(|(rank, row)| (row["seq"].clone(), rank.to_string()));
        ranks.collect::<BTreeMap<_, _>>()
    };
    let (statements, sources) = (ranks(statements), ranks(sources));
    let replace = |cell: &str, ranks: &BTreeMap<String, String>| {
        let numbers = cell.split(" | ").filter(|one| !one.is_empty());
        let replaced: Vec<&str> = numbers.map(|one| ranks[one].as_str()).collect();
        replaced.join(" ")
    };
    let mut rows = rows.clone();
    for row in &mut rows {
        let is_statement = row.contains_key("claimant");
        let own = if is_statement { &statements } else { &sources };
        for (name, ranks) in [
            ("seq", own),
            ("corrects", &statements),
            ("corrected_by", &statements),
            ("contradicts", &statements),
            ("evidence_sources", &sources),
            ("derived_from", &sources),
        ] {
            if let Some(cell) = row.get_mut(name) {
                *cell = replace(cell, ranks);
            }
        }
        if is_statement {
            // A statement without a dated source is public from its recording.
            if row["recorded_at"].starts_with(&row["published_on"]) {
                row.remove("published_on");
            }
            for name in ["url", "recorded_at", "retracted_at"] {
                row.remove(name);
            }
        }
    }
    rows
}

/// What the bundled data set has no example of: kept disputes, a retraction, a quote with the separator, words like a formula.
async fn record_more(app: &TestApp) {
    let source = app.register_source().await;
    let named = record_bundled_stance(app, &source, "FJ", "NAMED", "2025-07").await;
    let mut denial = in_bundled_initiative(stance_input(&source, "FJ", "REFUSED", "2025-08-01"));
    denial["contradicts"] = json!([named["statement"]["id"]]);
    denial["summary"] = "=HYPERLINK(\"x\"), said twice | \\ and\nonce".into();
    denial["note"] = "'-1".into();
    denial["evidence"][0]["quote"] = "either | or \\|".into();
    denial["evidence"][0]["locator"] = "+ p. 3".into();
    app.mutate("recordStatement", &denial).await;
    let mut kept = correction(&named["statement"], &source, "APPROACHED", "2025-07-02");
    kept["reason"] = "The source says that it was asked.".into();
    let kept = app.mutate("correctStatement", &kept).await;
    assert_eq!(kept["statement"]["number"], json!(680));
    let last = record_bundled_stance(app, &source, "FJ", "NEGOTIATING", "2025-09").await;
    let retraction = json!({
        "idempotencyKey": "retract", "statement": last["statement"]["id"], "reason": "It was another state.",
    });
    app.mutate("retractStatement", &retraction).await;
}

#[tokio::test]
async fn an_export_imported_into_a_new_database_has_the_same_statements_and_positions() {
    let app = TestApp::start().await;
    record_more(&app).await;
    let before = data(app.execute(POSITIONS, json!({})).await);
    let directory = export(&app).await;
    let (statements, sources) = (
        rows_of(&directory, "statements.csv"),
        rows_of(&directory, "sources.csv"),
    );
    let stdout = directory.stdout_of(&IMPORT);
    assert!(stdout.starts_with("recorded 682 ("), "{stdout}");
    directory.stdout_of(&["verify"]);
    let again = TestApp::start_on(directory.into_database()).await;
    assert_eq!(data(again.execute(POSITIONS, json!({})).await), before);
    let copy = export(&again).await;
    let (copied, copied_sources) = (
        rows_of(&copy, "statements.csv"),
        rows_of(&copy, "sources.csv"),
    );
    let before = |rows| comparable(rows, &statements, &sources);
    let after = |rows| comparable(rows, &copied, &copied_sources);
    for (one, other) in [
        (before(&statements), after(&copied)),
        (before(&sources), after(&copied_sources)),
    ] {
        assert_eq!(one.len(), other.len());
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one, other);
        }
    }
}

#[tokio::test]
async fn rows_of_the_own_ledger_are_skipped_and_new_ones_recorded_once() {
    let directory = WorkingDirectory::with_bundled_data().await;
    let app = TestApp::start().await;
    let exported = export(&app).await;
    for name in ["statements.csv", "sources.csv"] {
        directory.write(name, exported.read(name));
    }
    let stdout = directory.stdout_of(&IMPORT);
    assert!(stdout.starts_with("recorded 0\nskipped 676 "), "{stdout}");
    edit(&directory, "sources.csv", |rows| {
        let mut new = rows
            .iter()
            .find(|row| !row["url"].is_empty())
            .unwrap()
            .clone();
        new.insert("seq".to_owned(), "new-1".to_owned());
        new.insert("title".to_owned(), "A new report".to_owned());
        new.insert("derived_from".to_owned(), String::new());
        rows.push(new);
    });
    edit(&directory, "statements.csv", |rows| {
        let is_stance =
            |row: &&BTreeMap<String, String>| row["kind"] == "STANCE" && row["corrects"].is_empty();
        let mut new = rows.iter().find(is_stance).unwrap().clone();
        for (name, cell) in [
            ("seq", ""),
            ("country", "TN"),
            ("stance", "REFUSED"),
            ("valid_from", "2026-11-20"),
            ("summary", "The ministry says that it refuses."),
            ("contradicts", ""),
            ("keeps_disputes", "FALSE"),
            ("evidence_sources", "new-1"),
            ("evidence_relations", "SUPPORTS"),
            ("evidence_quotes", ""),
            ("evidence_locators", "p. 3"),
        ] {
            new.insert(name.to_owned(), cell.to_owned());
        }
        rows.push(new);
    });
    let stdout = directory.stdout_of(&CHECK);
    assert!(
        stdout.contains("would record 2 (source 1, stance statement 1)"),
        "{stdout}"
    );
    assert!(
        stdout.contains("TN: NAMED -> REFUSED (2026-11-20, event)"),
        "{stdout}"
    );
    let stdout = directory.stdout_of(&IMPORT);
    assert!(
        stdout.starts_with("recorded 2 (source 1, stance statement 1)\n"),
        "{stdout}"
    );
    let stdout = directory.stdout_of(&IMPORT);
    assert!(stdout.starts_with("recorded 0\nskipped 678 "), "{stdout}");
    // A recorded row that was edited is no new statement.
    edit(&directory, "statements.csv", |rows| {
        rows[4].insert("summary".to_owned(), "Something else.".to_owned());
    });
    let stderr = directory.stderr_of_failure(&IMPORT);
    assert!(
        stderr.contains("statements.csv: row 6, column seq: entry "),
        "{stderr}"
    );
    assert_eq!(directory.entry_count(), 678);
}

#[tokio::test]
async fn files_that_a_spreadsheet_has_saved_are_read() {
    let app = TestApp::start().await;
    let directory = export(&app).await;
    let columns = |name: &str| {
        rows_of(&directory, name)[0]
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    for name in ["statements.csv", "sources.csv"] {
        let names = columns(name);
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';')
            .from_writer(Vec::new());
        writer.write_record(&names).unwrap();
        for row in rows_of(&directory, name) {
            let cells = names.iter().map(|column| match row[column].as_str() {
                "true" | "false" => row[column].to_uppercase(),
                cell => cell.to_owned(),
            });
            writer.write_record(cells).unwrap();
        }
        writer.write_record(names.iter().map(|_| "")).unwrap();
        let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        directory.write(name, format!("\u{feff}{text}"));
    }
    let stdout = directory.stdout_of(&IMPORT);
    assert!(stdout.starts_with("recorded 676 ("), "{stdout}");
}

#[tokio::test]
async fn errors_name_file_row_and_column_and_nothing_is_recorded() {
    let app = TestApp::start().await;
    let directory = export(&app).await;
    let original = [
        directory.read("statements.csv"),
        directory.read("sources.csv"),
    ];
    for (file, row, column, cell, message) in [
        (
            "statements.csv",
            2,
            "valid_from",
            "March 2025",
            "column valid_from: `March 2025`",
        ),
        (
            "statements.csv",
            3,
            "kind",
            "STANCES",
            "column kind: `STANCES` is not a kind",
        ),
        ("statements.csv", 4, "country", "ZZ", "column country: "),
        (
            "statements.csv",
            5,
            "claimant_kind",
            "PAPER",
            "column claimant_kind: ",
        ),
        (
            "statements.csv",
            6,
            "evidence_sources",
            "99999 | 99999",
            "column evidence_sources: there is no source",
        ),
        (
            "statements.csv",
            6,
            "evidence_relations",
            "SUPPORTS | SUPPORTS | SUPPORTS | MENTIONS",
            "column evidence_relations: has 4 values",
        ),
        (
            "statements.csv",
            7,
            "amount",
            "100",
            "column amount: is for statements of the kind FUNDING",
        ),
        ("statements.csv", 7, "seq", "5 6", "column seq: "),
        (
            "statements.csv",
            8,
            "requesting_state",
            "FR",
            "column requesting_state: ",
        ),
        ("sources.csv", 2, "kind", "BLOG", "column kind: "),
        ("sources.csv", 3, "url", "ftp://x", "column url: "),
        (
            "sources.csv",
            4,
            "derived_from",
            "99999",
            "column derived_from: ",
        ),
        ("sources.csv", 5, "seq", "", "column seq: is empty"),
    ] {
        directory.write("statements.csv", &original[0]);
        directory.write("sources.csv", &original[1]);
        edit(&directory, file, |rows| {
            rows[row - 2].insert(column.to_owned(), cell.to_owned());
        });
        let output = directory.run(&CHECK);
        let stdout = String::from_utf8(output.stdout).unwrap();
        let expected = format!("{file}: row {row}, {message}");
        assert!(stdout.contains(&expected), "{expected}: {stdout}");
        assert_eq!(output.status.code(), Some(1));
        let stderr = directory.stderr_of_failure(&IMPORT);
        assert!(
            stderr.contains(&expected) && stderr.contains("nothing was recorded"),
            "{stderr}"
        );
        assert_eq!(directory.entry_count(), 0);
    }
    let json = directory.run(&[&CHECK[..], &["--json"]].concat()).stdout;
    let object: Value = String::from_utf8(json)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|line| line["type"] == "error")
        .unwrap();
    assert_eq!(
        (&object["row"], &object["column"]),
        (&json!(5), &json!("seq"))
    );
}

#[test]
fn both_files_are_needed() {
    let directory = WorkingDirectory::new();
    directory.write("sources.csv", "seq,kind,publisher,title,url\n");
    directory.write("other.csv", "a,b\n1,2\n");
    directory.write("table.CSV", "seq,publisher\n");
    for (files, message) in [
        (
            &["sources.csv"][..],
            "sources.csv: needs `statements.csv` beside it",
        ),
        (&["other.csv"], "other.csv: has neither the columns of"),
        (&["table.CSV"], "table.CSV: has no column `kind`"),
        (
            &["sources.csv", "sources.csv"],
            "is a second file with the same columns",
        ),
        (&["none.csv"], "none.csv"),
    ] {
        let stderr = directory.stderr_of_failure(&[&["import"][..], files].concat());
        assert!(stderr.contains(message), "{message}: {stderr}");
    }
}
