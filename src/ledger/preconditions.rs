//! Preconditions: checks of a command against the recorded rows. They run under the lock, before any change; the batch has
//! loaded every row that the command references.

use entity::{initiative, statement};

use super::batch::Batch;
use super::payload::{Evidence, Payload, Statement, Subject};
use super::projection::subject_columns;
use crate::error::{Error, Result};
use crate::model::id::GlobalId;

pub(super) fn check(batch: &Batch, payload: &Payload) -> Result<()> {
    match payload {
        Payload::InitiativeOpened(initiative) => check_slug_is_free(batch, &initiative.slug),
        Payload::SourceRegistered(source) => match source.derived_from {
            Some(original) => check_source_exists(batch, "input.derivedFrom", original),
            None => Ok(()),
        },
        Payload::StatementRecorded(statement) => check_statement(batch, statement),
        Payload::StatementCorrected(correction) => {
            let corrected = find_valid_statement(batch, correction.corrects)?;
            check_statement(batch, &correction.statement)?;
            check_same_subject(
                batch,
                "input.statement",
                corrected,
                &correction.statement.subject,
            )
        }
        Payload::StatementRetracted(retraction) => {
            find_valid_statement(batch, retraction.statement).map(drop)
        }
        Payload::EvidenceAdded(addition) => {
            find_statement(batch, "input.statement", addition.statement)?;
            check_sources_exist(batch, &addition.evidence)
        }
    }
}

fn check_statement(batch: &Batch, statement: &Statement) -> Result<()> {
    match &statement.subject {
        Subject::Relationship {
            initiative,
            requested_state,
        } => {
            let field = "input.subject.relationship.initiative";
            let initiative = find_initiative(batch, field, *initiative)?;
            if initiative.requesting_state == *requested_state {
                let message = format!(
                    "`{requested_state}` is the requesting state of the initiative; use another country"
                );
                return Err(Error::bad_input(
                    "input.subject.relationship.requestedState",
                    message,
                ));
            }
        }
        Subject::Initiative(initiative) => {
            find_initiative(batch, "input.subject.initiative", *initiative)?;
        }
        Subject::Country(_) => {}
    }
    check_sources_exist(batch, &statement.evidence)?;
    for (index, id) in statement.contradicts.iter().enumerate() {
        let field = format!("input.contradicts[{index}]");
        if statement.contradicts[..index].contains(id) {
            return Err(Error::bad_input(field, "this statement is listed twice"));
        }
        let contradicted = find_statement(batch, &field, *id)?;
        check_same_subject(batch, &field, contradicted, &statement.subject)?;
    }
    Ok(())
}

fn check_slug_is_free(batch: &Batch, slug: &str) -> Result<()> {
    let mut initiatives = batch.cache.initiatives.values();
    if initiatives.any(|initiative| initiative.slug == slug) {
        let message = format!("initiative `{slug}` exists already");
        return Err(Error::conflict("input.slug", message));
    }
    Ok(())
}

fn find_initiative<'b>(batch: &'b Batch, field: &str, id: i64) -> Result<&'b initiative::Model> {
    let initiative = batch.cache.initiatives.get(&id);
    initiative.ok_or_else(|| {
        Error::not_found_input(field, "initiative", GlobalId::Initiative(id).to_string())
    })
}

fn find_statement<'b>(batch: &'b Batch, field: &str, id: i64) -> Result<&'b statement::Model> {
    let statement = batch.find_statement(id);
    statement.ok_or_else(|| {
        Error::not_found_input(field, "statement", GlobalId::Statement(id).to_string())
    })
}

fn check_source_exists(batch: &Batch, field: &str, id: i64) -> Result<()> {
    let source = batch.cache.sources.get(&id);
    source
        .map(drop)
        .ok_or_else(|| Error::not_found_input(field, "source", GlobalId::Source(id).to_string()))
}

fn check_sources_exist(batch: &Batch, evidence: &[Evidence]) -> Result<()> {
    for (index, evidence_item) in evidence.iter().enumerate() {
        check_source_exists(
            batch,
            &format!("input.evidence[{index}].source"),
            evidence_item.source,
        )?;
    }
    Ok(())
}

/// A statement that may be corrected or retracted: it exists and is valid.
fn find_valid_statement(batch: &Batch, id: i64) -> Result<&statement::Model> {
    let field = "input.statement";
    let statement = find_statement(batch, field, id)?;
    if let Some(by) = statement.corrected_by {
        let by = GlobalId::Statement(by);
        return Err(Error::conflict(
            field,
            format!("statement {id} was already corrected, by statement `{by}`"),
        ));
    }
    if statement.retracted_at.is_some() {
        return Err(Error::conflict(
            field,
            format!("statement {id} was already retracted"),
        ));
    }
    Ok(statement)
}

fn check_same_subject(
    batch: &Batch,
    field: &str,
    other: &statement::Model,
    subject: &Subject,
) -> Result<()> {
    let columns = subject_columns(&batch.cache, subject);
    if columns
        == (
            other.relationship_id,
            other.country_code.as_deref(),
            other.initiative_id,
        )
    {
        Ok(())
    } else {
        Err(Error::bad_input(
            field,
            format!("statement {} is about a different subject", other.id),
        ))
    }
}
