//! What the ledger refuses to lose, and how an alteration of its file shows.

use demarche::ledger::verify::verify;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::json;

use crate::app::TestApp;
use crate::database::{ALTERATIONS, Home, SEARCH_COLUMNS, UNGUARD, UNTIE};
use crate::editor::correction;

/// The shipped database, in the hands of somebody who does not use our program.
struct File {
    db: DatabaseConnection,
    _home: Option<Home>,
}

impl File {
    async fn of(app: &TestApp) -> Self {
        Self {
            db: app.outsider().await,
            _home: None,
        }
    }

    async fn shipped() -> Self {
        let home = Home::shipped().await;
        Self {
            db: home.connect().await,
            _home: Some(home),
        }
    }

    /// As [`File::shipped`], with the triggers gone.
    async fn unguarded() -> Self {
        let file = Self::shipped().await;
        for sql in UNGUARD {
            file.run(sql).await;
        }
        file
    }

    async fn run(&self, sql: &str) {
        let done = self.db.execute_unprepared(sql).await.unwrap();
        let alters_rows = ["UPDATE", "DELETE", "INSERT"]
            .iter()
            .any(|verb| sql.starts_with(verb));
        assert!(!alters_rows || done.rows_affected() > 0, "{sql}");
    }

    async fn number(&self, sql: &str) -> i64 {
        let query = sea_orm::Statement::from_string(self.db.get_database_backend(), sql);
        let row = self.db.query_one_raw(query).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// The entries at fault, each with what is wrong.
    async fn faults(&self) -> Vec<(i64, String)> {
        let faults = verify(&self.db).await.unwrap().faults;
        faults
            .into_iter()
            .map(|fault| (fault.seq, fault.what))
            .collect()
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_alter_the_ledger() {
    let file = File::shipped().await;
    for sql in ALTERATIONS {
        let refused = file.db.execute_unprepared(sql).await.unwrap_err();
        assert!(
            refused.to_string().contains("append-only"),
            "{sql}: {refused}"
        );
    }
    assert_eq!(file.faults().await, []);
}

#[tokio::test]
async fn an_altered_column_of_an_entry_is_found_at_that_entry() {
    let file = File::unguarded().await;
    file.run("CREATE TABLE kept AS SELECT * FROM ledger_entry WHERE seq = 40")
        .await;
    for (column, value) in [
        ("payload", "replace(payload, '2025', '2024')"),
        ("kind", "'STATEMENT_RECORDED'"),
        ("actor", "'token:somebody'"),
        ("idempotency_key", "'another'"),
        ("recorded_at", "recorded_at + 1"),
        ("prev_hash", "'x' || substr(prev_hash, 2)"),
        ("hash", "'x' || substr(hash, 2)"),
    ] {
        let set =
            |value: &str| format!("UPDATE ledger_entry SET {column} = {value} WHERE seq = 40");
        file.run(&set(value)).await;
        let faults = file.faults().await;
        assert_eq!(faults.len(), 1, "{column}: {faults:?}");
        assert_eq!(faults[0].0, 40, "{column}: {faults:?}");
        file.run(&set(&format!("(SELECT {column} FROM kept)")))
            .await;
    }
    assert_eq!(file.faults().await, []);
}

#[tokio::test]
async fn an_entry_that_was_rehashed_is_found_at_the_one_after_it() {
    let file = File::unguarded().await;
    let mut entry = {
        use sea_orm::EntityTrait;
        let found = entity::ledger_entry::Entity::find_by_id(40);
        found.one(&file.db).await.unwrap().unwrap()
    };
    entry.actor = "token:somebody".to_owned();
    let hash = demarche::ledger::hash::of(&entry).unwrap();
    let sql =
        format!("UPDATE ledger_entry SET actor = 'token:somebody', hash = '{hash}' WHERE seq = 40");
    file.run(&sql).await;
    let faults = file.faults().await;
    let what = "it does not follow the entry before it".to_owned();
    assert_eq!(faults, [(41, what)]);
}

#[tokio::test]
async fn a_deleted_entry_is_found() {
    let file = File::unguarded().await;
    file.run("DELETE FROM ledger_entry WHERE seq = 40").await;
    assert_eq!(
        file.faults().await,
        [(40, "entry 40 is missing".to_owned())]
    );

    let file = File::unguarded().await;
    let last = file.number("SELECT max(seq) FROM ledger_entry").await;
    file.run(&format!("DELETE FROM ledger_entry WHERE seq = {last}"))
        .await;
    let faults = file.faults().await;
    assert_eq!(faults[0].0, last, "{faults:?}");
    assert!(faults.iter().any(|fault| fault.1.contains("the head says")));
}

/// Whatever rows they moved belong to earlier entries, which are not at fault.
#[tokio::test]
async fn a_ledger_without_its_last_entries_is_at_fault_where_they_are_missing() {
    let file = File::unguarded().await;
    let moved = "SELECT max(seq) FROM stance_change WHERE relationship_id < seq";
    let first = file.number(moved).await;
    file.run(&format!("DELETE FROM ledger_entry WHERE seq >= {first}"))
        .await;
    let faults = file.faults().await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].0, first, "{faults:?}");
}

#[tokio::test]
async fn an_altered_head_is_found() {
    let (app, _) = TestApp::start_asking().await;
    let file = File::of(&app).await;
    let last = file.number("SELECT max(seq) FROM ledger_entry").await;
    file.run("CREATE TABLE kept AS SELECT * FROM ledger_head")
        .await;
    for (set, seq) in [
        ("seq = seq - 1", last - 1),
        ("seq = seq + 1", last + 1),
        ("hash = 'x' || substr(hash, 2)", last),
        ("recorded_at = recorded_at + 1", last),
        ("recorded_at = NULL", last),
        ("origin = 'x' || substr(origin, 2)", 1),
    ] {
        file.run(&format!("UPDATE ledger_head SET {set}")).await;
        let faults = file.faults().await;
        assert_eq!(faults.len(), 1, "{set}: {faults:?}");
        assert_eq!(faults[0].0, seq, "{set}: {faults:?}");
        file.run("DELETE FROM ledger_head").await;
        file.run("INSERT INTO ledger_head SELECT * FROM kept").await;
    }
    assert_eq!(file.faults().await, []);
}

/// A table, and which column of which of its rows to alter; the seq of the fault is the number that the query gives.
const PROJECTIONS: [(&str, &str, &str); 8] = [
    (
        "initiative",
        "title = 'x'",
        "SELECT min(id) FROM initiative",
    ),
    ("source", "public_on = NULL", "SELECT max(id) FROM source"),
    (
        "relationship",
        "stance = 'NAMED'",
        "SELECT max(id) FROM relationship WHERE stance <> 'NAMED'",
    ),
    (
        "statement",
        "summary = 'x'",
        "SELECT max(id) FROM statement",
    ),
    (
        "evidence",
        "quote = 'x'",
        "SELECT max(seq) - 3 FROM evidence",
    ),
    (
        "contradiction",
        "contradicts_id = 1 + contradicts_id",
        "SELECT min(statement_id) FROM contradiction",
    ),
    (
        "stance_change",
        "to_stance = 'ENDED'",
        "SELECT max(seq) FROM stance_change",
    ),
    (
        "search_text",
        "body = 'x'",
        "SELECT max(CAST(ref AS BIGINT)) - 1 FROM search_text WHERE kind = 'Statement'",
    ),
];

#[tokio::test]
async fn an_altered_row_of_a_projection_is_found_in_its_table() {
    let file = File::shipped().await;
    file.run(UNTIE).await;
    let mut expected = Vec::new();
    for (table, set, query) in PROJECTIONS {
        let seq = file.number(query).await;
        let key = match table {
            "evidence" | "stance_change" => "seq",
            "contradiction" => "statement_id",
            "search_text" => "ref",
            _ => "id",
        };
        file.run(&format!("UPDATE {table} SET {set} WHERE {key} = '{seq}'"))
            .await;
        expected.push((seq, table));
    }
    let found = file.faults().await;
    for (seq, table) in expected {
        let is_it = |fault: &&(i64, String)| fault.0 == seq && fault.1.ends_with(table);
        assert!(
            found.iter().any(|fault| is_it(&fault)),
            "{table} {seq}: {found:?}"
        );
    }
    // Another number in a contradiction is one row missing and one too many.
    assert_eq!(found.len(), PROJECTIONS.len() + 1, "{found:?}");
}

#[tokio::test]
async fn rows_that_nobody_recorded_are_found() {
    let file = File::shipped().await;
    let last =
        file.number("SELECT max(CAST(ref AS BIGINT)) FROM search_text WHERE kind = 'Statement'");
    let last = last.await;
    let copy = format!(
        "INSERT INTO search_text ({SEARCH_COLUMNS}) SELECT {SEARCH_COLUMNS} FROM search_text
         WHERE ref = '{last}' AND kind = 'Statement'"
    );
    file.run(&copy).await;
    file.run("INSERT INTO source (id, kind, publisher, title) VALUES (9000, 'NEWS', 'x', 'x')")
        .await;
    let found = file.faults().await;
    assert_eq!(
        found,
        [
            (last, "its row differs in search_text".to_owned()),
            (9000, "its row does not belong in source".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_ledger_that_was_written_to_in_every_way_is_whole() {
    let (app, paper) = TestApp::start_asking().await;
    let agreed = app.stand(&paper, "RW", "AGREED", "2025-06-03").await;
    let input = correction(&agreed["statement"], &paper, "REFUSED", "2025-06-04");
    let refused = app.accept("correctStatement", &input).await;
    let wrong = json!({ "statement": refused["statement"]["id"], "reason": "Never said." });
    app.accept("retractStatement", &wrong).await;
    let input = correction(&agreed["statement"], &paper, "NAMED", "2025-06-05");
    app.accept("correctStatement", &input).await;
    assert_eq!(app.faults().await, []);
}

#[tokio::test]
async fn recorded_times_never_go_back_when_the_clock_does() {
    let (app, paper) = TestApp::start_asking().await;
    app.set_clock("2026-11-24T00:00:00Z");
    app.stand(&paper, "RW", "AGREED", "2026-11-24").await;
    app.set_clock("2026-11-22T00:00:00Z");
    let app = app.restart().await;
    app.stand(&paper, "RW", "REFUSED", "2026-11-22").await;
    app.stand(&paper, "PE", "REFUSED", "2026-11-22").await;
    let query = "{ ledger { entries(last: 3) { nodes { recordedAt } } } }";
    let times = app.query(query).await;
    let times = times["ledger"]["entries"]["nodes"].as_array().unwrap();
    let expected = ["000000Z", "000001Z", "000002Z"];
    for (time, fraction) in times.iter().zip(expected) {
        assert_eq!(
            time["recordedAt"],
            format!("2026-11-24T00:00:00.{fraction}")
        );
    }
    assert_eq!(app.faults().await, []);
}
