//! List of statements, and their filter.

use entity::statement::{Column, Entity, Model};
use entity::{contradiction, relationship};
use sea_orm::sea_query::{Condition, Expr, Func, IntoCondition, Query};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationDef, Select,
};

use super::row::subject;
use super::statement_criteria::StatementCriteria;
use super::work_budget::STATEMENT_ROW;
use super::{LoaderContext, list::KeysetList};
use crate::cache::tag::CacheTag;
use crate::database::value_set::ValueSet;
use crate::error::Result;
use crate::graphql::pagination::keyset::{KeysetOrder, SortDirection};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::pin::Pin;

/// Statements that match every given condition, in the order of recording.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatementList {
    pub parent: StatementParent,
    /// About the initiative itself or a relationship in it.
    pub initiative: Option<i64>,
    /// Alpha-2 codes: about the country itself or a relationship in which it is either end.
    pub countries: Option<Vec<String>>,
    pub criteria: StatementCriteria,
}

/// The parent whose statements are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatementParent {
    Anything,
    Relationship,
    Initiative,
    /// The country itself, or a relationship in which it is the requested state.
    Country,
    /// The statements that the parent, a statement, denies.
    Denied,
    /// The statements that deny the parent, a statement.
    Denying,
}

impl StatementList {
    /// Now or, without the limit of its rows, at the pin.
    fn select_at(&self, pin: Option<&Pin>) -> Select<Entity> {
        let select = Entity::find()
            .filter(self.criteria.condition(pin))
            .apply_if(self.initiative, |q, id| q.filter(in_initiative(id)))
            .apply_if(self.countries.as_ref(), |q, codes| {
                q.filter(about_countries(
                    &ValueSet::of_texts(codes),
                    either_end(codes),
                ))
            });
        match self.parent {
            StatementParent::Anything
            | StatementParent::Relationship
            | StatementParent::Initiative => select,
            StatementParent::Country => select.join(JoinType::LeftJoin, of_relationship()),
            StatementParent::Denied => select.join_rev(
                JoinType::InnerJoin,
                contradiction(contradiction::Column::ContradictsId),
            ),
            StatementParent::Denying => select.join_rev(
                JoinType::InnerJoin,
                contradiction(contradiction::Column::StatementId),
            ),
        }
    }

    pub fn all(parent: StatementParent) -> Self {
        Self {
            parent,
            initiative: None,
            countries: None,
            criteria: StatementCriteria::default(),
        }
    }
}

impl KeysetList for StatementList {
    type Entity = Entity;

    const ROW_WORK: u64 = STATEMENT_ROW;

    fn select(&self) -> Select<Entity> {
        self.select_at(None)
    }

    fn select_pinned(&self, pin: &Pin) -> Select<Entity> {
        self.select_at(Some(pin)).filter(Column::Id.lte(pin.seq))
    }

    async fn restore_row(context: &LoaderContext, row: Model) -> Result<Model> {
        context.restore_statement(row).await
    }

    fn parent(&self) -> Expr {
        match self.parent {
            StatementParent::Anything => Expr::val(0),
            StatementParent::Relationship => Column::RelationshipId.into_expr(),
            StatementParent::Initiative => Column::InitiativeId.into_expr(),
            StatementParent::Country => Func::coalesce([
                Column::CountryCode.into_expr(),
                relationship::Column::RequestedState.into_expr(),
            ])
            .into(),
            StatementParent::Denied => contradiction::Column::StatementId.into_expr(),
            StatementParent::Denying => contradiction::Column::ContradictsId.into_expr(),
        }
    }

    fn parent_filter(&self, parents: &ValueSet) -> Condition {
        match self.parent {
            StatementParent::Anything
            | StatementParent::Relationship
            | StatementParent::Initiative
            | StatementParent::Denied
            | StatementParent::Denying => parents.contains(self.parent()).into_condition(),
            StatementParent::Country => {
                let requested = relationship::Column::RequestedState.into_expr();
                about_countries(parents, parents.contains(requested).into_condition())
            }
        }
    }

    fn sort(&self) -> KeysetOrder {
        KeysetOrder {
            key: Column::Id.into_expr(),
            id: Column::Id.into_expr(),
            direction: SortDirection::Ascending,
        }
    }

    fn list_tags(&self, parent: Option<&SortKey>) -> Vec<CacheTag> {
        match (parent, self.parent) {
            (Some(SortKey::Number(id)), StatementParent::Relationship) => {
                vec![CacheTag::Relationship(*id)]
            }
            (Some(SortKey::Number(id)), StatementParent::Initiative) => {
                vec![CacheTag::Initiative(*id)]
            }
            (Some(SortKey::Text(code)), StatementParent::Country) => vec![CacheTag::country(code)],
            (Some(SortKey::Number(id)), StatementParent::Denied | StatementParent::Denying) => {
                vec![CacheTag::Statement(*id)]
            }
            _ => match (self.initiative, &self.countries) {
                (Some(id), _) => vec![CacheTag::Initiative(id)],
                (None, Some(codes)) => codes.iter().map(|code| CacheTag::country(code)).collect(),
                (None, None) => vec![CacheTag::Any],
            },
        }
    }

    fn row_tag(&self, row: &Model) -> Option<CacheTag> {
        subject(row)
    }

    fn cursor(&self, row: &Model) -> PageCursor {
        PageCursor {
            key: SortKey::Number(row.id),
            id: row.id,
        }
    }
}

fn of_relationship() -> RelationDef {
    Entity::belongs_to(relationship::Entity)
        .from(Column::RelationshipId)
        .to(relationship::Column::Id)
        .into()
}

/// From the given end of a contradiction to its statement.
fn contradiction(end: contradiction::Column) -> RelationDef {
    contradiction::Entity::belongs_to(Entity)
        .from(end)
        .to(Column::Id)
        .into()
}

fn in_initiative(id: i64) -> Condition {
    let relationships = Query::select()
        .column(relationship::Column::Id)
        .from(relationship::Entity)
        .and_where(relationship::Column::InitiativeId.eq(id))
        .take();
    Condition::any()
        .add(Column::InitiativeId.eq(id))
        .add(Column::RelationshipId.in_subquery(relationships))
}

/// About one of the countries itself, or a relationship that matches the condition.
fn about_countries(codes: &ValueSet, relationship: Condition) -> Condition {
    let relationships = Query::select()
        .column(relationship::Column::Id)
        .from(relationship::Entity)
        .cond_where(relationship)
        .take();
    Condition::any()
        .add(codes.contains(Column::CountryCode.into_expr()))
        .add(Column::RelationshipId.in_subquery(relationships))
}

fn either_end(codes: &[String]) -> Condition {
    let codes = ValueSet::of_texts(codes);
    Condition::any()
        .add(codes.contains(relationship::Column::RequestedState.into_expr()))
        .add(codes.contains(relationship::Column::RequestingState.into_expr()))
}
