//! Preconditions: checks of a command against the recorded rows. They run under the lock, before any change; the batch has
//! loaded every row that the command references.

use entity::{initiative, source, statement};

use super::batch::Batch;
use super::payload::{Evidence, Payload, Review, Source, SourceCorrection, Statement, Subject};
use super::projection::subject_columns;
use crate::error::{Error, Result};
use crate::input_errors::InputErrors;
use crate::model::id::GlobalId;
use crate::model::text;

/// Adds every error to `errors`. What rests on an object that does not exist is not checked.
pub(super) fn check(batch: &Batch, payload: &Payload, errors: &mut InputErrors) {
    match payload {
        Payload::InitiativeOpened(initiative) => {
            errors.check(check_slug_is_free(batch, &initiative.slug));
        }
        Payload::SourceRegistered(source) => {
            if let Some(original) = source.derived_from {
                errors.check(check_source_exists(batch, "input.derivedFrom", original));
            }
        }
        Payload::StatementRecorded(statement) => {
            let subject = check_subject(batch, &statement.subject);
            let has_subject = errors.check(subject).is_some();
            check_references(batch, statement, has_subject, errors);
        }
        Payload::StatementCorrected(correction) => {
            let statement = &correction.statement;
            let corrected = check_corrected(batch, correction.corrects, &statement.subject);
            let has_subject = errors.check(corrected).is_some();
            check_references(batch, statement, has_subject, errors);
        }
        Payload::StatementRetracted(retraction) => {
            errors.check(find_valid_statement(batch, retraction.statement));
        }
        Payload::EvidenceAdded(addition) => {
            errors.check(find_statement(batch, "input.statement", addition.statement));
            check_sources_exist(batch, &addition.evidence, errors);
        }
        Payload::ReviewRecorded(review) => drop(errors.check(check_reviewed(batch, review))),
        Payload::EditionImported(edition) => {
            errors.check(find_initiative(
                batch,
                "input.initiative",
                edition.initiative,
            ));
        }
        Payload::SourceCorrected(correction) => check_source_correction(batch, correction, errors),
    }
}

/// Checks that a correction replaces the newest version of a source by other data, and that no source derives from itself.
fn check_source_correction(batch: &Batch, correction: &SourceCorrection, errors: &mut InputErrors) {
    let number = correction.number;
    errors.check(check_newest_version(batch, correction));
    let Some(original) = correction.source.derived_from else {
        return;
    };
    let field = "input.derivedFrom";
    let exists = errors.check(check_source_exists(batch, field, original));
    if exists.is_some() && batch.cache.sources.derives_from(original, number) {
        let message = if original == number {
            "a source does not derive from itself".to_owned()
        } else {
            format!(
                "source {original} derives from source {number}, so this one cannot derive from it"
            )
        };
        errors.add(Error::bad_input(field, message));
    }
}

fn check_newest_version(batch: &Batch, correction: &SourceCorrection) -> Result<()> {
    let number = correction.number;
    let source = batch.cache.sources.find(number);
    let newest = &source
        .ok_or_else(|| {
            let id = GlobalId::Source(number).to_string();
            Error::not_found_input("input.source", "source", id)
        })?
        .newest;
    if newest.id != correction.corrects {
        let message = format!(
            "{} is not the newest version of source {number}, which is {}; read it again, and correct that one if it is still wrong",
            correction.corrects, newest.id
        );
        return Err(Error::conflict("input.version", message));
    }
    if is_same(newest, &correction.source) {
        let message = format!("source {number} has these data already");
        return Err(Error::bad_input("input", message));
    }
    Ok(())
}

fn is_same(row: &source::Model, source: &Source) -> bool {
    row.kind == source.kind.as_ref()
        && row.publisher == source.publisher
        && row.title == source.title
        && row.url == source.url
        && row.published_on == source.published_on
        && row.language == source.language
        && row.derived_from == source.derived_from
}

/// Checks that what is reviewed exists: a relationship does from its first statement on.
fn check_reviewed(batch: &Batch, review: &Review) -> Result<()> {
    let Some(state) = &review.requested_state else {
        return find_initiative(batch, "input.subject.initiative", review.initiative).map(drop);
    };
    let field = "input.subject.relationship.initiative";
    find_initiative(batch, field, review.initiative)?;
    let relationship = batch.cache.find_relationship(review.initiative, state);
    relationship.map(drop).ok_or_else(|| {
        let field = "input.subject.relationship.requestedState";
        Error::not_found_input(field, "relationship", state)
    })
}

fn check_corrected(batch: &Batch, corrected: i64, subject: &Subject) -> Result<()> {
    let corrected = find_valid_statement(batch, corrected)?;
    check_subject(batch, subject)?;
    check_same_subject(batch, "input.statement", corrected, subject)
}

fn check_subject(batch: &Batch, subject: &Subject) -> Result<()> {
    match subject {
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
            Ok(())
        }
        Subject::Initiative(initiative) => {
            find_initiative(batch, "input.subject.initiative", *initiative).map(drop)
        }
        Subject::Country(_) => Ok(()),
    }
}

/// Checks the sources and statements that a statement references. Its subject is compared only if it exists.
fn check_references(
    batch: &Batch,
    statement: &Statement,
    has_subject: bool,
    errors: &mut InputErrors,
) {
    check_sources_exist(batch, &statement.evidence, errors);
    // Too many are an error already; comparing all pairs is for short lists.
    let contradicted = statement.contradicts.iter().take(text::MAX_CONTRADICTS);
    for (index, id) in contradicted.enumerate() {
        let field = format!("input.contradicts[{index}]");
        if statement.contradicts[..index].contains(id) {
            errors.add(Error::bad_input(field, "this statement is listed twice"));
            continue;
        }
        let Some(contradicted) = errors.check(find_statement(batch, &field, *id)) else {
            continue;
        };
        if has_subject {
            let subject = &statement.subject;
            errors.check(check_same_subject(batch, &field, contradicted, subject));
        }
    }
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
    let source = batch.cache.sources.find(id);
    source
        .map(drop)
        .ok_or_else(|| Error::not_found_input(field, "source", GlobalId::Source(id).to_string()))
}

fn check_sources_exist(batch: &Batch, evidence: &[Evidence], errors: &mut InputErrors) {
    for (index, item) in evidence.iter().enumerate() {
        let field = format!("input.evidence[{index}].source");
        errors.check(check_source_exists(batch, &field, item.source));
    }
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
