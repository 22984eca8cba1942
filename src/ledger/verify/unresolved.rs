//! References of an entry that do not resolve, and the other rules that a database enforces when a row is inserted.

use std::collections::BTreeSet;

use crate::ledger::batch::{Batch, References};
use crate::ledger::payload::{Payload, Subject};
use crate::model::country::ATLAS;

/// The first reference of a payload that is not to an earlier entry or a country, or another rule that it breaks.
pub(super) fn find_unresolved(batch: &Batch, payload: &Payload) -> Option<String> {
    let mut references = References::default();
    references.add(payload);
    let cache = &batch.cache;
    let initiative = references.initiatives.iter();
    let mut initiative = initiative.filter(|id| !cache.initiatives.contains_key(id));
    let source = references.sources.iter();
    let mut source = source.filter(|id| cache.sources.find(**id).is_none());
    let statement = references.statements.iter();
    let mut statement = statement.filter(|id| batch.find_statement(**id).is_none());
    let missing = [
        ("initiative", initiative.next()),
        ("source", source.next()),
        ("statement", statement.next()),
    ];
    let missing = missing
        .into_iter()
        .find_map(|(what, id)| Some(format!("no earlier entry is {what} {}", id?)));
    missing
        .or_else(|| check_countries(batch, payload))
        .or_else(|| check_reviewed(batch, payload))
        .or_else(|| check_version(batch, payload))
        .or_else(|| check_pairs(payload))
}

fn check_countries(batch: &Batch, payload: &Payload) -> Option<String> {
    let subject = payload.statement().map(|statement| &statement.subject);
    let code = match (payload, subject) {
        (Payload::InitiativeOpened(initiative), _) => &initiative.requesting_state,
        (
            _,
            Some(Subject::Relationship {
                requested_state, ..
            }),
        ) => requested_state,
        (_, Some(Subject::Country(code))) => code,
        (_, Some(Subject::Initiative(_)) | None) => return None,
    };
    if ATLAS.find_country(code).is_none() {
        return Some(format!("`{code}` is not a country"));
    }
    let Some(Subject::Relationship { initiative, .. }) = subject else {
        return None;
    };
    let initiative = batch.cache.initiatives.get(initiative)?;
    (initiative.requesting_state == *code)
        .then(|| format!("{code} is the requesting state and the requested state"))
}

/// A relationship is reviewed after the first statement about it.
fn check_reviewed(batch: &Batch, payload: &Payload) -> Option<String> {
    let Payload::ReviewRecorded(review) = payload else {
        return None;
    };
    let state = review.requested_state.as_ref()?;
    let relationship = batch.cache.find_relationship(review.initiative, state);
    let message = || format!("no earlier entry is about the request to {state}");
    relationship.is_none().then(message)
}

/// A version of a source is corrected once, and no source derives from itself.
fn check_version(batch: &Batch, payload: &Payload) -> Option<String> {
    let Payload::SourceCorrected(correction) = payload else {
        return None;
    };
    let (number, sources) = (correction.number, &batch.cache.sources);
    if sources.find(number)?.newest.id != correction.corrects {
        let version = correction.corrects;
        return Some(format!(
            "{version} is not the newest version of source {number}"
        ));
    }
    let original = correction.source.derived_from?;
    let message = || format!("source {number} derives from itself");
    sources.derives_from(original, number).then(message)
}

/// A pair of statements contradicts once.
fn check_pairs(payload: &Payload) -> Option<String> {
    let contradicts = &payload.statement()?.contradicts;
    let mut seen = BTreeSet::new();
    let repeated = contradicts.iter().find(|id| !seen.insert(**id))?;
    Some(format!("statement {repeated} is contradicted twice"))
}
