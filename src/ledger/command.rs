//! Commands: writes that are valid in themselves. What depends on other entries is checked later, under the lock.

use chrono::NaiveDate;

use super::payload::{
    Addition, Correction, Evidence, Initiative, Payload, Retraction, Source, Statement, Subject,
};
use crate::error::{Error, Result};
use crate::model::country::ATLAS;
use crate::model::edtf::Edtf;
use crate::model::statement::{EvidenceRelation, StatementKind};
use crate::model::text;

/// A payload that passed every check that needs no other entry, with who sent it.
#[derive(Clone, Debug)]
pub struct Command {
    pub(super) actor: String,
    pub(super) idempotency_key: String,
    pub(super) payload: Payload,
    /// Whether what it records may have begun. Only new entries are asked: a clock that was set back must not refuse to
    /// tell of an old one.
    pub(super) begun: Result<()>,
}

impl Command {
    /// `today` is the day of recording: nothing may have begun after it.
    /// # Errors
    /// `Error::BadUserInput` or `Error::NotFound` with the field at fault, `input.…`.
    pub fn new(
        actor: &str,
        idempotency_key: &str,
        payload: Payload,
        today: NaiveDate,
    ) -> Result<Self> {
        plain(
            "input.idempotencyKey",
            idempotency_key,
            text::IDEMPOTENCY_KEY,
        )?;
        match &payload {
            Payload::InitiativeOpened(it) => initiative(it)?,
            Payload::SourceRegistered(it) => source(it)?,
            Payload::StatementRecorded(it) => statement(it)?,
            Payload::StatementCorrected(it) => correction(it)?,
            Payload::StatementRetracted(it) => retraction(it)?,
            Payload::EvidenceAdded(it) => addition(it)?,
        }
        Ok(Self {
            actor: actor.to_owned(),
            idempotency_key: idempotency_key.to_owned(),
            begun: begun(&payload, today),
            payload,
        })
    }
}

fn initiative(initiative: &Initiative) -> Result<()> {
    if !text::is_slug(&initiative.slug) {
        let message = format!(
            "`{}` is not lower-case words joined by hyphens, {} at most",
            initiative.slug,
            text::SLUG
        );
        return Err(Error::bad_input("input.slug", message));
    }
    plain("input.title", &initiative.title, text::TITLE)?;
    plain(
        "input.summary",
        &initiative.summary,
        text::INITIATIVE_SUMMARY,
    )?;
    country("input.requestingState", &initiative.requesting_state)?;
    optional_date("input.startedOn", initiative.started_on.as_deref())
}

fn source(source: &Source) -> Result<()> {
    plain("input.publisher", &source.publisher, text::LABEL)?;
    plain("input.title", &source.title, text::TITLE)?;
    if let Some(fault) = source.url.as_deref().and_then(text::url_fault) {
        return Err(Error::bad_input("input.url", fault));
    }
    if let Some(language) = &source.language
        && (!(2..=3).contains(&language.len())
            || !language.bytes().all(|byte| byte.is_ascii_lowercase()))
    {
        return Err(Error::bad_input(
            "input.language",
            format!("`{language}` is not an ISO 639 code such as en"),
        ));
    }
    optional_date("input.publishedOn", source.published_on.as_deref())
}

fn statement(statement: &Statement) -> Result<()> {
    subject(&statement.subject, statement.body.kind())?;
    plain(
        "input.claimant.label",
        &statement.claimant.label,
        text::LABEL,
    )?;
    date("input.validFrom", &statement.valid_from)?;
    plain("input.summary", &statement.summary, text::SUMMARY)?;
    if let Some((path, fault)) = statement.body.faults().into_iter().next() {
        return Err(Error::bad_input(format!("input.body.{path}"), fault));
    }
    if let Some(code) = statement.body.country_code() {
        country("input.body.legal.jurisdiction", code)?;
    }
    evidence(&statement.evidence)?;
    if !statement
        .evidence
        .iter()
        .any(|one| one.relation == EvidenceRelation::Supports)
    {
        return Err(Error::bad_input(
            "input.evidence",
            "at least one source must support the statement",
        ));
    }
    if statement.contradicts.len() > text::CONTRADICTS {
        return Err(Error::bad_input(
            "input.contradicts",
            format!("at most {} statements", text::CONTRADICTS),
        ));
    }
    optional("input.note", statement.note.as_deref())
}

fn correction(correction: &Correction) -> Result<()> {
    optional("input.reason", correction.reason.as_deref())?;
    // Its subject is that of the corrected statement, so only the body can fail to fit.
    let fits = subject(
        &correction.statement.subject,
        correction.statement.body.kind(),
    );
    if let Err(Error::BadUserInput { message, .. }) = fits {
        return Err(Error::bad_input("input.body", message));
    }
    statement(&correction.statement)
}

fn retraction(retraction: &Retraction) -> Result<()> {
    plain("input.reason", &retraction.reason, text::DETAIL)
}

fn addition(addition: &Addition) -> Result<()> {
    evidence(&addition.evidence)
}

/// A date that may have come: a claim is about the past or now, so that no position changes by mere waiting.
fn begun(payload: &Payload, today: NaiveDate) -> Result<()> {
    let (field, value) = match payload {
        Payload::InitiativeOpened(it) => ("input.startedOn", it.started_on.as_ref()),
        Payload::SourceRegistered(it) => ("input.publishedOn", it.published_on.as_ref()),
        Payload::StatementRecorded(it) => ("input.validFrom", Some(&it.valid_from)),
        Payload::StatementCorrected(it) => ("input.validFrom", Some(&it.statement.valid_from)),
        Payload::StatementRetracted(_) | Payload::EvidenceAdded(_) => return Ok(()),
    };
    let Some(value) = value else { return Ok(()) };
    match date(field, value)?.earliest() {
        Some(earliest) if earliest > today => Err(Error::bad_input(
            field,
            format!("`{value}` lies after today, {today}"),
        )),
        _ => Ok(()),
    }
}

fn subject(subject: &Subject, kind: StatementKind) -> Result<()> {
    let is_relationship = matches!(subject, Subject::Relationship { .. });
    let is_initiative = matches!(subject, Subject::Initiative(_));
    match kind {
        StatementKind::Stance | StatementKind::Agreement | StatementKind::Transfer
            if !is_relationship =>
        {
            Err(Error::bad_input(
                "input.subject",
                format!("a {} is about a relationship", kind.as_ref()),
            ))
        }
        StatementKind::Count if !is_initiative => Err(Error::bad_input(
            "input.subject",
            "a COUNT is about an initiative",
        )),
        _ => match subject {
            Subject::Relationship {
                requested_state, ..
            } => country("input.subject.relationship.requestedState", requested_state),
            Subject::Country(code) => country("input.subject.country", code),
            Subject::Initiative(_) => Ok(()),
        },
    }
}

fn evidence(evidence: &[Evidence]) -> Result<()> {
    if evidence.is_empty() {
        return Err(Error::bad_input(
            "input.evidence",
            "at least one source is needed",
        ));
    }
    if evidence.len() > text::EVIDENCE {
        return Err(Error::bad_input(
            "input.evidence",
            format!("at most {} pieces", text::EVIDENCE),
        ));
    }
    for (at, one) in evidence.iter().enumerate() {
        if let Some(quote) = &one.quote {
            plain(&format!("input.evidence.{at}.quote"), quote, text::QUOTE)?;
        }
        optional(
            &format!("input.evidence.{at}.locator"),
            one.locator.as_deref(),
        )?;
    }
    Ok(())
}

fn country(field: &str, code: &str) -> Result<()> {
    match ATLAS.find_country(code) {
        Some(country) if country.code == code => Ok(()),
        _ => Err(Error::unknown(field, "country", code)),
    }
}

fn optional_date(field: &str, value: Option<&str>) -> Result<()> {
    value.map_or(Ok(()), |value| date(field, value).map(drop))
}

fn date(field: &str, value: &str) -> Result<Edtf> {
    Edtf::parse(value).map_err(|error| Error::bad_input(field, error.to_string()))
}

fn optional(field: &str, value: Option<&str>) -> Result<()> {
    value.map_or(Ok(()), |value| plain(field, value, text::DETAIL))
}

fn plain(field: &str, value: &str, limit: usize) -> Result<()> {
    text::fault(value, limit).map_or(Ok(()), |fault| Err(Error::bad_input(field, fault)))
}
