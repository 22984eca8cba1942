//! Whether a command fits what is recorded, of which the batch has loaded all that the command names. Runs under the
//! lock, before anything is changed.

use entity::{initiative, statement};

use super::batch::Batch;
use super::payload::{Evidence, Payload, Statement, Subject};
use super::projection::subject_columns;
use crate::error::{Error, Result};
use crate::model::id::GlobalId;

pub(super) fn check(batch: &Batch, payload: &Payload) -> Result<()> {
    match payload {
        Payload::InitiativeOpened(initiative) => slug_is_free(batch, &initiative.slug),
        Payload::SourceRegistered(source) => match source.derived_from {
            Some(original) => source_exists(batch, "input.derivedFrom", original),
            None => Ok(()),
        },
        Payload::StatementRecorded(statement) => check_statement(batch, statement),
        Payload::StatementCorrected(correction) => {
            let corrected = standing(batch, correction.corrects)?;
            check_statement(batch, &correction.statement)?;
            same_subject(
                batch,
                "input.statement",
                corrected,
                &correction.statement.subject,
            )
        }
        Payload::StatementRetracted(retraction) => standing(batch, retraction.statement).map(drop),
        Payload::EvidenceAdded(addition) => {
            find_statement(batch, "input.statement", addition.statement)?;
            sources_exist(batch, &addition.evidence)
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
                let message = format!("`{requested_state}` is the requesting state itself");
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
    sources_exist(batch, &statement.evidence)?;
    for (at, id) in statement.contradicts.iter().enumerate() {
        let field = format!("input.contradicts.{at}");
        if statement.contradicts[..at].contains(id) {
            return Err(Error::bad_input(field, "names the same statement twice"));
        }
        let denied = find_statement(batch, &field, *id)?;
        same_subject(batch, &field, denied, &statement.subject)?;
    }
    Ok(())
}

fn slug_is_free(batch: &Batch, slug: &str) -> Result<()> {
    let mut known = batch.known.initiatives.values();
    if known.any(|initiative| initiative.slug == slug) {
        let message = format!("initiative `{slug}` exists already");
        return Err(Error::conflict("input.slug", message));
    }
    Ok(())
}

fn find_initiative<'b>(batch: &'b Batch, field: &str, id: i64) -> Result<&'b initiative::Model> {
    let found = batch.known.initiatives.get(&id);
    found.ok_or_else(|| Error::unknown(field, "initiative", GlobalId::Initiative(id).to_string()))
}

fn find_statement<'b>(batch: &'b Batch, field: &str, id: i64) -> Result<&'b statement::Model> {
    let found = batch.find_statement(id);
    found.ok_or_else(|| Error::unknown(field, "statement", GlobalId::Statement(id).to_string()))
}

fn source_exists(batch: &Batch, field: &str, id: i64) -> Result<()> {
    let found = batch.known.sources.get(&id);
    found
        .map(drop)
        .ok_or_else(|| Error::unknown(field, "source", GlobalId::Source(id).to_string()))
}

fn sources_exist(batch: &Batch, evidence: &[Evidence]) -> Result<()> {
    for (at, one) in evidence.iter().enumerate() {
        source_exists(batch, &format!("input.evidence.{at}.source"), one.source)?;
    }
    Ok(())
}

/// A statement that may be corrected or retracted: it exists and stands.
fn standing(batch: &Batch, id: i64) -> Result<&statement::Model> {
    let field = "input.statement";
    let found = find_statement(batch, field, id)?;
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

fn same_subject(
    batch: &Batch,
    field: &str,
    other: &statement::Model,
    subject: &Subject,
) -> Result<()> {
    let mine = subject_columns(&batch.known, subject);
    if mine
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
            format!("statement {} is about another subject", other.id),
        ))
    }
}
