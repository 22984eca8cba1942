//! Value checks: rules for the values of single items. `references` checks references between items.

use super::parse::Draft;
use super::{Errors, Evidence, Initiative, Review, Source, Statement, Subject};
use crate::model::country::ATLAS;
use crate::model::edtf::Edtf;
use crate::model::statement::{EvidenceRelation, RequiredSubject};
use crate::model::text;
use crate::model::time::parse_day;

/// Checks all items. Rules that involve the initiative's slug or state are skipped if the initiative could not be parsed.
pub(super) fn check(draft: &Draft, errors: &mut Errors) {
    let initiative = draft.initiative.as_ref();
    if let Some(initiative) = initiative {
        check_initiative(initiative, errors);
    }
    for (path, source) in &draft.sources {
        check_source(source, &mut Checks { path, errors });
    }
    for (path, statement) in &draft.statements {
        check_statement(statement, initiative, &mut Checks { path, errors });
    }
    for (path, addition) in &draft.added_evidence {
        let checks = &mut Checks { path, errors };
        checks.key("key", &addition.key);
        check_evidence(&addition.evidence, checks);
    }
    for (path, retraction) in &draft.retractions {
        let checks = &mut Checks { path, errors };
        checks.text("reason", &retraction.reason, text::MAX_DETAIL);
    }
    for (path, correction) in &draft.source_corrections {
        let checks = &mut Checks { path, errors };
        checks.text("reason", &correction.reason, text::MAX_DETAIL);
        check_source(&correction.data, checks);
    }
    for (path, review) in &draft.reviews {
        check_review(review, initiative, &mut Checks { path, errors });
    }
    if let Some(violation) = draft
        .edition
        .as_deref()
        .and_then(|edition| text::violation(edition, text::MAX_EDITION))
    {
        errors.add("edition", violation);
    }
}

/// Checks of single values; an error is reported at `path` and the field.
struct Checks<'a> {
    path: &'a str,
    errors: &'a mut Errors,
}

impl Checks<'_> {
    fn add(&mut self, field: &str, message: impl AsRef<str>) {
        self.errors.add(format!("{}.{field}", self.path), message);
    }

    fn text(&mut self, field: &str, value: &str, limit: usize) {
        if let Some(violation) = text::violation(value, limit) {
            self.add(field, violation);
        }
    }

    fn text_or_null(&mut self, field: &str, value: Option<&String>, limit: usize) {
        if let Some(value) = value {
            self.text(field, value, limit);
        }
    }

    fn date(&mut self, field: &str, value: &str) {
        if let Err(error) = Edtf::parse_input(value) {
            self.add(field, error.to_string());
        }
    }

    fn key(&mut self, field: &str, value: &str) {
        if !text::is_slug(value) {
            let limit = text::MAX_SLUG;
            let form = format!(
                "must be lower-case letters and digits joined by hyphens, at most {limit} characters"
            );
            self.add(field, form);
        }
    }

    /// ISO 3166-1 alpha-2 or `XK`, in upper case: documents are compared and hashed without normalisation.
    fn country(&mut self, field: &str, code: &str) {
        if ATLAS
            .find_country(code)
            .is_none_or(|country| country.code != code)
        {
            self.add(
                field,
                format!("`{code}` is not a country code (ISO 3166-1 alpha-2 in upper case, or XK)"),
            );
        }
    }
}

fn check_initiative(initiative: &Initiative, errors: &mut Errors) {
    let mut checks = Checks {
        path: "initiative",
        errors,
    };
    checks.key("slug", &initiative.slug);
    checks.text("title", &initiative.title, text::MAX_TITLE);
    checks.country("requestingState", &initiative.requesting_state);
    checks.date("startedOn", &initiative.started_on);
    checks.text("summary", &initiative.summary, text::MAX_INITIATIVE_SUMMARY);
}

fn check_source(source: &Source, checks: &mut Checks<'_>) {
    checks.key("key", &source.key);
    checks.text("publisher", &source.publisher, text::MAX_LABEL);
    checks.text("title", &source.title, text::MAX_TITLE);
    if let Some(violation) = source.url.as_deref().and_then(text::url_violation) {
        checks.add("url", violation);
    }
    if let Some(date) = &source.published_on {
        checks.date("publishedOn", date);
    }
    if !text::is_language_code(&source.language) {
        checks.add(
            "language",
            "must be an ISO 639 code of two or three lower-case letters, such as en",
        );
    }
}

fn check_statement(
    statement: &Statement,
    initiative: Option<&Initiative>,
    checks: &mut Checks<'_>,
) {
    checks.key("key", &statement.key);
    if let Some(initiative) = initiative {
        check_subject(&statement.subject, initiative, checks);
    }
    checks.text("claimant.label", &statement.claimant.label, text::MAX_LABEL);
    checks.date("validFrom", &statement.valid_from);
    checks.text("summary", &statement.summary, text::MAX_SUMMARY);
    check_body(statement, checks);
    check_evidence(&statement.evidence, checks);
    check_support(&statement.evidence, checks);
    check_contradicts(&statement.contradicts, checks);
    checks.text_or_null("note", statement.note.as_ref(), text::MAX_DETAIL);
    checks.text_or_null("reason", statement.reason.as_ref(), text::MAX_DETAIL);
    if statement.reason.is_some() && statement.corrects.is_none() {
        checks.add("reason", "is for a statement that corrects another one");
    }
}

fn check_review(review: &Review, initiative: Option<&Initiative>, checks: &mut Checks<'_>) {
    if let Subject::Country(_) = review.subject {
        checks.add("subject", "must be a relationship or the initiative");
    } else if let Some(initiative) = initiative {
        check_subject(&review.subject, initiative, checks);
    }
    if parse_day(&review.reviewed_on).is_some() {
        checks.date("reviewedOn", &review.reviewed_on);
    } else {
        let message = format!("`{}` is not a day (YYYY-MM-DD)", review.reviewed_on);
        checks.add("reviewedOn", message);
    }
    checks.text_or_null("note", review.note.as_ref(), text::MAX_DETAIL);
}

fn check_subject(subject: &Subject, initiative: &Initiative, checks: &mut Checks<'_>) {
    match subject {
        Subject::Relationship(code) if *code == initiative.requesting_state => {
            let message =
                format!("`{code}` is the requesting state of the initiative; use another country");
            checks.add("subject.relationship", message);
        }
        Subject::Relationship(code) => checks.country("subject.relationship", code),
        Subject::Country(code) => checks.country("subject.country", code),
        Subject::Initiative(slug) if *slug != initiative.slug => {
            let message = format!("`{slug}` is not the initiative of this document");
            checks.add("subject.initiative", message);
        }
        Subject::Initiative(_) => {}
    }
}

fn check_body(statement: &Statement, checks: &mut Checks<'_>) {
    for (field, message) in statement.body.violations() {
        checks.add(&format!("body.{field}"), message);
    }
    if let Some((path, code)) = statement.body.country_code() {
        checks.country(&format!("body.{path}"), code);
    }
    let (kind, subject) = (statement.body.kind(), &statement.subject);
    let (is_allowed, required) = match kind.required_subject() {
        RequiredSubject::Relationship => (
            matches!(subject, Subject::Relationship(_)),
            "a relationship",
        ),
        RequiredSubject::Initiative => {
            (matches!(subject, Subject::Initiative(_)), "the initiative")
        }
        RequiredSubject::Any => (true, ""),
    };
    if !is_allowed {
        let kind = kind.as_ref().to_lowercase();
        checks.add(
            "subject",
            format!("must be {required} for a body of kind {kind}"),
        );
    }
}

fn check_support(evidence: &[Evidence], checks: &mut Checks<'_>) {
    let supports = |item: &Evidence| item.relation == EvidenceRelation::Supports;
    if !evidence.is_empty() && !evidence.iter().any(supports) {
        checks.add(
            "evidence",
            "needs at least one item with the relation SUPPORTS",
        );
    }
}

fn check_evidence(evidence: &[Evidence], checks: &mut Checks<'_>) {
    if evidence.is_empty() {
        checks.add("evidence", "must not be empty");
    }
    if evidence.len() > text::MAX_EVIDENCE {
        checks.add(
            "evidence",
            format!(
                "has {} items; the limit is {}",
                evidence.len(),
                text::MAX_EVIDENCE
            ),
        );
    }
    for (index, item) in evidence.iter().enumerate() {
        checks.text_or_null(
            &format!("evidence[{index}].quote"),
            item.quote.as_ref(),
            text::MAX_QUOTE,
        );
        checks.text_or_null(
            &format!("evidence[{index}].locator"),
            item.locator.as_ref(),
            text::MAX_DETAIL,
        );
        if let Some(date) = &item.published_on {
            checks.date(&format!("evidence[{index}].publishedOn"), date);
        }
    }
}

fn check_contradicts(contradicts: &[String], checks: &mut Checks<'_>) {
    let (count, limit) = (contradicts.len(), text::MAX_CONTRADICTS);
    if count > limit {
        checks.add(
            "contradicts",
            format!("has {count} items; the limit is {limit}"),
        );
        return; // comparing all pairs is for short lists
    }
    for (index, key) in contradicts.iter().enumerate() {
        if contradicts[..index].contains(key) {
            checks.add(
                &format!("contradicts[{index}]"),
                format!("`{key}` is listed twice"),
            );
        }
    }
}
