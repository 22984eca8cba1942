//! The tables of a database beside those that were rebuilt from its ledger.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult, Statement};

use super::Fault;
use crate::error::{Error, Result};

/// The differing rows of one table, by the seq that each names.
macro_rules! compare {
    ($faults:ident, $db:ident, $scratch:ident, $table:ident, $key:expr, $seq:expr) => {
        let key: fn(&entity::$table::Model) -> _ = $key;
        let seq: fn(&entity::$table::Model) -> i64 = $seq;
        let found = entity::$table::Entity::find().all($db).await?;
        let expected = entity::$table::Entity::find().all($scratch).await?;
        let found = found.into_iter().map(|row| (key(&row), row)).collect();
        let expected = expected.into_iter().map(|row| (key(&row), row)).collect();
        differences(stringify!($table), &found, &expected, seq, &mut $faults);
    };
}

pub(super) async fn compare_all(
    db: &impl ConnectionTrait,
    scratch: &DatabaseConnection,
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    compare!(faults, db, scratch, initiative, |row| row.id, |row| row.id);
    compare!(faults, db, scratch, source, |row| row.id, |row| row.id);
    compare!(faults, db, scratch, relationship, |row| row.id, |row| row
        .id);
    compare!(faults, db, scratch, statement, |row| row.id, |row| row.id);
    compare!(
        faults,
        db,
        scratch,
        evidence,
        |row| (row.seq, row.ordinal),
        |row| row.seq
    );
    compare!(
        faults,
        db,
        scratch,
        contradiction,
        |row| (row.statement_id, row.contradicts_id),
        |row| row.statement_id
    );
    compare!(faults, db, scratch, stance_change, |row| row.seq, |row| row
        .seq);
    let (found, expected) = (search_rows(db).await?, search_rows(scratch).await?);
    differences(
        "search_text",
        &found,
        &expected,
        |row| row.id.parse().unwrap_or(0),
        &mut faults,
    );
    Ok(faults)
}

fn differences<K: Ord, R: PartialEq>(
    table: &str,
    found: &BTreeMap<K, R>,
    expected: &BTreeMap<K, R>,
    seq: impl Fn(&R) -> i64,
    faults: &mut Vec<Fault>,
) {
    let altered = expected
        .iter()
        .filter_map(|(key, row)| match found.get(key) {
            None => Some((seq(row), "is missing from")),
            Some(other) if other != row => Some((seq(row), "differs in")),
            Some(_) => None,
        });
    let foreign = found.iter().filter(|(key, _)| !expected.contains_key(key));
    let all = altered.chain(foreign.map(|(_, row)| (seq(row), "does not belong in")));
    faults.extend(all.map(|(seq, how)| Fault {
        seq,
        what: format!("its row {how} {table}"),
    }));
}

#[derive(Debug, PartialEq, FromQueryResult)]
struct SearchRow {
    kind: String,
    id: String,
    title: String,
    body: String,
    copies: i64,
}

/// The words that statements and sources are found by; countries are not the ledger's.
async fn search_rows(db: &impl ConnectionTrait) -> Result<BTreeMap<(String, String), SearchRow>> {
    // No key keeps a row from being there twice.
    let sql = "SELECT kind, ref AS id, min(title) AS title, min(body) AS body, count(*) AS copies
        FROM search_text WHERE kind <> 'Country' GROUP BY kind, ref";
    let query = Statement::from_string(db.get_database_backend(), sql);
    let rows = SearchRow::find_by_statement(query)
        .all(db)
        .await
        .map_err(Error::from)?;
    Ok(rows
        .into_iter()
        .map(|row| ((row.kind.clone(), row.id.clone()), row))
        .collect())
}
