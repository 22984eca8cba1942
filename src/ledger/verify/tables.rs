//! The projected tables, read in the order of their keys: rows of a range of entries at a time.

use entity::{
    contradiction, edition, evidence, initiative, relationship, review, source, source_publication,
    stance_change, statement, tree_node,
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryTrait, Statement, Value,
};

use super::super::search_index::SearchRow;
use crate::model::merkle_tree::TILE_HEIGHT;

/// The rows of entries after the one and up to the other; an absent bound does not restrict.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SeqRange {
    pub(super) after: Option<i64>,
    pub(super) until: Option<i64>,
}

impl SeqRange {
    fn condition(self, column: impl ColumnTrait) -> Condition {
        Condition::all()
            .add_option(self.after.map(|after| column.gt(after)))
            .add_option(self.until.map(|until| column.lte(until)))
    }
}

pub(super) trait Table {
    const NAME: &'static str;
    type Row: FromQueryResult + PartialEq + Send + Sync + Unpin;
    type Key: Ord;

    /// Selects rows in ascending order of their keys.
    fn select(backend: DbBackend, range: SeqRange) -> Statement;
    fn key(row: &Self::Row) -> Self::Key;
    /// The seq of the entry that determines the row.
    fn seq(row: &Self::Row) -> i64;
}

macro_rules! table {
    ($name:ident, $module:ident, [$first:ident $(, $column:ident)*], $key:expr, $seq:expr) => {
        pub(super) struct $name;

        impl Table for $name {
            const NAME: &'static str = stringify!($module);
            type Row = $module::Model;
            type Key = table!(@key $($column)*);

            fn select(backend: DbBackend, range: SeqRange) -> Statement {
                let select = $module::Entity::find()
                    .filter(range.condition($module::Column::$first))
                    .order_by_asc($module::Column::$first)
                    $(.order_by_asc($module::Column::$column))*;
                select.build(backend)
            }

            fn key(row: &Self::Row) -> Self::Key {
                let key: fn(&Self::Row) -> Self::Key = $key;
                key(row)
            }

            fn seq(row: &Self::Row) -> i64 {
                let seq: fn(&Self::Row) -> i64 = $seq;
                seq(row)
            }
        }
    };
    (@key) => { i64 };
    (@key $column:ident) => { (i64, i64) };
}

table!(Initiatives, initiative, [Id], |row| row.id, |row| row.id);
table!(Sources, source, [Id], |row| row.id, |row| row.id);
table!(
    SourcePublications,
    source_publication,
    [Seq, SourceId],
    |row| (row.seq, row.source_id),
    |row| row.seq
);
table!(Relationships, relationship, [Id], |row| row.id, |row| row
    .id);
table!(Reviews, review, [Id], |row| row.id, |row| row.id);
table!(Editions, edition, [Id], |row| row.id, |row| row.id);
table!(Statements, statement, [Id], |row| row.id, |row| row.id);
table!(
    EvidenceItems,
    evidence,
    [Seq, Ordinal],
    |row| (row.seq, row.ordinal.into()),
    |row| row.seq
);
table!(
    Contradictions,
    contradiction,
    [StatementId, ContradictsId],
    |row| (row.statement_id, row.contradicts_id),
    |row| row.statement_id
);
table!(StanceChanges, stance_change, [Seq], |row| row.seq, |row| {
    row.seq
});

/// Of nodes, the seq is that of the last entry below; they are compared as a whole.
pub(super) struct TreeNodes;

impl Table for TreeNodes {
    const NAME: &'static str = "tree_node";
    type Row = tree_node::Model;
    type Key = (i32, i64);

    fn select(backend: DbBackend, _: SeqRange) -> Statement {
        let select = tree_node::Entity::find()
            .order_by_asc(tree_node::Column::Level)
            .order_by_asc(tree_node::Column::Position);
        select.build(backend)
    }

    fn key(row: &Self::Row) -> (i32, i64) {
        (row.level, row.position)
    }

    fn seq(row: &Self::Row) -> i64 {
        let leaves = u32::try_from(row.level).ok();
        let leaves = leaves.and_then(|level| 1_i64.checked_shl(level.checked_mul(TILE_HEIGHT)?));
        row.position
            .saturating_add(1)
            .saturating_mul(leaves.unwrap_or(0))
    }
}

pub(super) struct Countries;

impl Table for Countries {
    const NAME: &'static str = "country";
    type Row = entity::country::Model;
    type Key = String;

    fn select(backend: DbBackend, _: SeqRange) -> Statement {
        let select = entity::country::Entity::find();
        select
            .order_by_asc(entity::country::Column::Code)
            .build(backend)
    }

    fn key(row: &Self::Row) -> String {
        row.code.clone()
    }

    fn seq(_: &Self::Row) -> i64 {
        0
    }
}

pub(super) struct SearchTexts;

impl Table for SearchTexts {
    const NAME: &'static str = "search_index";
    type Row = SearchRow;
    type Key = i64;

    fn select(backend: DbBackend, range: SeqRange) -> Statement {
        let bounds = [
            range.after.unwrap_or(i64::MIN),
            range.until.unwrap_or(i64::MAX),
        ];
        // A lower bound that excludes no row: no row has the smallest number.
        let sql = if backend == DbBackend::Postgres {
            r#"SELECT id, kind, title, body, size, (SELECT coalesce(
                string_agg(rtrim(repeat(lexeme || ' ', cardinality(positions))), ' ' ORDER BY lexeme COLLATE "C"), '')
                FROM unnest(words)) AS words FROM search_index WHERE id > $1 AND id <= $2 ORDER BY id"#
        } else {
            "SELECT rowid AS id, kind, title, body, words, CASE words WHEN '' THEN 0
                ELSE 1 + length(words) - length(replace(words, ' ', '')) END AS size FROM search_index
                WHERE rowid > ? AND rowid <= ? ORDER BY rowid"
        };
        Statement::from_sql_and_values(backend, sql, bounds.map(Value::from))
    }

    fn key(row: &SearchRow) -> i64 {
        row.id
    }

    fn seq(row: &SearchRow) -> i64 {
        row.id
    }
}
