//! `verify` finds every altered column and every entry that does not fit those before it, whatever the length of its pages.

use demarche::ledger::hash;
use demarche::ledger::verify::{verify, verify_with};
use entity::ledger_entry::{ActiveModel, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel, Iterable,
    QueryOrder, Statement,
};
use serde_json::{Value, json};

use crate::database::{DISABLE_FOREIGN_KEYS, DROP_TRIGGERS, TestDatabase};

/// Entries of a page: one, a few, and all.
const PAGE_SIZES: [u64; 3] = [1, 64, 1_000];

async fn run(db: &DatabaseConnection, sql: &str) -> u64 {
    let result = db.execute_unprepared(sql).await;
    let result = result.unwrap_or_else(|error| panic!("{sql}: {error}"));
    result.rows_affected()
}

/// The discrepancies with each length of pages, which must be the same.
async fn discrepancies(db: &DatabaseConnection) -> Vec<(i64, String)> {
    let expected = verify(db).await.unwrap();
    for size in PAGE_SIZES {
        let report = verify_with(db, size, &()).await.unwrap();
        assert_eq!(report, expected, "pages of {size}");
    }
    let discrepancies = expected.discrepancies.into_iter();
    discrepancies.map(|found| (found.seq, found.what)).collect()
}

/// Columns of a table besides its key, and the name of the key.
fn columns<E: EntityTrait>(key: &[&str]) -> Vec<String> {
    use sea_orm::IdenStatic;
    let names = E::Column::iter().map(|column| column.as_str().to_owned());
    names.filter(|name| !key.contains(&name.as_str())).collect()
}

/// Alters each column in another row; returns the seqs of the rows, ascending.
async fn alter_columns(
    db: &DatabaseConnection,
    table: &str,
    key: &str,
    columns: &[String],
) -> Vec<i64> {
    let sql = format!("SELECT DISTINCT {key} AS id FROM {table} ORDER BY {key}");
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql));
    let ids: Vec<i64> = rows
        .await
        .unwrap()
        .iter()
        .map(|row| row.try_get("", "id").unwrap())
        .collect();
    assert!(ids.len() >= columns.len(), "{table}");
    for (column, id) in columns.iter().zip(&ids) {
        let value = match column.as_str() {
            "certain" | "disputed" | "unusual" | "keeps_disputes" => format!("NOT {column}"),
            "stance_rank" | "basis" | "changed_seq" | "changed_at" | "corrects" | "recorded_at"
            | "corrected_by" | "retracted_at" | "source_id" | "statement_id"
            | "relationship_id" | "initiative_id" | "derived_from" | "version_of" => {
                format!("coalesce({column}, 0) + 1")
            }
            _ => format!("coalesce({column}, '') || 'x'"),
        };
        let sql = format!("UPDATE {table} SET {column} = {value} WHERE {key} = {id}");
        assert!(run(db, &sql).await > 0, "{sql}");
    }
    ids[..columns.len()].to_vec()
}

#[tokio::test]
async fn an_altered_column_of_any_projected_row_is_found() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    run(&db, DISABLE_FOREIGN_KEYS).await;
    let tables = [
        ("source", "id", columns::<entity::source::Entity>(&["id"])),
        (
            "relationship",
            "id",
            columns::<entity::relationship::Entity>(&["id", "requested_state"]),
        ),
        (
            "statement",
            "id",
            columns::<entity::statement::Entity>(&["id"]),
        ),
        (
            "evidence",
            "seq",
            columns::<entity::evidence::Entity>(&["seq", "ordinal"]),
        ),
        (
            "stance_change",
            "seq",
            columns::<entity::stance_change::Entity>(&["seq"]),
        ),
    ];
    let mut expected = Vec::new();
    for (table, key, columns) in tables {
        for seq in alter_columns(&db, table, key, &columns).await {
            expected.push((seq, format!("altered row in {table}")));
        }
    }
    run(&db, "UPDATE country SET name = 'x' WHERE code = 'SE'").await;
    run(&db, "UPDATE country SET region = 'x' WHERE code = 'FI'").await;
    let country = (0, "altered row in country".to_owned());
    expected.extend([country.clone(), country]);
    expected.sort();
    let mut found = discrepancies(&db).await;
    // All evidence of an entry was altered.
    found.dedup_by(|one, two| one == two && one.1.ends_with("evidence"));
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_lost_table_is_one_line() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    run(&db, DISABLE_FOREIGN_KEYS).await;
    for table in ["statement", "stance_change", "search_index", "relationship"] {
        assert!(run(&db, &format!("DELETE FROM {table}")).await > 0);
    }
    let mut found = discrepancies(&db).await;
    // PostgreSQL also keeps totals.
    found.retain(|found| !found.1.contains("search_total"));
    assert_eq!(found.len(), 4, "{found:?}");
    let is_missing = |found: &(i64, String)| found.1.contains("missing rows in");
    assert!(found.iter().all(is_missing), "{found:?}");
}

#[tokio::test]
async fn rows_before_the_first_and_after_the_last_entry_are_found() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    for id in [-1, 0, 9_000] {
        let sql = format!(
            "INSERT INTO source (id, kind, publisher, title) VALUES ({id}, 'NEWS', 'x', 'x')"
        );
        run(&db, &sql).await;
    }
    let unexpected = |id| (id, "unexpected row in source".to_owned());
    assert_eq!(discrepancies(&db).await, [-1, 0, 9_000].map(unexpected));
}

/// Appends an entry that fits the chain, with the head.
async fn append(db: &DatabaseConnection, kind: &str, payload: &Value, key: &str) -> i64 {
    let select = Entity::find().order_by_desc(entity::ledger_entry::Column::Seq);
    let last = select.one(db).await.unwrap().unwrap();
    let payload = serde_json_canonicalizer::to_string(payload).unwrap();
    let mut entry = Model {
        seq: last.seq + 1,
        kind: kind.to_owned(),
        payload,
        actor: "import".to_owned(),
        idempotency_key: key.to_owned(),
        recorded_at: last.recorded_at + 1,
        prev_hash: last.hash,
        hash: String::new(),
    };
    entry.hash = hash::hash_entry(&entry).unwrap();
    let (seq, hash, at) = (entry.seq, entry.hash.clone(), entry.recorded_at);
    let row: ActiveModel = entry.into_active_model();
    row.reset_all().insert(db).await.unwrap();
    let head = format!("UPDATE ledger_head SET seq = {seq}, hash = '{hash}', recorded_at = {at}");
    run(db, &head).await;
    seq
}

fn statement(subject: &Value, source: i64, contradicts: &[i64]) -> Value {
    json!({
        "subject": subject, "validFrom": "2025", "claimant": { "label": "x", "kind": "PRESS" }, "summary": "s",
        "body": { "stance": { "stance": "AGREED" } }, "contradicts": contradicts, "note": null,
        "evidence": [{ "source": source, "relation": "SUPPORTS", "quote": null, "locator": null }]
    })
}

#[tokio::test]
async fn an_entry_that_does_not_fit_those_before_it_is_named() {
    let relationship = |initiative: i64, state: &str| json!({ "relationship": { "initiative": initiative, "requestedState": state } });
    let (source, recorded) = (2, "STATEMENT_RECORDED");
    let cases = [
        (
            recorded,
            statement(&relationship(1, "RW"), 9_000, &[]),
            "no earlier entry is source 9000",
        ),
        (
            recorded,
            statement(&relationship(2, "RW"), source, &[]),
            "no earlier entry is initiative 2",
        ),
        (
            recorded,
            statement(&json!({ "initiative": 9_000 }), source, &[]),
            "no earlier entry is initiative 9000",
        ),
        (
            recorded,
            statement(&relationship(1, "XX"), source, &[]),
            "`XX` is not a country",
        ),
        (
            recorded,
            statement(&json!({ "country": "XX" }), source, &[]),
            "`XX` is not a country",
        ),
        (
            recorded,
            statement(&relationship(1, "US"), source, &[]),
            "US is the requesting state and the requested state",
        ),
        (
            recorded,
            statement(&relationship(1, "RW"), source, &[2]),
            "no earlier entry is statement 2",
        ),
        (
            recorded,
            statement(&relationship(1, "RW"), source, &[676, 676]),
            "statement 676 is contradicted twice",
        ),
        (
            "STATEMENT_CORRECTED",
            json!({ "corrects": 9_000, "reason": null, "statement": statement(&relationship(1, "RW"), source, &[]) }),
            "no earlier entry is statement 9000",
        ),
        (
            "STATEMENT_RETRACTED",
            json!({ "reason": "r", "statement": 677 }),
            "no earlier entry is statement 677",
        ),
        (
            "EVIDENCE_ADDED",
            json!({ "evidence": [], "statement": 1 }),
            "no earlier entry is statement 1",
        ),
        (
            "REVIEW_RECORDED",
            json!({ "initiative": 1, "note": null, "requestedState": "SE", "reviewedOn": null }),
            "no earlier entry is about the request to SE",
        ),
        (
            "EDITION_IMPORTED",
            json!({ "edition": "third", "initiative": 2 }),
            "no earlier entry is initiative 2",
        ),
    ];
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    for sql in DROP_TRIGGERS {
        run(&db, sql).await;
    }
    run(&db, "CREATE TABLE saved AS SELECT * FROM ledger_head").await;
    for (kind, payload, reason) in cases {
        let seq = append(&db, kind, &payload, "forged").await;
        let what = format!("inconsistent with earlier entries: {reason}");
        assert_eq!(discrepancies(&db).await, [(seq, what)]);
        run(&db, &format!("DELETE FROM ledger_entry WHERE seq = {seq}")).await;
        run(&db, "DELETE FROM ledger_head").await;
        run(&db, "INSERT INTO ledger_head SELECT * FROM saved").await;
    }
    assert_eq!(discrepancies(&db).await, []);
}

#[tokio::test]
async fn a_repeated_idempotency_key_is_found() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    for sql in DROP_TRIGGERS {
        run(&db, sql).await;
    }
    run(&db, "DROP INDEX ledger_entry_idempotency").await;
    let select = Entity::find_by_id(40).one(&db);
    let key = select.await.unwrap().unwrap().idempotency_key;
    let source = json!({
        "url": null, "title": "t", "publisher": "p", "publishedOn": null, "language": "en", "kind": "NEWS", "derivedFrom": null
    });
    let seq = append(&db, "SOURCE_REGISTERED", &source, &key).await;
    let found = discrepancies(&db).await;
    let what = "its actor used the same idempotency key before".to_owned();
    assert!(found.contains(&(seq, what)), "{found:?}");
}
