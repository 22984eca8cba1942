//! Row writes: the statements of a transaction that write rows, each at once, or all of them together.
//!
//! To run one statement costs more than most statements do: SQLite runs it in a thread of its own, PostgreSQL in another process.
//! So the few rows of one entry are written by one text with one list of values: on SQLite several statements, on PostgreSQL common
//! table expressions. A group of entries writes each table at once, in few statements of few texts ([`super::bulk_insert`]).

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::bulk_insert::{chunks, insert_statement, push_parameter};
use crate::error::Result;

/// Writes rows in the order of the calls.
pub(super) struct RowWrites<'t, C> {
    txn: &'t C,
    /// The statements that wait to be run together; `None` if each runs at once.
    together: Option<Vec<String>>,
    /// Those of the waiting statements.
    values: Vec<Value>,
}

impl<'t, C: ConnectionTrait> RowWrites<'t, C> {
    /// Each statement runs at once.
    pub(super) fn one_by_one(txn: &'t C) -> Self {
        Self {
            txn,
            together: None,
            values: Vec::new(),
        }
    }

    /// The statements run when [`RowWrites::finish`] is called; for few rows, since every combination has a text of its own.
    pub(super) fn together(txn: &'t C) -> Self {
        Self {
            together: Some(Vec::new()),
            ..Self::one_by_one(txn)
        }
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.txn.get_database_backend()
    }

    /// Inserts rows. `suffix` ends each statement, for example with a conflict clause.
    pub(super) async fn insert<R>(
        &mut self,
        (table, columns): (&str, &[&str]),
        rows: &[R],
        values: impl Fn(&R) -> Vec<Value>,
        suffix: &str,
    ) -> Result<()> {
        let backend = self.backend();
        for rows in chunks(rows) {
            let first = self.values.len() + 1;
            let sql = insert_statement(backend, (table, columns), rows.len(), first) + suffix;
            self.run(sql, rows.iter().flat_map(&values)).await?;
        }
        Ok(())
    }

    /// Sets columns of the row with an id.
    pub(super) async fn update(
        &mut self,
        table: &str,
        id: i32,
        columns: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<()> {
        let backend = self.backend();
        let mut sql = format!("UPDATE {table} SET ");
        let first = self.values.len() + 1;
        let mut values = Vec::new();
        for (number, (name, value)) in (first..).zip(columns) {
            if !values.is_empty() {
                sql += ", ";
            }
            sql += name;
            sql += " = ";
            push_parameter(&mut sql, backend, number);
            values.push(value);
        }
        sql += " WHERE id = ";
        push_parameter(&mut sql, backend, first + values.len());
        values.push(id.into());
        self.run(sql, values.into_iter()).await
    }

    async fn run(&mut self, sql: String, values: impl Iterator<Item = Value>) -> Result<()> {
        let Some(statements) = &mut self.together else {
            let backend = self.backend();
            let statement = Statement::from_sql_and_values(backend, sql, values);
            self.txn.execute_raw(statement).await?;
            return Ok(());
        };
        statements.push(sql);
        self.values.extend(values);
        Ok(())
    }

    /// Runs the statements that wait.
    pub(super) async fn finish(self) -> Result<()> {
        let backend = self.backend();
        let statements = self.together.unwrap_or_default();
        if statements.is_empty() {
            return Ok(());
        }
        let sql = match backend {
            DbBackend::Postgres => common_table_expressions(&statements),
            _ => statements.join(";"),
        };
        let statement = Statement::from_sql_and_values(backend, sql, self.values);
        self.txn.execute_raw(statement).await?;
        Ok(())
    }
}

/// Statements as one. PostgreSQL checks foreign keys at its end, so their order does not matter.
fn common_table_expressions(statements: &[String]) -> String {
    let numbered = statements.iter().enumerate();
    let expressions: Vec<String> = numbered
        .map(|(number, sql)| format!("write_{number} AS ({sql})"))
        .collect();
    format!("WITH {} SELECT 1", expressions.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_become_one_in_which_each_is_named() {
        let statements = ["INSERT INTO a (id) VALUES ($1)", "UPDATE b SET c = $2"];
        assert_eq!(
            common_table_expressions(&statements.map(str::to_owned)),
            "WITH write_0 AS (INSERT INTO a (id) VALUES ($1)), write_1 AS (UPDATE b SET c = $2) SELECT 1"
        );
    }
}
