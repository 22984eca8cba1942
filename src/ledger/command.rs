//! Commands: writes that passed every check that needs no other entry. `preconditions` does the other checks, under the lock.

use chrono::NaiveDate;

use super::payload::{
    Correction, Evidence, Initiative, Payload, Retraction, Review, Source, SourceCorrection,
    Statement, Subject,
};
use crate::error::{Error, Result};
use crate::input_errors::InputErrors;
use crate::model::country::ATLAS;
use crate::model::edtf::Edtf;
use crate::model::statement::{EvidenceRelation, RequiredSubject, StatementKind};
use crate::model::text;
use crate::model::time::parse_day;

/// A valid payload with its actor and idempotency key.
#[derive(Clone, Debug)]
pub struct Command {
    pub(super) actor: String,
    pub(super) idempotency_key: String,
    pub(super) payload: Payload,
    /// Whether its dates are in the past. Checked for new entries only: after a clock was set back, a retry must still return
    /// its first entry.
    pub(super) date_check: Result<()>,
}

impl Command {
    /// `today` is the day of recording: no date may be after it.
    /// # Errors
    /// `Error::BadUserInput` or `Error::NotFound` with the path of the invalid field, `input.…`; all of them at once.
    pub fn new(
        actor: &str,
        idempotency_key: &str,
        payload: Payload,
        today: NaiveDate,
    ) -> Result<Self> {
        let mut errors = InputErrors::default();
        let command = Self::check(actor, idempotency_key, payload, today, &mut errors);
        errors.into_result().map(|()| command)
    }

    /// As [`Command::new`]. After an error the command is good for [`super::dry_run`] only.
    pub fn check(
        actor: &str,
        idempotency_key: &str,
        payload: Payload,
        today: NaiveDate,
        errors: &mut InputErrors,
    ) -> Self {
        let field = "input.idempotencyKey";
        errors.check(check_text(
            field,
            idempotency_key,
            text::MAX_IDEMPOTENCY_KEY,
        ));
        match &payload {
            Payload::InitiativeOpened(payload) => check_initiative(payload, errors),
            Payload::SourceRegistered(payload) => check_source(payload, errors),
            Payload::StatementRecorded(payload) => check_statement(payload, errors),
            Payload::StatementCorrected(payload) => check_correction(payload, errors),
            Payload::StatementRetracted(payload) => check_retraction(payload, errors),
            Payload::EvidenceAdded(payload) => check_evidence(&payload.evidence, errors),
            Payload::ReviewRecorded(payload) => check_review(payload, errors),
            Payload::EditionImported(payload) => {
                let field = "input.edition";
                errors.check(check_text(field, &payload.edition, text::MAX_EDITION));
            }
            Payload::SourceCorrected(payload) => check_source_correction(payload, errors),
        }
        Self {
            actor: actor.to_owned(),
            idempotency_key: idempotency_key.to_owned(),
            date_check: check_not_in_future(&payload, today),
            payload,
        }
    }
}

fn check_initiative(initiative: &Initiative, errors: &mut InputErrors) {
    if !text::is_slug(&initiative.slug) {
        let message = format!(
            "`{}` is not a valid slug: use lower-case letters and digits joined by hyphens, at most {} characters",
            initiative.slug,
            text::MAX_SLUG
        );
        errors.add(Error::bad_input("input.slug", message));
    }
    errors.check(check_text(
        "input.title",
        &initiative.title,
        text::MAX_TITLE,
    ));
    errors.check(check_text(
        "input.summary",
        &initiative.summary,
        text::MAX_INITIATIVE_SUMMARY,
    ));
    errors.check(check_country(
        "input.requestingState",
        &initiative.requesting_state,
    ));
    errors.check(check_optional_date(
        "input.startedOn",
        initiative.started_on.as_deref(),
    ));
}

fn check_source(source: &Source, errors: &mut InputErrors) {
    errors.check(check_text(
        "input.publisher",
        &source.publisher,
        text::MAX_LABEL,
    ));
    errors.check(check_text("input.title", &source.title, text::MAX_TITLE));
    if let Some(violation) = source.url.as_deref().and_then(text::url_violation) {
        errors.add(Error::bad_input("input.url", violation));
    }
    if let Some(language) = &source.language
        && !text::is_language_code(language)
    {
        errors.add(Error::bad_input(
            "input.language",
            format!(
                "`{language}` is not an ISO 639 code of two or three lower-case letters, such as en"
            ),
        ));
    }
    errors.check(check_optional_date(
        "input.publishedOn",
        source.published_on.as_deref(),
    ));
}

fn check_source_correction(correction: &SourceCorrection, errors: &mut InputErrors) {
    let reason = &correction.reason;
    errors.check(check_text("input.reason", reason, text::MAX_DETAIL));
    check_source(&correction.source, errors);
}

fn check_statement(statement: &Statement, errors: &mut InputErrors) {
    let (subject, kind) = (&statement.subject, statement.body.kind());
    if let Some(message) = subject_violation(subject, kind) {
        errors.add(Error::bad_input("input.subject", message));
    }
    errors.check(match subject {
        Subject::Relationship {
            requested_state, ..
        } => check_country("input.subject.relationship.requestedState", requested_state),
        Subject::Country(code) => check_country("input.subject.country", code),
        Subject::Initiative(_) => Ok(()),
    });
    check_claim(statement, errors);
}

/// Checks everything but the subject.
fn check_claim(statement: &Statement, errors: &mut InputErrors) {
    errors.check(check_text(
        "input.claimant.label",
        &statement.claimant.label,
        text::MAX_LABEL,
    ));
    errors.check(check_date("input.validFrom", &statement.valid_from));
    errors.check(check_text(
        "input.summary",
        &statement.summary,
        text::MAX_SUMMARY,
    ));
    for (path, violation) in statement.body.violations() {
        errors.add(Error::bad_input(format!("input.body.{path}"), violation));
    }
    if let Some((path, code)) = statement.body.country_code() {
        errors.check(check_country(&format!("input.body.{path}"), code));
    }
    check_evidence(&statement.evidence, errors);
    if !statement
        .evidence
        .iter()
        .any(|item| item.relation == EvidenceRelation::Supports)
    {
        errors.add(Error::bad_input(
            "input.evidence",
            "at least one item must have the relation SUPPORTS",
        ));
    }
    if statement.contradicts.len() > text::MAX_CONTRADICTS {
        errors.add(Error::bad_input(
            "input.contradicts",
            format!("too many items; the limit is {}", text::MAX_CONTRADICTS),
        ));
    }
    errors.check(check_optional_text("input.note", statement.note.as_deref()));
}

fn check_correction(correction: &Correction, errors: &mut InputErrors) {
    errors.check(check_optional_text(
        "input.reason",
        correction.reason.as_deref(),
    ));
    // Its subject is that of the corrected statement, so only the body can be wrong.
    let statement = &correction.statement;
    if let Some(message) = subject_violation(&statement.subject, statement.body.kind()) {
        errors.add(Error::bad_input("input.body", message));
    }
    check_claim(statement, errors);
}

fn check_retraction(retraction: &Retraction, errors: &mut InputErrors) {
    let reason = &retraction.reason;
    errors.check(check_text("input.reason", reason, text::MAX_DETAIL));
}

fn check_review(review: &Review, errors: &mut InputErrors) {
    if let Some(state) = &review.requested_state {
        let field = "input.subject.relationship.requestedState";
        errors.check(check_country(field, state));
    }
    errors.check(check_optional_text("input.note", review.note.as_deref()));
    if let Some(day) = &review.reviewed_on {
        let field = "input.reviewedOn";
        errors.check(match parse_day(day) {
            Some(_) => check_date(field, day).map(drop),
            None => Err(Error::bad_input(
                field,
                format!("`{day}` is not a valid date (YYYY-MM-DD)"),
            )),
        });
    }
}

/// Rejects dates in the future: claims are about the past or present, so that no position changes just because time passes.
fn check_not_in_future(payload: &Payload, today: NaiveDate) -> Result<()> {
    let mut errors = InputErrors::default();
    let (field, value) = match payload {
        Payload::InitiativeOpened(payload) => ("input.startedOn", payload.started_on.as_ref()),
        Payload::SourceRegistered(payload) => ("input.publishedOn", payload.published_on.as_ref()),
        Payload::SourceCorrected(payload) => {
            let date = payload.source.published_on.as_ref();
            ("input.publishedOn", date)
        }
        Payload::StatementRecorded(payload) => ("input.validFrom", Some(&payload.valid_from)),
        Payload::StatementCorrected(payload) => {
            ("input.validFrom", Some(&payload.statement.valid_from))
        }
        Payload::ReviewRecorded(payload) => ("input.reviewedOn", payload.reviewed_on.as_ref()),
        Payload::StatementRetracted(_)
        | Payload::EvidenceAdded(_)
        | Payload::EditionImported(_) => ("", None),
    };
    if let Some(value) = value {
        errors.check(check_date_is_past(field, value, today));
    }
    let evidence = payload.evidence().iter().enumerate();
    for (index, date) in
        evidence.filter_map(|(index, item)| Some((index, item.published_on.as_ref()?)))
    {
        let field = format!("input.evidence[{index}].publishedOn");
        errors.check(check_date_is_past(&field, date, today));
    }
    errors.into_result()
}

fn check_date_is_past(field: &str, value: &str, today: NaiveDate) -> Result<()> {
    match check_date(field, value)?.earliest() {
        Some(earliest) if earliest > today => Err(Error::bad_input(
            field,
            format!("`{value}` is in the future; the latest date is today, {today}"),
        )),
        _ => Ok(()),
    }
}

/// Why a body of this kind cannot be about this subject.
fn subject_violation(subject: &Subject, kind: StatementKind) -> Option<String> {
    let (is_allowed, required) = match kind.required_subject() {
        RequiredSubject::Relationship => (
            matches!(subject, Subject::Relationship { .. }),
            "a relationship",
        ),
        RequiredSubject::Initiative => (matches!(subject, Subject::Initiative(_)), "an initiative"),
        RequiredSubject::Any => (true, ""),
    };
    let message = || format!("a {} statement must be about {required}", kind.as_ref());
    (!is_allowed).then(message)
}

fn check_evidence(evidence: &[Evidence], errors: &mut InputErrors) {
    if evidence.is_empty() {
        errors.add(Error::bad_input(
            "input.evidence",
            "at least one item is required",
        ));
    }
    if evidence.len() > text::MAX_EVIDENCE {
        errors.add(Error::bad_input(
            "input.evidence",
            format!("too many items; the limit is {}", text::MAX_EVIDENCE),
        ));
    }
    for (index, item) in evidence.iter().enumerate() {
        let field = |name| format!("input.evidence[{index}].{name}");
        if let Some(quote) = &item.quote {
            errors.check(check_text(&field("quote"), quote, text::MAX_QUOTE));
        }
        let locator = item.locator.as_deref();
        errors.check(check_optional_text(&field("locator"), locator));
        let date = item.published_on.as_deref();
        errors.check(check_optional_date(&field("publishedOn"), date));
    }
}

fn check_country(field: &str, code: &str) -> Result<()> {
    match ATLAS.find_country(code) {
        Some(country) if country.code == code => Ok(()),
        _ => Err(Error::not_found_input(field, "country", code)),
    }
}

fn check_optional_date(field: &str, value: Option<&str>) -> Result<()> {
    value.map_or(Ok(()), |value| check_date(field, value).map(drop))
}

fn check_date(field: &str, value: &str) -> Result<Edtf> {
    Edtf::parse_input(value).map_err(|error| Error::bad_input(field, error.to_string()))
}

fn check_optional_text(field: &str, value: Option<&str>) -> Result<()> {
    value.map_or(Ok(()), |value| check_text(field, value, text::MAX_DETAIL))
}

fn check_text(field: &str, value: &str, limit: usize) -> Result<()> {
    text::violation(value, limit)
        .map_or(Ok(()), |violation| Err(Error::bad_input(field, violation)))
}
