//! Editions: a name that was imported names the same items for ever.

use std::collections::HashSet;

use entity::ledger_entry::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

use super::document::Document;
use super::item::Item;
use super::{ACTOR, Importer};
use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};

/// Checks that an edition which was imported has no new items. One SQL statement, or none if the document names no edition.
/// # Errors
/// `Error::Conflict` with the first new item.
pub(super) async fn check(
    db: &impl ConnectionTrait,
    document: &Document,
    importer: &Importer<'_>,
    items: &[Item<'_>],
) -> Result<()> {
    let Some(edition) = &document.edition else {
        return Ok(());
    };
    let keys = importer.idempotency_keys(items);
    let own = importer
        .idempotency_keys(&[Item::Edition(edition)])
        .remove(0);
    let recorded: Vec<String> = Entity::find()
        .select_only()
        .column(Column::IdempotencyKey)
        .filter(Column::Actor.eq(ACTOR))
        .filter(ValueSet::of_texts(&keys).contains(Column::IdempotencyKey.into_expr()))
        .into_tuple()
        .all(db)
        .await?;
    let recorded: HashSet<String> = recorded.into_iter().collect();
    let new = items
        .iter()
        .zip(&keys)
        .find(|(_, key)| !recorded.contains(*key));
    match new {
        Some((item, _)) if recorded.contains(&own) => {
            let message = format!(
                "`{edition}` was imported without `{}`; give this edition another name",
                item.path()
            );
            Err(Error::conflict("edition", message))
        }
        _ => Ok(()),
    }
}
