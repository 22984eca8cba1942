//! Upgrades: a database that a later version has migrated is rejected.

use demarche::database::IfMissing;
use demarche::graphql::loaders::work_budget::WorkBudget;
use demarche::graphql::types::search::search_index;
use demarche::ledger::verify::verify;
use demarche::server::{Server, open};
use sea_orm::{ConnectionTrait, Statement};

use crate::app::{config, fixed_clock};
use crate::database::{TestDatabase, UNDO_SEARCH_INDEX};

const LATER: &str =
    "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)";

async fn list_applied(test_db: &TestDatabase) -> Vec<String> {
    let db = test_db.connect().await;
    let sql = "SELECT version FROM seaql_migrations ORDER BY version";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(query).await.unwrap();
    let versions = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
    versions.collect()
}

#[tokio::test]
async fn a_database_of_a_later_version_is_rejected_and_not_migrated() {
    let test_db = TestDatabase::with_bundled_data().await;
    test_db
        .connect()
        .await
        .execute_unprepared(LATER)
        .await
        .unwrap();
    let applied = list_applied(&test_db).await;
    let errors = [
        Server::start(&config(test_db.url(), false), fixed_clock())
            .await
            .err(),
        open(&test_db.url(), IfMissing::Fail).await.err(),
    ];
    for error in errors {
        let error = error.unwrap();
        assert_eq!(error.code(), "BAD_USER_INPUT");
        let text = error.to_string();
        assert!(text.contains("`m20991231_000001_later`"), "{text}");
    }
    assert_eq!(list_applied(&test_db).await, applied);
}

#[tokio::test]
async fn a_database_with_the_tables_of_before_is_migrated_and_indexed() {
    let test_db = TestDatabase::with_bundled_data().await;
    let db = test_db.connect().await;
    for sql in UNDO_SEARCH_INDEX {
        db.execute_unprepared(sql).await.unwrap();
    }
    drop(db);
    assert_indexed(&test_db).await;
}

#[tokio::test]
async fn an_index_of_another_tokenizer_or_without_the_newest_rows_is_built_again() {
    let test_db = TestDatabase::with_bundled_data().await;
    for sql in [
        "UPDATE search_tokenizer SET version = 0",
        "DELETE FROM search_index",
    ] {
        let db = test_db.connect().await;
        db.execute_unprepared(sql).await.unwrap();
        drop(db);
        assert_indexed(&test_db).await;
    }
}

/// Opens the database; it must pass verification, and searches must find what they should.
async fn assert_indexed(test_db: &TestDatabase) {
    let database = open(&test_db.url(), IfMissing::Fail).await.unwrap();
    let report = verify(database.reader()).await.unwrap();
    assert_eq!(report.discrepancies, []);
    let hits = search_index(
        database.reader(),
        "dumping grou",
        50,
        (None, &WorkBudget::default()),
    )
    .await;
    assert_eq!(hits.unwrap().len(), 1);
    database.close().await.unwrap();
}
