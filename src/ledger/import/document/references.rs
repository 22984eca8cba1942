//! Reference checks: unique keys, existing references, the order of publication, no unused sources.
//!
//! Every check is linear in the length of the document, and none recurses: a chain of copies may be long.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::fields::item_path;
use super::{
    Document, Errors, Evidence, Source, Statement, StatementOrder, later, order, source_corrections,
};
use crate::model::edtf::Edtf;

/// Checks the references, and returns the sources, each original before its copies, otherwise in the order of the file.
pub(super) fn check(
    document: &Document,
    statement_order: StatementOrder,
    errors: &mut Errors,
) -> Vec<Source> {
    let sources = Sources::index(&document.sources, errors);
    let order = sources.originals_first(errors);
    check_statements(&document.statements, &sources, errors);
    order::check(&document.statements, &document.retractions, errors);
    for (index, addition) in document.added_evidence.iter().enumerate() {
        let path = item_path("addedEvidence", index, Some(&addition.key));
        check_evidence(&addition.evidence, &path, &sources, errors);
    }
    later::check_additions(&document.added_evidence, &document.statements, errors);
    later::check_retractions(&document.retractions, &document.statements, errors);
    source_corrections::check(&document.source_corrections, &document.sources, errors);
    later::check_reviews(&document.reviews, &document.statements, errors);
    if statement_order == StatementOrder::Published {
        check_publication_order(&document.statements, &sources, &order, errors);
    }
    // Only without other errors: a source whose key is misspelled in a reference is also unused.
    if errors.0.is_empty() {
        check_use(document, &sources, &order, errors);
    }
    order
        .iter()
        .map(|index| sources.list[*index].clone())
        .collect()
}

struct Sources<'a> {
    list: &'a [Source],
    /// Indexes in `list`; of two sources with the same key, the first.
    by_key: HashMap<&'a str, usize>,
}

impl<'a> Sources<'a> {
    fn index(list: &'a [Source], errors: &mut Errors) -> Self {
        let mut by_key = HashMap::new();
        for (index, source) in list.iter().enumerate() {
            if let Some(first) = by_key.get(source.key.as_str()) {
                let path = item_path("sources", index, Some(&source.key));
                errors.add(
                    format!("{path}.key"),
                    format!("duplicate key, already used by sources[{first}]"),
                );
            } else {
                by_key.insert(source.key.as_str(), index);
            }
        }
        Self { list, by_key }
    }

    fn find(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    fn original(&self, index: usize) -> Option<usize> {
        let key = self.list[index].derived_from.as_deref()?;
        self.find(key)
    }

    fn path(&self, index: usize) -> String {
        item_path("sources", index, Some(&self.list[index].key))
    }

    /// Indexes, each original before its copies. A cycle is reported once, where it closes.
    fn originals_first(&self, errors: &mut Errors) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.list.len());
        let mut visited_from: Vec<Option<usize>> = vec![None; self.list.len()];
        for start in 0..self.list.len() {
            let mut chain = Vec::new();
            let mut next = Some(start);
            while let Some(index) = next {
                if let Some(earlier) = visited_from[index] {
                    if earlier == start {
                        let closing = chain.last().copied().unwrap_or(index);
                        let message = "is a circular reference".to_owned();
                        errors.add(self.path(closing) + ".derivedFrom", message);
                    }
                    break;
                }
                visited_from[index] = Some(start);
                chain.push(index);
                next = self.original(index);
                self.check_original(index, next, errors);
            }
            order.extend(chain.iter().rev());
        }
        order
    }

    fn check_original(&self, index: usize, original: Option<usize>, errors: &mut Errors) {
        if let (Some(key), None) = (&self.list[index].derived_from, original) {
            let message = format!("there is no source with the key `{key}`");
            errors.add(self.path(index) + ".derivedFrom", message);
        }
    }
}

fn check_statements(statements: &[Statement], sources: &Sources<'_>, errors: &mut Errors) {
    let mut earlier: HashMap<&str, &Statement> = HashMap::new();
    for (index, statement) in statements.iter().enumerate() {
        let path = item_path("statements", index, Some(&statement.key));
        check_evidence(&statement.evidence, &path, sources, errors);
        for (index, key) in statement.contradicts.iter().enumerate() {
            let path = format!("{path}.contradicts[{index}]");
            check_earlier(statement, key, path, &earlier, errors);
        }
        if let Some(key) = &statement.corrects {
            check_earlier(statement, key, format!("{path}.corrects"), &earlier, errors);
        }
        if earlier.insert(&statement.key, statement).is_some() {
            errors.add(
                format!("{path}.key"),
                "duplicate key, already used by an earlier statement",
            );
        }
    }
}

fn check_earlier(
    statement: &Statement,
    key: &str,
    path: String,
    earlier: &HashMap<&str, &Statement>,
    errors: &mut Errors,
) {
    match earlier.get(key) {
        None => errors.add(
            path,
            format!("there is no earlier statement with the key `{key}`"),
        ),
        Some(other) if other.subject != statement.subject => {
            errors.add(path, format!("`{key}` is about a different subject"));
        }
        Some(_) => {}
    }
}

fn check_evidence(items: &[Evidence], path: &str, sources: &Sources<'_>, errors: &mut Errors) {
    for (index, evidence) in items.iter().enumerate() {
        let key = &evidence.source;
        let message = match sources.find(key) {
            None => format!("there is no source with the key `{key}`"),
            Some(source) if sources.list[source].url.is_none() => {
                format!("the source `{key}` has no URL; cite a copy that has one")
            }
            Some(_) => continue,
        };
        errors.add(format!("{path}.evidence[{index}].source"), message);
    }
}

/// First and last day; an open or unknown end is the minimal or maximal date.
type Days = (NaiveDate, NaiveDate);

fn either(one: Option<Days>, other: Option<Days>) -> Option<Days> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (days, None) | (None, days) => days,
    }
}

/// `None` for an invalid date, which was reported before.
fn days(date: &str) -> Option<Days> {
    let date = Edtf::parse(date).ok()?;
    Some((
        date.earliest().unwrap_or(NaiveDate::MIN),
        date.latest().unwrap_or(NaiveDate::MAX),
    ))
}

/// When a source or one of its originals may have been published, by index; invalid dates were reported before.
fn list_published(sources: &Sources<'_>, order: &[usize]) -> Vec<Option<Days>> {
    let mut published = vec![None; sources.list.len()];
    for &index in order {
        let own = sources.list[index].published_on.as_deref().and_then(days);
        let original = sources.original(index).and_then(|index| published[index]);
        published[index] = either(own, original);
    }
    published
}

/// Reports a statement that comes after one that can only have become public later: the ledger is written in the order of
/// the file, so this order must be that of publication.
fn check_publication_order(
    statements: &[Statement],
    sources: &Sources<'_>,
    order: &[usize],
    errors: &mut Errors,
) {
    let published = list_published(sources, order);
    let mut newest = (NaiveDate::MIN, "");
    for (index, statement) in statements.iter().enumerate() {
        let cited = statement
            .evidence
            .iter()
            .map(|one| match &one.published_on {
                Some(date) => days(date),
                None => published[sources.find(&one.source)?],
            });
        let Some((first, last)) = cited.fold(None, either) else {
            continue;
        };
        let (day, key) = newest;
        if last < day {
            let path = item_path("statements", index, Some(&statement.key));
            let message = format!(
                "became public by {last}, but follows `{key}`, which became public on {day} or later; sort statements by publication"
            );
            errors.add(path, message);
        }
        if first > day {
            newest = (first, &statement.key);
        }
    }
}

/// Reports unused sources: no evidence cites the source or a copy of it.
fn check_use(document: &Document, sources: &Sources<'_>, order: &[usize], errors: &mut Errors) {
    let mut used = vec![false; sources.list.len()];
    let of_statements = document.statements.iter().map(|one| &one.evidence);
    let added = document.added_evidence.iter().map(|one| &one.evidence);
    let cited_sources = of_statements.chain(added).flatten();
    for index in cited_sources.filter_map(|evidence| sources.find(&evidence.source)) {
        used[index] = true;
    }
    // As originals of corrected data.
    let corrections = document.source_corrections.iter();
    let originals = corrections.filter_map(|one| one.data.derived_from.as_deref());
    for index in originals.filter_map(|key| sources.find(key)) {
        used[index] = true;
    }
    for &index in order.iter().rev() {
        if let (true, Some(original)) = (used[index], sources.original(index)) {
            used[original] = true;
        }
    }
    for index in (0..used.len()).filter(|index| !used[*index]) {
        errors.add(
            sources.path(index),
            "is not used by any statement; cite or remove it",
        );
    }
}
