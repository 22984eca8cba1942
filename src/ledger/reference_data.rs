//! The country rows of this release, which other rows name and searches find. Not part of the ledger.

use entity::country;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult, QueryOrder, Set, Statement,
};

use super::bulk_insert::{Words, insert_words};
use crate::database;
use crate::error::Result;
use crate::model::country::{ATLAS, Country};

/// Brings the rows up to date with the release; does nothing where they are.
pub async fn refresh(writer: &DatabaseConnection) -> Result<()> {
    if is_current(writer).await? {
        return Ok(());
    }
    let txn = database::begin_alone(writer).await?;
    fill(&txn).await?;
    txn.commit().await?;
    Ok(())
}

pub(super) async fn fill(txn: &impl ConnectionTrait) -> Result<()> {
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
    let words = ATLAS.countries.iter().map(|country| Words {
        kind: "Country",
        key: country.code.clone(),
        title: country.name.clone(),
        body: names(country),
    });
    insert_words(txn, &words.collect::<Vec<_>>()).await
}

/// Whether the rows, and the words they are found by, are those of this release.
async fn is_current(db: &impl ConnectionTrait) -> Result<bool> {
    #[derive(FromQueryResult)]
    struct Words {
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
    let words = Words::find_by_statement(Statement::from_string(db.get_database_backend(), sql))
        .all(db)
        .await?;
    let same_words = words.len() == ATLAS.countries.len()
        && words
            .iter()
            .zip(&ATLAS.countries)
            .all(|(row, country)| row.code == country.code && row.body == names(country));
    Ok(same_rows && same_words)
}

/// Every name but the title, sorted, so that the same release gives the same text.
fn names(country: &Country) -> String {
    let mut names: Vec<&str> = country
        .all_names()
        .filter(|name| *name != country.name)
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join("\n")
}
