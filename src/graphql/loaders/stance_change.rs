//! List of stance changes, and their filter.

use std::collections::HashSet;
use std::hash::Hash;

use entity::stance_change::{Column, Entity, Model};
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Select};

use super::list::KeysetList;
use crate::cache::tag::CacheTag;
use crate::graphql::pagination::keyset::{KeysetOrder, SortDirection};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::stance;

/// A filter with every code and slug resolved, for SQL and for rows in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ChangeFilter {
    pub initiatives: Option<Vec<i64>>,
    /// Alpha-2 codes of requested states.
    pub requested: Option<Vec<String>>,
    pub from: Option<Vec<stance::Stance>>,
    pub to: Option<Vec<stance::Stance>>,
    pub kinds: Option<Vec<stance::ChangeKind>>,
}

/// The values in the order of their first occurrence.
fn unique<T: Clone + Eq + Hash>(values: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::new();
    let mut values: Vec<T> = values
        .into_iter()
        .filter(|value| seen.insert(value.clone()))
        .collect();
    values.shrink_to_fit();
    values
}

impl ChangeFilter {
    /// The same filter with each value once, so that a subscription holds no more than there are values.
    #[must_use]
    pub fn deduplicated(self) -> Self {
        Self {
            initiatives: self.initiatives.map(unique),
            requested: self.requested.map(unique),
            from: self.from.map(unique),
            to: self.to.map(unique),
            kinds: self.kinds.map(unique),
        }
    }

    /// The requested states that match, by alpha-2 code; none if all do.
    pub fn countries(&self) -> Option<&[String]> {
        self.requested.as_deref()
    }

    /// The initiatives that match, by seq; none if all do.
    pub fn initiatives(&self) -> Option<&[i64]> {
        self.initiatives.as_deref()
    }

    pub fn matches(&self, change: &Model) -> bool {
        let any_stance = |all: &Option<Vec<stance::Stance>>, text: &str| {
            all.as_ref()
                .is_none_or(|all| all.iter().any(|one| one.as_ref() == text))
        };
        let initiative = change.initiative_id;
        self.initiatives
            .as_ref()
            .is_none_or(|ids| ids.contains(&initiative))
            && self
                .requested
                .as_ref()
                .is_none_or(|codes| codes.contains(&change.requested_state))
            && any_stance(&self.from, &change.from_stance)
            && any_stance(&self.to, &change.to_stance)
            && self
                .kinds
                .as_ref()
                .is_none_or(|kinds| kinds.iter().any(|kind| kind.as_ref() == change.kind))
    }

    /// The same rule as [`ChangeFilter::matches`], as an SQL condition.
    pub fn condition(&self) -> Condition {
        let stances = |all: &Option<Vec<stance::Stance>>, column: Column| {
            let texts =
                |all: &Vec<stance::Stance>| column.is_in(all.iter().map(AsRef::<str>::as_ref));
            all.as_ref().map(texts)
        };
        let initiatives = self.initiatives.as_ref();
        let kinds = self.kinds.as_ref();
        Condition::all()
            .add_option(initiatives.map(|ids| Column::InitiativeId.is_in(ids.iter().copied())))
            .add_option(
                self.requested
                    .as_ref()
                    .map(|codes| Column::RequestedState.is_in(codes)),
            )
            .add_option(stances(&self.from, Column::FromStance))
            .add_option(stances(&self.to, Column::ToStance))
            .add_option(kinds.map(|all| Column::Kind.is_in(all.iter().map(AsRef::<str>::as_ref))))
    }
}

/// Changes that match the filter, in ledger order; by relationship if `nested`, otherwise of the root.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Changes {
    pub nested: bool,
    pub filter: ChangeFilter,
}

impl KeysetList for Changes {
    type Entity = Entity;

    fn select(&self) -> Select<Entity> {
        Entity::find().filter(self.filter.condition())
    }

    fn parent(&self) -> Expr {
        Column::RelationshipId.into_expr()
    }

    fn sort(&self) -> KeysetOrder {
        KeysetOrder {
            key: Column::Seq.into_expr(),
            id: Column::Seq.into_expr(),
            direction: SortDirection::Ascending,
        }
    }

    fn list_tags(&self, parent: Option<&SortKey>) -> Vec<CacheTag> {
        match parent {
            Some(SortKey::Number(id)) if self.nested => vec![CacheTag::Relationship(*id)],
            _ => vec![CacheTag::Any],
        }
    }

    fn cursor(&self, row: &Model) -> PageCursor {
        PageCursor {
            key: SortKey::Number(row.seq),
            id: row.seq,
        }
    }
}
