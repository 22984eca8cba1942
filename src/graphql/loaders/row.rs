//! Single rows by what names them.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Reader;
use crate::cache::tag::Tag;
use crate::error::{Error, Result};

macro_rules! row_by {
    ($(#[$doc:meta])* $key:ident($type:ty) => $table:ident.$column:ident by $field:ident, $tags:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub $type);

        impl Loader<$key> for Reader {
            type Value = entity::$table::Model;
            type Error = Error;

            async fn load(&self, keys: &[$key]) -> Result<HashMap<$key, Self::Value>> {
                let values = keys.iter().map(|key| key.0.clone());
                let rows = entity::$table::Entity::find()
                    .filter(entity::$table::Column::$column.is_in(values))
                    .all(self.db([]))
                    .await?;
                // What is not there may come.
                if rows.len() < keys.len() {
                    self.note([Tag::Everything]);
                }
                self.note(rows.iter().flat_map($tags));
                Ok(rows.into_iter().map(|row| ($key(row.$field.clone()), row)).collect())
            }
        }
    };
}

row_by!(InitiativeId(i64) => initiative.Id by id, unchanging);
row_by!(RelationshipId(i64) => relationship.Id by id, |row| Some(Tag::Relationship(row.id)));
row_by!(StatementId(i64) => statement.Id by id, subject);
row_by!(SourceId(i64) => source.Id by id, unchanging);
row_by!(/// The change that an entry caused, by the entry's seq.
    ChangeSeq(i64) => stance_change.Seq by seq, unchanging);
row_by!(EntrySeq(i64) => ledger_entry.Seq by seq, unchanging);

fn unchanging<T>(_: &T) -> Option<Tag> {
    None
}

/// What became of a statement is said by statements about the same subject.
pub(super) fn subject(row: &entity::statement::Model) -> Option<Tag> {
    let relationship = row.relationship_id.map(Tag::Relationship);
    relationship
        .or_else(|| row.country_code.as_deref().map(Tag::country))
        .or_else(|| row.initiative_id.map(Tag::Initiative))
}
