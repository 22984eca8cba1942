//! Reference data: the countries of this release, which other rows reference and searches find. Not part of the ledger.

use entity::country;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult, QueryOrder, Set, Statement,
};

use super::bulk_insert::{SearchText, insert_search_text};
use crate::database;
use crate::error::Result;
use crate::model::country::{ATLAS, Country};

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
    txn.execute_unprepared("DELETE FROM search_text WHERE kind = 'Country'")
        .await?;
    let search_texts = ATLAS.countries.iter().map(|country| SearchText {
        kind: "Country",
        key: country.code.clone(),
        title: country.name.clone(),
        body: search_names(country),
    });
    insert_search_text(txn, &search_texts.collect::<Vec<_>>()).await
}

/// Whether the rows and their search texts are those of this release.
async fn is_current(db: &impl ConnectionTrait) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct CountryText {
        code: String,
        body: String,
    }
    let rows = country::Entity::find()
        .order_by_asc(country::Column::Code)
        .all(db)
        .await?;
    let same_rows = rows.len() == ATLAS.countries.len()
        && rows.iter().zip(&ATLAS.countries).all(|(row, country)| {
            (&row.code, &row.name, &row.region) == (&country.code, &country.name, &country.region)
        });
    let sql = "SELECT ref AS code, body FROM search_text WHERE kind = 'Country' ORDER BY ref";
    let search_texts =
        CountryText::find_by_statement(Statement::from_string(db.get_database_backend(), sql))
            .all(db)
            .await?;
    let same_texts = search_texts.len() == ATLAS.countries.len()
        && search_texts
            .iter()
            .zip(&ATLAS.countries)
            .all(|(row, country)| row.code == country.code && row.body == search_names(country));
    Ok(same_rows && same_texts)
}

/// All names except the title, sorted, so that the same release gives the same text.
fn search_names(country: &Country) -> String {
    let mut names: Vec<&str> = country
        .all_names()
        .filter(|name| *name != country.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join("\n")
}
