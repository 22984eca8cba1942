//! What the values of one item may be, whatever else the document holds. References are in `references`.

use super::parse::Draft;
use super::{Evidence, Faults, Initiative, Source, Statement, Subject};
use crate::model::country::ATLAS;
use crate::model::edtf::Edtf;
use crate::model::statement::{EvidenceRelation, StatementKind};
use crate::model::text;

/// A rule about an initiative's slug or state cannot be checked while the initiative cannot be read.
pub(super) fn check(draft: &Draft, faults: &mut Faults) {
    let initiative = draft.initiative.as_ref();
    if let Some(initiative) = initiative {
        check_initiative(initiative, faults);
    }
    for (path, source) in &draft.sources {
        check_source(source, &mut Checks { path, faults });
    }
    for (path, statement) in &draft.statements {
        check_statement(statement, initiative, &mut Checks { path, faults });
    }
}

/// Checks of single values; a fault is reported at `path` and the field.
struct Checks<'a> {
    path: &'a str,
    faults: &'a mut Faults,
}

impl Checks<'_> {
    fn add(&mut self, field: &str, message: impl AsRef<str>) {
        self.faults.add(format!("{}.{field}", self.path), message);
    }

    fn text(&mut self, field: &str, value: &str, limit: usize) {
        if let Some(fault) = text::fault(value, limit) {
            self.add(field, fault);
        }
    }

    fn text_or_null(&mut self, field: &str, value: Option<&String>, limit: usize) {
        if let Some(value) = value {
            self.text(field, value, limit);
        }
    }

    fn date(&mut self, field: &str, value: &str) {
        if let Err(error) = Edtf::parse(value) {
            self.add(field, error.to_string());
        }
    }

    fn key(&mut self, field: &str, value: &str) {
        if !text::is_slug(value) {
            let limit = text::SLUG;
            let form = format!(
                "must be lower-case words and digits joined by hyphens, at most {limit} characters"
            );
            self.add(field, form);
        }
    }

    /// ISO 3166-1 alpha-2 or `XK`, in upper case: a document is compared and hashed as it stands.
    fn country(&mut self, field: &str, code: &str) {
        if ATLAS
            .find_country(code)
            .is_none_or(|country| country.code != code)
        {
            self.add(
                field,
                format!("`{code}` is not the code of a country, such as XK"),
            );
        }
    }
}

fn check_initiative(initiative: &Initiative, faults: &mut Faults) {
    let mut checks = Checks {
        path: "initiative",
        faults,
    };
    checks.key("slug", &initiative.slug);
    checks.text("title", &initiative.title, text::TITLE);
    checks.country("requestingState", &initiative.requesting_state);
    checks.date("startedOn", &initiative.started_on);
    checks.text("summary", &initiative.summary, text::INITIATIVE_SUMMARY);
}

fn check_source(source: &Source, checks: &mut Checks<'_>) {
    checks.key("key", &source.key);
    checks.text("publisher", &source.publisher, text::LABEL);
    checks.text("title", &source.title, text::TITLE);
    if let Some(fault) = source.url.as_deref().and_then(text::url_fault) {
        checks.add("url", fault);
    }
    if let Some(date) = &source.published_on {
        checks.date("publishedOn", date);
    }
    let language = source.language.as_bytes();
    if !matches!(language.len(), 2 | 3) || !language.iter().all(u8::is_ascii_lowercase) {
        checks.add(
            "language",
            "must be a code of two or three lower-case letters, such as en",
        );
    }
}

/// The URL standard mends `https:example.org` and `https:///example.org` ("special authority ignore slashes state");
/// other readers of the same text see no host there.
fn check_statement(
    statement: &Statement,
    initiative: Option<&Initiative>,
    checks: &mut Checks<'_>,
) {
    checks.key("key", &statement.key);
    if let Some(initiative) = initiative {
        check_subject(&statement.subject, initiative, checks);
    }
    checks.text("claimant.label", &statement.claimant.label, text::LABEL);
    checks.date("validFrom", &statement.valid_from);
    checks.text("summary", &statement.summary, text::SUMMARY);
    check_body(statement, checks);
    check_evidence(&statement.evidence, checks);
    check_contradicts(&statement.contradicts, checks);
    checks.text_or_null("note", statement.note.as_ref(), text::DETAIL);
}

fn check_subject(subject: &Subject, initiative: &Initiative, checks: &mut Checks<'_>) {
    match subject {
        Subject::Relationship(code) if *code == initiative.requesting_state => {
            let message = format!("`{code}` is the requesting state itself");
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
    for (field, message) in statement.body.faults() {
        checks.add(&format!("body.{field}"), message);
    }
    if let Some(code) = statement.body.country_code() {
        checks.country("body.legal.jurisdiction", code);
    }
    match statement.body.kind() {
        StatementKind::Stance | StatementKind::Agreement | StatementKind::Transfer => {
            if !matches!(statement.subject, Subject::Relationship(_)) {
                let kind = statement.body.kind().as_ref().to_lowercase();
                checks.add(
                    "subject",
                    format!("must be a relationship for a body of kind {kind}"),
                );
            }
        }
        StatementKind::Count => {
            if !matches!(statement.subject, Subject::Initiative(_)) {
                checks.add("subject", "must be the initiative for a body of kind count");
            }
        }
        StatementKind::Funding
        | StatementKind::Legal
        | StatementKind::Concern
        | StatementKind::Pressure
        | StatementKind::Denial => {}
    }
}

fn check_evidence(evidence: &[Evidence], checks: &mut Checks<'_>) {
    if evidence.is_empty() {
        checks.add("evidence", "must not be empty");
    } else if evidence
        .iter()
        .all(|it| it.relation != EvidenceRelation::Supports)
    {
        checks.add(
            "evidence",
            "needs at least one source that SUPPORTS the statement",
        );
    }
    if evidence.len() > text::EVIDENCE {
        checks.add(
            "evidence",
            format!("holds {}, the limit is {}", evidence.len(), text::EVIDENCE),
        );
    }
    for (at, it) in evidence.iter().enumerate() {
        checks.text_or_null(
            &format!("evidence[{at}].quote"),
            it.quote.as_ref(),
            text::QUOTE,
        );
        checks.text_or_null(
            &format!("evidence[{at}].locator"),
            it.locator.as_ref(),
            text::DETAIL,
        );
    }
}

fn check_contradicts(contradicts: &[String], checks: &mut Checks<'_>) {
    let (count, limit) = (contradicts.len(), text::CONTRADICTS);
    if count > limit {
        checks.add(
            "contradicts",
            format!("holds {count}, the limit is {limit}"),
        );
        return; // comparing each with each is for short lists
    }
    for (at, key) in contradicts.iter().enumerate() {
        if contradicts[..at].contains(key) {
            checks.add(
                &format!("contradicts[{at}]"),
                format!("`{key}` is repeated"),
            );
        }
    }
}
