//! Pages of facts: the few columns of statements that histories are made of, for millions of statements.
//!
//! The database joins the columns of a page into one text, because a driver takes several times as long for the columns of a
//! row as a database takes to join them. What few statements have (contradictions, evidence that was added later, and corrected sources) is read
//! by itself.

use entity::statement;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, DatabaseConnection, FromQueryResult};

use crate::database::value_set::ValueSet;
use crate::error::{Error, Result};
use crate::ledger::history;
use crate::model::position::Fact;
use crate::model::position::publication::Publication;
use crate::model::statement::{Body, StatementKind};
use crate::model::time::{Timestamp, parse_day};
use crate::read_model::HistoryKey;

/// Statements per page.
const PAGE_SIZE: u64 = 8_000;

/// The columns of a statement in the order of [`parse_fact`], with the first publication of the evidence that was recorded
/// with it. No column contains a separator. Both databases take absent values as empty here.
const FACT: &str = "concat(id, '|', relationship_id, '|', country_code, '|', initiative_id, '|', kind, '|', \
    CASE kind WHEN 'STANCE' THEN body END, '|', claimant_kind, '|', valid_from, '|', earliest, '|', latest, '|', \
    recorded_at, '|', corrects, '|', CASE WHEN keeps_disputes THEN 1 END, '|', retracted_at, '|', \
    (SELECT min(public_on) FROM evidence WHERE seq = statement.id AND statement_id = statement.id AND relation = 'SUPPORTS'))";

/// Facts with the subjects of their statements, ascending.
pub(super) type FactPage = Vec<(HistoryKey, Fact)>;

#[derive(FromQueryResult)]
struct FactText {
    facts: Option<String>,
}

/// The facts of the first statements after an id, and the last of these statements; `None` if there are no more.
/// # Errors
/// `Error::Internal` if the database cannot answer, or contains what cannot be read.
pub(super) async fn load_page(
    db: &DatabaseConnection,
    after: i64,
) -> Result<Option<(i64, FactPage)>> {
    let id = || Expr::col(statement::Column::Id);
    let mut select = select_facts(id().gt(after));
    select
        .order_by(statement::Column::Id, sea_orm::Order::Asc)
        .limit(PAGE_SIZE);
    let facts = list_facts(db, select).await?;
    let (Some((_, first)), Some((_, last))) = (facts.first(), facts.last()) else {
        return Ok(None);
    };
    let (first, last) = (first.id, last.id);
    let facts = add_rare(db, facts, |column| column.between(first, last)).await?;
    Ok(Some((last, facts)))
}

/// All facts of some subjects.
/// # Errors
/// Those of [`load_page`].
pub(super) async fn load_subjects(
    db: &DatabaseConnection,
    subjects: &[HistoryKey],
) -> Result<FactPage> {
    let is_about = relationships_or_others(subjects);
    let facts = list_facts(db, select_facts(is_about)).await?;
    let ids = ValueSet::of_numbers(facts.iter().map(|(_, fact)| fact.id));
    add_rare(db, facts, |column| ids.contains(column)).await
}

fn relationships_or_others(subjects: &[HistoryKey]) -> Expr {
    let (mut relationships, mut initiatives, mut countries) = (Vec::new(), Vec::new(), Vec::new());
    for subject in subjects {
        match subject {
            HistoryKey::Relationship(id) => relationships.push(*id),
            HistoryKey::Initiative(id) => initiatives.push(*id),
            HistoryKey::Country(code) => countries.push(code),
        }
    }
    let relationships = ValueSet::of_numbers(relationships);
    let initiatives = ValueSet::of_numbers(initiatives);
    let countries = ValueSet::of_texts(countries);
    relationships
        .contains(statement::Column::RelationshipId.into_expr())
        .or(initiatives.contains(statement::Column::InitiativeId.into_expr()))
        .or(countries.contains(statement::Column::CountryCode.into_expr()))
}

fn select_facts(condition: Expr) -> SelectStatement {
    Query::select()
        .expr_as(Expr::cust(FACT), "fact")
        .from(statement::Entity)
        .and_where(condition)
        .take()
}

async fn list_facts(db: &DatabaseConnection, select: SelectStatement) -> Result<FactPage> {
    let all = Query::select()
        .expr_as(Expr::cust("string_agg(fact, ';')"), "facts")
        .from_subquery(select, "page")
        .take();
    let all = FactText::find_by_statement(db.get_database_backend().build(&all));
    let text = all
        .one(db)
        .await?
        .and_then(|row| row.facts)
        .unwrap_or_default();
    let facts = text.split_terminator(';').map(|fact| {
        parse_fact(fact)
            .ok_or_else(|| Error::internal(format!("the database contains the fact `{fact}`")))
    });
    let mut facts: FactPage = facts.collect::<Result<_>>()?;
    // An aggregate has no order of its own.
    facts.sort_unstable_by_key(|(_, fact)| fact.id);
    Ok(facts)
}

/// `None` if a column has no value that it can have. A statement without a subject has none either.
fn parse_fact(text: &str) -> Option<(HistoryKey, Fact)> {
    let mut columns = text.split('|');
    let mut next = || columns.next();
    let id = next()?.parse().ok()?;
    let key = parse_subject(next()?, next()?, next()?)?;
    let (kind, body): (Option<StatementKind>, _) = (next()?.parse().ok(), next()?);
    let stance = match kind {
        Some(StatementKind::Stance) => serde_json::from_str::<Body>(body).ok()?.stance(),
        _ => None,
    };
    let claimant = next()?.parse().ok();
    let valid_from = next()?.to_owned();
    let earliest = optional(next()?, parse_day)?;
    let latest = parse_day(next()?)?;
    let recorded_at = Timestamp(next()?.parse().ok()?);
    let corrects = optional(next()?, |id| id.parse().ok())?;
    let keeps_disputes = next()? == "1";
    let retracted_at = optional(next()?, |at| at.parse().ok())?.map(Timestamp);
    let published = optional(next()?, parse_day)?;
    Some((
        key,
        Fact {
            id,
            stance,
            valid_from,
            earliest,
            latest,
            recorded_at,
            publications: published
                .map(|on| Publication {
                    recorded_at,
                    on: Some(on),
                })
                .into_iter()
                .collect(),
            corrects,
            keeps_disputes,
            retracted_at,
            contradicts: Vec::new(),
            kind,
            claimant,
        },
    ))
}

fn parse_subject(relationship: &str, country: &str, initiative: &str) -> Option<HistoryKey> {
    Some(match (relationship, country) {
        ("", "") => HistoryKey::Initiative(initiative.parse().ok()?),
        ("", country) => HistoryKey::Country(country.to_owned()),
        (relationship, _) => HistoryKey::Relationship(relationship.parse().ok()?),
    })
}

#[expect(
    clippy::option_option,
    reason = "an absent value differs from one that cannot be read"
)]
fn optional<T>(text: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    if text.is_empty() {
        Some(None)
    } else {
        parse(text).map(Some)
    }
}

/// Adds contradictions, and publications by evidence that was added and by corrected sources.
async fn add_rare(
    db: &DatabaseConnection,
    mut facts: FactPage,
    is_statement: impl Fn(Expr) -> Expr,
) -> Result<FactPage> {
    let mut contradictions = history::list_contradictions(db, &is_statement).await?;
    let mut publications = history::list_later_publications(db, &is_statement).await?;
    for (_, fact) in &mut facts {
        fact.contradicts = contradictions.remove(&fact.id).unwrap_or_default();
        if let Some(publications) = publications.remove(&fact.id) {
            fact.publications = publications;
        }
    }
    Ok(facts)
}
