//! Histories: the facts that the position fold needs, loaded from the projected rows.
//!
//! This module only converts rows to facts; `model::position` decides which statements are valid at a moment.

use std::collections::HashMap;

use entity::evidence::Column;
use entity::{contradiction, evidence, source_publication, statement};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};
use crate::model::{
    position::{
        Fact,
        history::History,
        publication::{self, EvidenceDay, Publication},
    },
    statement::{Body, EvidenceRelation, StatementKind},
    time::{Timestamp, parse_day},
};

/// The whole history of each relationship, ascending by id; one without statements is absent.
/// Three SQL statements for any number of relationships.
pub async fn load(
    db: &impl ConnectionTrait,
    relationship_ids: &[i64],
) -> Result<HashMap<i64, History>> {
    if relationship_ids.is_empty() {
        return Ok(HashMap::new());
    }
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
    if rows.is_empty() {
        return Ok(Vec::new());
    }
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
    if rows.is_empty() {
        return Ok(Vec::new());
    }
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

/// Publications by statement, in the order of recording. One SQL statement.
async fn list_publications(
    db: &impl ConnectionTrait,
    is_statement: impl Fn(Expr) -> Expr,
) -> Result<HashMap<i64, Vec<Publication>>> {
    let of_statements = is_statement(Expr::col((evidence::Entity, Column::StatementId)));
    let mut days: HashMap<i64, Vec<EvidenceDay>> = HashMap::new();
    let query = select_days(&of_statements);
    let rows = DayRow::find_by_statement(db.get_database_backend().build(&query));
    for row in rows.all(db).await? {
        let on = row.public_on.as_deref().map(parse_stored_day).transpose()?;
        days.entry(row.statement_id).or_default().push(EvidenceDay {
            evidence: (row.seq, row.ordinal),
            recorded_at: Timestamp(row.recorded_at),
            on,
        });
    }
    let publications = days.into_iter();
    Ok(publications
        .map(|(statement, days)| (statement, publication::publications(days)))
        .collect())
}

/// The publications of the statements that have any after they were recorded. Two SQL statements, or one if there are none.
pub(crate) async fn list_later_publications(
    db: &impl ConnectionTrait,
    is_statement: impl Fn(Expr) -> Expr,
) -> Result<HashMap<i64, Vec<Publication>>> {
    let statement = || Expr::col(Column::StatementId);
    let corrected = Query::select()
        .column(source_publication::Column::SourceId)
        .from(source_publication::Entity)
        .take();
    let is_later = Expr::col(Column::Seq)
        .ne(statement())
        .or(Expr::col(Column::SourceId).in_subquery(corrected));
    let statements: Vec<i64> = evidence::Entity::find()
        .select_only()
        .column(Column::StatementId)
        .distinct()
        .filter(is_statement(statement()).and(is_later))
        .into_tuple()
        .all(db)
        .await?;
    if statements.is_empty() {
        return Ok(HashMap::new());
    }
    let statements = ValueSet::of_numbers(statements);
    list_publications(db, |column| statements.contains(column)).await
}

#[derive(FromQueryResult)]
struct DayRow {
    statement_id: i64,
    seq: i64,
    ordinal: i32,
    recorded_at: i64,
    public_on: Option<String>,
}

/// The days of supporting evidence: when it was recorded, and when a correction moved the day of its source.
fn select_days(of_statements: &Expr) -> SelectStatement {
    let of_evidence = |column| (evidence::Entity, column);
    let select = || {
        let supports = Expr::col(of_evidence(Column::Relation));
        Query::select()
            .columns([Column::StatementId, Column::Seq, Column::Ordinal].map(of_evidence))
            .from(evidence::Entity)
            .and_where(of_statements.clone())
            .and_where(supports.eq(EvidenceRelation::Supports.as_ref()))
            .take()
    };
    let moved = |column| (source_publication::Entity, column);
    let of_source = Expr::col(moved(source_publication::Column::SourceId))
        .equals(of_evidence(Column::SourceId));
    let is_later =
        Expr::col(moved(source_publication::Column::Seq)).gt(Expr::col(of_evidence(Column::Seq)));
    let corrected = select()
        .column(moved(source_publication::Column::RecordedAt))
        .column(moved(source_publication::Column::PublicOn))
        .inner_join(source_publication::Entity, of_source.and(is_later))
        .and_where(Expr::col(of_evidence(Column::PublishedOn)).is_null())
        .take();
    select()
        .columns([Column::RecordedAt, Column::PublicOn].map(of_evidence))
        .and_where(Expr::col(of_evidence(Column::PublicOn)).is_not_null())
        .union(UnionType::All, corrected)
        .take()
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
