//! Reference data: the countries of this release, which other rows reference. Not part of the ledger.

use entity::country;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, QueryOrder, Set};

use crate::database;
use crate::error::Result;
use crate::model::country::ATLAS;

/// Updates the rows to those of this release; does nothing if they are current.
pub async fn refresh(writer: &DatabaseConnection) -> Result<()> {
    if is_current(writer).await? {
        return Ok(());
    }
    let txn = database::begin_exclusive(writer).await?;
    insert(&txn).await?;
    txn.commit().await?;
    Ok(())
}

pub(super) async fn insert(txn: &impl ConnectionTrait) -> Result<()> {
    if is_current(txn).await? {
        return Ok(());
    }
    let rows = ATLAS.countries.iter().map(|country| country::ActiveModel {
        code: Set(country.code.clone()),
        name: Set(country.name.clone()),
        region: Set(country.region.clone()),
    });
    let replace = OnConflict::column(country::Column::Code)
        .update_columns([country::Column::Name, country::Column::Region])
        .to_owned();
    country::Entity::insert_many(rows)
        .on_conflict(replace)
        .exec_without_returning(txn)
        .await?;
    Ok(())
}

/// Whether the rows are those of this release.
async fn is_current(db: &impl ConnectionTrait) -> Result<bool> {
    let rows = country::Entity::find()
        .order_by_asc(country::Column::Code)
        .all(db)
        .await?;
    Ok(rows.len() == ATLAS.countries.len()
        && rows.iter().zip(&ATLAS.countries).all(|(row, country)| {
            (&row.code, &row.name, &row.region) == (&country.code, &country.name, &country.region)
        }))
}
