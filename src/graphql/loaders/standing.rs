//! SQL conditions on whether statements are corrected or retracted, now or at a pin.

use entity::statement::{Column, Entity};
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoCondition, Query, SelectStatement};

use crate::model::pin::Pin;

/// Now or at the pin.
pub(super) fn is_retracted(pin: Option<&Pin>) -> Condition {
    let by_pin = pin.map(|pin| Column::RetractedAt.lte(pin.recorded_at.0));
    Condition::all()
        .add(Column::RetractedAt.is_not_null())
        .add_option(by_pin)
}

/// Now or at the pin.
pub(super) fn is_unretracted(pin: Option<&Pin>) -> Condition {
    let later = pin.map(|pin| Column::RetractedAt.gt(pin.recorded_at.0));
    Condition::any()
        .add(Column::RetractedAt.is_null())
        .add_option(later)
}

/// Whether another statement replaces it, now or at the pin.
pub(super) fn is_corrected(pin: Option<&Pin>) -> Condition {
    match pin {
        Some(pin) => Expr::exists(valid_corrections(pin)).into_condition(),
        None => Column::CorrectedBy.is_not_null().into_condition(),
    }
}

/// Whether no other statement replaces it, now or at the pin.
pub(super) fn is_uncorrected(pin: Option<&Pin>) -> Condition {
    match pin {
        Some(pin) => Expr::exists(valid_corrections(pin)).not().into_condition(),
        None => Column::CorrectedBy.is_null().into_condition(),
    }
}

/// The corrections of a statement that were not retracted at the pin.
fn valid_corrections(pin: &Pin) -> SelectStatement {
    let correction = |column: Column| Expr::col(("correction", column));
    let is_valid = Condition::any()
        .add(correction(Column::RetractedAt).is_null())
        .add(correction(Column::RetractedAt).gt(pin.recorded_at.0));
    Query::select()
        .column(("correction", Column::Id))
        .from_as(Entity, "correction")
        .and_where(correction(Column::Corrects).eq(Column::Id.into_expr()))
        .and_where(correction(Column::Id).lte(pin.seq))
        .cond_where(is_valid)
        .take()
}
