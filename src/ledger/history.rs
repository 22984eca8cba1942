//! Histories: the facts that the position fold needs, loaded from the projected rows.
//!
//! This module only converts rows to facts; `model::position` decides which statements are valid at a moment.

use std::collections::HashMap;

use entity::{contradiction, evidence, statement};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};
use crate::model::{
    position::{Fact, Publication, history::History},
    statement::{Body, EvidenceRelation, StatementKind},
    time::{Timestamp, parse_day},
};

/// The whole history of each relationship, ascending by id; one without statements is absent.
/// Three SQL statements for any number of relationships.
pub async fn load(
    db: &impl ConnectionTrait,
    relationship_ids: &[i64],
) -> Result<HashMap<i64, History>> {
    let relationships = ValueSet::of_numbers(relationship_ids.iter().copied());
    let rows = statement::Entity::find()
        .filter(relationships.contains(statement::Column::RelationshipId.into_expr()))
        .order_by_asc(statement::Column::Id)
        .all(db)
        .await?;
    let mut histories: HashMap<i64, History> = HashMap::new();
    for (row, fact) in rows.iter().zip(load_facts(db, &rows).await?) {
        if let Some(relationship) = row.relationship_id {
            let history = histories.entry(relationship).or_default();
            history.merge(&fact).map_err(Error::internal)?;
        }
    }
    Ok(histories)
}

/// The fact of each statement, in the order of `rows`. Two SQL statements for any number of rows.
pub async fn load_facts(db: &impl ConnectionTrait, rows: &[statement::Model]) -> Result<Vec<Fact>> {
    let statements = ValueSet::of_numbers(rows.iter().map(|row| row.id));
    let of_rows = |column: Expr| statements.contains(column);
    let contradictions = list_contradictions(db, of_rows).await?;
    load_facts_with(db, rows, contradictions).await
}

/// The statements that statements deny, by the denying one, ascending. One SQL statement.
pub(crate) async fn list_contradictions(
    db: &impl ConnectionTrait,
    is_statement: impl Fn(Expr) -> Expr,
) -> Result<HashMap<i64, Vec<i64>>> {
    let mut contradictions: HashMap<i64, Vec<i64>> = HashMap::new();
    let pairs = contradiction::Entity::find()
        .filter(is_statement(contradiction::Column::StatementId.into_expr()))
        .order_by_asc(contradiction::Column::ContradictsId);
    for pair in pairs.all(db).await? {
        contradictions
            .entry(pair.statement_id)
            .or_default()
            .push(pair.contradicts_id);
    }
    Ok(contradictions)
}

/// As [`load_facts`], for statements whose contradictions are known. One SQL statement.
pub(crate) async fn load_facts_with(
    db: &impl ConnectionTrait,
    rows: &[statement::Model],
    contradictions: HashMap<i64, Vec<i64>>,
) -> Result<Vec<Fact>> {
    let statements = ValueSet::of_numbers(rows.iter().map(|row| row.id));
    let publications = list_publications(db, |column| statements.contains(column)).await?;
    facts(rows, publications, contradictions)
}

fn facts(
    rows: &[statement::Model],
    mut publications: HashMap<i64, Vec<Publication>>,
    mut contradictions: HashMap<i64, Vec<i64>>,
) -> Result<Vec<Fact>> {
    rows.iter()
        .map(|row| {
            fact(
                row,
                publications.remove(&row.id).unwrap_or_default(),
                contradictions.remove(&row.id).unwrap_or_default(),
            )
        })
        .collect()
}

/// Supporting evidence whose source has a date, by statement, in the order of recording.
async fn list_publications(
    db: &impl ConnectionTrait,
    is_statement: impl Fn(Expr) -> Expr,
) -> Result<HashMap<i64, Vec<Publication>>> {
    let of_statements = is_statement(evidence::Column::StatementId.into_expr());
    list_publications_where(db, of_statements).await
}

/// As `list_publications`, without the evidence that was recorded with its statement. One SQL statement.
pub(crate) async fn list_added_publications(
    db: &impl ConnectionTrait,
    is_statement: impl Fn(Expr) -> Expr,
) -> Result<HashMap<i64, Vec<Publication>>> {
    let statement = evidence::Column::StatementId.into_expr();
    let is_added = evidence::Column::Seq.into_expr().ne(statement.clone());
    list_publications_where(db, is_statement(statement).and(is_added)).await
}

async fn list_publications_where(
    db: &impl ConnectionTrait,
    condition: Expr,
) -> Result<HashMap<i64, Vec<Publication>>> {
    let rows = evidence::Entity::find()
        .filter(condition)
        .filter(evidence::Column::Relation.eq(EvidenceRelation::Supports.as_ref()))
        .filter(evidence::Column::PublicOn.is_not_null())
        .order_by_asc(evidence::Column::Seq)
        .order_by_asc(evidence::Column::Ordinal)
        .all(db)
        .await?;
    let mut publications: HashMap<i64, Vec<Publication>> = HashMap::new();
    for row in rows {
        let Some(on) = &row.public_on else { continue };
        let of_statement = publications.entry(row.statement_id).or_default();
        of_statement.push(Publication {
            recorded_at: Timestamp(row.recorded_at),
            on: parse_stored_day(on)?,
        });
    }
    Ok(publications)
}

/// The fact of a row, with its publications and contradictions.
pub(super) fn fact(
    row: &statement::Model,
    publications: Vec<Publication>,
    contradicts: Vec<i64>,
) -> Result<Fact> {
    let kind: Option<StatementKind> = row.kind.parse().ok();
    let stance = if kind == Some(StatementKind::Stance) {
        let body: Body = serde_json::from_str(&row.body).map_err(Error::internal)?;
        body.stance()
    } else {
        None
    };
    Ok(Fact {
        id: row.id,
        stance,
        valid_from: row.valid_from.clone(),
        earliest: row.earliest.as_deref().map(parse_stored_day).transpose()?,
        latest: parse_stored_day(&row.latest)?,
        recorded_at: Timestamp(row.recorded_at),
        publications,
        corrects: row.corrects,
        keeps_disputes: row.keeps_disputes,
        retracted_at: row.retracted_at.map(Timestamp),
        contradicts,
        kind,
        claimant: row.claimant_kind.parse().ok(),
    })
}

fn parse_stored_day(text: &str) -> Result<chrono::NaiveDate> {
    parse_day(text).ok_or_else(|| {
        Error::internal(format!(
            "the database contains `{text}` where a day is expected"
        ))
    })
}
