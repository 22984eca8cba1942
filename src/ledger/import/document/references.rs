//! What items of a document say of each other: unique keys, known names, the order of publication, no leftovers.
//!
//! Every walk here is linear in the length of the document, and none recurses: a chain of copies may be long.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::parse::item_path;
use super::{Document, Faults, Source, Statement};
use crate::model::edtf::Edtf;

/// The sources of the document, each original before what derives from it, otherwise in the order of the file.
pub(super) fn check(document: &Document, faults: &mut Faults) -> Vec<Source> {
    let sources = Sources::index(&document.sources, faults);
    let order = sources.originals_first(faults);
    check_statements(&document.statements, &sources, faults);
    check_publication_order(&document.statements, &sources, &order, faults);
    // Only then: who names a source wrongly also leaves it unused.
    if faults.0.is_empty() {
        check_use(&document.statements, &sources, &order, faults);
    }
    order.iter().map(|at| sources.list[*at].clone()).collect()
}

struct Sources<'a> {
    list: &'a [Source],
    /// Positions in `list`; of two with the same key, the first.
    by_key: HashMap<&'a str, usize>,
}

impl<'a> Sources<'a> {
    fn index(list: &'a [Source], faults: &mut Faults) -> Self {
        let mut by_key = HashMap::new();
        for (at, source) in list.iter().enumerate() {
            if let Some(first) = by_key.get(source.key.as_str()) {
                let path = item_path("sources", at, Some(&source.key));
                faults.add(
                    format!("{path}.key"),
                    format!("is the key of sources[{first}] too"),
                );
            } else {
                by_key.insert(source.key.as_str(), at);
            }
        }
        Self { list, by_key }
    }

    fn find(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    fn original(&self, at: usize) -> Option<usize> {
        let key = self.list[at].derived_from.as_deref()?;
        self.find(key)
    }

    fn path(&self, at: usize) -> String {
        item_path("sources", at, Some(&self.list[at].key))
    }

    /// Positions, each original before what derives from it. A circle is reported once, where it closes.
    fn originals_first(&self, faults: &mut Faults) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.list.len());
        let mut seen_from: Vec<Option<usize>> = vec![None; self.list.len()];
        for start in 0..self.list.len() {
            let mut chain = Vec::new();
            let mut next = Some(start);
            while let Some(at) = next {
                if let Some(earlier) = seen_from[at] {
                    if earlier == start {
                        let closing = chain.last().copied().unwrap_or(at);
                        let message = "runs in a circle".to_owned();
                        faults.add(self.path(closing) + ".derivedFrom", message);
                    }
                    break;
                }
                seen_from[at] = Some(start);
                chain.push(at);
                next = self.original(at);
                self.check_original(at, next, faults);
            }
            order.extend(chain.iter().rev());
        }
        order
    }

    fn check_original(&self, at: usize, original: Option<usize>, faults: &mut Faults) {
        if let (Some(key), None) = (&self.list[at].derived_from, original) {
            let message = format!("`{key}` is not the key of a source");
            faults.add(self.path(at) + ".derivedFrom", message);
        }
    }
}

fn check_statements(statements: &[Statement], sources: &Sources<'_>, faults: &mut Faults) {
    let mut earlier: HashMap<&str, &Statement> = HashMap::new();
    let mut corrected: HashSet<&str> = HashSet::new();
    for (at, statement) in statements.iter().enumerate() {
        let path = item_path("statements", at, Some(&statement.key));
        check_evidence(statement, &path, sources, faults);
        for (at, key) in statement.contradicts.iter().enumerate() {
            let path = format!("{path}.contradicts[{at}]");
            check_earlier(statement, key, path, &earlier, faults);
        }
        if let Some(key) = &statement.corrects {
            let path = format!("{path}.corrects");
            if !corrected.insert(key) {
                faults.add(path.clone(), format!("`{key}` is corrected already"));
            }
            check_earlier(statement, key, path, &earlier, faults);
        }
        if earlier.insert(&statement.key, statement).is_some() {
            faults.add(
                format!("{path}.key"),
                "is the key of an earlier statement too",
            );
        }
    }
}

fn check_earlier(
    statement: &Statement,
    key: &str,
    path: String,
    earlier: &HashMap<&str, &Statement>,
    faults: &mut Faults,
) {
    match earlier.get(key) {
        None => faults.add(path, format!("`{key}` is not an earlier statement")),
        Some(other) if other.subject != statement.subject => {
            faults.add(path, format!("`{key}` is about another subject"));
        }
        Some(_) => {}
    }
}

fn check_evidence(statement: &Statement, path: &str, sources: &Sources<'_>, faults: &mut Faults) {
    for (at, evidence) in statement.evidence.iter().enumerate() {
        let key = &evidence.source;
        let fault = match sources.find(key) {
            None => format!("`{key}` is not the key of a source"),
            Some(source) if sources.list[source].url.is_none() => {
                format!("`{key}` has no address: cite a copy that has one")
            }
            Some(_) => continue,
        };
        faults.add(format!("{path}.evidence[{at}].source"), fault);
    }
}

/// First and last day; an open or unknown end reaches as far as there are days.
type Days = (NaiveDate, NaiveDate);

fn either(one: Option<Days>, other: Option<Days>) -> Option<Days> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (days, None) | (None, days) => days,
    }
}

/// When a source or anything it derives from may have appeared, by position; a date that is none was reported.
fn list_published(sources: &Sources<'_>, order: &[usize]) -> Vec<Option<Days>> {
    let mut published = vec![None; sources.list.len()];
    for &at in order {
        let date = sources.list[at].published_on.as_deref();
        let own = date.and_then(|date| Edtf::parse(date).ok()).map(|date| {
            (
                date.earliest().unwrap_or(NaiveDate::MIN),
                date.latest().unwrap_or(NaiveDate::MAX),
            )
        });
        let original = sources.original(at).and_then(|at| published[at]);
        published[at] = either(own, original);
    }
    published
}

/// A statement may not stand after one that can only have become public later: the ledger is written in the order of
/// the file, and what was known on a day is read from it.
fn check_publication_order(
    statements: &[Statement],
    sources: &Sources<'_>,
    order: &[usize],
    faults: &mut Faults,
) {
    let published = list_published(sources, order);
    let mut newest = (NaiveDate::MIN, "");
    for (at, statement) in statements.iter().enumerate() {
        let cited = statement.evidence.iter();
        let cited = cited.filter_map(|evidence| sources.find(&evidence.source));
        let Some((first, last)) = cited.map(|at| published[at]).fold(None, either) else {
            continue;
        };
        let (day, key) = newest;
        if last < day {
            let path = item_path("statements", at, Some(&statement.key));
            let message = format!("became public by {last}, but stands after `{key}` of {day}");
            faults.add(path, message);
        }
        if first > day {
            newest = (first, &statement.key);
        }
    }
}

/// A source is used if a statement cites it or something that derives from it.
fn check_use(
    statements: &[Statement],
    sources: &Sources<'_>,
    order: &[usize],
    faults: &mut Faults,
) {
    let mut used = vec![false; sources.list.len()];
    let cited = statements.iter().flat_map(|statement| &statement.evidence);
    for at in cited.filter_map(|evidence| sources.find(&evidence.source)) {
        used[at] = true;
    }
    for &at in order.iter().rev() {
        if let (true, Some(original)) = (used[at], sources.original(at)) {
            used[original] = true;
        }
    }
    for at in (0..used.len()).filter(|at| !used[*at]) {
        faults.add(sources.path(at), "is not used by any statement");
    }
}
