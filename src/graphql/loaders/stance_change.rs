//! List of stance changes, their filter, and all changes of a relationship.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::stance_change::{Column, Entity, Model};
use entity::statement;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::work_budget::SQL_ROW;
use super::{LoaderContext, list::KeysetList};
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result, parse_stored};
use crate::feed::Event;
use crate::graphql::pagination::keyset::{KeysetOrder, SortDirection};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::position::revision::PublishedChange;
use crate::model::statement::ClaimantKind;
use crate::model::{stance, time::Timestamp};
use crate::read_model::{ChangeConditions, pack_state};

/// A filter with every code and slug resolved, for events and for changes in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ChangeFilter {
    pub initiatives: Option<Vec<i64>>,
    /// Alpha-2 codes of requested states.
    pub requested: Option<Vec<String>>,
    pub from: Option<Vec<stance::Stance>>,
    pub to: Option<Vec<stance::Stance>>,
    /// The stance before or after.
    pub involves: Option<Vec<stance::Stance>>,
    pub kinds: Option<Vec<stance::ChangeKind>>,
    /// Of the statement that was recorded, corrected or retracted.
    pub claimants: Option<Vec<ClaimantKind>>,
    pub disputed: Option<bool>,
    pub unusual: Option<bool>,
    /// The newest entry that may match.
    pub last_seq: Option<i64>,
}

/// Bytes of an item of a filter's lists: a text of a few letters in an allocation of its own.
pub const LIST_ITEM_BYTES: usize = 64;

/// The values in the order of their first occurrence.
pub(super) fn unique<T: Clone + Eq + Hash>(values: Vec<T>) -> Vec<T> {
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
            involves: self.involves.map(unique),
            kinds: self.kinds.map(unique),
            claimants: self.claimants.map(unique),
            disputed: self.disputed,
            unusual: self.unusual,
            last_seq: self.last_seq,
        }
    }

    /// Bytes of the lists.
    pub fn held_bytes(&self) -> usize {
        let items = |count: Option<usize>| count.unwrap_or(0) * LIST_ITEM_BYTES;
        items(self.initiatives.as_ref().map(Vec::len))
            + items(self.requested.as_ref().map(Vec::len))
            + items(self.from.as_ref().map(Vec::len))
            + items(self.to.as_ref().map(Vec::len))
            + items(self.involves.as_ref().map(Vec::len))
            + items(self.kinds.as_ref().map(Vec::len))
            + items(self.claimants.as_ref().map(Vec::len))
    }

    /// The requested states that match, by alpha-2 code; none if all do.
    pub fn countries(&self) -> Option<&[String]> {
        self.requested.as_deref()
    }

    /// The initiatives that match, by seq; none if all do.
    pub fn initiatives(&self) -> Option<&[i64]> {
        self.initiatives.as_deref()
    }

    pub fn matches(&self, event: &Event) -> bool {
        let Some(change) = &event.change else {
            return false;
        };
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
            && (any_stance(&self.involves, &change.from_stance)
                || any_stance(&self.involves, &change.to_stance))
            && self
                .kinds
                .as_ref()
                .is_none_or(|kinds| kinds.iter().any(|kind| kind.as_ref() == change.kind))
            && self.claimants.as_ref().is_none_or(|all| {
                let claimant = event.subject.claimant;
                claimant.is_some_and(|kind| all.contains(&kind))
            })
            && self.disputed.is_none_or(|one| one == change.disputed)
            && self.unusual.is_none_or(|one| one == change.unusual)
            && self.last_seq.is_none_or(|last| change.seq <= last)
    }

    /// Whether anything but the newest entry is asked for.
    pub fn is_selective(&self) -> bool {
        let rest = Self {
            last_seq: None,
            ..self.clone()
        };
        rest != Self::default()
    }

    /// The same rule as [`ChangeFilter::matches`], for all changes in memory.
    pub(super) fn conditions(&self) -> ChangeConditions {
        let stances = |all: &Option<Vec<stance::Stance>>| {
            let all = all.as_ref();
            all.map(|all| all.iter().map(|stance| *stance as u8).collect())
        };
        let (kinds, claimants) = (self.kinds.as_ref(), self.claimants.as_ref());
        let (initiatives, requested) = (self.initiatives.as_ref(), self.requested.as_ref());
        ChangeConditions {
            initiatives: initiatives.map(|ids| ids.iter().copied().collect()),
            requested_states: requested
                .map(|codes| codes.iter().map(|code| pack_state(code)).collect()),
            from: stances(&self.from),
            to: stances(&self.to),
            involves: stances(&self.involves),
            kinds: kinds.map(|all| all.iter().map(|kind| *kind as u8).collect()),
            claimants: claimants.map(|all| all.iter().map(|one| *one as u8).collect()),
            disputed: self.disputed,
            unusual: self.unusual,
        }
    }

    /// The same rule as [`ChangeFilter::matches`], as an SQL condition: for the moment after the start in
    /// which the changes are still being loaded.
    pub fn condition(&self) -> Condition {
        let stances = |all: &Option<Vec<stance::Stance>>, column: Column| {
            let all = all.as_ref();
            all.map(|all| ValueSet::of_texts(all).contains(column.into_expr()))
        };
        let initiatives = self.initiatives.as_ref();
        let initiatives = initiatives.map(|ids| ValueSet::of_numbers(ids.iter().copied()));
        let kinds = self.kinds.as_ref();
        let from = stances(&self.involves, Column::FromStance);
        let to = stances(&self.involves, Column::ToStance);
        let involves = from
            .zip(to)
            .map(|(from, to)| Condition::any().add(from).add(to));
        Condition::all()
            .add_option(initiatives.map(|ids| ids.contains(Column::InitiativeId.into_expr())))
            .add_option(self.requested.as_ref().map(|codes| {
                ValueSet::of_texts(codes).contains(Column::RequestedState.into_expr())
            }))
            .add_option(stances(&self.from, Column::FromStance))
            .add_option(stances(&self.to, Column::ToStance))
            .add_option(involves)
            .add_option(kinds.map(|all| ValueSet::of_texts(all).contains(Column::Kind.into_expr())))
            .add_option(self.claimants.as_deref().map(is_claimed_by))
            .add_option(self.disputed.map(|one| Column::Disputed.eq(one)))
            .add_option(self.unusual.map(|one| Column::Unusual.eq(one)))
            .add_option(self.last_seq.map(|last| Column::Seq.lte(last)))
    }
}

/// Whether the claimant of the statement of a change is of one of these kinds: one look-up per change.
fn is_claimed_by(kinds: &[ClaimantKind]) -> Expr {
    let is_of_change = statement::Column::Id
        .into_expr()
        .eq(Column::StatementId.into_expr());
    let kind = statement::Column::ClaimantKind.into_expr();
    let statements = statement::Entity::find()
        .select_only()
        .column(statement::Column::Id)
        .filter(is_of_change)
        .filter(ValueSet::of_texts(kinds).contains(kind));
    Expr::exists(statements.into_query())
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

/// Key: every change ever published about a relationship, ascending by seq; absent if there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChangesOf(pub i64);

impl Loader<ChangesOf> for LoaderContext {
    type Value = Arc<[PublishedChange]>;
    type Error = Error;

    async fn load(&self, keys: &[ChangesOf]) -> Result<HashMap<ChangesOf, Self::Value>> {
        let ids: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let relationships = ValueSet::of_numbers(ids.iter().copied());
        let rows = Entity::find()
            .filter(relationships.contains(Column::RelationshipId.into_expr()))
            .apply_if(self.pin(), |q, pin| q.filter(Column::Seq.lte(pin.seq)))
            .order_by_asc(Column::Seq)
            .all(self.db(ids.iter().map(|id| CacheTag::Relationship(*id))))
            .await?;
        self.work().spend(SQL_ROW * rows.len() as u64)?;
        let mut changes: HashMap<ChangesOf, Vec<PublishedChange>> = HashMap::new();
        for row in &rows {
            let of_relationship = changes.entry(ChangesOf(row.relationship_id)).or_default();
            of_relationship.push(published_change(row)?);
        }
        let shared = |(key, changes): (ChangesOf, Vec<PublishedChange>)| (key, changes.into());
        Ok(changes.into_iter().map(shared).collect())
    }
}

/// What the revision of changes needs of a row.
pub fn published_change(row: &Model) -> Result<PublishedChange> {
    Ok(PublishedChange {
        seq: row.seq,
        recorded_at: Timestamp(row.recorded_at),
        to: parse_stored(&row.to_stance)?,
        kind: parse_stored(&row.kind)?,
        statement: row.statement_id,
    })
}
