//! Append-only ledger: the database rejects alterations, and `verify` finds those that bypass its triggers.

use demarche::ledger::verify::verify;
use sea_orm::{ConnectionTrait, DatabaseConnection};
use serde_json::json;

use crate::app::TestApp;
use crate::database::{
    ALTERATIONS, DISABLE_FOREIGN_KEYS, DROP_TRIGGERS, SEARCH_COLUMNS, SEARCH_ID,
    SEARCHED_STATEMENT, TestDatabase,
};
use crate::fixtures::correction;

/// A database with the bundled data set, accessed directly.
struct DirectDatabase {
    db: DatabaseConnection,
    _test_db: Option<TestDatabase>,
}

impl DirectDatabase {
    async fn of_app(app: &TestApp) -> Self {
        Self {
            db: app.connect_to_database().await,
            _test_db: None,
        }
    }

    async fn with_bundled_data() -> Self {
        let test_db = TestDatabase::with_bundled_data().await;
        Self {
            db: test_db.connect().await,
            _test_db: Some(test_db),
        }
    }

    /// As [`DirectDatabase::with_bundled_data`], without the triggers.
    async fn without_triggers() -> Self {
        let database = Self::with_bundled_data().await;
        for sql in DROP_TRIGGERS {
            database.run(sql).await;
        }
        database
    }

    async fn run(&self, sql: &str) {
        let result = self.db.execute_unprepared(sql).await.unwrap();
        let alters_rows = ["UPDATE", "DELETE", "INSERT"]
            .iter()
            .any(|verb| sql.starts_with(verb));
        assert!(!alters_rows || result.rows_affected() > 0, "{sql}");
    }

    async fn query_number(&self, sql: &str) -> i64 {
        let query = sea_orm::Statement::from_string(self.db.get_database_backend(), sql);
        let row = self.db.query_one_raw(query).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// The discrepancies: seq of the entry and description.
    async fn discrepancies(&self) -> Vec<(i64, String)> {
        let discrepancies = verify(&self.db).await.unwrap().discrepancies;
        discrepancies
            .into_iter()
            .map(|discrepancy| (discrepancy.seq, discrepancy.what))
            .collect()
    }
}

#[tokio::test]
async fn the_database_rejects_alterations_of_the_ledger() {
    let database = DirectDatabase::with_bundled_data().await;
    for sql in ALTERATIONS {
        let rejection = database.db.execute_unprepared(sql).await.unwrap_err();
        assert!(
            rejection.to_string().contains("append-only"),
            "{sql}: {rejection}"
        );
    }
    assert_eq!(database.discrepancies().await, []);
}

#[tokio::test]
async fn an_altered_column_of_an_entry_is_found_at_that_entry() {
    let database = DirectDatabase::without_triggers().await;
    database
        .run("CREATE TABLE saved AS SELECT * FROM ledger_entry WHERE seq = 40")
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
        database.run(&set(value)).await;
        let discrepancies = database.discrepancies().await;
        assert_eq!(discrepancies.len(), 1, "{column}: {discrepancies:?}");
        assert_eq!(discrepancies[0].0, 40, "{column}: {discrepancies:?}");
        database
            .run(&set(&format!("(SELECT {column} FROM saved)")))
            .await;
    }
    assert_eq!(database.discrepancies().await, []);
}

#[tokio::test]
async fn a_rehashed_entry_is_found_at_the_next_entry() {
    let database = DirectDatabase::without_triggers().await;
    let mut entry = {
        use sea_orm::EntityTrait;
        let by_id = entity::ledger_entry::Entity::find_by_id(40);
        by_id.one(&database.db).await.unwrap().unwrap()
    };
    entry.actor = "token:somebody".to_owned();
    let hash = demarche::ledger::hash::hash_entry(&entry).unwrap();
    let sql =
        format!("UPDATE ledger_entry SET actor = 'token:somebody', hash = '{hash}' WHERE seq = 40");
    database.run(&sql).await;
    let discrepancies = database.discrepancies().await;
    let what = "the previous hash does not match the entry before it".to_owned();
    assert_eq!(discrepancies, [(41, what)]);
}

#[tokio::test]
async fn a_deleted_entry_is_found() {
    let database = DirectDatabase::without_triggers().await;
    database
        .run("DELETE FROM ledger_entry WHERE seq = 40")
        .await;
    assert_eq!(
        database.discrepancies().await,
        [(40, "entry 40 is missing".to_owned())]
    );

    let database = DirectDatabase::without_triggers().await;
    let last = database
        .query_number("SELECT max(seq) FROM ledger_entry")
        .await;
    database
        .run(&format!("DELETE FROM ledger_entry WHERE seq = {last}"))
        .await;
    let discrepancies = database.discrepancies().await;
    assert_eq!(discrepancies[0].0, last, "{discrepancies:?}");
    assert!(
        discrepancies
            .iter()
            .any(|discrepancy| discrepancy.1.contains("the stored head"))
    );
}

/// The rows that the missing entries updated belong to earlier entries, which are not reported.
#[tokio::test]
async fn a_truncated_ledger_is_reported_at_its_first_missing_entry() {
    let database = DirectDatabase::without_triggers().await;
    let query = "SELECT max(seq) FROM stance_change WHERE relationship_id < seq";
    let first = database.query_number(query).await;
    database
        .run(&format!("DELETE FROM ledger_entry WHERE seq >= {first}"))
        .await;
    let discrepancies = database.discrepancies().await;
    assert_eq!(discrepancies.len(), 1, "{discrepancies:?}");
    assert_eq!(discrepancies[0].0, first, "{discrepancies:?}");
}

#[tokio::test]
async fn an_altered_head_is_found() {
    let (app, _) = TestApp::start_with_initiative().await;
    let database = DirectDatabase::of_app(&app).await;
    let last = database
        .query_number("SELECT max(seq) FROM ledger_entry")
        .await;
    database
        .run("CREATE TABLE saved AS SELECT * FROM ledger_head")
        .await;
    for (set, seq) in [
        ("seq = seq - 1", last - 1),
        ("seq = seq + 1", last + 1),
        ("hash = 'x' || substr(hash, 2)", last),
        ("recorded_at = recorded_at + 1", last),
        ("recorded_at = NULL", last),
        ("origin = 'x' || substr(origin, 2)", 1),
    ] {
        database.run(&format!("UPDATE ledger_head SET {set}")).await;
        let discrepancies = database.discrepancies().await;
        assert_eq!(discrepancies.len(), 1, "{set}: {discrepancies:?}");
        assert_eq!(discrepancies[0].0, seq, "{set}: {discrepancies:?}");
        database.run("DELETE FROM ledger_head").await;
        database
            .run("INSERT INTO ledger_head SELECT * FROM saved")
            .await;
    }
    assert_eq!(database.discrepancies().await, []);
}

/// A table, the alteration, and a query for the row to alter, which is also the seq of the expected discrepancy.
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
        "SELECT max(seq) FROM (SELECT seq FROM evidence GROUP BY seq HAVING count(*) = 1) AS single",
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
    ("search_index", "words = 'x'", SEARCHED_STATEMENT),
];

#[tokio::test]
async fn an_altered_row_of_a_projection_is_found_in_its_table() {
    let database = DirectDatabase::with_bundled_data().await;
    database.run(DISABLE_FOREIGN_KEYS).await;
    let mut expected = Vec::new();
    for (table, set, query) in PROJECTIONS {
        let seq = database.query_number(query).await;
        let key = match table {
            "evidence" | "stance_change" => "seq",
            "contradiction" => "statement_id",
            "search_index" => SEARCH_ID,
            _ => "id",
        };
        database
            .run(&format!("UPDATE {table} SET {set} WHERE {key} = '{seq}'"))
            .await;
        expected.push((seq, table));
    }
    let discrepancies = database.discrepancies().await;
    for (seq, table) in expected {
        let is_expected =
            |discrepancy: &&(i64, String)| discrepancy.0 == seq && discrepancy.1.ends_with(table);
        assert!(
            discrepancies
                .iter()
                .any(|discrepancy| is_expected(&discrepancy)),
            "{table} {seq}: {discrepancies:?}"
        );
    }
    // An altered ID in a contradiction counts as a missing row and an additional one.
    assert_eq!(
        discrepancies.len(),
        PROJECTIONS.len() + 1,
        "{discrepancies:?}"
    );
}

#[tokio::test]
async fn rows_without_an_entry_are_found() {
    let database = DirectDatabase::with_bundled_data().await;
    let columns = format!("{SEARCH_ID}, {SEARCH_COLUMNS}");
    let copy = format!(
        "INSERT INTO search_index ({columns}) SELECT 9000 + {SEARCH_ID}, {SEARCH_COLUMNS} FROM search_index
         WHERE {SEARCH_ID} = ({SEARCHED_STATEMENT})"
    );
    let last = 9000 + database.query_number(SEARCHED_STATEMENT).await;
    database.run(&copy).await;
    database
        .run("INSERT INTO source (id, kind, publisher, title) VALUES (9000, 'NEWS', 'x', 'x')")
        .await;
    let discrepancies = database.discrepancies().await;
    assert_eq!(
        discrepancies,
        [
            (9000, "unexpected row in source".to_owned()),
            (last, "unexpected row in search_index".to_owned())
        ]
    );
}

#[tokio::test]
async fn a_ledger_with_every_kind_of_write_is_verified() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    let agreed = app
        .record_stance(&source_id, "RW", "AGREED", "2025-06-03")
        .await;
    let input = correction(&agreed["statement"], &source_id, "REFUSED", "2025-06-04");
    let corrected = app.mutate("correctStatement", &input).await;
    let retraction = json!({ "statement": corrected["statement"]["id"], "reason": "Never said." });
    app.mutate("retractStatement", &retraction).await;
    let input = correction(&agreed["statement"], &source_id, "NAMED", "2025-06-05");
    app.mutate("correctStatement", &input).await;
    assert_eq!(app.discrepancies().await, []);
}

#[tokio::test]
async fn recorded_times_stay_monotonic_when_the_clock_goes_back() {
    let (app, source_id) = TestApp::start_with_initiative().await;
    app.set_clock("2026-11-24T00:00:00Z");
    app.record_stance(&source_id, "RW", "AGREED", "2026-11-24")
        .await;
    app.set_clock("2026-11-23T23:59:30Z");
    let app = app.restart().await;
    app.record_stance(&source_id, "RW", "REFUSED", "2026-11-22")
        .await;
    app.record_stance(&source_id, "PE", "REFUSED", "2026-11-22")
        .await;
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
    assert_eq!(app.discrepancies().await, []);
}
