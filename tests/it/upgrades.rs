//! Upgrades: a database that a later version has migrated is rejected.

use demarche::database::IfMissing;
use demarche::server::{Server, open};
use sea_orm::{ConnectionTrait, Statement};

use crate::app::{config, fixed_clock};
use crate::database::TestDatabase;

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
