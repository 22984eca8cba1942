//! Lists of stance changes.

use entity::stance_change::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::list::{List, Sort};
use crate::feed::touched::Tag;
use crate::graphql::change_filter::ChangeFilter;
use crate::graphql::paging::Way;
use crate::model::cursor::{PageCursor, SortKey};

/// Changes that pass the filter, in ledger order; below relationships where `nested`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Changes {
    pub nested: bool,
    pub filter: ChangeFilter,
}

impl List for Changes {
    type Entity = Entity;

    fn select(&self) -> Select<Entity> {
        Entity::find().filter(self.filter.condition())
    }

    fn parent(&self) -> Expr {
        Column::RelationshipId.into_expr()
    }

    fn sort(&self) -> Sort {
        Sort {
            key: Column::Seq.into_expr(),
            id: Column::Seq.into_expr(),
            way: Way::Ascending,
        }
    }

    fn tags(&self, parent: Option<&SortKey>) -> Vec<Tag> {
        match parent {
            Some(SortKey::Number(id)) if self.nested => vec![Tag::Relationship(*id)],
            _ => vec![Tag::Everything],
        }
    }

    fn place(&self, row: &Model) -> PageCursor {
        PageCursor {
            key: SortKey::Number(row.seq),
            id: row.seq,
        }
    }
}
