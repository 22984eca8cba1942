//! The country rows of this release, which other rows name and searches find. Not part of the ledger.

use entity::country;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, EntityTrait, FromQueryResult, QueryOrder, Set, Statement,
    Value,
};

use crate::database;
use crate::error::Result;
use crate::model::country::{ATLAS, Country};

/// Brings the rows up to date with the release; does nothing where they are.
pub async fn refresh(writer: &DatabaseConnection) -> Result<()> {
    let txn = database::begin(writer).await?;
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
    execute(txn, "DELETE FROM search_text WHERE kind = 'Country'", []).await?;
    for country in &ATLAS.countries {
        let values = [
            country.code.as_str().into(),
            country.name.as_str().into(),
            names(country).into(),
        ];
        execute(
            txn,
            "INSERT INTO search_text (kind, ref, title, body) VALUES ('Country', ?, ?, ?)",
            values,
        )
        .await?;
    }
    Ok(())
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

async fn execute<const N: usize>(
    txn: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Result<()> {
    txn.execute_raw(Statement::from_sql_and_values(
        txn.get_database_backend(),
        sql,
        values,
    ))
    .await?;
    Ok(())
}
