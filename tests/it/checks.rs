//! `demarche check`: errors with their lines, and what an import would change, without a write.

use serde_json::{Value, json};

use crate::command_line::WorkingDirectory;
use crate::fixtures::document;

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap()
}

/// The number of the line that contains a text, from 1.
fn line_of(text: &str, part: &str) -> usize {
    1 + text.lines().position(|line| line.contains(part)).unwrap()
}

#[test]
fn without_a_database_a_file_is_checked_by_itself_and_none_is_made() {
    let directory = WorkingDirectory::new();
    directory.write("good.json", document("asks", &["RW"]).to_string());
    let stdout = directory.stdout_of(&["check", "good.json"]);
    assert!(
        stdout.starts_with("no database at sqlite://demarche.db: "),
        "{stdout}"
    );
    assert!(stdout.ends_with("good.json: no errors\n"), "{stdout}");
    let files = std::fs::read_dir(directory.path()).unwrap();
    assert_eq!(files.count(), 1);
}

#[test]
fn every_error_of_every_file_has_its_line() {
    let directory = WorkingDirectory::new();
    let mut invalid = document("asks", &["RW", "PE", "EC"]);
    invalid["statements"][0]["validFrom"] = "2025-02-30".into();
    invalid["statements"][1]["subject"] = json!({ "relationship": "ZZ" });
    invalid["sources"][0]["url"] = "ftp://example.org/".into();
    let text = pretty(&invalid);
    directory.write("invalid.json", &text);
    directory.write("broken.json", "{\n\"format\": 1,\n");
    let output = directory.run(&["check", "invalid.json", "broken.json"]);
    assert_eq!(output.status.code(), Some(1));
    let stdout = String::from_utf8(output.stdout).unwrap();
    for (part, path) in [
        ("2025-02-30", "statements[0] (rw-named).validFrom: "),
        ("\"ZZ\"", "statements[1] (pe-named).subject.relationship: "),
        ("ftp://", "sources[0] (report).url: "),
    ] {
        let expected = format!("invalid.json:{}: {path}", line_of(&text, part));
        assert!(stdout.contains(&expected), "{expected}: {stdout}");
    }
    assert!(
        stdout.contains("broken.json:3: document: is not valid JSON: "),
        "{stdout}"
    );
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("4 errors; see above"), "{stderr}");
}

#[test]
fn what_an_import_would_change_is_what_it_changes() {
    let directory = WorkingDirectory::new();
    let mut next = document("asks", &["RW", "PE"]);
    directory.write("first.json", next.to_string());
    directory.stdout_of(&["import", "first.json"]);
    let mut refusal = next["statements"][0].clone();
    refusal["key"] = "rw-refused".into();
    refusal["validFrom"] = "2025-04-02".into();
    refusal["body"] = json!({ "stance": { "stance": "REFUSED" } });
    let statements = next["statements"].as_array_mut().unwrap();
    statements.push(refusal);
    directory.write("next.json", next.to_string());

    let before = directory.read("demarche.db");
    let stdout = directory.stdout_of(&["check", "next.json"]);
    let expected = "next.json: no errors; an import\nwould record 1 (stance statement 1)\n\
        would skip 4 that were already there (initiative 1, source 1, stance statement 2)\n\
        would cause 1 stance change\n  \
        RW: NAMED -> REFUSED (2025-04-02, event), by statements[2] (rw-refused)\n";
    assert_eq!(stdout, expected);
    assert_eq!(directory.read("demarche.db"), before);
    assert_eq!(directory.entry_count(), 4);

    let imported = directory.stdout_of(&["import", "next.json"]);
    assert!(
        imported.starts_with("recorded 1 (stance statement 1)\nskipped 4 "),
        "{imported}"
    );
    let again = directory.stdout_of(&["check", "--json", "next.json"]);
    let lines: Vec<Value> = again
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1, "{again}");
    assert_eq!(
        (&lines[0]["type"], &lines[0]["recorded"]),
        (&json!("summary"), &json!({}))
    );
}

#[test]
fn errors_that_only_the_ledger_shows_are_all_named_without_their_consequences() {
    let directory = WorkingDirectory::new();
    let mut next = document("asks", &["RW", "PE", "EC"]);
    directory.write("first.json", document("asks", &["RW"]).to_string());
    directory.stdout_of(&["import", "first.json"]);
    // Changed after it was recorded, in the future, and a denial of the latter.
    next["statements"][0]["summary"] = "Another text.".into();
    next["statements"][1]["validFrom"] = "2999-01-01".into();
    let mut denial = next["statements"][1].clone();
    denial["key"] = "pe-denied".into();
    denial["validFrom"] = "2025-05-01".into();
    denial["contradicts"] = json!(["pe-named"]);
    next["statements"].as_array_mut().unwrap().push(denial);
    let text = pretty(&next);
    directory.write("next.json", &text);
    let output = directory.run(&["check", "next.json"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{stdout}");
    assert!(
        lines[0].contains("statements[0] (rw-named)") && lines[0].contains("different content"),
        "{stdout}"
    );
    let expected = format!(
        "next.json:{}: statements[1] (pe-named).validFrom: ",
        line_of(&text, "2999-01-01")
    );
    assert!(lines[1].starts_with(&expected), "{stdout}");
    assert_eq!(directory.entry_count(), 3);
}

#[test]
fn an_exported_ledger_is_no_document() {
    let (directory, _) = WorkingDirectory::exported();
    let stderr = directory.stderr_of_failure(&["check", "ledger.ndjson"]);
    assert!(stderr.contains("is an exported ledger"), "{stderr}");
}

#[test]
fn a_check_names_the_stance_change_of_a_retraction() {
    let directory = WorkingDirectory::new();
    let mut next = document("asks", &["RW", "PE"]);
    directory.write("first.json", next.to_string());
    directory.stdout_of(&["import", "first.json"]);
    next["format"] = json!(2);
    next["retractions"] = json!([{ "statement": "pe-named", "reason": "Another state." }]);
    directory.write("next.json", next.to_string());
    let stdout = directory.stdout_of(&["check", "next.json"]);
    for part in [
        "would record 1 (retraction 1)\n",
        "PE: NAMED -> UNKNOWN (",
        "retraction), by retractions[0]\n",
    ] {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    next["retractions"][0]["statement"] = "pe-name".into();
    let text = pretty(&next);
    directory.write("next.json", &text);
    let output = directory.run(&["check", "next.json"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    let line = line_of(&text, "\"pe-name\"");
    let expected = format!("next.json:{line}: retractions[0].statement: there is no statement");
    assert!(stdout.starts_with(&expected), "{stdout}");
}
