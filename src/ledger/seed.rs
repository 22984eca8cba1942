//! Seeding: whether the bundled data set is imported into a new database.
//!
//! The decision is made once, by the command that creates the ledger's head, and is stored in the head. Invariant: a
//! database that was created without the bundled data set never receives it from a server.

use entity::ledger_head;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, Set};

use super::head::{self, Seed};
use super::import::{self, ImportSummary, document};
use crate::error::{Error, Result};
use crate::model::time::ClockFn;

/// The initiative that is bundled with this version.
const BUNDLED: &str = include_str!("../../data/us-third-country-removals.json");

/// The bundled document.
/// # Errors
/// `Error::Internal` if this version bundles an invalid document.
pub fn bundled_document() -> Result<document::Document> {
    document::parse(BUNDLED).map_err(|errors| {
        Error::internal(errors.first().map(ToString::to_string).unwrap_or_default())
    })
}

/// Withdraws the decision to seed a database that has no entries yet.
pub async fn decline(writer: &DatabaseConnection) -> Result<()> {
    let none = ledger_head::ActiveModel {
        seed: Set(Some(Seed::None.as_ref().to_owned())),
        ..Default::default()
    };
    ledger_head::Entity::update_many()
        .set(none)
        .filter(ledger_head::Column::Seq.eq(0))
        .filter(ledger_head::Column::Seed.eq(Seed::Bundled.as_ref()))
        .exec(writer)
        .await?;
    Ok(())
}

/// Imports the bundled data set if the database was created for it and has no entries; `None` otherwise. This also completes
/// a start that was interrupted before the import.
pub async fn seed_new(
    writer: &DatabaseConnection,
    clock: &ClockFn,
) -> Result<Option<ImportSummary>> {
    let head = head::load_head(writer).await?;
    if head.seq > 0 || head.seed.as_deref() != Some(Seed::Bundled.as_ref()) {
        return Ok(None);
    }
    import::import(writer, &bundled_document()?, clock)
        .await
        .map(Some)
}
