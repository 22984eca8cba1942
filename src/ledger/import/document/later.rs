//! Added evidence, retractions and reviews of a document of format 2, which are recorded after its statements.

use std::collections::HashSet;

use serde::Serialize;
use serde_json::Value;

use super::fields::{Fields, item_path};
use super::order::Dependencies;
use super::{Errors, Evidence, Format, Statement, Subject, statement};

/// Evidence for or against a statement that an earlier edition may have recorded already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AddedEvidence {
    /// Unique among the additions of the document.
    pub key: String,
    /// Key of the statement.
    pub statement: String,
    /// Never empty.
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retraction {
    /// Key of a statement that is valid once the retractions before are recorded.
    pub statement: String,
    pub reason: String,
}

/// A check that found nothing new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// A relationship that a statement is about, or the initiative.
    pub subject: Subject,
    /// `YYYY-MM-DD`. An import must not claim that its own day is the day of the check.
    pub reviewed_on: String,
    pub note: Option<String>,
}

pub(super) fn parse_addition(
    path: String,
    value: &Value,
    errors: &mut Errors,
) -> Option<AddedEvidence> {
    let fields = Fields::open(path, value, &["key", "statement", "evidence"], errors)?;
    let [key, statement] = ["key", "statement"].map(|key| fields.text(key, errors));
    let evidence = statement::parse_evidence_list(Format::Two, &fields, errors);
    Some(AddedEvidence {
        key: key?,
        statement: statement?,
        evidence: evidence?,
    })
}

pub(super) fn parse_retraction(
    path: String,
    value: &Value,
    errors: &mut Errors,
) -> Option<Retraction> {
    let fields = Fields::open(path, value, &["statement", "reason"], errors)?;
    let [statement, reason] = ["statement", "reason"].map(|key| fields.text(key, errors));
    Some(Retraction {
        statement: statement?,
        reason: reason?,
    })
}

pub(super) fn parse_review(path: String, value: &Value, errors: &mut Errors) -> Option<Review> {
    let fields = Fields::open(path, value, &["subject", "reviewedOn", "note"], errors)?;
    let subject = statement::parse_subject(&fields, errors);
    let reviewed_on = fields.text("reviewedOn", errors);
    let note = fields.text_or_null("note", errors);
    Some(Review {
        subject: subject?,
        reviewed_on: reviewed_on?,
        note: note?,
    })
}

/// Checks that no two reviews are of one subject and day, and that relationships exist.
pub(super) fn check_reviews(reviews: &[Review], statements: &[Statement], errors: &mut Errors) {
    let subjects: HashSet<&Subject> = statements.iter().map(|one| &one.subject).collect();
    let mut seen = HashSet::new();
    for (index, review) in reviews.iter().enumerate() {
        let path = item_path("reviews", index, None);
        if matches!(review.subject, Subject::Relationship(_)) && !subjects.contains(&review.subject)
        {
            let message = "no statement of the document is about this relationship";
            errors.add(format!("{path}.subject"), message);
        }
        if !seen.insert((&review.subject, &review.reviewed_on)) {
            let message = "an earlier review is of the same subject and day";
            errors.add(path, message);
        }
    }
}

/// Checks that additions have different keys and name statements.
pub(super) fn check_additions(
    additions: &[AddedEvidence],
    statements: &[Statement],
    errors: &mut Errors,
) {
    let statements: HashSet<&str> = statements.iter().map(|one| one.key.as_str()).collect();
    let mut keys = HashSet::new();
    for (index, addition) in additions.iter().enumerate() {
        let path = item_path("addedEvidence", index, Some(&addition.key));
        if !keys.insert(&addition.key) {
            let message = "duplicate key, already used by earlier evidence";
            errors.add(format!("{path}.key"), message);
        }
        if !statements.contains(addition.statement.as_str()) {
            errors.add(
                format!("{path}.statement"),
                no_statement(&addition.statement),
            );
        }
    }
}

/// Checks that each retraction names a statement that is valid by then.
pub(super) fn check_retractions(
    retractions: &[Retraction],
    statements: &[Statement],
    errors: &mut Errors,
) {
    let keys: HashSet<&str> = statements.iter().map(|one| one.key.as_str()).collect();
    let dependencies = Dependencies::new(statements, retractions);
    let mut retracted = HashSet::new();
    for (index, retraction) in retractions.iter().enumerate() {
        let path = format!("{}.statement", item_path("retractions", index, None));
        let key = retraction.statement.as_str();
        if !keys.contains(key) {
            errors.add(path, no_statement(key));
        } else if !retracted.insert(key) {
            errors.add(path, format!("`{key}` is already retracted"));
        } else if let Some(by) = dependencies.valid_corrections(key, index).next() {
            let message = format!("`{key}` is corrected by `{by}`; retract that one");
            errors.add(path, message);
        }
    }
}

fn no_statement(key: &str) -> String {
    format!("there is no statement with the key `{key}`")
}
