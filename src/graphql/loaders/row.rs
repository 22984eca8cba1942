//! Loaders of single rows by key.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::LoaderContext;
use super::work_budget::{SQL_ROW, STATEMENT_ROW};
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};

macro_rules! row_by {
    ($(#[$doc:meta])* $key:ident => $table:ident.$column:ident by $field:ident, of $seq:ident, $work:expr, $tags:expr, $restore:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub i64);

        impl Loader<$key> for LoaderContext {
            type Value = entity::$table::Model;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>> {
                let ids = ValueSet::of_numbers(keys.iter().map(|key| key.0));
                let column = entity::$table::Column::$column.into_expr();
                let mut rows = entity::$table::Entity::find()
                    .filter(ids.contains(column))
                    .all(self.db([]))
                    .await?;
                self.work().spend($work * rows.len() as u64)?;
                rows.retain(|row| self.includes(row.$seq));
                // A missing row may be recorded later.
                if rows.len() < keys.len() {
                    self.record_tags([CacheTag::Any]);
                }
                self.record_tags(rows.iter().flat_map($tags));
                let mut by_key = HashMap::new();
                for row in rows {
                    by_key.insert($key(row.$field), $restore(self, row).await?);
                }
                Ok(by_key)
            }
        }
    };
}

row_by!(InitiativeId => initiative.Id by id, of id, SQL_ROW, immutable, unchanged);
row_by!(RelationshipId => relationship.Id by id, of id, SQL_ROW, |row| Some(CacheTag::Relationship(row.id)), LoaderContext::restore_relationship);
row_by!(StatementId => statement.Id by id, of id, STATEMENT_ROW, subject, LoaderContext::restore_statement);
row_by!(ReviewId => review.Id by id, of id, SQL_ROW, immutable, unchanged);
row_by!(/// The change that an entry caused, by the entry's seq.
    ChangeSeq => stance_change.Seq by seq, of seq, SQL_ROW, immutable, unchanged);
row_by!(/// The entry that was recorded at an instant.
    EntryAt => ledger_entry.RecordedAt by recorded_at, of seq, SQL_ROW, immutable, unchanged);
row_by!(EntrySeq => ledger_entry.Seq by seq, of seq, SQL_ROW, immutable, unchanged);

fn immutable<T>(_: &T) -> Option<CacheTag> {
    None
}

/// For rows that later entries do not change.
async fn unchanged<T>(_: &LoaderContext, row: T) -> Result<T> {
    Ok(row)
}

/// Statements about the same subject may correct or retract a statement, so it depends on the tag of its subject.
pub(super) fn subject(row: &entity::statement::Model) -> Option<CacheTag> {
    let relationship = row.relationship_id.map(CacheTag::Relationship);
    relationship
        .or_else(|| row.country_code.as_deref().map(CacheTag::country))
        .or_else(|| row.initiative_id.map(CacheTag::Initiative))
}
