//! Lists of statements: those that are stored by parent, and what a list is filtered by.

use entity::contradiction;
use entity::statement::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QuerySelect, RelationDef, Select};

use super::row::subject;
use super::statement_criteria::StatementCriteria;
use super::work_budget::STATEMENT_ROW;
use super::{LoaderContext, list::KeysetList};
use crate::cache::tag::CacheTag;
use crate::error::Result;
use crate::graphql::pagination::keyset::{KeysetOrder, SortDirection};
use crate::model::cursor::{PageCursor, SortKey};

/// Statements that match every given condition, in the order of recording.
#[derive(Clone, Debug)]
pub struct StatementList {
    pub parent: StatementParent,
    /// About the initiative itself or a relationship in it.
    pub initiative: Option<i64>,
    /// Alpha-2 codes: about the country itself or a relationship in which it is either end.
    pub countries: Option<Vec<String>>,
    pub criteria: StatementCriteria,
}

/// The parent whose statements are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementParent {
    Anything,
    Relationship(i64),
    Initiative(i64),
    /// By alpha-2 code: the country itself, or a relationship in which it is the requested state.
    Country(String),
}

/// All statements of parents that their rows name, in the order of recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoredStatements {
    All,
    OfRelationship,
    OfInitiative,
    /// The statements that the parent, a statement, denies.
    Denied,
    /// The statements that deny the parent, a statement.
    Denying,
}

impl StatementList {
    pub fn all(parent: StatementParent) -> Self {
        Self {
            parent,
            initiative: None,
            countries: None,
            criteria: StatementCriteria::default(),
        }
    }

    /// The list and its parent if it is stored as it is: without conditions, of what the rows name.
    pub fn stored(&self) -> Option<(StoredStatements, Option<SortKey>)> {
        let is_filtered = self.initiative.is_some() || self.countries.is_some();
        if is_filtered || self.criteria != StatementCriteria::default() {
            return None;
        }
        Some(match &self.parent {
            StatementParent::Anything => (StoredStatements::All, None),
            StatementParent::Relationship(id) => {
                (StoredStatements::OfRelationship, Some(SortKey::Number(*id)))
            }
            StatementParent::Initiative(id) => {
                (StoredStatements::OfInitiative, Some(SortKey::Number(*id)))
            }
            StatementParent::Country(_) => return None,
        })
    }

    /// The tags that the list depends on.
    pub(super) fn tags(&self) -> Vec<CacheTag> {
        match &self.parent {
            StatementParent::Relationship(id) => vec![CacheTag::Relationship(*id)],
            StatementParent::Initiative(id) => vec![CacheTag::Initiative(*id)],
            StatementParent::Country(code) => vec![CacheTag::country(code)],
            StatementParent::Anything => match (self.initiative, &self.countries) {
                (Some(id), _) => vec![CacheTag::Initiative(id)],
                (None, Some(codes)) => codes.iter().map(|code| CacheTag::country(code)).collect(),
                (None, None) => vec![CacheTag::Any],
            },
        }
    }
}

impl KeysetList for StoredStatements {
    type Entity = Entity;

    const ROW_WORK: u64 = STATEMENT_ROW;

    fn select(&self) -> Select<Entity> {
        let end = match self {
            Self::All | Self::OfRelationship | Self::OfInitiative => return Entity::find(),
            Self::Denied => contradiction::Column::ContradictsId,
            Self::Denying => contradiction::Column::StatementId,
        };
        Entity::find().join_rev(JoinType::InnerJoin, contradiction(end))
    }

    async fn restore_row(context: &LoaderContext, row: Model) -> Result<Model> {
        context.restore_statement(row).await
    }

    fn parent(&self) -> Expr {
        match self {
            Self::All => Expr::val(0),
            Self::OfRelationship => Column::RelationshipId.into_expr(),
            Self::OfInitiative => Column::InitiativeId.into_expr(),
            Self::Denied => contradiction::Column::StatementId.into_expr(),
            Self::Denying => contradiction::Column::ContradictsId.into_expr(),
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
        let Some(SortKey::Number(id)) = parent else {
            return vec![CacheTag::Any];
        };
        vec![match self {
            Self::All => CacheTag::Any,
            Self::OfRelationship => CacheTag::Relationship(*id),
            Self::OfInitiative => CacheTag::Initiative(*id),
            Self::Denied | Self::Denying => CacheTag::Statement(*id),
        }]
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

/// From the given end of a contradiction to its statement.
fn contradiction(end: contradiction::Column) -> RelationDef {
    contradiction::Entity::belongs_to(Entity)
        .from(end)
        .to(Column::Id)
        .into()
}
