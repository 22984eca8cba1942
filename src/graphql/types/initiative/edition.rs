//! Editions of the import documents about an initiative.

use async_graphql::{Context, SimpleObject};

use crate::error::Result;
use crate::graphql::inputs::scalars::DateTime;
use crate::graphql::loaders::{edition::NewestEdition, loaders};
use crate::graphql::output::direct_json::ready::ready_fields;

/// An edition of an import document.
#[derive(SimpleObject)]
pub(super) struct Edition {
    /// What the document calls it, at most 80 characters.
    name: String,
    /// Time at which the last of it was recorded.
    imported_at: DateTime,
    /// Sequence number of the ledger entry that says so; every entry of the edition is earlier.
    seq: i64,
}

ready_fields!(Edition {
    "name" => name,
    "importedAt" => imported_at,
    "seq" => seq,
});

impl From<entity::edition::Model> for Edition {
    fn from(row: entity::edition::Model) -> Self {
        Self {
            name: row.name,
            imported_at: DateTime::of_micros(row.recorded_at),
            seq: row.id,
        }
    }
}

/// The edition that was imported last, at a time if one is given.
pub(super) async fn find_newest_edition(
    ctx: &Context<'_>,
    initiative: i64,
    at: Option<DateTime>,
) -> Result<Option<Edition>> {
    let at = at.map(|at| at.timestamp("at")).transpose()?;
    let key = NewestEdition {
        initiative,
        recorded_by: at.map(|at| at.0),
    };
    let row = loaders(ctx).load_one(key).await?;
    Ok(row.map(Edition::from))
}
