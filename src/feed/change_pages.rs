//! Pages of what stance changes are filtered by, for millions of changes; as [`super::fact_pages`] reads facts.

use entity::stance_change::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{DatabaseConnection, FromQueryResult};

use super::Event;
use crate::error::{Error, Result};
use crate::read_model::{ChangeFacets, ReadModel};

/// Changes per page.
const PAGE_SIZE: u64 = 8_000;

/// The columns of a change in the order of [`parse_change`]. No column contains a separator.
const CHANGE: &str = "concat(seq, '|', initiative_id, '|', requested_state, '|', from_stance, '|', to_stance, '|', kind, '|', \
    CASE WHEN disputed THEN 1 ELSE 0 END, '|', CASE WHEN unusual THEN 1 ELSE 0 END, '|', \
    (SELECT claimant_kind FROM statement WHERE statement.id = stance_change.statement_id))";

#[derive(FromQueryResult)]
struct ChangeText {
    changes: Option<String>,
}

/// Loads every change after `loaded`, which is the last of them at any time, so that a retry goes on there.
/// # Errors
/// `Error::Internal` if the database cannot answer, or contains what cannot be read.
pub(super) async fn load_after(
    db: &DatabaseConnection,
    read_model: &ReadModel,
    loaded: &mut i64,
) -> Result<()> {
    loop {
        let page = load_page(db, *loaded).await?;
        let changes = page.split_terminator(';').map(|text| {
            let change = parse_change(text);
            change.ok_or_else(|| {
                Error::internal(format!("the database contains the change `{text}`"))
            })
        });
        let mut changes: Vec<ChangeFacets> = changes.collect::<Result<_>>()?;
        // An aggregate has no order of its own.
        changes.sort_unstable_by_key(|change| change.seq);
        let Some(last) = changes.last() else {
            return Ok(());
        };
        *loaded = last.seq;
        read_model.merge_changes(&changes);
    }
}

async fn load_page(db: &DatabaseConnection, after: i64) -> Result<String> {
    let page = Query::select()
        .expr_as(Expr::cust(CHANGE), "change")
        .from(Entity)
        .and_where(Expr::col(Column::Seq).gt(after))
        .order_by(Column::Seq, sea_orm::Order::Asc)
        .limit(PAGE_SIZE)
        .take();
    let all = Query::select()
        .expr_as(Expr::cust("string_agg(change, ';')"), "changes")
        .from_subquery(page, "page")
        .take();
    let all = ChangeText::find_by_statement(db.get_database_backend().build(&all));
    let row = all.one(db).await?;
    Ok(row.and_then(|row| row.changes).unwrap_or_default())
}

/// `None` if a column has no value that it can have.
fn parse_change(text: &str) -> Option<ChangeFacets> {
    let mut columns = text.split('|');
    let mut next = || columns.next();
    Some(ChangeFacets {
        seq: next()?.parse().ok()?,
        initiative: next()?.parse().ok()?,
        requested_state: next()?.to_owned(),
        from: next()?.parse().ok(),
        to: next()?.parse().ok(),
        kind: next()?.parse().ok(),
        disputed: next()? == "1",
        unusual: next()? == "1",
        claimant: next()?.parse().ok(),
    })
}

/// What the change of an event is filtered by, if there is one.
pub(super) fn facets_of(event: &Event) -> Option<ChangeFacets> {
    let change = event.change.as_ref()?;
    Some(ChangeFacets {
        seq: change.seq,
        initiative: change.initiative_id,
        requested_state: change.requested_state.clone(),
        from: change.from_stance.parse().ok(),
        to: change.to_stance.parse().ok(),
        kind: change.kind.parse().ok(),
        claimant: event.subject.claimant,
        disputed: change.disputed,
        unusual: change.unusual,
    })
}
