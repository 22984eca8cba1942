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
    if !has_search_total(db).await? {
        discrepancies.push(Discrepancy {
            seq: 0,
            what: "the totals in search_total are not those of search_index".to_owned(),
        });
    }
    Ok(discrepancies)
}

/// Whether the totals, which only PostgreSQL has, are those of the search texts.
async fn has_search_total(db: &impl ConnectionTrait) -> Result<bool> {
    if db.get_database_backend() != DbBackend::Postgres {
        return Ok(true);
    }
    let sql = "SELECT 1 AS one FROM search_total WHERE rows = (SELECT count(*) FROM search_index)
        AND words = (SELECT coalesce(sum(size), 0) FROM search_index)";
    let query = Statement::from_string(DbBackend::Postgres, sql);
    Ok(db.query_one_raw(query).await?.is_some())
}

fn differences<K: Ord, R: PartialEq>(
    table: &str,
    actual: &BTreeMap<K, R>,
    expected: &BTreeMap<K, R>,
    seq: impl Fn(&R) -> i64,
    discrepancies: &mut Vec<Discrepancy>,
) {
    let missing = expected.iter().filter(|(key, _)| !actual.contains_key(key));
    let missing: Vec<i64> = missing.map(|(_, row)| seq(row)).collect();
    // A lost table is one line, not one per row.
    if let Some(first) = missing.iter().min() {
        let what = match missing.len() {
            1 => format!("missing row in {table}"),
            count => format!("{count} missing rows in {table}, the first of this entry"),
        };
        discrepancies.push(Discrepancy { seq: *first, what });
    }
    let altered = expected.iter().filter_map(|(key, row)| {
        let other = actual.get(key)?;
        (other != row).then(|| (seq(row), "altered row in"))
    });
    let unexpected = actual.iter().filter(|(key, _)| !expected.contains_key(key));
    let all = altered.chain(unexpected.map(|(_, row)| (seq(row), "unexpected row in")));
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
