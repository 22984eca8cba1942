//! Conditions on a statement itself, in SQL and for rows in memory.

use std::collections::BTreeSet;

use entity::statement::{Column, Model};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait};

use super::standing::{is_corrected, is_retracted, is_uncorrected, is_unretracted};
use crate::database::value_set::ValueSet;
use crate::model::pin::Pin;
use crate::model::statement::{ClaimantKind, Standing, StatementKind};

/// Conditions on a statement itself, independent of its subject.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct StatementCriteria {
    pub kinds: Option<Vec<StatementKind>>,
    pub claimants: Option<Vec<ClaimantKind>>,
    pub standing: Option<Vec<Standing>>,
}

/// Whether a statement is valid now, corrected or retracted. Retracted takes precedence over corrected.
pub fn standing(row: &Model) -> Standing {
    match (row.retracted_at, row.corrected_by) {
        (Some(_), _) => Standing::Retracted,
        (None, Some(_)) => Standing::Corrected,
        (None, None) => Standing::Standing,
    }
}

impl StatementCriteria {
    /// The same rule as [`StatementCriteria::condition`], for rows in memory.
    pub fn matches(&self, row: &Model) -> bool {
        let kind = self.kinds.as_ref();
        let claimant = self.claimants.as_ref();
        kind.is_none_or(|kinds| kinds.iter().any(|kind| kind.as_ref() == row.kind))
            && claimant.is_none_or(|all| all.iter().any(|one| one.as_ref() == row.claimant_kind))
            && self
                .standing
                .as_ref()
                .is_none_or(|all| all.contains(&standing(row)))
    }

    pub(super) fn condition(&self, pin: Option<&Pin>) -> Condition {
        let kinds = self.kinds.as_ref();
        let kinds = kinds.map(|all| ValueSet::of_texts(all).contains(Column::Kind.into_expr()));
        let claimants = self.claimants.as_ref();
        let claimants =
            claimants.map(|all| ValueSet::of_texts(all).contains(Column::ClaimantKind.into_expr()));
        let standing = self.standing.as_ref().map(|all| {
            // Duplicates are removed: the conditions nest, and deep nesting overflows the stack.
            let all: BTreeSet<Standing> = all.iter().copied().collect();
            let each = all.iter().map(|standing| match standing {
                Standing::Retracted => is_retracted(pin),
                Standing::Corrected => Condition::all()
                    .add(is_unretracted(pin))
                    .add(is_corrected(pin)),
                Standing::Standing => Condition::all()
                    .add(is_unretracted(pin))
                    .add(is_uncorrected(pin)),
            });
            // An empty list matches nothing.
            each.fold(Condition::any().add(Expr::val(1).eq(0)), Condition::add)
        });
        Condition::all()
            .add_option(kinds)
            .add_option(claimants)
            .add_option(standing)
    }
}
