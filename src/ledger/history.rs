//! The histories that positions are folded from.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{contradiction, evidence, statement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::error::{Error, Result, stored};
use crate::model::position::{Fact, Publication};
use crate::model::statement::{Body, EvidenceRelation, StatementKind};
use crate::model::time::{Instant, parse_day};

/// Every statement about each relationship, ascending by id; relationships without any are absent.
/// Three statements for any number of relationships.
pub async fn load(
    db: &impl ConnectionTrait,
    relationships: &[i64],
) -> Result<HashMap<i64, Vec<Fact>>> {
    let about = statement::Column::RelationshipId.is_in(relationships.iter().copied());
    let rows = statement::Entity::find()
        .filter(about.clone())
        .order_by_asc(statement::Column::Id)
        .all(db)
        .await?;
    let mut publications = load_publications(db, about.clone()).await?;
    let mut denials = load_denials(db, about).await?;
    let mut histories: HashMap<i64, Vec<Fact>> = HashMap::new();
    for row in rows {
        let published = publications.remove(&row.id).unwrap_or_default();
        let denied = denials.remove(&row.id).unwrap_or_default();
        if let Some(relationship) = row.relationship_id {
            histories
                .entry(relationship)
                .or_default()
                .push(fact(row, published, denied)?);
        }
    }
    Ok(histories)
}

/// What the fold needs to know of a statement's row.
pub fn fact(
    row: statement::Model,
    publications: Vec<Publication>,
    contradicts: Vec<i64>,
) -> Result<Fact> {
    let stance = match stored(&row.kind)? {
        StatementKind::Stance => serde_json::from_str::<Body>(&row.body)
            .map_err(Error::internal)?
            .stance(),
        _ => None,
    };
    Ok(Fact {
        id: row.id,
        stance,
        valid_from: row.valid_from,
        earliest: row.earliest.as_deref().map(day).transpose()?,
        latest: day(&row.latest)?,
        recorded_at: Instant(row.recorded_at),
        publications,
        corrects: row.corrects,
        retracted_at: row.retracted_at.map(Instant),
        contradicts,
    })
}

async fn load_publications(
    db: &impl ConnectionTrait,
    about: sea_orm::sea_query::SimpleExpr,
) -> Result<HashMap<i64, Vec<Publication>>> {
    let supporting = evidence::Entity::find()
        .filter(evidence::Column::StatementId.in_subquery(ids(about)))
        .filter(evidence::Column::Relation.eq(EvidenceRelation::Supports.as_ref()))
        .filter(evidence::Column::PublicOn.is_not_null())
        .order_by_asc(evidence::Column::Seq)
        .order_by_asc(evidence::Column::Ordinal);
    let mut publications: HashMap<i64, Vec<Publication>> = HashMap::new();
    for row in supporting.all(db).await? {
        let on = day(row.public_on.as_deref().unwrap_or_default())?;
        let publication = Publication {
            recorded_at: Instant(row.recorded_at),
            on,
        };
        publications
            .entry(row.statement_id)
            .or_default()
            .push(publication);
    }
    Ok(publications)
}

async fn load_denials(
    db: &impl ConnectionTrait,
    about: sea_orm::sea_query::SimpleExpr,
) -> Result<HashMap<i64, Vec<i64>>> {
    let found = contradiction::Entity::find()
        .filter(contradiction::Column::StatementId.in_subquery(ids(about)))
        .order_by_asc(contradiction::Column::ContradictsId);
    let mut denials: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in found.all(db).await? {
        denials
            .entry(row.statement_id)
            .or_default()
            .push(row.contradicts_id);
    }
    Ok(denials)
}

fn ids(about: sea_orm::sea_query::SimpleExpr) -> sea_orm::sea_query::SelectStatement {
    let mut select = sea_orm::sea_query::Query::select();
    select
        .column(statement::Column::Id)
        .from(statement::Entity)
        .cond_where(about);
    select
}

fn day(text: &str) -> Result<NaiveDate> {
    parse_day(text).ok_or_else(|| Error::internal(format!("the database holds `{text}` for a day")))
}
