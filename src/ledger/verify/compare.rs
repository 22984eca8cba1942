//! Compares the tables of a database with those that were rebuilt from its ledger.

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, FromQueryResult, Statement,
};

use super::Discrepancy;
use crate::error::{Error, Result};

/// Adds the differing rows of one table, with the seq of the entry of each.
macro_rules! compare {
    ($discrepancies:ident, $db:ident, $scratch:ident, $table:ident, $key:expr, $seq:expr) => {
        let key: fn(&entity::$table::Model) -> _ = $key;
        let seq: fn(&entity::$table::Model) -> i64 = $seq;
        let actual = entity::$table::Entity::find().all($db).await?;
        let expected = entity::$table::Entity::find().all($scratch).await?;
        let actual = actual.into_iter().map(|row| (key(&row), row)).collect();
        let expected = expected.into_iter().map(|row| (key(&row), row)).collect();
        differences(
            stringify!($table),
            &actual,
            &expected,
            seq,
            &mut $discrepancies,
        );
    };
}

pub(super) async fn compare_all(
    db: &impl ConnectionTrait,
    scratch: &DatabaseConnection,
) -> Result<Vec<Discrepancy>> {
    let mut discrepancies = Vec::new();
    compare!(
        discrepancies,
        db,
        scratch,
        country,
        |row| row.code.clone(),
        |_| 0
    );
    compare!(
        discrepancies,
        db,
        scratch,
        initiative,
        |row| row.id,
        |row| row.id
    );
    compare!(discrepancies, db, scratch, source, |row| row.id, |row| row
        .id);
    compare!(
        discrepancies,
        db,
        scratch,
        relationship,
        |row| row.id,
        |row| row.id
    );
    compare!(discrepancies, db, scratch, statement, |row| row.id, |row| {
        row.id
    });
    compare!(
        discrepancies,
        db,
        scratch,
        evidence,
        |row| (row.seq, row.ordinal),
        |row| row.seq
    );
    compare!(
        discrepancies,
        db,
        scratch,
        contradiction,
        |row| (row.statement_id, row.contradicts_id),
        |row| row.statement_id
    );
    compare!(
        discrepancies,
        db,
        scratch,
        stance_change,
        |row| row.seq,
        |row| row.seq
    );
    let (actual, expected) = (search_rows(db).await?, search_rows(scratch).await?);
    differences(
        "search_index",
        &actual,
        &expected,
        |row| row.id,
        &mut discrepancies,
    );
    Ok(discrepancies)
}

fn differences<K: Ord, R: PartialEq>(
    table: &str,
    actual: &BTreeMap<K, R>,
    expected: &BTreeMap<K, R>,
    seq: impl Fn(&R) -> i64,
    discrepancies: &mut Vec<Discrepancy>,
) {
    let missing_or_altered = expected
        .iter()
        .filter_map(|(key, row)| match actual.get(key) {
            None => Some((seq(row), "missing row in")),
            Some(other) if other != row => Some((seq(row), "altered row in")),
            Some(_) => None,
        });
    let unexpected = actual.iter().filter(|(key, _)| !expected.contains_key(key));
    let all = missing_or_altered.chain(unexpected.map(|(_, row)| (seq(row), "unexpected row in")));
    discrepancies.extend(all.map(|(seq, difference)| Discrepancy {
        seq,
        what: format!("{difference} {table}"),
    }));
}

#[derive(Debug, PartialEq, FromQueryResult)]
struct SearchRow {
    id: i64,
    kind: String,
    title: String,
    body: String,
    /// Its tokens as often as they occur, in byte order.
    words: String,
    /// The number of tokens.
    size: i64,
}

async fn search_rows(db: &impl ConnectionTrait) -> Result<BTreeMap<i64, SearchRow>> {
    let sql = if db.get_database_backend() == DbBackend::Postgres {
        r#"SELECT id, kind, title, body, size, (SELECT coalesce(
            string_agg(rtrim(repeat(lexeme || ' ', cardinality(positions))), ' ' ORDER BY lexeme COLLATE "C"), '')
            FROM unnest(words)) AS words FROM search_index"#
    } else {
        "SELECT rowid AS id, kind, title, body, words, CASE words WHEN '' THEN 0
            ELSE 1 + length(words) - length(replace(words, ' ', '')) END AS size FROM search_index"
    };
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = SearchRow::find_by_statement(query)
        .all(db)
        .await
        .map_err(Error::from)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
