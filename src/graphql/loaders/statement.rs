//! Lists of statements.

use std::collections::BTreeSet;

use entity::statement::{Column, Entity, Model};
use entity::{contradiction, relationship};
use sea_orm::sea_query::{Condition, Expr, ExprTrait, Func, IntoCondition, Query};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationDef, Select,
};

use super::list::List;
use super::row::subject;
use crate::cache::tag::Tag;
use crate::graphql::pagination::keyset::{Sort, Way};
use crate::model::cursor::{PageCursor, SortKey};
use crate::model::statement::{ClaimantKind, Standing, StatementKind};

/// Statements that pass every restriction given, in the order of recording.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Statements {
    pub about: About,
    /// About the initiative itself or a relationship in it.
    pub initiative: Option<i64>,
    /// Alpha-2 codes: about the country itself or a relationship in which it is either end.
    pub countries: Option<Vec<String>>,
    pub said: Said,
}

/// Whose statements they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
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

/// Restrictions on what is said, whatever it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Said {
    pub kinds: Option<Vec<StatementKind>>,
    pub claimants: Option<Vec<ClaimantKind>>,
    pub standing: Option<Vec<Standing>>,
}

impl Statements {
    pub fn all(about: About) -> Self {
        Self {
            about,
            initiative: None,
            countries: None,
            said: Said::default(),
        }
    }
}

/// Whether a statement stands now, or what became of it. A retraction weighs more than a correction.
pub fn standing(row: &Model) -> Standing {
    match (row.retracted_at, row.corrected_by) {
        (Some(_), _) => Standing::Retracted,
        (None, Some(_)) => Standing::Corrected,
        (None, None) => Standing::Standing,
    }
}

impl Said {
    /// The same rule as [`Said::condition`], for rows already read.
    pub fn holds(&self, row: &Model) -> bool {
        let kind = self.kinds.as_ref();
        let claimant = self.claimants.as_ref();
        kind.is_none_or(|kinds| kinds.iter().any(|kind| kind.as_ref() == row.kind))
            && claimant.is_none_or(|all| all.iter().any(|one| one.as_ref() == row.claimant_kind))
            && self
                .standing
                .as_ref()
                .is_none_or(|all| all.contains(&standing(row)))
    }

    fn condition(&self) -> Condition {
        let kinds = self.kinds.as_ref();
        let kinds = kinds.map(|kinds| Column::Kind.is_in(kinds.iter().map(AsRef::<str>::as_ref)));
        let claimants = self.claimants.as_ref();
        let claimants =
            claimants.map(|all| Column::ClaimantKind.is_in(all.iter().map(AsRef::<str>::as_ref)));
        let standing = self.standing.as_ref().map(|all| {
            // Each once, however often it is asked for: these conditions nest, and deep ones exhaust the stack.
            let all: BTreeSet<Standing> = all.iter().copied().collect();
            let each = all.iter().map(|standing| match standing {
                Standing::Retracted => Column::RetractedAt.is_not_null().into_condition(),
                Standing::Corrected => Condition::all()
                    .add(Column::RetractedAt.is_null())
                    .add(Column::CorrectedBy.is_not_null()),
                Standing::Standing => stands(),
            });
            // An empty list asks for nothing and gets nothing.
            each.fold(Condition::any().add(Expr::val(1).eq(0)), Condition::add)
        });
        Condition::all()
            .add_option(kinds)
            .add_option(claimants)
            .add_option(standing)
    }
}

/// Neither corrected nor retracted, as known now.
pub fn stands() -> Condition {
    Condition::all()
        .add(Column::RetractedAt.is_null())
        .add(Column::CorrectedBy.is_null())
}

impl List for Statements {
    type Entity = Entity;

    fn select(&self) -> Select<Entity> {
        let select = Entity::find()
            .filter(self.said.condition())
            .apply_if(self.initiative, |q, id| q.filter(in_initiative(id)))
            .apply_if(self.countries.as_ref(), |q, codes| {
                q.filter(about_countries(values(codes), either_end(codes)))
            });
        match self.about {
            About::Anything | About::Relationship | About::Initiative => select,
            About::Country => select.join(JoinType::LeftJoin, of_relationship()),
            About::Denied => select.join_rev(
                JoinType::InnerJoin,
                contradiction(contradiction::Column::ContradictsId),
            ),
            About::Denying => select.join_rev(
                JoinType::InnerJoin,
                contradiction(contradiction::Column::StatementId),
            ),
        }
    }

    fn parent(&self) -> Expr {
        match self.about {
            About::Anything => Expr::val(0),
            About::Relationship => Column::RelationshipId.into_expr(),
            About::Initiative => Column::InitiativeId.into_expr(),
            About::Country => Func::coalesce([
                Column::CountryCode.into_expr(),
                relationship::Column::RequestedState.into_expr(),
            ])
            .into(),
            About::Denied => contradiction::Column::StatementId.into_expr(),
            About::Denying => contradiction::Column::ContradictsId.into_expr(),
        }
    }

    fn below(&self, parents: Vec<Expr>) -> Condition {
        match self.about {
            About::Anything
            | About::Relationship
            | About::Initiative
            | About::Denied
            | About::Denying => self.parent().is_in(parents).into_condition(),
            About::Country => {
                let asked = relationship::Column::RequestedState.into_expr();
                about_countries(parents.clone(), asked.is_in(parents).into_condition())
            }
        }
    }

    fn sort(&self) -> Sort {
        Sort {
            key: Column::Id.into_expr(),
            id: Column::Id.into_expr(),
            way: Way::Ascending,
        }
    }

    fn tags(&self, parent: Option<&SortKey>) -> Vec<Tag> {
        match (parent, self.about) {
            (Some(SortKey::Number(id)), About::Relationship) => vec![Tag::Relationship(*id)],
            (Some(SortKey::Number(id)), About::Initiative) => vec![Tag::Initiative(*id)],
            (Some(SortKey::Text(code)), About::Country) => vec![Tag::country(code)],
            (Some(SortKey::Number(id)), About::Denied | About::Denying) => {
                vec![Tag::Statement(*id)]
            }
            _ => match (self.initiative, &self.countries) {
                (Some(id), _) => vec![Tag::Initiative(id)],
                (None, Some(codes)) => codes.iter().map(|code| Tag::country(code)).collect(),
                (None, None) => vec![Tag::Everything],
            },
        }
    }

    fn tag(&self, row: &Model) -> Option<Tag> {
        subject(row)
    }

    fn place(&self, row: &Model) -> PageCursor {
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

/// From the end of a contradiction that is listed to its statement.
fn contradiction(listed: contradiction::Column) -> RelationDef {
    contradiction::Entity::belongs_to(Entity)
        .from(listed)
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

/// About one of the countries itself, or a relationship that fulfils the condition.
fn about_countries(codes: Vec<Expr>, relationship: Condition) -> Condition {
    let relationships = Query::select()
        .column(relationship::Column::Id)
        .from(relationship::Entity)
        .cond_where(relationship)
        .take();
    Condition::any()
        .add(Column::CountryCode.into_expr().is_in(codes))
        .add(Column::RelationshipId.in_subquery(relationships))
}

fn values(codes: &[String]) -> Vec<Expr> {
    codes.iter().map(|code| Expr::val(code.as_str())).collect()
}

fn either_end(codes: &[String]) -> Condition {
    Condition::any()
        .add(relationship::Column::RequestedState.is_in(codes))
        .add(relationship::Column::RequestingState.is_in(codes))
}
