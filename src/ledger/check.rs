//! Whether a command fits what is recorded. Runs under the lock, before anything is written.

use entity::{initiative, source, statement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::payload::{Evidence, Payload, Statement, Subject};
use super::project::subject_columns;
use crate::error::{Error, Result};
use crate::model::id::GlobalId;

pub async fn check(txn: &impl ConnectionTrait, payload: &Payload) -> Result<()> {
    match payload {
        Payload::InitiativeOpened(initiative) => slug_is_free(txn, &initiative.slug).await,
        Payload::SourceRegistered(source) => match source.derived_from {
            Some(original) => source_exists(txn, "input.derivedFrom", original).await,
            None => Ok(()),
        },
        Payload::StatementRecorded(statement) => check_statement(txn, statement).await,
        Payload::StatementCorrected(correction) => {
            let corrected = standing(txn, correction.corrects).await?;
            check_statement(txn, &correction.statement).await?;
            same_subject(
                txn,
                "input.statement",
                &corrected,
                &correction.statement.subject,
            )
            .await
        }
        Payload::StatementRetracted(retraction) => {
            standing(txn, retraction.statement).await.map(drop)
        }
        Payload::EvidenceAdded(addition) => {
            find_statement(txn, "input.statement", addition.statement).await?;
            sources_exist(txn, &addition.evidence).await
        }
    }
}

async fn check_statement(txn: &impl ConnectionTrait, statement: &Statement) -> Result<()> {
    match &statement.subject {
        Subject::Relationship {
            initiative,
            requested_state,
        } => {
            let field = "input.subject.relationship.initiative";
            let initiative = find_initiative(txn, field, *initiative).await?;
            if initiative.requesting_state == *requested_state {
                let message = format!("`{requested_state}` is the requesting state itself");
                return Err(Error::bad_input(
                    "input.subject.relationship.requestedState",
                    message,
                ));
            }
        }
        Subject::Initiative(initiative) => {
            find_initiative(txn, "input.subject.initiative", *initiative).await?;
        }
        Subject::Country(_) => {}
    }
    sources_exist(txn, &statement.evidence).await?;
    for (at, id) in statement.contradicts.iter().enumerate() {
        let field = format!("input.contradicts.{at}");
        if statement.contradicts[..at].contains(id) {
            return Err(Error::bad_input(field, "names the same statement twice"));
        }
        let denied = find_statement(txn, &field, *id).await?;
        same_subject(txn, &field, &denied, &statement.subject).await?;
    }
    Ok(())
}

async fn slug_is_free(txn: &impl ConnectionTrait, slug: &str) -> Result<()> {
    match initiative::Entity::find()
        .filter(initiative::Column::Slug.eq(slug))
        .one(txn)
        .await?
    {
        Some(_) => Err(Error::conflict(
            "input.slug",
            format!("initiative `{slug}` exists already"),
        )),
        None => Ok(()),
    }
}

async fn find_initiative(
    txn: &impl ConnectionTrait,
    field: &str,
    id: i64,
) -> Result<initiative::Model> {
    let found = initiative::Entity::find_by_id(id).one(txn).await?;
    found.ok_or_else(|| Error::unknown(field, "initiative", GlobalId::Initiative(id).to_string()))
}

async fn find_statement(
    txn: &impl ConnectionTrait,
    field: &str,
    id: i64,
) -> Result<statement::Model> {
    let found = statement::Entity::find_by_id(id).one(txn).await?;
    found.ok_or_else(|| Error::unknown(field, "statement", GlobalId::Statement(id).to_string()))
}

async fn source_exists(txn: &impl ConnectionTrait, field: &str, id: i64) -> Result<()> {
    let found = source::Entity::find_by_id(id).one(txn).await?;
    found
        .map(drop)
        .ok_or_else(|| Error::unknown(field, "source", GlobalId::Source(id).to_string()))
}

async fn sources_exist(txn: &impl ConnectionTrait, evidence: &[Evidence]) -> Result<()> {
    for (at, one) in evidence.iter().enumerate() {
        source_exists(txn, &format!("input.evidence.{at}.source"), one.source).await?;
    }
    Ok(())
}

/// A statement that may be corrected or retracted: it exists and stands.
async fn standing(txn: &impl ConnectionTrait, id: i64) -> Result<statement::Model> {
    let field = "input.statement";
    let found = find_statement(txn, field, id).await?;
    if let Some(by) = found.corrected_by {
        let by = GlobalId::Statement(by);
        return Err(Error::conflict(
            field,
            format!("statement {id} was corrected already, by statement `{by}`"),
        ));
    }
    if found.retracted_at.is_some() {
        return Err(Error::conflict(
            field,
            format!("statement {id} was retracted already"),
        ));
    }
    Ok(found)
}

async fn same_subject(
    txn: &impl ConnectionTrait,
    field: &str,
    other: &statement::Model,
    subject: &Subject,
) -> Result<()> {
    let mine = subject_columns(txn, subject).await?;
    if mine
        == (
            other.relationship_id,
            other.country_code.clone(),
            other.initiative_id,
        )
    {
        Ok(())
    } else {
        Err(Error::bad_input(
            field,
            format!("statement {} is about another subject", other.id),
        ))
    }
}
