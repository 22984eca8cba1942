//! Databases of other versions.

use demarche::database::Missing;
use demarche::server::{Server, open};
use sea_orm::{ConnectionTrait, Statement};

use crate::app::{config, still};
use crate::database::Home;

const LATER: &str =
    "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)";

async fn list_applied(home: &Home) -> Vec<String> {
    let db = home.connect().await;
    let sql = "SELECT version FROM seaql_migrations ORDER BY version";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(query).await.unwrap();
    let versions = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
    versions.collect()
}

#[tokio::test]
async fn what_a_later_version_has_migrated_is_refused_and_not_migrated() {
    let home = Home::shipped().await;
    home.connect()
        .await
        .execute_unprepared(LATER)
        .await
        .unwrap();
    let applied = list_applied(&home).await;
    let refusals = [
        Server::start(&config(home.url(), false), still())
            .await
            .err(),
        open(&home.url(), Missing::Refuse).await.err(),
    ];
    for refusal in refusals {
        let refusal = refusal.unwrap();
        assert_eq!(refusal.code(), "BAD_USER_INPUT");
        let text = refusal.to_string();
        assert!(text.contains("`m20991231_000001_later`"), "{text}");
    }
    assert_eq!(list_applied(&home).await, applied);
}
