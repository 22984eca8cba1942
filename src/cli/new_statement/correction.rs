//! Questions for a correction: which statement is wrong, why, and whether its disputes end.

use entity::statement::{Column, Entity, Model};
use entity::{contradiction, initiative, relationship};
use sea_orm::sea_query::{Expr, ExprTrait, Func, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, IntoSimpleExpr, QueryFilter,
    QueryOrder, QuerySelect,
};
use tokio::runtime::Handle;

use super::terminal::Terminal;
use crate::error::{Error, Result, parse_stored};
use crate::ledger::import::document::{Evidence, Statement, Subject};
use crate::model::statement::Claimant;
use crate::model::text;

/// Statements of the ledger that a question offers.
const MAX_FOUND: u64 = 30;

/// The statement that a new one corrects.
pub(super) struct Corrected {
    pub(super) row: Model,
    pub(super) subject: Subject,
    pub(super) reason: String,
    pub(super) settles_disputes: bool,
}

/// `None` if the new statement corrects no other one.
pub(super) fn ask(
    terminal: &Terminal,
    ledger: &DatabaseConnection,
    initiative: &initiative::Model,
) -> Result<Option<Corrected>> {
    if !terminal.confirm("Does it correct a recorded statement?")? {
        return Ok(None);
    }
    let wait = Handle::current();
    let (row, subject) = loop {
        let question = "Statement to correct (its number, or words of its summary)";
        let words = terminal.ask(question, |text| {
            text.is_empty().then(|| "must not be empty".to_owned())
        })?;
        let mut found = wait.block_on(find_valid(ledger, initiative, &words))?;
        let items = found.iter().map(|(row, subject)| describe(row, subject));
        let items: Vec<String> = items.chain(["search again".to_owned()]).collect();
        let index = terminal.choose("Which statement", &items)?;
        if index < found.len() {
            break found.swap_remove(index);
        }
    };
    let reason = terminal.ask("Reason of the correction", |text| {
        text::violation(text, text::MAX_DETAIL)
    })?;
    let is_disputed = wait.block_on(is_disputed(ledger, row.id))?;
    let question = "It is in dispute with another statement. Does the correction end that?";
    Ok(Some(Corrected {
        settles_disputes: is_disputed && terminal.confirm(question)?,
        row,
        subject,
        reason,
    }))
}

impl Corrected {
    pub(super) fn key(&self) -> String {
        format!("statement-{}", self.row.id)
    }

    /// The statement as an item of a document that the ledger has: rules about references need its key and its subject.
    /// # Errors
    /// `Error::Internal` if a newer version recorded it.
    pub(super) fn item(&self, evidence: &[Evidence]) -> Result<Statement> {
        let row = &self.row;
        Ok(Statement {
            key: self.key(),
            subject: self.subject.clone(),
            claimant: Claimant {
                kind: parse_stored(&row.claimant_kind)?,
                label: row.claimant_label.clone(),
            },
            valid_from: row.valid_from.clone(),
            summary: row.summary.clone(),
            body: serde_json::from_str(&row.body).map_err(Error::internal)?,
            evidence: evidence.to_vec(),
            contradicts: Vec::new(),
            corrects: None,
            note: None,
            reason: None,
            keeps_disputes: false,
        })
    }
}

/// The valid statements about an initiative, its relationships and countries as such that have this number or all words in the summary;
/// the newest first.
async fn find_valid(
    ledger: &DatabaseConnection,
    initiative: &initiative::Model,
    words: &str,
) -> Result<Vec<(Model, Subject)>> {
    let lower = |column: Column| Func::lower(column.into_simple_expr());
    let by_words = words.split_whitespace().map(|word| {
        let pattern = format!("%{}%", word.to_lowercase());
        Expr::expr(lower(Column::Summary)).like(pattern)
    });
    let by_words = by_words.fold(Condition::all(), Condition::add);
    let by_number = words
        .parse::<i64>()
        .ok()
        .map(|number| Column::Id.eq(number));
    let relationships = Query::select()
        .column(relationship::Column::Id)
        .from(relationship::Entity)
        .and_where(relationship::Column::InitiativeId.eq(initiative.id))
        .take();
    let of_initiative = Condition::any()
        .add(Column::RelationshipId.in_subquery(relationships))
        .add(Column::InitiativeId.eq(initiative.id))
        .add(Column::CountryCode.is_not_null());
    let select = Entity::find()
        .filter(of_initiative)
        .filter(
            Column::CorrectedBy
                .is_null()
                .and(Column::RetractedAt.is_null()),
        )
        .filter(Condition::any().add_option(by_number).add(by_words))
        .order_by_desc(Column::Id)
        .limit(MAX_FOUND);
    let mut found = Vec::new();
    for row in select.all(ledger).await? {
        let subject = subject_of(ledger, initiative, &row).await?;
        found.push((row, subject));
    }
    Ok(found)
}

async fn subject_of(
    ledger: &DatabaseConnection,
    initiative: &initiative::Model,
    row: &Model,
) -> Result<Subject> {
    if let Some(code) = &row.country_code {
        return Ok(Subject::Country(code.clone()));
    }
    let Some(id) = row.relationship_id else {
        return Ok(Subject::Initiative(initiative.slug.clone()));
    };
    let found = relationship::Entity::find_by_id(id).one(ledger).await?;
    let found = found.ok_or_else(|| Error::internal(format!("relationship {id} is missing")))?;
    Ok(Subject::Relationship(found.requested_state))
}

async fn is_disputed(ledger: &DatabaseConnection, statement: i64) -> Result<bool> {
    let of_statement = Condition::any()
        .add(contradiction::Column::StatementId.eq(statement))
        .add(contradiction::Column::ContradictsId.eq(statement));
    let pair = contradiction::Entity::find().filter(of_statement);
    Ok(pair.one(ledger).await?.is_some())
}

fn describe(row: &Model, subject: &Subject) -> String {
    let about = match subject {
        Subject::Relationship(code) | Subject::Country(code) => format!("{code}, "),
        Subject::Initiative(_) => String::new(),
    };
    format!("{}: {about}{}: {}", row.id, row.valid_from, row.summary)
}
