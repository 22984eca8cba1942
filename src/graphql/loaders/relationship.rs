//! Lists of relationships, and the one between two ends.

use std::collections::{BTreeSet, HashMap};

use async_graphql::dataloader::Loader;
use entity::relationship::{Column, Entity, Model};
use entity::{country, initiative};
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{ConditionType, Expr, ExprTrait, IntoCondition};
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationDef, Select,
};

use super::Reader;
use super::list::{List, Sort};
use crate::error::{Error, Result};
use crate::feed::touched::Tag;
use crate::graphql::paging::Way;
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::stance::Stance;
use crate::model::time::Instant;

/// Relationships that pass every restriction given, by their position of now.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relationships {
    pub below: Below,
    pub initiative: Option<i64>,
    /// Alpha-2 codes.
    pub requested: Option<Vec<String>>,
    /// Alpha-2 codes.
    pub requesting: Option<Vec<String>>,
    pub stances: Option<Vec<Stance>>,
    pub disputed: Option<bool>,
    pub changed_since: Option<Instant>,
    pub key: RelationshipKey,
    pub way: Way,
}

/// Whose relationships they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Below {
    Root,
    Initiative,
    RequestedState,
    RequestingState,
    EitherState,
}

/// What relationships are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RelationshipKey {
    RequestedState,
    Stance,
    Since,
    Changed,
}

impl RelationshipKey {
    fn column(self) -> Column {
        match self {
            Self::RequestedState => Column::RequestedState,
            Self::Stance => Column::StanceRank,
            Self::Since => Column::SinceDay,
            Self::Changed => Column::ChangedAt,
        }
    }

    pub fn is_text(self) -> bool {
        match self {
            Self::RequestedState | Self::Since => true,
            Self::Stance | Self::Changed => false,
        }
    }
}

impl List for Relationships {
    type Entity = Entity;

    fn select(&self) -> Select<Entity> {
        let stances = self.stances.as_ref();
        let stances = stances.map(|all| all.iter().map(|stance| stance.as_ref().to_owned()));
        let select = Entity::find()
            .apply_if(self.initiative, |q, id| {
                q.filter(Column::InitiativeId.eq(id))
            })
            .apply_if(self.requested.clone(), |q, codes| {
                q.filter(Column::RequestedState.is_in(codes))
            })
            .apply_if(self.requesting.clone(), |q, codes| {
                q.filter(Column::RequestingState.is_in(codes))
            })
            .apply_if(stances, |q, stances| {
                q.filter(Column::Stance.is_in(stances))
            })
            .apply_if(self.disputed, |q, is| q.filter(Column::Disputed.eq(is)))
            .apply_if(self.changed_since, |q, at| {
                q.filter(Column::ChangedAt.gte(at.0))
            });
        match self.below {
            Below::EitherState => select.join(JoinType::InnerJoin, either_state()),
            Below::Root | Below::Initiative | Below::RequestedState | Below::RequestingState => {
                select
            }
        }
    }

    fn parent(&self) -> Expr {
        match self.below {
            Below::Root => Expr::val(0),
            Below::Initiative => Column::InitiativeId.into_expr(),
            Below::RequestedState => Column::RequestedState.into_expr(),
            Below::RequestingState => Column::RequestingState.into_expr(),
            Below::EitherState => country::Column::Code.into_expr(),
        }
    }

    fn sort(&self) -> Sort {
        Sort {
            key: self.key.column().into_expr(),
            id: Column::Id.into_expr(),
            way: self.way,
        }
    }

    fn tags(&self, parent: Option<&SortKey>) -> Vec<Tag> {
        match (parent, self.below) {
            (Some(SortKey::Number(id)), Below::Initiative) => vec![Tag::Initiative(*id)],
            (
                Some(SortKey::Text(code)),
                Below::RequestedState | Below::RequestingState | Below::EitherState,
            ) => vec![Tag::country(code)],
            _ => match (self.initiative, &self.requested, &self.requesting) {
                (Some(id), ..) => vec![Tag::Initiative(id)],
                (None, Some(codes), _) | (None, None, Some(codes)) => {
                    codes.iter().map(|code| Tag::country(code)).collect()
                }
                (None, None, None) => vec![Tag::Everything],
            },
        }
    }

    fn place(&self, row: &Model) -> PageCursor {
        let key = match self.key {
            RelationshipKey::RequestedState => SortKey::Text(row.requested_state.clone()),
            RelationshipKey::Stance => SortKey::Number(row.stance_rank.into()),
            RelationshipKey::Since => SortKey::Text(row.since_day.clone()),
            RelationshipKey::Changed => SortKey::Number(row.changed_at),
        };
        PageCursor { key, id: row.id }
    }
}

/// Each relationship once below each of its two ends.
fn either_state() -> RelationDef {
    Entity::belongs_to(country::Entity)
        .from(Column::RequestedState)
        .to(country::Column::Code)
        .condition_type(ConditionType::Any)
        .on_condition(|relationship, country| {
            Expr::col((relationship, Column::RequestingState))
                .equals((country, country::Column::Code))
                .into_condition()
        })
        .into()
}

/// The relationship of the initiative's requesting state to a requested state, by slug and alpha-2 code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelationshipOf {
    pub initiative: String,
    pub requested_state: String,
}

impl Loader<RelationshipOf> for Reader {
    type Value = Model;
    type Error = Error;

    async fn load(&self, keys: &[RelationshipOf]) -> Result<HashMap<RelationshipOf, Model>> {
        let of = Entity::belongs_to(initiative::Entity)
            .from((Column::InitiativeId, Column::RequestingState))
            .to((initiative::Column::Id, initiative::Column::RequestingState))
            .into();
        let slugs: BTreeSet<&str> = keys.iter().map(|key| key.initiative.as_str()).collect();
        let codes: BTreeSet<&str> = keys
            .iter()
            .map(|key| key.requested_state.as_str())
            .collect();
        let select = Entity::find()
            .join(JoinType::InnerJoin, of)
            .filter(initiative::Column::Slug.is_in(slugs))
            .filter(Column::RequestedState.is_in(codes))
            .column(initiative::Column::Slug);
        let mut found = HashMap::new();
        let db = self.db(keys.iter().map(|key| Tag::country(&key.requested_state)));
        for row in db.query_all(select.as_query()).await? {
            let model = Model::from_query_result(&row, "")?;
            let key = RelationshipOf {
                initiative: row.try_get("", "slug")?,
                requested_state: model.requested_state.clone(),
            };
            found.insert(key, model);
        }
        Ok(found)
    }
}
