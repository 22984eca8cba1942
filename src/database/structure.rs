//! Structure of the database: its tables, columns and triggers, compared with those that this version creates. Tools that
//! rebuild or restore tables lose triggers without a word, and triggers of others would change what is written.

use std::collections::HashSet;

use migration::triggers::{self, Difference};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, FromQueryResult, IdenStatic,
    Iterable, Statement,
};

use super::begin_exclusive;
use crate::error::{Error, Result};

/// What other tools have changed; empty if nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StructureReport {
    /// Missing tables and columns.
    missing: Vec<String>,
    triggers: Vec<Difference>,
}

impl StructureReport {
    pub fn is_ok(&self) -> bool {
        self.missing.is_empty() && self.triggers.is_empty()
    }

    /// Whether every column is there, so that the tables can be read.
    pub fn is_readable(&self) -> bool {
        self.missing.is_empty()
    }

    /// One sentence per difference.
    pub fn differences(&self) -> impl Iterator<Item = String> {
        let triggers = self.triggers.iter().map(ToString::to_string);
        self.missing.iter().cloned().chain(triggers)
    }

    /// # Errors
    /// `Error::BadUserInput` that names every difference and says what to do, if there is one.
    pub fn check(&self) -> Result<()> {
        if self.is_ok() {
            return Ok(());
        }
        let differences: Vec<String> = self.differences().collect();
        let message = format!(
            "another tool has changed the database: {}; {}",
            differences.join("; "),
            self.advice()
        );
        Err(Error::bad_input("database-url", message))
    }

    fn advice(&self) -> String {
        if !self.is_readable() {
            return "restore a backup".to_owned();
        }
        let foreign = self
            .triggers
            .iter()
            .find(|difference| !difference.is_restorable());
        let Some(Difference::Foreign(trigger, table)) = foreign else {
            return "`demarche migrate` as the owner of the tables puts the triggers back; then run `demarche verify`".to_owned();
        };
        format!(
            "remove what is not demarche's, for example with DROP TRIGGER {trigger} (on PostgreSQL: ON {table}), then run `demarche verify`"
        )
    }
}

/// Compares the structure of the database with that of this version. It only reads.
/// # Errors
/// `Error::Internal` if the database cannot answer.
pub async fn inspect_structure(db: &impl ConnectionTrait) -> Result<StructureReport> {
    let expected = expected_columns();
    let actual = list_columns(db).await?;
    let mut missing = Vec::new();
    for (table, columns) in &expected {
        let has = |column: &str| actual.contains(&(table.to_string(), column.to_owned()));
        let absent: Vec<&str> = columns
            .iter()
            .copied()
            .filter(|column| !has(column))
            .collect();
        if absent.len() == columns.len() {
            missing.push(format!("the table `{table}` is missing"));
        } else {
            missing.extend(
                absent
                    .iter()
                    .map(|column| format!("the column `{column}` of `{table}` is missing")),
            );
        }
    }
    let mut tables: Vec<&str> = expected.iter().map(|(table, _)| *table).collect();
    tables.extend(UNTYPED_TABLES);
    let triggers = triggers::list_differences(db, &tables).await?;
    Ok(StructureReport { missing, triggers })
}

/// Puts the triggers of this version back, if one is missing, disabled or altered.
pub(super) async fn restore_triggers(writer: &DatabaseConnection) -> Result<Vec<String>> {
    let report = inspect_structure(writer).await?;
    let restored = report
        .triggers
        .iter()
        .filter(|difference| difference.is_restorable());
    let restored: Vec<String> = restored.map(ToString::to_string).collect();
    if !restored.is_empty() && report.is_readable() {
        let txn = begin_exclusive(writer).await?;
        triggers::restore(&txn).await?;
        txn.commit().await?;
    }
    Ok(restored)
}

/// Tables without an entity: of the search index and of the migrations.
const UNTYPED_TABLES: [&str; 4] = [
    "search_index",
    "search_tokenizer",
    "search_total",
    "seaql_migrations",
];

macro_rules! columns {
    ($($table:ident),+) => {
        vec![$((stringify!($table), columns_of::<entity::$table::Entity>())),+]
    };
}

fn expected_columns() -> Vec<(&'static str, Vec<&'static str>)> {
    columns!(
        api_token,
        contradiction,
        country,
        edition,
        evidence,
        initiative,
        ledger_entry,
        ledger_head,
        relationship,
        review,
        signing_key,
        source,
        source_publication,
        stance_change,
        statement,
        tree_node,
        webhook,
        webhook_delivery
    )
}

fn columns_of<E: EntityTrait>() -> Vec<&'static str> {
    E::Column::iter().map(|column| column.as_str()).collect()
}

#[derive(FromQueryResult)]
struct Column {
    table_name: String,
    name: String,
}

/// (table, column) of every table.
async fn list_columns(db: &impl ConnectionTrait) -> Result<HashSet<(String, String)>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT c.relname::text AS table_name, a.attname::text AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
             WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relkind IN ('r', 'p')
                 AND a.attnum > 0 AND NOT a.attisdropped"
        }
        _ => {
            "SELECT t.name AS table_name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
             WHERE t.type = 'table' AND t.name NOT LIKE 'search%'"
        }
    };
    let query = Statement::from_string(db.get_database_backend(), sql);
    let columns = Column::find_by_statement(query).all(db).await?;
    Ok(columns
        .into_iter()
        .map(|column| (column.table_name, column.name))
        .collect())
}
